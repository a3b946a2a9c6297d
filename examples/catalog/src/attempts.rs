//! How often each client has tried to sign in lately.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use testudo::Clock;

/// Attempts each client has in a window.
const ATTEMPTS: u32 = 30;
const WINDOW_SECONDS: u64 = 60;
/// Clients remembered at once, which bounds the memory. While that many are active, others have to wait.
const CLIENTS: usize = 10_000;

/// Attempts by client address, in windows of a minute.
#[derive(Debug, Clone)]
pub(crate) struct Attempts {
    clock: Clock,
    windows: Arc<Mutex<HashMap<IpAddr, Window>>>,
}

#[derive(Debug)]
struct Window {
    ends_at: u64,
    left: u32,
}

impl Attempts {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, windows: Arc::default() }
    }

    /// Takes one attempt of `client`, or says how long it has to wait.
    pub(crate) fn take(&self, client: IpAddr) -> Result<(), Duration> {
        let now = self.clock.unix_seconds();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= CLIENTS || windows.get(&client).is_some_and(|window| window.ends_at <= now) {
            windows.retain(|_, window| window.ends_at > now);
        }
        if windows.len() >= CLIENTS && !windows.contains_key(&client) {
            return Err(Duration::from_secs(WINDOW_SECONDS));
        }
        let fresh = Window { ends_at: now + WINDOW_SECONDS, left: ATTEMPTS };
        let window = windows.entry(client).or_insert(fresh);
        window.left = window.left.checked_sub(1).ok_or(Duration::from_secs(window.ends_at - now))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use testudo_testkit::MockClock;

    use super::*;

    fn client(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(number).into()
    }

    #[test]
    fn a_client_waits_for_its_next_window_and_others_do_not() {
        let clock = MockClock::default();
        let attempts = Attempts::new(clock.clock());
        for _ in 0..ATTEMPTS {
            assert_eq!(attempts.take(client(1)), Ok(()));
        }
        clock.advance(Duration::from_secs(59));
        assert_eq!(attempts.take(client(1)), Err(Duration::from_secs(1)));
        assert_eq!(attempts.take(client(2)), Ok(()));
        clock.advance(Duration::from_secs(1));
        assert_eq!(attempts.take(client(1)), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_clients_are_forgotten() {
        let clock = MockClock::default();
        let attempts = Attempts::new(clock.clock());
        for number in 0..10_000 {
            assert_eq!(attempts.take(client(number)), Ok(()));
        }
        assert_eq!(attempts.take(client(10_000)), Err(Duration::from_mins(1)));
        assert_eq!(attempts.take(client(1)), Ok(()));
        clock.advance(Duration::from_mins(1));
        assert_eq!(attempts.take(client(10_000)), Ok(()));
        assert_eq!(attempts.windows.lock().unwrap().len(), 1);
    }
}
