//! Open spans: all that is kept of one is whose ids the events inside it carry.
//!
//! A registry of `tracing-subscriber` keeps anything for anybody; this one costs a request a tenth of that. It keeps
//! its promises: a span is there as long as somebody has a handle of it, in whatever thread, it may be entered in
//! several threads and left in any order, and it gets the ids of the span it was made in.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tracing::{Metadata, span};

use crate::observe::ids::Ids;

/// Where spans are kept: threads that make spans at the same time seldom wait for each other.
const SHARD_BITS: u32 = 4;
const SHARDS: usize = 1 << SHARD_BITS;

thread_local! {
    /// Where this thread keeps the spans it makes, once it has made one.
    static SHARD: Cell<Option<usize>> = const { Cell::new(None) };
    /// The spans this thread is inside, outermost first.
    static ENTERED: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}

/// What is known of a span.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) metadata: &'static Metadata<'static>,
    pub(super) ids: Option<Ids>,
}

/// A span that a thread is inside. It outlives the span if nobody ever leaves it.
///
/// What is known of the span is looked up when something is logged: spans are entered far more often.
struct Entered {
    spans: u64,
    id: span::Id,
}

/// The open spans of one log.
#[derive(Debug)]
pub(super) struct Spans {
    /// Threads may be inside spans of several logs.
    number: u64,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    slots: Vec<Slot>,
    free: Vec<usize>,
}

#[derive(Debug)]
struct Slot {
    /// Counts the spans that were here: the id of one that is closed is nobody else's.
    generation: u32,
    handles: usize,
    span: Option<Span>,
}

