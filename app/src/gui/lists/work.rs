//! The thread that finds the rows that are shown: those in sight first, a little at a time, for the newest request.
//!
//! What a filter says of early rows may only be known when all was read. Then, and now and then while a live capture
//! goes on, rows are found anew; what was found before stays in sight until that is done.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use session::Snapshot;
use session::column::{Column, Rows};
use session::decoding::Pin;
use session::dissector::ids::{ConnectionId, FlowId, PacketId};
use session::dissector::rules::Finding;
use session::filter::{Filter, Mask, ROWS, Reads, Sieve};

use super::activity::Counting;
use super::{Activity, Narrow, TABS, Tally};
use crate::gui::newest::newest;
use crate::gui::state::Tab;

/// The rows that are shown, as far as they are known.
#[derive(Clone, Default)]
pub(super) struct Found {
    pub(super) rows: [Rows<u32>; TABS],
    pub(super) tally: Arc<Tally>,
    /// How many rows of each table were looked at.
    pub(super) looked_at: [u32; TABS],
    /// Whether every row of the newest snapshot was.
    pub(super) complete: bool,
    /// Whether they were found anew, and do not go on from those before.
    pub(super) anew: bool,
}

/// What the rows are to have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) connection: Option<ConnectionId>,
    pub(super) narrow: Option<Narrow>,
    pub(super) filter: Arc<Filter>,
    /// What reads the messages that a filter asks about.
    pub(super) pins: Arc<[Pin]>,
}

impl PartialEq for Wanted {
    fn eq(&self, other: &Self) -> bool {
        self.connection == other.connection
            && self.narrow == other.narrow
            && self.filter.text() == other.filter.text()
            && (self.filter.is_empty() || self.pins == other.pins)
    }
}

pub(super) struct Request {
    pub(super) generation: u64,
    pub(super) wanted: Wanted,
    pub(super) snapshot: Arc<Snapshot>,
    /// The table that is in sight.
    pub(super) first: Tab,
}

pub(super) enum Answer {
    Found(u64, Found),
    Activity(Arc<Activity>),
}

/// Frames that are heard at a time for what answers what, where a filter asks for that.
const HEARD: u32 = 1024;
/// How long rows are looked at between two looks at the requests.
const STRIDE: Duration = Duration::from_millis(15);
/// Rows looked at at once where their content is read.
const FEW: usize = 64;
/// How long what was found of a growing capture stands before it is found anew.
const PAUSE: Duration = Duration::from_secs(1);

/// Rows in the finding.
struct Progress {
    columns: [Column<u32>; TABS],
    looked_at: [u32; TABS],
    tally: Tally,
    sieve: Sieve,
    pins: Arc<[Pin]>,
    /// Whether more was being read when it began, so that what is said of early rows may not hold any more.
    early: bool,
    /// Whether others are in sight until these are all found.
    quiet: bool,
    begun: Instant,
    took: Duration,
    /// Whether all rows of the newest snapshot were looked at.
    over: bool,
}

impl Progress {
    fn new(request: &Request, quiet: bool, sieve: Sieve) -> Self {
        Self {
            columns: Default::default(),
            looked_at: [0; TABS],
            tally: Tally::default(),
            sieve,
            pins: Arc::clone(&request.wanted.pins),
            early: request.snapshot.state == session::State::Reading,
            quiet,
            begun: Instant::now(),
            took: Duration::ZERO,
            over: false,
        }
    }

    /// From the beginning, with what is known whatever the filter.
    fn anew(self, request: &Request, quiet: bool) -> Self {
        let wanted = &request.wanted;
        let mut sieve = self.sieve.with(Arc::clone(&wanted.filter));
        if self.pins != wanted.pins {
            sieve = sieve.pinned(wanted.pins.to_vec());
        }
        Self::new(request, quiet, sieve)
    }

    /// Whether it is time to find all anew: what a filter says of rows that were looked at early may have changed.
    fn aged(&self, request: &Request) -> bool {
        if !self.early || !request.wanted.filter.settles_late() {
            return false;
        }
        let done = request.snapshot.state != session::State::Reading;
        done || !self.quiet && self.took > Duration::ZERO && self.begun.elapsed() > PAUSE.max(self.took * 4)
    }

    fn found(&mut self, complete: bool) -> Found {
        let anew = std::mem::take(&mut self.quiet);
        Found {
            rows: self.columns.each_mut().map(Column::publish),
            tally: Arc::new(self.tally.clone()),
            looked_at: self.looked_at,
            complete,
            anew,
        }
    }
}

