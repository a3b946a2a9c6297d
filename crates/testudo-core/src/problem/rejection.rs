//! axum's own rejections, and anybody else's, as problems.

use std::{any::Any, error::Error};

use axum::{
    extract::{
        FromRequestParts, RawPathParams,
        path::ErrorKind,
        rejection::{
            BytesRejection, FailedToBufferBody, FormRejection, JsonRejection, PathRejection, QueryRejection,
            StringRejection,
        },
    },
    response::{IntoResponse, Response},
};
use http::{StatusCode, header, request::Parts};

use super::{FieldError, Place, Problem};
use crate::{refusal::Refusal, shield::Block};

/// Longest content of a foreign rejection that is taken over, in bytes.
const REJECTION_MAX_BYTES: usize = 65_536;

/// What an extractor refused, as a problem where that loses nothing: a rejection that brings a form of its own
/// (JSON, HTML, a redirect) keeps it.
pub(crate) async fn refusal_of_rejection<R>(rejection: R, parts: &mut Parts) -> Refusal
where
    R: IntoResponse + Send + 'static,
{
    // Before any `await`: the reference must not live across it.
    let typed = if (&rejection as &dyn Any).is::<PathRejection>() {
        None
    } else {
        known(&rejection, &[]).map(|problem| blame_encoding(problem, &rejection, parts))
    };
    if let Some(problem) = typed {
        return Refusal::from(problem);
    }
    if (&rejection as &dyn Any).is::<PathRejection>() {
        let names = path_parameter_names(parts).await;
        if let Some(problem) = known(&rejection, &names) {
            return Refusal::from(problem);
        }
    }
    of_response(rejection.into_response()).await
}

/// The problem for a rejection of one of axum's own extractors. `names` are the path's parameters, in order.
pub(super) fn known(rejection: &dyn Any, names: &[String]) -> Option<Problem> {
    if let Some(problem) = rejection.downcast_ref::<Problem>() {
        return Some(problem.clone());
    }
    if let Some(rejection) = rejection.downcast_ref::<PathRejection>() {
        return Some(of_path(rejection, names));
    }
    if let Some(rejection) = rejection.downcast_ref::<QueryRejection>() {
        return Some(of_urlencoded(rejection, Place::Query));
    }
    if let Some(rejection) = rejection.downcast_ref::<JsonRejection>() {
        return Some(of_json(rejection));
    }
    if let Some(rejection) = rejection.downcast_ref::<FormRejection>() {
        return Some(of_form(rejection));
    }
    if let Some(rejection) = rejection.downcast_ref::<BytesRejection>() {
        return Some(of_bytes(rejection));
    }
    match rejection.downcast_ref::<StringRejection>()? {
        StringRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => Some(too_large()),
        StringRejection::FailedToBufferBody(_) => Some(unreadable()),
        _ => Some(body_problem(StatusCode::BAD_REQUEST, "the content is not valid UTF-8")),
    }
}

fn of_path(rejection: &PathRejection, names: &[String]) -> Problem {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return Problem::internal(rejection.body_text());
    };
    let name_at = |index: usize| names.get(index).cloned().unwrap_or_default();
    let (name, detail) = match failed.kind() {
        ErrorKind::ParseErrorAtKey { key, value, expected_type } => {
            (key.clone(), format!("`{value}` is not a valid {expected_type}"))
        }
        ErrorKind::ParseErrorAtIndex { index, value, expected_type } => {
            (name_at(*index), format!("`{value}` is not a valid {expected_type}"))
        }
        ErrorKind::ParseError { value, expected_type } => {
            (name_at(0), format!("`{value}` is not a valid {expected_type}"))
        }
        ErrorKind::DeserializeError { key, message, .. } => (key.clone(), message.clone()),
        ErrorKind::Message(message) => (name_at(0), message.clone()),
        ErrorKind::InvalidUtf8InPathParam { key } => {
            let error = FieldError::new(Place::Path, key.clone(), "not valid UTF-8 once percent-decoded");
            return Problem::bad_request(format!("the path parameter `{key}` cannot be decoded"))
                .errors([error]);
        }
        // The handler asks for parameters the route does not have: our mistake, not the client's.
        kind => return Problem::internal(kind.to_string()),
    };
    Problem::unprocessable(format!("the path parameter `{name}` does not fit: {detail}"))
        .errors([FieldError::new(Place::Path, name, detail)])
}

