//! From sources to typed settings.

use std::{collections::BTreeSet, ffi::OsString, fmt, path::PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    environment::Environment,
    error::{SettingsError, SettingsErrors},
    fault::{read, read_app},
    gather::{Gathered, Inputs, gather},
    invariant,
    key::Key,
    layer::NearMiss,
    loaded::Loaded,
    named::{NamedKind, NamedSection},
    section::WantedSection,
    sections::Settings,
    settle::{Mistakes, Section, missing},
    shapes::{APP, Shapes},
};

/// The settings of a service that has none of its own.
///
/// ```
/// use testudo_settings::{Loader, NoApp};
///
/// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test");
/// assert_eq!(loader.load::<NoApp>().unwrap().app(), &NoApp {});
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoApp {}

/// Reads the configuration: where it is looked for, and what it may hold.
///
/// Layers, the later over the earlier:
///
/// 1. The defaults.
/// 2. The configuration file: the one that is named; else `testudo.toml` in the working folder; else, under `cargo run`,
///    the one of the package. Without any, the service runs on defaults.
/// 3. The section of the environment in that file: `[environments.production.server]` over `[server]`.
/// 4. In development, the `.env` file beside the configuration file.
/// 5. Environment variables: `TESTUDO__SERVER__PORT` sets `server.port`.
/// 6. Secret files: `TESTUDO__ADMIN__TOKEN_FILE` names the file that holds `admin.token`. One newline at its end does
///    not count. In a table whose keys are free the ending always means a file; a key of it that itself ends in `_file`
///    is set in the configuration file.
/// 7. Flags.
///
/// A variable such as `TESTUDO_SERVER__PORT`, with one underscore in place of two, sets nothing and is a
/// [warning](Loaded::warnings).
///
/// A text from a variable, a secret file or a flag becomes what its place wants: a number, `true` or `false`, a list
/// (items between commas, or a TOML array) or a table (a TOML inline table). All else stays a text.
///
/// ```
/// use testudo_settings::{Environment, Loader, NoApp, Source};
///
/// let loader = Loader::new()
///     .working_dir("/nowhere")
///     .variables([("TESTUDO__ENVIRONMENT", "test"), ("TESTUDO__SERVER__PORT", "8080")])
///     .flag("server.port", "0");
/// let loaded = loader.load::<NoApp>().unwrap();
/// assert_eq!(loaded.settings().environment, Environment::Test);
/// assert_eq!(loaded.settings().server.port, 0);
/// assert_eq!(loaded.source("server.port"), Some(&Source::Flag("server.port".to_owned())));
/// ```
#[derive(Clone)]
#[must_use = "a loader reads nothing until `load` is called"]
pub struct Loader {
    pub(crate) inputs: Inputs,
    pub(crate) kinds: Vec<NamedKind>,
    pub(crate) wanted: Vec<WantedSection>,
    /// Kinds whose sections are asked for once everything is read: which of them, nobody knows before.
    pub(crate) asked_later: BTreeSet<&'static str>,
}

impl Default for Loader {
    fn default() -> Self {
        Self::new()
    }
}

impl Loader {
    /// A loader that knows no variables, no flags and no named sections, and looks into the current folder.
    pub fn new() -> Self {
        let inputs = Inputs {
            config: None,
            working_dir: PathBuf::from("."),
            variables: Vec::new(),
            flags: Vec::new(),
        };
        Self { inputs, kinds: Vec::new(), wanted: Vec::new(), asked_later: BTreeSet::new() }
    }

    /// The configuration file. It has to exist. Defaults to `testudo.toml`, which may be missing.
    ///
    /// ```
    /// # use testudo_settings::{Loader, NoApp};
    /// let errors = Loader::new().config("/nowhere/testudo.toml").load::<NoApp>().unwrap_err();
    /// assert!(errors.to_string().contains("/nowhere/testudo.toml"));
    /// ```
    pub fn config(mut self, path: impl Into<PathBuf>) -> Self {
        self.inputs.config = Some(path.into());
        self
    }

