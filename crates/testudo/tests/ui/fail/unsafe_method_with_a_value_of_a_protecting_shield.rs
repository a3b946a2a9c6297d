include!("../common.rs");

async fn careless(_: Passed<Page>) {}

fn main() {
    let user = Stack::new().shield(api_token).shield(page_number);
    let _: Router<App> = Router::new().route("/products/{id}", user.patch(careless));
}
