//! The thread that asks rules: the newest request wins, row by row, and each answer is handed over with its neighbors.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use session::Snapshot;
use session::decoding::Pin;
use session::filter::{Filter, Sieve};

use super::Rule;
use crate::gui::newest::newest;
use crate::gui::state::Tab;

/// Rows to be asked about.
pub(super) struct Request {
    pub revision: u64,
    pub epoch: u64,
    pub rules: Arc<[Rule]>,
    pub pins: Arc<[Pin]>,
    pub snapshot: Arc<Snapshot>,
    pub tab: Tab,
    /// Those in sight first.
    pub rows: Vec<u32>,
}

/// What came of one of them.
pub(super) struct Answer {
    pub revision: u64,
    pub epoch: u64,
    pub tab: Tab,
    pub row: u32,
    /// The first rule that holds.
    pub rule: Option<u8>,
}

/// The thread, as the window sees it.
pub(super) struct Worker {
    ask: Sender<Request>,
    answers: Receiver<Answer>,
}

/// Answers after which the window is woken.
const WAKE: usize = 64;

impl Worker {
    pub(super) fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (ask, requests) = channel();
        let (answer, answers) = channel();
        // Without a thread rows have no colors.
        let _ =
            std::thread::Builder::new().name("colors".into()).spawn(move || work(&requests, &answer, &wake));
        Self { ask, answers }
    }

    pub(super) fn ask(&self, request: Request) {
        // A thread that is gone answers nothing.
        let _ = self.ask.send(request);
    }

    pub(super) fn answers(&self) -> impl Iterator<Item = Answer> {
        self.answers.try_iter()
    }
}

fn work(requests: &Receiver<Request>, answer: &Sender<Answer>, wake: &dyn Fn()) {
    let mut sieves = Vec::new();
    let mut of_revision = None;
    let mut next = None;
    loop {
        let Some(request) = next.take().or_else(|| requests.recv().ok()) else { return };
        if of_revision != Some(request.revision) {
            sieves = request.rules.iter().map(|rule| sieve(rule, &request.pins)).collect();
            of_revision = Some(request.revision);
        }
        for (count, row) in request.rows.iter().enumerate() {
            match newest(requests) {
                Ok(None) => {}
                Ok(newer) => {
                    next = newer;
                    break;
                }
                Err(()) => return,
            }
            let row_of = request.tab.of().row(*row);
            let held = |sieve: &mut Option<Sieve>| {
                sieve.as_mut().is_some_and(|sieve| sieve.holds(&request.snapshot, row_of))
            };
            let rule = sieves.iter_mut().position(held).and_then(|rule| u8::try_from(rule).ok());
            let (revision, epoch, tab) = (request.revision, request.epoch, request.tab);
            if answer.send(Answer { revision, epoch, tab, row: *row, rule }).is_err() {
                return;
            }
            if count % WAKE == WAKE - 1 {
                wake();
            }
        }
        wake();
    }
}

/// A rule at work; nothing where it is not asked, or has a mistake.
fn sieve(rule: &Rule, pins: &[Pin]) -> Option<Sieve> {
    let filter = Filter::parse(&rule.filter).ok().filter(|filter| rule.on && !filter.is_empty())?;
    Some(Sieve::new(Arc::new(filter)).pinned(pins.to_vec()))
}
