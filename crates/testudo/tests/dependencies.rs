//! What a user of the shields alone compiles besides axum.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const ADDED_MAX: usize = 10;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names of all crates in a dependency tree, its root included.
fn tree(folder: &Path, arguments: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(folder)
        .args(["tree", "--edges=normal", "--prefix=none", "--format={p}"])
        .args(arguments);
    let output = cargo.output().expect("cargo tree starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree {arguments:?} in {}:\n{said}", folder.display());
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// The tree of a package that depends on axum and nothing else, in the versions of this workspace.
fn tree_of_axum() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("axum-alone");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let package = "[package]\nname = \"axum-alone\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
    fs::write(folder.join("Cargo.toml"), format!("{package}[dependencies]\naxum = \"0.8\"\n[workspace]\n"))
        .unwrap();
    tree(&folder, &[])
}

fn tree_of_shields_alone() -> BTreeSet<String> {
    tree(&workspace(), &["--package=testudo", "--no-default-features"])
}

#[test]
fn shields_alone_add_at_most_ten_crates_to_axum() {
    let axum = tree_of_axum();
    assert!(axum.contains("hyper") && axum.contains("tokio"), "that is not axum's own tree: {axum:?}");
    let added: Vec<String> = tree_of_shields_alone().difference(&axum).cloned().collect();
    assert!(added.contains(&"testudo-core".to_owned()), "that is not the tree of the shields: {added:?}");
    assert!(
        added.len() <= ADDED_MAX,
        "{} crates more than axum's own tree: {}",
        added.len(),
        added.join(", ")
    );
}

#[test]
fn shields_alone_know_no_database_cache_or_cluster() {
    let tree = tree_of_shields_alone();
    let heavy = ["sqlx", "redis", "kube"];
    let found: Vec<&String> =
        tree.iter().filter(|name| heavy.iter().any(|heavy| name.split('-').next() == Some(heavy))).collect();
    assert!(found.is_empty(), "who wants a shield compiles {found:?}");
}

#[test]
fn there_is_one_provider_of_cryptography() {
    // Two of them make rustls panic when it has to choose.
    for arguments in [&["--package=testudo", "--all-features"][..], &["--workspace", "--all-features"]] {
        let tree = tree(&workspace(), arguments);
        assert!(tree.contains("aws-lc-rs"), "{arguments:?}: that is not the whole tree");
        assert!(!tree.contains("ring"), "{arguments:?}: `cargo tree -i ring` says who brings it");
    }
}
