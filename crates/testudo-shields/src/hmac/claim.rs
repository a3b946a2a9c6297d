//! What a request claims about its content, before anything is proven.

use http::{HeaderMap, HeaderName};
use testudo_core::Block;

use super::scheme::{Encoding, Layout, MAC_BYTES, Scheme};

/// Most signatures in one field. Senders rotate one secret at a time.
const SIGNATURES_MAX: usize = 8;

/// Digits of a time in seconds: enough until the year 33658.
const TIME_MAX_DIGITS: usize = 12;

/// Signatures, and what is signed before the content.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) signatures: Vec<[u8; MAC_BYTES]>,
    pub(super) seconds: Option<u64>,
    /// As it was sent: a time written in another way is signed in that way.
    pub(super) before_content: String,
}

impl Claim {
    /// Reads what the header fields say.
    pub(super) fn of(headers: &HeaderMap, scheme: &Scheme) -> Result<Self, Block> {
        let name = &scheme.header;
        let Some(text) = single(headers, name)? else {
            return Err(Block::missing().detail(format!("the header `{name}` is missing")));
        };
        let (signatures, time, [before, between]) = match &scheme.layout {
            Layout::Single { prefix, encoding, time } => {
                let signature = text.strip_prefix(&**prefix).and_then(|text| encoding.decode(text));
                let signatures = vec![signature.ok_or_else(|| no_signature(name))?];
                let Some(time) = time else {
                    return Ok(Self { signatures, seconds: None, before_content: String::new() });
                };
                // Half a credential is not a missing one.
                let sent = single(headers, &time.header)?
                    .ok_or_else(|| Block::unauthorized(format!("the header `{}` is missing", time.header)))?;
                (signatures, sent, [time.before, time.between])
            }
            Layout::Listed => {
                let (time, signatures) = listed(text).ok_or_else(|| no_signature(name))?;
                (signatures, time, ["", "."])
            }
        };
        let seconds = seconds(time).ok_or_else(|| no_signature(name))?;
        Ok(Self { signatures, seconds: Some(seconds), before_content: format!("{before}{time}{between}") })
    }
}

fn no_signature(name: &HeaderName) -> Block {
    Block::unauthorized(format!("the header `{name}` does not hold a signature as it is expected here"))
}

/// The field of this name. Two would leave open which of them is meant.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Block> {
    let mut fields = headers.get_all(name).iter();
    let Some(field) = fields.next() else { return Ok(None) };
    if fields.next().is_some() {
        return Err(Block::unauthorized(format!("the header `{name}` is there more than once")));
    }
    field.to_str().map(Some).map_err(|_| no_signature(name))
}

/// Time and signatures of `t=..,v1=..,v1=..`. Other schemes are for other verifiers and are passed over.
fn listed(text: &str) -> Option<(&str, Vec<[u8; MAC_BYTES]>)> {
    let mut time = None;
    let mut signatures = Vec::new();
    for item in text.split(',') {
        match item.split_once('=')? {
            ("t", _) if time.is_some() => return None,
            ("t", value) => time = Some(value),
            ("v1", _) if signatures.len() == SIGNATURES_MAX => return None,
            ("v1", value) => signatures.push(Encoding::Hex.decode(value)?),
            _ => {}
        }
    }
    (!signatures.is_empty()).then_some((time?, signatures))
}

/// Digits and nothing else: a sign would be a second way to write the same time.
fn seconds(text: &str) -> Option<u64> {
    let is_time =
        (1..=TIME_MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_time.then(|| text.parse().ok())?
}
