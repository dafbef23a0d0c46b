//! The heads of an opening handshake as tabs and lines: those of HTTP/1 as they lie in their stream, those of HTTP/2
//! field by field, as they come out of their field block.

use std::ops::Range;
use std::sync::Arc;

use dissector::head::{Block, Head, Line, Origin};
use dissector::ids::{PacketId, Side, StreamId};
use dissector::span::Span;

use super::build::{Parts, count_of, thousands};
use super::http2::Carrying;
use super::layers::Layers;
use super::node::{Node, Place};
use super::steps::Want;
use super::tab::{Tab, TabKind};
use crate::content::Patchy;
use crate::model::Connection;
use crate::snapshot::Snapshot;

/// A head that is shown.
pub(super) struct ShownHead {
    pub(super) side: Side,
    head: Arc<Head>,
    /// The stream that its bytes, or its field block's, lie in.
    stream: StreamId,
    /// Where they lie there.
    pub(super) want: Option<Want>,
    /// The HEADERS frame that its field block begins in.
    pub(super) carrying: Option<Carrying>,
    /// Its tab.
    tab: usize,
}

impl ShownHead {
    /// A connection's heads, the request first.
    pub(super) fn of(connection: &Connection) -> Vec<Self> {
        let heads = [(Side::Client, &connection.request), (Side::Server, &connection.response)];
        let shown = heads.into_iter().filter_map(|(side, head)| {
            let head = Arc::clone(head.as_ref()?);
            let stream = head.span(connection.streams[side.index()], &(0..0)).stream;
            let len = block(&head).map_or(head.raw.len() as u64, |block| block.len);
            let want = connection.heads[side.index()].map(|from| Want { from, at: head.at, len });
            Some(Self { side, head, stream, want, carrying: None, tab: 0 })
        });
        shown.collect()
    }

    /// Whether a packet holds some of it.
    pub(super) fn lies_in(&self, snapshot: &Snapshot, packet: PacketId) -> bool {
        let Some(Want { from, at, len }) = self.want else { return false };
        snapshot.runs(from, Span { stream: self.stream, at, len }).iter().any(|run| run.packet == packet)
    }

    /// Looks for the HEADERS frame around it.
    pub(super) fn find_frame(&mut self, parts: &mut Parts<'_>) {
        if let Some(want) = self.want.filter(|_| self.head.is_block()) {
            self.carrying = Carrying::headers(parts, want.from, want.at);
        }
    }

    /// Adds its tab, linked to what it lies in: byte for byte, or each field as a whole.
    pub(super) fn lay(&mut self, parts: &mut Parts<'_>, layers: &Layers) {
        let bytes = self.head.raw.get(self.shown()).unwrap_or_default().to_vec();
        let patchy = Patchy { bytes, holes: Vec::new() };
        let tab = parts.tab(Tab::new(TabKind::Head(self.side), self.title(), patchy));
        self.tab = tab;
        let Some(want) = self.want else { return };
        let Some(block) = block(&self.head) else {
            let steps = want.steps(parts.snapshot);
            return layers.link(parts, &steps, want.at, tab, 0);
        };
        for (line, (at, len)) in self.head.lines.iter().zip(block.fields.iter().copied()) {
            let place = layers.place(parts.snapshot, Want { from: want.from, at, len });
            if let Some(place) = place.filter(|_| len > 0) {
                parts.links.whole((place.tab, place.touched()), (tab, self.range(line)));
            }
        }
    }

    /// What of it is shown: of HTTP/2 no start line, as there is none.
    fn shown(&self) -> Range<usize> {
        let end = self.head.raw.len();
        match block(&self.head) {
            None => 0..end,
            Some(_) => self.head.lines.first().map_or(end, |line| line.name.start)..end.saturating_sub(2),
        }
    }

