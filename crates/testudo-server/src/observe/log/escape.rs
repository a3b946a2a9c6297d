//! What is not ours stays inside its line: escaped, and of bounded length.

use std::fmt;

use crate::hex::hex;

/// Longest value that is written in full, in bytes.
pub(crate) const VALUE_MAX_BYTES: usize = 8 * 1_024;

/// Stands where a value was cut off.
pub(crate) const CUT: &str = "...[truncated]";

/// Writes text into a line: what could end the line, move the cursor or hide other text is escaped, as JSON writes it
/// (RFC 8259, section 7), and what is longer than the limit is cut off.
pub(super) struct Escaped<'a> {
    out: &'a mut Vec<u8>,
    left: usize,
    quoted: bool,
    is_cut: bool,
}

impl<'a> Escaped<'a> {
    /// Text between quotes: these and backslashes are escaped, too.
    pub(super) fn quoted(out: &'a mut Vec<u8>, max_bytes: usize) -> Self {
        Self { out, left: max_bytes, quoted: true, is_cut: false }
    }

    /// Text that stands for itself.
    pub(super) fn bare(out: &'a mut Vec<u8>, max_bytes: usize) -> Self {
        Self { out, left: max_bytes, quoted: false, is_cut: false }
    }

    /// Writes bytes that may not be UTF-8; what is not becomes U+FFFD.
    pub(super) fn write_bytes(&mut self, bytes: &[u8]) -> fmt::Result {
        if self.write_plain(bytes) {
            return Ok(());
        }
        for chunk in bytes.utf8_chunks() {
            self.write(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                self.write("\u{fffd}")?;
            }
        }
        Ok(())
    }

    /// Writes what fits and has nothing to escape, and does nothing else.
    fn write_plain(&mut self, bytes: &[u8]) -> bool {
        let is_plain = !self.is_cut && bytes.len() <= self.left && is_plain(bytes);
        if is_plain {
            self.left -= bytes.len();
            self.out.extend_from_slice(bytes);
        }
        is_plain
    }

    /// Writes text. An error says that the rest does not matter any more.
    pub(super) fn write(&mut self, text: &str) -> fmt::Result {
        if self.is_cut {
            return Err(fmt::Error);
        }
        if self.write_plain(text.as_bytes()) {
            return Ok(());
        }
        if text.len() <= self.left {
            self.left -= text.len();
            escape(self.out, text, self.quoted);
            return Ok(());
        }
        escape(self.out, &text[..text.floor_char_boundary(self.left)], self.quoted);
        self.out.extend_from_slice(CUT.as_bytes());
        self.is_cut = true;
        Err(fmt::Error)
    }
}

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write(text)
    }
}

/// Bytes that may begin something to escape: the control characters, quotes, backslashes, and what leads U+0080 to
/// U+00BF and U+2000 to U+2FFF in UTF-8.
const SUSPECT: [bool; 256] = {
    let mut suspect = [false; 256];
    let mut control = 0;
    while control < 0x20 {
        suspect[control] = true;
        control += 1;
    }
    suspect[b'"' as usize] = true;
    suspect[b'\\' as usize] = true;
    suspect[0x7f] = true;
    suspect[0xc2] = true;
    suspect[0xe2] = true;
    suspect
};

/// Bytes that are looked at in one step: of a fixed number, the compiler takes one vector instruction each.
const STEP: usize = 16;

/// Whether there is nothing to escape, as in nearly every value.
fn is_plain(bytes: &[u8]) -> bool {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
    let are_plain = |step: &[u8; STEP]| step.iter().fold(true, |plain, byte| plain & is_plain(*byte));
    let (steps, rest) = bytes.as_chunks::<STEP>();
    let mut last = [b' '; STEP];
    last[..rest.len()].copy_from_slice(rest);
    steps.iter().all(are_plain) && are_plain(&last)
}

