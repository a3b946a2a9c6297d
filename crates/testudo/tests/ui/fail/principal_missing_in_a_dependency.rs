include!("../common.rs");

async fn orders(_: Depends<Orders>) {}

fn main() {
    let open = Stack::public("everybody may see the orders");
    let _: Router<App> = Router::new().route("/orders", open.get(orders));
}
