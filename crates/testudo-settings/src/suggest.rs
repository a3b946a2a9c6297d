//! Did you mean.

/// The candidate that `word` is most likely a misspelling of.
pub(crate) fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let distances = candidates.into_iter().map(|candidate| {
        (strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()), candidate)
    });
    // A third of the letters wrong is a misspelling; more is another word.
    let (distance, candidate) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= (candidate.len() / 3).max(1)).then_some(candidate)
}

/// `; did you mean CANDIDATE?`, or nothing.
pub(crate) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    closest(word, candidates).map(|candidate| format!("; did you mean `{candidate}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_is_recognised_and_another_word_is_not() {
        for (word, expected) in [
            ("serv", Some("serve")),
            ("SERVE", Some("serve")),
            ("rotues", Some("routes")),
            ("migrations", None),
            ("", None),
        ] {
            assert_eq!(closest(word, ["serve", "routes", "migrate"]), expected, "{word}");
        }
    }
}
