//! The certificate that handshakes get.

use std::{
    fmt,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    crypto::aws_lc_rs,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::error::StartError;

/// What is in use now. A handshake holds the lock as long as it takes to count a reference.
pub(super) struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    pub(super) fn new(key: CertifiedKey) -> Self {
        Self(RwLock::new(Arc::new(key)))
    }

    /// The service's own certificate.
    #[cfg(test)]
    pub(super) fn leaf(&self) -> Vec<u8> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).cert[0].to_vec()
    }

    pub(super) fn replace(&self, key: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Current")
    }
}

/// Reads a pair, and checks that it is one.
pub(super) fn load(certificate: &Path, key: &Path) -> Result<CertifiedKey, StartError> {
    let (chain, private) = read(certificate, key);
    CertifiedKey::from_der(chain?, private?, &aws_lc_rs::default_provider()).map_err(|error| {
        let (certificate, key) = (certificate.display(), key.display());
        let fix = "set `server.tls.certificate` and `server.tls.key` to a pair";
        StartError::surroundings(format!(
            "the key in {key} does not fit the certificate in {certificate}: {fix}"
        ))
        .caused_by(error)
    })
}

type Chain = Vec<CertificateDer<'static>>;

/// Reads both files, whatever is wrong with either.
pub(super) fn read(
    certificate: &Path,
    key: &Path,
) -> (Result<Chain, StartError>, Result<PrivateKeyDer<'static>, StartError>) {
    let wrong = |error| unreadable(certificate, "server.tls.certificate", "a certificate chain", error);
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Chain, _>>);
    let chain = match chain {
        Ok(chain) if chain.is_empty() => Err(wrong(pem::Error::NoItemsFound)),
        chain => chain.map_err(wrong),
    };
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| unreadable(key, "server.tls.key", "its private key", error));
    (chain, private)
}

fn unreadable(file: &Path, setting: &str, what: &str, error: pem::Error) -> StartError {
    let fix = format!("put {what} in PEM there, or set `{setting}` to where it is");
    StartError::surroundings(format!("{} cannot be used: {fix}", file.display())).caused_by(error)
}
