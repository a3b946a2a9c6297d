//! What the probes answer.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, header};
use serde_json::{Value, json};

use super::{Readiness, check::not_ready, readiness::Status};
use crate::listen::Stage;

/// A question about the service as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// Does the process live?
    Health,
    /// Should it get traffic?
    Readiness,
    /// Has it been ready once?
    Startup,
}

impl Probe {
    /// The paths that are the service's own on both listeners.
    pub(crate) const PATHS: [&str; 3] = ["/health", "/readiness", "/startup"];

    /// The probe that a request asks for. A probe is a `GET` or a `HEAD` (RFC 9110, section 9.3.2).
    pub(crate) fn of(method: &Method, path: &str) -> Option<Self> {
        if *method != Method::GET && *method != Method::HEAD {
            return None;
        }
        match path {
            "/health" => Some(Self::Health),
            "/readiness" => Some(Self::Readiness),
            "/startup" => Some(Self::Startup),
            _ => None,
        }
    }

    /// Answers with what is believed. `details` are for operators alone.
    pub(crate) fn answer(self, readiness: &Readiness, stage: Stage, details: bool) -> Response {
        match self {
            Self::Health => up("up", None),
            Self::Startup if readiness.has_started() => up("up", None),
            Self::Startup => not_ready("the service is starting").into_response(),
            Self::Readiness => {
                let checks = details.then(|| json!(readiness.report()));
                let down = |why| {
                    let problem = not_ready(why);
                    let problem = match checks.clone() {
                        Some(checks) => problem.member("checks", checks),
                        None => problem,
                    };
                    problem.into_response()
                };
                match readiness.status() {
                    _ if stage >= Stage::Draining => down("the service is stopping"),
                    Status::Starting => down("the service is starting"),
                    Status::Down => down("something the service depends on does not work"),
                    Status::Up => up("up", checks),
                    Status::Degraded => up("degraded", checks),
                }
            }
        }
    }
}

fn up(status: &'static str, checks: Option<Value>) -> Response {
    let body = match (status, checks) {
        ("up", None) => Body::from(r#"{"status":"up"}"#),
        (status, None) => Body::from(json!({ "status": status }).to_string()),
        (status, Some(checks)) => Body::from(json!({ "status": status, "checks": checks }).to_string()),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Check, Health};

    #[test]
    fn a_probe_is_a_get_or_head_of_its_path() {
        for (method, path, expected) in [
            (Method::GET, "/health", Some(Probe::Health)),
            (Method::HEAD, "/readiness", Some(Probe::Readiness)),
            (Method::GET, "/startup", Some(Probe::Startup)),
            (Method::POST, "/health", None),
            (Method::GET, "/health/", None),
            (Method::GET, "/healthy", None),
        ] {
            assert_eq!(Probe::of(&method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn liveness_does_not_depend_on_anything() {
        let readiness = Readiness::new(&[Check::new("store", || async { Health::down("dead") })]);
        for (probe, status) in [(Probe::Health, 200), (Probe::Readiness, 503), (Probe::Startup, 503)] {
            let response = probe.answer(&readiness, Stage::Ready, false);
            assert_eq!(response.status(), status, "{probe:?}");
            assert_eq!(response.headers().contains_key("retry-after"), status == 503, "{probe:?}");
        }
    }

    #[test]
    fn a_draining_service_lives_and_is_not_ready() {
        let readiness = Readiness::new(&[]);
        for (probe, status) in [(Probe::Health, 200), (Probe::Readiness, 503), (Probe::Startup, 200)] {
            assert_eq!(probe.answer(&readiness, Stage::Draining, true).status(), status, "{probe:?}");
        }
    }

    #[tokio::test]
    async fn details_are_for_operators() {
        let readiness = Readiness::new(&[Check::new("store", || async { Health::Up })]);
        for (details, expected) in [(false, false), (true, true)] {
            let response = Probe::Readiness.answer(&readiness, Stage::Ready, details);
            let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&body).contains("store"), expected, "{details}");
        }
    }
}
