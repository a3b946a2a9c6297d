include!("../common.rs");

#[shield]
fn no_result(headers: HeaderMap) {
    let _ = headers;
}

#[shield]
fn by_reference(headers: &mut HeaderMap) -> bool {
    headers.is_empty()
}

#[shield]
fn pattern_in_with(#[with] (a, b): (u32, u32)) -> bool {
    a < b
}

#[shield]
fn nobody_keeps_it(#[with] name: &str) -> bool {
    name.is_empty()
}

#[shield]
unsafe fn dangerous() -> bool {
    true
}

#[shield]
fn hidden_type() -> Option<impl Clone + Send + Sync> {
    Some(1)
}

#[shield]
struct NotAFunction;

fn main() {}