pub(super) fn work(requests: &Receiver<Request>, answer: &dyn Fn(Answer), wake: &dyn Fn()) {
    let Ok(mut request) = requests.recv() else { return };
    let Wanted { filter, pins, .. } = &request.wanted;
    let sieve = Sieve::new(Arc::clone(filter)).pinned(pins.to_vec());
    let mut progress = Progress::new(&request, false, sieve);
    let (mut counted, mut counting) = (0, None);
    let mut newer = None;
    loop {
        match newest(requests) {
            Ok(newest) => newer = newest.or(newer),
            Err(()) => return,
        }
        if let Some(newer) = newer.take() {
            let other = newer.generation != request.generation;
            request = newer;
            progress.over = false;
            if other {
                progress = progress.anew(&request, false);
            } else if progress.aged(&request) {
                progress = progress.anew(&request, true);
            }
        }
        if !progress.over {
            let before = progress.looked_at;
            progress.over = progress.step(&request);
            let news = before != progress.looked_at || before == [0; TABS];
            if news && (progress.over || !progress.quiet) {
                let over = progress.over;
                answer(Answer::Found(request.generation, progress.found(over)));
                wake();
            }
            if progress.over {
                progress.took = progress.begun.elapsed();
            }
            continue;
        }
        // Counted anew when there is twice as much, and once more at the end.
        let frames = request.snapshot.frame_count();
        let reading = request.snapshot.state == session::State::Reading;
        if counting.is_none() && frames != counted && (frames / 2 >= counted || !reading) {
            counting = Some(Counting::new(&request.snapshot));
            counted = frames;
        }
        if let Some(count) = &mut counting {
            if let Some(activity) = count.step(Instant::now() + STRIDE) {
                answer(Answer::Activity(Arc::new(activity)));
                counting = None;
                wake();
            }
            continue;
        }
        if !reading {
            progress.sieve.prepare(&request.snapshot);
        }
        match requests.recv() {
            Ok(next) => newer = Some(next),
            Err(_) => return,
        }
    }
}

impl Progress {
    /// Looks at some rows more, those in sight first; whether they were the last.
    fn step(&mut self, request: &Request) -> bool {
        let until = Instant::now() + STRIDE;
        while !self.sieve.ready(&request.snapshot, HEARD) {
            if Instant::now() > until {
                return false;
            }
        }
        let others = Tab::ALL.into_iter().filter(|tab| *tab != request.first);
        for tab in std::iter::once(request.first).chain(others) {
            // Findings are always looked through, as they are counted by kind.
            if request.wanted.all(tab) && tab != Tab::Findings {
                continue;
            }
            while self.looked_at[tab as usize] < tab.count(&request.snapshot) {
                if Instant::now() > until {
                    return false;
                }
                self.chunk(request, tab);
            }
        }
        true
    }

    /// Looks at the next rows of a table.
    fn chunk(&mut self, Request { wanted, snapshot, .. }: &Request, tab: Tab) {
        let from = self.looked_at[tab as usize];
        let base = from - from % ROWS as u32;
        let few = if wanted.filter.reads() >= Reads::Packet { FEW as u32 } else { ROWS as u32 };
        let to = tab.count(snapshot).min(base + ROWS as u32).min(from.saturating_add(few));
        let mut among = Mask::range((from - base) as usize, (to - base) as usize);
        if let Some(connection) = wanted.connection {
            let flow = snapshot.connection(connection).map(|connection| connection.flow);
            let its = |place: &usize| belongs(snapshot, tab, base + *place as u32, connection, flow);
            among = among.iter().filter(its).collect();
        }
        for place in self.sieve.sift(snapshot, tab.of(), base, &among).iter() {
            let row = base + place as u32;
            let finding = if tab == Tab::Findings { snapshot.findings().row(row) } else { None };
            if let Some(found) = finding {
                self.tally.add(&found.finding);
            }
            if finding.is_none_or(|found| wanted.fits(&found.finding)) {
                self.columns[tab as usize].push(row);
            }
        }
        self.looked_at[tab as usize] = to;
    }
}

impl Wanted {
    /// Whether all rows of a table are shown.
    pub(super) fn all(&self, tab: Tab) -> bool {
        self.connection.is_none() && self.filter.is_empty() && (self.narrow.is_none() || tab != Tab::Findings)
    }

    fn fits(&self, finding: &Finding) -> bool {
        self.narrow.is_none_or(|narrow| match narrow {
            Narrow::Severity(severity) => finding.severity == severity,
            Narrow::Accused(accused) => finding.accused == accused,
            Narrow::Rule(rule) => finding.rule == rule,
        })
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
