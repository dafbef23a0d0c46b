//! TCP connections: which segment belongs to which, and the bytes of each direction in order.
//!
//! Knows ends, not roles: who is client and who is server is found out above.

mod ahead;
mod quic;
pub(crate) mod reassembly;
pub(crate) mod sequence;

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;

use crate::event::{Ending, Event, Flow};
use crate::flow::ahead::Courses;
use crate::flow::quic::Quic;
use crate::flow::reassembly::{Direction, Piece, Place};
use crate::glance::Text;
use crate::ids::{ConnectionId, End, FlowId, PacketId, Side, StreamId};
use crate::layer::{Input, Layer, Up};
use crate::link::{Datagram, Pair, Placed, Segment, Sockets};
use crate::outbox::Heard;
use crate::recall;
use crate::span::{Below, Extent, Span};

/// Which end the lower one of a pair of sockets is.
#[derive(Clone, Copy)]
struct Lower(End);

impl Lower {
    /// The end that sent a segment.
    #[inline]
    fn sender(self, sockets: &Sockets) -> End {
        if sockets.sent_by_lower() { self.0 } else { self.0.other() }
    }
}

/// A connection that may still speak.
struct Live {
    id: FlowId,
    lower: Lower,
    directions: [Direction; 2],
    layer: Layer,
    /// Sequence number of each end's SYN, to tell a repeated one from a new connection.
    opened: [Option<u32>; 2],
    ended: [bool; 2],
}

/// Packets of the capture after which a connection that was reset is forgotten: late segments of it have
/// passed by then.
const LINGER: u32 = 10_000;

/// Nanoseconds that bytes are held up before it is worth a word: a retransmission takes that long at least
/// (the shortest timeout of common systems, where RFC 6298 2.4 asks for a second).
const STALL: i64 = 200_000_000;

/// Extents that a comparison with old bytes walks back at the most.
const LOOK_BACK: usize = 64;

/// Connections from which on what is remembered of them is more than the caches next to a processor hold.
const MANY: usize = 512;

/// Packets whose connections are looked at together.
pub(crate) const WARMED: usize = 16;

/// A connection of which a packet comes soon.
#[derive(Clone, Copy, Debug)]
pub struct Warmed {
    /// The TCP connection.
    pub flow: FlowId,
    /// What the packet's sender sends, where the packet brings some of it.
    pub stream: Option<StreamId>,
    /// The WebSocket connection that it is a part of then, if it is one, and which side sends it.
    pub connection: Option<(ConnectionId, Side)>,
}

/// Looks at all of these at once: nothing of what they say is used, but what they were read from is near then.
pub fn look_at(seen: impl Iterator<Item = u64>) {
    core::hint::black_box(seen.fold(0, u64::wrapping_add));
}

/// A connection of which both ends have said all. Kept so that a late acknowledgment does not look like a new one.
struct Over {
    id: FlowId,
    lower: Lower,
}

/// All TCP connections.
#[derive(Default)]
pub(crate) struct Flows {
    /// Asked for every packet. Whoever sends the traffic chooses the keys, and the seed is not theirs to know.
    lives: HashMap<Pair, Box<Live>, RandomState>,
    /// Apart, as a long capture has many more of them than live at any time, and few packets ask for one: only those of
    /// sockets between which none lives.
    over: HashMap<Pair, Over, RandomState>,
    /// Connections that were reset, and the packet that did it.
    reset: VecDeque<(PacketId, Pair, FlowId)>,
    quic: Quic,
    count: u32,
    courses: Courses,
}

