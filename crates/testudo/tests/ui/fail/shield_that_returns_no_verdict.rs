include!("../common.rs");

#[shield(decides)]
fn bare_token(headers: HeaderMap) -> Result<User, Block> {
    headers.get("x-token").map(|_| User { admin: false }).ok_or_else(Block::missing)
}

fn main() {}
