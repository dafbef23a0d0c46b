//! HTTP/2 (RFC 9113): frames in, the WebSockets in its streams out (RFC 8441).
//!
//! ```text
//! pieces ─► walk (frames) ─┬─► heads (field blocks) ─► a stream is asked for, taken, refused
//!                          └─► content of DATA, byte for byte ─► tunnels, one a WebSocket ─► frames
//! ```
//! Streams that carry something else go by. What a peer could make grow without end is bounded, and said.

mod heads;
mod tunnel;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::event::{Event, Opening, StreamEnding};
use crate::head::Head;
use crate::http2::facts::{Http2 as Fact, Limit};
use crate::http2::frame::FrameHeader;
use crate::http2::hpack::Decoder;
use crate::http2::kind::FrameKind;
use crate::http2::names::Setting;
use crate::http2::payload::{GoAway, Parts, reset, settings};
use crate::ids::{End, ExtentId, Side, StreamId};
use crate::layer::http2::heads::{Fragments, Room};
use crate::layer::http2::tunnel::Tunnel;
use crate::layer::http2::walk::{LONGEST, Step, Walk};
use crate::layer::{FlowOf, Input, Up};
use crate::span::Span;

/// WebSockets of one connection that are followed at once; servers allow a few hundred streams.
const MOST_TUNNELS: usize = 4096;

/// Text of heads that is kept of one connection.
const MOST_TEXT: u64 = 16 << 20;

/// Bytes that a header is looked for in.
const LOOKED_AT: usize = 64 << 10;

/// HTTP/2 on one two-way stream.
pub(crate) struct Http2 {
    flow: FlowOf,
    client: End,
    deep: u8,
    ends: [Direction; 2],
    tunnels: BTreeMap<u32, Tunnel>,
    /// The highest stream that the client opened.
    highest: u32,
    text: u64,
    told: BTreeSet<(End, Limit)>,
}

/// One end's frames.
struct Direction {
    walk: Walk,
    decoder: Decoder,
    block: Option<Fragments>,
    /// The newest extent below, and where it begins.
    stand: Option<(ExtentId, u64)>,
    /// What it asked the table of the other end to be, until that is acknowledged (RFC 9113 6.5.3).
    table: Option<u32>,
}

impl Http2 {
    /// HTTP/2 that begins: the client's preface is what comes next of that end.
    pub(super) fn new(flow: FlowOf, client: End, deep: u8) -> Self {
        let direction = |end| Direction {
            walk: if end == client { Walk::Preface(0) } else { Walk::header() },
            decoder: Decoder::new(),
            block: None,
            stand: None,
            table: None,
        };
        Self {
            flow,
            client,
            deep,
            ends: [direction(End::A), direction(End::B)],
            tunnels: BTreeMap::new(),
            highest: 0,
            text: 0,
            told: BTreeSet::new(),
        }
    }

    fn direction(&mut self, end: End) -> &mut Direction {
        let [a, b] = &mut self.ends;
        if end == End::A { a } else { b }
    }

    fn stream(&self, end: End) -> StreamId {
        let [a, b] = self.flow.streams;
        if end == End::A { a } else { b }
    }

    fn side(&self, end: End) -> Side {
        if end == self.client { Side::Client } else { Side::Server }
    }

    /// Takes an input. Says from where on the end is to be looked at again, where that is.
    pub(super) fn input(&mut self, end: End, input: Input<'_>, up: &mut Up<'_>) -> Option<u64> {
        match input {
            Input::Bytes { at, bytes, extent, .. } => {
                let begins = extent.and_then(|id| Some((id, up.sink.extent(id)?.at)));
                self.direction(end).stand = begins;
                return self.bytes(end, at, bytes, up);
            }
            Input::Gap { at, len } => self.gap(end, at, len, up),
            Input::Astray { at } => self.lose(end, at, up),
            Input::End => {
                self.direction(end).walk = Walk::Over;
                self.tunnels.values_mut().for_each(|tunnel| tunnel.end(end, up));
            }
        }
        None
    }

    fn bytes(&mut self, end: End, mut at: u64, mut bytes: &[u8], up: &mut Up<'_>) -> Option<u64> {
        if let Walk::Lost { .. } = self.direction(end).walk {
            return self.look(end, at, bytes);
        }
        while !bytes.is_empty() || self.direction(end).walk.is_due() {
            match self.direction(end).walk.step(&mut at, &mut bytes) {
                Step::More => {}
                Step::Begun(header) if header.len > LONGEST => self.too_long(end, &header, at, up),
                Step::Begun(_) | Step::Skipped => {}
                Step::Content { at, header, bytes } => {
                    let stand = self.direction(end).stand;
                    if let Some(tunnel) = self.tunnels.get_mut(&header.stream) {
                        tunnel.content(end, at, bytes, stand, up);
                    }
                }
                Step::DataOver { at, header } => self.stream_over(end, &header, at, up),
                Step::Frame { at, header, payload } => self.frame(end, at, &header, &payload, up),
                Step::Broken => self.lose(end, at, up),
            }
        }
        None
    }

