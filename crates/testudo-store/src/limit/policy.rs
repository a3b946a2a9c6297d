//! What a limit allows.

use std::{fmt, sync::Arc, time::Duration};

use sha2::{Digest, Sha256};

use super::{gcra::Gcra, micros, window::Window};

/// Longest period, and longest time in which a burst comes back: 366 days. Times stay far below 2^53 microseconds, up to
/// which a script on the server calculates exactly.
const MAX_MICROS: u64 = 366 * 86_400 * 1_000_000;
/// Most units that one window records.
const WINDOW_MAX_UNITS: u32 = 10_000;
/// Longest name, in bytes.
const NAME_MAX_BYTES: usize = 64;

/// How many units pass, and in which time. A request costs one unit, unless it says otherwise.
///
/// A policy is known by its name: what it counts for a key goes on when its numbers change, and two policies of one name
/// and one algorithm count together.
///
/// ```
/// use std::time::Duration;
/// use testudo_store::Policy;
///
/// let search = Policy::gcra("search", 60, Duration::from_secs(60), 10).unwrap();
/// // Ten at once, and then one a second: what a client is told.
/// assert_eq!((search.name(), search.quota(), search.window_length()), ("search", 10, Duration::from_secs(10)));
///
/// let exports = Policy::window("exports", 3, Duration::from_secs(3_600)).unwrap();
/// assert_eq!((exports.quota(), exports.window_length()), (3, Duration::from_secs(3_600)));
///
/// let error = Policy::window("exports", 0, Duration::from_secs(3_600)).unwrap_err();
/// assert!(error.to_string().contains("`limit` is 0"));
/// ```
#[derive(Clone)]
pub struct Policy {
    name: Arc<str>,
    rule: Rule,
    mask: [u8; 32],
}

/// How a policy counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Gcra(Gcra),
    Window(Window),
}

/// Why there is no such policy.
///
/// ```
/// use std::time::Duration;
/// use testudo_store::Policy;
///
/// for (name, limit, period, mistake) in [
///     ("", 1, Duration::from_secs(1), "name"),
///     ("se\"arch", 1, Duration::from_secs(1), "name"),
///     ("search", 0, Duration::from_secs(1), "`limit` is 0"),
///     ("search", 1, Duration::ZERO, "`period`"),
///     ("search", 10_001, Duration::from_secs(1), "gcra"),
/// ] {
///     let error = Policy::window(name, limit, period).unwrap_err().to_string();
///     assert!(error.contains(mistake), "{error}");
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError(String);

impl Policy {
    /// `limit` units every `period`, evenly spread, and up to `burst` of them at once.
    ///
    /// The generic cell rate algorithm: a unit comes back every `period / limit`, rounded up to whole microseconds, which
    /// is called the emission interval. In any time `t` at most `burst + floor(t / emission interval)` units pass. It
    /// keeps one number for each key.
    ///
    /// ```
    /// use std::time::Duration;
    /// use testudo_store::Policy;
    ///
    /// assert!(Policy::gcra("search", 60, Duration::from_secs(60), 1).is_ok());
    /// assert!(Policy::gcra("search", 60, Duration::from_secs(60), 0).is_err());
    /// ```
    ///
    /// # Errors
    /// `limit` or `burst` is 0; `period` is 0 or above 366 days, or so short that a unit comes back in less than a
    /// microsecond; a burst takes more than 366 days to come back; the name is no name: 1 to 64 letters, digits, `_`,
    /// `-` and `.`.
    pub fn gcra(name: &str, limit: u32, period: Duration, burst: u32) -> Result<Self, PolicyError> {
        let period = checked_period(limit, period)?;
        if burst == 0 {
            return Err(PolicyError("`burst` is 0, with which nothing passes: write at least 1".into()));
        }
        if u64::from(limit) > period {
            return Err(PolicyError(format!(
                "`limit` is {limit}, more than one a microsecond: write fewer, or a longer `period`"
            )));
        }
        let interval = period.div_ceil(u64::from(limit));
        if interval.saturating_mul(u64::from(burst)) > MAX_MICROS {
            return Err(PolicyError(format!(
                "`burst` is {burst}, which takes longer than 366 days to come back: write fewer"
            )));
        }
        Self::named(name, Rule::Gcra(Gcra { interval, burst }))
    }

