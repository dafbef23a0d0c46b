//! What rows refer to, held against what is there: readers follow rows from one to the next, and must come to an end.
//!
//! A row refers to rows before it, or of another table; sizes are those that a capture of this length can hold.

use dissector::event::Outcome;
use dissector::ids::{ConnectionId, ExtentId, FlowId, FrameId, MessageId, PacketId};
use dissector::span::{Below, Extent};

use super::value::structs;
use crate::model::{Connection, Flow};
use crate::neighbor::{Exchange, Place, PushSession};
use crate::packing::{NONE, Packed};
use crate::row::{ExtentRow, FrameMore, FrameRow, PacketRow};
use crate::snapshot::Snapshot;
use crate::tables::{Checkpoint, MessageMore};
use crate::verdicts::Found;

/// How many rows the tables have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// Bytes of the capture.
    bytes: u64,
    packets: u32,
    extents: u32,
    frames: u32,
    messages: u32,
    connections: u32,
    flows: u32,
    findings: u32,
    sessions: u32,
    exchanges: u32,
}

structs! {
    Bounds { bytes, packets, extents, frames, messages, connections, flows, findings, sessions, exchanges }
}

/// No offset in a stream comes near this.
const FAR: u64 = 1 << 62;
/// DEFLATE makes no more of a byte (zlib's technical notes); a margin is added.
const GROWTH: u64 = 1100;
/// A window that is packed is hardly longer than one that is not.
const WINDOW: usize = 64 << 10;

/// What a check says where all is well.
const WELL: Option<()> = Some(());

fn holds(condition: bool) -> Option<()> {
    condition.then_some(())
}

