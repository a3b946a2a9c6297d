//! Registrations that cannot stand, found when the service starts.

use std::fmt;

/// Everything that is wrong with a router's registrations, all at once.
///
/// ```
/// use testudo_core::{Router, Stack};
///
/// let open = Stack::public("everybody may look");
/// let router: Router = Router::new().route("no-slash", open.get(async || ())).route("/:id", open.get(async || ()));
/// assert_eq!(router.check().unwrap_err().errors().len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteErrors(pub(super) Vec<RouteError>);

impl RouteErrors {
    /// The errors, in the order of the registrations.
    pub fn errors(&self) -> &[RouteError] {
        &self.0
    }
}

impl fmt::Display for RouteErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RouteErrors {}

/// One registration that cannot stand.
///
/// ```
/// use testudo_core::{RouteError, Router, Stack};
///
/// let open = Stack::public("everybody may look");
/// let router: Router = Router::new().route("/{id}", open.get(async || ())).route("/{name}", open.put(async || ()));
/// let errors = router.check().unwrap_err();
/// assert_eq!(errors.errors(), [RouteError::Conflict { path: "/{name}".into(), with: "/{id}".into() }]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteError {
    /// Two handlers for one method of one path.
    Doubled {
        /// The method.
        method: &'static str,
        /// The path.
        path: String,
    },
    /// A path that the requests of another one would match, too.
    Conflict {
        /// The path.
        path: String,
        /// The one that was there before.
        with: String,
    },
    /// A path that is none.
    BadPath {
        /// The path.
        path: String,
        /// What is wrong with it, and the fix.
        why: String,
    },
    /// A public, unproven or unaudited route without a reason.
    NoReason {
        /// The method.
        method: &'static str,
        /// The path.
        path: String,
    },
    /// Two shields of one stack pass values of one type: which is `Passed<_>`?
    Ambiguous {
        /// The method.
        method: &'static str,
        /// The path.
        path: String,
        /// The type.
        ty: String,
    },
    /// Two fallbacks.
    DoubledFallback,
    /// A layer was added before any route: it would guard nothing.
    NothingToLayer,
    /// A fallback two routers down, which axum forgets when the router between has none.
    LostFallback {
        /// Where the router between was to be mounted.
        path: String,
    },
    /// A router has routes or a fallback that are already there, in a place nobody could look into before.
    Unaudited {
        /// Where it was to be mounted.
        path: String,
        /// What axum said.
        why: String,
    },
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Doubled { method, path } => {
                write!(f, "{method} {path}: registered twice; remove one, or give them paths of their own")
            }
            Self::Conflict { path, with } => {
                write!(f, "{path}: conflicts with {with}; use one name for the parameter, or another path")
            }
            Self::BadPath { path, why } => write!(f, "{path:?} is not a path: {why}"),
            Self::NoReason { method, path } => {
                write!(f, "{method} {path}: the reason is blank; say why nobody has to prove anything here")
            }
            Self::Ambiguous { method, path, ty } => {
                write!(f, "{method} {path}: two shields pass a {ty}; wrap one of them in a type of its own")
            }
            Self::NothingToLayer => f.write_str(
                "a layer was added before any route, and would guard nothing: add the routes first",
            ),
            Self::LostFallback { path } => {
                write!(
                    f,
                    "{path}: a fallback further down would not be reached; give the router here one, too"
                )
            }
            Self::DoubledFallback => f.write_str("two fallbacks: a router has one answer for unknown paths"),
            Self::Unaudited { path, why } => write!(f, "{path}: the router cannot be mounted: {why}"),
        }
    }
}

impl std::error::Error for RouteError {}
