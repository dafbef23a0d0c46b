//! Numbers over a capture or one of its connections, gathered as it grows.
//!
//! Every row is looked at once, and what is kept does not grow with the number of frames: times fall into a bounded
//! number of parts, sizes and times between into classes. Wherever snapshots are cut, the numbers come out the same.
//! Knows nothing of charts.

pub mod bins;
pub mod histogram;
pub mod pings;
pub mod polling;
pub mod series;
mod tally;
pub mod wire;

use std::collections::{BTreeSet, HashMap};

use dissector::event::{Opening, Outcome, Part as Place};
use dissector::ids::{ConnectionId, FrameId, MessageId, PacketId};
use dissector::websocket::opcode::Opcode;

use self::histogram::Histogram;
use self::pings::Pings;
use self::polling::{Counted, Polling};
use self::series::Series;
pub use self::tally::{Compression, Gaps, Opcodes, RATIOS, Sizes};
use self::tally::{extension_lines, head_len};
use self::wire::Wire;
use crate::content::Content;
use crate::model::{Frame, Kind, Message};
use crate::snapshot::Snapshot;

/// Bytes of a control frame's payload (RFC 6455 5.5).
const CONTROL: u64 = 125;

/// What was gathered so far.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Frames, bytes and findings over time.
    pub over_time: Option<bins::Bins<series::Moment>>,
    /// Connections on which frames were looked at.
    pub connections: u64,
    /// Frames of each side, client first.
    pub frames: [u64; 2],
    /// How long messages are, by side.
    pub sizes: [Sizes; 2],
    /// Frames and their payload by opcode, by side.
    pub opcodes: [Opcodes; 2],
    /// What permessage-deflate did, by side.
    pub compression: [Compression; 2],
    /// Bytes of the header lines that agree on extensions, of the request and the answer.
    pub extensions: [u64; 2],
    /// Ping round trips.
    pub pings: Pings,
    /// Times between messages, by side.
    pub gaps: [Gaps; 2],
    /// The longest time on a connection without a frame, with the frames before and after it.
    pub idle: Option<(u64, (FrameId, FrameId))>,
    /// Bytes of frame headers, by side.
    pub headers: [u64; 2],
    /// Payload bytes that were sent, by side.
    pub payload: [u64; 2],
    /// Bytes of opening handshakes, requests first.
    pub handshakes: [u64; 2],
    /// Packets around it.
    pub wire: Wire,
    /// What polling would have cost.
    pub polling: Polling,
}

/// Numbers that grow with a capture.
pub struct Statistics {
    connection: Option<ConnectionId>,
    figures: Figures,
    series: Series,
    talks: HashMap<ConnectionId, Talk>,
    /// Connections of which a head was not there yet.
    headless: BTreeSet<ConnectionId>,
    /// Connections whose share in the comparison is to be told anew.
    touched: BTreeSet<ConnectionId>,
    packets: u32,
    frames: u32,
    met: u32,
}

/// What is remembered of a connection.
#[derive(Default)]
struct Talk {
    heads: [Option<u64>; 2],
    frame: Option<(FrameId, i64)>,
    messages: [Option<(MessageId, i64)>; 2],
    counted: Counted,
    /// What of it is in the sums.
    added: Counted,
}

impl Statistics {
    /// Of a connection or of all.
    pub fn new(connection: Option<ConnectionId>) -> Self {
        Self {
            connection,
            figures: Figures::default(),
            series: Series::new(connection, None),
            talks: HashMap::new(),
            headless: BTreeSet::new(),
            touched: BTreeSet::new(),
            packets: 0,
            frames: 0,
            met: 0,
        }
    }

    /// What was gathered so far.
    pub fn figures(&self) -> Figures {
        let figures = &self.figures;
        Figures {
            over_time: Some(self.series.bins.clone()),
            pings: figures.pings.published(),
            wire: figures.wire.published(),
            ..figures.clone()
        }
    }

    /// How many rows were looked at, of how many.
    pub fn progress(&self, snapshot: &Snapshot) -> (u64, u64) {
        let all = u64::from(snapshot.frame_count()) + u64::from(snapshot.packet_count());
        (u64::from(self.frames) + u64::from(self.packets), all)
    }

    /// Looks at up to `stride` rows more of each kind; whether those were the last.
    pub fn extend(&mut self, snapshot: &Snapshot, content: &mut Content, stride: u32) -> bool {
        self.meet(snapshot);
        let frames = snapshot.frame_count().min(self.frames.saturating_add(stride));
        for row in self.frames..frames {
            if let Some(frame) = snapshot.frame(FrameId::new(row)) {
                self.frame(snapshot, content, &frame);
            }
        }
        self.frames = self.frames.max(frames);
        let packets = snapshot.packet_count().min(self.packets.saturating_add(stride));
        for row in self.packets..packets {
            self.figures.wire.packet(snapshot, PacketId::new(row));
        }
        self.packets = self.packets.max(packets);
        let all = self.series.extend_findings(snapshot, stride);
        self.figures.wire.settle(snapshot);
        self.settle();
        all && frames == snapshot.frame_count() && packets == snapshot.packet_count()
    }

