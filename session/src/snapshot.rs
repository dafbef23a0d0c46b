//! A moment of an open capture: what was known between two packets, and never changes again.
//!
//! Rows are read here and put together into `model`'s plain data. Bytes are not read here: see `content`.

use std::sync::Arc;

use capture::{Bytes, FileSpan, Format, Interface, Note, Progress};
use dissector::decoders::Schema;
use dissector::event::Part;
use dissector::ids::{ConnectionId, ExtentId, FlowId, FrameId, MessageId, PacketId, RecordId, Side, TlsId};
use dissector::rules::Severity;
use dissector::span::{Below, Extent, Record};
use dissector::tls::open::Opener;
use dissector::tls::secured::Secured;
use dissector::websocket::opcode::Opcode;

use crate::column::Rows;
use crate::feed::Reached;
use crate::filter::{Of, Sieve};
use crate::model::{Connection, Flow, Frame, Kind, Message, Packet, Run};
use crate::neighbor::table::Published;
use crate::paged::{Paged, Pages};
use crate::row::{ExtentRow, FrameMore, FrameRow, MessageRow, PacketRow, RecordRow};
use crate::sparse::{Entries, Sparse};
use crate::tables::{Checkpoint, MessageMore, Tables};
use crate::totals::Totals;
use crate::verdicts::{Counts, Found};

/// How far reading has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Still being read, or waiting for more.
    #[default]
    Reading,
    /// All of it was read.
    Done,
    /// The user stopped it.
    Stopped,
    /// The capture could not be read on; one sentence says why.
    Failed(Arc<str>),
    /// Our own fault, at this packet.
    Crashed(PacketId, Arc<str>),
}

/// What was known at one moment. Cheap to clone.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) bytes: Arc<dyn Bytes>,
    /// The kind of capture, in words, once its first bytes are there.
    pub format: Option<Format>,
    /// The number of the pass over the capture: in another one, numbers of anything but packets mean other things.
    pub generation: u32,
    /// What people call the sources of keys, by their numbers.
    pub key_logs: Arc<[Arc<str>]>,
    /// Whether keys came too late for what had been read by then.
    pub late_keys: bool,
    /// Why the index file that was wanted of this capture was not used, or could not be kept.
    pub no_index: Option<Arc<str>>,
    /// Types of Protobuf messages that the user gave.
    pub schemas: Arc<[Schema]>,
    /// How far reading has come.
    pub state: State,
    /// Bytes read of bytes there.
    pub progress: Progress,
    pub(crate) packets: Rows<PacketRow>,
    pub(crate) links: Arc<[u16]>,
    pub(crate) extents: Rows<ExtentRow>,
    pub(crate) records: Rows<RecordRow>,
    pub(crate) openers: Pages<Arc<Opener>>,
    pub(crate) secured: Pages<Arc<Secured>>,
    pub(crate) frames: Rows<FrameRow>,
    pub(crate) frames_more: Entries<FrameMore>,
    pub(crate) messages: Rows<MessageRow>,
    pub(crate) messages_more: Entries<MessageMore>,
    pub(crate) checkpoints: Pages<Checkpoint>,
    pub(crate) connections: Pages<Connection>,
    pub(crate) flows: Pages<Flow>,
    pub(crate) neighbors: Published,
    pub(crate) findings: Pages<Arc<Found>>,
    pub(crate) findings_of: Entries<u32>,
    /// How often each rule was broken.
    pub broken: Arc<Counts>,
    /// Counts over the whole capture.
    pub totals: Arc<Totals>,
    /// The interfaces that packets were captured on.
    pub interfaces: Arc<[Arc<Interface>]>,
    /// What was to be said about the capture file itself.
    pub notes: Arc<[Arc<Note>]>,
    pub(crate) comments: Arc<[(PacketId, Arc<str>)]>,
}

impl Snapshot {
    pub(crate) fn cut(tables: &mut Tables, reached: &Reached, state: State) -> Self {
        let (packets, found) = (&mut tables.packets, &mut tables.found);
        Self {
            bytes: Arc::clone(&reached.bytes),
            format: reached.format.clone(),
            progress: reached.progress,
            generation: 0,
            key_logs: Arc::from([]),
            late_keys: false,
            no_index: None,
            schemas: Arc::default(),
            state,
            packets: packets.rows.publish(),
            links: Arc::from(packets.links.as_slice()),
            extents: found.extents.publish(),
            records: found.records.publish(),
            openers: found.openers.publish(),
            secured: found.secured.publish(),
            frames: found.frames.publish(),
            frames_more: found.frames_more.publish(),
            messages: found.messages.publish(),
            messages_more: found.messages_more.publish(),
            checkpoints: found.checkpoints.publish(),
            connections: found.connections.publish(),
            flows: found.flows.publish(),
            neighbors: found.neighbors.publish(),
            findings: found.verdicts.kept.publish(),
            findings_of: found.verdicts.of_frame.publish(),
            broken: Arc::new(found.verdicts.totals.clone()),
            totals: Arc::new(found.totals.publish()),
            interfaces: Arc::from(packets.interfaces.as_slice()),
            notes: Arc::from(packets.notes.as_slice()),
            comments: Arc::from(packets.comments.as_slice()),
        }
    }

