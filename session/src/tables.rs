//! The tables and their one writer: what the capture holds, and what the dissector found in it.
//!
//! The two halves are apart so that packets can be looked up while findings are written.

use std::sync::Arc;

use capture::{Interface, Note};
use dissector::event::{Ending, Event, Frame, Message, Part, Sink, StreamEnding};
use dissector::head::Head;
use dissector::ids::{
    ConnectionId, End, EpochId, ExtentId, FlowId, FrameId, MessageId, PacketId, RecordId, Side, StreamId,
};
use dissector::neighbor::Neighbor;
use dissector::outbox::Gone;
use dissector::span::{Below, Extent, Record};
use dissector::tls::open::Opener;
use dissector::tls::secured::Secured;
use dissector::websocket::upgrade::Agreement;
use dissector::{Verdict, Warmed, look_at};

use crate::arrival::Arrivals;
use crate::column::Column;
use crate::model::{Closing, Connection, Flow};
use crate::neighbor::table::{self, Neighbors};
use crate::packer::Packer;
use crate::paged::Paged;
use crate::row::{ExtentRow, FrameMore, FrameRow, MessageRow, PacketRow, RecordRow};
use crate::sparse::Sparse;
use crate::totals::Totals;
use crate::verdicts::{self, Verdicts};

/// Everything that is known, for the writer.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) packets: PacketTable,
    pub(crate) found: Found,
}

impl Tables {
    /// Has full chunks of rows packed elsewhere from now on.
    pub(crate) fn pack_with(&mut self, packer: &Packer) {
        self.packets.rows.pack_with(packer);
        let Found { extents, records, frames, messages, .. } = &mut self.found;
        extents.pack_with(packer);
        records.pack_with(packer);
        frames.pack_with(packer);
        messages.pack_with(packer);
    }
}

/// What the capture holds.
#[derive(Default)]
pub(crate) struct PacketTable {
    pub(crate) rows: Column<PacketRow>,
    /// The link types met, in order of appearance; a row names one by its place here.
    pub(crate) links: Vec<u16>,
    pub(crate) interfaces: Vec<Arc<Interface>>,
    pub(crate) notes: Vec<Arc<Note>>,
    /// Packet comments, by packet.
    pub(crate) comments: Vec<(PacketId, Arc<str>)>,
}

/// How many notes and comments are kept in full; the rest is only counted.
const KEPT: usize = 100_000;

impl PacketTable {
    /// The row of a record, without its flow.
    pub(crate) fn row(&mut self, record: &capture::Record<'_>) -> PacketRow {
        let known = self.links.iter().position(|link| *link == record.link.0);
        let link = known.unwrap_or_else(|| {
            self.links.push(record.link.0);
            self.links.len() - 1
        });
        let cut = record.wire_len > record.span.len;
        PacketRow::new(record.span.at, record.time, record.span.len, link as u8, cut)
    }

    pub(crate) fn note(&mut self, note: Note) {
        if self.notes.len() < KEPT {
            self.notes.push(Arc::new(note));
        }
    }

    pub(crate) fn comment(&mut self, packet: PacketId, comment: &str) {
        if self.comments.len() < KEPT {
            self.comments.push((packet, Arc::from(comment)));
        }
    }
}

/// A message that was fragmented or compressed, once it is complete.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageMore {
    pub(crate) last: FrameId,
    pub(crate) frames: u32,
    pub(crate) wire_len: u64,
    pub(crate) len: u64,
    pub(crate) text: Option<bool>,
    pub(crate) outcome: dissector::event::Outcome,
    pub(crate) context: Option<MessageId>,
}

/// The state of a direction's decompression behind a message.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    pub(crate) after: MessageId,
    /// The window, deflated.
    pub(crate) window: Arc<[u8]>,
}

/// What the dissector found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) extents: Column<ExtentRow>,
    pub(crate) records: Column<RecordRow>,
    pub(crate) openers: Paged<Arc<Opener>>,
    pub(crate) secured: Paged<Arc<Secured>>,
    pub(crate) frames: Column<FrameRow>,
    pub(crate) frames_more: Sparse<FrameMore>,
    pub(crate) messages: Column<MessageRow>,
    pub(crate) messages_more: Sparse<MessageMore>,
    pub(crate) checkpoints: Paged<Checkpoint>,
    pub(crate) connections: Paged<Connection>,
    pub(crate) flows: Paged<Flow>,
    pub(crate) neighbors: Neighbors,
    pub(crate) verdicts: Verdicts,
    pub(crate) totals: Totals,
    arrivals: Arrivals,
    /// The newest extent of TCP, and its packet: most frames end in it.
    newest: Option<(ExtentId, PacketId)>,
    now: Option<(PacketId, i64)>,
    /// How many extents there were when what is said was found.
    then: u32,
    /// What connections have found out about them at first: one for all.
    none_found: Arc<verdicts::Counts>,
}

