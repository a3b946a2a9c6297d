//! Which file is the configuration file.

use std::path::{Path, PathBuf};

/// The name that is looked for.
const NAME: &str = "testudo.toml";

/// A configuration file, as it is opened and as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) path: PathBuf,
    pub(crate) shown: PathBuf,
}

/// The named file; else `testudo.toml` in the working folder; else, under `cargo run`, the one of the package. A named
/// file has to exist, the others may be missing.
pub(crate) fn locate(
    named: Option<&Path>,
    working_dir: &Path,
    package_dir: Option<&Path>,
    exists: impl Fn(&Path) -> bool,
) -> Option<Located> {
    if let Some(named) = named {
        return Some(Located { path: working_dir.join(named), shown: named.to_owned() });
    }
    let here = Located { path: working_dir.join(NAME), shown: PathBuf::from(NAME) };
    if exists(&here.path) {
        return Some(here);
    }
    let path = package_dir?.join(NAME);
    exists(&path).then(|| Located { shown: path.clone(), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_file_wins_then_the_working_folder_then_the_package() {
        let all = |_: &Path| true;
        let package_only = |path: &Path| path.starts_with("/package");
        let find = |named: Option<&str>, exists: &dyn Fn(&Path) -> bool| {
            let found = locate(named.map(Path::new), Path::new("/srv"), Some(Path::new("/package")), exists);
            found.map(|found| (found.path.display().to_string(), found.shown.display().to_string()))
        };
        let pair = |path: &str, shown: &str| Some((path.to_owned(), shown.to_owned()));
        assert_eq!(find(Some("a.toml"), &all), pair("/srv/a.toml", "a.toml"));
        assert_eq!(find(None, &all), pair("/srv/testudo.toml", "testudo.toml"));
        assert_eq!(find(None, &package_only), pair("/package/testudo.toml", "/package/testudo.toml"));
        assert_eq!(find(None, &|_: &Path| false), None);
        assert_eq!(locate(None, Path::new("/srv"), None, package_only), None);
    }
}
