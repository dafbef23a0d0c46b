//! Colors of rows by filters: a list of rules of which the first that holds wins.
//!
//! Rules are asked on a thread of its own, of the rows in sight and those next to them: a filter may read bytes, and
//! what it remembers grows with the capture. What was answered stands until something else is known, so nothing blinks.

mod worker;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use session::Snapshot;
use session::decoding::Pin;

use self::worker::{Answer, Request, Worker};
use super::state::Tab;
use super::theme::Tint;

/// A rule: rows for which its filter holds have its color.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What it is called.
    pub name: String,
    /// The filter as it was written; with a mistake in it, it holds for nothing.
    pub filter: String,
    /// The color.
    #[serde(default)]
    pub tint: Tint,
    /// Whether it is asked.
    #[serde(default = "yes")]
    pub on: bool,
}

const fn yes() -> bool {
    true
}

/// Rules that are kept.
pub const RULES: usize = 64;

/// The rules to begin with: trouble first, and what is only there to keep a connection alive steps back.
pub fn first_rules() -> Vec<Rule> {
    [
        ("Errors", "ws.severity == error", Tint::Red),
        ("Not captured whole", "ws.missing > 0 || ws.complete == false", Tint::Orange),
        ("TCP resets", "tcp.flags.reset == true", Tint::Orange),
        ("Close", "websocket.opcode == close", Tint::Yellow),
        ("Pings and Pongs", "websocket.opcode == ping || websocket.opcode == pong", Tint::Gray),
        ("Large messages", "ws.length > 100000", Tint::Blue),
    ]
    .map(|(name, filter, tint)| Rule { name: name.into(), filter: filter.into(), tint, on: true })
    .into()
}

/// The colors of the rows of an open capture.
pub struct Coloring {
    worker: Worker,
    rules: Arc<[Rule]>,
    pins: Arc<[Pin]>,
    /// Counts sets of rules, and passes over the capture; what was asked of an earlier one is thrown away.
    revision: u64,
    /// By table and row: the rule that holds, and when that was known.
    known: HashMap<(Tab, u32), (Option<u8>, u64)>,
    /// Counts times at which more was known of the capture.
    epoch: u64,
    seen: Option<Arc<Snapshot>>,
    grown: Option<Instant>,
    asked: (u64, u64, Tab, Vec<u32>),
}

/// Rows whose color is kept: many screens.
const KEPT: usize = 16_384;
/// How often rows are asked about again while the capture grows.
const PAUSE: Duration = Duration::from_secs(1);

impl Coloring {
    /// No rules yet. `wake` is called when something is known.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            worker: Worker::new(wake),
            rules: Arc::from([]),
            pins: Arc::from([]),
            revision: 0,
            known: HashMap::new(),
            epoch: 0,
            seen: None,
            grown: None,
            asked: (0, 0, Tab::Messages, Vec::new()),
        }
    }

    /// Goes by these rules.
    pub fn use_rules(&mut self, rules: &[Rule]) {
        if *self.rules != *rules {
            self.rules = Arc::from(rules);
            self.start_over();
        }
    }

    /// Messages are read so.
    pub fn pin(&mut self, pins: &Arc<[Pin]>) {
        if *self.pins != **pins {
            self.pins = Arc::clone(pins);
            self.start_over();
        }
    }

    fn start_over(&mut self) {
        self.revision += 1;
        self.known.clear();
    }

    /// The rule that holds for row `row` of all rows, as far as that is known.
    pub fn rule(&self, tab: Tab, row: u32) -> Option<&Rule> {
        let (rule, _) = self.known.get(&(tab, row))?;
        self.rules.get(usize::from((*rule)?))
    }

    /// Takes what was answered, and asks about `rows`, those in sight first, as far as they are not known.
    pub fn ask(&mut self, snapshot: &Arc<Snapshot>, tab: Tab, rows: impl Iterator<Item = u32>) {
        for Answer { revision, epoch, tab, row, rule } in self.worker.answers() {
            if revision == self.revision {
                self.known.insert((tab, row), (rule, epoch));
            }
        }
        self.meet(snapshot);
        if self.rules.iter().all(|rule| !rule.on) {
            return self.known.clear();
        }
        let fresh = |row: &u32| self.known.get(&(tab, *row)).is_none_or(|(_, epoch)| *epoch < self.epoch);
        let wanted: Vec<u32> = rows.filter(fresh).collect();
        let asked = (self.revision, self.epoch, tab, wanted);
        let within = asked.3.iter().all(|row| self.asked.3.contains(row));
        let same = (asked.0, asked.1, asked.2) == (self.asked.0, self.asked.1, self.asked.2);
        if asked.3.is_empty() || (same && within) {
            return;
        }
        if self.known.len() > KEPT {
            self.known.clear();
        }
        self.worker.ask(Request {
            revision: self.revision,
            epoch: self.epoch,
            rules: Arc::clone(&self.rules),
            pins: Arc::clone(&self.pins),
            snapshot: Arc::clone(snapshot),
            tab,
            rows: asked.3.clone(),
        });
        self.asked = asked;
    }

    /// What a filter says of a row may be another thing when more was read; another pass has other rows.
    fn meet(&mut self, snapshot: &Arc<Snapshot>) {
        let Some(seen) = self.seen.as_ref().filter(|seen| !Arc::ptr_eq(seen, snapshot)) else {
            self.seen.get_or_insert_with(|| Arc::clone(snapshot));
            return;
        };
        if !seen.of_same_pass(snapshot) {
            self.start_over();
        } else if snapshot.state == session::State::Reading
            && self.grown.is_some_and(|grown| grown.elapsed() < PAUSE)
        {
            return;
        }
        self.epoch += 1;
        (self.seen, self.grown) = (Some(Arc::clone(snapshot)), Some(Instant::now()));
    }
}

/// The rows of a table in the filter's word.
#[cfg(test)]
mod tests {
    use session::filter::Filter;

    use super::*;

    /// The rules to begin with are all understood.
    #[test]
    fn first_rules_are_understood() {
        for rule in first_rules() {
            assert!(Filter::parse(&rule.filter).is_ok(), "{}", rule.filter);
        }
    }
}
