//! A filter at work on the rows of a capture: by the thousands, columns before what must be read.

use std::collections::HashMap;
use std::sync::Arc;

use capture::Bytes;
use dissector::ids::{ConnectionId, DeliveryId, FlowId, FrameId, MessageId, PacketId};

use super::Filter;
use super::column;
use super::field::Read;
use super::look::{Look, Memory, Row};
use super::mask::{Mask, ROWS};
use super::test::{Expr, Test};
use crate::content::Content;
use crate::decoding::Pin;
use crate::snapshot::Snapshot;

/// What rows are rows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// Packets.
    Packets,
    /// Frames.
    Frames,
    /// Messages.
    Messages,
    /// Messages that HTTP carries.
    Deliveries,
    /// Findings that were kept in full.
    Findings,
}

impl Of {
    /// The row at a place among all.
    pub fn row(self, index: u32) -> Row {
        match self {
            Self::Packets => Row::Packet(PacketId::new(index)),
            Self::Frames => Row::Frame(FrameId::new(index)),
            Self::Messages => Row::Message(MessageId::new(index)),
            Self::Deliveries => Row::Delivery(DeliveryId::new(index)),
            Self::Findings => Row::Finding(index),
        }
    }

    /// How many there are.
    pub fn count(self, snapshot: &Snapshot) -> u32 {
        match self {
            Self::Packets => snapshot.packet_count(),
            Self::Frames => snapshot.frame_count(),
            Self::Messages => snapshot.message_count(),
            Self::Deliveries => snapshot.delivery_count(),
            Self::Findings => snapshot.findings().len(),
        }
    }
}

/// A filter with what it remembers of one pass over a capture.
pub struct Sieve {
    filter: Arc<Filter>,
    memory: Memory,
    content: Content,
    /// The capture and the pass over it that it looked at last.
    last: Option<(Arc<dyn Bytes>, u32)>,
}

impl Sieve {
    /// A filter that has seen nothing yet.
    pub fn new(filter: Arc<Filter>) -> Self {
        Self { filter, memory: Memory::default(), content: Content::default(), last: None }
    }

    /// The same, where the user says what reads some connections.
    pub fn pinned(self, pins: Vec<Pin>) -> Self {
        Self { memory: Memory::new(pins), ..self }
    }

    /// Another filter, with what does not depend on it: which frames belong to which packets.
    pub fn with(self, filter: Arc<Filter>) -> Self {
        Self { filter, memory: self.memory.lasting(), content: Content::default(), last: self.last }
    }

    /// Looks beforehand at what sifting packets by their frames begins with.
    pub fn prepare(&mut self, snapshot: &Snapshot) {
        self.meet(snapshot);
        self.memory.by_packet.extend(snapshot, &mut self.memory.near);
    }

    /// Hears on, `stride` frames more, for what answers what, where the filter asks for that; whether it is ready. What
    /// it sifts before hears all that is left by itself.
    pub fn ready(&mut self, snapshot: &Snapshot, stride: u32) -> bool {
        self.meet(snapshot);
        !self.filter.of_pairs() || self.memory.hear(snapshot, stride)
    }

    /// The filter.
    pub fn filter(&self) -> &Arc<Filter> {
        &self.filter
    }

    /// Whether it holds for a row.
    pub fn holds(&mut self, snapshot: &Snapshot, row: Row) -> bool {
        self.meet(snapshot);
        let Some(expr) = &self.filter.expr else { return true };
        if let Row::Connection(id) = row {
            return self.connections(snapshot).contains(&id);
        }
        expr.holds(&mut Look { snapshot, content: &mut self.content, memory: &mut self.memory }, row)
    }

    /// Leaves of `among`, which are rows from `base` on, those for which the filter holds. `base` is a multiple of
    /// [`ROWS`].
    pub fn sift(&mut self, snapshot: &Snapshot, of: Of, base: u32, among: &Mask) -> Mask {
        self.meet(snapshot);
        let Some(expr) = &self.filter.expr else { return among.clone() };
        let mut look = Look { snapshot, content: &mut self.content, memory: &mut self.memory };
        sift(expr, &mut look, of, base, among)
    }

