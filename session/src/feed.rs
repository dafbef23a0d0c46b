//! Packets on their way to the index: read, and looked at one by one, ahead of their turn.
//!
//! With a thread of its own, reading goes on while the index works. What comes is the same either way, and in the
//! same order.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::thread::Scope;
use std::time::Duration;

use capture::{Batch, Bytes, CaptureError, Format, Growing, Progress, Record, Step};
use dissector::glance::{Glance, Scout, Text};
use dissector::ids::PacketId;
use dissector::packet::{Packet, Packets};

/// How long the source is waited for, where it is silent, before the index looks around again.
const PATIENCE: Duration = Duration::from_millis(20);

/// Batches that may wait for the index: what the thread is ahead, and what both use of memory.
const AHEAD: usize = 3;

/// Where the packets come from.
pub(crate) trait Feed {
    /// What comes next, and how far reading has come with it.
    fn next(&mut self) -> Result<(Fed<'_>, &Reached), CaptureError>;
}

/// What comes.
pub(crate) enum Fed<'a> {
    /// Packets that were looked at. `waited`: whether they had to be waited for.
    Seen { seen: &'a Arc<Seen>, waited: bool },
    /// Anything else, or a packet with something written beside it.
    Step(Step<'a>),
}

/// How far reading has come.
#[derive(Clone)]
pub(crate) struct Reached {
    pub(crate) bytes: Arc<dyn Bytes>,
    pub(crate) format: Option<Format>,
    pub(crate) progress: Progress,
}

impl Reached {
    pub(crate) fn of(capture: &dyn Growing) -> Self {
        Self { bytes: capture.bytes(), format: capture.format(), progress: capture.progress() }
    }
}

/// Packets, and what was seen of each.
#[derive(Default)]
pub(crate) struct Seen {
    batch: Batch,
    glances: Vec<Glance>,
    texts: Vec<Text>,
}

impl Seen {
    /// Takes the packets that are there. Says whether there are any.
    fn take(&mut self, capture: &mut dyn Growing, scout: &mut Scout) -> bool {
        capture.batch(&mut self.batch);
        self.glances.clear();
        self.texts.clear();
        for record in self.batch.records() {
            // Its number is not known yet, and nothing that is seen depends on it.
            self.glances.push(scout.look(&packet(PacketId::new(0), &record), &mut self.texts));
        }
        !self.batch.is_empty()
    }

    /// What was seen of each packet.
    pub(crate) fn glances(&self) -> &[Glance] {
        &self.glances
    }

    /// The packets before their turn, with what was seen of each.
    pub(crate) fn glanced(&self) -> impl Iterator<Item = (Packet<'_>, &Glance)> {
        // Their numbers are not known yet.
        let packets = self.batch.records().map(|record| packet(PacketId::new(0), &record));
        packets.zip(&self.glances)
    }

    /// The packets in order.
    pub(crate) fn packets(&self) -> impl Iterator<Item = (Record<'_>, &Glance, &[Text])> {
        let mut texts = self.texts.as_slice();
        self.batch.records().zip(&self.glances).map(move |(record, glance)| {
            let (its, others) = texts.split_at_checked(glance.texts()).unwrap_or_default();
            texts = others;
            (record, glance, its)
        })
    }
}

impl Packets for Seen {
    fn bytes(&self, place: usize) -> &[u8] {
        self.batch.data(place)
    }
}

/// A record as the dissector takes it.
pub(crate) fn packet<'a>(id: PacketId, record: &Record<'a>) -> Packet<'a> {
    let &Record { time, wire_len, .. } = record;
    Packet { id, time, link: record.link.0, bytes: record.data, wire_len }
}

/// Reading between two packets of the index, on its own thread.
pub(crate) struct Here<'a> {
    capture: &'a mut dyn Growing,
    scout: Scout,
    seen: Arc<Seen>,
    reached: Reached,
}

impl<'a> Here<'a> {
    pub(crate) fn new(capture: &'a mut dyn Growing) -> Self {
        let reached = Reached::of(capture);
        Self { capture, scout: Scout::default(), seen: Arc::default(), reached }
    }
}

impl Feed for Here<'_> {
    fn next(&mut self) -> Result<(Fed<'_>, &Reached), CaptureError> {
        // Nobody else has a look at packets that were read here.
        let any = Arc::get_mut(&mut self.seen).is_some_and(|seen| seen.take(self.capture, &mut self.scout));
        self.reached = Reached::of(self.capture);
        if any {
            return Ok((Fed::Seen { seen: &self.seen, waited: false }, &self.reached));
        }
        Ok((Fed::Step(self.capture.next(PATIENCE)?), &self.reached))
    }
}

