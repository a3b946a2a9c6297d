//! `Strict-Transport-Security` (RFC 6797).

use http::{HeaderMap, HeaderValue, header};
use testudo_settings::HstsSettings;

/// What the lists built into browsers ask for: a year (hstspreload.org).
const PRELOAD_MIN_SECS: u64 = 31_536_000;

/// The field, made once.
#[derive(Debug, Clone)]
pub(super) struct Hsts {
    directives: Directives,
    value: HeaderValue,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Directives {
    max_age_secs: u64,
    include_subdomains: bool,
    preload: bool,
}

impl Hsts {
    pub(super) fn from_settings(settings: &HstsSettings) -> Result<Self, String> {
        let directives = Directives {
            max_age_secs: settings.max_age.as_secs(),
            include_subdomains: settings.include_subdomains,
            preload: settings.preload,
        };
        let is_enough = directives.include_subdomains && directives.max_age_secs >= PRELOAD_MIN_SECS;
        if directives.preload && !is_enough {
            return Err(format!(
                "`headers.hsts.preload` needs `include_subdomains` and a `max_age` of at least {PRELOAD_MIN_SECS} s"
            ));
        }
        Ok(Self { directives, value: directives.to_value() })
    }

    /// Over TLS, a handler's field keeps what is stricter in it; otherwise there is none (RFC 6797, section 7.2).
    pub(super) fn apply(&self, headers: &mut HeaderMap, secure: bool) {
        if !secure {
            headers.remove(header::STRICT_TRANSPORT_SECURITY);
            return;
        }
        // Browsers take the first field (RFC 6797, section 8.1).
        let own = headers.get(header::STRICT_TRANSPORT_SECURITY).and_then(Directives::parse);
        let value = match own {
            Some(own) if !self.tells_to_forget() => self.directives.or_stricter(own).to_value(),
            _ => self.value.clone(),
        };
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }

    /// The configuration wants out, and handlers are not to keep anybody in.
    fn tells_to_forget(&self) -> bool {
        self.directives.max_age_secs == 0
    }
}

impl Directives {
    /// RFC 6797, section 6.1: names in any case, values perhaps in quotes, unknown directives ignored.
    fn parse(value: &HeaderValue) -> Option<Self> {
        let mut max_age_secs = None;
        let (mut include_subdomains, mut preload) = (false, false);
        for directive in value.to_str().ok()?.split(';') {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "max-age" => max_age_secs = Some(value.trim().trim_matches('"').parse().ok()?),
                "includesubdomains" => include_subdomains = true,
                "preload" => preload = true,
                _ => {}
            }
        }
        Some(Self { max_age_secs: max_age_secs?, include_subdomains, preload })
    }

    fn or_stricter(self, other: Self) -> Self {
        Self {
            max_age_secs: self.max_age_secs.max(other.max_age_secs),
            include_subdomains: self.include_subdomains || other.include_subdomains,
            preload: self.preload || other.preload,
        }
    }

    fn to_value(self) -> HeaderValue {
        let subdomains = if self.include_subdomains { "; includeSubDomains" } else { "" };
        let preload = if self.preload { "; preload" } else { "" };
        let text = format!("max-age={}{subdomains}{preload}", self.max_age_secs);
        HeaderValue::try_from(text).expect("digits and words are a field value")
    }
}

#[cfg(test)]
mod tests {
    use testudo_settings::Period;

    use super::*;

    fn settings(max_age_secs: u64, include_subdomains: bool, preload: bool) -> HstsSettings {
        let mut settings = HstsSettings::default();
        settings.max_age = Period::from_secs(max_age_secs);
        settings.include_subdomains = include_subdomains;
        settings.preload = preload;
        settings
    }

    #[test]
    fn over_tls_the_stricter_of_each_directive_is_sent_and_otherwise_nothing() {
        let year = Hsts::from_settings(&settings(31_536_000, true, false)).unwrap();
        let plain = Hsts::from_settings(&settings(1_000, false, false)).unwrap();
        let forget = Hsts::from_settings(&settings(0, true, false)).unwrap();
        let cases: [(&str, &Hsts, Option<&str>, &str); 9] = [
            ("nothing of a handler's", &year, None, "max-age=31536000; includeSubDomains"),
            ("a shorter time", &year, Some("max-age=0"), "max-age=31536000; includeSubDomains"),
            ("a longer time", &year, Some("max-age=63072000"), "max-age=63072000; includeSubDomains"),
            ("more names", &plain, Some("max-age=5; includeSubDomains"), "max-age=1000; includeSubDomains"),
            ("preload", &plain, Some("max-age=5; preload"), "max-age=1000; preload"),
            ("in quotes and capitals", &plain, Some("Max-Age=\"2000\""), "max-age=2000"),
            ("no time", &plain, Some("includeSubDomains"), "max-age=1000"),
            ("garbage", &plain, Some("max-age=forever"), "max-age=1000"),
            ("a service that wants out", &forget, Some("max-age=5"), "max-age=0; includeSubDomains"),
        ];
        for (name, hsts, own, expected) in cases {
            let mut headers = HeaderMap::new();
            if let Some(own) = own {
                headers.insert(header::STRICT_TRANSPORT_SECURITY, own.parse().unwrap());
            }
            let mut in_the_clear = headers.clone();
            hsts.apply(&mut headers, true);
            assert_eq!(headers[header::STRICT_TRANSPORT_SECURITY], expected, "{name}");
            hsts.apply(&mut in_the_clear, false);
            assert!(in_the_clear.is_empty(), "{name}");
        }
    }

    #[test]
    fn consent_to_preload_needs_what_browsers_ask_for() {
        assert!(Hsts::from_settings(&settings(31_536_000, true, true)).is_ok());
        assert!(Hsts::from_settings(&settings(31_535_999, true, true)).is_err());
        assert!(Hsts::from_settings(&settings(31_536_000, false, true)).is_err());
    }
}
