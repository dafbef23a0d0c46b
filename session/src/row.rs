//! The rows as they are stored: offsets and bits, packed by hand, their sizes asserted.
//!
//! Nobody outside the tables and the snapshot sees them; what a row means is in `model`.

use dissector::event::{Frame, Part};
use dissector::ids::{
    ConnectionId, End, EpochId, ExtentId, FlowId, FrameId, MessageId, PacketId, RecordId, Side,
};
use dissector::span::{Below, Extent, Record};
use dissector::websocket::header::{FrameHeader, LengthForm};
use dissector::websocket::opcode::Opcode;
use dissector::websocket::utf8::Verdict;

use crate::packing::{MOST, NONE, Row};

/// A packet: where it lies, and whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PacketRow {
    pub(crate) at: u64,
    pub(crate) time: i64,
    /// Captured length in 25 bits, then 6 bits of link, then one that says the snap length cut it.
    word: u32,
    /// Flow and, in the lowest bit, the end that sent it.
    flow: u32,
}

const LEN_BITS: u32 = 25;

impl PacketRow {
    pub(crate) fn new(at: u64, time: i64, len: u32, link: u8, cut: bool) -> Self {
        let len = len.min((1 << LEN_BITS) - 1);
        Self { at, time, word: len | u32::from(link & 63) << LEN_BITS | u32::from(cut) << 31, flow: NONE }
    }
    pub(crate) fn sent_by(mut self, flow: Option<(FlowId, End)>) -> Self {
        self.flow = flow.map_or(NONE, |(flow, end)| flow.index() << 1 | end.index() as u32);
        self
    }
    pub(crate) fn len(self) -> u32 {
        self.word & ((1 << LEN_BITS) - 1)
    }
    pub(crate) fn link(self) -> u8 {
        (self.word >> LEN_BITS & 63) as u8
    }
    pub(crate) fn cut(self) -> bool {
        self.word >> 31 == 1
    }
    pub(crate) fn flow(self) -> Option<(FlowId, End)> {
        let end = if self.flow & 1 == 0 { End::A } else { End::B };
        (self.flow != NONE).then(|| (FlowId::new(self.flow >> 1), end))
    }
}

/// A run of stream bytes in what is below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExtentRow {
    at: u64,
    below: u32,
    /// Its length in 30 bits, then two bits that say what it lies in.
    word: u32,
    offset: u32,
    prev: u32,
}

const EXTENT_BITS: u32 = 30;

impl From<Extent> for ExtentRow {
    fn from(extent: Extent) -> Self {
        let (kind, below, offset) = match extent.below {
            Below::Packet { id, offset } => (0, id.index(), offset),
            Below::Extent { id, offset } => (1, id.index(), offset),
            Below::Record { id, offset } => (2, id.index(), offset),
        };
        let prev = extent.prev.map_or(NONE, ExtentId::index);
        let len = extent.len.min((1 << EXTENT_BITS) - 1);
        Self { at: extent.at, word: len | kind << EXTENT_BITS, below, offset, prev }
    }
}

impl ExtentRow {
    /// The packet that it lies in, where it lies in one.
    #[inline]
    pub(crate) fn packet(self) -> Option<PacketId> {
        (self.word >> EXTENT_BITS == 0).then(|| PacketId::new(self.below))
    }
}

impl From<ExtentRow> for Extent {
    fn from(row: ExtentRow) -> Self {
        let offset = row.offset;
        let below = match row.word >> EXTENT_BITS {
            0 => Below::Packet { id: PacketId::new(row.below), offset },
            1 => Below::Extent { id: ExtentId::new(row.below), offset },
            _ => Below::Record { id: RecordId::new(row.below), offset },
        };
        Self {
            at: row.at,
            len: row.word & ((1 << EXTENT_BITS) - 1),
            below,
            prev: (row.prev != NONE).then(|| ExtentId::new(row.prev)),
        }
    }
}

/// A TLS record that was opened: where it lies, and which keys open it as which record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordRow {
    at: u64,
    /// Its number in 48 bits, then the length of its fragment: no epoch has more records (RFC 8446 5.5).
    word: u64,
    extent: u32,
    epoch: u32,
}

impl From<Record> for RecordRow {
    fn from(record: Record) -> Self {
        let word = record.sequence & ((1 << 48) - 1) | u64::from(record.len) << 48;
        Self { at: record.at, word, extent: record.extent.index(), epoch: record.epoch.index() }
    }
}

impl From<RecordRow> for Record {
    fn from(row: RecordRow) -> Self {
        Self {
            at: row.at,
            len: (row.word >> 48) as u16,
            extent: ExtentId::new(row.extent),
            epoch: EpochId::new(row.epoch),
            sequence: row.word & ((1 << 48) - 1),
        }
    }
}

/// A frame: where it begins, how long it is, whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameRow {
    pub(crate) at: u64,
    pub(crate) payload_len: u64,
    extent: u32,
    message: u32,
    connection: u32,
    bits: u32,
}

/// What few frames have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameMore {
    pub(crate) missing: u64,
    /// The packet that completed it, where that is not the one of its last extent.
    pub(crate) packet: PacketId,
    pub(crate) previous: Option<FrameId>,
    pub(crate) close_code: Option<u16>,
}

const PARTS: [Part; 5] = [Part::None, Part::Whole, Part::First, Part::Middle, Part::Last];
const FORMS: [LengthForm; 3] = [LengthForm::Seven, LengthForm::Sixteen, LengthForm::SixtyFour];

