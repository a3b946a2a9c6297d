//! What is decided at the edge, as the settings have it now.

use testudo_settings::Reloadable;

use crate::edge::{Cors, Hosts, SecurityHeaders, TrustedProxies};

/// The deciders that a reload replaces together.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(super) hosts: Hosts,
    pub(super) proxies: TrustedProxies,
    pub(super) cors: Cors,
    pub(super) headers: SecurityHeaders,
}

impl Edge {
    /// Makes them all, or says what is wrong.
    pub(crate) fn from_settings(settings: &Reloadable) -> Result<Self, String> {
        Ok(Self {
            hosts: Hosts::from_settings(&settings.hosts)?,
            proxies: TrustedProxies::from_settings(&settings.proxies)?,
            cors: Cors::from_settings(&settings.cors)?,
            headers: SecurityHeaders::from_settings(&settings.headers)?,
        })
    }
}
