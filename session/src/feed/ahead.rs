//! Reading ahead, on a thread that works for the pool as long as the index has enough to do.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;

use capture::{CaptureError, Growing, Record, Step};
use dissector::glance::Scout;

use super::{Fed, Feed, PATIENCE, Reached, Seen};
use crate::pool::{Helper, Wish};

/// Batches that may wait for the index: what the thread is ahead, and what both use of memory.
const AHEAD: usize = 3;

/// Batches with which the index has enough to do, so that the thread rather works for the pool than to read one more.
const ENOUGH: usize = 2;

/// What comes, read ahead.
pub(crate) struct Ahead {
    shelf: Arc<Shelf>,
    helper: Helper,
    now: Owned,
    reached: Reached,
}

/// Where the thread puts what it read.
#[derive(Default)]
struct Shelf {
    lot: Mutex<Lot>,
    /// There is something more for the index, or nothing will be any more.
    there: Condvar,
}

#[derive(Default)]
struct Lot {
    coming: VecDeque<(Owned, Reached)>,
    /// Batches that have been used, or were empty, for their memory.
    used: Vec<Seen>,
    /// Whether nothing more is put here.
    complete: bool,
    /// Whether nobody takes anything any more.
    left: bool,
}

/// What comes, for another thread.
enum Owned {
    Seen(Arc<Seen>),
    Packet(Single),
    Step(Step<'static>),
    Failed(Option<CaptureError>),
}

/// One packet and its bytes.
struct Single {
    record: Record<'static>,
    data: Vec<u8>,
}

impl Ahead {
    /// Begins to read, on a thread of `scope` that ends soon after the reader is dropped.
    pub(crate) fn new<'scope>(
        scope: &'scope Scope<'scope, '_>,
        capture: &'scope mut dyn Growing,
        helper: Helper,
    ) -> std::io::Result<Self> {
        let (reached, shelf) = (Reached::of(capture), Arc::new(Shelf::default()));
        let theirs = Thread { shelf: Arc::clone(&shelf), helper: helper.clone() };
        let thread = std::thread::Builder::new().name("read".into());
        thread.spawn_scoped(scope, move || theirs.read(capture))?;
        Ok(Self { shelf, helper, now: Owned::Failed(None), reached })
    }

    /// What comes next; nothing where the thread went down. Where it must be waited for, the index works for the pool.
    fn take(&self) -> Option<(Owned, Reached)> {
        while self.shelf.lacks() && self.helper.help_once() {}
        let lot = self.shelf.there.wait_while(self.shelf.lock(), |lot| lot.lacks());
        lot.unwrap_or_else(PoisonError::into_inner).coming.pop_front()
    }
}

impl Feed for Ahead {
    fn next(&mut self) -> Result<(Fed<'_>, &Reached), CaptureError> {
        if let Owned::Seen(seen) = std::mem::replace(&mut self.now, Owned::Failed(None)) {
            // Whoever worked on it has let go of it.
            self.shelf.lock().used.extend(Arc::into_inner(seen));
        }
        // Where the thread has nothing more to say it has said how it ended, unless it went down.
        let Some((now, reached)) = self.take() else { panic!("the thread that reads is gone") };
        self.helper.wake();
        self.reached = reached;
        self.now = now;
        let fed = match &mut self.now {
            Owned::Seen(seen) => Fed::Seen(seen),
            Owned::Packet(Single { record, data }) => {
                Fed::Step(Step::Record(Record { data, ..record.clone() }))
            }
            Owned::Step(step) => Fed::Step(step.clone()),
            Owned::Failed(error) => match error.take() {
                Some(error) => return Err(error),
                None => Fed::Step(Step::End),
            },
        };
        Ok((fed, &self.reached))
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.shelf.lock().left = true;
        self.helper.wake();
    }
}

impl Lot {
    /// Whether what comes next is not there yet.
    fn lacks(&self) -> bool {
        self.coming.is_empty() && !self.complete
    }
}

impl Shelf {
    fn lacks(&self) -> bool {
        self.lock().lacks()
    }

    fn lock(&self) -> MutexGuard<'_, Lot> {
        // What is under the lock is whole after every statement.
        self.lot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread's side.
struct Thread {
    shelf: Arc<Shelf>,
    helper: Helper,
}

impl Thread {
    /// Reads to the end, or until nobody listens any more.
    fn read(self, capture: &mut dyn Growing) {
        let mut scout = Scout::default();
        while !self.shelf.lock().left {
            let mut seen = self.shelf.lock().used.pop().unwrap_or_default();
            let (next, last) = if seen.take(capture, &mut scout) {
                (Owned::Seen(Arc::new(seen)), false)
            } else {
                self.shelf.lock().used.push(seen);
                Owned::read(capture)
            };
            let mut lot = self.shelf.lock();
            lot.coming.push_back((next, Reached::of(capture)));
            lot.complete = last;
            drop(lot);
            self.shelf.there.notify_one();
            self.helper.help(|| self.wish());
        }
    }

