//! What the scanner says, and whether it is good enough.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What the scanner says of one service.
#[derive(Debug, Deserialize)]
pub(super) struct Verdict {
    pub(super) scan: Scan,
    tests: BTreeMap<String, Test>,
}

/// All tests together.
#[derive(Debug, Deserialize)]
pub(super) struct Scan {
    grade: String,
    score: i32,
    #[serde(rename = "statusCode")]
    pub(super) status: u16,
}

/// One of its tests.
#[derive(Debug, Deserialize)]
struct Test {
    pass: bool,
    result: String,
    /// What it adds to 100, or takes from it.
    #[serde(rename = "scoreModifier")]
    score: i32,
}

/// The least that is good enough.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bar {
    pub(super) grade: &'static str,
    pub(super) score: i32,
}

impl Verdict {
    pub(super) fn parse(json: &str) -> Result<Self> {
        let verdict: Self =
            serde_json::from_str(json).with_context(|| format!("the scanner says {json:?}"))?;
        ensure!(!verdict.tests.is_empty(), "the scanner has tested nothing");
        Ok(verdict)
    }

    /// A test that fails is below every bar, whatever others add.
    pub(super) fn reaches(&self, bar: Bar) -> bool {
        let passes = self.tests.values().all(|test| test.pass);
        passes && self.scan.grade == bar.grade && self.scan.score >= bar.score
    }

    /// A row for each test.
    pub(super) fn rows(&self, preset: &str) -> Vec<Vec<String>> {
        let row = |(name, test): (&String, &Test)| {
            let passed = if test.pass { "passed" } else { "FAILED" };
            let score = format!("{:+}", test.score);
            vec![preset.to_owned(), name.clone(), test.result.clone(), score, passed.to_owned()]
        };
        self.tests.iter().map(row).collect()
    }

    /// The row that holds the sum against the bar.
    pub(super) fn against(&self, preset: &str, bar: Bar) -> Vec<String> {
        let verdict = if self.reaches(bar) { "holds" } else { "MISSED" };
        let Scan { grade, score, .. } = &self.scan;
        let bar = format!("{}, >= {}", bar.grade, bar.score);
        vec![preset.to_owned(), grade.clone(), score.to_string(), bar, verdict.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(grade: &str, score: i32, pass: bool) -> Verdict {
        let test =
            format!(r#"{{"pass":{pass},"result":"hsts-invalid-cert","scoreModifier":-20,"data":null}}"#);
        let scan = format!(r#"{{"grade":"{grade}","score":{score},"statusCode":200,"testsFailed":0}}"#);
        let json = format!(r#"{{"scan":{scan},"tests":{{"strict-transport-security":{test}}}}}"#);
        Verdict::parse(&json).unwrap()
    }

    #[test]
    fn a_bar_is_reached_by_grade_and_score_and_with_every_test() {
        let bar = Bar { grade: "A+", score: 120 };
        for (name, grade, score, pass, expected) in [
            ("the bar itself", "A+", 120, true, true),
            ("above", "A+", 130, true, true),
            ("below", "A+", 119, true, false),
            ("another grade", "A", 125, true, false),
            ("a test fails, and others make up for it", "A+", 125, false, false),
        ] {
            assert_eq!(verdict(grade, score, pass).reaches(bar), expected, "{name}");
        }
    }

    #[test]
    fn a_test_is_a_row_with_its_score() {
        let expected = ["api", "strict-transport-security", "hsts-invalid-cert", "-20", "FAILED"];
        assert_eq!(verdict("B", 80, false).rows("api"), [expected]);
    }

    #[test]
    fn what_is_no_verdict_is_an_error() {
        let nothing = r#"{"scan":{"grade":"A+","score":130,"statusCode":200},"tests":{}}"#;
        for said in ["", "{}", r#"{"error":"The site seems to be down."}"#, nothing] {
            assert!(Verdict::parse(said).is_err(), "{said}");
        }
    }
}
