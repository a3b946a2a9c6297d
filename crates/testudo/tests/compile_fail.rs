//! Mistakes that do not compile, and what the compiler says of them.
//!
//! `TRYBUILD=overwrite cargo test -p testudo --test compile_fail` rewrites the expected texts.

#[test]
fn mistakes_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
