//! The thread that searches: one search at a time, the newest wins, and it says from time to time how far it has come.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::{Duration, Instant};

use session::find::{Kind, Mistake, Of, Outcome, Pattern, Rows, Spot, Within, search};
use session::{Content, Snapshot};

use super::whole;

/// What was typed and how it is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The text.
    pub text: String,
    /// As what.
    pub kind: Kind,
    /// Whether large and small letters are different ones.
    pub case: bool,
}

/// Where is to be searched, and from where on: see [`session::find::Search`].
#[derive(Clone, Debug)]
pub struct Where {
    /// What the rows are.
    pub of: Of,
    /// What of each is looked at.
    pub within: Within,
    /// Which.
    pub rows: Rows,
    /// The place among them to begin at.
    pub from: u64,
    /// What was found there before.
    pub after: Option<Spot>,
    /// Whether it goes up.
    pub up: bool,
}

/// A search, or only the question whether what was typed is sound.
pub struct Ask {
    /// By which its answers are known.
    pub number: u64,
    /// What is looked for.
    pub typed: Typed,
    /// Where.
    pub search: Option<(Arc<Snapshot>, Where)>,
}

/// What the thread says.
pub(super) enum Answer {
    /// What was typed can be looked for.
    Sound,
    /// It cannot.
    Mistake(Mistake),
    /// This part of the rows was looked through.
    Progress(f32),
    /// It is over; whether it went up.
    Done(bool, Outcome),
}

/// The thread, as the window sees it.
pub(super) struct Worker {
    ask: Sender<Option<Ask>>,
    answers: Receiver<(u64, Answer)>,
}

/// How often it says how far it has come.
const TELLS: Duration = Duration::from_millis(60);

impl Worker {
    pub(super) fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (ask, asked) = channel();
        let (tell, answers) = channel();
        // Without a thread nothing is ever found.
        let _ = std::thread::Builder::new().name("find".into()).spawn(move || {
            work(&asked, &|number, answer| {
                if tell.send((number, answer)).is_ok() {
                    wake();
                }
            });
        });
        Self { ask, answers }
    }

    pub(super) fn ask(&self, ask: Ask) {
        // A thread that is gone answers nothing.
        let _ = self.ask.send(Some(ask));
    }

    /// Nobody wants to know any more.
    pub(super) fn rest(&self) {
        let _ = self.ask.send(None);
    }

    pub(super) fn answer(&self) -> Option<(u64, Answer)> {
        self.answers.try_recv().ok()
    }
}

fn work(asked: &Receiver<Option<Ask>>, tell: &dyn Fn(u64, Answer)) {
    let mut content = (Content::default(), None::<Arc<Snapshot>>);
    let mut waiting = None;
    loop {
        let mut next = match waiting.take() {
            Some(next) => next,
            None => match asked.recv() {
                Ok(next) => next,
                Err(_) => return,
            },
        };
        while let Ok(newer) = asked.try_recv() {
            next = newer;
        }
        let Some(Ask { number, typed, search: wanted }) = next else { continue };
        let pattern = match Pattern::read(&typed.text, typed.kind, typed.case) {
            Ok(pattern) => pattern,
            Err(mistake) => {
                tell(number, Answer::Mistake(mistake));
                continue;
            }
        };
        let Some((snapshot, place)) = wanted else {
            tell(number, Answer::Sound);
            continue;
        };
        if content.1.as_ref().is_none_or(|known| !known.of_same_pass(&snapshot)) {
            content.0 = Content::default();
        }
        content.1 = Some(Arc::clone(&snapshot));
        let mut told = Instant::now();
        let up = place.up;
        let outcome = search(&snapshot, &mut content.0, &whole(pattern, place), &mut |part| {
            if told.elapsed() >= TELLS {
                told = Instant::now();
                tell(number, Answer::Progress(part));
            }
            match asked.try_recv() {
                Ok(newer) => {
                    waiting = Some(newer);
                    false
                }
                Err(TryRecvError::Empty) => true,
                Err(TryRecvError::Disconnected) => false,
            }
        });
        tell(number, Answer::Done(up, outcome));
    }
}
