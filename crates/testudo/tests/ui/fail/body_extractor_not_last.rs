include!("../common.rs");

async fn create(Json(_): Json<u32>, _: Passed<Admin>) {}

fn main() {
    let admin = Stack::new().shield(api_token).shield(is_admin);
    let _: Router<App> = Router::new().route("/products", admin.post(create));
}
