include!("../common.rs");

fn main() {
    let _: Router<App> = Router::new().route("/me", Stack::new().shield(is_admin).shield(api_token).get(me));
}
