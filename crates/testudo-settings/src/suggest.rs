//! Did you mean.

/// Fewer letters are the beginning of too much.
const SHORTEST: usize = 3;

/// The candidate that `word` is most likely a misspelling of, or else the one that it abbreviates.
pub(crate) fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word = word.to_lowercase();
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let distances = candidates
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), *candidate));
    // A third of the letters wrong is a misspelling; more is another word.
    let (distance, candidate) = distances.min_by_key(|(distance, _)| *distance)?;
    if distance <= (candidate.len() / 3).max(1) {
        return Some(candidate);
    }
    let mut longer = candidates.iter().filter(|candidate| candidate.to_lowercase().starts_with(&word));
    match (longer.next(), longer.next()) {
        (Some(only), None) if word.len() >= SHORTEST => Some(only),
        _ => None,
    }
}

/// `; did you mean CANDIDATE?`, or nothing.
pub(crate) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    closest(word, candidates).map(|candidate| format!("; did you mean `{candidate}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_and_the_beginning_of_one_word_are_recognised_and_another_word_is_not() {
        for (word, expected) in [
            ("serv", Some("serve")),
            ("SERVE", Some("serve")),
            ("rotues", Some("routes")),
            ("migrations", None),
            ("MIG", Some("migrate")),
            ("mi", None),
            ("ret", None),
            ("", None),
        ] {
            let candidates = ["serve", "routes", "migrate", "return", "retain"];
            assert_eq!(closest(word, candidates), expected, "{word}");
        }
    }
}
