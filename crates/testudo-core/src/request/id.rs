//! What a request is called in logs, in responses and by other services.

use axum::extract::FromRequestParts;
use bytes::Bytes;
use http::{HeaderValue, request::Parts};

use super::RequestInfo;
use crate::problem::Problem;

/// Longest id taken over from a client, in bytes.
const MAX_BYTES: usize = 128;

/// Bytes that are looked at in one step: of a fixed number, the compiler takes a few vector instructions.
const STEP: usize = 16;

/// What a request is called in logs, in responses and by other services. Handlers and shields may ask for it as an
/// argument; every problem has it as its member `request_id`.
///
/// It is 1 to 128 letters, digits and `-._~`: nothing that could end a log line, a header field or a URL.
///
/// ```
/// use testudo_core::RequestId;
///
/// assert_eq!(RequestId::parse(b"a1b2-c3").unwrap().as_str(), "a1b2-c3");
/// for malformed in ["", "two words", "line\nbreak", &"x".repeat(129)] {
///     assert!(RequestId::parse(malformed.as_bytes()).is_none());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// Takes over an id that is well-formed.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let are_allowed = |bytes: &[u8]| bytes.iter().fold(true, |all, byte| all & is_allowed(*byte));
        let (steps, rest) = bytes.as_chunks::<STEP>();
        if !(1..=MAX_BYTES).contains(&bytes.len())
            || !steps.iter().all(|step| are_allowed(step))
            || !are_allowed(rest)
        {
            return None;
        }
        match Text::of(bytes) {
            Some(text) => HeaderValue::from_maybe_shared(Bytes::from_owner(text)),
            None => HeaderValue::from_bytes(bytes),
        }
        .ok()
        .map(Self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII was taken over.
        self.0.to_str().unwrap_or_default()
    }

    /// The id as the value of a header field; nothing is copied.
    ///
    /// ```
    /// # use testudo_core::RequestId;
    /// assert_eq!(RequestId::parse(b"7").unwrap().to_header_value(), "7");
    /// ```
    pub fn to_header_value(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Letters, digits and `-._~`: the unreserved characters (RFC 3986, section 2.3).
#[expect(clippy::needless_bitwise_bool, reason = "branches are not made into vector instructions")]
fn is_allowed(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_digit = byte.wrapping_sub(b'0') < 10;
    is_letter | is_digit | (byte == b'-') | (byte == b'.') | (byte == b'_') | (byte == b'~')
}

/// An id of the usual length. It shares one piece of memory with the count of its clones, where a copy of a slice would
/// take a second one for that.
struct Text {
    bytes: [u8; Self::MAX_BYTES],
    length: usize,
}

impl Text {
    /// The id of a trace has 32, a UUID 36.
    const MAX_BYTES: usize = 40;

    fn of(id: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::MAX_BYTES];
        bytes.get_mut(..id.len())?.copy_from_slice(id);
        Some(Self { bytes, length: id.len() })
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl<S: Sync> FromRequestParts<S> for RequestId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let info = RequestInfo::of(&parts.extensions);
        info.map(|info| info.id().clone()).ok_or_else(|| {
            Problem::internal("the request has no id: nothing in front of the routes has given it one")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_whatever_its_length() {
        for length in 1..=MAX_BYTES {
            let text: String = "aZ09-._~".chars().cycle().take(length).collect();
            let id = RequestId::parse(text.as_bytes()).unwrap();
            assert_eq!((id.as_str(), id.to_header_value()), (text.as_str(), text.parse().unwrap()));
            assert_eq!(id.clone(), id);
        }
    }

    #[test]
    fn nothing_but_letters_digits_and_four_marks_is_taken_over() {
        for byte in 0..=u8::MAX {
            let is_allowed = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            assert_eq!(RequestId::parse(&[b'a', byte]).is_some(), is_allowed, "{byte}");
        }
    }
}
