//! How often?

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use axum::extract::State;
use testudo::{BoxError, Clock, prelude::*};

use super::ApiKey;

const MINUTE: Duration = Duration::from_mins(1);

/// Most keys that are counted at the same time.
const KEYS_MAX: usize = 10_000;

/// What is left of the minute a key pays for. It proves nothing about who calls.
#[derive(Debug, Clone, Copy)]
pub struct WithinPlan {
    /// Requests that this minute still has.
    pub remaining: u32,
}

/// Passes what is left of the key's minute; blocks with `429` and `Retry-After` when that is nothing.
///
/// Stands below the shield that authenticates: a stranger cannot use up what a key pays for, nor fill the table.
#[shield(name = "Plan Limit")]
pub fn plan_limit(
    Passed(key): Passed<ApiKey>,
    State(limiter): State<Limiter>,
    State(clock): State<Clock>,
) -> Result<Option<WithinPlan>, BoxError> {
    let limit = key.plan().requests_per_minute();
    match limiter.count(key.prefix(), limit, clock.now())? {
        Count::Within(remaining) => Ok(Some(WithinPlan { remaining })),
        Count::Over(retry_after) => {
            let detail = format!("this key's plan has {limit} requests a minute");
            Err(Block::too_many_requests(retry_after).detail(detail).into())
        }
    }
}

/// Counts the requests of each key in windows of a minute. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub struct Limiter(Arc<Mutex<HashMap<String, Window>>>);

#[derive(Debug)]
struct Window {
    ends: SystemTime,
    used: u32,
}

enum Count {
    /// Counted; so many are left.
    Within(u32),
    /// Not counted; try again after this.
    Over(Duration),
}

impl Limiter {
    fn count(&self, key: &str, limit: u32, now: SystemTime) -> Result<Count, &'static str> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= KEYS_MAX && !windows.contains_key(key) {
            windows.retain(|_, window| window.ends > now);
            // Not knowing is a fail (503), never a pass.
            if windows.len() >= KEYS_MAX {
                return Err("more keys are in use than the limiter can count");
            }
        }
        let window = windows.entry(key.to_owned()).or_insert(Window { ends: now, used: 0 });
        if window.ends <= now {
            *window = Window { ends: now + MINUTE, used: 0 };
        }
        if window.used >= limit {
            return Ok(Count::Over(window.ends.duration_since(now).unwrap_or_default()));
        }
        window.used += 1;
        Ok(Count::Within(limit - window.used))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_forgets_windows_that_are_over_and_counts_nobody_else_for_free() {
        let (limiter, start) = (Limiter::default(), SystemTime::UNIX_EPOCH);
        for key in 0..KEYS_MAX {
            assert!(limiter.count(&key.to_string(), 1, start).is_ok());
        }
        assert!(limiter.count("one more", 1, start).is_err());
        assert!(matches!(limiter.count("0", 1, start), Ok(Count::Over(wait)) if wait == MINUTE));
        assert!(matches!(limiter.count("one more", 1, start + MINUTE), Ok(Count::Within(0))));
        assert_eq!(limiter.0.lock().unwrap().len(), 1);
    }
}
