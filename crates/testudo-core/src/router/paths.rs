//! The paths a router has, so that a conflict is an error with a sentence and not a panic.

use std::collections::BTreeMap;

use super::error::RouteError;

/// Paths and their methods.
#[derive(Debug, Default)]
pub(super) struct Paths(BTreeMap<String, Vec<&'static str>>);

impl Paths {
    /// Adds methods to a path.
    pub(super) fn add(&mut self, path: &str, methods: &[&'static str]) -> Result<(), Vec<RouteError>> {
        check(path).map_err(|error| vec![error])?;
        if let Some(known) = self.0.get_mut(path) {
            let doubled: Vec<_> = methods.iter().filter(|method| known.contains(method)).copied().collect();
            if doubled.is_empty() {
                known.extend(methods);
                return Ok(());
            }
            let doubled = doubled.into_iter();
            return Err(doubled
                .map(|method| RouteError::Doubled { method, path: path.to_owned() })
                .collect());
        }
        let mut tree = self.tree();
        match tree.insert(path, ()) {
            Ok(()) => {
                self.0.insert(path.to_owned(), methods.to_vec());
                Ok(())
            }
            Err(matchit::InsertError::Conflict { with }) => {
                Err(vec![RouteError::Conflict { path: path.to_owned(), with }])
            }
            Err(error) => Err(vec![RouteError::BadPath { path: path.to_owned(), why: error.to_string() }]),
        }
    }

    fn tree(&self) -> matchit::Router<()> {
        let mut tree = matchit::Router::new();
        for path in self.0.keys() {
            // Each was inserted before.
            let _ = tree.insert(path.clone(), ());
        }
        tree
    }

    /// Takes all paths of another router, under `prefix`, or none of them.
    pub(super) fn take(&mut self, prefix: &str, other: &Self) -> Result<(), Vec<RouteError>> {
        let mut together = Self(self.0.clone());
        let mut errors = Vec::new();
        for (path, methods) in &other.0 {
            if let Err(found) = together.add(&under(prefix, path), methods) {
                errors.extend(found);
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        *self = together;
        Ok(())
    }
}

/// Where `path` of a nested router ends up: `/` at the prefix itself, slash and all, as axum has it.
pub(super) fn under(prefix: &str, path: &str) -> String {
    match prefix.strip_suffix('/') {
        Some(prefix) => format!("{prefix}/{}", path.trim_start_matches('/')),
        None if path == "/" && !prefix.is_empty() => prefix.to_owned(),
        None => format!("{prefix}{path}"),
    }
}

/// What axum would panic about.
fn check(path: &str) -> Result<(), RouteError> {
    let bad = |why: &str| Err(RouteError::BadPath { path: path.to_owned(), why: why.to_owned() });
    if !path.starts_with('/') {
        return bad("it has to start with `/`");
    }
    if path.split('/').any(|segment| segment.starts_with([':', '*'])) {
        return bad("parameters are written `{name}`, and the rest of a path `{*name}`");
    }
    Ok(())
}

/// What axum would panic about in the prefix of a nested router.
pub(super) fn check_prefix(prefix: &str) -> Result<(), RouteError> {
    let bad = |why: &str| Err(RouteError::BadPath { path: prefix.to_owned(), why: why.to_owned() });
    check(prefix)?;
    if prefix == "/" {
        return bad("a router is nested below a path; use `merge` to put it beside the others");
    }
    if prefix.split('/').any(|segment| segment.starts_with("{*")) {
        return bad("a router cannot be nested below the rest of a path");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_cannot_stand_together_are_named() {
        let mut paths = Paths::default();
        paths.add("/products/{id}", &["GET"]).unwrap();
        paths.add("/products/{id}", &["PUT"]).unwrap();
        paths.add("/products/new", &["GET"]).unwrap();
        for (path, method, expected) in [
            ("/products/{id}", "PUT", "PUT /products/{id}: registered twice"),
            ("/products/{name}", "GET", "/products/{name}: conflicts with /products/{id}"),
            ("products", "GET", "has to start with `/`"),
            ("", "GET", "has to start with `/`"),
            ("/products/:id", "GET", "parameters are written `{name}`"),
            ("/a/{", "GET", "is not a path"),
        ] {
            let errors = paths.add(path, &[method]).unwrap_err();
            assert!(errors[0].to_string().contains(expected), "{path}: {}", errors[0]);
        }
    }

    #[test]
    fn nested_paths_end_up_where_axum_puts_them() {
        for (prefix, path, expected) in [
            ("/api", "/", "/api"),
            ("/api/", "/", "/api/"),
            ("/api/", "/x", "/api/x"),
            ("/api", "/x", "/api/x"),
            ("", "/", "/"),
            ("", "/x", "/x"),
        ] {
            assert_eq!(under(prefix, path), expected, "{prefix} {path}");
        }
    }
}
