//! What is looked for: as it was typed, as it is meant, and how far the search has come.
//!
//! The search itself runs on a thread of its own. Knows neither the rows nor how the bar looks.

mod worker;

use std::sync::Arc;

use session::Snapshot;
use session::find::{Hit, Kind, Mistake, Outcome, Search, Spot, Within};

use self::worker::{Answer, Worker};
use super::state::Tab;

pub use self::worker::{Ask, Typed, Where};

/// The state of finding in an open capture.
pub struct Find {
    /// Whether the bar is there.
    pub open: bool,
    /// Whether its field takes the keyboard when it is drawn next.
    pub take_focus: bool,
    /// What was typed and how it is meant.
    pub typed: Typed,
    /// What of a row is looked at.
    pub within: Within,
    /// How it goes.
    pub said: Said,
    /// What was found last, as long as it is looked at.
    pub hit: Option<At>,
    worker: Worker,
    number: u64,
    /// Of the search that runs: the table, and the pass over the capture.
    of: Option<(Tab, u32)>,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The table.
    pub tab: Tab,
    /// The row, among all.
    pub row: u32,
    /// Where in it.
    pub spot: Spot,
}

/// How a search goes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Said {
    /// Nobody asked yet.
    #[default]
    Ready,
    /// This part of the rows was looked through, from 0 to 1.
    Searching(f32),
    /// Something is wrong with what was typed.
    Mistake(Mistake),
    /// It is nowhere, and that many rows could not be looked into.
    Nothing(u32),
    /// It was found; whether behind the end, in the direction of the search.
    Found {
        /// Whether the search went around.
        wrapped: bool,
        /// Whether it went up.
        up: bool,
    },
    /// The user has stopped it.
    Stopped,
}

impl Find {
    /// Nothing is looked for. `wake` is called from another thread when there is something new.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        Self {
            open: false,
            take_focus: false,
            typed: Typed::default(),
            within: Within::Content,
            said: Said::Ready,
            hit: None,
            worker: Worker::new(wake),
            number: 0,
            of: None,
        }
    }

    /// Takes over what was typed from before the file was read again.
    pub fn keep(&mut self, before: &Self) {
        self.open = before.open;
        self.typed = before.typed.clone();
        self.within = before.within;
    }

    /// What of a row is looked at: names have no bytes.
    pub fn within(&self) -> Within {
        if self.typed.kind == Kind::Hex { Within::Content } else { self.within }
    }

    /// Something else is looked for now: what is wrong with it is found out before anybody asks for more.
    pub fn changed(&mut self) {
        self.stop();
        (self.said, self.hit) = (Said::Ready, None);
        if !self.typed.text.is_empty() {
            self.number += 1;
            self.worker.ask(Ask { number: self.number, typed: self.typed.clone(), search: None });
        }
    }

    /// Looks for the next hit. `search` is all that is to be known besides what was typed.
    pub fn start(&mut self, tab: Tab, snapshot: Arc<Snapshot>, search: Where) {
        self.number += 1;
        self.of = Some((tab, snapshot.generation));
        self.said = Said::Searching(0.0);
        let search = Some((snapshot, search));
        self.worker.ask(Ask { number: self.number, typed: self.typed.clone(), search });
    }

    /// Gives a search up.
    pub fn stop(&mut self) {
        self.number += 1;
        self.worker.rest();
        if self.searching() {
            self.said = Said::Stopped;
        }
        self.of = None;
    }

    /// Whether a search runs.
    pub const fn searching(&self) -> bool {
        matches!(self.said, Said::Searching(_))
    }

    /// Takes what the thread says; a hit of the newest search, with the table it was looked for in. One of another
    /// pass over the capture, where rows are other ones, is none.
    pub fn take(&mut self, tab: Tab, generation: u32) -> Option<Hit> {
        if self.searching() && self.of != Some((tab, generation)) {
            self.stop();
        }
        let mut found = None;
        while let Some((number, answer)) = self.worker.answer() {
            if number != self.number {
                continue;
            }
            match answer {
                Answer::Sound => {}
                Answer::Mistake(mistake) => self.said = Said::Mistake(mistake),
                Answer::Progress(part) => self.said = Said::Searching(part),
                Answer::Done(up, Outcome::Found(hit)) => {
                    self.said = Said::Found { wrapped: hit.wrapped, up };
                    found = Some(hit);
                }
                Answer::Done(_, Outcome::Nothing(left_out)) => self.said = Said::Nothing(left_out),
                Answer::Done(_, Outcome::Cancelled) => {}
            }
        }
        found
    }
}

/// A search with its pattern, ready to be run.
fn whole(pattern: session::find::Pattern, place: Where) -> Search {
    let Where { of, within, rows, from, after, up } = place;
    Search { pattern, of, within, rows, from, after, up }
}
