//! The response a block becomes.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};

use super::{Block, BlockReason};
use crate::problem::Problem;

impl Block {
    /// The first of two refusals, with the challenges of both. A credential is missing only if both are.
    pub(crate) fn with_challenges_of(mut self, other: &Self) -> Self {
        if other.reason() != BlockReason::Missing {
            self.0.reason = Some(other.reason());
        }
        self.0.challenges = self.all_challenges();
        for challenge in other.all_challenges() {
            if !self.0.challenges.contains(&challenge) {
                self.0.challenges.push(challenge);
            }
        }
        self
    }

    /// The challenges, a default one included where a `401` has none.
    fn all_challenges(&self) -> Vec<HeaderValue> {
        let header = || self.0.headers.iter().any(|(name, _)| name == header::WWW_AUTHENTICATE);
        let problem = || self.0.problem.as_ref().is_some_and(Problem::has_challenge);
        if self.0.challenges.is_empty()
            && self.status_code() == StatusCode::UNAUTHORIZED
            && !header()
            && !problem()
        {
            let realm: String =
                self.name().chars().filter(|c| matches!(c, ' '..='~') && *c != '"' && *c != '\\').collect();
            return HeaderValue::from_str(&format!("Shield realm=\"{realm}\"")).into_iter().collect();
        }
        self.0.challenges.clone()
    }

    pub(super) fn name(&self) -> &str {
        self.0.shield.as_deref().unwrap_or("unnamed")
    }

    /// The refusal as problem details.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::forbidden("not yours").to_problem().status(), 403);
    /// ```
    pub fn to_problem(&self) -> Problem {
        let wording = &self.0;
        if let Some(problem) = &wording.problem {
            let worded =
                self.all_headers().fold(problem.clone(), |worded, (name, value)| worded.header(name, value));
            return match &wording.shield {
                Some(shield) => worded.member("shield", shield.as_ref()),
                None => worded,
            };
        }
        let detail = match &wording.detail {
            Some(detail) => detail.clone(),
            None => Cow::Owned(format!("Shield `{}` blocks the request", self.name())),
        };
        let mut problem = Problem::new(self.status_code()).detail(detail);
        if let Some(title) = &wording.title {
            problem = problem.title(title.clone());
        }
        if !wording.errors.is_empty() {
            problem = problem.errors(wording.errors.iter().cloned());
        }
        for (name, value) in &wording.members {
            problem = problem.member(name.clone(), value.clone());
        }
        if let Some(shield) = &wording.shield {
            problem = problem.member("shield", shield.as_ref());
        }
        for (name, value) in self.all_headers() {
            problem = problem.header(name, value);
        }
        problem
    }

    fn all_headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<'_> {
        let challenges = self.all_challenges().into_iter().map(|value| (header::WWW_AUTHENTICATE, value));
        challenges.chain(self.0.headers.iter().cloned())
    }

    /// The refusal as the response to a request with these parts.
    pub(crate) fn into_response(self, parts: &Parts) -> Response {
        if let Some(respond) = self.0.respond.clone() {
            let mut response = respond(parts, &self);
            // A 401 without a challenge is none (RFC 9110, section 15.5.2).
            if response.status() == StatusCode::UNAUTHORIZED
                && !response.headers().contains_key(header::WWW_AUTHENTICATE)
            {
                for challenge in self.all_challenges() {
                    response.headers_mut().append(header::WWW_AUTHENTICATE, challenge);
                }
            }
            return response;
        }
        let Some((content_type, body)) = self.0.body.clone() else {
            return self.to_problem().into_response();
        };
        let mut response = Response::new(axum::body::Body::from(body));
        *response.status_mut() = self.status_code();
        for (name, value) in self.all_headers() {
            response.headers_mut().append(name, value);
        }
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }
}
