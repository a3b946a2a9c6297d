//! `[ip.NAME]`.

use std::net::IpAddr;

use ipnet::IpNet;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use testudo_settings::{NamedSection, canonical_network};

/// Which clients are let in, by their address.
///
/// ```
/// use testudo_shields::ip::IpSettings;
///
/// let settings: IpSettings = serde_json::from_str(r#"{"allow": ["10.0.0.0/8"], "deny": ["10.0.0.66"]}"#).unwrap();
/// assert!(settings.admits("10.0.0.7".parse().unwrap()));
/// assert!(!settings.admits("10.0.0.66".parse().unwrap()));
/// assert!(!settings.admits("192.0.2.7".parse().unwrap()));
///
/// let empty = serde_json::from_str::<IpSettings>("{}").unwrap_err();
/// assert!(empty.to_string().contains("`allow` or `deny`"));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct IpSettings {
    allow: Box<[IpNet]>,
    deny: Box<[IpNet]>,
}

/// As it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Networks and addresses that are let in. Empty: all that are not denied.
    #[serde(default)]
    #[schemars(with = "Vec<String>", extend("items" = { "type": "string", "format": "network" }))]
    allow: Vec<Entry>,
    /// Networks and addresses that are refused, also where `allow` has them.
    #[serde(default)]
    #[schemars(with = "Vec<String>", extend("items" = { "type": "string", "format": "network" }))]
    deny: Vec<Entry>,
}

/// A network, or an address that stands for itself.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Entry(IpNet);

impl TryFrom<String> for Entry {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        let network = written.parse().or_else(|_| written.parse::<IpAddr>().map(IpNet::from));
        let mistake = |_| format!("`{written}` is neither a network, such as `10.0.0.0/8`, nor an address");
        network.map(|network| Self(canonical_network(network))).map_err(mistake)
    }
}

// Whoever forgets a section of their own is not helped by the names of ours.
#[diagnostic::do_not_recommend]
impl NamedSection for IpSettings {
    const KIND: &'static str = "ip";
}

impl IpSettings {
    /// Whether clients with this address are let in.
    pub fn admits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let has = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&address));
        !has(&self.deny) && (self.allow.is_empty() || has(&self.allow))
    }
}

impl TryFrom<Written> for IpSettings {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        if written.allow.is_empty() && written.deny.is_empty() {
            // A list that lets everybody in is a mistake.
            return Err("write networks into `allow` or `deny`: without any, everybody is let in");
        }
        let networks = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.0).collect();
        Ok(Self { allow: networks(written.allow), deny: networks(written.deny) })
    }
}

impl JsonSchema for IpSettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "IpSettings".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}