    /// What the thread does next.
    fn wish(&self) -> Wish {
        let lot = self.shelf.lock();
        match lot.coming.len() {
            _ if lot.left => Wish::Own,
            _ if lot.complete => Wish::Help,
            0..ENOUGH => Wish::Own,
            ENOUGH..AHEAD => Wish::Either,
            _ => Wish::Help,
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.shelf.lock().complete = true;
        self.shelf.there.notify_one();
    }
}

impl Owned {
    /// What comes where that are no packets alone. Says whether it is the last.
    fn read(capture: &mut dyn Growing) -> (Self, bool) {
        match capture.next(PATIENCE) {
            Ok(Step::Record(record)) => (Self::Packet(Single::of(&record)), false),
            Ok(Step::Interface(interface)) => (Self::Step(Step::Interface(interface)), false),
            Ok(Step::Secrets { kind, span }) => (Self::Step(Step::Secrets { kind, span }), false),
            Ok(Step::Names(names)) => (Self::Step(Step::Names(names)), false),
            Ok(Step::Note(note)) => (Self::Step(Step::Note(note)), false),
            Ok(Step::Idle) => (Self::Step(Step::Idle), false),
            Ok(Step::End) => (Self::Step(Step::End), true),
            Err(error) => (Self::Failed(Some(error)), true),
        }
    }
}

impl Single {
    fn of(record: &Record<'_>) -> Self {
        let &Record { span, time, link, interface, wire_len, data, .. } = record;
        let comment = record.comment.as_deref().map(|comment| Cow::Owned(comment.to_owned()));
        let record = Record { span, time, link, interface, wire_len, data: &[], comment };
        Self { record, data: data.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use capture::{Bytes, Format, Note, NoteKind, Progress};

    use super::*;
    use crate::memory::Memory;
    use crate::pool::Pool;

    /// A capture that says numbers, up to one.
    struct Numbers {
        next: u64,
        last: u64,
    }

    impl Growing for Numbers {
        fn next(&mut self, _: std::time::Duration) -> Result<Step<'_>, CaptureError> {
            let at = self.next;
            self.next += 1;
            Ok(match at <= self.last {
                true => Step::Note(Note { at, kind: NoteKind::Comment, says: String::new() }),
                false => Step::End,
            })
        }
        fn rewind(&mut self) {
            self.next = 0;
        }
        fn bytes(&self) -> Arc<dyn Bytes> {
            Arc::new(Memory::default())
        }
        fn progress(&self) -> Progress {
            Progress::default()
        }
        fn format(&self) -> Option<Format> {
            None
        }
    }

    /// Takes the numbers up to one. Says whether that is what came.
    fn take(ahead: &mut Ahead, upto: u64) -> bool {
        for expected in 0..=upto {
            let Ok((Fed::Step(Step::Note(note)), _)) = ahead.next() else { return false };
            assert_eq!(note.at, expected);
        }
        true
    }

    /// What is read comes in order and to its end, however far the thread is ahead.
    #[test]
    fn all_comes_in_order() {
        let mut numbers = Numbers { next: 0, last: 5000 };
        let pool = Pool::new(2);
        std::thread::scope(|scope| {
            let mut ahead = Ahead::new(scope, &mut numbers, pool.helper()).unwrap();
            assert!(take(&mut ahead, 5000));
            assert!(matches!(ahead.next(), Ok((Fed::Step(Step::End), _))));
        });
    }

    /// The thread ends when nobody listens any more, whether it reads or waits; else this would never end.
    #[test]
    fn the_thread_ends_with_the_reader() {
        for taken in [0, 1, 50] {
            let mut numbers = Numbers { next: 0, last: u64::MAX - 1 };
            let pool = Pool::new(2);
            std::thread::scope(|scope| {
                let mut ahead = Ahead::new(scope, &mut numbers, pool.helper()).unwrap();
                assert!(take(&mut ahead, taken));
            });
            let most = taken + 1 + AHEAD as u64;
            assert!(numbers.next <= most, "{} of at most {most} were read", numbers.next);
        }
    }
}