    /// Connections that are new, and heads that have come since.
    fn meet(&mut self, snapshot: &Snapshot) {
        let count = snapshot.connections().len();
        for row in self.met..count {
            let id = ConnectionId::new(row);
            if self.connection.is_some_and(|only| only != id) {
                continue;
            }
            let Some(connection) = snapshot.connection(id).filter(|it| it.opening != Opening::Sealed) else {
                continue;
            };
            self.figures.wire.carries(connection.flow);
            self.headless.insert(id);
        }
        self.met = self.met.max(count);
        let waiting: Vec<ConnectionId> = self.headless.iter().copied().collect();
        for id in waiting {
            let Some(connection) = snapshot.connection(id) else { continue };
            let talk = self.talks.entry(id).or_default();
            for (at, head) in [&connection.request, &connection.response].into_iter().enumerate() {
                if let Some(head) = head.as_ref().filter(|_| talk.heads[at].is_none()) {
                    let len = head_len(head);
                    talk.heads[at] = Some(len);
                    self.figures.handshakes[at] += len;
                    self.figures.extensions[at] += extension_lines(head);
                }
            }
            if let [Some(request), Some(response)] = talk.heads {
                talk.counted.heads = Some([request, response]);
                self.headless.remove(&id);
                self.touched.insert(id);
            }
        }
    }

    fn frame(&mut self, snapshot: &Snapshot, content: &mut Content, frame: &Frame) {
        if self.connection.is_some_and(|only| frame.connection != only) {
            return;
        }
        self.series.frame(frame);
        let (figures, side) = (&mut self.figures, frame.side.index());
        let (header, payload) = (frame.header.len() as u64, sent(frame));
        figures.frames[side] += 1;
        figures.headers[side] += header;
        figures.payload[side] = figures.payload[side].saturating_add(payload);
        figures.opcodes[side].add(frame.header.opcode, payload);

        let talk = self.talks.entry(frame.connection).or_default();
        figures.connections += u64::from(talk.frame.is_none());
        if let Some((before, time)) = talk.frame.replace((frame.id, frame.time)) {
            let idle = u64::try_from(frame.time.saturating_sub(time)).unwrap_or(0);
            if figures.idle.is_none_or(|(longest, _)| idle > longest) {
                figures.idle = Some((idle, (before, frame.id)));
            }
        }
        let counted = &mut talk.counted;
        let start = counted.times.map_or_else(
            || snapshot.connection(frame.connection).map_or(frame.time, |connection| connection.start),
            |(start, _)| start,
        );
        counted.times = Some((start, frame.time));
        counted.framing = counted.framing.saturating_add(header);
        if frame.header.opcode.is_control() {
            counted.framing = counted.framing.saturating_add(payload);
        } else {
            counted.payload[side] = counted.payload[side].saturating_add(payload);
        }
        self.touched.insert(frame.connection);

        match frame.header.opcode {
            Opcode::PING | Opcode::PONG => self.ping(snapshot, content, frame),
            _ if matches!(frame.part, Place::Whole | Place::Last) => {
                if let Some(message) = frame.message.and_then(|id| snapshot.message(id)) {
                    self.message(&message);
                }
            }
            _ => {}
        }
    }

    fn ping(&mut self, snapshot: &Snapshot, content: &mut Content, frame: &Frame) {
        let bytes = content.frame(snapshot, frame.id, CONTROL).ok();
        let payload = bytes.map(|bytes| bytes.payload).filter(|payload| payload.whole() && !frame.truncated);
        let payload = payload.as_ref().map(|payload| payload.bytes.as_slice());
        let Frame { connection, side, id, time, .. } = *frame;
        if frame.header.opcode == Opcode::PING {
            self.figures.pings.ping(connection, side, id, time, payload);
        } else {
            self.figures.pings.pong(connection, side, id, time, payload);
        }
    }

    /// A message that has come to its end.
    fn message(&mut self, message: &Message) {
        let (figures, side) = (&mut self.figures, message.side.index());
        let len = message.len.filter(|_| message.outcome == Some(Outcome::Whole));
        figures.sizes[side].add(message.id, len);
        figures.compression[side].add(message.compressed, message.wire_len, len);
        let talk = self.talks.entry(message.connection).or_default();
        if let Some((before, time)) = talk.messages[side].replace((message.id, message.time)) {
            let gap = u64::try_from(message.time.saturating_sub(time)).unwrap_or(0);
            figures.gaps[side].add(gap, before, message.id);
        }
        talk.counted.messages[side] += 1;
        if side == 1 && message.kind == Kind::Binary {
            talk.counted.base64 = talk.counted.base64.saturating_add(message.wire_len.div_ceil(3));
        }
    }

    fn settle(&mut self) {
        for id in std::mem::take(&mut self.touched) {
            let Some(talk) = self.talks.get_mut(&id) else { continue };
            self.figures.polling -= &talk.added.share();
            self.figures.polling += &talk.counted.share();
            talk.added = talk.counted;
        }
    }
}

/// Payload bytes that a frame's sender is known to have sent.
fn sent(frame: &Frame) -> u64 {
    frame.header.payload_len.saturating_sub(if frame.truncated { frame.missing } else { 0 })
}

/// All numbers of a snapshot at once.
pub fn of(snapshot: &Snapshot, content: &mut Content, connection: Option<ConnectionId>) -> Figures {
    let mut statistics = Statistics::new(connection);
    while !statistics.extend(snapshot, content, u32::MAX) {}
    statistics.figures()
}
