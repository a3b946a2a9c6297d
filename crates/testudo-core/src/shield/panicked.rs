//! A panic that was caught, as a cause.

use std::{any::Any, error::Error, fmt};

use super::Fail;

/// What a panic said.
#[derive(Debug)]
pub(crate) struct Panicked(String);

impl Panicked {
    /// `panic` is what `catch_unwind` gives.
    pub(crate) fn new(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self(text.unwrap_or("no message").to_owned())
    }

    /// Whether this is why a request could not be served.
    pub(crate) fn is_cause(cause: &(dyn Error + Send + Sync + 'static)) -> bool {
        cause.is::<Self>() || cause.downcast_ref::<Fail>().is_some_and(Fail::is_panic)
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked: {}", self.0)
    }
}

impl Error for Panicked {}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;
    use crate::problem::Problem;

    #[test]
    fn a_panic_is_told_from_other_causes_also_inside_a_shield() {
        let panicked = || Panicked::new(&"a bad mood");
        for (name, problem, expected) in [
            ("of a handler", Problem::internal(panicked()), true),
            ("of a shield", Fail::bug(panicked()).to_problem(), true),
            ("an error", Problem::internal("panicked: not really"), false),
            ("a shield's error", Fail::bug("panicked: not really").to_problem(), false),
        ] {
            assert_eq!(Panicked::is_cause(problem.cause().unwrap()), expected, "{name}");
        }
    }

    #[test]
    fn whatever_a_panic_carries_is_text() {
        for (panic, expected) in [
            (catch_unwind(|| panic!("static")), "panicked: static"),
            (catch_unwind(|| panic!("{}", "made")), "panicked: made"),
            (catch_unwind(|| std::panic::panic_any(7)), "panicked: no message"),
        ] {
            assert_eq!(Panicked::new(&*panic.unwrap_err()).to_string(), expected);
        }
    }
}
