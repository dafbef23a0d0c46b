//! Which rows are shown: all, or those of one connection, those that a display filter lets through, and of findings those
//! of one kind; found on a thread of its own.
//!
//! The thread hands over what it has found so far; the window never walks through the capture. The newest
//! request wins, and a larger snapshot of the same capture is taken up where the last one ended.

mod activity;
mod work;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use session::Snapshot;
use session::decoding::Pin;
use session::dissector::ids::ConnectionId;
use session::dissector::rules::{Accused, Finding, Severity};
use session::filter::Filter;

pub use self::activity::{Activity, PARTS};
use self::work::{Answer, Found, Request, Wanted, work};
use session::find;

use super::latency::Latencies;
use super::sorting::{Listed, Sorting};
use super::state::Tab;

/// Findings of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrow {
    /// As bad as this.
    Severity(Severity),
    /// Against this side, or of what the observer must admit.
    Accused(Accused),
    /// Of this rule, by its place in the table of rules.
    Rule(u16),
}

/// How many findings of each kind there are among those of the connection that is shown, or among all.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// By severity, the worst first.
    pub severities: BTreeMap<Reverse<Severity>, u32>,
    /// By side.
    pub accused: BTreeMap<Accused, u32>,
    /// By rule.
    pub rules: BTreeMap<u16, u32>,
}

const TABS: usize = Tab::ALL.len();

/// The lists of an open capture.
pub struct Lists {
    ask: Sender<Request>,
    answers: Receiver<Answer>,
    wanted: Wanted,
    found: Found,
    generation: u64,
    looked_at: Tab,
    activity: Option<Arc<Activity>>,
    /// The order in which the rows of each table are shown.
    pub sorting: Sorting,
    /// How long answers took, once a column says so.
    pub latencies: Latencies,
}

