//! The configuration of a service, read and checked.

use std::fmt;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    answer,
    error::{SettingsError, SettingsErrors},
    fault::read,
    invariant::{Warning, dangers},
    key::Key,
    load::Loader,
    named::{NamedKind, NamedSection},
    reload::{Reload, changes},
    sections::Settings,
    shapes::Places,
    source::Source,
    tree::Tree,
};

/// The configuration of a service: read, checked, and able to say where every value comes from.
///
/// ```
/// use schemars::JsonSchema;
/// use serde::Deserialize;
/// use testudo_settings::{Loader, Secret, Size};
///
/// #[derive(Deserialize, JsonSchema)]
/// #[serde(deny_unknown_fields)]
/// struct Shop {
///     /// Key of the payment provider.
///     payment_key: Secret,
/// }
///
/// let variables = [("TESTUDO__ENVIRONMENT", "test"), ("TESTUDO__APP__PAYMENT_KEY", "sk_1")];
/// let loaded = Loader::new().working_dir("/nowhere").variables(variables).load::<Shop>().unwrap();
/// assert_eq!(loaded.settings().server.max_body_size, Size::mib(2));
/// assert_eq!(loaded.app().payment_key.expose(), "sk_1");
/// assert!(!loaded.show().contains("sk_1"));
/// assert!(loaded.warnings().is_empty());
///
/// let (settings, shop) = loaded.into_parts();
/// assert_eq!((settings.server.port, shop.payment_key.expose()), (8_000, "sk_1"));
/// ```
pub struct Loaded<A> {
    pub(crate) settings: Settings,
    pub(crate) app: A,
    pub(crate) places: Places,
    pub(crate) tree: Tree,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) loader: Loader,
}

impl<A> Loaded<A> {
    /// Testudo's own settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The service's settings, from the section `app`.
    pub fn app(&self) -> &A {
        &self.app
    }

    /// Both, to be taken apart.
    pub fn into_parts(self) -> (Settings, A) {
        (self.settings, self.app)
    }

    /// A section under a name: `[rate_limit.login]` is `named::<RateLimit>("login")`.
    ///
    /// ```
    /// use schemars::JsonSchema;
    /// use serde::Deserialize;
    /// use testudo_settings::{Loader, NamedSection, NoApp};
    ///
    /// #[derive(Debug, Deserialize, JsonSchema)]
    /// struct Quota {}
    ///
    /// impl NamedSection for Quota {
    ///     const KIND: &'static str = "quota";
    /// }
    ///
    /// let loaded = Loader::new().working_dir("/nowhere").flag("environment", "test").load::<NoApp>().unwrap();
    /// assert!(loaded.named::<Quota>("free").unwrap_err().to_string().contains("[quota.free]"));
    /// ```
    ///
    /// # Errors
    ///
    /// The section is missing, or its kind was not given to [`Loader::named`].
    pub fn named<T: NamedSection>(&self, name: &str) -> Result<T, SettingsError> {
        let known = self.loader.kinds.iter().position(|kind| kind.kind == T::KIND);
        let kind = known.map_or_else(|| NamedKind::of::<T>(), |index| self.loader.kinds[index].clone());
        let key = kind.key(name);
        if !self.places.has(&key) || !self.tree.has_section(&key) {
            return Err(SettingsError::new(&key, None, kind.how_to_write(name)));
        }
        let value = self.tree.build(&key, &kind.node, &std::collections::BTreeSet::new());
        // Every section of a known kind was read when the configuration was loaded.
        read(value).map_err(|_| SettingsError::new(&key, None, "the section does not fit its type"))
    }

    /// Where the value of a key comes from; nothing for keys that do not exist, and for sections.
    ///
    /// ```
    /// use testudo_settings::{Loader, NoApp, Source};
    ///
    /// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test");
    /// let loaded = loader.load::<NoApp>().unwrap();
    /// assert_eq!(loaded.source("server.port"), Some(&Source::Default));
    /// assert_eq!(loaded.source("server"), None);
    /// ```
    pub fn source(&self, key: &str) -> Option<&Source> {
        let key = Key::dotted(key);
        crate::shape::find(&self.places.all, &key).ok()?.leaf()?;
        Some(self.tree.get(&key).map_or(&Source::Default, |said| &said.source))
    }

