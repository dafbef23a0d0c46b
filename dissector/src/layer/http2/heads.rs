//! Field blocks of one direction (RFC 9113 4.3): from the frames that hold them to heads.
//!
//! Bounded in what is kept of a block and of a head. Knows no stream but the block's own.

use crate::head::{Block, Head, Line, Origin, Start};
use crate::http2::frame::FrameHeader;
use crate::http2::hpack::{Decoder, Field, Malformed};
use crate::http2::kind::FrameKind;
use crate::ids::StreamId;
use crate::layer::http2::walk::LONGEST;
use crate::span::Span;

/// How much is kept of a head; fields beyond are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// All fields.
    Wide,
    /// Those that WebSocket asks about.
    Narrow,
}

impl Room {
    const fn bytes(self) -> usize {
        match self {
            Self::Wide => 32 << 10,
            Self::Narrow => 1 << 10,
        }
    }

    fn is_for(self, name: &[u8]) -> bool {
        self == Self::Wide || name.starts_with(b":") || name.starts_with(b"sec-websocket-")
    }
}

/// A block in the making: where its pieces lie, and what they say.
#[derive(Debug)]
pub(super) struct Fragments {
    /// The stream of HTTP/2 that it is about.
    pub(super) stream: u32,
    /// The flags of the HEADERS frame say that the stream ends with it.
    pub(super) ends_stream: bool,
    /// A promise (RFC 9113 8.4) is no request of the client's.
    pub(super) promise: bool,
    bytes: Vec<u8>,
    /// Where each piece begins in the block and in the stream below.
    places: Vec<(usize, u64)>,
}

/// A field, and where it was read from: an offset in the stream below, and a length.
struct Told {
    name: Vec<u8>,
    value: Vec<u8>,
    place: (u64, u64),
}

impl Fragments {
    /// A block that begins with this frame.
    pub(super) fn new(header: &FrameHeader) -> Self {
        Self {
            stream: header.stream,
            ends_stream: header.ends_stream(),
            promise: header.kind == FrameKind::PUSH_PROMISE,
            bytes: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Adds a piece that lies at `at`; `false` where the block grows beyond what is kept.
    pub(super) fn add(&mut self, at: u64, bytes: &[u8]) -> bool {
        if self.bytes.len() + bytes.len() > LONGEST as usize {
            return false;
        }
        // RFC 9113 6.10 sets no limit to frames without a byte in them.
        if self.places.is_empty() || !bytes.is_empty() {
            self.places.push((self.bytes.len(), at));
        }
        self.bytes.extend_from_slice(bytes);
        true
    }

    /// Where the whole block lies: from its first byte to its last, frame headers in between included.
    pub(super) fn span(&self, stream: StreamId) -> Span {
        let at = self.places.first().map_or(0, |(_, at)| *at);
        let end = self.places.last().map_or(0, |(from, at)| at + (self.bytes.len() - from) as u64);
        Span { stream, at, len: end.saturating_sub(at) }
    }

    /// Where a range of the block lies, as far as it is in one piece.
    fn place(&self, range: &core::ops::Range<usize>) -> (u64, u64) {
        let next = self.places.partition_point(|(from, _)| *from <= range.start);
        let Some((from, at)) = next.checked_sub(1).and_then(|index| self.places.get(index)) else {
            return (0, 0);
        };
        let end = self.places.get(next).map_or(self.bytes.len(), |(from, _)| *from);
        (at + (range.start - from) as u64, range.end.min(end).saturating_sub(range.start) as u64)
    }

    /// Reads the block. A head is put together as HTTP/1 would write it, the pseudo-header fields as they stand.
    pub(super) fn head(
        &self,
        decoder: &mut Decoder,
        stream: StreamId,
        room: Room,
    ) -> Result<Head, Malformed> {
        let mut fields = Vec::new();
        let mut size = 0;
        let (mut left_out, mut unknown) = (0, 0);
        let decoded = decoder.decode(&self.bytes, &mut |field: Field<'_>| {
            let (name, value) = (field.name.unwrap_or(UNKNOWN), field.value.unwrap_or(UNKNOWN));
            let len = name.len() + value.len();
            if size + len > room.bytes() || !room.is_for(name) {
                left_out += 1;
                return;
            }
            size += len;
            unknown += usize::from(field.name.is_none() || field.value.is_none());
            fields.push(Told { name: name.to_vec(), value: value.to_vec(), place: self.place(&field.at) });
        })?;
        left_out += decoded.left_out;
        let head = self.assemble(&fields, stream);
        let fields = fields.into_iter().map(|field| field.place).collect();
        let block = Block { stream, len: self.span(stream).len, fields, left_out, unknown };
        Ok(Head { origin: Origin::Block(Box::new(block)), ..head })
    }

    fn assemble(&self, fields: &[Told], stream: StreamId) -> Head {
        let value =
            |name: &[u8]| fields.iter().find(|field| field.name == name).map(|field| field.value.as_slice());
        let mut raw = Vec::new();
        let put = |raw: &mut Vec<u8>, bytes: &[u8]| {
            let from = raw.len();
            raw.extend_from_slice(bytes);
            from..raw.len()
        };
        let start = match value(b":status") {
            Some(status) => {
                let version = put(&mut raw, VERSION);
                put(&mut raw, b" ");
                put(&mut raw, status);
                let reason = raw.len()..raw.len();
                let status = core::str::from_utf8(status).ok().and_then(|text| text.parse().ok());
                Start::Response { version, status: status.unwrap_or(0), reason }
            }
            None => {
                let method = put(&mut raw, value(b":method").unwrap_or(UNKNOWN));
                put(&mut raw, b" ");
                let target = value(b":path").or(value(b":authority")).unwrap_or_default();
                let target = put(&mut raw, target);
                put(&mut raw, b" ");
                Start::Request { method, target, version: put(&mut raw, VERSION) }
            }
        };
        put(&mut raw, b"\r\n");
        let mut lines = Vec::with_capacity(fields.len());
        for Told { name, value, .. } in fields {
            let name = put(&mut raw, name);
            put(&mut raw, b": ");
            let value = put(&mut raw, value);
            put(&mut raw, b"\r\n");
            lines.push(Line { name, value });
        }
        put(&mut raw, b"\r\n");
        Head { at: self.span(stream).at, raw: raw.into(), start, lines, origin: Origin::Text }
    }
}

const VERSION: &[u8] = b"HTTP/2";

/// Stands for what refers to fields that were never captured.
const UNKNOWN: &[u8] = b"?";
