//! A look at one row: what belongs to it, and the values that its fields have.
//!
//! ```text
//! packet ─► frames that it completes ─► messages that they complete; heads that it completes; connections of its flow
//! frame, message, finding ─► its packet, its message or frames, its connection with both heads
//! ```

use std::sync::Arc;

use capture::FileSpan;
use dissector::decoders::Decoded;
use dissector::event::Part;
use dissector::ids::{ConnectionId, DeliveryId, FlowId, FrameId, MessageId, PacketId, Side};
use dissector::link::{Raw, read_header};

use super::field::{Field, Path, Read, Take};
use super::fields::{delivery, field};
use super::memory::{ByFlow, ByPacket, Loose, Streams};
use super::value::{Kind, Value};
use crate::content::{Content, Patchy, SHOWN};
use crate::decoding::{Decoding, Depth, Pin};
use crate::model::{Connection, Message, Packet};
use crate::near::NearRows;
use crate::pairing::Pairing;
use crate::round_trips::RoundTrips;
use crate::snapshot::Snapshot;
use crate::verdicts::Found;

/// A row that a filter lets through or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// A packet, with all that it completes.
    Packet(PacketId),
    /// A frame, with its packet, message and connection.
    Frame(FrameId),
    /// A message, with its frames, the packet that completed it, and its connection.
    Message(MessageId),
    /// A finding, by its place, with what it is about.
    Finding(u32),
    /// A message that HTTP carries, with the packet that completed it.
    Delivery(DeliveryId),
    /// A connection; what it has frames for holds where it holds for one of them.
    Connection(ConnectionId),
}

/// What is remembered from one row to the next.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) by_packet: ByPacket,
    pub(super) near: NearRows,
    by_flow: ByFlow,
    loose: Loose,
    round_trips: RoundTrips,
    streams: Streams,
    packet: Option<(PacketId, Vec<u8>)>,
    /// The last message whose content was read, and whether that could be had.
    message: Option<(MessageId, bool)>,
    bytes: Patchy,
    pins: Vec<Pin>,
    decoding: Decoding,
    /// What the last message says, and how deep was looked.
    decoded: Option<(MessageId, Depth, Decoded)>,
    /// What answers what, once a filter asked.
    pairing: Option<Pairing>,
    /// The content of the last message that HTTP carries.
    delivered: Option<(DeliveryId, Option<Arc<[u8]>>)>,
}

impl Memory {
    /// What does not depend on the filter, and does not change when more is read.
    pub(super) fn lasting(self) -> Self {
        Self { by_packet: self.by_packet, pairing: self.pairing, ..Self::new(self.pins) }
    }

    /// With what the user says of decoders.
    pub(super) fn new(pins: Vec<Pin>) -> Self {
        Self { decoding: Decoding::new(pins.clone()), pins, ..Self::default() }
    }
    /// The same in another pass.
    pub(super) fn anew(&mut self) {
        *self = Self::new(std::mem::take(&mut self.pins));
    }

    /// Hears on for what answers what; whether that was all.
    pub(super) fn hear(&mut self, snapshot: &Snapshot, stride: u32) -> bool {
        let pins = &self.pins;
        self.pairing.get_or_insert_with(|| Pairing::new(pins.clone())).step(snapshot, stride)
    }
}

/// A look at rows of one snapshot.
pub(super) struct Look<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) content: &'a mut Content,
    pub(super) memory: &'a mut Memory,
}

