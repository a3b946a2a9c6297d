include!("../common.rs");

fn routes(admin: &Stack<App, Passes![User, Admin]>) -> Router<App> {
    Router::new().route("/products/{id}", admin.delete(remove))
}

fn main() {
    let user = Stack::new().shield(api_token);
    let _ = routes(&user);
}
