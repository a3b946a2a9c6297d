//! What is measured: one service, with none, one or two checks, in several forms.

use std::str::FromStr;

use crate::{
    forms::{by_hand, layers, shielded},
    service::App,
};

/// How the checks are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As shields.
    Shields,
    /// Into bare axum handlers.
    ByHand,
    /// As `axum::middleware::from_fn` layers.
    Layers,
    /// Into a handler that takes the whole request apart itself, to read the header fields where they are.
    ByHandInPlace,
    /// As a layer that reads the header fields where they are.
    LayerInPlace,
}

/// What is checked before the handler's own work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checks {
    /// Nothing.
    None,
    /// An API token, for a user.
    One,
    /// An API token, and that its user is an administrator.
    Two,
}

/// A form of the service to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// How the checks are written.
    pub form: Form,
    /// What is checked.
    pub checks: Checks,
}

impl Scenario {
    /// Every form with every number of checks. Without a check, handlers and layers are the same.
    pub const ALL: [Self; 10] = [
        Self { form: Form::ByHand, checks: Checks::None },
        Self { form: Form::Shields, checks: Checks::None },
        Self { form: Form::ByHand, checks: Checks::One },
        Self { form: Form::Shields, checks: Checks::One },
        Self { form: Form::Layers, checks: Checks::One },
        Self { form: Form::ByHandInPlace, checks: Checks::One },
        Self { form: Form::LayerInPlace, checks: Checks::One },
        Self { form: Form::ByHand, checks: Checks::Two },
        Self { form: Form::Shields, checks: Checks::Two },
        Self { form: Form::Layers, checks: Checks::Two },
    ];

    /// What it shows, as a sentence.
    pub fn sentence(self) -> &'static str {
        match (self.checks, self.form) {
            (Checks::None, Form::Shields) => "a public stack in front of a JSON route",
            (Checks::None, _) => "a JSON route of plain axum without a check",
            (Checks::One, Form::Shields) => "one shield in front of a JSON route",
            (Checks::One, Form::ByHand) => "one check written into the handler of a JSON route",
            (Checks::One, Form::Layers) => "one from_fn layer in front of a JSON route",
            (Checks::One, Form::ByHandInPlace) => {
                "one check written into a handler that takes the request apart itself"
            }
            (Checks::One, Form::LayerInPlace) => {
                "one from_fn layer without an extractor in front of a JSON route"
            }
            (Checks::Two, Form::Shields) => "two shields in front of a JSON route",
            (Checks::Two, Form::ByHand | Form::ByHandInPlace) => {
                "two checks written into the handler of a JSON route"
            }
            (Checks::Two, Form::Layers | Form::LayerInPlace) => "two from_fn layers in front of a JSON route",
        }
    }

    /// A short name for the command line and the budgets: `shields-1`.
    pub fn id(self) -> &'static str {
        match (self.checks, self.form) {
            (Checks::None, Form::Shields) => "shields-0",
            (Checks::None, _) => "by-hand-0",
            (Checks::One, Form::Shields) => "shields-1",
            (Checks::One, Form::ByHand) => "by-hand-1",
            (Checks::One, Form::Layers) => "layers-1",
            (Checks::One, Form::ByHandInPlace) => "by-hand-1-in-place",
            (Checks::One, Form::LayerInPlace) => "layer-1-in-place",
            (Checks::Two, Form::Shields) => "shields-2",
            (Checks::Two, Form::ByHand | Form::ByHandInPlace) => "by-hand-2",
            (Checks::Two, Form::Layers | Form::LayerInPlace) => "layers-2",
        }
    }

    /// The service, ready to be served.
    pub fn router(self) -> axum::Router {
        let app = App::new();
        let router = match self.form {
            Form::Shields => shielded::router(self.checks).into_axum(),
            Form::ByHand => by_hand::router(self.checks),
            Form::Layers => layers::router(self.checks, &app),
            Form::ByHandInPlace => by_hand::router_in_place(),
            Form::LayerInPlace => layers::router_in_place(&app),
        };
        router.with_state(app)
    }
}

impl FromStr for Scenario {
    type Err = String;

    fn from_str(id: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::id).join(", ");
        let found = Self::ALL.into_iter().find(|scenario| scenario.id() == id);
        found.ok_or_else(|| format!("no scenario is called {id:?}; there are {}", known()))
    }
}
