//! Many packets at once, with the bytes that hold them: for readers that work on them elsewhere.

use std::ops::Range;

use crate::link::LinkType;
use crate::record::{FileSpan, Record};

/// Packets that stand one behind the other in a capture, with nothing to say between them.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    packets: Vec<Packet>,
}

/// A packet whose bytes lie in the batch.
#[derive(Clone, Debug)]
struct Packet {
    span: FileSpan,
    time: i64,
    link: LinkType,
    interface: u32,
    wire_len: u32,
    data: Range<usize>,
}

impl Batch {
    /// Number of packets.
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// The packets in order.
    pub fn records(&self) -> impl ExactSizeIterator<Item = Record<'_>> {
        self.packets.iter().map(|packet| Record {
            span: packet.span,
            time: packet.time,
            link: packet.link,
            interface: packet.interface,
            wire_len: packet.wire_len,
            data: self.bytes.get(packet.data.clone()).unwrap_or_default(),
            comment: None,
        })
    }

    /// What was captured of the packet at this place.
    pub fn data(&self, place: usize) -> &[u8] {
        self.packets.get(place).and_then(|packet| self.bytes.get(packet.data.clone())).unwrap_or_default()
    }

    /// No packets; their memory is used again.
    pub(crate) fn clear(&mut self) {
        self.packets.clear();
    }

    /// One more packet; `data` is where it lies in the bytes that will be there.
    #[inline]
    pub(crate) fn push(&mut self, span: FileSpan, packed: &crate::format::Packed, data: Range<usize>) {
        let &crate::format::Packed { time, link, interface, wire_len, .. } = packed;
        self.packets.push(Packet { span, time, link, interface, wire_len, data });
    }

    /// The bytes, to be exchanged for others.
    pub(crate) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}
