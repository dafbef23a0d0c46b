//! Threads that inflate messages while the index goes on.
//!
//! A lane of work is in one hand at a time, so that its jobs are done in their order. Whoever has nothing to do takes one
//! that waits; that is also the index, where it cannot go on before something is done.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use dissector::outbox::{Job, Workers};

/// Who works: 0 is the index.
type Hand = usize;

/// Lanes among which one is chosen.
const LOOKED_AT: usize = 16;

/// The threads.
pub(crate) struct Pool {
    shared: Arc<Shared>,
    /// How many there are to be; they begin with the first work.
    wanted: usize,
    threads: Vec<JoinHandle<()>>,
    /// The lane that the index last asked for in vain, and how many jobs had been done by then.
    seen: (u32, u64),
}

#[derive(Default)]
struct Shared {
    work: Mutex<Work>,
    /// There is something to do, or nothing will be any more.
    more: Condvar,
    /// Something was done.
    done: Condvar,
    /// How many jobs were done.
    count: AtomicU64,
}

#[derive(Default)]
struct Work {
    /// By their numbers.
    lanes: Vec<Lane>,
    /// Those with something to do that are in nobody's hand, the one that has waited longest first; and some that the
    /// index took meanwhile.
    waiting: VecDeque<u32>,
    /// Threads that have nothing to do.
    idle: usize,
    over: bool,
    /// Whether a thread went down with a job.
    gone: bool,
}

#[derive(Default)]
struct Lane {
    jobs: VecDeque<Box<Job>>,
    done: VecDeque<Box<Job>>,
    /// Whether somebody has one of its jobs in hand, and who had the last one.
    taken: bool,
    hand: Hand,
}

impl Lane {
    fn waits(&self) -> bool {
        !self.taken && !self.jobs.is_empty()
    }
}

impl Work {
    /// A lane that this hand had before, if one has waited for long, as what it refers to is still in its processor's
    /// cache then; else the one that has waited longest.
    fn next(&mut self, hand: Hand) -> Option<u32> {
        let its = |lane: u32| self.lanes.get(lane as usize).filter(|its| its.waits());
        let known = |lane: &u32| its(*lane).is_some_and(|its| its.hand == hand);
        if let Some(at) = self.waiting.iter().take(LOOKED_AT).position(known) {
            return self.waiting.remove(at);
        }
        loop {
            let lane = self.waiting.pop_front()?;
            if self.lanes.get(lane as usize).is_some_and(Lane::waits) {
                return Some(lane);
            }
        }
    }
}

impl Pool {
    /// As many threads as can work beside the index, where `threads` work at the same time; one at least.
    pub(crate) fn new(threads: usize) -> Self {
        let wanted = threads.saturating_sub(1).max(1);
        Self { shared: Arc::default(), wanted, threads: Vec::new(), seen: (0, 0) }
    }

    /// Where the system has no thread to give, the index does all.
    fn begin(&mut self) {
        for hand in 1..=std::mem::take(&mut self.wanted) {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name("inflate".into());
            self.threads.extend(thread.spawn(move || shared.serve(hand)));
        }
    }
}

impl Workers for Pool {
    fn take(&mut self, lane: u32, job: Box<Job>) {
        self.begin();
        let mut work = self.shared.lock();
        let at = lane as usize;
        if at >= work.lanes.len() {
            work.lanes.resize_with(at + 1, Lane::default);
        }
        let its = &mut work.lanes[at];
        its.jobs.push_back(job);
        if !its.taken && its.jobs.len() == 1 {
            work.waiting.push_back(lane);
            if work.idle > 0 {
                self.shared.more.notify_one();
            }
        }
    }

    fn give(&mut self, lane: u32, wait: bool) -> Option<Box<Job>> {
        // Asked for every packet: without a lock, while nothing more was done.
        let count = self.shared.count.load(Ordering::Acquire);
        if !wait && self.seen == (lane, count) {
            return None;
        }
        let mut work = self.shared.lock();
        loop {
            let its = work.lanes.get_mut(lane as usize)?;
            if let Some(job) = its.done.pop_front() {
                return Some(job);
            }
            if !wait {
                self.seen = (lane, count);
                return None;
            }
            let taken = its.taken;
            if its.jobs.is_empty() && !taken {
                return None;
            }
            assert!(!work.gone, "a thread that inflates is gone");
            let next = if taken { work.next(0) } else { Some(lane) };
            work = match next {
                Some(next) => self.shared.work_on(next, 0, work),
                None => self.shared.done.wait(work).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Work> {
        // A thread that goes down does not do so under the lock.
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works until nothing will come any more.
    fn serve(&self, hand: Hand) {
        let mut work = self.lock();
        while !work.over {
            work = match work.next(hand) {
                Some(lane) => self.work_on(lane, hand, work),
                None => {
                    work.idle += 1;
                    let mut woken = self.more.wait(work).unwrap_or_else(PoisonError::into_inner);
                    woken.idle -= 1;
                    woken
                }
            };
        }
    }

    /// Does the oldest job of a lane that is in nobody's hand.
    fn work_on<'a>(&'a self, lane: u32, hand: Hand, mut work: MutexGuard<'a, Work>) -> MutexGuard<'a, Work> {
        let Some(its) = work.lanes.get_mut(lane as usize) else { return work };
        let Some(mut job) = its.jobs.pop_front() else { return work };
        (its.taken, its.hand) = (true, hand);
        drop(work);
        let watch = Watch(self);
        job.run();
        std::mem::forget(watch);
        let mut work = self.lock();
        if let Some(its) = work.lanes.get_mut(lane as usize) {
            its.taken = false;
            its.done.push_back(job);
            if !its.jobs.is_empty() {
                work.waiting.push_back(lane);
                if work.idle > 0 {
                    self.more.notify_one();
                }
            }
        }
        self.count.fetch_add(1, Ordering::Release);
        self.done.notify_one();
        work
    }
}

/// Says that whoever had a job went down with it, so that nobody waits for it.
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
