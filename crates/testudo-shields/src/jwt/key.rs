//! A key, and the algorithms it is pinned to.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use rustls::pki_types::{SubjectPublicKeyInfoDer, pem::PemObject};
use serde_json::{Map, Value};

use super::{
    algorithm::{Algorithm, Family},
    json,
    verifier::{Verifier, rsa_components},
};

/// Sizes of RSA keys, in bits (RFC 7518, section 3.3; RFC 8725, section 3.5).
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;

/// Checks signatures of these algorithms, and of no other: an RSA key never checks an HMAC (RFC 8725, section 3.1).
#[derive(Clone)]
pub(super) struct Key {
    pub(super) kid: Option<String>,
    algorithms: Vec<Algorithm>,
    verifier: Arc<dyn Verifier>,
}

impl Key {
    /// From a shared secret: the bytes of this text.
    pub(super) fn from_secret(kid: &str, algorithm: Algorithm, secret: &[u8]) -> Result<Self, String> {
        if algorithm.family() != Family::Secret {
            return Err(format!(
                "{} is verified with a public key: write `public_key` or `jwk`",
                algorithm.name()
            ));
        }
        let min = algorithm.secret_min_bytes();
        if secret.len() < min {
            return Err(format!(
                "{} needs a secret of at least {min} bytes, and this one has {}: write a longer one, from a source of \
                 random bytes",
                algorithm.name(),
                secret.len()
            ));
        }
        if secret.starts_with(b"-----BEGIN ") || secret.starts_with(b"ssh-") {
            // Whoever knows the public key could sign.
            return Err("a key pair is no secret: write its public half as `public_key`".to_owned());
        }
        Ok(Self::new(Some(kid.to_owned()), vec![algorithm], DecodingKey::from_secret(secret)))
    }

