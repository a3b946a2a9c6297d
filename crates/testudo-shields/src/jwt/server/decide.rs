//! What to do for a token, from what is known of the key server: a decision without clock, lock or network.

use std::time::Duration;

/// How long nothing is asked after a failure, and how long after it was asked for an unknown key.
pub(super) const COOL_DOWN: Duration = Duration::from_secs(10);

/// How long a key that the key server did not have counts as unknown.
pub(super) const UNKNOWN_FOR: Duration = Duration::from_mins(1);

/// What is known at this moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// How old the keys are; `None` before there are any.
    pub(super) age: Option<Duration>,
    /// Whether the last request failed, and how long ago.
    pub(super) failed: Option<Duration>,
    /// How long ago it was asked for the sake of an unknown key.
    pub(super) asked: Option<Duration>,
    /// Whether a request is under way.
    pub(super) is_flying: bool,
}

/// What looking for the key of a token has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// There is a key for it.
    Found,
    /// There can be none: asking would not help.
    Impossible,
    /// It names a key that is not there.
    Unknown {
        /// The key server did not have it a while ago.
        is_absent: bool,
    },
}

/// How far this request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waited {
    No,
    /// For a request that had begun before: what it brought may be from before the key was there.
    ForAnother,
    /// For a request that began for its sake.
    ForItsOwn,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Use the keys that are there.
    Use,
    /// Use them, and fetch new ones meanwhile.
    UseAndRefresh,
    /// Wait for the request that is under way, or begin one.
    Wait,
    /// Begin one for the sake of an unknown key, and wait.
    Ask,
    /// There is no such key: refuse.
    Refuse,
    /// Nobody knows: fail.
    Unavailable,
}

