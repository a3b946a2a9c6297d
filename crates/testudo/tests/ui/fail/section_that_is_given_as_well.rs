include!("../common.rs");

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Limit {
    per_minute: u32,
}

impl testudo::NamedSection for Limit {
    const KIND: &'static str = "limit";
}

#[shield]
fn limited(#[section] #[with] limit: &Limit) -> bool {
    limit.per_minute > 0
}

fn main() {}