impl FrameRow {
    pub(crate) fn new(frame: &Frame, more: bool) -> Self {
        let header = &frame.header;
        let text = match frame.utf8 {
            None => 0,
            Some(Verdict::Valid) => 1,
            Some(_) => 2,
        };
        let bits = u32::from(header.opcode.0 & 15)
            | u32::from(header.fin) << 4
            | u32::from(header.rsv & 7) << 5
            | u32::from(header.mask.is_some()) << 8
            | (header.form as u32) << 9
            | (frame.side as u32) << 11
            | (frame.part as u32) << 12
            | u32::from(frame.compressed) << 15
            | u32::from(frame.resynchronized) << 16
            | u32::from(frame.truncated) << 17
            | text << 18
            | u32::from(more) << 20;
        Self {
            at: frame.at,
            payload_len: header.payload_len,
            extent: frame.extent.index(),
            message: frame.message.map_or(NONE, MessageId::index),
            connection: frame.connection.index(),
            bits,
        }
    }
    fn flag(self, bit: u32) -> bool {
        self.bits >> bit & 1 == 1
    }
    pub(crate) fn extent(self) -> ExtentId {
        ExtentId::new(self.extent)
    }
    pub(crate) fn message(self) -> Option<MessageId> {
        (self.message != NONE).then(|| MessageId::new(self.message))
    }
    pub(crate) fn connection(self) -> ConnectionId {
        ConnectionId::new(self.connection)
    }
    /// The header but for its masking key, which is read again from the packet.
    pub(crate) fn header(self) -> FrameHeader {
        FrameHeader {
            fin: self.flag(4),
            rsv: (self.bits >> 5 & 7) as u8,
            opcode: Opcode((self.bits & 15) as u8),
            mask: self.flag(8).then_some([0; 4]),
            payload_len: self.payload_len,
            form: FORMS[(self.bits >> 9 & 3).min(2) as usize],
        }
    }
    pub(crate) fn side(self) -> Side {
        if self.flag(11) { Side::Server } else { Side::Client }
    }
    pub(crate) fn part(self) -> Part {
        PARTS[(self.bits >> 12 & 7).min(4) as usize]
    }
    pub(crate) fn compressed(self) -> bool {
        self.flag(15)
    }
    pub(crate) fn resynchronized(self) -> bool {
        self.flag(16)
    }
    pub(crate) fn truncated(self) -> bool {
        self.flag(17)
    }
    /// Whether its payload is text, where that was asked.
    pub(crate) fn text(self) -> Option<bool> {
        match self.bits >> 18 & 3 {
            0 => None,
            text => Some(text == 1),
        }
    }
    pub(crate) fn more(self) -> bool {
        self.flag(20)
    }
}

/// A message: its first frame, and whether there is more to know than that frame says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageRow(u32);

impl MessageRow {
    pub(crate) fn new(first: FrameId, plain: bool) -> Self {
        Self(first.index() & 0x7fff_ffff | u32::from(!plain) << 31)
    }
    pub(crate) fn first(self) -> FrameId {
        FrameId::new(self.0 & 0x7fff_ffff)
    }
    /// Whether it is one uncompressed frame.
    pub(crate) fn plain(self) -> bool {
        self.0 >> 31 == 0
    }
}

/// A time as a number of the same order.
const fn rising(time: i64) -> u64 {
    time.cast_unsigned() ^ 1 << 63
}

impl Row for PacketRow {
    const USED: usize = 4;

    #[inline]
    fn apart(self) -> [u64; MOST] {
        [self.at, rising(self.time), self.word.into(), self.flow.into(), 0, 0]
    }
    #[inline]
    fn together([at, time, word, flow, ..]: [u64; MOST]) -> Self {
        Self { at, time: (time ^ 1 << 63).cast_signed(), word: word as u32, flow: flow as u32 }
    }
}

impl Row for ExtentRow {
    const USED: usize = 5;

    #[inline]
    fn apart(self) -> [u64; MOST] {
        [self.at, self.word.into(), self.below.into(), self.offset.into(), self.prev.into(), 0]
    }
    #[inline]
    fn together([at, word, below, offset, prev, _]: [u64; MOST]) -> Self {
        Self { at, word: word as u32, below: below as u32, offset: offset as u32, prev: prev as u32 }
    }
}

impl Row for RecordRow {
    const USED: usize = 5;

    #[inline]
    fn apart(self) -> [u64; MOST] {
        let sequence = self.word & ((1 << 48) - 1);
        [self.at, sequence, self.word >> 48, self.extent.into(), self.epoch.into(), 0]
    }
    #[inline]
    fn together([at, sequence, len, extent, epoch, _]: [u64; MOST]) -> Self {
        Self { at, word: sequence | len << 48, extent: extent as u32, epoch: epoch as u32 }
    }
}

impl Row for FrameRow {
    #[inline]
    fn apart(self) -> [u64; MOST] {
        let Self { at, payload_len, extent, message, connection, bits } = self;
        [at, payload_len, extent.into(), message.into(), connection.into(), bits.into()]
    }
    #[inline]
    fn together([at, payload_len, extent, message, connection, bits]: [u64; MOST]) -> Self {
        let (extent, message) = (extent as u32, message as u32);
        Self { at, payload_len, extent, message, connection: connection as u32, bits: bits as u32 }
    }
}

impl Row for MessageRow {
    const USED: usize = 2;

    #[inline]
    fn apart(self) -> [u64; MOST] {
        [u64::from(self.0 & 0x7fff_ffff), u64::from(self.0 >> 31), 0, 0, 0, 0]
    }
    #[inline]
    fn together([first, plain, ..]: [u64; MOST]) -> Self {
        Self(first as u32 | (plain as u32) << 31)
    }
}

const _: () = assert!(size_of::<PacketRow>() == 24);
const _: () = assert!(size_of::<ExtentRow>() == 24);
const _: () = assert!(size_of::<RecordRow>() == 24);
const _: () = assert!(size_of::<FrameRow>() == 32);
const _: () = assert!(size_of::<MessageRow>() == 4);
