//! Secrets that somebody could guess.

/// Shorter tokens are refused: 32 hexadecimal digits are 128 bits.
const MIN_LENGTH: usize = 32;

/// A random token of 32 hexadecimal digits has fewer different ones once in 20,000,000.
const MIN_DIFFERENT: usize = 8;

/// Why a token can be guessed, if it can. The words do not hold the token.
pub(super) fn weakness(token: &str) -> Option<&'static str> {
    let letters: Vec<char> = token.chars().collect();
    if letters.len() < MIN_LENGTH {
        return Some("it has fewer than 32 characters");
    }
    let mut different = letters.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() < MIN_DIFFERENT {
        return Some("it has fewer than 8 different characters");
    }
    if is_repeated(&letters) {
        return Some("it repeats itself");
    }
    if is_sequence(&letters) {
        return Some("it follows the alphabet or counts");
    }
    None
}

/// One block over and over, the last time perhaps cut off.
fn is_repeated(letters: &[char]) -> bool {
    (1..=letters.len() / 2)
        .any(|length| letters.iter().skip(length).eq(letters.iter().take(letters.len() - length)))
}

/// Half of its steps or more go to the same or to a neighbouring character.
fn is_sequence(letters: &[char]) -> bool {
    let near = |pair: &&[char]| u32::from(pair[0]).abs_diff(u32::from(pair[1])) <= 1;
    let near = letters.windows(2).filter(near).count();
    near * 2 >= letters.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_varied_and_no_pattern() {
        for (token, expected) in [
            ("9f2c81d04be7a3566e10fb7d2c94a8b5", None),
            ("kJ3vQ8zT1xW6nB4mR7cY2pL9sD5hF0gA", None),
            ("9f2c81d04be7a3566e10fb7d2c94a8b", Some("it has fewer than 32 characters")),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Some("it has fewer than 8 different characters")),
            ("changeme-changeme-changeme-changeme", Some("it repeats itself")),
            ("password1password1password1password1", Some("it repeats itself")),
            ("abcdefghijklmnopqrstuvwxyz0123456789", Some("it follows the alphabet or counts")),
            ("zyxwvutsrqponmlkjihgfedcba9876543210", Some("it follows the alphabet or counts")),
        ] {
            assert_eq!(weakness(token), expected, "{token}");
        }
    }
}