    /// The same as a moment of this pass.
    pub(crate) fn of_pass(self, generation: u32, key_logs: &Arc<[Arc<str>]>) -> Self {
        Self { generation, key_logs: Arc::clone(key_logs), ..self }
    }

    /// Number of packets.
    pub fn packet_count(&self) -> u32 {
        self.packets.len()
    }
    /// Number of frames.
    pub fn frame_count(&self) -> u32 {
        self.frames.len()
    }
    /// Number of messages, open ones included.
    pub fn message_count(&self) -> u32 {
        self.messages.len()
    }
    /// All WebSocket connections in order.
    pub fn connections(&self) -> &Pages<Connection> {
        &self.connections
    }
    /// All TCP connections in order.
    pub fn flows(&self) -> &Pages<Flow> {
        &self.flows
    }

    /// The findings that were kept in full, in order of appearance.
    pub fn findings(&self) -> &Pages<Arc<Found>> {
        &self.findings
    }

    /// The same with no other findings than those for which a filter holds. What is beyond those that were kept in
    /// full is not counted any more, as nothing more is known of it.
    pub fn with_findings_of(&self, sieve: &mut Sieve) -> Self {
        let (mut kept, mut of_frame, mut broken) = (Paged::default(), Sparse::default(), Counts::default());
        let held = (0..self.findings.len()).filter(|place| sieve.holds(self, Of::Findings.row(*place)));
        for found in held.filter_map(|place| self.findings.row(place)) {
            broken.add(found.finding.rule, found.finding.severity);
            let place = kept.push(Arc::clone(found));
            if let Some(frame) = found.finding.frame {
                of_frame.push(frame.index(), place);
            }
        }
        let (findings, findings_of) = (kept.publish(), of_frame.publish());
        Self { findings, findings_of, broken: Arc::new(broken), ..self.clone() }
    }

    /// The findings about a frame, in order of appearance.
    pub fn findings_of(&self, frame: FrameId) -> Vec<Arc<Found>> {
        let places = self.finding_places(frame);
        places.into_iter().filter_map(|place| self.findings.row(place).cloned()).collect()
    }

    /// The places of the findings about a frame, in order of appearance.
    pub fn finding_places(&self, frame: FrameId) -> Vec<u32> {
        let mut places = self.findings_of.all(frame.index());
        places.sort_unstable();
        places
    }

    /// The worst finding about a frame.
    pub fn worst_of(&self, frame: FrameId) -> Option<Severity> {
        let places = self.findings_of.all(frame.index()).into_iter();
        places.filter_map(|place| Some(self.findings.row(place)?.finding.severity)).max()
    }

    /// Where the bytes lie that a finding points at; nothing where it points at none, or they were never captured.
    pub fn runs_of(&self, found: &Found) -> Vec<Run> {
        let Some(span) = found.finding.span else { return Vec::new() };
        let frame = found.finding.frame.and_then(|frame| self.frame(frame));
        // From the frame's own end it is not so far to walk.
        let near = frame.filter(|frame| {
            let len = (frame.header.len() as u64).saturating_add(frame.header.payload_len);
            frame.stream == span.stream && span.end() <= frame.at.saturating_add(len)
        });
        match near.map(|frame| frame.extent).or(found.extent) {
            Some(from) => self.runs(from, span),
            None => Vec::new(),
        }
    }

    /// The packet to look at for a finding, and its time: of its frame, else of its bytes, else the one at which it
    /// was found, which may be much later.
    pub fn packet_of_finding(&self, found: &Found) -> (PacketId, i64) {
        if let Some(frame) = found.finding.frame.and_then(|frame| self.frame(frame)) {
            return (frame.packet, frame.time);
        }
        let held = self.runs_of(found).last().and_then(|run| self.packet(run.packet));
        held.map_or((found.packet, found.time), |packet| (packet.id, packet.time))
    }

    /// A packet.
    pub fn packet(&self, id: PacketId) -> Option<Packet> {
        let row = self.packets.row(id.index())?;
        Some(Packet {
            id,
            time: row.time,
            span: FileSpan { at: row.at, len: row.len() },
            link: self.links.get(usize::from(row.link())).copied().unwrap_or_default(),
            cut: row.cut(),
            flow: row.flow(),
        })
    }

    /// What somebody wrote beside a packet in the capture file.
    pub fn comment(&self, id: PacketId) -> Option<&Arc<str>> {
        let place = self.comments.binary_search_by_key(&id, |(packet, _)| *packet).ok()?;
        Some(&self.comments[place].1)
    }

    /// A frame.
    pub fn frame(&self, id: FrameId) -> Option<Frame> {
        let row = self.frames.row(id.index())?;
        let packet = self.packet_of_row(id, row)?;
        let time = self.packets.row(packet.index()).map_or(0, |packet| packet.time);
        self.frame_of(id, row, packet, time)
    }

