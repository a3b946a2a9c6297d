include!("../common.rs");

struct Wrapped;

impl testudo::wiring::HandlerFn<()> for Wrapped {
    type Output = ();
    type Future = std::future::Ready<()>;
    type Claim = testudo::wiring::Proof;

    fn call(&self, (): ()) -> Self::Future {
        std::future::ready(())
    }
}

fn main() {}
