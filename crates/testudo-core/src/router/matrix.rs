//! Who may call what: every route with its shields and what its handler demands.

use serde::Serialize;

use crate::{
    argument::ArgumentInfo,
    shield::{ShieldInfo, TypeInfo},
};

/// All routes of a router, as data; printed, it is a table.
///
/// ```
/// use testudo_core::{Router, Stack};
///
/// let open = Stack::public("the catalogue is public");
/// let router: Router = Router::new().route("/products", open.get(|| async { "everything" }));
/// let table = router.access_matrix().to_string();
/// assert!(table.contains("GET"));
/// assert!(table.contains("public: the catalogue is public"));
/// assert_eq!(router.access_matrix().routes()[0].path(), "/products");
/// ```
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct AccessMatrix(pub(super) Vec<RouteAccess>);

impl AccessMatrix {
    /// The routes, in the order of their registration.
    pub fn routes(&self) -> &[RouteAccess] {
        &self.0
    }
}

/// A route: who may call it, and what its handler relies on.
///
/// ```
/// use testudo_core::{Router, Rule, Stack};
///
/// let open = Stack::public("everybody may look");
/// let router: Router = Router::new().route("/", open.get(async || ()));
/// let route = &router.access_matrix().routes()[0];
/// assert_eq!((route.method(), route.path()), ("GET", "/"));
/// assert_eq!(route.rule(), Rule::Public { reason: "everybody may look" });
/// assert!(route.shields().is_empty() && route.demands().is_empty());
/// ```
///
/// Behind shields, with what its handler takes and returns:
///
/// ```
/// use axum::http::{StatusCode, Uri};
/// use testudo::prelude::*;
///
/// #[shield(name = "API Token", decides)]
/// fn api_token() -> Option<u32> {
///     Some(7)
/// }
///
/// async fn remove(_: Passed<u32>, _: Uri) -> StatusCode {
///     StatusCode::NO_CONTENT
/// }
///
/// let router: Router = Router::new().route("/", Stack::new().shield(api_token).delete(remove));
/// let route = &router.access_matrix().routes()[0];
/// assert_eq!(route.shields()[0].name(), "API Token");
/// assert_eq!(route.arguments().iter().map(ToString::to_string).collect::<Vec<_>>(), ["Passed<u32>", "Uri"]);
/// assert_eq!(route.demands()[0].short_name(), "u32");
/// assert_eq!(route.output().unwrap().short_name(), "StatusCode");
/// assert!(route.handler().unwrap().ends_with("remove"));
/// assert_eq!(route.unproven(), None); // it names a proof
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct RouteAccess {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    #[serde(flatten)]
    pub(crate) rule: Rule,
    pub(crate) shields: Vec<ShieldInfo>,
    pub(crate) arguments: Vec<ArgumentInfo>,
    pub(crate) output: Option<TypeInfo>,
    pub(crate) handler: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unproven: Option<&'static str>,
}

/// How it was decided who may call a route.
///
/// ```
/// use testudo_core::{Router, Rule};
///
/// let legacy = axum::Router::new();
/// let router: Router = Router::new().nest_unaudited("/legacy", legacy, "not moved yet");
/// assert_eq!(router.access_matrix().routes()[0].rule(), Rule::Unaudited { reason: "not moved yet" });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "access", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Rule {
    /// Whoever passes the shields.
    Shielded,
    /// Anybody.
    Public {
        /// Why.
        reason: &'static str,
    },
    /// Whoever a router that Testudo did not make lets through.
    Unaudited {
        /// Why it was mounted.
        reason: &'static str,
    },
}

impl RouteAccess {
    /// The method, `ANY` for every method no other route of the path serves.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The path, as a template.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How it was decided who may call it.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Its shields, top to bottom.
    pub fn shields(&self) -> &[ShieldInfo] {
        &self.shields
    }

    /// The arguments of its handler, first to last.
    pub fn arguments(&self) -> &[ArgumentInfo] {
        &self.arguments
    }

    /// What its handler returns; unknown for an unaudited router.
    pub fn output(&self) -> Option<TypeInfo> {
        self.output
    }

    /// The name of its handler; unknown for an unaudited router.
    pub fn handler(&self) -> Option<&'static str> {
        self.handler
    }

    /// Why its handler names no proof although it is behind shields and serves an unsafe method.
    pub fn unproven(&self) -> Option<&'static str> {
        self.unproven
    }

    /// The types of the passed values its handler demands, each once.
    pub fn demands(&self) -> Vec<TypeInfo> {
        let mut demands = Vec::new();
        for demand in self.arguments.iter().flat_map(ArgumentInfo::demands) {
            if !demands.contains(&demand) {
                demands.push(demand);
            }
        }
        demands
    }

    pub(super) fn unaudited(path: String, reason: &'static str) -> Self {
        Self {
            method: "ANY",
            path,
            rule: Rule::Unaudited { reason },
            shields: Vec::new(),
            arguments: Vec::new(),
            output: None,
            handler: None,
            unproven: None,
        }
    }
}
