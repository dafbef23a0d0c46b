//! The head of a request or response: its own bytes, and where each part lies in them.
//!
//! Of HTTP/1 nothing is decoded or corrected: a header's value is what stood on the wire, without the white space
//! around it (RFC 9112 5). A head of HTTP/2 is put together from its fields in the same form. Knows nothing of
//! WebSocket.

use core::ops::Range;

use crate::ids::StreamId;
use crate::span::Span;

/// A request's or a response's head, from its start line to the empty line behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Offset of the first byte in its stream.
    pub at: u64,
    /// The bytes, the empty line included.
    pub raw: Box<[u8]>,
    /// What the start line says.
    pub start: Start,
    /// The header lines in order; of HTTP/2 the fields, the pseudo-header fields with them.
    pub lines: Vec<Line>,
    /// How its bytes lie in the stream.
    pub origin: Origin,
}

/// How a head's bytes lie in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// As they are (HTTP/1).
    Text,
    /// They were made from a field block (RFC 9113 4.3).
    Block(Box<Block>),
}

/// Where a field block lies, and each of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The stream of bytes that holds the frames.
    pub stream: StreamId,
    /// How long the block is there, from [`Head::at`] on.
    pub len: u64,
    /// Where each of [`Head::lines`] was read from: an offset in that stream, and a length.
    pub fields: Vec<(u64, u64)>,
    /// Fields that are more than is kept.
    pub left_out: usize,
    /// Fields that refer to what was never captured.
    pub unknown: usize,
}

/// A start line, as ranges of [`Head::raw`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// `GET /chat HTTP/1.1`
    Request {
        /// `GET`
        method: Range<usize>,
        /// `/chat`
        target: Range<usize>,
        /// `HTTP/1.1`
        version: Range<usize>,
    },
    /// `HTTP/1.1 101 Switching Protocols`
    Response {
        /// `HTTP/1.1`
        version: Range<usize>,
        /// 101
        status: u16,
        /// `Switching Protocols`, or nothing
        reason: Range<usize>,
    },
}

/// One header line, as ranges of [`Head::raw`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The field name as it was written.
    pub name: Range<usize>,
    /// The field value without the white space around it.
    pub value: Range<usize>,
}

impl Head {
    /// Reads an HTTP/1 head that is complete and lies at `at` in its stream.
    pub fn read(at: u64, raw: &[u8]) -> Option<Self> {
        crate::layer::head::read(at, raw)
    }

    /// The bytes of a range; empty where it lies outside.
    pub fn bytes(&self, range: &Range<usize>) -> &[u8] {
        self.raw.get(range.clone()).unwrap_or_default()
    }

    /// The header lines called `name`, in order; names compare without case (RFC 9110 5.1).
    pub fn lines_called<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Line> + 'a {
        let called = move |line: &&Line| {
            line.name.len() == name.len() && self.bytes(&line.name).eq_ignore_ascii_case(name.as_bytes())
        };
        self.lines.iter().filter(called)
    }

    /// The values of all header lines called `name`, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.lines_called(name).map(|line| self.bytes(&line.value))
    }

    /// The elements of the comma-separated lists in all header lines called `name` (RFC 9110 5.6.1):
    /// trimmed, commas inside quoted strings left alone, empty elements left out.
    pub fn elements<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.values(name).flat_map(|value| {
            let mut quoted = false;
            let mut escaped = false;
            value
                .split(move |&byte| {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' if quoted => escaped = true,
                        b'"' => quoted = !quoted,
                        b',' => return !quoted,
                        _ => {}
                    }
                    false
                })
                .map(<[u8]>::trim_ascii)
                .filter(|element| !element.is_empty())
        })
    }

    /// Whether a list header holds `token`, compared without case.
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.elements(name).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// The method of a request.
    pub fn method(&self) -> Option<&[u8]> {
        match &self.start {
            Start::Request { method, .. } => Some(self.bytes(method)),
            Start::Response { .. } => None,
        }
    }

    /// The target of a request.
    pub fn target(&self) -> Option<&[u8]> {
        match &self.start {
            Start::Request { target, .. } => Some(self.bytes(target)),
            Start::Response { .. } => None,
        }
    }

    /// Whether there are fields that are not known, or were left out.
    pub fn is_partial(&self) -> bool {
        matches!(&self.origin, Origin::Block(block) if block.unknown + block.left_out > 0)
    }

    /// The status code of a response.
    pub fn status(&self) -> Option<u16> {
        match &self.start {
            Start::Request { .. } => None,
            Start::Response { status, .. } => Some(*status),
        }
    }

    /// Whether it is HTTP/2's.
    pub fn is_block(&self) -> bool {
        matches!(self.origin, Origin::Block(_))
    }

    /// Where a range of [`Head::raw`] lies, in `stream` where the head lies there as it is. Of HTTP/2 it is the
    /// field that the range is a part of, or the whole block.
    pub fn span(&self, stream: StreamId, range: &Range<usize>) -> Span {
        match &self.origin {
            Origin::Text => Span { stream, at: self.at + range.start as u64, len: range.len() as u64 },
            Origin::Block(block) => {
                let inside = |line: &Line| line.name.start <= range.start && range.end <= line.value.end;
                let place = self.lines.iter().position(inside).and_then(|index| block.fields.get(index));
                let (at, len) = place.copied().unwrap_or((self.at, block.len));
                Span { stream: block.stream, at, len }
            }
        }
    }

    /// `HTTP/1.1`, as it was written.
    pub fn version(&self) -> &[u8] {
        match &self.start {
            Start::Request { version, .. } | Start::Response { version, .. } => self.bytes(version),
        }
    }
}
