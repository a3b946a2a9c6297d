//! The access matrix, guarded against unnoticed changes.

use std::path::Path;

use testudo_core::AccessMatrix;

/// The variable that lets snapshots be written instead of compared.
const UPDATE: &str = "TESTUDO_UPDATE_SNAPSHOTS";

/// Compares an access matrix with the one in the file at `path`, which reviewers see change.
///
/// `TESTUDO_UPDATE_SNAPSHOTS=1` writes the file.
///
/// # Panics
/// If the two differ, or the file cannot be read or written.
///
/// ```
/// use testudo::prelude::*;
///
/// let open = Stack::public("everybody may look");
/// let router: Router = Router::new().route("/", open.get(async || ()));
/// # let file = std::env::temp_dir().join(format!("testudo-doc-{}.txt", std::process::id()));
/// # std::fs::write(&file, router.access_matrix().to_string()).unwrap();
/// # let approved = &file;
/// testudo_testkit::assert_access_matrix(router.access_matrix(), approved);
/// # std::fs::remove_file(&file).unwrap();
/// ```
#[track_caller]
pub fn assert_access_matrix(matrix: &AccessMatrix, path: impl AsRef<Path>) {
    let path = path.as_ref();
    let current = matrix.to_string();
    if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
        if let Err(error) = std::fs::write(path, &current) {
            panic!("the snapshot {} cannot be written: {error}", path.display());
        }
        return;
    }
    let approved = match std::fs::read_to_string(path) {
        Ok(approved) => approved,
        Err(error) => panic!("the snapshot {} cannot be read: {error}; {UPDATE}=1 writes it", path.display()),
    };
    assert!(
        approved.replace("\r\n", "\n") == current,
        "the access matrix differs from {}; if it is meant to, {UPDATE}=1 writes it\n{}",
        path.display(),
        difference(&approved, &current)
    );
}

fn difference(approved: &str, current: &str) -> String {
    let gone = approved.lines().filter(|line| !current.lines().any(|other| other == *line));
    let new = current.lines().filter(|line| !approved.lines().any(|other| other == *line));
    let lines: Vec<String> =
        gone.map(|line| format!("- {line}")).chain(new.map(|line| format!("+ {line}"))).collect();
    lines.join("\n")
}
