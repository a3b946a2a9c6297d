//! One request for keys: HTTP/1.1 on a connection of its own, without redirects.

use std::{error::Error, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
};
use tokio_rustls::TlsConnector;

use super::url::KeyServerUrl;

/// How long a key server may take, in all.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

/// Longest answer that is read, in bytes.
pub(super) const ANSWER_MAX_BYTES: usize = 256 * 1_024;

/// Whom a client trusts: these certificates (PEM), or those that browsers do.
pub(in crate::jwt) fn trusting(certificates: Option<&str>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    match certificates {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|error| format!("`jwks_ca` is not PEM: {error}"))?;
                roots
                    .add(certificate)
                    .map_err(|error| format!("invalid certificate in `jwks_ca`: {error}"))?;
            }
            if roots.is_empty() {
                return Err("`jwks_ca` holds no certificate in PEM".to_owned());
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// Fetches what is at this address.
pub(super) async fn fetch(url: &KeyServerUrl, tls: &Arc<ClientConfig>) -> Result<Bytes, String> {
    match tokio::time::timeout(TIMEOUT, ask(url, tls)).await {
        Ok(answer) => answer.map_err(|error| with_causes(&*error)),
        Err(_) => Err(format!("no answer within {} seconds", TIMEOUT.as_secs())),
    }
}

async fn ask(url: &KeyServerUrl, tls: &Arc<ClientConfig>) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
    let stream = TcpStream::connect((url.host.as_str(), url.port)).await?;
    if url.is_secure {
        let name = ServerName::try_from(url.host.clone())?;
        let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await?;
        answer(url, stream).await
    } else if stream.peer_addr()?.ip().to_canonical().is_loopback() {
        answer(url, stream).await
    } else {
        Err("the name of this machine leads to another one".into())
    }
}

async fn answer(
    url: &KeyServerUrl,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Dropped at the end, and the connection with it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let request = Request::get(&url.target)
        .header(header::HOST, &url.authority)
        .header(header::ACCEPT, "application/jwk-set+json, application/json")
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    if response.status() != StatusCode::OK {
        return Err(format!("it answered with {}", response.status()).into());
    }
    Ok(Limited::new(response.into_body(), ANSWER_MAX_BYTES).collect().await?.to_bytes())
}

/// An error with what led to it: hyper's own say little.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
