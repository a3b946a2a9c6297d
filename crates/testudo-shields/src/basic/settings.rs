//! `[basic.NAME]`.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use testudo_settings::{NamedSection, Size};

use super::work::{ITERATIONS_MAX, MEMORY_MAX_KIB, Work, memory_min_kib};

/// What the challenge says, and what an attempt costs.
///
/// ```
/// use testudo_shields::basic::BasicSettings;
///
/// let read = serde_json::from_str::<BasicSettings>;
/// assert!(read(r#"{"realm": "staff", "memory": "46MiB", "iterations": 1}"#).is_ok());
///
/// let weak = read(r#"{"memory": "12MiB", "iterations": 2}"#).unwrap_err().to_string();
/// assert!(weak.contains("at least `19MiB`"), "{weak}");
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct BasicSettings {
    pub(super) realm: Box<str>,
    pub(super) work: Work,
    pub(super) at_once: usize,
    pub(super) queue: usize,
}

/// As it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Written {
    /// What the user signs in to, for people to read: 1 to 64 printable ASCII characters without `"` and `\`.
    realm: String,
    /// The memory of one hash. At least 46MiB with 1 iteration, 19MiB with 2, 12MiB with 3, 9MiB with 4 and 7MiB with
    /// more, as OWASP recommends for Argon2id; at most 1GiB. A user that has signed in with a weaker hash can be given
    /// a new one.
    memory: Size,
    /// How often that memory is gone through.
    #[schemars(range(min = 1, max = 16))]
    iterations: u32,
    /// Passwords verified at once. Each takes a core, and `memory`, which is kept for the next.
    #[schemars(range(min = 1, max = 64))]
    at_once: u32,
    /// Requests that wait for their turn. Past them it is `503`.
    #[schemars(range(min = 0, max = 1_024))]
    queue: u32,
}

impl Default for Written {
    fn default() -> Self {
        let Work { memory_kib, iterations, .. } = Work::DEFAULT;
        let memory = Size::kib(memory_kib.into());
        Self { realm: "restricted".to_owned(), memory, iterations, at_once: 2, queue: 16 }
    }
}

// Whoever forgets a section of their own is not helped by the names of ours.
#[diagnostic::do_not_recommend]
impl NamedSection for BasicSettings {
    const KIND: &'static str = "basic";
}

impl Default for BasicSettings {
    /// Realm `restricted`, 19MiB, 2 iterations, 2 at once, 16 waiting.
    fn default() -> Self {
        Self::try_from(Written::default()).expect("the defaults are within their bounds")
    }
}

impl BasicSettings {
    /// The challenge (RFC 7617, sections 2 and 2.1).
    pub(super) fn challenge(&self) -> String {
        format!("Basic realm=\"{}\", charset=\"UTF-8\"", self.realm)
    }
}

impl TryFrom<Written> for BasicSettings {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { realm, memory, iterations, at_once, queue } = written;
        let is_plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
        if !(1..=64).contains(&realm.len()) || !realm.chars().all(is_plain) {
            return Err(format!(
                "`realm` is {realm:?}: write 1 to 64 printable ASCII characters without `\"` and `\\`"
            ));
        }
        within("iterations", iterations, 1, ITERATIONS_MAX)?;
        within("at_once", at_once, 1, 64)?;
        within("queue", queue, 0, 1_024)?;
        let (min, max) = (Size::kib(memory_min_kib(iterations).into()), Size::kib(MEMORY_MAX_KIB.into()));
        if memory < min || memory > max {
            return Err(format!(
                "`memory` is `{memory}`: with `iterations = {iterations}` write at least `{min}`, and at most `{max}`"
            ));
        }
        let memory_kib = u32::try_from(memory.bytes() / 1_024).unwrap_or(MEMORY_MAX_KIB);
        let work = Work { memory_kib, iterations, lanes: 1 };
        Ok(Self { realm: realm.into(), work, at_once: at_once as usize, queue: queue as usize })
    }
}

fn within(key: &str, value: u32, min: u32, max: u32) -> Result<(), String> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(format!("`{key}` is `{value}`: write {min} to {max}"))
}

impl JsonSchema for BasicSettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BasicSettings".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}