impl Flows {
    /// One segment, and the texts that were seen at the beginning of its payload: whose it is.
    pub(crate) fn segment(
        &mut self,
        segment: &Segment<'_>,
        texts: &[Text],
        now: PacketId,
        up: &mut Up<'_>,
    ) -> (FlowId, End) {
        let pair = segment.sockets.pair();
        self.forget(now, up);
        let count = &mut self.count;
        let mut meet = |up: &mut Up<'_>| {
            let id = FlowId::new(*count);
            *count = count.saturating_add(1);
            Box::new(Live::meet(id, segment, up))
        };
        let live = match self.lives.get_mut(pair) {
            Some(live) => {
                if live.is_reused_by(segment) {
                    live.finish(false, up);
                    *live = meet(up);
                }
                live
            }
            None => {
                if let Some(Over { id, lower }) = self.over.get(pair).filter(|_| !segment.flags.asks()) {
                    return (*id, lower.sender(&segment.sockets));
                }
                self.lives.entry(*pair).or_insert_with(|| meet(up))
            }
        };
        let (id, lower) = (live.id, live.lower);
        let end = lower.sender(&segment.sockets);
        live.segment(segment, texts, end, up);
        if segment.flags.rst() {
            self.reset.push_back((now, *pair, id));
        }
        if live.directions.iter().all(Direction::finished) {
            live.finish(false, up);
            self.is_over(*pair);
        }
        (id, end)
    }

    /// A connection was finished.
    fn is_over(&mut self, pair: Pair) {
        if let Some(live) = self.lives.remove(&pair) {
            self.over.insert(pair, Over { id: live.id, lower: live.lower });
        }
    }

    /// Whether there are more than a processor's cache holds.
    pub(crate) fn are_many(&self) -> bool {
        self.lives.len() >= MANY
    }

    /// Looks at what is remembered of the connections whose packets come next, all of it at once: where there are many,
    /// most of it lies in no cache, and memory answers many questions in the time of one. Says which connections. Nothing
    /// is looked at that such a packet does not ask for: each line of memory takes its time.
    pub(crate) fn warm<'p>(&self, coming: impl Iterator<Item = &'p Placed>, warmed: &mut Vec<Warmed>) {
        let mut lives = [None; WARMED];
        for (live, segment) in lives.iter_mut().zip(coming) {
            *live = self.lives.get(segment.sockets.pair()).map(|known| (known.as_ref(), segment));
        }
        let lives = || lives.iter().copied().flatten();
        look_at(lives().map(|(live, segment)| live.warm(segment)));
        warmed.extend(lives().map(|(live, segment)| {
            let end = live.lower.sender(&segment.sockets);
            let direction = live.directions.get(end.index()).filter(|_| segment.brings_bytes());
            let stream = direction.map(|direction| direction.stream);
            Warmed { flow: live.id, stream, connection: stream.and_then(|_| live.layer.warm(end)) }
        }));
    }

    /// One datagram of UDP: whose it is, where it is QUIC's.
    pub(crate) fn datagram(&mut self, datagram: &Datagram, up: &mut Up<'_>) -> Option<(FlowId, End)> {
        let count = &mut self.count;
        let next = || {
            let id = FlowId::new(*count);
            *count = count.saturating_add(1);
            id
        };
        self.quic.datagram(datagram, next, up)
    }

    /// Lets go of connections that were reset long ago.
    fn forget(&mut self, now: PacketId, up: &mut Up<'_>) {
        while let Some((at, key, id)) = self.reset.front().copied() {
            if now.index() - at.index() < LINGER {
                break;
            }
            self.reset.pop_front();
            if let Some(live) = self.lives.get_mut(&key).filter(|live| live.id == id) {
                live.finish(false, up);
                self.is_over(key);
            }
        }
    }

    /// The capture is over.
    pub(crate) fn end(&mut self, up: &mut Up<'_>) {
        let mut rest: Vec<_> = self.lives.drain().map(|(_, live)| live).collect();
        rest.sort_by_key(|live| live.id);
        rest.iter_mut().for_each(|live| live.finish(true, up));
    }
}