impl Found {
    /// Looks at the rows of connections of which packets come soon.
    pub(crate) fn warm(&self, coming: &[Warmed]) {
        let flows = coming.iter().filter_map(|coming| self.flows.row(coming.flow.index()));
        let of = |flow: &Flow| flow.bytes[0] ^ u64::from(flow.packets[1]) ^ u64::from(flow.last.index());
        look_at(flows.map(of));
        look_at(coming.iter().filter_map(|coming| Some(self.arrivals.warm(coming.stream?))));
        let connections =
            coming.iter().filter_map(|coming| self.connections.row(coming.connection?.0.index()));
        let of =
            |row: &Connection| row.payload[0] ^ u64::from(row.frames[0] ^ row.messages[1]) ^ row.end as u64;
        look_at(connections.map(of));
    }

    /// A packet of a TCP connection went by.
    fn sent(&mut self, flow: FlowId, end: End, payload: u32) {
        let packet = self.packet_now();
        if let Some(flow) = self.flows.row_mut(flow.index()) {
            flow.last = packet;
            flow.packets[end.index()] += 1;
            flow.bytes[end.index()] += u64::from(payload);
        }
    }

    /// The extent of TCP that an extent ends in, through whatever it lies in, and the packet of that.
    fn lowest(&self, id: ExtentId) -> Option<(ExtentId, PacketId)> {
        if let Some(newest) = self.newest.filter(|(newest, _)| *newest == id) {
            return Some(newest);
        }
        match Sink::extent(self, id)?.below {
            Below::Packet { id: packet, .. } => Some((id, packet)),
            Below::Extent { id, .. } => self.lowest(id),
            Below::Record { id, .. } => self.lowest(Sink::record(self, id)?.extent),
        }
    }

    fn packet_now(&self) -> PacketId {
        self.now.map_or(PacketId::new(0), |(packet, _)| packet)
    }

    fn time_now(&self) -> i64 {
        self.now.map_or(0, |(_, time)| time)
    }

    fn touch(&mut self, connection: ConnectionId, change: impl FnOnce(&mut Connection)) {
        let time = self.time_now();
        if let Some(connection) = self.connections.row_mut(connection.index()) {
            connection.end = connection.end.max(time);
            change(connection);
        }
    }

    fn open(&mut self, opened: dissector::event::Connection) {
        debug_assert_eq!(opened.id.index(), self.connections.len());
        let Some(flow) = self.flows.row(opened.flow.index()) else { return };
        let (client, server) = match opened.client.end() {
            End::A => (flow.a, flow.b),
            End::B => (flow.b, flow.a),
        };
        let request = opened.request;
        let begins = request.as_deref().and_then(|head| self.newest_of(head, opened.client));
        self.connections.push(Connection {
            id: opened.id,
            flow: opened.flow,
            client,
            server,
            streams: [opened.client, opened.server],
            carrier: opened.carrier,
            opening: opened.opening,
            agreement: opened.agreement,
            request,
            response: None,
            heads: [begins, None],
            accepted: opened.opening.is_open(),
            packet: self.packet_now(),
            start: self.time_now(),
            end: self.time_now(),
            frames: [0; 2],
            messages: [0; 2],
            payload: [0; 2],
            closing: Closing::default(),
            findings: Arc::clone(&self.none_found),
        });
    }

    /// The newest extent of the stream that a head lies in.
    fn newest_of(&self, head: &Head, stream: StreamId) -> Option<ExtentId> {
        self.newest_then(head.span(stream, &(0..0)).stream)
    }

    /// The extent of a stream that was the newest one when what is said was found.
    fn newest_then(&self, stream: StreamId) -> Option<ExtentId> {
        let mut newest = self.arrivals.newest(stream)?;
        while newest.index() >= self.then {
            newest = Sink::extent(self, newest)?.prev?;
        }
        Some(newest)
    }

    fn head(&mut self, id: ConnectionId, side: Side, head: &Head) {
        let stream = self.connections.row(id.index()).map(|connection| connection.streams[side.index()]);
        let begins = stream.and_then(|stream| self.newest_of(head, stream));
        self.touch(id, |connection| connection.heads[side.index()] = begins);
    }

