//! The token that a request carries (RFC 6750, section 2.1).

use http::{HeaderMap, header::AUTHORIZATION};

use super::refusal::Refusal;

/// Longest token that is looked at, in bytes. Servers and proxies seldom take header fields above 8 KiB.
const TOKEN_MAX_BYTES: usize = 8 * 1_024;

/// The token in `Authorization`; `None` where there is none, or a credential of another scheme.
///
/// Tokens in the content or in the query (RFC 6750, sections 2.2 and 2.3) are not looked for: those end in logs.
pub(super) fn token_of(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut fields = headers.get_all(AUTHORIZATION).iter();
    let Some(field) = fields.next() else { return Ok(None) };
    if fields.next().is_some() {
        // Whoever reads the other field takes the request for somebody else's.
        return Err(Refusal::SeveralCredentials);
    }
    let field = field.as_bytes();
    let end = field.iter().position(|byte| *byte == b' ').unwrap_or(field.len());
    let (scheme, rest) = field.split_at(end);
    // RFC 9110, section 11.1: schemes have no case.
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Ok(None);
    }
    let token = rest.trim_ascii();
    if token.len() > TOKEN_MAX_BYTES {
        return Err(Refusal::TooLong);
    }
    match std::str::from_utf8(token) {
        Ok(token) if token.is_ascii() => Ok(Some(token)),
        _ => Err(Refusal::NotAToken),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn where_a_token_is() {
        let long = format!("Bearer {}", "a".repeat(TOKEN_MAX_BYTES + 1));
        let longest = format!("Bearer {}", "a".repeat(TOKEN_MAX_BYTES));
        for (name, fields, expected) in [
            ("no field", &[][..], Ok(None)),
            ("a token", &["Bearer abc"], Ok(Some("abc"))),
            ("a scheme in another case", &["bEARER abc"], Ok(Some("abc"))),
            ("two spaces", &["Bearer  abc"], Ok(Some("abc"))),
            ("another scheme", &["Basic abc"], Ok(None)),
            ("a scheme that begins like it", &["Bearers abc"], Ok(None)),
            ("a tab instead of a space", &["Bearer\tabc"], Ok(None)),
            ("no scheme", &["abc"], Ok(None)),
            ("an empty field", &[""], Ok(None)),
            ("no token", &["Bearer"], Ok(Some(""))),
            ("two fields", &["Bearer abc", "Bearer abc"], Err(Refusal::SeveralCredentials)),
            ("two schemes", &["Basic abc", "Bearer abc"], Err(Refusal::SeveralCredentials)),
            ("the longest", &[&longest], Ok(Some(&longest[7..]))),
            ("too long", &[&long], Err(Refusal::TooLong)),
        ] {
            let mut headers = HeaderMap::new();
            for field in fields {
                headers.append(AUTHORIZATION, HeaderValue::from_str(field).unwrap());
            }
            assert_eq!(token_of(&headers), expected, "{name}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_no_token() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_bytes(b"Bearer a\xff").unwrap());
        assert_eq!(token_of(&headers), Err(Refusal::NotAToken));
    }
}
