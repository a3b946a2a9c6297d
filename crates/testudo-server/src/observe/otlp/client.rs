//! How spans leave: HTTP/1.1 on the service's own runtime.

use std::{
    error::Error,
    fmt::Display,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use axum::http::{Request, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;

/// How long a collector may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Longest answer that is read, in bytes. Nobody needs it.
const ANSWER_MAX_BYTES: usize = 64 * 1_024;

/// Sends batches. They are made on a thread of their own, which has no runtime: sending is a task of the service's.
#[derive(Debug)]
pub(super) struct Collector {
    client: Client<HttpConnector, Full<Bytes>>,
    runtime: Handle,
    /// Whether the last batch was lost.
    fails: AtomicBool,
}

impl Collector {
    pub(super) fn new(runtime: Handle) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, runtime, fails: AtomicBool::new(false) }
    }

    /// Tells once that spans are lost, and once that they are not any more.
    fn tell(&self, failure: Option<&dyn Display>) {
        match (self.fails.swap(failure.is_some(), Ordering::Relaxed), failure) {
            (false, Some(error)) => {
                tracing::warn!(%error, "spans cannot be sent to `trace.otlp_endpoint`, and are lost");
            }
            (true, None) => tracing::info!("spans are sent again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sending = send(self.client.clone(), request);
        let sending = self.runtime.spawn(async {
            let late = || format!("no answer within {} seconds", TIMEOUT.as_secs()).into();
            tokio::time::timeout(TIMEOUT, sending).await.unwrap_or_else(|_| Err(late()))
        });
        let sent = sending.await.unwrap_or_else(|error| Err(error.into()));
        match &sent {
            Ok(response) if response.status().is_success() => self.tell(None),
            Ok(response) => self.tell(Some(&response.status())),
            Err(error) => self.tell(Some(error)),
        }
        sent
    }
}

async fn send(
    client: Client<HttpConnector, Full<Bytes>>,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, Box<dyn Error + Send + Sync>> {
    let (head, body) = client.request(request.map(Full::new)).await?.into_parts();
    let body = Limited::new(body, ANSWER_MAX_BYTES).collect().await?.to_bytes();
    Ok(Response::from_parts(head, body))
}