    /// A frame that is looked at as a whole.
    fn frame(&mut self, end: End, at: u64, header: &FrameHeader, payload: &[u8], up: &mut Up<'_>) {
        let stream = self.stream(end);
        let inside = at + FrameHeader::LEN as u64;
        let whole = Span { stream, at, len: header.frame_len() };
        match header.kind {
            FrameKind::HEADERS | FrameKind::PUSH_PROMISE => {
                let Some(parts) = Parts::of(header, payload) else { return };
                let mut block = Fragments::new(header);
                block.add(inside + u64::from(parts.at), parts.content(payload));
                self.block(end, block, header.ends_headers(), up);
            }
            FrameKind::CONTINUATION => {
                // RFC 9113 6.10: nothing but CONTINUATION of the same stream comes until the block is over.
                let Some(mut block) = self.direction(end).block.take() else { return };
                if block.add(inside, payload) {
                    self.block(end, block, header.ends_headers(), up);
                } else {
                    self.limit(end, Limit::Block, whole, up);
                    self.direction(end).decoder.lose();
                }
            }
            FrameKind::SETTINGS if header.is_ack() => {
                // RFC 9113 6.5.3: from here on this end's blocks obey what the other one asked for.
                if let Some(limit) = self.direction(end.other()).table.take() {
                    self.direction(end).decoder.set_limit(limit);
                }
            }
            FrameKind::SETTINGS => {
                let values: Vec<_> = settings(payload).collect();
                let table = values.iter().rev().find(|(id, _)| *id == Setting::HEADER_TABLE_SIZE);
                if let Some((_, value)) = table {
                    self.direction(end).table = Some(*value);
                }
                let span = Span { stream, at: inside, len: header.len.into() };
                self.say(Fact::Settings { side: self.side(end), values, span }, up);
            }
            FrameKind::RST_STREAM => {
                let code = reset(payload).map_or(0, |code| code.0);
                self.over(end, header.stream, StreamEnding::Reset(code), whole, up);
            }
            FrameKind::GOAWAY => {
                let code = GoAway::parse(payload).map_or(0, |away| away.code.0);
                self.say(Fact::GoAway { side: self.side(end), code, span: whole }, up);
            }
            _ => {}
        }
    }

    /// More of a field block is there, or all of it.
    fn block(&mut self, end: End, block: Fragments, whole: bool, up: &mut Up<'_>) {
        if !whole {
            self.direction(end).block = Some(block);
            return;
        }
        let below = self.stream(end);
        let span = block.span(below);
        let room = if self.text > MOST_TEXT { Room::Narrow } else { Room::Wide };
        let head = match block.head(&mut self.direction(end).decoder, below, room) {
            Ok(head) => head,
            Err(why) => {
                self.direction(end).decoder.lose();
                return self.say(Fact::Fields { side: self.side(end), why, span }, up);
            }
        };
        if block.promise {
            return;
        }
        let (id, ends) = (block.stream, block.ends_stream);
        if end == self.client {
            if id > self.highest {
                self.highest = id;
                self.request(id, head, span, up);
            }
        } else if self.tunnels.contains_key(&id) {
            self.kept(end, &head, span, up);
            let Some(tunnel) = self.tunnels.get_mut(&id) else { return };
            tunnel.response(head, up);
            if tunnel.is_refused() {
                self.close(id, up);
            }
        }
        if ends {
            self.over(end, id, StreamEnding::EndStream, span, up);
        }
    }

    /// A stream is opened. RFC 8441 4: `:protocol` beside CONNECT asks for a tunnel.
    fn request(&mut self, id: u32, head: Head, span: Span, up: &mut Up<'_>) {
        let Some(protocol) = head.values(":protocol").next() else { return };
        if !protocol.eq_ignore_ascii_case(b"websocket") {
            let protocol = String::from_utf8_lossy(protocol).into_owned();
            return self.say(Fact::Tunnel { stream: id, protocol, span }, up);
        }
        if self.tunnels.len() >= MOST_TUNNELS {
            return self.limit(self.client, Limit::Streams, span, up);
        }
        self.kept(self.client, &head, span, up);
        let pair = up.ids.pair();
        let streams = [StreamId::of(pair, End::A), StreamId::of(pair, End::B)];
        let flow = FlowOf { streams, stream: Some(id), held: 0, ..self.flow };
        let connection = up.ids.connection();
        let head = Arc::new(head);
        let opened = flow.connection(connection, self.client, Opening::Handshake, Some(Arc::clone(&head)));
        up.say(Event::Connection(Box::new(opened)));
        self.tunnels.insert(id, Tunnel::new(connection, flow, self.client, head, self.deep));
    }