impl Lists {
    /// Lists of a capture; `wake` is called whenever there is something new.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let wake = Arc::new(wake);
        let sorting = Sorting::new(Arc::clone(&wake) as _);
        let (ask, requests) = channel();
        let (answer, answers) = channel();
        // Without a thread all rows can still be shown; only a single connection's stay empty.
        let _ = std::thread::Builder::new()
            .name("lists".into())
            .spawn(move || work(&requests, &|answered| drop(answer.send(answered)), &*wake));
        Self {
            ask,
            answers,
            wanted: Wanted::default(),
            found: Found::default(),
            generation: 0,
            looked_at: Tab::Messages,
            activity: None,
            sorting,
            latencies: Latencies::default(),
        }
    }

    /// The connection whose rows are shown; none for all.
    pub const fn only(&self) -> Option<ConnectionId> {
        self.wanted.connection
    }

    /// The kind of findings that are shown; none for all.
    pub const fn narrowed(&self) -> Option<Narrow> {
        self.wanted.narrow
    }

    /// How many findings of each kind there are to be shown.
    pub fn tally(&self) -> &Tally {
        &self.found.tally
    }

    /// The display filter.
    pub const fn filter(&self) -> &Arc<Filter> {
        &self.wanted.filter
    }

    /// Shows the rows of one connection, or all; findings of every kind, as another connection may have none of the
    /// kind that was chosen.
    pub fn show_only(&mut self, only: Option<ConnectionId>, snapshot: &Arc<Snapshot>) {
        self.want(Wanted { connection: only, narrow: None, ..self.wanted.clone() }, snapshot);
    }

    /// Shows findings of one kind, or all.
    pub fn narrow(&mut self, narrow: Option<Narrow>, snapshot: &Arc<Snapshot>) {
        self.want(Wanted { narrow, ..self.wanted.clone() }, snapshot);
    }

    /// Shows the rows for which a filter holds.
    pub fn sift(&mut self, filter: Arc<Filter>, snapshot: &Arc<Snapshot>) {
        self.want(Wanted { filter, ..self.wanted.clone() }, snapshot);
    }

    /// Messages that a filter asks about are read so.
    pub fn pin(&mut self, pins: &Arc<[Pin]>, snapshot: &Arc<Snapshot>) {
        self.latencies.pin(pins);
        let wanted = Wanted { pins: Arc::clone(pins), ..self.wanted.clone() };
        if self.wanted == wanted {
            // No filter asks about messages now; the next one reads them so.
            self.wanted = wanted;
        } else {
            self.want(wanted, snapshot);
        }
    }

    /// The table that is looked at is sifted first.
    pub fn look_at(&mut self, tab: Tab, snapshot: &Arc<Snapshot>) {
        if std::mem::replace(&mut self.looked_at, tab) != tab && !self.complete() {
            self.grown(snapshot);
        }
    }

    /// How much of a table was looked at, where not all of it was.
    pub fn progress(&self, tab: Tab, snapshot: &Snapshot) -> Option<f32> {
        let all = tab.count(snapshot);
        let looked_at = self.found.looked_at[tab as usize];
        let unfinished = !self.wanted.all(tab) && looked_at < all;
        unfinished.then(|| looked_at as f32 / all.max(1) as f32)
    }

    fn want(&mut self, wanted: Wanted, snapshot: &Arc<Snapshot>) {
        if self.wanted != wanted {
            // What there is in all stays in sight until it is counted anew.
            let tally = Arc::clone(&self.found.tally);
            self.generation += 1;
            self.sorting.forget();
            self.wanted = wanted;
            self.found = Found { tally, ..Found::default() };
            self.grown(snapshot);
        }
    }

    /// Says that there is a larger snapshot.
    pub fn grown(&self, snapshot: &Arc<Snapshot>) {
        let (generation, wanted, first) = (self.generation, self.wanted.clone(), self.looked_at);
        let request = Request { generation, wanted, snapshot: Arc::clone(snapshot), first };
        // A thread that is gone was reported by what it no longer answers.
        let _ = self.ask.send(request);
    }

    /// Takes what was found since.
    pub fn take(&mut self) {
        while let Ok(answer) = self.answers.try_recv() {
            match answer {
                Answer::Found(generation, found) if generation == self.generation => {
                    if found.anew {
                        self.sorting.forget();
                    }
                    self.found = found;
                }
                Answer::Activity(activity) => self.activity = Some(activity),
                Answer::Found(..) => {}
            }
        }
    }

    /// Whether all rows that are to be shown are known.
    pub fn complete(&self) -> bool {
        Tab::ALL.into_iter().all(|tab| self.wanted.all(tab)) || self.found.complete
    }

    /// Whether all there is to be known of a snapshot was found.
    pub fn ready(&self, snapshot: &Snapshot) -> bool {
        self.found.complete && (self.activity.is_some() || snapshot.frame_count() == 0)
    }

    /// Sees to it that the rows of a table are in the order that was asked for. Called in every pass.
    pub fn sort(&mut self, tab: Tab, snapshot: &Arc<Snapshot>) {
        let listed = if self.wanted.all(tab) {
            Listed::All(tab.count(snapshot))
        } else {
            Listed::Some(self.found.rows[tab as usize].clone())
        };
        let last = self.complete() && snapshot.state != session::State::Reading;
        self.sorting.keep_up(tab, snapshot, listed, last);
    }

    /// Number of rows.
    pub fn len(&self, tab: Tab, snapshot: &Snapshot) -> u64 {
        if self.wanted.all(tab) {
            u64::from(tab.count(snapshot))
        } else {
            u64::from(self.found.rows[tab as usize].len())
        }
    }

    /// The rows that are shown, in the order in which they are shown now, for who looks through them on another thread.
    pub fn rows(&self, tab: Tab, snapshot: &Snapshot) -> find::Rows {
        let listed = if self.wanted.all(tab) {
            find::Rows::All(tab.count(snapshot))
        } else {
            find::Rows::These(self.found.rows[tab as usize].clone())
        };
        match self.sorting.order(tab) {
            Some(order) => find::Rows::Sorted(Arc::clone(order.rows()), Box::new(listed)),
            None => listed,
        }
    }

    /// The number among all rows of the row at `place`, in the order in which they are shown.
    pub fn row(&self, tab: Tab, place: u64) -> Option<u32> {
        let place = u32::try_from(place).ok()?;
        match self.sorting.order(tab).and_then(|order| order.row(place)) {
            Some(row) => Some(row),
            // What came since it was sorted stands behind it.
            None if self.wanted.all(tab) => Some(place),
            None => self.found.rows[tab as usize].row(place),
        }
    }

    /// Where a row of all rows stands among those that are shown.
    pub fn place(&self, tab: Tab, row: u32) -> Option<u64> {
        let listed = if self.wanted.all(tab) {
            row
        } else {
            let rows = &self.found.rows[tab as usize];
            let place = rows.partition_point(|known| *known < row);
            (rows.row(place) == Some(row)).then_some(place)?
        };
        match self.sorting.order(tab).filter(|order| listed < order.len()) {
            Some(order) => order.place(row).map(u64::from),
            None => Some(u64::from(listed)),
        }
    }

    /// When a connection spoke, once it is known.
    pub fn activity(&self, connection: ConnectionId) -> Option<&[[u16; PARTS]; 2]> {
        self.activity.as_ref()?.of(connection)
    }
}

impl Tally {
    fn add(&mut self, finding: &Finding) {
        *self.severities.entry(Reverse(finding.severity)).or_default() += 1;
        *self.accused.entry(finding.accused).or_default() += 1;
        *self.rules.entry(finding.rule).or_default() += 1;
    }
}