    /// From a public key in PEM: `PUBLIC KEY` (RFC 5280, section 4.1.2.7).
    pub(super) fn from_pem(kid: &str, algorithm: Algorithm, pem: &str) -> Result<Self, String> {
        if algorithm.family() == Family::Secret {
            return Err(format!("{} is verified with a secret: write `secret`", algorithm.name()));
        }
        if pem.contains("PRIVATE KEY") {
            return Err("this is a private key, which only the issuer needs: write the public one".to_owned());
        }
        let unreadable =
            || "not a public key in PEM, which begins with `-----BEGIN PUBLIC KEY-----`".to_owned();
        SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).map_err(|_| unreadable())?;
        let key = match algorithm.family() {
            Family::Rsa => DecodingKey::from_rsa_pem(pem.as_bytes()),
            Family::P256 | Family::P384 => DecodingKey::from_ec_pem(pem.as_bytes()),
            _ => DecodingKey::from_ed_pem(pem.as_bytes()),
        };
        let other = || format!("not a key for {}", algorithm.name());
        let key = key.map_err(|_| other())?;
        let der = key.try_get_as_bytes().map_err(|_| other())?;
        let key = match algorithm.family() {
            Family::Rsa => {
                let (modulus, exponent) = rsa_components(der).ok_or_else(other)?;
                rsa(&modulus, &exponent)?
            }
            Family::P256 => point(der, 32).ok_or_else(other)?,
            Family::P384 => point(der, 48).ok_or_else(other)?,
            _ => edwards(der).ok_or_else(other)?,
        };
        Ok(Self::new(Some(kid.to_owned()), vec![algorithm], key))
    }

    /// From a JSON Web Key of the configuration (RFC 7517, section 4).
    pub(super) fn from_jwk_text(kid: &str, algorithm: Algorithm, text: &str) -> Result<Self, String> {
        let jwk =
            json::object(text.as_bytes()).ok_or("not a JSON Web Key, such as `{\"kty\": \"OKP\", ..}`")?;
        if string(&jwk, "kty") == Some("oct") {
            let secret =
                string(&jwk, "k").and_then(decode).ok_or("a key of type `oct` needs `k` in base64url")?;
            only_named(&jwk, &[algorithm])?;
            return Self::from_secret(kid, algorithm, &secret);
        }
        let key = Self::from_jwk(&jwk, &[algorithm])?;
        if let Some(said) = &key.kid
            && said != kid
        {
            return Err(format!("its `kid` is `{said}`, and that of the section `{kid}`"));
        }
        Ok(Self { kid: Some(kid.to_owned()), ..key })
    }

    /// From a public JSON Web Key. Where it does not name its algorithm, it is pinned to those that are `allowed` and
    /// fit its type.
    pub(super) fn from_jwk(jwk: &Map<String, Value>, allowed: &[Algorithm]) -> Result<Self, String> {
        if ["d", "p", "q", "k"].iter().any(|name| jwk.contains_key(*name)) {
            return Err(
                "it is private, and so nobody's secret any more: publish the public half alone".to_owned()
            );
        }
        if jwk.get("use").is_some_and(|usage| usage != "sig") {
            return Err("it is not for signatures (`use`)".to_owned());
        }
        let verifies = |operations: &Value| {
            operations.as_array().is_some_and(|all| all.iter().any(|operation| operation == "verify"))
        };
        if jwk.get("key_ops").is_some_and(|operations| !verifies(operations)) {
            return Err("it is not for verifying (`key_ops`)".to_owned());
        }
        let member = |name: &str| {
            string(jwk, name).and_then(decode).ok_or_else(|| format!("`{name}` is not there in base64url"))
        };
        let (family, key) = match (string(jwk, "kty"), string(jwk, "crv")) {
            (Some("RSA"), _) => (Family::Rsa, rsa(&member("n")?, &member("e")?)?),
            (Some("EC"), Some("P-256")) => {
                (Family::P256, coordinates(&member("x")?, &member("y")?, 32).ok_or("not a point of P-256")?)
            }
            (Some("EC"), Some("P-384")) => {
                (Family::P384, coordinates(&member("x")?, &member("y")?, 48).ok_or("not a point of P-384")?)
            }
            (Some("OKP"), Some("Ed25519")) => {
                (Family::Ed25519, edwards(&member("x")?).ok_or("not a key of Ed25519")?)
            }
            _ => return Err("its type (`kty`, `crv`) is not one that is used here".to_owned()),
        };
        let named = only_named(jwk, allowed)?;
        let algorithms: Vec<_> = named.into_iter().filter(|one| one.family() == family).collect();
        if algorithms.is_empty() {
            return Err("it fits none of the algorithms that are used here".to_owned());
        }
        let kid = match jwk.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err("its `kid` is not a text".to_owned()),
        };
        Ok(Self::new(kid, algorithms, key))
    }

    fn new(kid: Option<String>, algorithms: Vec<Algorithm>, key: DecodingKey) -> Self {
        Self { kid, algorithms, verifier: Arc::new(key) }
    }

    /// Whether it is pinned to this algorithm, among others.
    pub(super) fn is_for(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    /// Whether the signature is right. Never with an algorithm that the key is not pinned to.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        self.is_for(algorithm) && self.verifier.verify(algorithm, message, signature)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("kid", &self.kid)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

/// Those of the `allowed` algorithms that the key names; all, where it names none.
fn only_named(jwk: &Map<String, Value>, allowed: &[Algorithm]) -> Result<Vec<Algorithm>, String> {
    match jwk.get("alg") {
        None => Ok(allowed.to_vec()),
        Some(name) => {
            let named = name.as_str().and_then(Algorithm::named).filter(|named| allowed.contains(named));
            named.map(|named| vec![named]).ok_or_else(|| "its `alg` is not one that is used here".to_owned())
        }
    }
}

fn string<'j>(jwk: &'j Map<String, Value>, name: &str) -> Option<&'j str> {
    jwk.get(name).and_then(Value::as_str)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<DecodingKey, String> {
    let strip = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
    let (modulus, exponent) = (strip(modulus), strip(exponent));
    let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
    if !RSA_BITS.contains(&bits) {
        return Err(format!(
            "an RSA key has {} to {} bits, and this one {bits}",
            RSA_BITS.start(),
            RSA_BITS.end()
        ));
    }
    // With 1, every text is its own signature; aws-lc takes up to 33 bits.
    let is_odd = exponent.last().is_some_and(|last| last % 2 == 1);
    if !is_odd || exponent == [1] || exponent.len() > 4 {
        return Err("the exponent of the RSA key is not one that is used".to_owned());
    }
    Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

fn coordinates(x: &[u8], y: &[u8], bytes: usize) -> Option<DecodingKey> {
    (x.len() == bytes && y.len() == bytes).then(|| DecodingKey::from_ec_der(&[&[4], x, y].concat()))
}

/// An uncompressed point (SEC 1, section 2.3.3). Whether it is on the curve is looked at before every verification.
fn point(der: &[u8], bytes: usize) -> Option<DecodingKey> {
    (der.len() == 1 + 2 * bytes && der[0] == 4).then(|| DecodingKey::from_ec_der(der))
}

fn edwards(bytes: &[u8]) -> Option<DecodingKey> {
    (bytes.len() == 32).then(|| DecodingKey::from_ed_der(bytes))
}
