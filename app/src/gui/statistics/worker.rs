//! The thread that gathers the numbers: step by step, the newest request first, and no faster than they are looked at.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use session::dissector::ids::ConnectionId;
use session::statistics::bins::Bins;
use session::statistics::series::{Moment, Series};
use session::statistics::{Figures, Statistics};
use session::{Content, Snapshot};

/// What the numbers are to be of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Of {
    /// One connection, or all.
    pub connection: Option<ConnectionId>,
    /// A stretch of time that is looked at more closely, its end not included.
    pub range: Option<(i64, i64)>,
}

/// The numbers, as far as they are known.
#[derive(Clone)]
pub struct Gathered {
    /// What they are of.
    pub of: Of,
    /// Whether the rows were all looked at.
    pub complete: bool,
    /// Rows that were looked at, of all.
    pub progress: (u64, u64),
    /// The numbers.
    pub figures: Arc<Figures>,
    /// The stretch that is looked at more closely.
    pub near: Option<Arc<Bins<Moment>>>,
    /// The snapshot that they are of.
    pub snapshot: Arc<Snapshot>,
}

struct Request {
    of: Of,
    snapshot: Arc<Snapshot>,
}

/// The thread, as the window sees it.
pub struct Worker {
    ask: Sender<Request>,
    answers: Receiver<Gathered>,
    asked: Option<(Of, Arc<Snapshot>)>,
}

/// Rows that are looked at between two looks at the requests: a few milliseconds' worth.
const STRIDE: u32 = 16_384;

/// How far apart answers are while more is to come.
const CADENCE: Duration = Duration::from_millis(100);

impl Worker {
    /// Starts the thread; `wake` is called whenever there is something new.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (ask, requests) = channel();
        let (answer, answers) = channel();
        // Without a thread nothing is ever gathered, and the pane says so.
        let _ = std::thread::Builder::new()
            .name("statistics".into())
            .spawn(move || work(&requests, &answer, &wake));
        Self { ask, answers, asked: None }
    }

    /// Says what is wanted; asks only where something changed.
    pub fn want(&mut self, of: Of, snapshot: &Arc<Snapshot>) {
        let same = |(asked, known): &(Of, Arc<Snapshot>)| *asked == of && Arc::ptr_eq(known, snapshot);
        if !self.asked.as_ref().is_some_and(same) {
            self.asked = Some((of, Arc::clone(snapshot)));
            // A thread that is gone is known by what it no longer answers.
            let _ = self.ask.send(Request { of, snapshot: Arc::clone(snapshot) });
        }
    }

    /// The newest answer since the last call.
    pub fn take(&self) -> Option<Gathered> {
        self.answers.try_iter().last()
    }
}

/// The numbers as they grow.
struct Gathering {
    of: Of,
    statistics: Statistics,
    near: Option<Series>,
    content: Content,
}

impl Gathering {
    fn new(of: Of) -> Self {
        let near = of.range.map(|range| Series::new(of.connection, Some(range)));
        Self { of, statistics: Statistics::new(of.connection), near, content: Content::default() }
    }

    /// Goes on with another request, from the beginning only where that is needed.
    fn turn_to(&mut self, request: &Request, before: &Snapshot) {
        if request.of.connection != self.of.connection || !request.snapshot.of_same_pass(before) {
            *self = Self::new(request.of);
        } else if request.of.range != self.of.range {
            self.near = request.of.range.map(|range| Series::new(request.of.connection, Some(range)));
            self.of = request.of;
        }
    }
}

fn work(requests: &Receiver<Request>, answer: &Sender<Gathered>, wake: &dyn Fn()) {
    let Ok(mut request) = requests.recv() else { return };
    let mut gathering = Gathering::new(request.of);
    let mut told: Option<Instant> = None;
    loop {
        let mut complete = gathering.statistics.extend(&request.snapshot, &mut gathering.content, STRIDE);
        if let Some(near) = &mut gathering.near {
            complete &= near.extend(&request.snapshot, STRIDE);
        }
        let early = told.map_or(Duration::ZERO, |told| CADENCE.saturating_sub(told.elapsed()));
        if complete || early.is_zero() {
            // A capture that grows is told no more often than one that is gone through.
            std::thread::sleep(early);
            let gathered = Gathered {
                of: gathering.of,
                complete,
                progress: gathering.statistics.progress(&request.snapshot),
                figures: Arc::new(gathering.statistics.figures()),
                near: gathering.near.as_ref().map(|near| Arc::new(near.bins.clone())),
                snapshot: Arc::clone(&request.snapshot),
            };
            if answer.send(gathered).is_err() {
                return;
            }
            told = Some(Instant::now());
            wake();
        }
        let mut newer = if complete {
            let Ok(next) = requests.recv() else { return };
            Some(next)
        } else {
            None
        };
        loop {
            match requests.try_recv() {
                Ok(next) => newer = Some(next),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        if let Some(newer) = newer {
            gathering.turn_to(&newer, &request.snapshot);
            request = newer;
        }
    }
}
