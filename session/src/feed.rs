//! Packets on their way to the index: read, and looked at one by one, ahead of their turn.
//!
//! With a thread of its own, reading goes on while the index works. What comes is the same either way, and in the
//! same order.

use std::sync::Arc;
use std::time::Duration;

use capture::{Batch, Bytes, CaptureError, Format, Growing, Progress, Record, Step};
use dissector::glance::{Glance, Scout, Text};
use dissector::ids::PacketId;
use dissector::packet::{Packet, Packets};

pub(crate) use ahead::Ahead;

mod ahead;

/// How long the source is waited for, where it is silent, before the index looks around again.
const PATIENCE: Duration = Duration::from_millis(20);

/// Where the packets come from.
pub(crate) trait Feed {
    /// What comes next, and how far reading has come with it.
    fn next(&mut self) -> Result<(Fed<'_>, &Reached), CaptureError>;
}

/// What comes.
pub(crate) enum Fed<'a> {
    /// Packets that were looked at.
    Seen(&'a Arc<Seen>),
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
            return Ok((Fed::Seen(&self.seen), &self.reached));
        }
        Ok((Fed::Step(self.capture.next(PATIENCE)?), &self.reached))
    }
}
