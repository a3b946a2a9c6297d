//! Metrics as text, in the form that is asked for.

use prometheus_client::{
    encoding::{prometheus_text, text},
    registry::Registry,
};

/// `OpenMetrics` 1.0.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The two forms of text that Prometheus reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Prometheus,
    OpenMetrics,
}

pub(super) fn render(registry: &Registry, accept: Option<&str>) -> (&'static str, String) {
    let mut out = String::with_capacity(16 * 1_024);
    // Writing to a string does not fail; half a page would be better than none if it did.
    match choose(accept) {
        Format::Prometheus => {
            let _ = prometheus_text::encode(&mut out, registry);
            (prometheus_text::CONTENT_TYPE, out)
        }
        Format::OpenMetrics => {
            let _ = text::encode(&mut out, registry);
            (OPEN_METRICS, out)
        }
    }
}

/// `OpenMetrics` for who prefers it by name; the older form, which people and all tools read, for everybody else (RFC
/// 9110, section 12.5.1).
fn choose(accept: Option<&str>) -> Format {
    let weight_of = |media_type: &str| accept.map_or(0.0, |accept| weight(accept, media_type));
    let open_metrics = weight_of("application/openmetrics-text");
    if open_metrics > 0.0 && open_metrics >= weight_of("text/plain") {
        Format::OpenMetrics
    } else {
        Format::Prometheus
    }
}

/// The highest weight that `accept` gives to a media type by name.
fn weight(accept: &str, media_type: &str) -> f32 {
    let weights = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_meant = parts.next()?.eq_ignore_ascii_case(media_type);
        is_meant.then(|| parts.find_map(q_value).unwrap_or(1.0))
    });
    weights.fold(0.0, f32::max)
}

fn q_value(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_the_one_asked_for() {
        // What Prometheus 2.42 sends.
        const PROMETHEUS: &str = "application/openmetrics-text;version=1.0.0,\
                                  application/openmetrics-text;version=0.0.1;q=0.75,\
                                  text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        for (name, accept, expected) in [
            ("nothing", None, Format::Prometheus),
            ("Prometheus", Some(PROMETHEUS), Format::OpenMetrics),
            ("curl", Some("*/*"), Format::Prometheus),
            ("a browser", Some("text/html,*/*;q=0.8"), Format::Prometheus),
            ("text", Some("text/plain"), Format::Prometheus),
            ("text first", Some("text/plain, application/openmetrics-text;q=0.5"), Format::Prometheus),
            ("not at all", Some("application/openmetrics-text;q=0"), Format::Prometheus),
            ("in capitals", Some("Application/OpenMetrics-Text; Q=1"), Format::OpenMetrics),
            ("nonsense", Some(";;,=,q=;application/openmetrics-text;q=x"), Format::Prometheus),
        ] {
            assert_eq!(choose(accept), expected, "{name}");
        }
    }
}