    /// Settings that are allowed but worth a word, sorted by key.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The keys that are set and start with `danger_`, such as `app.danger_accept_any_token`.
    ///
    /// ```
    /// use testudo_settings::{Loader, NoApp};
    ///
    /// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test");
    /// assert!(loader.load::<NoApp>().unwrap().dangers().is_empty());
    /// ```
    pub fn dangers(&self) -> Vec<String> {
        dangers(&self.tree).iter().map(Key::to_string).collect()
    }

    /// All about a key: its value, the layer that won with its place, what it overrode, what is expected, the default,
    /// whether a change needs a restart, and the documentation. Of a section, each key in short. A key may also be
    /// written as its variable.
    ///
    /// ```
    /// use testudo_settings::{Loader, NoApp};
    ///
    /// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test").flag("server.port", "80");
    /// let loaded = loader.load::<NoApp>().unwrap();
    /// let explained = loaded.explain("server.port").unwrap();
    /// assert!(explained.starts_with("server.port = 80\n  from      --set server.port\n"), "{explained}");
    /// assert_eq!(loaded.explain("TESTUDO__SERVER__PORT").unwrap(), explained);
    /// let unknown = loaded.explain("server.prot").unwrap_err();
    /// assert_eq!(unknown.to_string(), "server.prot: there is no such setting; did you mean server.port?");
    /// ```
    ///
    /// # Errors
    ///
    /// There is no such key.
    pub fn explain(&self, key: &str) -> Result<String, SettingsError> {
        answer::explain(&answer::asked(key, &self.places.all)?, &self.places.all, &self.tree)
    }

    /// The whole configuration as it holds, in TOML, redacted, with the source of every value behind it.
    ///
    /// ```
    /// use testudo_settings::{Loader, NoApp};
    ///
    /// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test").flag("server.port", "80");
    /// let shown = loader.load::<NoApp>().unwrap().show();
    /// assert!(shown.contains("\nport = 80  # --set server.port\n"));
    /// ```
    pub fn show(&self) -> String {
        answer::show(&self.places.all, &self.tree)
    }

    /// The same for programs: the values under `settings`, and under `sources` where each comes from.
    ///
    /// ```
    /// use testudo_settings::{Loader, NoApp};
    ///
    /// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test");
    /// let shown = loader.load::<NoApp>().unwrap().show_json();
    /// assert_eq!(shown["settings"]["server"]["port"], 8_000);
    /// assert_eq!(shown["sources"]["server.port"], "default");
    /// ```
    pub fn show_json(&self) -> Value {
        answer::show_json(&self.places.all, &self.tree)
    }
}

impl<A: DeserializeOwned + JsonSchema> Loaded<A> {
    /// Reads the same sources again: files as they are now, variables and flags as they were given. The configuration
    /// file has to be there still.
    ///
    /// ```
    /// # use testudo_settings::{Loader, NoApp};
    /// let loaded = Loader::new().working_dir("/nowhere").flag("environment", "test").load::<NoApp>().unwrap();
    /// assert!(loaded.reload().unwrap().changed().is_empty());
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with them now. What runs goes on as it is.
    pub fn reload(&self) -> Result<Reload, SettingsErrors> {
        let now = self.loader.load::<A>()?;
        let (changed, restart) = changes((&self.places.all, &self.tree), (&now.places.all, &now.tree));
        Ok(Reload { reloadable: now.settings.reloadable(), changed, restart, shown: now.show_json() })
    }
}

/// What was loaded is said by [`Loaded::show`], which knows what is secret.
impl<A> fmt::Debug for Loaded<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded").field("environment", &self.settings.environment).finish_non_exhaustive()
    }
}
