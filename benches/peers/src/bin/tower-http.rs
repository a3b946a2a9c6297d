//! The route behind what Testudo puts round it, put together from what the ecosystem has for each part.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use axum::{
    Router,
    error_handling::HandleErrorLayer,
    extract::{ConnectInfo, MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use axum_prometheus::PrometheusMetricLayer;
use testudo_bench_peers::{
    route::{HOST, ORIGIN, PATH, product},
    serve,
};
use tower::{BoxError, ServiceBuilder, limit::GlobalConcurrencyLimitLayer, load_shed::LoadShedLayer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, predicate::SizeAbove},
    cors::CorsLayer,
    limit::RequestBodyLimitLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    trace::{DefaultOnFailure, DefaultOnResponse, TraceLayer},
};
use tracing::{Level, Span};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

/// The fields of Testudo's preset for APIs.
const SECURITY_FIELDS: [(HeaderName, &str); 8] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), midi=(), payment=(), usb=()",
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

fn main() -> Result<()> {
    let (lines, _flushed_at_the_end) = tracing_appender::non_blocking(std::io::stderr());
    let json = tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false);
    tracing_subscriber::registry()
        .with(tracing_subscriber::filter::LevelFilter::INFO)
        .with(json.with_writer(lines))
        .init();
    serve(router)
}

fn router() -> Router {
    let (metrics, handle) = PrometheusMetricLayer::pair();
    tokio::spawn(operators(handle));
    // In the order in which a request meets them.
    let stack = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(metrics)
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_response(DefaultOnResponse::new().level(Level::INFO))
                .on_failure(DefaultOnFailure::new().level(Level::WARN)),
        )
        .layer(CatchPanicLayer::new())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(field(0))
        .layer(field(1))
        .layer(field(2))
        .layer(field(3))
        .layer(field(4))
        .layer(field(5))
        .layer(field(6))
        .layer(field(7))
        .layer(
            CorsLayer::new()
                .allow_origin([HeaderValue::from_static(ORIGIN)])
                .allow_methods([Method::GET, Method::HEAD, Method::POST])
                .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER]),
        )
        .layer(from_fn(known_host))
        .layer(HandleErrorLayer::new(overloaded))
        .layer(LoadShedLayer::new())
        .layer(GlobalConcurrencyLimitLayer::new(1024))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)))
        .layer(RequestBodyLimitLayer::new(2 * 1024 * 1024))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(1024)));
    Router::new().route(PATH, get(product)).layer(stack)
}

/// What Testudo writes of every request, as far as it is known here.
fn span(request: &Request) -> Span {
    let text = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let client = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    tracing::info_span!(
        "request",
        request_id = text(HeaderName::from_static("x-request-id")),
        http.request.method = request.method().as_str(),
        http.route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str),
        url.path = request.uri().path(),
        network.protocol.version = ?request.version(),
        client.address = client.map(tracing::field::display),
        server.address = text(header::HOST),
        user_agent.original = text(header::USER_AGENT),
    )
}

fn field(at: usize) -> SetResponseHeaderLayer<HeaderValue> {
    let (name, value) = &SECURITY_FIELDS[at];
    SetResponseHeaderLayer::if_not_present(name.clone(), HeaderValue::from_static(value))
}

async fn known_host(request: Request, next: Next) -> Response {
    match request.headers().get(header::HOST) {
        Some(host) if host == HOST => next.run(request).await,
        _ => StatusCode::MISDIRECTED_REQUEST.into_response(),
    }
}

async fn overloaded(_: BoxError) -> StatusCode {
    StatusCode::SERVICE_UNAVAILABLE
}

/// The listener for operators.
async fn operators(handle: axum_prometheus::metrics_exporter_prometheus::PrometheusHandle) {
    let routes = Router::new().route("/metrics", get(async move || handle.render()));
    if let Ok(listener) = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await {
        // It ends with the process.
        let _ = axum::serve(listener, routes).await;
    }
}