impl Spans {
    pub(super) fn new() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        Self {
            number: MADE.fetch_add(1, Ordering::Relaxed),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    /// Opens a span with one handle.
    pub(super) fn open(&self, span: Span) -> span::Id {
        let place = own_shard();
        let mut shard = self.lock(place);
        let index = shard.free.pop().unwrap_or_else(|| {
            shard.slots.push(Slot { generation: 0, handles: 0, span: None });
            shard.slots.len() - 1
        });
        let slot = &mut shard.slots[index];
        // Never zero, which is no id.
        slot.generation = slot.generation.wrapping_add(1).max(1);
        slot.handles = 1;
        slot.span = Some(span);
        id(slot.generation, index, place)
    }

    /// What is known of an open span.
    pub(super) fn get(&self, id: &span::Id) -> Option<Span> {
        self.with(id, |slot, _| slot.span.clone()).flatten()
    }

    /// Gives a span ids of its own.
    pub(super) fn identify(&self, id: &span::Id, ids: Ids) {
        self.with(id, |slot, _| {
            if let Some(span) = &mut slot.span {
                span.ids = Some(ids);
            }
        });
    }

    /// Somebody else has a handle, too.
    pub(super) fn retain(&self, id: &span::Id) {
        self.with(id, |slot, _| slot.handles += 1);
    }

    /// A handle is gone. Whether it was the last.
    pub(super) fn release(&self, id: &span::Id) -> bool {
        let closed = self.with(id, |slot, free| {
            slot.handles -= 1;
            if slot.handles > 0 {
                return None;
            }
            free.push(parts(id).1);
            slot.span.take()
        });
        closed.flatten().is_some()
    }

    /// This thread is inside a span from now on.
    pub(super) fn enter(&self, id: &span::Id) {
        let entered = Entered { spans: self.number, id: id.clone() };
        // An error says that the thread is about to end.
        let _ = ENTERED.try_with(|all| all.borrow_mut().push(entered));
    }

    /// This thread leaves a span; usually, but not always, the one it has entered last.
    pub(super) fn leave(&self, id: &span::Id) {
        let _ = ENTERED.try_with(|all| {
            let mut all = all.borrow_mut();
            let is_left = |entered: &Entered| entered.spans == self.number && entered.id == *id;
            if all.last().is_some_and(is_left) {
                return all.pop();
            }
            all.iter().rposition(is_left).map(|place| all.remove(place))
        });
    }

    /// The innermost open span this thread is inside.
    pub(super) fn current(&self) -> Option<(span::Id, Span)> {
        let look = |all: &RefCell<Vec<Entered>>| {
            let all = all.borrow();
            let mut own = all.iter().rev().filter(|entered| entered.spans == self.number);
            own.find_map(|entered| Some((entered.id.clone(), self.get(&entered.id)?)))
        };
        ENTERED.try_with(look).ok().flatten()
    }

    fn with<T>(&self, id: &span::Id, act: impl FnOnce(&mut Slot, &mut Vec<usize>) -> T) -> Option<T> {
        let (generation, index, shard) = parts(id);
        let Shard { slots, free } = &mut *self.lock(shard);
        let slot = slots.get_mut(index).filter(|slot| slot.generation == generation && slot.span.is_some());
        slot.map(|slot| act(slot, free))
    }

    fn lock(&self, shard: usize) -> MutexGuard<'_, Shard> {
        // Nothing panics while it is held.
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The generation in the upper half, and the place in the lower: there is no memory for so many open spans that it
/// would not fit.
fn id(generation: u32, index: usize, shard: usize) -> span::Id {
    span::Id::from_u64(u64::from(generation) << u32::BITS | (index << SHARD_BITS | shard) as u64)
}

fn parts(id: &span::Id) -> (u32, usize, usize) {
    const LOWER: u64 = u32::MAX as u64;
    let id = id.into_u64();
    let place = (id & LOWER) as usize;
    ((id >> u32::BITS) as u32, place >> SHARD_BITS, place % SHARDS)
}

fn own_shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    SHARD.with(|own| {
        own.get().unwrap_or_else(|| {
            let shard = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
            own.set(Some(shard));
            shard
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::observe::ids::Trace;
    use tracing::{callsite::Callsite, metadata};

    use super::*;

    fn span(name: Option<&str>) -> Span {
        // Any call site does.
        let callsite = tracing::callsite! { name: "test", kind: metadata::Kind::SPAN, fields: };
        let ids = name.map(|name| Ids::named(name, Trace::default()));
        Span { metadata: callsite.metadata(), ids }
    }

    fn name(span: &Span) -> Option<String> {
        span.ids.as_ref().map(|ids| ids.request().as_str().to_owned())
    }

    fn current(spans: &Spans) -> Option<String> {
        name(&spans.current()?.1)
    }

    #[test]
    fn a_span_is_there_as_long_as_somebody_has_a_handle() {
        let spans = Spans::new();
        let id = spans.open(span(Some("a")));
        spans.retain(&id);
        assert!(!spans.release(&id));
        assert_eq!(spans.get(&id).as_ref().and_then(name).as_deref(), Some("a"));
        assert!(spans.release(&id));
        assert!(spans.get(&id).is_none());
    }

    #[test]
    fn the_id_of_a_closed_span_is_nobody_elses() {
        let spans = Spans::new();
        let stale = spans.open(span(Some("a")));
        assert!(spans.release(&stale));
        let next = spans.open(span(Some("b")));
        assert_ne!(stale, next);
        spans.retain(&stale);
        assert!(!spans.release(&stale), "it does nothing");
        spans.identify(&stale, span(Some("c")).ids.unwrap());
        spans.enter(&stale);
        assert_eq!(current(&spans), None);
        assert_eq!(spans.get(&next).as_ref().and_then(name).as_deref(), Some("b"));
    }

    #[test]
    fn places_are_used_again() {
        let spans = Spans::new();
        for _ in 0..1_000 {
            let id = spans.open(span(None));
            assert!(spans.release(&id));
        }
        assert_eq!(spans.lock(own_shard()).slots.len(), 1);
    }

    #[test]
    fn spans_are_left_in_any_order() {
        let spans = Spans::new();
        let (a, b) = (spans.open(span(Some("a"))), spans.open(span(Some("b"))));
        spans.enter(&a);
        spans.enter(&b);
        assert_eq!(current(&spans).as_deref(), Some("b"));
        spans.leave(&a);
        assert_eq!(current(&spans).as_deref(), Some("b"));
        spans.enter(&b);
        spans.leave(&b);
        assert_eq!(current(&spans).as_deref(), Some("b"), "it was entered twice");
        spans.leave(&b);
        spans.leave(&b);
        assert_eq!(current(&spans), None);
    }

    #[test]
    fn each_log_has_its_own_and_so_has_each_thread() {
        let (spans, others) = (Spans::new(), Spans::new());
        let (a, b) = (spans.open(span(Some("a"))), others.open(span(Some("b"))));
        spans.enter(&a);
        others.enter(&b);
        assert_eq!(current(&spans).as_deref(), Some("a"));
        assert_eq!(current(&others).as_deref(), Some("b"));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                assert_eq!(current(&spans), None);
                spans.enter(&a);
                assert_eq!(current(&spans).as_deref(), Some("a"));
                spans.leave(&a);
            });
        });
        spans.leave(&a);
        others.leave(&b);
    }

    #[test]
    fn the_ids_of_a_span_that_is_never_left_end_with_it() {
        let spans = Spans::new();
        let (outer, id) = (spans.open(span(Some("a"))), spans.open(span(Some("b"))));
        spans.enter(&outer);
        spans.enter(&id);
        assert!(spans.release(&id));
        let _next = spans.open(span(Some("c")));
        assert_eq!(current(&spans).as_deref(), Some("a"), "nobody else's");
        spans.leave(&outer);
        assert_eq!(current(&spans), None);
        spans.leave(&id);
    }
}
