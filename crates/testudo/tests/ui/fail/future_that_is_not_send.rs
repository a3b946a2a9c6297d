include!("../common.rs");

async fn waits(_: Passed<User>) {
    let local = std::rc::Rc::new(1);
    std::future::ready(()).await;
    drop(local);
}

fn main() {
    let user = Stack::new().shield(api_token);
    let _: Router<App> = Router::new().route("/me", user.get(waits));
}
