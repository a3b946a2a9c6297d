//! Argon2id, off the threads that serve requests.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{Error, PasswordVerifier, phc::PasswordHash},
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
pub(crate) struct Passwords(Arc<Semaphore>);

impl Passwords {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }

    /// Whether the password fits. Without a hash none does, and it takes as long to say so.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, BoxError> {
        let permit = self.0.clone().acquire_owned().await?;
        spawn_blocking(move || {
            // Held until the work is done, even when the client has gone away.
            let _permit = permit;
            let parsed = PasswordHash::new(hash.as_deref().unwrap_or(DECOY))?;
            match Argon2::default().verify_password(password.as_bytes(), &parsed) {
                Ok(()) => Ok(hash.is_some()),
                Err(Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
        .await?
    }
}

#[cfg(test)]
mod tests {
    use argon2::{Params, password_hash::PasswordHasher};

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_existing_user_fits() {
        let passwords = Passwords::new();
        let hash: PasswordHash = Argon2::default().hash_password(b"secret").unwrap();
        let hash = hash.to_string();
        assert!(passwords.verify("secret".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("Secret".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("secret".into(), None).await.unwrap());
        assert!(passwords.verify("secret".into(), Some("no hash".into())).await.is_err());
    }

    #[test]
    fn the_decoy_takes_the_work_of_a_real_hash() {
        let decoy = Params::try_from(&PasswordHash::new(DECOY).unwrap()).unwrap();
        let work = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        assert_eq!(work(&decoy), work(&Params::default()));
    }
}
