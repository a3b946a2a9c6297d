include!("../common.rs");

/// Nobody says where it is read from.
struct Limit {
    per_minute: u32,
}

#[shield(decides)]
fn limited(#[section] limit: &Limit) -> bool {
    limit.per_minute > 0
}

fn main() {
    let _: Router<App> = Router::new().route("/", Stack::new().shield(limited("login")).get(async || "inside"));
}