impl Bounds {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        Self {
            bytes: snapshot.bytes.len(),
            packets: snapshot.packets.len(),
            extents: snapshot.extents.len(),
            frames: snapshot.frames.len(),
            messages: snapshot.messages.len(),
            connections: snapshot.connections().len(),
            flows: snapshot.flows().len(),
            findings: snapshot.findings().len(),
            sessions: snapshot.push_sessions().len(),
            exchanges: snapshot.exchanges().len(),
        }
    }

    fn has_packet(&self, id: PacketId) -> bool {
        id.index() < self.packets
    }
    fn has_extent(&self, id: Option<ExtentId>) -> bool {
        id.is_none_or(|id| id.index() < self.extents)
    }
    fn has_frame(&self, id: Option<FrameId>) -> bool {
        id.is_none_or(|id| id.index() < self.frames)
    }
    fn has_connection(&self, id: Option<ConnectionId>) -> bool {
        id.is_none_or(|id| id.index() < self.connections)
    }
    fn has_flow(&self, id: FlowId) -> bool {
        id.index() < self.flows
    }

    /// A chunk of [`PacketRow`]s: `at`, time, `word`, flow.
    pub(super) fn packets(&self, _: u32, chunk: &Packed) -> Option<()> {
        let end = |place| {
            let row: PacketRow = chunk.row(place);
            row.at.checked_add(row.len().into())
        };
        let within = |place| end(place).is_some_and(|end| end <= self.bytes);
        // A packet's length has 25 bits.
        let before = self.bytes.saturating_sub(1 << 25);
        holds(chunk.is_under(0, before, false) || (0..chunk.len()).all(within))?;
        holds(chunk.is_under(3, u64::from(self.flows) << 1, true))
    }

    /// A chunk of [`ExtentRow`]s: `at`, `word`, `below`, `offset`, `prev`.
    pub(super) fn extents(&self, begin: u32, chunk: &Packed) -> Option<()> {
        let before = |(place, prev): (u64, u64)| prev < place || prev == u64::from(NONE);
        let in_packets = chunk.is_under(1, 1 << 30, false);
        if in_packets && chunk.is_under(0, FAR, false) && chunk.is_under(2, self.packets.into(), false) {
            return holds((u64::from(begin)..).zip(chunk.numbers(4)).all(before));
        }
        (0..chunk.len()).try_for_each(|place| self.extent(begin + place as u32, chunk.row(place)))
    }

    fn extent(&self, place: u32, row: ExtentRow) -> Option<()> {
        let extent = Extent::from(row);
        let below = match extent.below {
            Below::Packet { id, .. } => self.has_packet(id),
            Below::Extent { id, .. } => id.index() < place,
            // Nothing that was opened with keys is kept.
            Below::Record { .. } => false,
        };
        holds(below && extent.at < FAR && extent.prev.is_none_or(|id| id.index() < place))
    }

    /// A chunk of [`FrameRow`]s: `at`, length of payload, extent, message, connection, bits.
    pub(super) fn frames(&self, _: u32, chunk: &Packed) -> Option<()> {
        let there = chunk.is_under(2, self.extents.into(), false)
            && chunk.is_under(3, self.messages.into(), true)
            && chunk.is_under(4, self.connections.into(), false);
        holds(there && chunk.is_under(0, FAR, false))
    }

    /// The frames of a chunk whose payload is longer than the capture.
    pub(super) fn long(&self, begin: u32, chunk: &Packed) -> Vec<(u32, FrameRow)> {
        if chunk.is_under(1, self.bytes, false) {
            return Vec::new();
        }
        let rows = (0..chunk.len()).map(|place| (begin + place as u32, chunk.row::<FrameRow>(place)));
        rows.filter(|(_, row)| row.payload_len > self.bytes).collect()
    }

    /// Whether a payload that is longer than the capture is so by what is missing.
    pub(super) fn payload(&self, row: FrameRow, missing: u64) -> Option<()> {
        holds(row.payload_len.saturating_sub(missing) <= self.bytes)
    }

    /// A chunk of [`MessageRow`](crate::row::MessageRow)s: the first frame, and whether there is more.
    pub(super) fn messages(&self, _: u32, chunk: &Packed) -> Option<()> {
        holds(chunk.is_under(0, self.frames.into(), false))
    }

    pub(super) fn frame_more(&self, key: u32, more: &FrameMore) -> Option<()> {
        let FrameMore { packet, previous, .. } = *more;
        let before = previous.is_none_or(|id| id.index() < key);
        holds(key < self.frames && self.has_packet(packet) && before)
    }

    pub(super) fn message_more(&self, key: u32, more: &MessageMore) -> Option<()> {
        let MessageMore { last, wire_len, len, outcome, context, .. } = *more;
        let before = context.is_none_or(|id: MessageId| id.index() < key);
        let grown = wire_len.saturating_add(1).saturating_mul(GROWTH);
        let whole = outcome != Outcome::Whole || wire_len <= self.bytes && len <= grown;
        holds(key < self.messages && self.has_frame(Some(last)) && before && whole)
    }

    pub(super) fn checkpoint(&self, checkpoint: &Checkpoint) -> Option<()> {
        holds(checkpoint.after.index() < self.messages && checkpoint.window.len() <= WINDOW)
    }

    pub(super) fn connection(&self, place: u32, connection: &Connection) -> Option<()> {
        let Connection { id, flow, heads, packet, closing, .. } = connection;
        holds(id.index() == place && self.has_flow(*flow) && self.has_packet(*packet))?;
        heads.iter().try_for_each(|head| holds(self.has_extent(*head)))?;
        for (close, packet) in closing.close.iter().zip(closing.packets) {
            let frame = close.as_ref().map(|(frame, _)| *frame);
            holds(self.has_frame(frame) && packet.is_none_or(|id| self.has_packet(id)))?;
        }
        WELL
    }

    pub(super) fn flow(&self, place: u32, flow: &Flow) -> Option<()> {
        holds(flow.id.index() == place && self.has_packet(flow.first) && self.has_packet(flow.last))
    }

    pub(super) fn finding(&self, rules: usize, found: &Found) -> Option<()> {
        let Found { finding, packet, extent, .. } = found;
        let whose = self.has_connection(finding.connection) && self.has_flow(finding.flow);
        let place = self.has_frame(finding.frame) && self.has_extent(*extent);
        let span = finding.span.is_none_or(|span| span.at < FAR);
        holds(usize::from(finding.rule) < rules && whose && place && span && self.has_packet(*packet))
    }

    pub(super) fn session(&self, place: u32, session: &PushSession) -> Option<()> {
        let PushSession { id, connections, packet, last, .. } = session;
        holds(id.index() == place && self.has_packet(*packet) && self.has_packet(*last))?;
        holds(connections.iter().all(|id| self.has_connection(Some(*id))))
    }

    pub(super) fn exchange(&self, place: u32, exchange: &Exchange) -> Option<()> {
        let Exchange { id, session, flow, heads, packets, .. } = exchange;
        holds(id.index() == place && session.index() < self.sessions && self.has_flow(*flow))?;
        let head =
            |head: &Place| self.has_extent(head.extent) && head.at < FAR && u64::from(head.len) <= self.bytes;
        holds(heads.iter().flatten().all(head) && packets.iter().flatten().all(|id| self.has_packet(*id)))
    }

    /// A chunk of [`DeliveryRow`](crate::neighbor::table::DeliveryRow)s: `at`, length, extent, exchange with two bits,
    /// packet, frames.
    pub(super) fn deliveries(&self, chunk: &Packed) -> Option<()> {
        let there = chunk.is_under(2, self.extents.into(), false)
            && chunk.is_under(3, u64::from(self.exchanges) << 2, false)
            && chunk.is_under(4, self.packets.into(), false)
            && chunk.is_under(5, u64::from(self.frames) + 1, false);
        holds(there && chunk.is_under(0, FAR, false) && chunk.is_under(1, FAR, false))
    }

    pub(super) fn joined(&self, connection: u32, session: u32) -> Option<()> {
        holds(connection < self.connections && session < self.sessions)
    }

    pub(super) fn finding_of(&self, frame: u32, place: u32) -> Option<()> {
        holds(frame < self.frames && place < self.findings)
    }
}
