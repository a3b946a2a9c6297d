//! The sample and the schema in `docs/` are what the types say. `TESTUDO_BLESS=1` writes them anew.

use std::{env, fs, path::PathBuf};

use testudo_settings::{Loader, NoApp};

fn is_what_the_types_say(name: &str, generated: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if env::var_os("TESTUDO_BLESS").is_some() {
        fs::write(&file, generated).unwrap();
    }
    let checked_in = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        checked_in == generated,
        "docs/{name} is not what the types say: run `TESTUDO_BLESS=1 cargo test -p testudo-settings generated`"
    );
}

#[test]
fn the_sample_file_is_what_the_types_say() {
    is_what_the_types_say("testudo.sample.toml", &Loader::new().sample::<NoApp>());
}

#[test]
fn the_schema_is_what_the_types_say() {
    let schema = Loader::new().schema::<NoApp>();
    is_what_the_types_say("testudo.schema.json", &format!("{schema:#}\n"));
}
