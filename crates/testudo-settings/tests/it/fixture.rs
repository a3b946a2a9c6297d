//! A service with settings of its own, in a folder of its own.

use std::{collections::BTreeMap, fs};

use schemars::JsonSchema;
use serde::Deserialize;
use tempfile::TempDir;
use testudo_settings::{ConnectionUrl, Loaded, Loader, NamedSection, Period, Secret, SettingsErrors, Size};

/// Settings of a shop.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shop {
    /// Key of the payment provider.
    pub(crate) payment_key: Secret,
    /// Days an order may be returned.
    #[serde(default = "fourteen")]
    #[schemars(range(min = 0, max = 365))]
    pub(crate) return_days: u16,
    /// Who is told of orders.
    #[serde(default)]
    pub(crate) mail: Option<Mail>,
    /// Prices of shipping, by country.
    #[serde(default)]
    pub(crate) shipping: BTreeMap<String, Rate>,
    /// What is sold.
    #[serde(default)]
    #[schemars(length(max = 3))]
    pub(crate) categories: Vec<Category>,
    /// Tokens of partners.
    #[serde(default)]
    pub(crate) partners: Vec<Secret>,
    /// Tokens of people, by name.
    #[serde(default)]
    pub(crate) tokens: BTreeMap<String, Secret>,
    /// An account elsewhere.
    #[serde(default)]
    pub(crate) account: Option<Account>,
    /// Days on which orders wait.
    #[serde(default)]
    pub(crate) window: Window,
    /// Skips the check of prices. Never in a real shop.
    #[serde(default)]
    pub(crate) danger_skip_prices: bool,
    /// A file that ends in `_file`.
    #[serde(default)]
    pub(crate) logo_file: Option<String>,
    /// How much is sold at once. Needed, though none of its keys is.
    pub(crate) limits: Limits,
    /// Where orders are kept.
    #[serde(default)]
    pub(crate) archive: Option<ConnectionUrl>,
}

fn fourteen() -> u16 {
    14
}

/// How much is sold at once.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    /// Pieces of one product.
    #[serde(default)]
    pub(crate) pieces: Option<u32>,
}

/// Where mail goes.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// The server.
    pub(crate) host: String,
    /// Its password.
    #[serde(default)]
    pub(crate) password: Option<Secret>,
    /// How long to wait.
    #[serde(default)]
    pub(crate) timeout: Option<Period>,
}

/// The price of shipping.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    /// In cents.
    pub(crate) cents: u32,
    /// Heaviest parcel.
    #[serde(default)]
    pub(crate) largest: Option<Size>,
}

/// A category.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Category {
    Books,
    Music,
}

/// An account elsewhere, by key or by name.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum Account {
    Key { key: Secret },
    Name { name: String },
}

/// A rule over two keys, one of which sits beside a secret.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, try_from = "RawWindow")]
pub(crate) struct Window {
    /// First day.
    pub(crate) first: u8,
    /// Last day.
    pub(crate) last: u8,
    /// Who may change it.
    pub(crate) owner: Option<Secret>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct RawWindow {
    /// First day.
    first: u8,
    /// Last day.
    last: u8,
    /// Who may change it.
    owner: Option<Secret>,
}

impl TryFrom<RawWindow> for Window {
    type Error = String;

    fn try_from(raw: RawWindow) -> Result<Self, String> {
        let RawWindow { first, last, owner } = raw;
        if first > last {
            let owner = owner.as_ref().map_or("nobody", Secret::expose);
            return Err(format!("{owner} wants the first day {first} after the last day {last}"));
        }
        Ok(Self { first, last, owner })
    }
}

/// How many requests pass.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateLimit {
    /// How many.
    #[schemars(range(min = 1))]
    pub(crate) limit: u32,
    /// In which time.
    #[serde(default)]
    pub(crate) period: Option<Period>,
}

impl NamedSection for RateLimit {
    const KIND: &'static str = "rate_limit";
}

/// A signature over content.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hmac {
    /// The shared key.
    pub(crate) key: Secret,
}

impl NamedSection for Hmac {
    const KIND: &'static str = "hmac";
}

/// A folder with a configuration, and the variables and flags that go with it.
pub(crate) struct Setup {
    pub(crate) folder: TempDir,
    variables: Vec<(String, String)>,
    flags: Vec<(String, String)>,
}

impl Setup {
    /// Nothing at all.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new(), flags: Vec::new() }
    }

    /// What every shop needs, from variables.
    pub(crate) fn shop() -> Self {
        Self::empty().variable("TESTUDO__APP__PAYMENT_KEY", "sk_1")
    }

    pub(crate) fn write(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.folder.path().join(name), content).unwrap();
        self
    }

    pub(crate) fn file(self, content: &str) -> Self {
        self.write("testudo.toml", content)
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn environment(self, environment: &str) -> Self {
        self.variable("TESTUDO__ENVIRONMENT", environment)
    }

    pub(crate) fn flag(mut self, key: &str, value: &str) -> Self {
        self.flags.push((key.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn loader(&self) -> Loader {
        let mut loader = Loader::new()
            .working_dir(self.folder.path())
            .variables(self.variables.clone())
            .named::<RateLimit>()
            .named::<Hmac>();
        for (key, value) in &self.flags {
            loader = loader.flag(key, value);
        }
        loader
    }

    pub(crate) fn load(&self) -> Result<Loaded<Shop>, SettingsErrors> {
        self.loader().load()
    }

    /// The lines of what is wrong.
    pub(crate) fn errors(&self) -> Vec<String> {
        match self.load() {
            Ok(_) => Vec::new(),
            Err(errors) => errors.to_string().lines().map(str::to_owned).collect(),
        }
    }

    #[track_caller]
    pub(crate) fn loaded(&self) -> Loaded<Shop> {
        self.load().unwrap_or_else(|errors| panic!("{errors}"))
    }
}
