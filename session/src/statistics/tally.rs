//! The plain counts among the statistics: sizes, opcodes, compression, times between messages.

use dissector::head::{Head, Origin};
use dissector::ids::MessageId;
use dissector::websocket::opcode::Opcode;

use super::Histogram;

/// How long the messages of a side are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes after inflating.
    pub lens: Histogram,
    /// The longest, of equals the first.
    pub greatest: Option<(u64, MessageId)>,
    /// Messages of which it is not known.
    pub unknown: u64,
}

impl Sizes {
    pub(super) fn add(&mut self, id: MessageId, len: Option<u64>) {
        let Some(len) = len else {
            self.unknown += 1;
            return;
        };
        self.lens.add(len);
        if self.greatest.is_none_or(|(greatest, _)| len > greatest) {
            self.greatest = Some((len, id));
        }
    }
}

/// Frames of a side by opcode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opcodes([(u64, u64); 16]);

impl Opcodes {
    pub(super) fn add(&mut self, opcode: Opcode, payload: u64) {
        let (count, bytes) = &mut self.0[usize::from(opcode.0 & 15)];
        *count += 1;
        *bytes = bytes.saturating_add(payload);
    }

    /// Frames with an opcode, and their payload bytes.
    pub fn of(&self, opcode: Opcode) -> (u64, u64) {
        self.0[usize::from(opcode.0 & 15)]
    }
}

/// Classes of ratios: tenths of what a message would be without compression, and last what has not become less.
pub const RATIOS: usize = 11;

/// What permessage-deflate did to the messages of a side (RFC 7692).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compression {
    /// Messages that are not compressed.
    pub plain: u64,
    /// Messages that are.
    pub compressed: u64,
    /// Those of them whose length after inflating is known.
    pub known: u64,
    /// Bytes of those on the wire.
    pub wire: u64,
    /// Bytes of those after inflating.
    pub len: u64,
    /// Those that compression made longer.
    pub longer: u64,
    /// Those by the share that is left of them.
    pub ratios: [u64; RATIOS],
}

impl Compression {
    pub(super) fn add(&mut self, compressed: bool, wire: u64, len: Option<u64>) {
        if !compressed {
            self.plain += 1;
            return;
        }
        self.compressed += 1;
        let Some(len) = len else { return };
        self.known += 1;
        self.wire = self.wire.saturating_add(wire);
        self.len = self.len.saturating_add(len);
        self.longer += u64::from(wire > len);
        let tenth = wire.saturating_mul(10).checked_div(len).unwrap_or(10);
        self.ratios[(tenth as usize).min(RATIOS - 1)] += 1;
    }

    /// Bytes that were not sent, less those that were sent for nothing.
    pub fn saved(&self) -> i64 {
        i64::try_from(i128::from(self.len) - i128::from(self.wire)).unwrap_or(i64::MAX)
    }
}

/// Times between messages of a side, connection by connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Nanoseconds from the end of one to the end of the next.
    pub times: Histogram,
    /// The longest, with the messages before and after it.
    pub longest: Option<(u64, (MessageId, MessageId))>,
}

impl Gaps {
    pub(super) fn add(&mut self, gap: u64, before: MessageId, after: MessageId) {
        self.times.add(gap);
        if self.longest.is_none_or(|(longest, _)| gap > longest) {
            self.longest = Some((gap, (before, after)));
        }
    }
}

/// Bytes of a head as it was on the wire.
pub(super) fn head_len(head: &Head) -> u64 {
    match &head.origin {
        Origin::Text => head.raw.len() as u64,
        Origin::Block(block) => block.len,
    }
}

/// Bytes of a head's lines that offer or take extensions, with the line feeds behind them.
pub(super) fn extension_lines(head: &Head) -> u64 {
    let named = |place: &usize| {
        head.bytes(&head.lines[*place].name).eq_ignore_ascii_case(b"sec-websocket-extensions")
    };
    let places = (0..head.lines.len()).filter(named);
    let len = |place: usize| match &head.origin {
        Origin::Text => (head.lines[place].value.end.saturating_sub(head.lines[place].name.start) + 2) as u64,
        Origin::Block(block) => block.fields.get(place).map_or(0, |(_, len)| *len),
    };
    places.map(len).sum()
}