async fn path_parameter_names(parts: &mut Parts) -> Vec<String> {
    match RawPathParams::from_request_parts(parts, &()).await {
        Ok(params) => params.iter().map(|(name, _)| name.to_owned()).collect(),
        Err(_) => Vec::new(),
    }
}

fn of_urlencoded(rejection: &(dyn Error + 'static), place: Place) -> Problem {
    type Located = serde_path_to_error::Error<serde::de::value::Error>;
    let (name, detail) = match source_of::<Located>(rejection) {
        Some(error) => located(&error.path().to_string(), &error.inner().to_string()),
        None => (String::new(), "does not fit".to_owned()),
    };
    let what = if place == Place::Query { "query parameter" } else { "field" };
    let sentence =
        if name.is_empty() { detail.clone() } else { format!("the {what} `{name}` does not fit: {detail}") };
    Problem::unprocessable(sentence).errors([FieldError::new(place, name, detail)])
}

/// A query that is not even well encoded is a `400`; one that is and does not fit is a `422`.
fn blame_encoding(problem: Problem, rejection: &dyn Any, parts: &Parts) -> Problem {
    if !rejection.is::<QueryRejection>() || parts.uri.query().is_none_or(is_well_encoded) {
        return problem;
    }
    let detail = "the query cannot be decoded: it is not percent-encoded UTF-8";
    Problem::bad_request(detail).errors([FieldError::new(Place::Query, "", detail)])
}

fn is_well_encoded(query: &str) -> bool {
    let mut decoded = Vec::with_capacity(query.len());
    let mut bytes = query.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else { return false };
        decoded.push(u8::try_from(high * 16 + low).unwrap_or_default());
    }
    std::str::from_utf8(&decoded).is_ok()
}

fn of_json(rejection: &JsonRejection) -> Problem {
    type Located = serde_path_to_error::Error<serde_json::Error>;
    match rejection {
        JsonRejection::JsonDataError(error) => {
            let Some(error) = source_of::<Located>(error) else {
                return body_problem(StatusCode::UNPROCESSABLE_ENTITY, "the content does not fit");
            };
            let inner = error.inner();
            let (name, detail) = located(&error.path().to_string(), &without_position(inner));
            let sentence =
                if name.is_empty() { detail.clone() } else { format!("`{name}` does not fit: {detail}") };
            Problem::unprocessable(sentence)
                .errors([FieldError::new(Place::Body, name, detail).at(inner.line(), inner.column())])
        }
        JsonRejection::JsonSyntaxError(error) => {
            let inner = source_of::<Located>(error)
                .map(serde_path_to_error::Error::inner)
                .or_else(|| source_of::<serde_json::Error>(error));
            let Some(inner) = inner else {
                return body_problem(StatusCode::BAD_REQUEST, "the content is not valid JSON");
            };
            let (line, column) = (inner.line(), inner.column());
            let detail = without_position(inner);
            Problem::bad_request(format!(
                "the content is not valid JSON at line {line}, column {column}: {detail}"
            ))
            .errors([FieldError::new(Place::Body, "", detail).at(line, column)])
        }
        JsonRejection::MissingJsonContentType(_) => {
            body_problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the content must be `application/json`")
        }
        JsonRejection::BytesRejection(rejection) => of_bytes(rejection),
        other => Problem::internal(other.body_text()),
    }
}

