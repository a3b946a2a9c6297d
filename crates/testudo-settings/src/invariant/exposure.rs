//! Who can connect, and what they can read on the way.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{Rule, when};
use crate::{
    environment::Environment,
    sections::{LogLevel, Settings},
};

pub(super) const RULES: &[Rule] = &[
    Rule { keys: &["server.tls.certificate", "server.tls.key"], check: certificate_with_key },
    Rule { keys: &["server.tls.key", "server.tls.certificate"], check: key_with_certificate },
    Rule {
        keys: &["server.host", "server.tls.certificate", "server.tls.key", "proxies.trusted"],
        check: encrypted,
    },
    Rule { keys: &["admin.port", "server.port", "admin.host", "server.host"], check: ports_differ },
    Rule { keys: &["log.level"], check: no_trace_in_production },
];

fn certificate_with_key(settings: &Settings) -> Vec<String> {
    let tls = &settings.server.tls;
    when(
        tls.certificate.is_some() && tls.key.is_none(),
        "a certificate needs its key; set `server.tls.key`, too",
    )
}

fn key_with_certificate(settings: &Settings) -> Vec<String> {
    let tls = &settings.server.tls;
    when(
        tls.key.is_some() && tls.certificate.is_none(),
        "a key needs its certificate; set `server.tls.certificate`, too",
    )
}

fn encrypted(settings: &Settings) -> Vec<String> {
    let (server, environment) = (&settings.server, settings.environment);
    let is_open = !server.host.is_loopback() && !server.tls.is_on() && settings.proxies.trusted.is_empty();
    when(
        environment.is_exposed() && is_open,
        format!(
            "{environment} needs TLS where others than this machine can connect; set `server.tls.certificate` and \
             `server.tls.key`, or in `proxies.trusted` the networks of the proxies that speak TLS in front"
        ),
    )
}

/// What is worth a word.
pub(super) const WARNINGS: &[Rule] = &[Rule {
    keys: &["proxies.trusted", "server.host", "server.tls.certificate", "server.tls.key"],
    check: unknown_proxy,
}];

/// Whoever connects to this machine alone in production is a proxy on it, most likely.
fn unknown_proxy(settings: &Settings) -> Vec<String> {
    let (server, environment) = (&settings.server, settings.environment);
    let is_behind_somebody = server.host.is_loopback() && !server.tls.is_on();
    when(
        environment.is_exposed() && is_behind_somebody && settings.proxies.trusted.is_empty(),
        format!(
            "only this machine can connect, so that in {environment} a proxy stands in front: nobody believes it, \
             every client has the address of this machine, and no `Strict-Transport-Security` is sent; name the proxy, \
             such as [\"{}\"]",
            IpNet::from(server.host)
        ),
    )
}

fn ports_differ(settings: &Settings) -> Vec<String> {
    let (server, admin) = (&settings.server, &settings.admin);
    when(
        admin.enabled && admin.port == server.port && admin.port != 0 && overlap(admin.host, server.host),
        "two listeners cannot share a port; choose another one",
    )
}

/// Whether there is an address that both listen on. `::` takes IPv4 in, too, where the system lets it.
fn overlap(one: IpAddr, other: IpAddr) -> bool {
    let takes = |all: IpAddr, one: IpAddr| all.is_unspecified() && (all.is_ipv6() || one.is_ipv4());
    one == other || takes(one, other) || takes(other, one)
}

fn no_trace_in_production(settings: &Settings) -> Vec<String> {
    let is_production = settings.environment == Environment::Production;
    when(
        is_production && settings.log.level == LogLevel::Trace,
        "`trace` writes down what clients send, which production must not; use `info`, or `debug` for a while",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_overlap_when_an_address_reaches_both() {
        for (one, other, expected) in [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0", "127.0.0.1", true),
            ("10.0.0.1", "0.0.0.0", true),
            ("0.0.0.0", "::1", false),
            ("::", "127.0.0.1", true),
            ("::", "::1", true),
            ("::1", "127.0.0.1", false),
        ] {
            assert_eq!(overlap(one.parse().unwrap(), other.parse().unwrap()), expected, "{one} {other}");
        }
    }
}
