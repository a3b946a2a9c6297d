//! The map in `ARCHITECTURE.md` and the workspace say the same.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn map() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is in the root")
}

/// The folders of all members, relative to the root.
fn members() -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["metadata", "--no-deps", "--format-version=1"]);
    let output = cargo.output().expect("cargo metadata starts");
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let folder = |package: &serde_json::Value| {
        let manifest = Path::new(package["manifest_path"].as_str()?);
        let folder = manifest.parent()?.strip_prefix(metadata["workspace_root"].as_str()?).ok()?;
        Some(folder.to_str()?.to_owned())
    };
    metadata["packages"].as_array().expect("packages").iter().filter_map(folder).collect()
}

/// Everything in the text that is written like a crate's folder: `crates/NAME`.
fn crates_in(text: &str) -> BTreeSet<String> {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let names =
        text.split("crates/").skip(1).map(|rest| rest.split(|letter| !is_name(letter)).next().unwrap_or(""));
    names.filter(|name| !name.is_empty()).map(|name| format!("crates/{name}")).collect()
}

#[test]
fn every_member_is_on_the_map() {
    let map = map();
    let missing: Vec<String> =
        members().into_iter().filter(|member| !map.contains(member.as_str())).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md does not mention {}", missing.join(", "));
}

#[test]
fn every_crate_on_the_map_exists() {
    let gone: Vec<String> = crates_in(&map())
        .into_iter()
        .filter(|folder| !root().join(folder).join("Cargo.toml").is_file())
        .collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md lists {}, which the workspace does not have", gone.join(", "));
}

#[test]
fn a_crate_is_read_off_a_text_wherever_it_stands() {
    let text =
        "`crates/testudo-core/` holds, (crates/testudo), crates/testudo-core/src/lib.rs and crates/ itself";
    let expected = ["crates/testudo", "crates/testudo-core"];
    assert!(crates_in(text).iter().eq(expected), "{:?}", crates_in(text));
}