    fn title(&self) -> &'static str {
        if self.side == Side::Client { "Request" } else { "Response" }
    }

    /// A header line in the tab, without the line's end.
    fn range(&self, line: &Line) -> Range<usize> {
        let from = self.shown().start;
        line.name.start - from..line.value.end.max(line.name.end) - from
    }

    /// All of it in its tab.
    pub(super) fn whole(&self) -> (usize, Range<usize>) {
        (self.tab, 0..self.shown().len())
    }

    /// Where a span of its stream stands in the tab.
    pub(super) fn settle(&self, span: Span) -> Option<Place> {
        if span.stream != self.stream || span.len == 0 {
            return None;
        }
        let Some(block) = block(&self.head) else {
            let inside = self.head.at <= span.at && span.end() <= self.head.at + self.head.raw.len() as u64;
            let start = inside.then(|| (span.at - self.head.at) as usize)?;
            return Some(Place::bytes(self.tab, start..start + span.len as usize));
        };
        let within = |(at, len): (u64, u64)| len > 0 && span.at <= at && at + len <= span.end();
        let places = self.head.lines.iter().zip(block.fields.iter().copied());
        let mut lines = places.filter(|(_, place)| within(*place)).map(|(line, _)| self.range(line));
        let first = lines.next()?;
        let end = lines.next_back().map_or(first.end, |last| last.end);
        Some(Place::bytes(self.tab, first.start..end))
    }

    /// Its line, with one for each header line or field; pseudo-header fields first, as they are sent (RFC 9113 8.3).
    pub(super) fn tree(&self) -> Node {
        let text = |range: &Range<usize>| String::from_utf8_lossy(self.head.bytes(range)).into_owned();
        let first =
            self.head.raw.iter().position(|byte| *byte == b'\n').map_or(self.head.raw.len(), |at| at + 1);
        let start = String::from_utf8_lossy(&self.head.raw[..first]).trim_end().to_owned();
        let mut children = Vec::new();
        let block = block(&self.head);
        if block.is_none() {
            let place = Place::bytes(self.tab, 0..first);
            children.push(Node::new("http.request.line", "Start line", start.clone()).at(Some(place)));
        }
        let name = if block.is_some() { "http2.header" } else { "http.header" };
        for line in &self.head.lines {
            let field = text(&line.name);
            let node = Node::new(name, field.clone(), text(&line.value)).says(says(&field));
            children
                .push(node.at(Some(Place::bytes(self.tab, self.range(line))).filter(|it| it.bits.len > 0)));
        }
        if let Some(more) = block.map(|block| block.left_out).filter(|more| *more > 0) {
            children.push(Node::new("", "More", format!("{} not kept", count_of(more as u64, "field"))));
        }
        let value = match block {
            Some(block) => format!(
                "{start}, {} from {}",
                count_of(self.head.lines.len() as u64, "field"),
                count_of(block.len, "byte")
            ),
            None => format!("{start} ({} bytes)", thousands(self.head.raw.len() as u64)),
        };
        let name = if self.side == Side::Client { "http.request" } else { "http.response" };
        let (tab, range) = self.whole();
        let place = Some(Place::bytes(tab, range)).filter(|place| place.bits.len > 0);
        Node::new(name, self.title(), value).at(place).with(children).open()
    }
}

/// The field block that a head of HTTP/2 came from.
fn block(head: &Head) -> Option<&Block> {
    match &head.origin {
        Origin::Text => None,
        Origin::Block(block) => Some(block),
    }
}

/// What the headers of the handshake are for.
#[rustfmt::skip]
const HEADERS: &[(&str, &str)] = &[
    (":method",                  "CONNECT opens a tunnel through the stream (RFC 9113 8.5)"),
    (":protocol",                "What the tunnel is for; it makes the CONNECT an extended one (RFC 8441 4)"),
    (":scheme",                  "https where a WebSocket URI says wss, http where it says ws (RFC 8441 5)"),
    (":path",                    "What a GET would ask for; an extended CONNECT has it too (RFC 8441 4)"),
    (":authority",               "Whom the request is for, as Host is in HTTP/1 (RFC 8441 4)"),
    (":status",                  "2xx accepts: 101 has no place in HTTP/2 (RFC 8441 5, RFC 9113 8.6)"),
    ("host",                     "The authority that the request is for (RFC 6455 4.1, point 4)"),
    ("upgrade",                  "Must name websocket (RFC 6455 4.1, point 5)"),
    ("connection",               "Must name Upgrade (RFC 6455 4.1, point 6)"),
    ("sec-websocket-key",        "16 random bytes in base64, hashed into the accept value (RFC 6455 4.1, point 7)"),
    ("origin",                   "The page that opens the connection; browsers send it (RFC 6455 4.1, point 8)"),
    ("sec-websocket-version",    "13 is the standard (RFC 6455 4.1, point 9)"),
    ("sec-websocket-protocol",   "Subprotocols: the client offers, the server takes one (RFC 6455 1.9)"),
    ("sec-websocket-extensions", "Extensions: the client offers, the server takes some (RFC 6455 9.1)"),
    ("sec-websocket-accept",     "Proves that the server read the request's key (RFC 6455 4.2.2, point 5)"),
];

fn says(name: &str) -> &'static str {
    HEADERS.iter().find(|(header, _)| name.eq_ignore_ascii_case(header)).map_or("", |(_, says)| says)
}
