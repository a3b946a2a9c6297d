use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::*;

/// A clock that a test sets.
fn clock_at(micros: u64) -> (Arc<AtomicU64>, Clock) {
    let time = Arc::new(AtomicU64::new(micros));
    let shown = time.clone();
    let now = move || SystemTime::UNIX_EPOCH + Duration::from_micros(shown.load(Ordering::SeqCst));
    (time, Clock::from_fn(now))
}

fn memory(max_keys: usize) -> (Arc<AtomicU64>, Memory) {
    let (time, clock) = clock_at(1_000_000_000);
    (time, Memory::new(MemoryOptions { max_keys, clock }))
}

fn key(number: u64) -> Key {
    Key::of("test", 1).part(number.to_be_bytes()).make()
}

fn minute() -> Duration {
    Duration::from_mins(1)
}

#[test]
fn keys_leave_when_everything_has_come_back_and_so_does_their_memory() {
    let gcra = Policy::gcra("gcra", 60, minute(), 10).unwrap();
    let window = Policy::window("window", 10, minute()).unwrap();
    let (time, memory) = memory(1_000_000);
    for number in 0..50_000 {
        memory.decide(&gcra, &key(number), 1);
        memory.decide(&window, &key(number), 1);
    }
    let (entries, capacity) = memory.gcra.count();
    assert_eq!((entries, memory.windows.count().0), (50_000, 50_000));
    time.fetch_add(60_000_000, Ordering::SeqCst);
    // As many writes as sweep every shard, all of the same few keys.
    for number in 0..5_000 {
        memory.decide(&gcra, &key(number % 7), 1);
        memory.decide(&window, &key(number % 7), 1);
    }
    for (entries, left) in [memory.gcra.count(), memory.windows.count()] {
        assert!(entries <= 7 && left < capacity / 20, "{entries} entries, memory for {left}");
    }
}

#[test]
fn what_takes_nothing_leaves_nothing() {
    let gcra = Policy::gcra("gcra", 60, minute(), 10).unwrap();
    let window = Policy::window("window", 10, minute()).unwrap();
    let (_, memory) = memory(1_000);
    for number in 0..10_000 {
        memory.decide(&gcra, &key(number), 0);
        memory.decide(&window, &key(number), 0);
    }
    assert_eq!((memory.gcra.count().0, memory.windows.count().0), (0, 0));
}

#[test]
fn a_flood_of_new_keys_takes_bounded_memory_and_frees_nobody_at_a_limit() {
    for policy in
        [Policy::gcra("gcra", 10, minute(), 10).unwrap(), Policy::window("window", 10, minute()).unwrap()]
    {
        let (time, memory) = memory(6_400);
        let spent = key(u64::MAX);
        for _ in 0..10 {
            assert!(memory.decide(&policy, &spent, 1).outcome.lets_pass());
            time.fetch_add(1, Ordering::SeqCst);
        }
        for number in 0..30_000 {
            memory.decide(&policy, &key(number), 1);
        }
        let entries = memory.gcra.count().0 + memory.windows.count().0;
        assert!((1_000..=6_400).contains(&entries), "{entries}");
        assert!(!memory.decide(&policy, &spent, 1).outcome.lets_pass(), "{}", policy.name());
    }
}

#[test]
fn a_million_keys_take_less_than_a_hundred_bytes_each() {
    let (_, memory) = memory(2_000_000);
    for number in 0..1_000_000_u128 {
        memory.gcra.change(number.to_be_bytes(), 0, |entry| entry.0 = 1);
    }
    let (entries, capacity) = memory.gcra.count();
    assert_eq!(entries, 1_000_000);
    // A hash table keeps an eighth of its places free, and one byte for each beside the entry.
    let bytes = capacity / 7 * 8 * (size_of::<(Place, Back)>() + 1);
    assert!(bytes / entries < 100, "{} bytes a key", bytes / entries);
}

#[test]
fn a_clock_that_jumps_neither_panics_nor_frees_anybody() {
    let second = Duration::from_secs(1);
    for policy in [Policy::gcra("gcra", 2, second, 2).unwrap(), Policy::window("window", 2, second).unwrap()]
    {
        let (time, memory) = memory(1_000);
        let taken = |wanted: u32| {
            (0..wanted).filter(|_| memory.decide(&policy, &key(1), 1).outcome.lets_pass()).count()
        };
        assert_eq!(taken(3), 2);
        for earlier in [999_000_000, 1_000, 0] {
            time.store(earlier, Ordering::SeqCst);
            assert_eq!(taken(3), 0, "{} at {earlier}", policy.name());
        }
        // It goes on from there: nobody is locked out until the clock is where it was.
        time.store(1_000_000, Ordering::SeqCst);
        assert_eq!(taken(3), 2, "{}", policy.name());
        time.store(u64::MAX / 1_000, Ordering::SeqCst);
        assert_eq!(taken(3), 2, "{}", policy.name());
    }
}

#[test]
fn a_decision_about_a_known_key_allocates_nothing() {
    let gcra = Policy::gcra("gcra", 1, minute(), 2_000).unwrap();
    let window = Policy::window("window", 2, minute()).unwrap();
    let (_, memory) = memory(1_000);
    let key = key(1);
    for policy in [&gcra, &window] {
        for _ in 0..3 {
            memory.decide(policy, &key, 1);
        }
        let allocated = allocation_counter::measure(|| {
            for _ in 0..1_000 {
                std::hint::black_box(memory.decide(policy, &key, 1));
            }
        });
        assert_eq!(allocated.count_total, 0, "{}", policy.name());
    }
}
