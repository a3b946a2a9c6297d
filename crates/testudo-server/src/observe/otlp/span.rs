//! What is known of a request, as a span.

use std::time::SystemTime;

use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::observe::{
    access::{AccessRecord, Outcome, USER_AGENT_MAX_BYTES, version},
    log::VALUE_MAX_BYTES,
};

/// The span of a request that has just ended (OpenTelemetry semantic conventions, HTTP server span).
pub(super) fn span(record: &AccessRecord<'_>, now: SystemTime, scope: InstrumentationScope) -> SpanData {
    let trace = record.ids.trace();
    let context = SpanContext::new(
        TraceId::from_bytes(trace.id.to_be_bytes()),
        SpanId::from_bytes(trace.span.to_be_bytes()),
        TraceFlags::SAMPLED,
        false,
        TraceState::default(),
    );
    SpanData {
        span_context: context,
        parent_span_id: SpanId::from_bytes(trace.caller.map_or(0, |caller| caller.span).to_be_bytes()),
        parent_span_is_remote: trace.caller.is_some(),
        span_kind: SpanKind::Server,
        name: name(record).into(),
        start_time: now.checked_sub(record.duration).unwrap_or(now),
        end_time: now,
        attributes: attributes(record),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: status(record),
        instrumentation_scope: scope,
    }
}

/// `{method} {route}`: of few values, so never the path.
fn name(record: &AccessRecord<'_>) -> String {
    match record.route {
        Some(route) => format!("{} {route}", record.method),
        None => record.method.to_string(),
    }
}

fn attributes(record: &AccessRecord<'_>) -> Vec<KeyValue> {
    let mut attributes = vec![
        KeyValue::new("http.request.method", record.method.to_string()),
        KeyValue::new("url.path", bounded(record.path.as_bytes(), VALUE_MAX_BYTES)),
        KeyValue::new("network.protocol.version", version(record.version)),
        KeyValue::new("testudo.request_id", record.ids.request().as_str().to_owned()),
        KeyValue::new("testudo.outcome", record.outcome.as_str()),
    ];
    let mut add = |name, value: Option<String>| {
        attributes.extend(value.map(|value| KeyValue::new(name, value)));
    };
    add("http.route", record.route.map(str::to_owned));
    add("client.address", record.client.map(|client| client.to_string()));
    add("server.address", record.host.map(str::to_owned));
    add("user_agent.original", record.user_agent.map(|agent| bounded(agent, USER_AGENT_MAX_BYTES)));
    add("error.type", record.error_class().map(str::to_owned));
    let status = record.status.map(|status| i64::from(status.as_u16()));
    attributes.extend(status.map(|status| KeyValue::new("http.response.status_code", status)));
    attributes
}

fn bounded(bytes: &[u8], max_bytes: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(max_bytes)]).into_owned()
}

/// Only what is the service's fault is an error of a server's span.
fn status(record: &AccessRecord<'_>) -> Status {
    let is_error =
        record.outcome == Outcome::Timeout || record.status.is_some_and(|status| status.is_server_error());
    if is_error { Status::error(record.error_class().unwrap_or_default().to_owned()) } else { Status::Unset }
}