    fn neighbor(&mut self, fact: Neighbor) {
        let lowest = table::extent_of(&fact).and_then(|extent| self.lowest(extent));
        let brought = lowest.map(|(extent, packet)| self.arrivals.of(extent).unwrap_or(packet));
        let packet = brought.unwrap_or(self.packet_now());
        self.neighbors.hear(fact, packet, self.frames.len());
    }

    fn add_frame(&mut self, frame: &Frame) {
        debug_assert_eq!(frame.id.index(), self.frames.len());
        let (late, last) = match self.lowest(frame.extent) {
            Some((extent, packet)) => (self.arrivals.of(extent), Some(packet)),
            None => (None, None),
        };
        let packet = late.or(last).unwrap_or(self.packet_now());
        let close_code = frame.close.as_ref().and_then(|close| close.code);
        let more =
            frame.missing > 0 || last != Some(packet) || frame.previous.is_some() || close_code.is_some();
        if more {
            let row = FrameMore { missing: frame.missing, packet, previous: frame.previous, close_code };
            self.frames_more.push(frame.id.index(), row);
        }
        self.frames.push(FrameRow::new(frame, more));
        let begins = matches!(frame.part, Part::Whole | Part::First);
        if let Some(message) = frame.message.filter(|_| begins) {
            debug_assert_eq!(message.index(), self.messages.len());
            let plain = frame.part == Part::Whole && !frame.compressed && frame.missing == 0;
            self.messages.push(MessageRow::new(frame.id, plain));
        }
        self.totals.frame(frame);
        let (side, payload) = (frame.side.index(), frame.header.payload_len);
        let close = frame.close.clone().map(|close| (frame.id, close));
        self.touch(frame.connection, |connection| {
            connection.frames[side] += 1;
            connection.messages[side] += u32::from(begins && frame.message.is_some());
            connection.payload[side] = connection.payload[side].saturating_add(payload);
            // Few frames close anything, so that what is known of that is seldom looked at.
            if close.is_some() && connection.closing.close[side].is_none() {
                connection.closing.close[side] = close;
                connection.closing.packets[side] = Some(packet);
            }
        });
    }

    fn ended(&mut self, flow: FlowId, end: End, how: Ending) {
        if let Some(row) = self.flows.row_mut(flow.index()) {
            row.ended[end.index()].get_or_insert(how);
        }
        // The newest connection of the flow is the one that ends with it; in HTTP/2 all that are open.
        for id in self.totals.open_connections(flow) {
            self.touch(id, |connection| {
                let side = if connection.streams[0].end() == end { Side::Client } else { Side::Server };
                connection.closing.ended(side, how);
            });
        }
    }

    fn stream_over(&mut self, id: ConnectionId, side: Side, how: StreamEnding) {
        let mut over = None;
        self.touch(id, |connection| {
            match how {
                StreamEnding::EndStream => connection.closing.ended(side, Ending::Fin),
                StreamEnding::Reset(code) => {
                    connection.closing.ended(side, Ending::Rst);
                    connection.closing.reset.get_or_insert((side, code));
                }
            }
            let both = connection.closing.tcp.len() == 2 || connection.closing.reset.is_some();
            over = both.then_some(connection.flow);
        });
        if let Some(flow) = over {
            self.totals.connection_over(flow, id);
        }
    }
}

impl Sink for Found {
    fn at(&mut self, packet: PacketId, time: i64, extents: u32) {
        self.now = Some((packet, time));
        self.then = extents;
    }

    fn torn(&mut self, stream: StreamId) {
        self.arrivals.gap(stream, self.packet_now());
    }

    fn packet(&mut self, gone: &Gone) {
        let Gone { verdict: Verdict { outcome, flow, payload }, captured, cut } = *gone;
        self.totals.packet(outcome, captured, cut, self.time_now());
        if let Some((flow, end)) = flow {
            self.sent(flow, end, payload);
        }
    }

    fn lies(&mut self, id: ExtentId, stream: StreamId, extent: Extent) {
        debug_assert_eq!(id.index(), self.extents.len());
        self.extents.push(extent.into());
        match extent.below {
            Below::Packet { id: packet, .. } => {
                self.arrivals.extent(id, stream, packet, self.packet_now());
                self.newest = Some((id, packet));
            }
            Below::Extent { .. } | Below::Record { .. } => self.arrivals.inside(id, stream),
        }
    }

