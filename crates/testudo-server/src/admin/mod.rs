//! The listener for operators.
//!
//! | Path | Answer |
//! |---|---|
//! | `/health`, `/readiness`, `/startup` | the probes, with the checks behind them |
//! | `/metrics` | what Prometheus fetches |
//! | `/shields` | who may call what, and what shields did, as JSON |
//! | `/config` | the configuration in force, redacted, as JSON |
//! | `/log-level` | the least important lines that are written; `PUT` changes them until the next start |
//!
//! On loopback whoever is on the machine may ask, and the host has to be one of loopback: a page in a browser there
//! cannot ask by way of a name of its own. Elsewhere everything but probes and metrics asks for the token.
//!
//! No response has an `X-Request-ID`: an id is there to find lines of the log, and what is asked here, again and again by
//! machines, has none. What an operator changes is a line by itself.

mod access;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};
use testudo_core::{AccessMatrix, Problem, RouteAccess, ShieldInfo};
use testudo_settings::{HeaderSettings, LogLevel, ServerSettings, Settings};

use self::access::{Door, Entry};
use crate::{
    edge::SecurityHeaders,
    health::{Probe, Readiness},
    listen::{Answer, ConnectionInfo, Limits, Shutdown},
    observe::Observer,
};

/// Operators are few, and a level is a word.
const CONNECTIONS: usize = 64;
const LEVEL_MAX_BYTES: usize = 16;
/// How long it may take to come. Whoever never sends it would keep a connection, and hold up the stop.
const LEVEL_PATIENCE: Duration = Duration::from_secs(2);

/// Answers operators.
#[derive(Clone)]
pub(crate) struct Admin(Arc<Inner>);

struct Inner {
    door: Door,
    headers: SecurityHeaders,
    observer: Arc<Observer>,
    readiness: Arc<Readiness>,
    shutdown: Shutdown,
    matrix: AccessMatrix,
    config: RwLock<String>,
}

impl Admin {
    pub(crate) fn new(
        settings: &Settings,
        observer: Arc<Observer>,
        readiness: Arc<Readiness>,
        shutdown: Shutdown,
        matrix: &AccessMatrix,
    ) -> Result<Self, String> {
        Ok(Self(Arc::new(Inner {
            door: Door::of(&settings.admin),
            headers: SecurityHeaders::from_settings(&HeaderSettings::default())?,
            observer,
            readiness,
            shutdown,
            matrix: matrix.clone(),
            config: RwLock::default(),
        })))
    }

    /// What its connections may take.
    pub(crate) fn limits(server: &ServerSettings) -> Limits {
        Limits { max_connections: CONNECTIONS, ..Limits::from(server) }
    }

    /// What `/config` answers from now on.
    pub(crate) fn show_config(&self, config: &Value) {
        *self.0.config.write().unwrap_or_else(PoisonError::into_inner) = format!("{config:#}");
    }
}

impl Answer for Admin {
    type Content = Body;

    async fn answer(self, request: Request<Incoming>, _: Arc<ConnectionInfo>, fits: bool) -> Response {
        if !fits {
            let problem = Problem::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
            return self.0.careful(problem.into_response());
        }
        self.0.careful(match self.0.enter(&request) {
            Ok(()) => self.0.answer(request).await,
            Err(problem) => problem.into_response(),
        })
    }
}

impl Inner {
    fn careful(&self, mut response: Response) -> Response {
        let status = response.status();
        self.headers.apply(status, response.headers_mut(), false, None);
        response
    }

    fn enter(&self, request: &Request<Incoming>) -> Result<(), Problem> {
        let path = request.uri().path();
        let entry =
            if Probe::PATHS.contains(&path) || path == "/metrics" { Entry::Open } else { Entry::Operators };
        self.door.check(entry, request)
    }

    async fn answer(&self, request: Request<Incoming>) -> Response {
        let (method, path) = (request.method().clone(), request.uri().path());
        if let Some(probe) = Probe::of(&method, path) {
            return probe.answer(&self.readiness, self.shutdown.stage(), true);
        }
        let reads = method == Method::GET || method == Method::HEAD;
        match path {
            "/log-level" if method == Method::PUT => self.set_level(request).await,
            "/metrics" if reads => self.metrics(request.headers().get(header::ACCEPT)),
            "/shields" if reads => typed("application/json", format!("{:#}", self.shields())),
            "/config" if reads => {
                typed("application/json", self.config.read().unwrap_or_else(PoisonError::into_inner).clone())
            }
            "/log-level" if reads => typed("text/plain; charset=utf-8", self.level()),
            "/log-level" => not_allowed("GET, HEAD, PUT"),
            "/metrics" | "/shields" | "/config" => not_allowed("GET, HEAD"),
            path if Probe::PATHS.contains(&path) => not_allowed("GET, HEAD"),
            _ => Problem::not_found(
                "there is /health, /readiness, /startup, /metrics, /shields, /config and /log-level",
            )
            .into_response(),
        }
    }

    fn metrics(&self, accept: Option<&HeaderValue>) -> Response {
        let (media_type, text) = self.observer.render(accept.and_then(|accept| accept.to_str().ok()));
        typed(media_type, text)
    }

    fn shields(&self) -> Value {
        let mut names: Vec<&str> =
            self.matrix.routes().iter().flat_map(RouteAccess::shields).map(ShieldInfo::name).collect();
        names.sort_unstable();
        names.dedup();
        let counted = |name: &&str| {
            let [success, blocked, error, timeout] = self.observer.metrics().shield_counts(name);
            json!({ "name": name, "success": success, "blocked": blocked, "error": error, "timeout": timeout })
        };
        json!({ "routes": self.matrix, "shields": names.iter().map(counted).collect::<Vec<_>>() })
    }

    fn level(&self) -> String {
        format!("{}\n", self.observer.logger().level().as_str())
    }

    async fn set_level(&self, request: Request<Incoming>) -> Response {
        let content = Limited::new(request.into_body(), LEVEL_MAX_BYTES).collect();
        let Ok(content) = tokio::time::timeout(LEVEL_PATIENCE, content).await else {
            let close = HeaderValue::from_static("close");
            return Problem::new(StatusCode::REQUEST_TIMEOUT)
                .header(header::CONNECTION, close)
                .into_response();
        };
        let content = content.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let word = String::from_utf8_lossy(&content);
        match serde_json::from_value::<LogLevel>(word.trim().into()) {
            Ok(level) => {
                self.observer.logger().set_level(level);
                tracing::warn!(level = level.as_str(), "an operator has changed the log level");
                typed("text/plain; charset=utf-8", self.level())
            }
            Err(_) => {
                Problem::unprocessable("send one word: error, warn, info, debug or trace").into_response()
            }
        }
    }
}

fn typed(media_type: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))], Body::from(text)).into_response()
}

fn not_allowed(methods: &'static str) -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED)
        .header(header::ALLOW, HeaderValue::from_static(methods))
        .into_response()
}
