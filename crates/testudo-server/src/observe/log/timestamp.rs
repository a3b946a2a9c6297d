//! When a line was written (RFC 3339, UTC, microseconds).

use std::{
    cell::Cell,
    time::{Duration, SystemTime},
};

/// Bytes of `2023-11-14T22:13:20`.
const SECOND_BYTES: usize = 19;

thread_local! {
    /// The second this thread has written last, and what it is in words: a busy thread writes many lines a second.
    static LAST: Cell<(u64, [u8; SECOND_BYTES])> = const { Cell::new((0, *b"1970-01-01T00:00:00")) };
}

/// Writes a time; one after the year 9999 has no RFC 3339 form and is left out.
pub(super) fn push(out: &mut Vec<u8>, now: SystemTime) {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let Some(second) = second(since.as_secs()) else { return };
    let micros = since.subsec_micros();
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    text[..SECOND_BYTES].copy_from_slice(&second);
    for (digit, unit) in text[SECOND_BYTES + 1..].iter_mut().zip([100_000, 10_000, 1_000, 100, 10, 1]) {
        *digit = b'0' + (micros / unit % 10) as u8;
    }
    out.extend_from_slice(&text);
}

fn second(seconds: u64) -> Option<[u8; SECOND_BYTES]> {
    // An error says that the thread is about to end: nothing is remembered any more.
    let last = LAST.try_with(Cell::get).ok();
    if let Some((_, text)) = last.filter(|(last, _)| *last == seconds) {
        return Some(text);
    }
    let text = in_words(seconds)?;
    let _ = LAST.try_with(|last| last.set((seconds, text)));
    Some(text)
}

fn in_words(seconds: u64) -> Option<[u8; SECOND_BYTES]> {
    /// The first second of the year 10000.
    const END: u64 = 253_402_300_800;
    if seconds >= END {
        return None;
    }
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    humantime::format_rfc3339_seconds(time).to_string().as_bytes().first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_the_microsecond_whatever_was_written_before() {
        let at = |seconds, micros: u32| SystemTime::UNIX_EPOCH + Duration::new(seconds, micros * 1_000 + 999);
        for (time, expected) in [
            (at(0, 0), "1970-01-01T00:00:00.000000Z"),
            (at(1_700_000_000, 42), "2023-11-14T22:13:20.000042Z"),
            (at(1_700_000_000, 999_999), "2023-11-14T22:13:20.999999Z"),
            (at(1_700_000_001, 123_456), "2023-11-14T22:13:21.123456Z"),
            (at(1_709_210_096, 100_000), "2024-02-29T12:34:56.100000Z"),
            (at(1_700_000_000, 7), "2023-11-14T22:13:20.000007Z"),
            (SystemTime::UNIX_EPOCH - Duration::from_secs(1), "1970-01-01T00:00:00.000000Z"),
            (at(253_402_300_799, 0), "9999-12-31T23:59:59.000000Z"),
            (at(253_402_300_800, 0), ""),
        ] {
            let mut out = Vec::new();
            push(&mut out, time);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{time:?}");
        }
    }
}
