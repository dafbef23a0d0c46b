//! Messages to be inflated and records to be opened, by whoever has time while the index goes on.
//!
//! A queue is in one hand at a time, so that its work is done in order. Whoever has nothing to do takes one that waits: that is
//! whoever reads ahead, the index where it cannot go on before something is done, and threads for nothing else where more than
//! those two can work at the same time.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use dissector::outbox::{Queue, Work, Workers};

/// Who works: 0 is the index, 1 whoever reads ahead.
type Hand = usize;
const INDEX: Hand = 0;
const READER: Hand = 1;

/// Queues among which one is chosen.
const LOOKED_AT: usize = 16;

/// What there is to do, as the index has it; and the threads for nothing else.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    /// How many there are to be; they begin with the first work.
    wanted: usize,
    threads: Vec<JoinHandle<()>>,
    /// The queue that the index last asked for in vain, and how much had been done by then.
    seen: (Queue, u64),
}

#[derive(Default)]
struct Shared {
    lanes: Mutex<Lanes>,
    /// There is something to do, or nothing will be any more.
    more: Condvar,
    /// The same for whoever reads ahead, or it has work of its own.
    reader: Condvar,
    /// Something was done.
    done: Condvar,
    /// How often something was.
    count: AtomicU64,
}

#[derive(Default)]
struct Lanes {
    /// Those of each kind of queue by their numbers.
    lanes: [Vec<Lane>; 2],
    /// Those with something to do that are in nobody's hand, the one that has waited longest first; and some that the
    /// index took meanwhile.
    waiting: VecDeque<Queue>,
    /// Threads that have nothing to do.
    idle: usize,
    /// Whether whoever reads ahead has none, either.
    reader_rests: bool,
    over: bool,
    /// Whether a thread went down with its work.
    gone: bool,
}

/// What stands in a queue, and what was done of it.
#[derive(Default)]
struct Lane {
    to_do: VecDeque<Work>,
    done: VecDeque<Work>,
    /// Whether somebody has some of it in hand, and who had the last.
    taken: bool,
    hand: Hand,
}

impl Lane {
    fn waits(&self) -> bool {
        !self.taken && !self.to_do.is_empty()
    }
}

/// Among which lanes a queue has its own, and where.
const fn place(queue: Queue) -> (usize, usize) {
    match queue {
        Queue::Messages(at) => (0, at as usize),
        Queue::Records(at) => (1, at as usize),
    }
}

impl Lanes {
    fn lane(&self, queue: Queue) -> Option<&Lane> {
        let (kind, at) = place(queue);
        self.lanes[kind].get(at)
    }

    fn lane_mut(&mut self, queue: Queue) -> Option<&mut Lane> {
        let (kind, at) = place(queue);
        self.lanes[kind].get_mut(at)
    }

    /// More to do. Says whether it waits for a hand, and nothing of its queue did before.
    fn add(&mut self, queue: Queue, work: Work) -> bool {
        let (kind, at) = place(queue);
        let lanes = &mut self.lanes[kind];
        if at >= lanes.len() {
            lanes.resize_with(at + 1, Lane::default);
        }
        let its = &mut lanes[at];
        its.to_do.push_back(work);
        !its.taken && its.to_do.len() == 1
    }

    /// A direction whose messages this hand had before, if it has waited for long, as what they refer to is still in its
    /// processor's cache then; else what has waited longest.
    fn next(&mut self, hand: Hand) -> Option<Queue> {
        let known = |queue: &Queue| {
            let its = self.lane(*queue).filter(|its| its.waits() && its.hand == hand);
            matches!(queue, Queue::Messages(_)) && its.is_some()
        };
        if let Some(at) = self.waiting.iter().take(LOOKED_AT).position(known) {
            return self.waiting.remove(at);
        }
        loop {
            let queue = self.waiting.pop_front()?;
            if self.lane(queue).is_some_and(Lane::waits) {
                return Some(queue);
            }
        }
    }
}

impl Pool {
    /// As many threads as can work beside the index and whoever reads ahead, where `threads` work at the same time.
    pub(crate) fn new(threads: usize) -> Self {
        let wanted = threads.saturating_sub(2);
        Self { shared: Arc::default(), wanted, threads: Vec::new(), seen: (Queue::Messages(0), 0) }
    }

    /// Somebody who has work of its own and can help.
    pub(crate) fn helper(&self) -> Helper {
        Helper(Arc::clone(&self.shared))
    }

    /// Where the system has no thread to give, fewer do all.
    fn begin(&mut self) {
        for hand in (READER + 1..).take(std::mem::take(&mut self.wanted)) {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("work".into());
            self.threads.extend(thread.spawn(move || shared.serve(hand)));
        }
    }
}

impl Workers for Pool {
    fn take(&mut self, queue: Queue, work: Work) {
        self.begin();
        let mut lanes = self.shared.lock();
        if lanes.add(queue, work) {
            self.shared.offer(queue, &mut lanes);
        }
    }