impl Look<'_> {
    /// Gives every value that a field has in a row.
    pub(super) fn values(&mut self, row: Row, field: &'static Field, path: &Path, take: Take<'_>) {
        if let (Row::Delivery(id), false) = (row, matches!(field.of(), "packet")) {
            return match field.read {
                Read::Said(depth, read) => {
                    if let Some(decoded) = self.said_in(id, depth == Depth::Tree) {
                        read(&decoded, field.name, take);
                    }
                }
                _ => delivery::values(self, id, field.name, path, take),
            };
        }
        match field.read {
            Read::Several(names) => {
                for name in names {
                    if let Some(field) = self::field(name) {
                        self.values(row, field, path, take);
                    }
                }
            }
            Read::Packet(read) => {
                if let Some(packet) = self.packet(row) {
                    read(self, &packet, take);
                }
            }
            Read::Header => {
                if let Some(packet) = self.packet(row) {
                    self.header(&packet, field.name, take);
                }
            }
            Read::Frame(read) => {
                for id in self.frames(row) {
                    if let Some(frame) = self.snapshot.frame(id) {
                        read(self, &frame, take);
                    }
                }
            }
            Read::Message(read) => {
                for id in self.messages(row) {
                    if let Some(message) = self.snapshot.message(id) {
                        read(self, &message, take);
                    }
                }
            }
            Read::Content(read) => {
                for id in self.messages(row) {
                    self.with_content(id, |_, message, bytes| read(bytes, message, path, take));
                }
            }
            Read::Said(depth, read) => {
                for id in self.messages(row) {
                    if let Some((depth, decoded)) = self.decoded(id, depth) {
                        read(&decoded, field.name, take);
                        self.memory.decoded = Some((id, depth, decoded));
                    }
                }
            }
            Read::Pair(read) => {
                let snapshot = self.snapshot;
                for message in self.messages(row).into_iter().filter_map(|id| snapshot.message(id)) {
                    read(self.pairing(), snapshot, &message, take);
                }
            }
            // Only such a message has what is said of one.
            Read::Delivery => {}
            Read::Connection(read) => {
                for id in self.connections(row) {
                    if let Some(connection) = self.snapshot.connection(id) {
                        read(self, connection, take);
                    }
                }
            }
            Read::Head(side, read) => {
                for id in self.connections(row) {
                    let Some(connection) = self.snapshot.connection(id) else { continue };
                    let head = if side == Side::Client { &connection.request } else { &connection.response };
                    if let Some(head) = head.as_ref().filter(|_| self.shows_head(row, connection, side)) {
                        read(head, take);
                    }
                }
            }
            Read::Finding(read) => self.findings(row).iter().for_each(|found| read(found, take)),
        }
    }

    /// A packet shows a head where it completes it, as in Wireshark.
    fn shows_head(&self, row: Row, connection: &Connection, side: Side) -> bool {
        let Row::Packet(packet) = row else { return true };
        let extent = connection.heads[side.index()];
        extent.and_then(|extent| self.snapshot.packet_of(extent)) == Some(packet)
    }

    fn packet(&self, row: Row) -> Option<Packet> {
        let id = match row {
            Row::Packet(id) => id,
            Row::Frame(id) => self.snapshot.packet_of_frame(id)?,
            Row::Message(id) => self.snapshot.message(id)?.packet,
            Row::Finding(place) => self.snapshot.packet_of_finding(self.snapshot.findings().row(place)?).0,
            Row::Delivery(id) => self.snapshot.delivery(id)?.packet,
            Row::Connection(id) => self.snapshot.connection(id)?.packet,
        };
        self.snapshot.packet(id)
    }

    fn frames(&mut self, row: Row) -> Vec<FrameId> {
        match row {
            Row::Packet(id) => self.memory.by_packet.frames(self.snapshot, &mut self.memory.near, id),
            Row::Frame(id) => vec![id],
            Row::Message(id) => match self.snapshot.message(id) {
                Some(message) if message.frames == 1 => vec![message.first],
                Some(message) => self.snapshot.frames_of(&message).iter().map(|frame| frame.id).collect(),
                None => Vec::new(),
            },
            Row::Finding(place) => {
                let found = self.snapshot.findings().row(place);
                found.and_then(|found| found.finding.frame).into_iter().collect()
            }
            Row::Delivery(_) | Row::Connection(_) => Vec::new(),
        }
    }

    /// Of a packet the messages that it completes; of a frame the one that it belongs to.
    fn messages(&mut self, row: Row) -> Vec<MessageId> {
        let snapshot = self.snapshot;
        match row {
            Row::Message(id) => vec![id],
            row => {
                let completes =
                    |part| matches!(part, Part::Whole | Part::Last) || !matches!(row, Row::Packet(_));
                let frames = self.frames(row).into_iter().filter_map(|id| snapshot.frames.row(id.index()));
                frames.filter(|frame| completes(frame.part())).filter_map(|frame| frame.message()).collect()
            }
        }
    }

    fn connections(&mut self, row: Row) -> Vec<ConnectionId> {
        match row {
            Row::Packet(id) => match self.snapshot.packet(id).and_then(|packet| packet.flow) {
                Some((flow, _)) => self.of_flow(flow).to_vec(),
                None => Vec::new(),
            },
            Row::Frame(_) | Row::Message(_) => self.connection_of(row).into_iter().collect(),
            Row::Finding(place) => {
                let found = self.snapshot.findings().row(place);
                found.and_then(|found| found.finding.connection).into_iter().collect()
            }
            Row::Delivery(_) => Vec::new(),
            Row::Connection(id) => vec![id],
        }
    }

    /// The connection of a frame or a message.
    pub(super) fn connection_of(&self, row: Row) -> Option<ConnectionId> {
        match row {
            Row::Frame(id) => self.snapshot.frames.row(id.index()).map(|row| row.connection()),
            Row::Message(id) => self.snapshot.connection_of(id),
            _ => None,
        }
    }

    /// The flow of a packet.
    pub(super) fn flow_of(&self, row: Row) -> Option<FlowId> {
        let Row::Packet(id) = row else { return None };
        self.snapshot.packets.row(id.index())?.flow().map(|(flow, _)| flow)
    }

    fn of_flow(&mut self, flow: FlowId) -> &[ConnectionId] {
        self.memory.by_flow.connections(self.snapshot, flow)
    }

    fn findings(&mut self, row: Row) -> Vec<Arc<Found>> {
        let snapshot = self.snapshot;
        let at = |place: &u32| snapshot.findings().row(*place).cloned();
        match row {
            Row::Finding(place) => at(&place).into_iter().collect(),
            Row::Connection(id) => {
                let all = snapshot.findings().iter();
                all.filter(|found| found.finding.connection == Some(id)).cloned().collect()
            }
            row => {
                let mut all: Vec<_> =
                    self.frames(row).into_iter().flat_map(|frame| snapshot.findings_of(frame)).collect();
                if let Row::Packet(id) = row {
                    all.extend(self.memory.loose.findings(snapshot, id).iter().filter_map(at));
                }
                all
            }
        }
    }

    /// Every value of a header's field in a packet.
    pub(super) fn header(&mut self, packet: &Packet, name: &str, take: Take<'_>) {
        let Some(bytes) = self.bytes(packet) else { return };
        let kind = field(name).map_or(Kind::Number, |field| field.kind);
        let len = self.wire_len(packet).unwrap_or(packet.span.len);
        read_header(packet.link, &bytes, len, name, &mut |raw| take(of_raw(raw, kind)));
        self.memory.packet = Some((packet.id, bytes));
    }

    /// All bytes of a packet that were captured.
    pub(super) fn captured(&mut self, packet: &Packet, take: Take<'_>) {
        let Some(bytes) = self.bytes(packet) else { return };
        take(Value::run(&bytes));
        self.memory.packet = Some((packet.id, bytes));
    }

    /// A packet's bytes; the last one's are still there.
    fn bytes(&mut self, packet: &Packet) -> Option<Vec<u8>> {
        match self.memory.packet.take() {
            Some((id, bytes)) if id == packet.id => Some(bytes),
            _ => self.content.packet(self.snapshot, packet.id).ok(),
        }
    }

    /// Bytes of a packet on the wire. Capture files of both kinds have that number in the four bytes before its own.
    pub(super) fn wire_len(&mut self, packet: &Packet) -> Option<u32> {
        if !packet.cut {
            return Some(packet.span.len);
        }
        let before = FileSpan { at: packet.span.at.checked_sub(4)?, len: 4 };
        let mut bytes = Vec::new();
        self.snapshot.bytes.read(before, &mut bytes).ok()?;
        let bytes = *bytes.first_chunk::<4>()?;
        // In the byte order of whoever captured: read in the other one it is a length that no packet has.
        [u32::from_le_bytes(bytes), u32::from_be_bytes(bytes)]
            .into_iter()
            .filter(|len| *len > packet.span.len)
            .min()
    }

    /// Gives a message with its content, where that can be had; the last one's is still there.
    fn with_content<T>(
        &mut self,
        id: MessageId,
        give: impl FnOnce(&mut Self, &Message, &[u8]) -> T,
    ) -> Option<T> {
        let message = self.snapshot.message(id)?;
        let mut bytes = std::mem::take(&mut self.memory.bytes);
        let there = match self.memory.message {
            Some((known, there)) if known == id => there,
            _ => {
                bytes.clear();
                self.content.read_message(self.snapshot, &message, SHOWN, &mut bytes).is_ok()
            }
        };
        let given = there.then(|| give(self, &message, &bytes.bytes));
        (self.memory.message, self.memory.bytes) = (Some((id, there)), bytes);
        given
    }

    /// What a message says, and how deep was looked; the last one's is still there.
    fn decoded(&mut self, id: MessageId, depth: Depth) -> Option<(Depth, Decoded)> {
        match self.memory.decoded.take() {
            Some((known, deep, decoded)) if known == id && deep >= depth => return Some((deep, decoded)),
            _ => {}
        }
        let decoded = self.with_content(id, |look, message, bytes| {
            look.memory.decoding.to_depth(look.content, look.snapshot, message, bytes, depth)
        });
        decoded.map(|decoded| (depth, decoded))
    }

    /// What answers what, in all that was read.
    fn pairing(&mut self) -> &Pairing {
        let Memory { pairing, pins, .. } = &mut *self.memory;
        let pairing = pairing.get_or_insert_with(|| Pairing::new(pins.clone()));
        pairing.hear_all(self.snapshot);
        pairing
    }

    /// The content of a message that HTTP carries; the last one's is still there.
    pub(super) fn delivered(&mut self, id: DeliveryId) -> Option<Arc<[u8]>> {
        if let Some((known, bytes)) = &self.memory.delivered
            && *known == id
        {
            return bytes.clone();
        }
        let bytes = self.content.delivery(self.snapshot, id, SHOWN).ok().map(Arc::from);
        self.memory.delivered = Some((id, bytes.clone()));
        bytes
    }

    fn said_in(&mut self, id: DeliveryId, full: bool) -> Option<Decoded> {
        let (delivery, bytes) = (self.snapshot.delivery(id)?, self.delivered(id)?);
        Some(self.memory.decoding.delivered(self.content, self.snapshot, &delivery, &bytes, full))
    }

    /// A TCP connection's number among those, from 0: flows of UDP have none.
    pub(super) fn tcp_stream(&mut self, flow: FlowId) -> Option<u32> {
        self.memory.streams.number(self.snapshot, flow)
    }

    /// Of a Pong: nanoseconds since the Ping that it answers.
    pub(super) fn round_trip(&mut self, pong: FrameId) -> Option<i64> {
        let trips = &mut self.memory.round_trips;
        trips.meet_all(self.snapshot, self.content);
        let pong = trips.of(pong).filter(|trip| trip.other < pong)?;
        Some(pong.took)
    }
}

fn of_raw(raw: Raw<'_>, kind: Kind) -> Value<'_> {
    match (raw, kind) {
        (Raw::Present, _) => Value::Present,
        (Raw::Number(number), Kind::Flag) => Value::Flag(number != 0),
        (Raw::Number(number), _) => Value::number(number),
        (Raw::Bytes(bytes), Kind::Mac) => {
            bytes.first_chunk().map_or(Value::run(bytes), |mac| Value::Mac(*mac))
        }
        (Raw::Bytes(bytes), Kind::Address) => match (<[u8; 4]>::try_from(bytes), <[u8; 16]>::try_from(bytes))
        {
            (Ok(address), _) => Value::Address(address.into()),
            (_, Ok(address)) => Value::Address(address.into()),
            _ => Value::run(bytes),
        },
        (Raw::Bytes(bytes), _) => Value::run(bytes),
    }
}
