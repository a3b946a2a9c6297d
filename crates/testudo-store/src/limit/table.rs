//! A table of bounded size whose entries leave by themselves.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// What an entry is found by: half of a digest, which is as hard to meet twice as 2^64 guesses.
pub(super) type Place = [u8; 16];

/// Parts with a lock each.
const SHARDS: usize = 64;
/// After how many writes one part is swept: all of them after `SHARDS` times as many.
const WRITES_PER_SWEEP: usize = 32;
/// Part of a full shard that gives way at once, so that not every new key has to look for one.
const EIGHTH: usize = 8;

/// What a table holds.
pub(super) trait Entry: Default {
    /// From this time on, it is as if it had never been there. In microseconds.
    fn ends(&self) -> u64;

    /// Who is worth less gives way first: who has used less of what is allowed.
    fn worth(&self) -> (u64, u64);

    /// How much of the table's size it takes.
    fn size(&self) -> usize {
        1
    }

    /// Whether there is nothing to keep.
    fn is_empty(&self) -> bool;
}

/// Entries by their place.
///
/// Every write sweeps a little: of the shards, one after the other loses what has ended, and gives memory back once it
/// is mostly empty. A shard that is full anyway lets the eighth go that is worth the least.
pub(super) struct Table<E> {
    shards: Box<[Mutex<Shard<E>>]>,
    /// Of the processes' own, so that nobody can choose keys that meet.
    hasher: RandomState,
    shard_max: usize,
    writes: AtomicUsize,
}

struct Shard<E> {
    entries: HashMap<Place, E>,
    /// The sizes of all entries.
    size: usize,
}

impl<E: Entry> Table<E> {
    /// A table for about this many entries. A shard that gets more than its share is full a little earlier.
    pub(super) fn new(max: usize) -> Self {
        let shard = || Mutex::new(Shard { entries: HashMap::new(), size: 0 });
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            hasher: RandomState::new(),
            shard_max: (max / SHARDS).max(1),
            writes: AtomicUsize::new(0),
        }
    }

    /// Lets `change` look at an entry, and write it. An entry that is not there yet is an empty one, and is kept if it is
    /// not empty afterwards.
    pub(super) fn change<R>(&self, place: Place, now: u64, change: impl FnOnce(&mut E) -> R) -> R {
        let index = usize::try_from(self.hasher.hash_one(place) % SHARDS as u64).unwrap_or_default();
        let result = self.shard(index).change(place, now, self.shard_max, change);
        let writes = self.writes.fetch_add(1, Ordering::Relaxed);
        if writes.is_multiple_of(WRITES_PER_SWEEP) {
            let swept = (writes / WRITES_PER_SWEEP) % SHARDS;
            // Whoever holds the lock is not waited for: there is a next time.
            if let Ok(mut shard) = self.shards[swept].try_lock() {
                shard.sweep(now);
            }
        }
        result
    }

    fn shard(&self, index: usize) -> MutexGuard<'_, Shard<E>> {
        // Decisions do not panic; if one did, an entry is as it was before or after it.
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many entries there are, and for how many there is memory.
    #[cfg(test)]
    pub(super) fn count(&self) -> (usize, usize) {
        (0..SHARDS).map(|index| self.shard(index)).fold((0, 0), |(len, capacity), shard| {
            (len + shard.entries.len(), capacity + shard.entries.capacity())
        })
    }
}

impl<E: Entry> Shard<E> {
    fn change<R>(&mut self, place: Place, now: u64, max: usize, change: impl FnOnce(&mut E) -> R) -> R {
        if let Some(entry) = self.entries.get_mut(&place) {
            let before = entry.size();
            let result = change(entry);
            let (after, is_empty) = (entry.size(), entry.is_empty());
            self.size = (self.size + after).saturating_sub(before);
            if is_empty {
                self.entries.remove(&place);
                self.size = self.size.saturating_sub(after);
            } else if self.size > max {
                self.make_room(now, max, place);
            }
            return result;
        }
        let mut entry = E::default();
        let result = change(&mut entry);
        if !entry.is_empty() {
            self.size += entry.size();
            self.entries.insert(place, entry);
            if self.size > max {
                self.make_room(now, max, place);
            }
        }
        result
    }

    /// Removes what has ended, and, if the shard is still full, what is worth the least; never the entry at `kept`.
    fn make_room(&mut self, now: u64, max: usize, kept: Place) {
        self.sweep(now);
        if self.size <= max {
            return;
        }
        let enough = max - max / EIGHTH;
        let mut worths: Vec<((u64, u64), usize)> =
            self.entries.values().map(|entry| (entry.worth(), entry.size())).collect();
        worths.sort_unstable();
        let mut left = self.size;
        let last = worths.iter().find(|(_, size)| {
            left = left.saturating_sub(*size);
            left <= enough
        });
        let last = last.map_or((u64::MAX, u64::MAX), |(worth, _)| *worth);
        let size = &mut self.size;
        self.entries.retain(|place, entry| {
            // Of those that are worth the same, no more than have to go.
            let stays = *place == kept || *size <= enough || entry.worth() > last;
            if !stays {
                *size = size.saturating_sub(entry.size());
            }
            stays
        });
    }

    fn sweep(&mut self, now: u64) {
        let size = &mut self.size;
        self.entries.retain(|_, entry| {
            let stays = entry.ends() > now;
            if !stays {
                *size = size.saturating_sub(entry.size());
            }
            stays
        });
        if self.entries.len() < self.entries.capacity() / 4 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }
}