    /// Where relative paths start. Defaults to the current folder.
    pub fn working_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.inputs.working_dir = path.into();
        self
    }

    /// The environment variables, as `std::env::vars_os` has them. Defaults to none: nothing is read from the process.
    pub fn variables<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        self.inputs.variables =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self
    }

    /// A value that a flag of the command gives to a key.
    pub fn flag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.inputs.flags.push((key.into(), value.into()));
        self
    }

    /// Knows sections of this kind.
    ///
    /// ```
    /// use schemars::JsonSchema;
    /// use serde::Deserialize;
    /// use testudo_settings::{Loader, NamedSection, NoApp};
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// #[serde(deny_unknown_fields)]
    /// struct RateLimit {
    ///     /// Requests a minute.
    ///     per_minute: u32,
    /// }
    ///
    /// impl NamedSection for RateLimit {
    ///     const KIND: &'static str = "rate_limit";
    /// }
    ///
    /// let variables = [("TESTUDO__ENVIRONMENT", "test"), ("TESTUDO__RATE_LIMIT__LOGIN__PER_MINUTE", "30")];
    /// let loader = Loader::new().working_dir("/nowhere").variables(variables).named::<RateLimit>();
    /// let loaded = loader.load::<NoApp>().unwrap();
    /// assert_eq!(loaded.named::<RateLimit>("login").unwrap().per_minute, 30);
    /// let missing = loaded.named::<RateLimit>("search").err().unwrap();
    /// assert!(missing.to_string().contains("write `[rate_limit.search]`"));
    /// ```
    pub fn named<T: NamedSection>(mut self) -> Self {
        self.know(NamedKind::of::<T>());
        self.asked_later.insert(T::KIND);
        self
    }

    /// Knows the kinds of these sections, demands that each is there, and reads them into their places. Another section
    /// of their kinds is a [warning](Loaded::warnings), unless the kind was given to [`named`](Self::named).
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
    /// let (login, search) = (Section::<RateLimit>::from("login"), Section::<RateLimit>::from("search"));
    /// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test");
    /// let errors = loader.wants([WantedSection::of(&login), WantedSection::of(&search)]).load::<NoApp>().unwrap_err();
    /// assert_eq!(errors.iter().count(), 2);
    /// ```
    pub fn wants(mut self, sections: impl IntoIterator<Item = WantedSection>) -> Self {
        for section in sections {
            if section.name.is_some() {
                self.know((section.known)());
                self.wanted.push(section);
            }
        }
        self
    }

    fn know(&mut self, kind: NamedKind) {
        // Two types under one name are a mistake, which is told when everything is read.
        if self.kinds.iter().all(|known| known.ty != kind.ty) {
            self.kinds.push(kind);
        }
    }

    /// Reads everything.
    ///
    /// # Errors
    ///
    /// All that is wrong, each with its place: unknown keys, values that do not fit, keys that are missing, files that
    /// cannot be read, and settings that must not stand together.
    pub fn load<A: DeserializeOwned + JsonSchema>(&self) -> Result<Loaded<A>, SettingsErrors> {
        let shapes = Shapes::of::<A>(&self.kinds);
        let Gathered { places, tree, mut mistakes, environment, file, is_sound, near_misses } =
            gather(&self.inputs, &shapes);
        if !is_sound {
            // What is missing and what does not fit is unknown as long as the file is.
            return Err(SettingsErrors::new(mistakes.errors));
        }
        no_environment(environment, &mut mistakes);
        let (root, app_key) = (Key::root(), Key::dotted(APP));
        let app = Section { root: &app_key, node: &shapes.app, tree: &tree };
        missing(&app, &mut mistakes);
        let settings = settings(&Section { root: &root, node: &shapes.settings, tree: &tree }, &mut mistakes);
        let app = app.settle(read_app::<A>, &mut mistakes);
        for (kind, key) in places.named.iter().filter(|(_, key)| tree.has_section(key)) {
            let kind = &shapes.kinds[*kind];
            let section = Section { root: key, node: &kind.node, tree: &tree };
            missing(&section, &mut mistakes);
            section.settle(kind.check, &mut mistakes);
        }
        let filled = self.wanted_sections(&places, &tree, &mut mistakes);
        let mut warnings = Vec::new();
        if let Some(settings) = &settings {
            let violations = match environment {
                Some(_) => invariant::violations,
                None => invariant::violations_anywhere,
            };
            let broken = violations(settings, &tree, &places.all, &mistakes);
            mistakes.errors.extend(broken);
            let mut others = self.unwanted_sections(&places, &tree);
            others.extend(near_misses.iter().map(NearMiss::warning));
            warnings = invariant::warnings(settings, &tree, &places.all, others);
        }
        match (settings, app) {
            (Some(settings), Some(app)) if mistakes.errors.is_empty() => {
                for (section, value) in filled {
                    // It was read as this type a moment ago.
                    let _ = (section.fill)(value);
                }
                let mut loader = self.clone();
                // A reload must not find another file, or take a missing one for none.
                loader.inputs.config = file;
                Ok(Loaded { settings, app, places, tree, warnings, loader })
            }
            _ => Err(SettingsErrors::new(said_elsewhere(mistakes.errors, &near_misses))),
        }
    }
}

/// What is missing may stand in a variable that is spelt wrong.
fn said_elsewhere(errors: Vec<SettingsError>, near_misses: &[NearMiss]) -> Vec<SettingsError> {
    let with_near_miss = |error: SettingsError| {
        let is_meant = |near: &&NearMiss| error.source().is_none() && near.key.to_string() == error.key();
        match near_misses.iter().find(is_meant) {
            Some(NearMiss { name, meant, .. }) => error.and(&format!(" ({name} is not {meant})")),
            None => error,
        }
    };
    errors.into_iter().map(with_near_miss).collect()
}

/// Names are shown, values are not.
impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags: Vec<&String> = self.inputs.flags.iter().map(|(key, _)| key).collect();
        f.debug_struct("Loader")
            .field("config", &self.inputs.config)
            .field("working_dir", &self.inputs.working_dir)
            .field("flags", &flags)
            .field("kinds", &self.kinds.iter().map(|kind| kind.kind).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

fn no_environment(environment: Option<Environment>, mistakes: &mut Mistakes) {
    let key = Key::dotted("environment");
    if environment.is_none() && !mistakes.touch(&key) {
        let message = "missing; set TESTUDO__ENVIRONMENT, or `environment` in testudo.toml, to `development`, \
                       `test`, `staging` or `production`";
        mistakes.errors.push(SettingsError::new(&key, None, message));
    }
}

/// Our own sections. Where it is not known where the service runs, they are read all the same, for their mistakes.
fn settings(section: &Section<'_>, mistakes: &mut Mistakes) -> Option<Settings> {
    let read = |mut value: serde_json::Value| {
        if let Some(members) = value.as_object_mut() {
            members.entry("environment").or_insert_with(|| Environment::Test.as_str().into());
        }
        read::<Settings>(value)
    };
    section.settle(read, mistakes)
}