/// Decides. `refresh` is the age at which keys are fetched again, `keep` the one at which they are not used any more.
pub(super) fn decide(
    known: Known,
    lookup: Lookup,
    waited: Waited,
    refresh: Duration,
    keep: Duration,
) -> Step {
    let may_ask = known.failed.is_none_or(|since| since >= COOL_DOWN);
    let Some(age) = known.age.filter(|age| *age < keep) else {
        let give_up = waited == Waited::ForItsOwn || !may_ask;
        return if give_up { Step::Unavailable } else { Step::Wait };
    };
    match lookup {
        Lookup::Found if age < refresh => Step::Use,
        // While the key server is down, nobody waits for it whose key is there.
        Lookup::Found if known.failed.is_some() => {
            if may_ask {
                Step::UseAndRefresh
            } else {
                Step::Use
            }
        }
        Lookup::Found if age < refresh * 2 => Step::UseAndRefresh,
        // Nobody has asked for a long time: what is there may have been withdrawn.
        Lookup::Found => {
            if waited == Waited::No {
                Step::Wait
            } else {
                Step::Use
            }
        }
        Lookup::Impossible if age >= refresh && may_ask && waited == Waited::No => Step::Wait,
        Lookup::Impossible | Lookup::Unknown { is_absent: true } => Step::Refuse,
        Lookup::Unknown { .. } if waited == Waited::ForItsOwn => {
            if known.failed.is_some() {
                Step::Unavailable
            } else {
                Step::Refuse
            }
        }
        Lookup::Unknown { .. } if !may_ask => Step::Unavailable,
        Lookup::Unknown { .. } if known.is_flying => Step::Wait,
        Lookup::Unknown { .. } if known.asked.is_some_and(|since| since < COOL_DOWN) => Step::Refuse,
        Lookup::Unknown { .. } => Step::Ask,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Waited::{ForAnother, ForItsOwn, No};

    const MINUTE: u64 = 60;
    const UNKNOWN: Lookup = Lookup::Unknown { is_absent: false };
    const ABSENT: Lookup = Lookup::Unknown { is_absent: true };

    type Case = (&'static str, Known, Lookup, Waited, Step);

    fn known(age: Option<u64>, failed: Option<u64>, asked: Option<u64>, is_flying: bool) -> Known {
        let seconds = |since: Option<u64>| since.map(Duration::from_secs);
        Known { age: seconds(age), failed: seconds(failed), asked: seconds(asked), is_flying }
    }

    fn decided(cases: impl IntoIterator<Item = Case>) {
        let (refresh, keep) = (Duration::from_mins(15), Duration::from_hours(1));
        for (name, known, lookup, waited, step) in cases {
            assert_eq!(decide(known, lookup, waited, refresh, keep), step, "{name}");
        }
    }

    #[test]
    fn keys_are_used_while_they_are_good() {
        decided([
            ("at the start", known(None, None, None, false), Lookup::Impossible, No, Step::Wait),
            (
                "at the start, in vain",
                known(None, Some(0), None, false),
                UNKNOWN,
                ForItsOwn,
                Step::Unavailable,
            ),
            (
                "at the start, lately in vain",
                known(None, Some(9), None, false),
                UNKNOWN,
                No,
                Step::Unavailable,
            ),
            ("at the start, in vain before", known(None, Some(10), None, false), UNKNOWN, No, Step::Wait),
            ("fresh", known(Some(0), None, None, false), Lookup::Found, No, Step::Use),
            ("fresh, and being asked", known(Some(0), None, None, true), Lookup::Found, No, Step::Use),
            ("older", known(Some(15 * MINUTE), None, None, false), Lookup::Found, No, Step::UseAndRefresh),
            ("old", known(Some(30 * MINUTE), None, None, false), Lookup::Found, No, Step::Wait),
            (
                "old, and still",
                known(Some(30 * MINUTE), None, None, false),
                Lookup::Found,
                ForItsOwn,
                Step::Use,
            ),
            ("old, it is down", known(Some(30 * MINUTE), Some(1), None, false), Lookup::Found, No, Step::Use),
            (
                "old, it was down",
                known(Some(30 * MINUTE), Some(10), None, false),
                Lookup::Found,
                No,
                Step::UseAndRefresh,
            ),
            (
                "too old, it is down",
                known(Some(60 * MINUTE), Some(1), None, false),
                Lookup::Found,
                No,
                Step::Unavailable,
            ),
            ("too old", known(Some(60 * MINUTE), None, None, false), Lookup::Found, No, Step::Wait),
        ]);
    }

    #[test]
    fn keys_that_are_not_there_are_asked_for_now_and_then() {
        decided([
            ("no such key can be", known(Some(0), None, None, false), Lookup::Impossible, No, Step::Refuse),
            (
                "no such key could be",
                known(Some(15 * MINUTE), None, None, false),
                Lookup::Impossible,
                No,
                Step::Wait,
            ),
            (
                "no such key, again",
                known(Some(15 * MINUTE), None, None, false),
                Lookup::Impossible,
                ForItsOwn,
                Step::Refuse,
            ),
            (
                "no such key, it is down",
                known(Some(15 * MINUTE), Some(9), None, false),
                Lookup::Impossible,
                No,
                Step::Refuse,
            ),
            ("an unknown key", known(Some(0), None, None, false), UNKNOWN, No, Step::Ask),
            ("an unknown key, asked long ago", known(Some(0), None, Some(10), false), UNKNOWN, No, Step::Ask),
            ("an unknown key, asked lately", known(Some(0), None, Some(9), false), UNKNOWN, No, Step::Refuse),
            ("an unknown key, being asked", known(Some(0), None, Some(0), true), UNKNOWN, No, Step::Wait),
            (
                "still unknown, to another's answer",
                known(Some(0), None, None, false),
                UNKNOWN,
                ForAnother,
                Step::Ask,
            ),
            ("still unknown", known(Some(0), None, Some(0), false), UNKNOWN, ForItsOwn, Step::Refuse),
            (
                "unknown, in vain",
                known(Some(0), Some(0), Some(0), false),
                UNKNOWN,
                ForItsOwn,
                Step::Unavailable,
            ),
            ("unknown, it is down", known(Some(0), Some(9), Some(9), false), UNKNOWN, No, Step::Unavailable),
            ("unknown, it was down", known(Some(0), Some(10), Some(10), false), UNKNOWN, No, Step::Ask),
            ("known to be absent", known(Some(0), None, None, false), ABSENT, No, Step::Refuse),
            (
                "known to be absent, it is down",
                known(Some(0), Some(1), None, false),
                ABSENT,
                No,
                Step::Refuse,
            ),
        ]);
    }
}
