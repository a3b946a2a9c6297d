//! Whether it is clear where a request's content ends, and what its target means (RFC 9112, sections 3.2 and 6).
//!
//! Where a proxy and a service disagree, one request hides in another. hyper refuses most of it: a `Transfer-Encoding`
//! that does not end in `chunked` or comes with HTTP/1.0, differing or malformed `Content-Length`, folded lines, blanks
//! before a colon. `Content-Length` beside `Transfer-Encoding` it drops, and closes the connection after the response,
//! as section 6.3 asks. What it lets through is refused here.

use http::{HeaderMap, Method, StatusCode, Uri, Version, header};

use super::has;

/// Why a request cannot be understood. The connection is not to be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FramingError {
    /// `gzip, chunked`: the content is coded in a way that nobody here decodes.
    UnknownTransferCoding,
    /// `chunked, chunked`, or no token at all.
    MalformedTransferEncoding,
    /// `Transfer-Encoding` beside `Content-Length`, or in a version that does not know it.
    UnexpectedTransferEncoding,
    /// Several fields that differ, or something that is no number.
    MalformedContentLength,
    /// `GET example.com HTTP/1.1`, or `GET * HTTP/1.1`.
    TargetForm,
}

impl FramingError {
    /// What to answer: `501` for a transfer coding that is unknown (RFC 9112, section 6.1), else `400`.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::UnknownTransferCoding => StatusCode::NOT_IMPLEMENTED,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// What to tell the client.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::UnknownTransferCoding => "the only transfer coding understood here is `chunked`",
            Self::MalformedTransferEncoding => {
                "`Transfer-Encoding` is malformed: `chunked` is applied once and last"
            }
            Self::UnexpectedTransferEncoding => {
                "`Transfer-Encoding` is not allowed beside `Content-Length` or outside HTTP/1.1"
            }
            Self::MalformedContentLength => "`Content-Length` is malformed: it is one decimal number",
            Self::TargetForm => "the form of the request target does not fit the method",
        }
    }
}

/// Refuses what hyper has let through. It costs two looks at the names for a request without content.
pub(crate) fn check_framing(
    version: Version,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(), FramingError> {
    check_target(version, method, uri)?;
    check_content_length(headers)?;
    check_transfer_encoding(version, headers)
}

/// Authority-form is for `CONNECT` and asterisk-form for `OPTIONS` alone (RFC 9112, sections 3.2.3 and 3.2.4). In
/// HTTP/2 they have no form of their own.
fn check_target(version: Version, method: &Method, uri: &Uri) -> Result<(), FramingError> {
    let is_authority_form =
        version <= Version::HTTP_11 && uri.scheme().is_none() && uri.authority().is_some();
    let is_asterisk = uri.path() == "*";
    let fits = is_authority_form == (version <= Version::HTTP_11 && method == Method::CONNECT)
        && (!is_asterisk || method == Method::OPTIONS);
    if fits { Ok(()) } else { Err(FramingError::TargetForm) }
}

fn check_content_length(headers: &HeaderMap) -> Result<(), FramingError> {
    if !has(headers, &header::CONTENT_LENGTH) {
        return Ok(());
    }
    let mut lengths = headers.get_all(header::CONTENT_LENGTH).iter();
    let Some(first) = lengths.next() else { return Ok(()) };
    let is_number = !first.is_empty() && first.as_bytes().iter().all(u8::is_ascii_digit);
    if is_number && lengths.all(|length| length == first) {
        Ok(())
    } else {
        Err(FramingError::MalformedContentLength)
    }
}

fn check_transfer_encoding(version: Version, headers: &HeaderMap) -> Result<(), FramingError> {
    if !has(headers, &header::TRANSFER_ENCODING) {
        return Ok(());
    }
    let fields = headers.get_all(header::TRANSFER_ENCODING).iter();
    if version != Version::HTTP_11 || headers.contains_key(header::CONTENT_LENGTH) {
        return Err(FramingError::UnexpectedTransferEncoding);
    }
    let mut chunked = 0;
    for coding in fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b',')) {
        match coding.trim_ascii() {
            b"" => {}
            coding if coding.eq_ignore_ascii_case(b"chunked") => chunked += 1,
            coding if coding.iter().all(u8::is_ascii_graphic) => {
                return Err(FramingError::UnknownTransferCoding);
            }
            _ => return Err(FramingError::MalformedTransferEncoding),
        }
    }
    if chunked == 1 { Ok(()) } else { Err(FramingError::MalformedTransferEncoding) }
}

#[cfg(test)]
pub(crate) mod cases;
#[cfg(test)]
mod tests;