fn of_form(rejection: &FormRejection) -> Problem {
    match rejection {
        FormRejection::InvalidFormContentType(_) => body_problem(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content must be `application/x-www-form-urlencoded`",
        ),
        FormRejection::FailedToDeserializeForm(error) => of_urlencoded(error, Place::Query),
        FormRejection::FailedToDeserializeFormBody(error) => of_urlencoded(error, Place::Body),
        FormRejection::BytesRejection(rejection) => of_bytes(rejection),
        other => Problem::internal(other.body_text()),
    }
}

fn of_bytes(rejection: &BytesRejection) -> Problem {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => too_large(),
        _ => unreadable(),
    }
}

/// `413 Content Too Large` (RFC 9110, section 15.5.14; the `http` crate keeps the older name).
pub(crate) fn too_large() -> Problem {
    body_problem(StatusCode::PAYLOAD_TOO_LARGE, "the content is larger than this endpoint accepts")
}

/// The content ended early or was badly framed.
pub(crate) fn unreadable() -> Problem {
    body_problem(StatusCode::BAD_REQUEST, "the content could not be read to its end")
}

fn body_problem(status: StatusCode, detail: &'static str) -> Problem {
    Problem::new(status).detail(detail).errors([FieldError::new(Place::Body, "", detail)])
}

/// The field and what is wrong with it. serde locates a missing field at its parent and names it in the message.
fn located(path: &str, message: &str) -> (String, String) {
    let parent = if path == "." { "" } else { path };
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match missing {
        Some(field) if parent.is_empty() => (field.to_owned(), "is missing".to_owned()),
        Some(field) => (format!("{parent}.{field}"), "is missing".to_owned()),
        None => (parent.to_owned(), message.to_owned()),
    }
}

/// `serde_json` appends the position to its message; it is sent as members of its own.
fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    message.strip_suffix(&suffix).map(str::to_owned).unwrap_or(message)
}

fn source_of<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// A foreign rejection: plain text becomes `detail`, everything else stays what its author made it.
async fn of_response(response: Response) -> Refusal {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Refusal::from(problem.clone());
    }
    let (parts, body) = response.into_parts();
    let content_type = parts.headers.get(header::CONTENT_TYPE).cloned();
    let is_text = content_type.as_ref().is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let is_error = parts.status.is_client_error() || parts.status.is_server_error();
    let Ok(content) = axum::body::to_bytes(body, REJECTION_MAX_BYTES).await else {
        return Refusal::from(Problem::internal("the body of an extractor's rejection could not be read"));
    };
    let headers = parts
        .headers
        .iter()
        .filter(|(name, _)| *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH)
        .map(|(name, value)| (name.clone(), value.clone()));
    if let (false, Some(content_type)) = (is_error && is_text, content_type) {
        let block = Block::unworded().status(parts.status).body(content_type, content);
        return Refusal::from(headers.fold(block, |block, (name, value)| block.header(name, value)));
    }
    let problem =
        headers.fold(Problem::new(parts.status), |problem, (name, value)| problem.header(name, value));
    let text = String::from_utf8_lossy(&content).into_owned();
    // What a server error says about itself is for the log.
    Refusal::from(match (parts.status.is_server_error(), text.is_empty()) {
        (true, _) => problem.caused_by(text),
        (false, true) => problem,
        (false, false) => problem.detail(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_told_apart_by_their_encoding() {
        for (query, expected) in [
            ("", true),
            ("a=1&b=%C3%A9", true),
            ("a=%", false),
            ("a=%4", false),
            ("a=%zz", false),
            ("a=%FF", false),
        ] {
            assert_eq!(is_well_encoded(query), expected, "{query}");
        }
    }

    #[test]
    fn missing_fields_are_named() {
        assert_eq!(located(".", "missing field `price`"), ("price".into(), "is missing".into()));
        assert_eq!(
            located("items[0]", "missing field `price`"),
            ("items[0].price".into(), "is missing".into())
        );
        assert_eq!(located("price", "invalid type"), ("price".into(), "invalid type".into()));
    }
}
