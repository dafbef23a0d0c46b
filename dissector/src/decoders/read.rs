//! A place in bytes that moves on as they are read.

use std::ops::Range;

/// Bytes, and how far they were read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
    /// The next byte's place.
    pub(super) fn at(&self) -> usize {
        self.at
    }
    /// Goes on at another place.
    pub(super) fn go(&mut self, at: usize) {
        self.at = at.min(self.bytes.len());
    }
    /// Ends the bytes where so many are left.
    pub(super) fn end_before(&mut self, left: usize) {
        self.bytes = self.bytes.get(..self.bytes.len().saturating_sub(left)).unwrap_or_default();
    }
    pub(super) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
    /// Everything from a place to here.
    pub(super) fn since(&self, start: usize) -> Range<usize> {
        start..self.at
    }
    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(taken)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }
    /// Two bytes, most significant first; so all that name no order.
    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }
    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }
    /// Four bytes, least significant first; so BSON and Protobuf.
    pub(super) fn u32_le(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
    pub(super) fn u64_le(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
    /// A number in groups of 7 bits, least significant first, the top bit set where another follows: at most `most`
    /// bytes. MQTT's Variable Byte Integer, Protobuf's varint, the length of SignalR's binary records.
    pub(super) fn varint(&mut self, most: u32) -> Varint {
        let (mut reader, mut value) = (*self, 0_u64);
        for group in 0..most {
            let Some(byte) = reader.u8() else { return Varint::Short };
            value |= u64::from(byte & 0x7f).checked_shl(group * 7).unwrap_or(0);
            if byte & 0x80 == 0 {
                *self = reader;
                return Varint::Done(value);
            }
        }
        Varint::TooLong
    }
}

/// A number in groups of 7 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Varint {
    Done(u64),
    /// The bytes end inside it.
    Short,
    /// It has more bytes than it may have.
    TooLong,
}

impl Varint {
    pub(super) fn done(self) -> Option<u64> {
        match self {
            Self::Done(value) => Some(value),
            Self::Short | Self::TooLong => None,
        }
    }
}
