//! The one request that every scenario answers.

use std::task::{Context, Poll, Waker};

use anyhow::{Result, ensure};
use axum::{body::Body, response::Response};
use futures_util::FutureExt;
use http::{Request, StatusCode, header::CONTENT_TYPE};
use tower_service::Service;

use crate::service::{TOKEN, TOKEN_FIELD};

const CONTENT: &str = r#"{"product":"shield, round","quantity":3}"#;

/// The request as it goes over the wire.
pub fn bytes() -> Vec<u8> {
    let length = CONTENT.len();
    let head = "POST /orders HTTP/1.1\r\nhost: localhost\r\naccept: */*\r\nuser-agent: testudo-benches\r\n";
    format!("{head}content-type: application/json\r\n{TOKEN_FIELD}: {TOKEN}\r\ncontent-length: {length}\r\n\r\n{CONTENT}")
        .into_bytes()
}

/// The request as a service gets it.
fn message() -> Request<Body> {
    let request = Request::post("/orders").header("host", "localhost").header("accept", "*/*");
    let request = request.header("user-agent", "testudo-benches").header(CONTENT_TYPE, "application/json");
    let request = request.header(TOKEN_FIELD, TOKEN).header("content-length", CONTENT.len());
    request.body(Body::from(CONTENT)).unwrap_or_default()
}

/// Sends the request straight to a service, without a network or a runtime.
///
/// # Errors
/// If the service does not answer at once, or with anything but success.
pub fn call(router: &mut axum::Router) -> Result<()> {
    let service: &mut dyn Service<_, Response = Response, Error = _, Future = _> = router;
    let mut context = Context::from_waker(Waker::noop());
    ensure!(matches!(service.poll_ready(&mut context), Poll::Ready(Ok(()))), "the service is not ready");
    match service.call(message()).now_or_never() {
        Some(Ok(response)) => {
            ensure!(response.status() == StatusCode::OK, "the service answers with {}", response.status());
            Ok(())
        }
        None => anyhow::bail!("the service does not answer at once"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scenario;

    #[test]
    fn every_scenario_answers_the_request() {
        for scenario in Scenario::ALL {
            call(&mut scenario.router()).unwrap_or_else(|error| panic!("{}: {error}", scenario.sentence()));
        }
    }
}