    /// The same of a row that is known, with the packet that completed the frame, and when that was captured.
    pub(crate) fn frame_of(&self, id: FrameId, row: FrameRow, packet: PacketId, time: i64) -> Option<Frame> {
        let more = if row.more() { self.frames_more.entry(id.index()) } else { None };
        let connection = self.connection(row.connection())?;
        Some(Frame {
            id,
            connection: row.connection(),
            side: row.side(),
            packet,
            time,
            stream: connection.streams[row.side().index()],
            at: row.at,
            header: row.header(),
            extent: row.extent(),
            missing: more.map_or(0, |more| more.missing),
            truncated: row.truncated(),
            resynchronized: row.resynchronized(),
            message: row.message(),
            part: row.part(),
            previous: more.and_then(|more| more.previous),
            compressed: row.compressed(),
            text: row.text(),
            close_code: more.and_then(|more| more.close_code),
        })
    }

    /// The packet that completed a frame.
    pub(crate) fn packet_of_frame(&self, id: FrameId) -> Option<PacketId> {
        self.packet_of_row(id, self.frames.row(id.index())?)
    }

    /// The same of a frame whose row is known.
    pub(crate) fn packet_of_row(&self, id: FrameId, row: FrameRow) -> Option<PacketId> {
        let more = if row.more() { self.frames_more.entry(id.index()) } else { None };
        more.map_or_else(|| self.packet_of(row.extent()), |more| Some(more.packet))
    }

    /// Who said a frame, and when: less than all there is to know of it, and known sooner.
    pub fn spoken(&self, id: FrameId) -> Option<(ConnectionId, Side, i64)> {
        let row = self.frames.row(id.index())?;
        let packet = self.packets.row(self.packet_of_row(id, row)?.index())?;
        Some((row.connection(), row.side(), packet.time))
    }

    /// The connection of a frame.
    pub fn connection_of_frame(&self, id: FrameId) -> Option<ConnectionId> {
        self.frames.row(id.index()).map(|row| row.connection())
    }

    /// The connection of a message.
    pub fn connection_of(&self, id: MessageId) -> Option<ConnectionId> {
        let first = self.messages.row(id.index())?.first();
        self.frames.row(first.index()).map(|row| row.connection())
    }

    /// A message.
    pub fn message(&self, id: MessageId) -> Option<Message> {
        let row = self.messages.row(id.index())?;
        let first = self.frame(row.first())?;
        let more = if row.plain() { None } else { self.messages_more.entry(id.index()) };
        let last = match more {
            Some(more) if more.last != first.id => self.frame(more.last)?,
            _ => first,
        };
        let plain = row.plain();
        let whole = dissector::event::Outcome::Whole;
        Some(Message {
            id,
            connection: first.connection,
            side: first.side,
            kind: if first.header.opcode == Opcode::TEXT { Kind::Text } else { Kind::Binary },
            packet: last.packet,
            time: last.time,
            first: first.id,
            last: last.id,
            frames: more.map_or(1, |more| more.frames),
            compressed: first.compressed,
            wire_len: more.map_or(first.header.payload_len, |more| more.wire_len),
            len: more.map_or(plain.then_some(first.header.payload_len), |more| {
                (more.outcome == whole).then_some(more.len)
            }),
            text: more.map_or(first.text, |more| more.text),
            outcome: more.map_or(plain.then_some(whole), |more| Some(more.outcome)),
            context: more.and_then(|more| more.context),
        })
    }

    /// The frames of a message in order, as far as it is complete.
    pub fn frames_of(&self, message: &Message) -> Vec<Frame> {
        let mut frames = Vec::with_capacity(message.frames.min(4096) as usize);
        let mut next = Some(message.last);
        while let Some(frame) = next.and_then(|id| self.frame(id)) {
            next = frame.previous.filter(|_| !matches!(frame.part, Part::First | Part::Whole));
            frames.push(frame);
        }
        frames.reverse();
        frames
    }

    /// A WebSocket connection.
    pub fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.row(id.index())
    }

    /// What is known of a TLS.
    pub fn secured(&self, id: TlsId) -> Option<&Arc<Secured>> {
        self.secured.row(id.index())
    }

    /// A TCP connection.
    pub fn flow(&self, id: FlowId) -> Option<&Flow> {
        self.flows.row(id.index())
    }

    /// The first packet at or after a time, in a capture whose times rise.
    pub fn packet_at(&self, time: i64) -> PacketId {
        PacketId::new(self.packets.partition_point(|row| row.time < time))
    }

    pub(crate) fn record(&self, id: RecordId) -> Option<Record> {
        self.records.row(id.index()).map(Record::from)
    }

    /// Number of TLS records that carry a part of a stream.
    pub(crate) fn record_count(&self) -> u32 {
        self.records.len()
    }

    pub(crate) fn extent(&self, id: ExtentId) -> Option<Extent> {
        self.extents.row(id.index()).map(Extent::from)
    }

    /// The packet that an extent ends in, through whatever it lies in.
    pub(crate) fn packet_of(&self, id: ExtentId) -> Option<PacketId> {
        match self.extent(id)?.below {
            Below::Packet { id, .. } => Some(id),
            Below::Extent { id, .. } => self.packet_of(id),
            Below::Record { id, .. } => self.packet_of(self.record(id)?.extent),
        }
    }
}
