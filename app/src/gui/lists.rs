//! Which rows are shown: all, or those of one connection, found on a thread of its own.
//!
//! The thread hands over what it has found so far; the window never walks through the capture. The newest
//! request wins, and a larger snapshot of the same capture is taken up where the last one ended.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use session::Snapshot;
use session::column::{Column, Rows};
use session::dissector::ids::{ConnectionId, FlowId, FrameId, PacketId, Side};

use super::state::Tab;

/// The rows of one connection, as far as they are known.
#[derive(Clone, Default)]
pub struct Found {
    rows: [Rows<u32>; 3],
    /// Whether every row of the newest snapshot was looked at.
    pub complete: bool,
}

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
    only: Option<ConnectionId>,
    found: Found,
    generation: u64,
    activity: Option<Arc<Activity>>,
}

struct Request {
    generation: u64,
    only: Option<ConnectionId>,
    snapshot: Arc<Snapshot>,
}

enum Answer {
    Found(u64, Found),
    Activity(Arc<Activity>),
}

impl Lists {
    /// Lists of a capture; `wake` is called whenever there is something new.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let (ask, requests) = channel();
        let (answer, answers) = channel();
        // Without a thread all rows can still be shown; only a single connection's stay empty.
        let _ = std::thread::Builder::new()
            .name("lists".into())
            .spawn(move || work(&requests, &|answered| drop(answer.send(answered)), &wake));
        Self { ask, answers, only: None, found: Found::default(), generation: 0, activity: None }
    }

    /// The connection whose rows are shown; none for all.
    pub const fn only(&self) -> Option<ConnectionId> {
        self.only
    }

    /// Shows the rows of one connection, or all.
    pub fn show_only(&mut self, only: Option<ConnectionId>, snapshot: &Arc<Snapshot>) {
        if self.only != only {
            self.generation += 1;
            self.only = only;
            self.found = Found::default();
            self.grown(snapshot);
        }
    }

    /// Says that there is a larger snapshot.
    pub fn grown(&self, snapshot: &Arc<Snapshot>) {
        let request =
            Request { generation: self.generation, only: self.only, snapshot: Arc::clone(snapshot) };
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
        self.only.is_none() || self.found.complete
    }

    /// Number of rows.
    pub fn len(&self, tab: Tab, snapshot: &Snapshot) -> u64 {
        match self.only {
            None => u64::from(tab.count(snapshot)),
            Some(_) => u64::from(self.found.rows[tab as usize].len()),
        }
    }

    /// The number among all rows of the row at `place`.
    pub fn row(&self, tab: Tab, place: u64) -> Option<u32> {
        let place = u32::try_from(place).ok()?;
        match self.only {
            None => Some(place),
            Some(_) => self.found.rows[tab as usize].row(place),
        }
    }

    /// Where a row of all rows stands among those that are shown.
    pub fn place(&self, tab: Tab, row: u32) -> Option<u64> {
        if self.only.is_none() {
            return Some(u64::from(row));
        }
        let rows = &self.found.rows[tab as usize];
        let place = rows.partition_point(|known| *known < row);
        (rows.row(place) == Some(row)).then_some(u64::from(place))
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
    columns: [Column<u32>; 3],
    looked_at: [u32; 3],
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
        let complete = match request.only {
            None => true,
            Some(connection) => {
                let complete = progress.step(&request.snapshot, connection);
                let rows = progress.columns.each_mut().map(Column::publish);
                answer(Answer::Found(request.generation, Found { rows, complete }));
                wake();
                complete
            }
        };
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
    fn step(&mut self, snapshot: &Snapshot, connection: ConnectionId) -> bool {
        let flow = snapshot.connection(connection).map(|connection| connection.flow);
        let mut complete = true;
        for tab in Tab::ALL {
            let (column, from) = (&mut self.columns[tab as usize], &mut self.looked_at[tab as usize]);
            let count = tab.count(snapshot);
            let to = count.min(from.saturating_add(STRIDE));
            for row in *from..to {
                if belongs(snapshot, tab, row, connection, flow) {
                    column.push(row);
                }
            }
            *from = to;
            complete &= to == count;
        }
        complete
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
