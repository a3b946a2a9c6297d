//! Stored hashes.

use std::{fmt, str::FromStr};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use subtle::ConstantTimeEq;

use super::{
    credentials::normalised,
    settings::BasicSettings,
    work::{ITERATIONS_MAX, LANES_MAX, MEMORY_MAX_KIB, Work},
};

/// What is allocated for one computation, and used again.
pub(super) type Memory = Vec<Block>;

const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// Shorter than this, a hash is found by chance too soon.
const OUTPUT_MIN_BYTES: usize = 16;

/// The Argon2id hash of a password, as it is stored: a PHC string, `$argon2id$v=19$m=19456,t=2,p=1$..`.
///
/// Debug shows nothing of it.
///
/// ```
/// use testudo_shields::basic::{BasicSettings, Hash};
///
/// let hash = Hash::of("secret", &BasicSettings::default()).unwrap();
/// let stored = hash.expose();
/// assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
/// assert_eq!(stored.parse::<Hash>().unwrap().expose(), stored);
/// assert_eq!(format!("{hash:?}"), "Hash([redacted])");
///
/// let weak = "$argon2i$v=19$m=19456,t=2,p=1$y0TnTSkC5t17oy5iHVuJbg$aRw8ZJC/yyVqJHTURkzjccEhkZ+BP2sJyv/FXUxn0E4";
/// assert!(weak.parse::<Hash>().is_err());
/// ```
#[derive(Clone)]
pub struct Hash {
    work: Work,
    salt: Salt,
    output: Output,
}

/// A text is not the Argon2id hash of a password, or cannot be one in time.
///
/// ```
/// use testudo_shields::basic::Hash;
///
/// let error = "5ebe2294ecd0e0f08eab7690d2a6ee69".parse::<Hash>().unwrap_err();
/// assert_eq!(error.to_string(), "a stored hash is no PHC string of Argon2id"); // and nothing of the hash
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashError(&'static str);

impl Hash {
    /// Hashes a password, in NFC, with the parameters of these settings and a new salt. It takes tens of milliseconds
    /// and the memory of the settings: call it where blocking is no harm, such as in `tokio::task::spawn_blocking`.
    ///
    /// ```
    /// use testudo_shields::basic::{BasicSettings, Hash};
    ///
    /// let settings = BasicSettings::default();
    /// let (one, other) = (Hash::of("secret", &settings).unwrap(), Hash::of("secret", &settings).unwrap());
    /// assert_ne!(one.expose(), other.expose());
    /// ```
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn of(password: &str, settings: &BasicSettings) -> Result<Self, HashError> {
        Self::compute(normalised(password).expose(), settings.work, &mut Memory::new())
    }

    /// The text to store. Never log it.
    ///
    /// ```
    /// # use testudo_shields::basic::Hash;
    /// let text = "$argon2id$v=19$m=19456,t=2,p=1$y0TnTSkC5t17oy5iHVuJbg$aRw8ZJC/yyVqJHTURkzjccEhkZ+BP2sJyv/FXUxn0E4";
    /// assert_eq!(text.parse::<Hash>().unwrap().expose(), text);
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "the parameters were parsed, or made from settings")]
    pub fn expose(&self) -> String {
        let params = self.work.params(self.output.len()).expect("parameters within bounds");
        PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).expect("parameters can be written"),
            salt: Some(self.salt),
            hash: Some(self.output),
        }
        .to_string()
    }

    /// A hash that takes this work, and that no password is known to fit.
    pub(super) fn decoy(work: Work) -> Self {
        let salt = Salt::new(&[0; SALT_BYTES]).expect("a salt has 8 to 48 bytes");
        let output = Output::new(&[0; OUTPUT_BYTES]).expect("an output has 10 to 64 bytes");
        Self { work, salt, output }
    }

    pub(super) fn work(&self) -> Work {
        self.work
    }

    /// Hashes a password that is normalised already.
    pub(super) fn compute(password: &str, work: Work, memory: &mut Memory) -> Result<Self, HashError> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|_| HashError("the system gives no randomness"))?;
        let salt = Salt::new(&salt).map_err(|_| IMPOSSIBLE)?;
        Ok(Self { work, salt, output: output(password, &salt, work, OUTPUT_BYTES, memory)? })
    }

    /// Whether a password, normalised already, is the one of this hash. Compared in constant time.
    pub(super) fn fits(&self, password: &str, memory: &mut Memory) -> Result<bool, HashError> {
        let output = output(password, &self.salt, self.work, self.output.len(), memory)?;
        Ok(output.as_bytes().ct_eq(self.output.as_bytes()).into())
    }
}

/// What cannot happen with parameters within their bounds, and must not pass if it does.
const IMPOSSIBLE: HashError = HashError("Argon2 does not accept its parameters");

fn output(
    password: &str,
    salt: &[u8],
    work: Work,
    bytes: usize,
    memory: &mut Memory,
) -> Result<Output, HashError> {
    let params = work.params(bytes).map_err(|_| IMPOSSIBLE)?;
    memory.resize(params.block_count(), Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = vec![0; bytes];
    argon2
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut output, memory)
        .map_err(|_| IMPOSSIBLE)?;
    Output::new(&output).map_err(|_| IMPOSSIBLE)
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        const NO_HASH: HashError = HashError("a stored hash is no PHC string of Argon2id");
        let hash = PasswordHash::new(text).map_err(|_| NO_HASH)?;
        let params = Params::try_from(&hash).map_err(|_| NO_HASH)?;
        if hash.algorithm != ARGON2ID_IDENT || hash.version != Some(Version::V0x13.into()) {
            return Err(NO_HASH);
        }
        if !params.keyid().is_empty() || !params.data().is_empty() {
            return Err(HashError("a stored hash names a key or data, which nobody here has"));
        }
        let work = Work { memory_kib: params.m_cost(), iterations: params.t_cost(), lanes: params.p_cost() };
        if work.memory_kib > MEMORY_MAX_KIB || work.iterations > ITERATIONS_MAX || work.lanes > LANES_MAX {
            return Err(HashError("a stored hash takes more work than is ever done"));
        }
        let (Some(salt), Some(output)) = (hash.salt, hash.hash) else { return Err(NO_HASH) };
        if output.len() < OUTPUT_MIN_BYTES {
            return Err(HashError("a stored hash is too short: 16 bytes are the least"));
        }
        Ok(Self { work, salt, output })
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hash([redacted])")
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for HashError {}