/// Reading ahead, on another thread.
pub(crate) struct Ahead {
    coming: Receiver<(Owned, Reached)>,
    /// Batches that have been used, for their memory.
    back: Sender<Seen>,
    now: Owned,
    reached: Reached,
}

/// What comes, for another thread.
enum Owned {
    Seen(Arc<Seen>),
    Packet(Single),
    Step(Step<'static>),
    Failed(Option<CaptureError>),
}

/// One packet and its bytes.
struct Single {
    record: Record<'static>,
    data: Vec<u8>,
}

impl Ahead {
    /// Begins to read, on a thread of `scope` that ends soon after the reader is dropped.
    pub(crate) fn new<'scope>(
        scope: &'scope Scope<'scope, '_>,
        capture: &'scope mut dyn Growing,
    ) -> std::io::Result<Self> {
        let reached = Reached::of(capture);
        let (sender, coming) = sync_channel(AHEAD);
        let (back, used) = channel();
        let thread = std::thread::Builder::new().name("read".into());
        thread.spawn_scoped(scope, move || read(capture, &sender, &used))?;
        Ok(Self { coming, back, now: Owned::Failed(None), reached })
    }
}

/// Reads to the end, or until nobody listens any more.
fn read(capture: &mut dyn Growing, sender: &SyncSender<(Owned, Reached)>, used: &Receiver<Seen>) {
    let mut scout = Scout::default();
    // Memory for a batch, where the last one was empty.
    let mut spare: Option<Seen> = None;
    loop {
        let mut seen = spare.take().or_else(|| used.try_recv().ok()).unwrap_or_default();
        let (next, last) = if seen.take(capture, &mut scout) {
            (Owned::Seen(Arc::new(seen)), false)
        } else {
            spare = Some(seen);
            match capture.next(PATIENCE) {
                Ok(Step::Record(record)) => (Owned::Packet(Single::of(&record)), false),
                Ok(Step::Interface(interface)) => (Owned::Step(Step::Interface(interface)), false),
                Ok(Step::Secrets { kind, span }) => (Owned::Step(Step::Secrets { kind, span }), false),
                Ok(Step::Names(names)) => (Owned::Step(Step::Names(names)), false),
                Ok(Step::Note(note)) => (Owned::Step(Step::Note(note)), false),
                Ok(Step::Idle) => (Owned::Step(Step::Idle), false),
                Ok(Step::End) => (Owned::Step(Step::End), true),
                Err(error) => (Owned::Failed(Some(error)), true),
            }
        };
        if sender.send((next, Reached::of(capture))).is_err() || last {
            return;
        }
    }
}

impl Single {
    fn of(record: &Record<'_>) -> Self {
        let &Record { span, time, link, interface, wire_len, data, .. } = record;
        let comment = record.comment.as_deref().map(|comment| Cow::Owned(comment.to_owned()));
        let record = Record { span, time, link, interface, wire_len, data: &[], comment };
        Self { record, data: data.to_vec() }
    }
}

impl Feed for Ahead {
    fn next(&mut self) -> Result<(Fed<'_>, &Reached), CaptureError> {
        if let Owned::Seen(seen) = std::mem::replace(&mut self.now, Owned::Failed(None)) {
            // Whoever worked on it has let go of it; and the thread may have come to its end.
            if let Some(seen) = Arc::into_inner(seen) {
                let _ = self.back.send(seen);
            }
        }
        // Where the thread has nothing more to say it has said how it ended, unless it went down.
        let there = self.coming.try_recv();
        let waited = matches!(there, Err(TryRecvError::Empty));
        let Ok((now, reached)) = there.or_else(|_| self.coming.recv()) else {
            panic!("the thread that reads is gone")
        };
        self.reached = reached;
        self.now = now;
        let fed = match &mut self.now {
            Owned::Seen(seen) => Fed::Seen { seen, waited },
            Owned::Packet(Single { record, data }) => {
                Fed::Step(Step::Record(Record { data, ..record.clone() }))
            }
            Owned::Step(step) => Fed::Step(step.clone()),
            Owned::Failed(error) => match error.take() {
                Some(error) => return Err(error),
                None => Fed::Step(Step::End),
            },
        };
        Ok((fed, &self.reached))
    }
}
