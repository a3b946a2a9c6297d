//! Spans of requests, for other systems to collect: OTLP over HTTP, in batches, behind a bounded queue.

mod client;
mod span;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use axum::http::Uri;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchSpanProcessor, SpanProcessor},
};
use testudo_settings::TraceSettings;
use tokio::runtime::Handle;

use self::{client::Collector, span::span};
use super::{access::AccessRecord, ids::Trace};

/// Sends the spans of requests to a collector. A collector that is slow or gone costs spans, and no request.
#[derive(Debug)]
pub(crate) struct Exporter {
    processor: BatchSpanProcessor,
    scope: InstrumentationScope,
    sample_ratio: f64,
}

impl Exporter {
    /// An exporter to `trace.otlp_endpoint`, `None` if there is none. It sends on the runtime it is made in.
    ///
    /// # Errors
    /// What is wrong with the endpoint, and the fix.
    pub(crate) fn new(
        settings: &TraceSettings,
        service: &'static str,
        version: Option<&'static str>,
    ) -> Result<Option<Self>, String> {
        let Some(endpoint) = &settings.otlp_endpoint else { return Ok(None) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(Handle::current()))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(traces_url(endpoint)?)
            .build()
            .map_err(|error| format!("spans cannot be sent to `{endpoint}`: {error}"))?;
        let mut processor = BatchSpanProcessor::builder(exporter).build();
        let version = version.map(|version| KeyValue::new("service.version", version));
        let resource = Resource::builder_empty().with_service_name(service).with_attributes(version);
        processor.set_resource(&resource.build());
        let scope = InstrumentationScope::builder("testudo").with_version(env!("CARGO_PKG_VERSION")).build();
        Ok(Some(Self { processor, scope, sample_ratio: settings.sample_ratio }))
    }

    /// A request is over.
    pub(crate) fn request(&self, record: &AccessRecord<'_>) {
        if is_sampled(record.ids.trace(), self.sample_ratio) {
            self.processor.on_end(span(record, SystemTime::now(), self.scope.clone()));
        }
    }

    /// Sends what waits, at most `limit`. Whether all was sent. It blocks its thread, which must not be one of the
    /// runtime's.
    pub(crate) fn shutdown(&self, limit: Duration) -> bool {
        self.processor.shutdown_with_timeout(limit).is_ok()
    }
}

/// Whether spans could be sent to the endpoint, if there is one.
///
/// # Errors
/// What is wrong with the endpoint, and the fix.
pub(crate) fn check(settings: &TraceSettings) -> Result<(), String> {
    settings.otlp_endpoint.as_deref().map_or(Ok(()), |endpoint| traces_url(endpoint).map(drop))
}

/// Where an endpoint takes traces (OpenTelemetry Protocol, section "OTLP/HTTP Request").
fn traces_url(endpoint: &str) -> Result<String, String> {
    // Whoever writes a user writes a password, which is not to be shown.
    let shown = if endpoint.contains('@') { String::new() } else { format!(" `{endpoint}`") };
    let wrong =
        |what: &str| Err(format!("trace.otlp_endpoint{shown} {what}: write it as `http://localhost:4318`"));
    match endpoint.parse::<Uri>() {
        _ if endpoint.contains('@') => wrong("names a user, whom a collector does not ask for"),
        Ok(uri) if uri.scheme_str() == Some("http") && uri.query().is_none() => {
            Ok(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        }
        Ok(uri) if uri.scheme_str() == Some("https") => {
            wrong("needs TLS, which a collector on the same machine takes care of")
        }
        _ => wrong("is not the URL of a collector"),
    }
}

/// Whether the span of a request is sent: the caller has decided, else the same share of all traces in every service
/// (OpenTelemetry, `TraceIdRatioBased`).
fn is_sampled(trace: Trace, ratio: f64) -> bool {
    if trace.id == 0 {
        return false;
    }
    let by_share = || {
        #[expect(clippy::cast_possible_truncation, reason = "the low 64 bits, of which 63 count")]
        let low = trace.id as u64 >> 1;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share does not need all digits, and a cast saturates"
        )]
        let bound = (ratio * (1_u64 << 63) as f64) as u64;
        low < bound
    };
    trace.caller.map_or_else(by_share, |caller| caller.is_sampled)
}