    /// `limit` units in any `period`, and never one more.
    ///
    /// An exact log of what passed, so that no choice of moments gets more through: in any time of the length of
    /// `period`, its end not included, at most `limit` units pass. It keeps a time for each request that passed within
    /// the last period, so `limit` is at most 10,000.
    ///
    /// ```
    /// use std::time::Duration;
    /// use testudo_store::Policy;
    ///
    /// assert!(Policy::window("exports", 3, Duration::from_secs(3_600)).is_ok());
    /// assert!(Policy::window("exports", 3, Duration::from_secs(400 * 86_400)).is_err());
    /// ```
    ///
    /// # Errors
    /// `limit` is 0 or above 10,000; `period` is 0 or above 366 days; the name is no name, as in [`gcra`](Self::gcra).
    pub fn window(name: &str, limit: u32, period: Duration) -> Result<Self, PolicyError> {
        let period = checked_period(limit, period)?;
        if limit > WINDOW_MAX_UNITS {
            return Err(PolicyError(format!(
                "`limit` is {limit}, and an exact window records at most {WINDOW_MAX_UNITS}: write fewer, or use gcra"
            )));
        }
        Self::named(name, Rule::Window(Window { period, limit }))
    }

    /// The same numbers under another name.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use testudo_store::Policy;
    /// let policy = Policy::window("exports", 3, Duration::from_secs(60)).unwrap();
    /// assert_eq!(policy.with_name("imports").unwrap().name(), "imports");
    /// assert!(policy.with_name("im ports").is_err());
    /// ```
    ///
    /// # Errors
    /// The name is no name, as in [`gcra`](Self::gcra).
    pub fn with_name(&self, name: &str) -> Result<Self, PolicyError> {
        Self::named(name, self.rule)
    }

    fn named(name: &str, rule: Rule) -> Result<Self, PolicyError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if name.is_empty() || name.len() > NAME_MAX_BYTES || !name.bytes().all(is_plain) {
            return Err(PolicyError(format!(
                "the name of a limit is 1 to {NAME_MAX_BYTES} letters, digits, `_`, `-` and `.`, and not {name:?}"
            )));
        }
        let algorithm = match rule {
            Rule::Gcra(_) => "gcra",
            Rule::Window(_) => "window",
        };
        let mask =
            Sha256::new().chain_update(algorithm).chain_update([0]).chain_update(name).finalize().into();
        Ok(Self { name: name.into(), rule, mask })
    }

    /// Its name, which clients see.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many units pass within [`window_length`](Self::window_length): `q` of `RateLimit-Policy`. The burst of gcra, the limit of a
    /// window.
    pub fn quota(&self) -> u32 {
        match self.rule {
            Rule::Gcra(gcra) => gcra.burst,
            Rule::Window(window) => window.limit,
        }
    }

    /// How long it takes until all of them have come back: `w` of `RateLimit-Policy`. For gcra the burst times the
    /// emission interval, so that quota and window tell the rate.
    pub fn window_length(&self) -> Duration {
        Duration::from_micros(match self.rule {
            Rule::Gcra(gcra) => gcra.tolerance(),
            Rule::Window(window) => window.period,
        })
    }

    pub(super) fn rule(&self) -> Rule {
        self.rule
    }

    /// What this policy counts a key under: several policies may be asked about one.
    pub(super) fn place_of(&self, key: &crate::Key) -> [u8; 32] {
        // Both are digests: which keys would fall on one another cannot be chosen.
        std::array::from_fn(|index| key.as_bytes()[index] ^ self.mask[index])
    }
}

fn checked_period(limit: u32, period: Duration) -> Result<u64, PolicyError> {
    if limit == 0 {
        return Err(PolicyError("`limit` is 0, with which nothing passes: write at least 1".into()));
    }
    let micros = micros(period);
    if micros == 0 || micros > MAX_MICROS {
        return Err(PolicyError(format!("`period` is {period:?}: write one from 1us to 366 days")));
    }
    Ok(micros)
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("name", &self.name).field("rule", &self.rule).finish_non_exhaustive()
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PolicyError {}
