//! Host names that the service answers to.

use super::{Rule, when};
use crate::sections::Settings;

pub(super) const RULES: &[Rule] = &[
    Rule { keys: &["hosts.allowed"], check: some_in_production },
    Rule { keys: &["hosts.allowed"], check: none_is_a_wildcard_in_production },
    Rule { keys: &["hosts.allowed"], check: well_formed },
];

fn some_in_production(settings: &Settings) -> Vec<String> {
    let environment = settings.environment;
    when(
        environment.is_exposed() && settings.hosts.allowed.is_empty(),
        format!(
            "{environment} needs the names that clients call the service by, such as [\"api.example.com\"]"
        ),
    )
}

fn none_is_a_wildcard_in_production(settings: &Settings) -> Vec<String> {
    let environment = settings.environment;
    when(
        environment.is_exposed() && settings.hosts.allowed.iter().any(|host| host == "*"),
        format!("`*` answers to any name, which {environment} must not; list the names"),
    )
}

fn well_formed(settings: &Settings) -> Vec<String> {
    let wrong = settings.hosts.allowed.iter().filter(|host| *host != "*" && !is_host(host));
    let message = |host: &String| {
        format!("`{host}` is no host name; write `api.example.com`, `*.example.com` or `localhost:8000`")
    };
    wrong.map(message).collect()
}

/// `name`, `*.name`, `name:port`, an IPv4 address or an IPv6 address in brackets (RFC 3986, section 3.2.2). A name may
/// be written as people do, `bücher.example`: whoever answers requests makes what the wire has of it (RFC 5891).
fn is_host(text: &str) -> bool {
    let name = text.strip_prefix("*.").unwrap_or(text);
    let as_ascii = |letter: char| if letter.is_ascii() || !letter.is_alphanumeric() { letter } else { 'x' };
    match super::origin::host_and_port(name) {
        Some((host, port)) => {
            let host: String = host.to_lowercase().chars().map(as_ascii).collect();
            super::origin::is_host(&host) && port.is_none_or(|port| port != 0)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_no_scheme_no_path_and_no_wildcard_but_the_first_label() {
        for (host, expected) in [
            ("api.example.com", true),
            ("API.example.com", true),
            ("localhost:8000", true),
            ("bücher.example", true),
            ("*.BÜCHER.example:8000", true),
            ("bü cher.example", false),
            ("bücher.example/", false),
            ("a\u{2028}b.example", false),
            ("*.example.com", true),
            ("127.0.0.1", true),
            ("[::1]:8000", true),
            ("https://api.example.com", false),
            ("api.example.com/", false),
            ("api.*.com", false),
            ("*.", false),
            ("", false),
            ("api.example.com:http", false),
            ("api.example.com:0", false),
            ("a b", false),
        ] {
            assert_eq!(is_host(host), expected, "{host}");
        }
    }
}
