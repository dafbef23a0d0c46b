//! Which rows are shown: all, or those of one connection, and of findings those of one kind; found on a thread of
//! its own.
//!
//! The thread hands over what it has found so far; the window never walks through the capture. The newest
//! request wins, and a larger snapshot of the same capture is taken up where the last one ended.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use session::Snapshot;
use session::column::{Column, Rows};
use session::dissector::ids::{ConnectionId, FlowId, FrameId, PacketId, Side};
use session::dissector::rules::{Accused, Finding, Severity};
use session::find;

use super::sorting::{Listed, Sorting};
use super::state::Tab;

/// The rows of one connection, as far as they are known.
#[derive(Clone, Default)]
pub struct Found {
    rows: [Rows<u32>; TABS],
    tally: Arc<Tally>,
    /// Whether every row of the newest snapshot was looked at.
    pub complete: bool,
}

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

/// What the rows are to have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Wanted {
    connection: Option<ConnectionId>,
    narrow: Option<Narrow>,
}

const TABS: usize = Tab::ALL.len();

/// When each connection spoke: frames of both sides in equal parts of the capture's time.
pub struct Activity {
    parts: HashMap<ConnectionId, [[u16; PARTS]; 2]>,
}

/// Number of parts into which the capture's time is cut.
pub const PARTS: usize = 32;

/// The lists of an open capture.
pub struct Lists {
    ask: Sender<Request>,
    answers: Receiver<Answer>,
    wanted: Wanted,
    found: Found,
    generation: u64,
    activity: Option<Arc<Activity>>,
    /// The order in which the rows of each table are shown.
    pub sorting: Sorting,
}

struct Request {
    generation: u64,
    wanted: Wanted,
    snapshot: Arc<Snapshot>,
}

enum Answer {
    Found(u64, Found),
    Activity(Arc<Activity>),
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
            activity: None,
            sorting,
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

    /// Shows the rows of one connection, or all; findings of every kind, as another connection may have none of the
    /// kind that was chosen.
    pub fn show_only(&mut self, only: Option<ConnectionId>, snapshot: &Arc<Snapshot>) {
        self.want(Wanted { connection: only, narrow: None }, snapshot);
    }

    /// Shows findings of one kind, or all.
    pub fn narrow(&mut self, narrow: Option<Narrow>, snapshot: &Arc<Snapshot>) {
        self.want(Wanted { narrow, ..self.wanted }, snapshot);
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
        let request =
            Request { generation: self.generation, wanted: self.wanted, snapshot: Arc::clone(snapshot) };
        // A thread that is gone was reported by what it no longer answers.
        let _ = self.ask.send(request);
    }

    /// Takes what was found since.
    pub fn take(&mut self) {
        while let Ok(answer) = self.answers.try_recv() {
            match answer {
                Answer::Found(generation, found) if generation == self.generation => self.found = found,
                Answer::Activity(activity) => self.activity = Some(activity),
                Answer::Found(..) => {}
            }
        }
    }

    /// Whether all rows that are to be shown are known.
    pub const fn complete(&self) -> bool {
        (self.wanted.connection.is_none() && self.wanted.narrow.is_none()) || self.found.complete
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
        self.activity.as_ref()?.parts.get(&connection)
    }
}

/// How many rows are looked at between two looks at the requests.
const STRIDE: u32 = 65_536;

/// How many connections have their activity counted.
const COUNTED: usize = 100_000;

#[derive(Default)]
struct Progress {
    columns: [Column<u32>; TABS],
    looked_at: [u32; TABS],
    tally: Tally,
}

fn work(requests: &Receiver<Request>, answer: &dyn Fn(Answer), wake: &dyn Fn()) {
    let Ok(mut request) = requests.recv() else { return };
    let mut progress = Progress::default();
    let mut counted = 0;
    loop {
        match newest(requests) {
            Ok(Some(newer)) => {
                if newer.generation != request.generation {
                    progress = Progress::default();
                }
                request = newer;
            }
            Ok(None) => {}
            Err(()) => return,
        }
        let before = progress.looked_at;
        let complete = progress.step(&request.snapshot, request.wanted);
        if before != progress.looked_at || before == [0; TABS] {
            let rows = progress.columns.each_mut().map(Column::publish);
            let tally = Arc::new(progress.tally.clone());
            answer(Answer::Found(request.generation, Found { rows, tally, complete }));
            wake();
        }
        if !complete {
            continue;
        }
        // Counted anew when there is twice as much, and once more at the end.
        let frames = request.snapshot.frame_count();
        let reading = request.snapshot.state == session::State::Reading;
        if frames != counted && (frames / 2 >= counted || !reading) {
            answer(Answer::Activity(Arc::new(activity(&request.snapshot))));
            counted = frames;
            wake();
        }
        let Ok(next) = requests.recv() else { return };
        if next.generation != request.generation {
            progress = Progress::default();
        }
        request = next;
    }
}