impl Live {
    fn meet(id: FlowId, segment: &Segment<'_>, up: &mut Up<'_>) -> Self {
        let answer = segment.flags.syn() && segment.flags.ack();
        let (src, dst) = (segment.sockets.src(), segment.sockets.dst());
        let (a, b) = if answer { (dst, src) } else { (src, dst) };
        let from_start = segment.flags.syn();
        up.say(Event::Flow(Flow { id, a, b, from_start }));
        let pair = up.ids.pair();
        let streams = [StreamId::of(pair, End::A), StreamId::of(pair, End::B)];
        // A port that the user named is the server's.
        let told = if up.options.carries_websocket(b.port()) {
            Some(End::A)
        } else {
            up.options.carries_websocket(a.port()).then_some(End::B)
        };
        Self {
            id,
            lower: Lower(if Sockets::new(a, b).sent_by_lower() { End::A } else { End::B }),
            directions: streams.map(Direction::new),
            layer: Layer::new(id, [a, b], streams, from_start, told),
            opened: [None; 2],
            ended: [false; 2],
        }
    }

    /// Looks at what the next packet will ask for of TCP.
    fn warm(&self, segment: &Placed) -> u64 {
        let [a, b] = self.directions.each_ref().map(Direction::warm);
        let stands = if segment.brings_bytes() { self.layer.stands() } else { 0 };
        let seen = [a, b, stands, u64::from(self.ended[0])];
        seen.into_iter().fold(self.id.index().into(), u64::wrapping_add)
    }

    /// RFC 9293 3.6.1: the same pair of sockets may be used again, by a SYN with another sequence number.
    fn is_reused_by(&self, segment: &Segment<'_>) -> bool {
        if !segment.flags.asks() {
            return false;
        }
        let end = self.lower.sender(&segment.sockets);
        match self.opened.get(end.index()).copied().flatten() {
            Some(seq) => seq != segment.seq,
            None => {
                let origin = self.directions.get(end.index()).and_then(|direction| direction.origin);
                origin.is_some_and(|origin| !origin.is(segment.seq.wrapping_add(1)))
            }
        }
    }

    fn segment(&mut self, segment: &Segment<'_>, texts: &[Text], end: End, up: &mut Up<'_>) {
        if let Some(opened) = self.opened.get_mut(end.index()).filter(|_| segment.flags.syn()) {
            opened.get_or_insert(segment.seq);
        }
        let now = up.recall.now.map_or(0, |packet| packet.time);
        let flow = self.id;
        let [a, b] = &mut self.directions;
        let (direction, other) = if end == End::A { (a, b) } else { (b, a) };
        if let Some(ack) = segment.ack {
            other.acknowledge(ack);
        }
        if up.judge.is_some() {
            let (acknowledged, reached) = (other.acknowledged(), direction.reach(segment));
            up.heard(Heard { flow, end, acknowledged, reached });
        }
        direction.knock(segment);
        if let Some(held) = other.window(segment, now).filter(|held| *held > STALL) {
            let span = Span { stream: other.stream, at: other.next, len: 0 };
            up.say(Event::Stall { flow, end: end.other(), span, held, window: true });
        }
        if segment.flags.syn() || segment.flags.fin() || !segment.payload.is_empty() || segment.cut > 0 {
            let mut again = Vec::new();
            match direction.place(segment, &mut |piece| again.push(piece)) {
                Place::Next { skip } => {
                    let bytes = segment.payload.get(skip..).unwrap_or_default();
                    let offset = segment.offset.saturating_add(skip as u32);
                    let texts = if skip == 0 { texts } else { &[] };
                    deliver(&mut self.layer, direction, end, (bytes, texts), (segment.packet, offset), up);
                }
                Place::Sorted => {}
            }
            for piece in again {
                compare(self.id, direction, piece, up);
            }
            self.drain(end, up);
            if let Some((span, held)) = self.direction(end).came_late(now).filter(|(_, held)| *held > STALL) {
                up.say(Event::Stall { flow, end, span, held, window: false });
            }
        }
        for end in [End::A, End::B] {
            while let Some(len) = self.direction(end).lost() {
                self.gap(end, len, false, up);
                self.drain(end, up);
                self.direction(end).gave_up(now);
            }
            if self.direction(end).finished() {
                self.end(end, Ending::Fin, up);
            }
        }
        if segment.flags.rst() {
            self.say_ended(end, Ending::Rst, up);
        }
    }

    fn direction(&mut self, end: End) -> &mut Direction {
        let [a, b] = &mut self.directions;
        if end == End::A { a } else { b }
    }

