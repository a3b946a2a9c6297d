//! Ids as people read them.

/// Bytes as lower-case hexadecimal digits, two each; four bytes at a time, so there are as many as make words of four.
#[inline]
pub(crate) fn hex<const DIGITS: usize>(bytes: &[u8]) -> [u8; DIGITS] {
    debug_assert!(bytes.len() * 2 == DIGITS && DIGITS.is_multiple_of(8));
    let mut digits = [b'0'; DIGITS];
    for (digits, word) in digits.as_chunks_mut::<8>().0.iter_mut().zip(bytes.as_chunks().0) {
        *digits = of_word(u32::from_be_bytes(*word));
    }
    digits
}

/// The eight digits of a word, all at once: half a byte in every byte, and then what is missing to its digit.
fn of_word(word: u32) -> [u8; 8] {
    const EVERY: u64 = 0x0101_0101_0101_0101;
    let mut halves = u64::from(word);
    halves = (halves | halves << 16) & 0x0000_ffff_0000_ffff;
    halves = (halves | halves << 8) & 0x00ff_00ff_00ff_00ff;
    halves = (halves | halves << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    let is_letter = ((halves + 6 * EVERY) >> 4) & EVERY;
    let digits = halves + u64::from(b'0') * EVERY + u64::from(b'a' - b'9' - 1) * is_letter;
    digits.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_its_two_digits() {
        for byte in 0..=u8::MAX {
            let bytes = [byte, 0x09, 0xaf, !byte];
            let expected = format!("{byte:02x}09af{:02x}", !byte);
            assert_eq!(hex::<8>(&bytes), *expected.as_bytes(), "{byte}");
        }
        assert_eq!(hex(&0x0123_4567_89ab_cdef_u64.to_be_bytes()), *b"0123456789abcdef");
    }
}
