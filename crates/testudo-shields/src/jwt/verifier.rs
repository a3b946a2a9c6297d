//! The one place where signatures are checked.

use jsonwebtoken::{Algorithm as Signature, DecodingKey, crypto::aws_lc::DEFAULT_PROVIDER};

use super::algorithm::Algorithm;

/// Checks signatures with one key.
pub(super) trait Verifier: Send + Sync {
    /// Whether `signature` is this key's, of `message`, made with this algorithm.
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool;
}

impl Verifier for DecodingKey {
    fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        // The provider by its name: which one the process has as its default is not known here.
        let verifier = (DEFAULT_PROVIDER.verifier_factory)(&signature_of(algorithm), self);
        verifier.is_ok_and(|verifier| verifier.verify(message, &signature.to_vec()).is_ok())
    }
}

fn signature_of(algorithm: Algorithm) -> Signature {
    match algorithm {
        Algorithm::HS256 => Signature::HS256,
        Algorithm::HS384 => Signature::HS384,
        Algorithm::HS512 => Signature::HS512,
        Algorithm::RS256 => Signature::RS256,
        Algorithm::RS384 => Signature::RS384,
        Algorithm::RS512 => Signature::RS512,
        Algorithm::PS256 => Signature::PS256,
        Algorithm::PS384 => Signature::PS384,
        Algorithm::PS512 => Signature::PS512,
        Algorithm::ES256 => Signature::ES256,
        Algorithm::ES384 => Signature::ES384,
        Algorithm::EdDSA => Signature::EdDSA,
    }
}

/// The parts of an RSA key in DER (RFC 8017, appendix A.1.1): modulus and exponent.
pub(super) fn rsa_components(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    (DEFAULT_PROVIDER.key_utils.rsa_pub_components_from_public_key)(der).ok()
}