    /// A head is kept for as long as the capture is open: of those that are too many it is less.
    fn kept(&mut self, end: End, head: &Head, span: Span, up: &mut Up<'_>) {
        self.text = self.text.saturating_add(head.raw.len() as u64);
        if self.text > MOST_TEXT {
            self.limit(end, Limit::Heads, span, up);
        }
    }

    fn stream_over(&mut self, end: End, header: &FrameHeader, at: u64, up: &mut Up<'_>) {
        if header.ends_stream() {
            let span = Span { stream: self.stream(end), at, len: header.frame_len() };
            self.over(end, header.stream, StreamEnding::EndStream, span, up);
        }
    }

    /// A stream ends in one direction, or is torn down by one end.
    fn over(&mut self, end: End, id: u32, how: StreamEnding, span: Span, up: &mut Up<'_>) {
        let side = self.side(end);
        let Some(tunnel) = self.tunnels.get_mut(&id) else { return };
        up.say(Event::StreamOver { connection: tunnel.id, side, how, span });
        tunnel.end(end, up);
        // RFC 9113 5.1: RST_STREAM closes a stream for both ends.
        if let StreamEnding::Reset(_) = how {
            tunnel.end(end.other(), up);
        }
        if tunnel.is_over() {
            self.close(id, up);
        }
    }

    /// Nothing more comes in a stream.
    fn close(&mut self, id: u32, up: &mut Up<'_>) {
        if let Some(mut tunnel) = self.tunnels.remove(&id) {
            tunnel.end(End::A, up);
            tunnel.end(End::B, up);
            up.connection_over(tunnel.id);
        }
    }

    fn too_long(&mut self, end: End, header: &FrameHeader, at: u64, up: &mut Up<'_>) {
        if matches!(header.kind, FrameKind::HEADERS | FrameKind::CONTINUATION | FrameKind::PUSH_PROMISE) {
            let at = at.saturating_sub(FrameHeader::LEN as u64);
            let span = Span { stream: self.stream(end), at, len: header.frame_len() };
            self.limit(end, Limit::Block, span, up);
            self.forget_fields(end);
        }
    }

    fn forget_fields(&mut self, end: End) {
        let direction = self.direction(end);
        direction.decoder.lose();
        direction.block = None;
    }

    fn gap(&mut self, end: End, at: u64, len: u64, up: &mut Up<'_>) {
        match &mut self.direction(end).walk {
            Walk::Data(data) => {
                let header = data.header;
                let (content, inside) = data.gap(len);
                if let Some(tunnel) = self.tunnels.get_mut(&header.stream).filter(|_| content > 0) {
                    tunnel.gap(end, content, up);
                }
                if inside < len {
                    self.lose(end, at + inside, up);
                }
            }
            Walk::Skip { left } if u64::from(*left) >= len => *left -= len as u32,
            Walk::Whole { header, payload, .. } => {
                let left = u64::from(header.len) - payload.len() as u64;
                let header = *header;
                let fields =
                    !matches!(header.kind, FrameKind::SETTINGS | FrameKind::GOAWAY | FrameKind::RST_STREAM);
                if left < len {
                    return self.lose(end, at, up);
                }
                self.direction(end).walk = Walk::Skip { left: (left - len) as u32 };
                if fields {
                    self.forget_fields(end);
                }
            }
            Walk::Lost { .. } => self.lose(end, at + len, up),
            _ => self.lose(end, at, up),
        }
    }

    /// It is not known where the next frame begins, nor what fields refer to.
    fn lose(&mut self, end: End, at: u64, up: &mut Up<'_>) {
        self.direction(end).walk = Walk::Lost { at, kept: Vec::new() };
        self.forget_fields(end);
        self.tunnels.values_mut().for_each(|tunnel| tunnel.lose(end, up));
    }

    /// Looks for the next frame: from where on there is one.
    fn look(&mut self, end: End, at: u64, bytes: &[u8]) -> Option<u64> {
        let highest = self.highest;
        let tunnels = &self.tunnels;
        let [a, b] = &mut self.ends;
        let direction = if end == End::A { a } else { b };
        let Walk::Lost { at: begun, kept } = &mut direction.walk else { return None };
        if kept.is_empty() {
            *begun = at;
        }
        kept.extend_from_slice(bytes);
        let known = |stream: u32| tunnels.contains_key(&stream) || stream <= highest.saturating_add(64);
        if let Some(start) = walk::find(kept, &known) {
            let from = *begun + start as u64;
            direction.walk = Walk::header();
            return Some(from);
        }
        let spare = kept.len().saturating_sub(LOOKED_AT);
        kept.drain(..spare);
        *begun += spare as u64;
        None
    }

    fn say(&self, what: Fact, up: &mut Up<'_>) {
        up.say(Event::Http2 { flow: self.flow.id, what: Box::new(what) });
    }

    /// Says once that something is more than is followed.
    fn limit(&mut self, end: End, what: Limit, span: Span, up: &mut Up<'_>) {
        if self.told.insert((end, what)) {
            self.say(Fact::Limit { side: self.side(end), what, span }, up);
        }
    }
}
