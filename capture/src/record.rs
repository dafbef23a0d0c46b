//! One captured packet, and where its bytes lie. What the bytes mean is not known here.

use std::borrow::Cow;

use crate::link::LinkType;

/// Where captured bytes lie in the capture; in the unpacked one, if it is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileSpan {
    /// Offset of the first byte.
    pub at: u64,
    /// Number of bytes.
    pub len: u32,
}

impl FileSpan {
    /// The offset just behind the last byte.
    pub const fn end(self) -> u64 {
        self.at.saturating_add(self.len as u64)
    }
}

/// One packet as it was captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Where `data` lies.
    pub span: FileSpan,
    /// When it was captured, in nanoseconds since 1970-01-01 00:00 UTC. A pcapng Simple Packet Block carries no
    /// time: such a packet has that of the packet before it, or 0.
    pub time: i64,
    /// What the bytes begin with.
    pub link: LinkType,
    /// The number of its [`Interface`](crate::Interface), counted through all sections of the capture.
    pub interface: u32,
    /// How many bytes it had on the wire, as the capture says: more than `data` where the snap length cut it.
    pub wire_len: u32,
    /// The captured bytes: exactly those of `span`.
    pub data: &'a [u8],
    /// What somebody wrote beside the packet; several comments are joined by line breaks.
    pub comment: Option<Cow<'a, str>>,
}
