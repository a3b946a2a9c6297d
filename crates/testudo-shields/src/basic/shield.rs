//! The shield.

use std::{fmt, marker::PhantomData, sync::OnceLock};

use axum::{BoxError, extract::FromRef};
use http::StatusCode;
use testudo_core::{Block, Check, Decides, Fail, Passed, Shield, ShieldContext, ShieldInfo, Verdict};
use testudo_settings::{Section, WantedSection};

use super::{
    credentials::{Credentials, NoCredentials},
    passwords::Passwords,
    proof::Basic,
    settings::BasicSettings,
    users::{Rehash, Users},
};

/// Every refusal says the same: who is told which of the two was wrong knows half of them.
const DETAIL: &str = "a user name and its password are needed";

/// Passes the user whose name and password a request has, as a [`Basic<T>`].
///
/// See [the module](super) for what it verifies, and in which order.
///
/// ```
/// # use testudo::{BoxError, Shield};
/// # use testudo_shields::basic::{BasicAuth, Hash, Users, basic};
/// # struct Nobody;
/// # impl Users for Nobody {
/// #     type User = u32;
/// #     type Error = BoxError;
/// #     async fn find(&self, _: &str) -> Result<Option<(Hash, u32)>, BoxError> { Ok(None) }
/// # }
/// let shield: BasicAuth<Nobody> = basic("staff");
/// assert!(shield.info().decides());
/// ```
pub struct BasicAuth<U> {
    section: Section<BasicSettings>,
    /// Made from the section once it has been read.
    passwords: OnceLock<Passwords>,
    users: PhantomData<fn() -> U>,
}

/// Passes the user whose name and password a request has: [`Passed<Basic<U::User>>`](Basic). The `U` that looks users
/// up is in the state of the stack. The parameters are those of the section `[basic.NAME]`.
///
/// ```
/// use testudo::{BoxError, Stack};
/// use testudo_shields::basic::{Hash, Users, basic};
///
/// #[derive(Clone)]
/// struct Nobody;
///
/// impl Users for Nobody {
///     type User = u32;
///     type Error = BoxError;
///
///     async fn find(&self, _: &str) -> Result<Option<(Hash, u32)>, BoxError> {
///         Ok(None)
///     }
/// }
///
/// let stack = Stack::<Nobody>::new().shield(basic::<Nobody>("staff"));
/// let info = &stack.shields()[0];
/// assert_eq!((info.name(), info.decides()), ("Basic", true));
/// assert_eq!(info.passes().unwrap().short_name(), "Basic<u32>");
/// ```
#[must_use = "a shield guards nothing until it is stacked"]
pub fn basic<U: Users>(section: impl Into<Section<BasicSettings>>) -> BasicAuth<U> {
    BasicAuth { section: section.into(), passwords: OnceLock::new(), users: PhantomData }
}

impl<U: Users> BasicAuth<U> {
    /// Who has signed in, or nobody; an error where it could not be told.
    async fn sign_in(
        passwords: &Passwords,
        credentials: &Credentials,
        users: &U,
    ) -> Result<Option<Basic<U::User>>, BoxError> {
        let Credentials { name, password } = credentials;
        // Before the user is looked up: who finds no place learns nothing and costs nothing.
        let place = passwords.place().ok_or("too many passwords wait to be verified")?;
        let found = users.find(name).await.map_err(Into::into)?;
        let hash = found.as_ref().map(|(hash, _)| hash);
        if !passwords.verify(&place, password, hash).await? {
            return Ok(None);
        }
        let Some((hash, user)) = found else { return Ok(None) };
        if hash.work().is_below(passwords.work()) {
            users.needs_rehash(name, Rehash { passwords, place: &place, password }).await;
        }
        Ok(Some(Basic::new(name, user)))
    }
}

impl<U: Users> Shield for BasicAuth<U> {
    type Output = Passed<Basic<U::User>>;
    type Access = Decides;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::of::<Self>("Basic").needing(WantedSection::of(&self.section))
    }
}

impl<U: Users + FromRef<S>, L: Sync, S: Sync> Check<L, S> for BasicAuth<U> {
    async fn check(&self, request: &mut ShieldContext, _: &L, state: &S) -> Verdict<Basic<U::User>> {
        let Some(settings) = self.section.get() else {
            return Verdict::Fail(Fail::bug(self.section.unread()));
        };
        let refuse = |block: Block| {
            let worded = block.or_status(StatusCode::UNAUTHORIZED).detail(DETAIL);
            Verdict::Block(worded.challenge(&settings.challenge()))
        };
        let credentials = match Credentials::of(request.headers()) {
            Ok(credentials) => credentials,
            Err(NoCredentials::Missing) => return refuse(Block::missing()),
            Err(NoCredentials::Malformed) => return refuse(Block::unworded()),
        };
        let passwords = self.passwords.get_or_init(|| Passwords::new(settings));
        let users = U::from_ref(state);
        match Self::sign_in(passwords, &credentials, &users).await {
            Ok(Some(user)) => Verdict::Pass(user),
            Ok(None) => refuse(Block::unworded()),
            // Also a block among its causes: who looks users up does not decide.
            Err(error) => Verdict::Fail(Fail::unavailable(error)),
        }
    }
}

#[cfg(test)]
impl<U> BasicAuth<U> {
    /// With these bounds, which the test keeps a hold of.
    pub(super) fn verifying_with(self, passwords: &Passwords) -> Self {
        Self { passwords: passwords.clone().into(), ..self }
    }
}

impl<U> fmt::Debug for BasicAuth<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicAuth").field("section", &self.section).finish_non_exhaustive()
    }
}
