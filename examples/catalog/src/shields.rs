//! How it is decided who may call what.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, header::AUTHORIZATION},
};
use testudo::{Block, BoxError, ClientIp, Passed, Problem, Requirement, Verdict, shield};

use crate::{
    attempts::Attempts,
    users::{Role, User, Users},
};

/// Proof that the user is an administrator. Only [`is_admin`] makes it.
#[derive(Clone)]
pub(crate) struct Admin(());

/// Proof that the user has one of the roles that were required. Only [`has_role`] makes it.
#[derive(Clone)]
pub(crate) struct Member(());

/// Passes the user that owns the token in `X-API-Token` or `Authorization: Bearer`.
#[shield(name = "API Token", decides, status = 401, detail = "Invalid API token", challenge = "Bearer")]
pub async fn api_token(headers: &HeaderMap, State(users): State<Users>) -> Result<Option<User>, BoxError> {
    let Some(token) = headers.get("x-api-token").map(HeaderValue::as_bytes).or_else(|| bearer(headers))
    else {
        return Err(Block::missing().into());
    };
    // A database that is down is a fail (503), never a wrong token.
    Ok(users.by_token(token).await?)
}

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1). Another scheme is not a token of ours.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.as_bytes().split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}

/// Passes the proof that the user is an administrator.
#[shield(name = "Admin", decides)]
pub(crate) fn is_admin(Passed(user): Passed<User>) -> Option<Admin> {
    user.has(Role::Admin).then_some(Admin(()))
}

/// Passes the proof that the user has the required roles.
#[shield(name = "Role", decides)]
pub(crate) fn has_role(Passed(user): Passed<User>, #[with] required: &Requirement<Role>) -> Option<Member> {
    required.is_met_by(|role| user.has(*role)).then_some(Member(()))
}

/// Slows down who guesses passwords. It only protects: that it passes says nothing about who asks. With nothing in front
/// that knows proxies, as in a test, the peer is the client.
#[shield(name = "Sign-in Limit")]
pub(crate) fn sign_in_limit(
    client: Result<ClientIp, Problem>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    State(attempts): State<Attempts>,
) -> Verdict<()> {
    match attempts.take(client.unwrap_or(ClientIp(peer.ip())).subscriber()) {
        Ok(()) => Verdict::Pass(()),
        Err(wait) => Verdict::Block(Block::too_many_requests(wait)),
    }
}
