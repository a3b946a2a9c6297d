//! What only the program can say of a configuration: whether its files can be used, and what it was built with.

use std::fmt::Display;

use testudo_settings::Settings;

use crate::{
    database,
    edge::{Cors, Hosts, SecurityHeaders, TrustedProxies},
    error::StartError,
    listen::Tls,
};

/// Finds all that `serve` would stumble over before it opens anything.
///
/// # Errors
/// Everything that is wrong, one a line.
pub(crate) fn check(settings: &Settings) -> Result<(), StartError> {
    let mistakes = mistakes(settings);
    if mistakes.is_empty() { Ok(()) } else { Err(all_of(&mistakes)) }
}

/// What is wrong with the configuration, as one error.
pub(super) fn all_of(mistakes: &[impl Display]) -> StartError {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    StartError::surroundings(match lines.as_slice() {
        [only] => only.clone(),
        lines => format!("{} things are wrong with the configuration:\n{}", lines.len(), lines.join("\n")),
    })
}

fn mistakes(settings: &Settings) -> Vec<String> {
    let edge = [
        Hosts::from_settings(&settings.hosts).err(),
        TrustedProxies::from_settings(&settings.proxies).err(),
        Cors::from_settings(&settings.cors).err(),
        SecurityHeaders::from_settings(&settings.headers).err(),
        unsendable_spans(settings).err(),
    ];
    let url = settings.database.url.as_ref().map(|url| database::check(url.expose()));
    let tls = &settings.server.tls;
    let files = tls.certificate.as_deref().zip(tls.key.as_deref());
    let files = files.map(|(certificate, key)| Tls::mistakes(certificate, key)).unwrap_or_default();
    let started = files.into_iter().chain(url.and_then(Result::err)).map(|error| error.to_string());
    edge.into_iter().flatten().chain(started).collect()
}

#[cfg(feature = "otlp")]
fn unsendable_spans(settings: &Settings) -> Result<(), String> {
    crate::observe::otlp::check(&settings.trace)
}

#[cfg(not(feature = "otlp"))]
fn unsendable_spans(settings: &Settings) -> Result<(), String> {
    match &settings.trace.otlp_endpoint {
        None => Ok(()),
        Some(_) => Err(
            "`trace.otlp_endpoint` is set, but this service cannot send spans: build it with the feature \
                        `otlp`"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use testudo_settings::Environment;

    use super::*;

    #[test]
    fn everything_that_the_program_cannot_do_is_found_at_once() {
        let mut settings = Settings::new(Environment::Test);
        assert!(mistakes(&settings).is_empty());
        settings.server.tls.certificate = Some("/nowhere/tls.crt".into());
        settings.server.tls.key = Some("/nowhere/tls.key".into());
        settings.headers.content_security_policy = Some("default-src é".to_owned());
        settings.trace.otlp_endpoint = Some("https://otel:4318".to_owned());
        let error = check(&settings).unwrap_err().to_string();
        assert!(error.starts_with("4 things are wrong with the configuration:\n"), "{error}");
        for expected in [
            "`headers.content_security_policy` is no policy",
            "trace.otlp_endpoint",
            "/nowhere/tls.crt cannot be used: put a certificate chain in PEM there",
            "/nowhere/tls.key cannot be used: put its private key in PEM there",
        ] {
            assert!(error.contains(expected), "{expected}: {error}");
        }
    }

    /// A service may have a database of its own, and then reads the URL itself.
    #[test]
    fn a_url_that_no_driver_of_this_build_takes_is_found_where_it_has_any() {
        for (url, has_driver, is_right) in [
            ("sqlite://app.db", cfg!(feature = "sqlite"), true),
            ("postgres://user@db/app", cfg!(feature = "postgres"), true),
            ("postgres://user@db/app?sslmod=require", cfg!(feature = "postgres"), false),
        ] {
            let mut settings = Settings::new(Environment::Test);
            settings.database.url = Some(url.parse().unwrap());
            let has_any = cfg!(any(feature = "sqlite", feature = "postgres"));
            assert_eq!(mistakes(&settings).is_empty(), !has_any || (has_driver && is_right), "{url}");
        }
    }
}
