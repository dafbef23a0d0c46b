//! The thread behind the column of latencies: once a row asks, it hears the whole capture for what answers what.
//!
//! The window's own thread never waits for it: while it is at work in what it knows, rows are shown as not known yet.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use session::decoding::Pin;
use session::dissector::ids::MessageId;
use session::pairing::Pairing;
use session::{Snapshot, State};

use super::newest::newest;

/// What answers what, as far as it was heard. Nothing is begun before somebody asks.
#[derive(Default)]
pub struct Latencies {
    thread: Option<Thread>,
    /// What reads the messages.
    pins: Arc<[Pin]>,
}

/// What is known of the time that an answer took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latency {
    /// Nothing yet.
    Unknown,
    /// It asks nothing and answers nothing.
    None,
    /// Nanoseconds from the question that a message answers, or from a question to its first answer.
    Took(i64),
    /// Nobody answered it.
    Unanswered,
}

struct Thread {
    requests: Sender<Arc<Snapshot>>,
    known: Arc<Mutex<Pairing>>,
    /// The pass over the capture, and how many frames of it were there when it was asked for last.
    asked: (u32, u32),
}

/// Frames that are heard at a time: some hundred microseconds.
const STRIDE: u32 = 512;
/// How often the window hears of it.
const NEWS: Duration = Duration::from_millis(100);

impl Latencies {
    /// Messages are read so; what was heard otherwise is heard again.
    pub fn pin(&mut self, pins: &Arc<[Pin]>) {
        if self.pins != *pins {
            (self.thread, self.pins) = (None, Arc::clone(pins));
        }
    }

    /// What is known of a message. `wake` is called from the thread.
    pub fn of(
        &mut self,
        snapshot: &Arc<Snapshot>,
        id: MessageId,
        wake: &Arc<dyn Fn() + Send + Sync>,
    ) -> Latency {
        let now = (snapshot.generation, snapshot.frame_count());
        if self.thread.as_ref().is_none_or(|thread| thread.asked.0 != now.0) {
            self.thread = Some(Thread::new(Arc::clone(wake), &self.pins));
        }
        let Some(thread) = &mut self.thread else { return Latency::Unknown };
        if thread.asked != now {
            thread.asked = now;
            // Without the thread nothing is ever known.
            let _ = thread.requests.send(Arc::clone(snapshot));
        }
        let known = match thread.known.try_lock() {
            Ok(known) => known,
            Err(TryLockError::Poisoned(known)) => known.into_inner(),
            Err(TryLockError::WouldBlock) => return Latency::Unknown,
        };
        match known.latency(snapshot, id) {
            Some(time) => Latency::Took(time),
            None if known.heard() < now.1 => Latency::Unknown,
            None if !known.about(id).unanswered => Latency::None,
            // As long as the capture goes on there may be an answer.
            None if snapshot.state == State::Reading => Latency::Unknown,
            None => Latency::Unanswered,
        }
    }
}

impl Thread {
    fn new(wake: Arc<dyn Fn() + Send + Sync>, pins: &[Pin]) -> Self {
        let (requests, asked) = channel();
        let known = Arc::new(Mutex::new(Pairing::new(pins.to_vec())));
        let theirs = Arc::clone(&known);
        let _ = std::thread::Builder::new()
            .name("latencies".into())
            .spawn(move || hear(&asked, &theirs, wake.as_ref()));
        Self { requests, known, asked: (u32::MAX, 0) }
    }
}

fn hear(requests: &Receiver<Arc<Snapshot>>, known: &Mutex<Pairing>, wake: &dyn Fn()) {
    let mut told = Instant::now();
    while let Ok(mut snapshot) = requests.recv() {
        loop {
            match newest(requests) {
                Ok(newer) => snapshot = newer.unwrap_or(snapshot),
                Err(()) => return,
            }
            let over = known.lock().unwrap_or_else(PoisonError::into_inner).step(&snapshot, STRIDE);
            if over || told.elapsed() > NEWS {
                told = Instant::now();
                wake();
            }
            if over {
                break;
            }
        }
    }
}
