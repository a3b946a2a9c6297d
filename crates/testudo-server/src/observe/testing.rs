//! A small service to observe.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, Version},
    response::Response,
};
use testudo_core::{
    Block, Check, Protects, ReportedShield, RequestId, RequestInfo, Router, Shield, ShieldContext,
    ShieldInfo, Stack, Verdict,
};
use testudo_settings::{Environment, LogFormat, LogSettings};
use tower_service::Service;

use super::{
    Observer,
    access::{AccessRecord, Outcome},
    ids::Ids,
    log::{Logger, testing::Captured},
    metrics::{Metrics, Sources},
};

pub(super) const LONG: Duration = Duration::from_secs(20);

/// A name that nobody should give to a shield.
pub(super) const HOSTILE_NAME: &str = "evil\",\n\u{1b}[31m\\";

/// A shield that blocks when a header field `x-block` holds the length of its name.
#[derive(Debug)]
struct Named(&'static str);

impl Shield for Named {
    type Output = ();
    type Access = Protects;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::of::<Self>(self.0)
    }
}

impl<L: Sync, S: Sync> Check<L, S> for Named {
    async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
        // Not by the name itself: a header field cannot hold the hostile one.
        let key = self.0.len().to_string();
        let is_named = request.headers().get("x-block").is_some_and(|value| *value == key);
        if is_named { Verdict::Block(Block::unauthorized("it was asked for")) } else { Verdict::Pass(()) }
    }
}

/// A service under observation.
pub(super) struct Observed {
    pub(super) observer: Arc<Observer>,
    pub(super) captured: Captured,
    service: axum::Router,
}

impl Observed {
    pub(super) fn new(format: LogFormat) -> Self {
        let open = Stack::<()>::public("it is a test").shield(Named("First")).shield(Named(HOSTILE_NAME));
        let router = Router::new()
            .route("/products", open.get(async || "everything"))
            .route("/products/{id}", open.get(async || "one"));
        let captured = Captured::default();
        let mut settings = LogSettings::default();
        settings.format = format;
        let logger = Logger::new(&settings, Environment::Test, captured.clone(), false).unwrap();
        let metrics = Metrics::for_routes(
            router.access_matrix(),
            "catalogue",
            Some("1.2.3"),
            logger.dropped(),
            &Sources::default(),
        );
        let observer = Observer::new(logger, metrics, &settings);
        let service = router.on_shield(observer.shield_monitor()).into_axum();
        Self { observer, captured, service }
    }

    /// Sends a request that `shield` blocks, or nobody. Also what became of it.
    pub(super) async fn send(&self, path: &str, shield: Option<&str>) -> (Response, Vec<ReportedShield>) {
        let info = RequestInfo::new(RequestId::parse(b"r-7").unwrap(), None);
        let request = Request::builder().uri(path).header("x-block", shield.map_or(0, str::len));
        let request = request.extension(info.clone()).body(Body::empty()).unwrap();
        let response = self.service.clone().call(request).await.unwrap();
        (response, info.take_shields())
    }

    /// What shields did of a request that `shield` blocks, or nobody.
    pub(super) async fn shields(&self, shield: Option<&str>) -> Vec<ReportedShield> {
        self.send("/products", shield).await.1
    }

    /// All series with their values, as they are written.
    pub(super) fn samples(&self) -> HashMap<String, String> {
        let (_, text) = self.observer.render(None);
        let series = text.lines().filter(|line| !line.starts_with('#'));
        let sample = |line: &str| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.to_owned())
        };
        series.map(sample).collect()
    }
}

/// A request about which everything is ordinary.
pub(super) fn record<'a>(ids: &'a Ids, shields: &'a [ReportedShield]) -> AccessRecord<'a> {
    AccessRecord {
        ids,
        method: &Method::GET,
        route: Some("/products/{id}"),
        path: "/products/7",
        status: Some(StatusCode::OK),
        ended: std::time::Instant::now(),
        duration: Duration::from_micros(1_234),
        request_bytes: 0,
        response_bytes: 89,
        version: Version::HTTP_11,
        client: Some([192, 0, 2, 7].into()),
        host: Some("shop.example"),
        user_agent: Some(b"curl/8.0"),
        outcome: Outcome::Complete,
        shields,
        error: None,
    }
}
