include!("../common.rs");

struct Anywhere;

impl testudo::Has<Admin, Anywhere> for testudo::Nothing {
    type Access = Decides;

    fn value(&self) -> &Admin {
        unreachable!()
    }
}

fn main() {}