    fn give(&mut self, queue: Queue, wait: bool) -> Option<Work> {
        // Asked for every packet: without a lock, while nothing more was done.
        let count = self.shared.count.load(Ordering::Acquire);
        if !wait && self.seen == (queue, count) {
            return None;
        }
        let mut lanes = self.shared.lock();
        loop {
            let its = lanes.lane_mut(queue)?;
            if let Some(work) = its.done.pop_front() {
                return Some(work);
            }
            if !wait {
                self.seen = (queue, count);
                return None;
            }
            let taken = its.taken;
            if its.to_do.is_empty() && !taken {
                return None;
            }
            assert!(!lanes.gone, "a thread that works for the index is gone");
            let next = if taken { lanes.next(INDEX) } else { Some(queue) };
            lanes = match next {
                Some(next) => self.shared.work_on(next, INDEX, lanes),
                None => self.shared.done.wait(lanes).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

/// Somebody who works for the pool beside work of its own.
#[derive(Clone)]
pub(crate) struct Helper(Arc<Shared>);

/// What whoever helps does next.
pub(crate) enum Wish {
    /// Work of its own.
    Own,
    /// What the pool has to do, else work of its own.
    Either,
    /// What the pool has to do; there is nothing else.
    Help,
}

impl Helper {
    /// As whoever reads, works for the pool, and waits where it has nothing to do, until `wish` is for work of its own.
    pub(crate) fn help(&self, wish: impl Fn() -> Wish) {
        let mut lanes = self.0.lock();
        loop {
            let rests = match wish() {
                Wish::Own => return,
                Wish::Either => false,
                Wish::Help => true,
            };
            lanes = match lanes.next(READER) {
                Some(queue) => self.0.work_on(queue, READER, lanes),
                None if rests => self.0.rest_as_reader(lanes),
                None => return,
            };
        }
    }

    /// As the index, does some work for the pool. Says whether there was any.
    pub(crate) fn help_once(&self) -> bool {
        let mut lanes = self.0.lock();
        let next = lanes.next(INDEX);
        next.map(|queue| self.0.work_on(queue, INDEX, lanes)).is_some()
    }

    /// What whoever reads wishes may be another now.
    pub(crate) fn wake(&self) {
        if std::mem::take(&mut self.0.lock().reader_rests) {
            self.0.reader.notify_one();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        // A thread that goes down does not do so under the lock.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A queue waits for a hand.
    fn offer(&self, queue: Queue, lanes: &mut Lanes) {
        lanes.waiting.push_back(queue);
        if std::mem::take(&mut lanes.reader_rests) {
            self.reader.notify_one();
        } else if lanes.idle > 0 {
            self.more.notify_one();
        }
    }

    /// Works until nothing will come any more.
    fn serve(&self, hand: Hand) {
        let mut lanes = self.lock();
        while !lanes.over {
            lanes = match lanes.next(hand) {
                Some(queue) => self.work_on(queue, hand, lanes),
                None => self.rest(lanes),
            };
        }
    }

    /// Waits until there may be something to do.
    fn rest<'a>(&self, mut lanes: MutexGuard<'a, Lanes>) -> MutexGuard<'a, Lanes> {
        lanes.idle += 1;
        let mut woken = self.more.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        woken.idle -= 1;
        woken
    }

    /// The same, as whoever reads ahead.
    fn rest_as_reader<'a>(&self, mut lanes: MutexGuard<'a, Lanes>) -> MutexGuard<'a, Lanes> {
        lanes.reader_rests = true;
        let mut woken = self.reader.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        woken.reader_rests = false;
        woken
    }

    /// Does the oldest work of a queue that is in nobody's hand.
    fn work_on<'a>(
        &'a self,
        queue: Queue,
        hand: Hand,
        mut lanes: MutexGuard<'a, Lanes>,
    ) -> MutexGuard<'a, Lanes> {
        let Some(its) = lanes.lane_mut(queue) else { return lanes };
        let Some(mut work) = its.to_do.pop_front() else { return lanes };
        (its.taken, its.hand) = (true, hand);
        drop(lanes);
        let watch = Watch(self);
        work.run();
        std::mem::forget(watch);
        let mut lanes = self.lock();
        if let Some(its) = lanes.lane_mut(queue) {
            its.taken = false;
            its.done.push_back(work);
            if its.waits() {
                self.offer(queue, &mut lanes);
            }
        }
        self.count.fetch_add(1, Ordering::Release);
        self.done.notify_one();
        lanes
    }
}

/// Says that whoever had work went down with it, so that nobody waits for it.
struct Watch<'a>(&'a Shared);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.lock().gone = true;
        self.0.done.notify_one();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.more.notify_all();
        for thread in self.threads.drain(..) {
            // One that went down was missed before.
            let _ = thread.join();
        }
    }
}
