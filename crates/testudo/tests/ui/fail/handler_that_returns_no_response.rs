include!("../common.rs");

async fn user(Passed(user): Passed<User>) -> User {
    user
}

fn main() {
    let user_stack = Stack::new().shield(api_token);
    let _: Router<App> = Router::new().route("/me", user_stack.get(user));
}