    fn frame(&mut self, frame: &Frame) {
        self.add_frame(frame);
    }

    fn message(&mut self, message: &Message) {
        self.totals.message(message);
        let more = MessageMore {
            last: message.last,
            frames: message.frames,
            wire_len: message.wire_len,
            len: message.len,
            text: message.utf8.map(|verdict| verdict.is_valid()),
            outcome: message.outcome,
            context: message.context,
        };
        self.messages_more.push(message.id.index(), more);
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Extent { id, stream, extent } => self.lies(id, stream, extent),
            Event::Record { id, record } => {
                debug_assert_eq!(id.index(), self.records.len());
                self.records.push(record.into());
            }
            Event::Epoch { id, opener } => {
                debug_assert_eq!(id.index(), self.openers.len());
                self.openers.push(opener);
            }
            Event::Secured { id, secured, .. } => match self.secured.row_mut(id.index()) {
                Some(known) => {
                    self.totals.sealing.change(Some(known), &secured);
                    *known = secured;
                }
                None => {
                    self.totals.sealing.change(None, &secured);
                    self.secured.push(secured);
                }
            },
            Event::StreamOver { connection, side, how, .. } => self.stream_over(connection, side, how),
            Event::Proxied { flow, ends } => {
                if let Some(flow) = self.flows.row_mut(flow.index()) {
                    flow.proxied = ends;
                }
            }
            Event::Frame(frame) => self.add_frame(&frame),
            Event::Neighbor(fact) => self.neighbor(fact),
            Event::Message(message) => self.message(&message),
            Event::Checkpoint { after, window, .. } => {
                self.checkpoints.push(Checkpoint { after, window });
            }
            Event::Flow(flow) => {
                debug_assert_eq!(flow.id.index(), self.flows.len());
                let packet = self.packet_now();
                self.flows.push(Flow {
                    id: flow.id,
                    a: flow.a,
                    b: flow.b,
                    from_start: flow.from_start,
                    carries: dissector::event::Carries::Unknown,
                    first: packet,
                    last: packet,
                    packets: [0; 2],
                    bytes: [0; 2],
                    proxied: None,
                    lost: 0,
                    ended: [None; 2],
                });
            }
            Event::Carries { flow, what } => {
                if let Some(flow) = self.flows.row_mut(flow.index()) {
                    flow.carries = what;
                }
            }
            Event::Ended { flow, end, how } => self.ended(flow, end, how),
            Event::Gap { flow, span, .. } => {
                self.totals.gap(span);
                if let Some(flow) = self.flows.row_mut(flow.index()) {
                    flow.lost = flow.lost.saturating_add(span.len);
                }
            }
            Event::Finding(finding) => {
                if let Some(connection) = finding.connection
                    && let Some(connection) = self.connections.row_mut(connection.index())
                {
                    Arc::make_mut(&mut connection.findings).add(finding.rule, finding.severity);
                }
                let (packet, time) = (self.packet_now(), self.time_now());
                let extent = finding.span.and_then(|span| self.newest_then(span.stream));
                self.verdicts.push(verdicts::Found { finding: *finding, packet, time, extent });
            }
            Event::Leftover { .. } | Event::Stall { .. } | Event::Http2 { .. } | Event::Refused { .. } => {}
            Event::Conflict { .. } => self.totals.conflicts += 1,
            Event::Connection(opened) => {
                self.totals.connection(opened.flow, opened.id, opened.carrier.stream.is_some());
                self.open(*opened);
            }
            Event::Presumed { connection } => self.touch(connection, |connection| connection.accepted = true),
            Event::Request { connection, head } => {
                self.head(connection, Side::Client, &head);
                self.touch(connection, |connection| {
                    let response = connection.response.as_deref();
                    connection.agreement = Arc::new(Agreement::of(Some(&head), response));
                    connection.request = Some(head);
                });
            }
            Event::Response { connection, head, agreement, accepted, .. } => {
                self.head(connection, Side::Server, &head);
                self.touch(connection, |connection| {
                    connection.agreement = agreement;
                    connection.response = Some(head);
                    connection.accepted = accepted;
                });
            }
        }
    }

    fn extent(&self, id: ExtentId) -> Option<Extent> {
        self.extents.row(id.index()).map(Extent::from)
    }
    fn record(&self, id: RecordId) -> Option<Record> {
        self.records.row(id.index()).map(Record::from)
    }
    fn opener(&self, id: EpochId) -> Option<Arc<Opener>> {
        self.openers.row(id.index()).cloned()
    }
}