    /// The connections for which it holds, in order. What is said of frames, messages or packets holds for a connection
    /// where it holds for one of its frames.
    pub fn connections(&mut self, snapshot: &Snapshot) -> Vec<ConnectionId> {
        self.meet(snapshot);
        let all = snapshot.connections().iter();
        let Some(expr) = &self.filter.expr else { return all.map(|connection| connection.id).collect() };
        let own = self.filter.of_connections_only();
        let mut held: Vec<bool> = all
            .map(|connection| {
                let empty = connection.frames == [0, 0];
                let mut look = Look { snapshot, content: &mut self.content, memory: &mut self.memory };
                (own || empty) && expr.holds(&mut look, Row::Connection(connection.id))
            })
            .collect();
        let frames = if own { 0 } else { snapshot.frame_count() };
        for base in (0..frames).step_by(ROWS) {
            let among = Mask::first((frames - base) as usize);
            let mut look = Look { snapshot, content: &mut self.content, memory: &mut self.memory };
            for place in sift(expr, &mut look, Of::Frames, base, &among).iter() {
                if let Some(row) = snapshot.frames.row(base + place as u32)
                    && let Some(held) = held.get_mut(row.connection().index() as usize)
                {
                    *held = true;
                }
            }
        }
        let numbered = held.into_iter().enumerate().filter(|(_, held)| *held);
        numbered.map(|(index, _)| ConnectionId::new(index as u32)).collect()
    }

    /// Forgets what was seen in another pass.
    fn meet(&mut self, snapshot: &Snapshot) {
        let same = |(bytes, generation): &(Arc<dyn Bytes>, u32)| {
            Arc::ptr_eq(bytes, &snapshot.bytes) && *generation == snapshot.generation
        };
        if !self.last.as_ref().is_some_and(same) {
            self.memory.anew();
            self.content = Content::default();
            self.last = Some((Arc::clone(&snapshot.bytes), snapshot.generation));
        }
    }
}

fn sift(expr: &Expr, look: &mut Look<'_>, of: Of, base: u32, among: &Mask) -> Mask {
    if among.is_empty() {
        return Mask::NONE;
    }
    match expr {
        Expr::And(all) => all.iter().fold(among.clone(), |left, inner| sift(inner, look, of, base, &left)),
        Expr::Or(all) => {
            let mut held = Mask::NONE;
            for inner in all {
                held = held.or(&sift(inner, look, of, base, &among.without(&held)));
            }
            held
        }
        Expr::Xor(all) => {
            all.iter().fold(Mask::NONE, |held, inner| held.xor(&sift(inner, look, of, base, among)))
        }
        Expr::Not(inner) => among.without(&sift(inner, look, of, base, among)),
        Expr::Test(test) => match column::sift(look, test, of, base, among) {
            Some((passed, rest)) => passed.or(&one_by_one(test, look, of, base, &rest)),
            None => one_by_one(test, look, of, base, among),
        },
    }
}

fn one_by_one(test: &Test, look: &mut Look<'_>, of: Of, base: u32, among: &Mask) -> Mask {
    let mut held = Mask::NONE;
    // What is said of a connection holds for all its frames and messages alike, and but for its heads for the packets of
    // its flow.
    let one = test.is_of_one_field();
    let alike = |look: &Look<'_>, row: Row| match (of, &test.left.field.read) {
        (Of::Frames | Of::Messages, Read::Connection(_) | Read::Head(..)) if one => {
            look.connection_of(row).map(ConnectionId::index)
        }
        (Of::Packets, Read::Connection(_)) if one => look.flow_of(row).map(FlowId::index),
        _ => None,
    };
    let mut known: HashMap<u32, bool> = HashMap::new();
    for place in among.iter() {
        let row = of.row(base + place as u32);
        let holds = match alike(look, row) {
            Some(group) => *known.entry(group).or_insert_with(|| test.holds(look, row)),
            None => test.holds(look, row),
        };
        if holds {
            held.set(place);
        }
    }
    held
}
