//! Which trace a request belongs to (W3C Trace Context, levels 1 and 2).

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::has;
use crate::hex::hex;

/// W3C Trace Context, section 3.2.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// W3C Trace Context, section 3.3.
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
/// Length of a `traceparent` of version 00: `00-` 32 digits `-` 16 digits `-` 2 digits (section 3.2.2.2).
const TRACEPARENT_LEN: usize = 55;
/// What everybody has to pass on at least (section 3.3.1.5). Here also the most; longer ones are dropped.
const TRACESTATE_MAX_BYTES: usize = 512;
/// Most members of a `tracestate` (section 3.3.1.1).
const TRACESTATE_MAX_MEMBERS: usize = 32;
/// Bit of the trace flags: the caller may have recorded this trace (section 3.2.2.5.1).
const SAMPLED: u8 = 0b01;
/// Bit of the trace flags: the right-most seven bytes of the trace id are random (level 2, section 3.2.2.5.2).
const RANDOM: u8 = 0b10;

/// Which trace a request belongs to, and the id of the service's own span in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceContext {
    /// The id of the trace. Never all zero.
    pub(crate) trace_id: [u8; 16],
    /// The span of the caller, if the caller has told.
    pub(crate) parent: Option<[u8; 8]>,
    /// The span of this request. Never all zero.
    pub(crate) span_id: [u8; 8],
    /// Whether spans of this trace are recorded.
    pub(crate) sampled: bool,
    /// Whether the trace id is random, so that others may sample by it.
    pub(crate) random: bool,
    /// What other vendors want passed on.
    pub(crate) tracestate: Option<HeaderValue>,
}

impl TraceContext {
    /// Continues the trace of a valid `traceparent`, or begins a new one, which is sampled.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if !has(headers, &TRACEPARENT) {
            return Self::begin();
        }
        let mut fields = headers.get_all(TRACEPARENT).iter();
        let parent = fields.next().filter(|_| fields.next().is_none());
        match parent.and_then(|field| Parent::parse(field.as_bytes())) {
            Some(parent) => Self {
                trace_id: parent.trace_id,
                parent: Some(parent.span_id),
                span_id: random_id(),
                sampled: parent.flags & SAMPLED != 0,
                random: parent.flags & RANDOM != 0,
                tracestate: tracestate(headers),
            },
            None => Self::begin(),
        }
    }

    /// A new trace, which is sampled.
    pub(crate) fn begin() -> Self {
        Self {
            trace_id: random_id(),
            parent: None,
            span_id: random_id(),
            sampled: true,
            random: true,
            tracestate: None,
        }
    }

    /// The id of the trace as a number.
    pub(crate) fn trace_number(&self) -> u128 {
        u128::from_be_bytes(self.trace_id)
    }

    /// The id of the request's span as a number.
    pub(crate) fn span_number(&self) -> u64 {
        u64::from_be_bytes(self.span_id)
    }

    /// The id of the trace as 32 hexadecimal digits; nothing is allocated.
    pub(crate) fn trace_id_hex(&self) -> Hex<32> {
        Hex::of(&self.trace_id)
    }
}

/// Hexadecimal digits, lower case, on the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hex<const DIGITS: usize>([u8; DIGITS]);

impl<const DIGITS: usize> Hex<DIGITS> {
    fn of(bytes: &[u8]) -> Self {
        Self(hex(bytes))
    }

    /// The digits as ASCII.
    pub(crate) fn as_bytes(&self) -> &[u8; DIGITS] {
        &self.0
    }

    /// The digits as text.
    pub(crate) fn as_str(&self) -> &str {
        // Only ASCII digits are ever written.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const DIGITS: usize> fmt::Display for Hex<DIGITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a `traceparent` says.
struct Parent {
    trace_id: [u8; 16],
    span_id: [u8; 8],
    flags: u8,
}

impl Parent {
    /// Takes versions to come by the fields of version 00 (section 3.2.4), but not the invalid version ff.
    fn parse(field: &[u8]) -> Option<Self> {
        let (known, rest) = field.split_at_checked(TRACEPARENT_LEN)?;
        let [version] = bytes_of(&known[..2])?;
        let is_well_formed = match version {
            0 => rest.is_empty(),
            0xff => false,
            _ => rest.is_empty() || rest[0] == b'-',
        };
        let dashed = [2, 35, 52].iter().all(|at| known[*at] == b'-');
        let trace_id = bytes_of(&known[3..35]).filter(|id| *id != [0; 16])?;
        let span_id = bytes_of(&known[36..52]).filter(|id| *id != [0; 8])?;
        let [flags] = bytes_of(&known[53..55])?;
        (is_well_formed && dashed).then_some(Self { trace_id, span_id, flags })
    }
}

/// The bytes that hexadecimal digits stand for; upper-case ones are not valid (section 3.2.2).
fn bytes_of<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    fn value(digit: u8) -> Option<u8> {
        match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        }
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

/// Several fields are one list (section 3.3.1). What is too long or malformed is dropped as a whole.
fn tracestate(headers: &HeaderMap) -> Option<HeaderValue> {
    let fields = || headers.get_all(TRACESTATE).iter().filter(|field| !field.is_empty());
    let len = fields().map(|field| field.len() + 1).sum::<usize>().checked_sub(1)?;
    let members = || fields().flat_map(|field| field.as_bytes().split(|byte| *byte == b','));
    let is_well_formed = len <= TRACESTATE_MAX_BYTES
        && members().count() <= TRACESTATE_MAX_MEMBERS
        && members().all(|member| is_blank(member) || is_member(member));
    if !is_well_formed {
        return None;
    }
    let mut rest = fields();
    match (rest.next(), rest.next()) {
        (Some(only), None) => Some(only.clone()),
        _ => HeaderValue::try_from(fields().map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b',')).ok(),
    }
}

fn is_blank(member: &[u8]) -> bool {
    member.iter().all(|byte| b" \t".contains(byte))
}

/// `key=value` of printable ASCII (section 3.3.1.3); whose key it is does not matter here.
fn is_member(member: &[u8]) -> bool {
    let mut parts = member.trim_ascii().splitn(2, |byte| *byte == b'=');
    let (key, value) = (parts.next().unwrap_or_default(), parts.next());
    !key.is_empty()
        && key.iter().all(u8::is_ascii_graphic)
        && value.is_some_and(|value| value.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'='))
}

/// Random bytes that are not all zero, from a generator that never waits. Ids are names and no secrets.
fn random_id<const N: usize>() -> [u8; N] {
    let mut id = [0; N];
    while id == [0; N] {
        fastrand::fill(&mut id);
    }
    id
}

#[cfg(test)]
mod tests;
