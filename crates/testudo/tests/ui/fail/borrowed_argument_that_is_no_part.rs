include!("../common.rs");

#[shield(decides)]
fn by_reference(db: &State<Db>) -> bool {
    let _ = db;
    true
}

fn main() {}
