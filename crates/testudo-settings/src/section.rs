//! A named section that somebody holds before the configuration is read.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, OnceLock},
};

use serde_json::Value;

use crate::{
    fault::{Fault, read},
    named::{NamedKind, NamedSection},
};

/// A section of the configuration by its name: there once the configuration has been read.
///
/// A shield holds one, `rate_limit("login")`, and its routes are made before anything is read. The loader that is told
/// [what is wanted] reads `[rate_limit.login]` into it, and a section that is missing is a mistake like
/// any other. A test gives the value itself.
///
/// ```
/// use schemars::JsonSchema;
/// use serde::Deserialize;
/// use testudo_settings::{Loader, NamedSection, NoApp, Section, WantedSection};
///
/// #[derive(Deserialize, JsonSchema)]
/// struct RateLimit {
///     per_minute: u32,
/// }
///
/// impl NamedSection for RateLimit {
///     const KIND: &'static str = "rate_limit";
/// }
///
/// let login: Section<RateLimit> = "login".into();
/// assert!(login.get().is_none());
///
/// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test").wants([WantedSection::of(&login)]);
/// let missing = loader.load::<NoApp>().unwrap_err();
/// assert!(missing.to_string().contains("write `[rate_limit.login]`"));
///
/// loader.flag("rate_limit.login.per_minute", "5").load::<NoApp>().unwrap();
/// assert_eq!(login.get().unwrap().per_minute, 5);
///
/// let given = Section::from(RateLimit { per_minute: 7 });
/// assert_eq!(given.get().unwrap().per_minute, 7);
/// ```
///
/// [what is wanted]: crate::Loader::wants
pub struct Section<T> {
    /// Without a name it is of no configuration.
    name: Option<Cow<'static, str>>,
    value: Arc<OnceLock<T>>,
}

impl<T> Section<T> {
    /// The settings, once they have been read.
    ///
    /// ```
    /// # use testudo_settings::{NamedSection, Section};
    /// # #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// # struct Quota {}
    /// # impl NamedSection for Quota { const KIND: &'static str = "quota"; }
    /// assert!(Section::<Quota>::from("free").get().is_none());
    /// assert!(Section::from(Quota {}).get().is_some());
    /// ```
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// Why there is nothing, for whoever needs it now.
    ///
    /// ```
    /// # use testudo_settings::Section;
    /// assert!(Section::<u32>::from("free").unread().starts_with("the section `free` has not been read"));
    /// ```
    pub fn unread(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default();
        format!(
            "the section `{name}` has not been read: routes get theirs from `Service::run`, or from `bind`"
        )
    }
}

impl<T> From<&'static str> for Section<T> {
    fn from(name: &'static str) -> Self {
        Self { name: Some(name.into()), value: Arc::default() }
    }
}

impl<T> From<String> for Section<T> {
    fn from(name: String) -> Self {
        Self { name: Some(name.into()), value: Arc::default() }
    }
}

/// A section that needs no configuration.
impl<T: NamedSection> From<T> for Section<T> {
    fn from(value: T) -> Self {
        Self { name: None, value: Arc::new(OnceLock::from(value)) }
    }
}

impl<T> Clone for Section<T> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), value: self.value.clone() }
    }
}

/// What it says may be secret.
impl<T> fmt::Debug for Section<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Section").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A named section that has to be there, and the place that it is read into.
///
/// ```
/// # use testudo_settings::{Loader, NamedSection, NoApp, Section, WantedSection};
/// # #[derive(serde::Deserialize, schemars::JsonSchema)]
/// # struct Quota { a_day: u32 }
/// # impl NamedSection for Quota { const KIND: &'static str = "quota"; }
/// let free: Section<Quota> = "free".into();
/// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test").flag("quota.free.a_day", "7");
/// loader.wants([WantedSection::of(&free)]).load::<NoApp>().unwrap();
/// assert_eq!(free.get().unwrap().a_day, 7);
/// ```
#[derive(Clone)]
pub struct WantedSection {
    pub(crate) name: Option<Cow<'static, str>>,
    pub(crate) kind: &'static str,
    pub(crate) known: fn() -> NamedKind,
    pub(crate) fill: Arc<dyn Fn(Value) -> Result<(), Fault> + Send + Sync>,
}

impl fmt::Debug for WantedSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("given");
        f.debug_tuple("WantedSection").field(&format_args!("[{}.{name}]", self.kind)).finish()
    }
}

impl WantedSection {
    /// What a loader has to read into this section. Nothing for one that was given.
    ///
    /// ```
    /// # use testudo_settings::{NamedSection, Section, WantedSection};
    /// # #[derive(serde::Deserialize, schemars::JsonSchema)]
    /// # struct Quota {}
    /// # impl NamedSection for Quota { const KIND: &'static str = "quota"; }
    /// let free = WantedSection::of::<Quota>(&"free".into());
    /// assert_eq!(format!("{free:?}"), "WantedSection([quota.free])");
    /// ```
    pub fn of<T: NamedSection>(section: &Section<T>) -> Self {
        let value = section.value.clone();
        let fill = move |found| {
            // Whoever was first stays: settings do not change under a request.
            let _ = value.set(read::<T>(found)?);
            Ok(())
        };
        Self { name: section.name.clone(), kind: T::KIND, known: NamedKind::of::<T>, fill: Arc::new(fill) }
    }
}
