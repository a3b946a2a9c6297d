//! TLS of a listener, and its certificate as the files have it now.

mod certificate;
mod stamp;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustls::{ServerConfig, crypto::aws_lc_rs};
use tokio::{sync::Notify, task::spawn_blocking};
use tokio_rustls::TlsAcceptor;

use self::{
    certificate::{Current, load},
    stamp::Stamp,
};
use crate::error::StartError;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Certificate and key of a listener. New handshakes get what the files hold; connections keep what they began with.
#[derive(Clone)]
pub(crate) struct Tls {
    files: Arc<Files>,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// Reads certificate chain and key. With `http2` clients are offered it first (RFC 7301).
    ///
    /// # Errors
    ///
    /// A file that cannot be read, holds no certificate or key, and a pair that does not fit: exit code 2.
    pub(crate) fn load(certificate: PathBuf, key: PathBuf, http2: bool) -> Result<Self, StartError> {
        let files = Files { certificate, key };
        let current = Arc::new(Current::new(load(&files.certificate, &files.key)?));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| StartError::incomplete("TLS cannot be set up").caused_by(error))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Current>::clone(&current));
        let protocols: &[&[u8]] = if http2 { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(Self { files: Arc::new(files), current, config: Arc::new(config) })
    }

    /// All that keeps certificate and key from being used.
    pub(crate) fn mistakes(certificate: &Path, key: &Path) -> Vec<StartError> {
        match certificate::read(certificate, key) {
            (Err(certificate), Err(key)) => vec![certificate, key],
            _ => load(certificate, key).err().into_iter().collect(),
        }
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }

    /// Takes over what the files hold. A pair that cannot be used is logged, and the one before stays.
    pub(crate) fn reload(&self) -> bool {
        match load(&self.files.certificate, &self.files.key) {
            Ok(fresh) => {
                self.current.replace(fresh);
                tracing::info!(file = %self.files.certificate.display(), "the certificate was read again");
                true
            }
            Err(error) => {
                tracing::error!(%error, "the certificate stays as it was");
                false
            }
        }
    }

    /// Reads the files again whenever they change, and on every `wake`. Never ends.
    pub(crate) async fn keep_current(self, wake: Arc<Notify>) {
        let mut stamp = self.stamp();
        loop {
            let asked = tokio::select! {
                () = wake.notified() => true,
                () = tokio::time::sleep(LOOK) => false,
            };
            let tls = self.clone();
            // Files may be on a slow disk.
            if let Ok(seen) = spawn_blocking(move || tls.look(stamp, asked)).await {
                stamp = seen;
            } else {
                stamp = Stamp::default();
            }
        }
    }

    fn stamp(&self) -> Stamp {
        Stamp::of([&self.files.certificate, &self.files.key])
    }

    /// Reads again what is not as `before`. The stamp is from before the reading: what changes meanwhile is read once
    /// more.
    fn look(&self, before: Stamp, asked: bool) -> Stamp {
        let now = self.stamp();
        if asked || now != before {
            self.reload();
        }
        now
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The rest holds the key.
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
