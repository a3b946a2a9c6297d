//! What is decided at the edge, as the settings have it now.

use testudo_settings::Reloadable;

use super::response_fields::Ready;
use crate::edge::{Cors, Hosts, SecurityHeaders, TrustedProxies};

/// The deciders that a reload replaces together.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(super) hosts: Hosts,
    pub(super) proxies: TrustedProxies,
    pub(super) cors: Cors,
    pub(super) headers: SecurityHeaders,
    /// What the two above come to in most responses.
    pub(super) ready: Ready,
}

impl Edge {
    /// Makes them all, or says what is wrong.
    pub(crate) fn from_settings(settings: &Reloadable) -> Result<Self, String> {
        let cors = Cors::from_settings(&settings.cors)?;
        let headers = SecurityHeaders::from_settings(&settings.headers)?;
        Ok(Self {
            hosts: Hosts::from_settings(&settings.hosts)?,
            proxies: TrustedProxies::from_settings(&settings.proxies)?,
            ready: Ready::new(&cors, &headers),
            cors,
            headers,
        })
    }
}
