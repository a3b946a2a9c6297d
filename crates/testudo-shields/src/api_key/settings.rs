//! `[api_key.NAME]`.

use http::{HeaderName, header};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use testudo_settings::NamedSection;

use super::{key::no_prefix, presented::is_prefix};

/// Which keys are meant, and where they are.
///
/// ```
/// use testudo_shields::api_key::ApiKeySettings;
///
/// let read = serde_json::from_str::<ApiKeySettings>;
/// assert!(read(r#"{"prefix": "shop"}"#).is_ok());
/// assert!(read(r#"{"prefix": "shop_live", "header": "X-API-Key"}"#).is_ok());
/// assert!(read(r#"{"prefix": "Shop"}"#).unwrap_err().to_string().contains("`Shop` is no prefix"));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct ApiKeySettings {
    pub(super) prefix: Box<str>,
    pub(super) header: HeaderName,
}

/// As it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// What keys begin with: 1 to 32 letters from a to z, digits and `_`, a letter first and no `_` last. Others are
    /// refused before they are looked up, so each environment may have its own.
    prefix: String,
    /// The header field of the key. Defaults to `Authorization`, where it stands behind `Bearer`; in any other field
    /// it stands alone.
    #[serde(default)]
    header: Option<String>,
}

// Whoever forgets a section of their own is not helped by the names of ours.
#[diagnostic::do_not_recommend]
impl NamedSection for ApiKeySettings {
    const KIND: &'static str = "api_key";
}

impl TryFrom<Written> for ApiKeySettings {
    type Error = String;

    fn try_from(Written { prefix, header }: Written) -> Result<Self, String> {
        if !is_prefix(&prefix) {
            return Err(no_prefix(&prefix));
        }
        let header = match header {
            None => header::AUTHORIZATION,
            Some(name) => name.parse().map_err(|_| {
                format!("`header` is {name:?}: write the name of a header field, such as `X-API-Key`")
            })?,
        };
        Ok(Self { prefix: prefix.into(), header })
    }
}

impl JsonSchema for ApiKeySettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ApiKeySettings".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}
