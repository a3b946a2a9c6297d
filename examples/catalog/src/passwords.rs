//! Argon2id, off the threads that serve requests.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        Error,
        phc::{Output, PasswordHash},
    },
};
use testudo::BoxError;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Passwords verified at once. Each takes a core, and 19 MiB.
const AT_ONCE: usize = 2;

/// Nobody's: for a user that does not exist the same work is done.
const DECOY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$y0TnTSkC5t17oy5iHVuJbg$aRw8ZJC/yyVqJHTURkzjccEhkZ+BP2sJyv/FXUxn0E4";

/// Verifies passwords, a few at a time.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    /// What was used for one is used for the next: given back, the allocator would keep it for each thread anew.
    memory: Arc<Mutex<Vec<Memory>>>,
}

type Memory = Vec<Block>;

impl Passwords {
    pub(crate) fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), memory: Arc::default() }
    }

    /// Whether the password fits. Without a hash none does, and it takes as long to say so.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, BoxError> {
        let turn = self.turns.clone().acquire_owned().await?;
        let kept = self.memory.clone();
        spawn_blocking(move || {
            // Held until the work is done, even when the client has gone away.
            let _turn = turn;
            let lock = || kept.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = lock().pop().unwrap_or_default();
            let fits = fits(password.as_bytes(), hash.as_deref().unwrap_or(DECOY), &mut memory);
            lock().push(memory);
            Ok(fits? && hash.is_some())
        })
        .await?
    }
}

fn fits(password: &[u8], hash: &str, memory: &mut Memory) -> Result<bool, Error> {
    let hash = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return Err(Error::EncodingInvalid) };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let params = Params::try_from(&hash)?;
    memory.resize(params.block_count(), Block::default());
    let mut output = vec![0; expected.len()];
    Argon2::new(algorithm, version, params).hash_password_into_with_memory(
        password,
        salt,
        &mut output,
        &mut *memory,
    )?;
    // Compared in constant time.
    Ok(Output::new(&output)? == *expected)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher;

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_existing_user_fits() {
        let passwords = Passwords::new();
        let hash: PasswordHash = Argon2::default().hash_password(b"secret").unwrap();
        let hash = hash.to_string();
        assert!(passwords.verify("secret".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("Secret".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("secret".into(), None).await.unwrap());
        for broken in ["no hash", "$argon2id$v=19$m=19456,t=2,p=1", "$scrypt$v=1$c2FsdHNhbHQ$aGFzaGhhc2g"] {
            assert!(passwords.verify("secret".into(), Some(broken.into())).await.is_err(), "{broken}");
        }
    }

    #[tokio::test]
    async fn memory_is_kept_for_the_next_and_no_more_than_for_those_at_once() {
        let passwords = Passwords::new();
        let attempts = (0..8).map(|_| passwords.verify("wrong".into(), None));
        for fits in futures_util::future::join_all(attempts).await {
            assert!(!fits.unwrap());
        }
        let kept = passwords.memory.lock().unwrap();
        assert!((1..=AT_ONCE).contains(&kept.len()), "{}", kept.len());
    }

    #[test]
    fn the_decoy_takes_the_work_of_a_real_hash() {
        let decoy = Params::try_from(&PasswordHash::new(DECOY).unwrap()).unwrap();
        let work = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(work(&decoy), work(&Params::default()));
    }
}