    /// Delivers what has become in order.
    fn drain(&mut self, end: End, up: &mut Up<'_>) {
        while let Some(piece) = self.direction(end).ready() {
            match piece.source {
                None => self.gap(end, u64::from(piece.len), true, up),
                Some((packet, offset)) => {
                    let bytes = up.recall.bytes(packet, offset, piece.len);
                    let [a, b] = &mut self.directions;
                    let direction = if end == End::A { a } else { b };
                    deliver(&mut self.layer, direction, end, (&bytes, &[]), (packet, offset), up);
                }
            }
        }
    }

    fn gap(&mut self, end: End, len: u64, cut: bool, up: &mut Up<'_>) {
        let flow = self.id;
        let direction = self.direction(end);
        let at = direction.next;
        direction.delivered(len, None);
        let span = Span { stream: direction.stream, at, len };
        up.gap(flow, span, cut);
        self.layer.input(end, Input::Gap { at, len }, up);
    }

    /// One end sends no more.
    fn end(&mut self, end: End, how: Ending, up: &mut Up<'_>) {
        if self.say_ended(end, how, up) {
            self.layer.input(end, Input::End, up);
        }
    }

    fn say_ended(&mut self, end: End, how: Ending, up: &mut Up<'_>) -> bool {
        match self.ended.get_mut(end.index()) {
            Some(ended) if !*ended => {
                *ended = true;
                up.say(Event::Ended { flow: self.id, end, how });
                true
            }
            _ => false,
        }
    }

    /// No more packets come: what still waits is delivered, with the holes in front of it.
    fn finish(&mut self, capture_over: bool, up: &mut Up<'_>) {
        for end in [End::A, End::B] {
            while let Some(len) = self.direction(end).hole() {
                if len > 0 {
                    self.gap(end, len, false, up);
                }
                self.drain(end, up);
            }
            let direction = self.direction(end);
            if let Some(fin) = direction.fin() {
                // Bytes before a FIN that never came.
                let missing = fin.saturating_sub(direction.next);
                if missing > 0 {
                    self.gap(end, missing, false, up);
                }
                self.end(end, Ending::Fin, up);
            }
        }
        for end in [End::A, End::B] {
            self.layer.input(end, Input::End, up);
        }
        up.flow_over(self.id, capture_over);
    }
}

/// Hands bytes that are in order to the layer above, as an extent of their own.
fn deliver(
    layer: &mut Layer,
    direction: &mut Direction,
    end: End,
    (bytes, texts): (&[u8], &[Text]),
    (packet, offset): (PacketId, u32),
    up: &mut Up<'_>,
) {
    if bytes.is_empty() {
        return;
    }
    let at = direction.next;
    let mut id = direction.last;
    if layer.wants_bytes() {
        let below = Below::Packet { id: packet, offset };
        let extent = Extent { at, len: bytes.len() as u32, below, prev: direction.last };
        id = Some(up.extent(direction.stream, extent));
    }
    direction.delivered(bytes.len() as u64, id);
    layer.input(end, Input::Bytes { at, bytes, extent: id, texts }, up);
}

/// Holds bytes that came again against the ones that stand.
fn compare(flow: FlowId, direction: &Direction, piece: Piece, up: &mut Up<'_>) {
    let Some((packet, offset)) = piece.source else { return };
    let again = up.recall.bytes(packet, offset, piece.len);
    let end = piece.at + u64::from(piece.len);
    for run in recall::runs(up.sink, direction.last, piece.at, LOOK_BACK) {
        if run.at >= end {
            break;
        }
        let len = u64::from(run.len).min(end - run.at) as u32;
        let first = up.recall.run(up.sink, &recall::Run { len, ..run });
        let from = (run.at - piece.at) as usize;
        let Some(second) = again.get(from..from + first.len().min(len as usize)) else { break };
        if first.as_ref() != second {
            let span = Span { stream: direction.stream, at: run.at, len: u64::from(len) };
            up.say(Event::Conflict { flow, span });
            return;
        }
    }
}