fn newest(requests: &Receiver<Request>) -> Result<Option<Request>, ()> {
    let mut newest = None;
    loop {
        match requests.try_recv() {
            Ok(request) => newest = Some(request),
            Err(TryRecvError::Empty) => return Ok(newest),
            Err(TryRecvError::Disconnected) => return Err(()),
        }
    }
}

impl Progress {
    /// Looks at one stride more of each table; whether that was the last.
    fn step(&mut self, snapshot: &Snapshot, wanted: Wanted) -> bool {
        let flow = wanted.connection.and_then(|id| snapshot.connection(id)).map(|connection| connection.flow);
        let mut complete = true;
        for tab in Tab::ALL {
            // Findings are always looked through, as they are counted by kind.
            if wanted.all(tab) && tab != Tab::Findings {
                continue;
            }
            let (column, from) = (&mut self.columns[tab as usize], &mut self.looked_at[tab as usize]);
            let count = tab.count(snapshot);
            let to = count.min(from.saturating_add(STRIDE));
            for row in *from..to {
                let its =
                    wanted.connection.is_none_or(|connection| belongs(snapshot, tab, row, connection, flow));
                let finding = if tab == Tab::Findings { snapshot.findings().row(row) } else { None };
                if let Some(found) = finding.filter(|_| its) {
                    self.tally.add(&found.finding);
                }
                if its && finding.is_none_or(|found| wanted.fits(&found.finding)) {
                    column.push(row);
                }
            }
            *from = to;
            complete &= to == count;
        }
        complete
    }
}

impl Wanted {
    /// Whether all rows of a table are shown.
    fn all(self, tab: Tab) -> bool {
        self.connection.is_none() && (self.narrow.is_none() || tab != Tab::Findings)
    }

    fn fits(self, finding: &Finding) -> bool {
        self.narrow.is_none_or(|narrow| match narrow {
            Narrow::Severity(severity) => finding.severity == severity,
            Narrow::Accused(accused) => finding.accused == accused,
            Narrow::Rule(rule) => finding.rule == rule,
        })
    }
}

impl Tally {
    fn add(&mut self, finding: &Finding) {
        *self.severities.entry(Reverse(finding.severity)).or_default() += 1;
        *self.accused.entry(finding.accused).or_default() += 1;
        *self.rules.entry(finding.rule).or_default() += 1;
    }
}

fn belongs(snapshot: &Snapshot, tab: Tab, row: u32, connection: ConnectionId, flow: Option<FlowId>) -> bool {
    match tab {
        Tab::Packets => {
            let sender = snapshot.packet(PacketId::new(row)).and_then(|packet| packet.flow);
            sender.map(|(flow, _)| flow) == flow && flow.is_some()
        }
        tab => tab.connection_of(snapshot, row) == Some(connection),
    }
}

fn activity(snapshot: &Snapshot) -> Activity {
    let mut parts: HashMap<ConnectionId, [[u16; PARTS]; 2]> = HashMap::new();
    let (first, last) = snapshot.totals.times.unwrap_or_default();
    let whole = i128::from(last.saturating_sub(first)).max(1);
    for row in 0..snapshot.frame_count() {
        let Some(frame) = snapshot.frame(FrameId::new(row)) else { continue };
        if parts.len() >= COUNTED && !parts.contains_key(&frame.connection) {
            continue;
        }
        let since = i128::from(frame.time.saturating_sub(first)).clamp(0, whole);
        let part = (since * (PARTS as i128 - 1) / whole) as usize;
        let side = usize::from(frame.side == Side::Server);
        let counts = parts.entry(frame.connection).or_default();
        counts[side][part] = counts[side][part].saturating_add(1);
    }
    Activity { parts }
}
