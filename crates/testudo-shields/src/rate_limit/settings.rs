//! `[rate_limit.NAME]`.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use testudo_settings::{NamedSection, Period};
use testudo_store::{Policy, PolicyError, WhenDown};

/// How many requests pass, and in which time.
///
/// ```
/// use std::time::Duration;
/// use testudo_shields::rate_limit::RateLimitSettings;
/// use testudo_store::WhenDown;
///
/// let read = |text: &str| serde_json::from_str::<RateLimitSettings>(text);
/// let settings = read(r#"{"limit": 60, "period": "1m", "burst": 10}"#).unwrap();
/// assert_eq!((settings.policy().quota(), settings.policy().window_length()), (10, Duration::from_secs(10)));
/// assert_eq!(settings.when_down(), WhenDown::Closed);
///
/// let exact = read(r#"{"limit": 3, "period": "1h", "algorithm": "window", "danger_when_down": "local"}"#).unwrap();
/// assert_eq!((exact.policy().quota(), exact.when_down()), (3, WhenDown::Local));
///
/// let mistake = read(r#"{"limit": 0, "period": "1m"}"#).unwrap_err();
/// assert!(mistake.to_string().contains("`limit` is 0"));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct RateLimitSettings {
    policy: Policy,
    when_down: WhenDown,
}

/// As it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// How many requests pass in each period.
    limit: u32,
    /// How long a period is: from 1us to 366 days.
    period: Period,
    /// How many pass at once, with `gcra`. Defaults to `limit`.
    burst: Option<u32>,
    /// `gcra` spreads requests evenly over the period; `window` is exact: never one more than `limit` (at most 10000) in
    /// any period. Defaults to `gcra`.
    #[serde(default)]
    algorithm: Algorithm,
    /// What becomes of requests while the store cannot be asked: `local`, each process counts on its own; `open`, all
    /// pass. By default none passes (`503`).
    danger_when_down: Option<Loosened>,
}

#[derive(Default, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Algorithm {
    #[default]
    Gcra,
    Window,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Loosened {
    Local,
    Open,
}

/// The policy gets its name from the section.
const UNNAMED: &str = "unnamed";

// Whoever forgets a section of their own is not helped by the names of ours.
#[diagnostic::do_not_recommend]
impl NamedSection for RateLimitSettings {
    const KIND: &'static str = "rate_limit";
}

impl RateLimitSettings {
    /// What it allows, under no name of its own yet.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What becomes of a request while the store cannot be asked.
    pub fn when_down(&self) -> WhenDown {
        self.when_down
    }
}

impl TryFrom<Written> for RateLimitSettings {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { limit, period, burst, algorithm, danger_when_down } = written;
        if let (Algorithm::Window, Some(burst)) = (algorithm, burst) {
            return Err(format!("`burst` is {burst}, and a window has none: remove it, or `algorithm`"));
        }
        let policy = match algorithm {
            Algorithm::Gcra => Policy::gcra(UNNAMED, limit, *period, burst.unwrap_or(limit)),
            Algorithm::Window => Policy::window(UNNAMED, limit, *period),
        };
        let when_down = match danger_when_down {
            None => WhenDown::Closed,
            Some(Loosened::Local) => WhenDown::Local,
            Some(Loosened::Open) => WhenDown::Open,
        };
        Ok(Self { policy: policy.map_err(|error: PolicyError| error.to_string())?, when_down })
    }
}

impl JsonSchema for RateLimitSettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RateLimitSettings".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}
