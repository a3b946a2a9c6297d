include!("../common.rs");

use testudo::Requirement;

fn main() {
    let _ = Requirement::<&str>::any_of([]);
}
