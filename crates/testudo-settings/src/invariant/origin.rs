//! Origins as browsers write them (RFC 6454, section 6.2).

use std::net::Ipv6Addr;

/// What is wrong with an origin of the configuration; nothing when a browser could send it, or when it is a wildcard
/// that stands for hosts below a name.
pub(super) fn complaint(origin: &str) -> Option<String> {
    if origin == "*" {
        return None;
    }
    let shape = "write `https://host` or `https://host:port`, as browsers do";
    if origin == "null" {
        return Some("`null` is what any sandboxed page sends; it cannot be trusted".to_owned());
    }
    let Some((scheme, rest)) = origin.split_once("://") else {
        return Some(format!("`{origin}` is no origin; {shape}"));
    };
    if !["http", "https"].contains(&scheme) {
        return Some(format!("the scheme of `{origin}` is neither `http` nor `https`, in lower case"));
    }
    if rest.contains(['/', '?', '#', '@']) {
        return Some(format!(
            "`{origin}` is more than an origin; {shape}, without a path or a slash at the end"
        ));
    }
    if rest != rest.to_lowercase() {
        return Some(format!("`{origin}` has capitals, which browsers never send; write it in lower case"));
    }
    if let Some(name) = rest.strip_prefix("*.") {
        let is_fine = scheme == "https" && is_host(name) && name.contains('.') && !name.ends_with('.');
        return (!is_fine)
            .then(|| format!("`{origin}` is no wildcard; write `https://*.example.com`, for https alone"));
    }
    let (host, port) = host_and_port(rest).filter(|(host, _)| is_host(host)).unwrap_or_default();
    let default_port = if scheme == "https" { 443 } else { 80 };
    match port {
        _ if host.is_empty() => Some(format!("`{origin}` is no origin; {shape}")),
        Some(port) if port == default_port => {
            Some(format!("browsers leave out the port of `{origin}`, the default of its scheme; do so, too"))
        }
        Some(0) => Some(format!("`{origin}` has port 0, which nobody can call")),
        _ => None,
    }
}

/// A host, and the port if there is one.
pub(super) fn host_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    let start = if text.starts_with('[') { text.find(']')? } else { 0 };
    match text[start..].split_once(':') {
        Some((_, port)) => {
            let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            let host = &text[..text.len() - port.len() - 1];
            if is_number { Some((host, Some(port.parse().ok()?))) } else { None }
        }
        None => Some((text, None)),
    }
}

/// A name in lower case (RFC 1123, section 2.1; underscores are common), or an address.
pub(super) fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    let is_letter =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(is_letter)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (origin, is_fine) in [
            ("*", true),
            ("https://shop.example.com", true),
            ("http://localhost:3000", true),
            ("https://shop.example.com:8443", true),
            ("http://[::1]:3000", true),
            ("http://127.0.0.1", true),
            ("https://*.example.com", true),
            ("null", false),
            ("shop.example.com", false),
            ("https://", false),
            ("https://shop.example.com/", false),
            ("https://shop.example.com/a", false),
            ("https://user@shop.example.com", false),
            ("https://Shop.example.com", false),
            ("HTTPS://shop.example.com", false),
            ("ftp://shop.example.com", false),
            ("https://shop.example.com:443", false),
            ("http://shop.example.com:80", false),
            ("https://shop.example.com:", false),
            ("https://shop.example.com:0", false),
            ("https://shop.example.com:99999", false),
            ("http://*.example.com", false),
            ("https://*.com", false),
            ("https://*", false),
            ("https://*.*.com", false),
            ("https://a.*.example.com", false),
            ("https://*example.com", false),
            ("https://-a.example.com", false),
            ("https://a..example.com", false),
            ("http://[::g]:3000", false),
            ("https://a b", false),
        ] {
            assert_eq!(complaint(origin).is_none(), is_fine, "{origin}: {:?}", complaint(origin));
        }
    }
}
