//! Figures, and whether they are within their bounds.

use crate::table;

/// What a figure has to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bound {
    /// It is shown, and nothing more.
    Any,
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
    /// This and nothing else.
    Exactly(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Any => true,
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Exactly(exact) => (value - exact).abs() < 1e-9,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Any => String::new(),
            Self::AtMost(most) => format!("<= {}", number(most)),
            Self::AtLeast(least) => format!(">= {}", number(least)),
            Self::Exactly(exact) => number(exact),
        }
    }
}

/// The figures of one exercise.
#[derive(Debug, Default)]
pub(super) struct Figures {
    rows: Vec<Vec<String>>,
    missed: bool,
}

impl Figures {
    /// Notes a figure with its unit.
    pub(super) fn note(&mut self, words: impl Into<String>, value: f64, unit: &str, bound: Bound) {
        let holds = bound.holds(value);
        self.missed |= !holds;
        let verdict = match bound {
            Bound::Any => "",
            _ if holds => "holds",
            _ => "MISSED",
        };
        self.rows.push(vec![words.into(), number(value), unit.to_owned(), bound.text(), verdict.to_owned()]);
    }

    /// Notes whether something is so.
    pub(super) fn claim(&mut self, words: impl Into<String>, holds: bool) {
        self.missed |= !holds;
        let (said, verdict) = if holds { ("yes", "holds") } else { ("no", "MISSED") };
        let row = [words.into(), said.to_owned(), String::new(), "yes".to_owned(), verdict.to_owned()];
        self.rows.push(row.into());
    }

    /// Prints them, and says whether all bounds hold.
    pub(super) fn print(&self) -> bool {
        table::print(&["figure", ">value", "unit", ">bound", ""], &self.rows);
        println!();
        !self.missed
    }
}

/// As many decimals as a reader wants.
fn number(value: f64) -> String {
    if value.fract().abs() < 1e-9 || value.abs() >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

/// A count, as a figure.
#[expect(clippy::cast_precision_loss, reason = "counts are far below the precision of a figure")]
pub(super) fn count(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_includes_its_end_and_nothing_is_within_no_number() {
        for (name, bound, value, expected) in [
            ("at most", Bound::AtMost(2.0), 2.0, true),
            ("above", Bound::AtMost(2.0), 2.1, false),
            ("at least", Bound::AtLeast(2.0), 2.0, true),
            ("below", Bound::AtLeast(2.0), 1.9, false),
            ("exactly", Bound::Exactly(0.0), 0.0, true),
            ("not exactly", Bound::Exactly(0.0), 1.0, false),
            ("nothing was measured", Bound::AtMost(2.0), f64::NAN, false),
            ("shown", Bound::Any, f64::NAN, true),
        ] {
            assert_eq!(bound.holds(value), expected, "{name}");
        }
    }

    #[test]
    fn one_missed_bound_is_remembered() {
        let mut figures = Figures::default();
        figures.note("failed", 1.0, "", Bound::Exactly(0.0));
        figures.claim("the rest", true);
        assert!(!figures.print());
    }
}
