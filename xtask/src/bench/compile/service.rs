//! The services that are compiled: sizes and forms.

use std::fmt;

/// How many routes behind how many shields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) routes: usize,
    pub(super) shields: usize,
}

/// What a grown service has.
pub(super) const SMALL: Size = Size { routes: 100, shields: 8 };
/// What a very large one has.
pub(super) const LARGE: Size = Size { routes: 200, shields: 12 };

/// How a service is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The peer: plain axum with `Extension` and `from_fn` layers.
    Plain,
    /// Testudo as documented: the routes share a named stack.
    Shared,
    /// Every route builds its own stack, whose state is written down.
    PerRoute,
    /// Every route builds its own stack and leaves the state to inference.
    PerRouteInferred,
}

/// A service to compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service {
    pub(super) size: Size,
    pub(super) form: Form,
}

impl Form {
    const ALL: [Self; 4] = [Self::Plain, Self::Shared, Self::PerRoute, Self::PerRouteInferred];

    /// What the table calls it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Plain => "plain axum, Extension and from_fn",
            Self::Shared => "a stack shared by name",
            Self::PerRoute => "a stack per route, Stack::<App>::new()",
            Self::PerRouteInferred => "a stack per route, Stack::new() (no budget)",
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Shared => "shared",
            Self::PerRoute => "per-route",
            Self::PerRouteInferred => "per-route-inferred",
        }
    }
}

impl Service {
    /// Every form in every size.
    pub(super) fn all() -> Vec<Self> {
        [SMALL, LARGE].into_iter().flat_map(|size| Form::ALL.map(|form| Self { size, form })).collect()
    }

    /// The name of its package.
    pub(super) fn package(self) -> String {
        format!("{}-{}x{}", self.form.slug(), self.size.routes, self.size.shields)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} routes x {} shields", self.routes, self.shields)
    }
}