fn escape(out: &mut Vec<u8>, text: &str, quoted: bool) {
    let mut rest = text;
    // A suspect byte is ASCII or leads a character: both are boundaries.
    while let Some(at) = rest.bytes().position(|byte| SUSPECT[usize::from(byte)]) {
        let (plain, suspect) = rest.split_at(at);
        out.extend_from_slice(plain.as_bytes());
        let Some(first) = suspect.chars().next() else { return };
        escape_char(out, first, quoted);
        rest = &suspect[first.len_utf8()..];
    }
    out.extend_from_slice(rest.as_bytes());
}

fn escape_char(out: &mut Vec<u8>, c: char, quoted: bool) {
    match c {
        '"' | '\\' if quoted => out.extend_from_slice(&[b'\\', c as u8]),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        _ if is_unsafe(c) => {
            out.extend_from_slice(b"\\u");
            // All of them are in the basic plane.
            out.extend_from_slice(&hex::<8>(&u32::from(c).to_be_bytes())[4..]);
        }
        _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// Control characters (C0, DEL, C1), line separators, and what changes the direction of text (Unicode Technical
/// Report 36, section 2.10).
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(bytes: &[u8], max_bytes: usize) -> String {
        let mut out = vec![b'"'];
        let _ = Escaped::quoted(&mut out, max_bytes).write_bytes(bytes);
        out.push(b'"');
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn whatever_a_value_holds_it_stays_inside_its_line_and_can_be_read_back() {
        for (name, value, written) in [
            ("plain", "hello, wörld 世界", r#""hello, wörld 世界""#),
            ("empty", "", r#""""#),
            ("line feed", "a\nb", r#""a\nb""#),
            ("CR LF", "a\r\nlevel=ERROR", r#""a\r\nlevel=ERROR""#),
            ("quotes", r#"","level":"ERROR"#, r#""\",\"level\":\"ERROR""#),
            ("backslash", r"a\", r#""a\\""#),
            ("NUL", "a\0b", r#""a\u0000b""#),
            ("ANSI escape", "\u{1b}[31mred\u{1b}[0m", r#""\u001b[31mred\u001b[0m""#),
            ("C1 escape", "\u{9b}31m", r#""\u009b31m""#),
            ("DEL", "\u{7f}", r#""\u007f""#),
            ("next line", "a\u{85}b", r#""a\u0085b""#),
            ("line separator", "a\u{2028}b\u{2029}c", r#""a\u2028b\u2029c""#),
            ("right to left", "a\u{202e}b\u{2066}c", r#""a\u202eb\u2066c""#),
            ("neighbours of these", "é ¿ – “ ‰", r#""é ¿ – “ ‰""#),
        ] {
            let got = quoted(value.as_bytes(), 100);
            assert_eq!(got, written, "{name}");
            assert_eq!(serde_json::from_str::<String>(&got).unwrap(), value, "{name}");
        }
    }

    #[test]
    fn what_has_to_be_escaped_is_found_wherever_it_is() {
        for len in 1..70 {
            for at in 0..len {
                for suspect in [b'"', b'\\', 0, 0x1f, 0x7f, 0x80, 0xff] {
                    let mut bytes = vec![b'~'; len];
                    assert!(is_plain(&bytes), "{len}");
                    bytes[at] = suspect;
                    assert!(!is_plain(&bytes), "{suspect} at {at} of {len}");
                }
            }
        }
        assert!(is_plain(b""));
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(quoted(b"a\xff\xfeb\xe2\x80", 100), "\"a\u{fffd}\u{fffd}b\u{fffd}\"");
    }

    #[test]
    fn a_long_value_is_cut_between_characters_and_marked() {
        assert_eq!(quoted("abcdef".as_bytes(), 6), r#""abcdef""#);
        assert_eq!(quoted("abcdef".as_bytes(), 5), r#""abcde...[truncated]""#);
        assert_eq!(quoted("ééé".as_bytes(), 3), r#""é...[truncated]""#);
    }

    #[test]
    fn nothing_follows_the_mark() {
        let mut out = Vec::new();
        let mut escaped = Escaped::bare(&mut out, 3);
        assert!(escaped.write("ab").is_ok());
        assert!(escaped.write("cd").is_err());
        assert!(escaped.write("e").is_err());
        assert_eq!(out, b"abc...[truncated]");
    }
}
