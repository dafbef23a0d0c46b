//! Ranges of streams, and the chain that leads from a stream's bytes down to packets.
//!
//! A range is where it begins and how long it is, so that none can be backwards.

use crate::ids::{ExtentId, PacketId, StreamId};

/// A range of one stream, in bytes from the stream's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The stream.
    pub stream: StreamId,
    /// Offset of the first byte.
    pub at: u64,
    /// Number of bytes.
    pub len: u64,
}

impl Span {
    /// Offset behind the last byte.
    pub const fn end(self) -> u64 {
        self.at.saturating_add(self.len)
    }
}

/// A run of stream bytes that lies in one piece of what is below.
///
/// Each extent knows the one before it in its stream, so that a range is found by walking back over
/// its own runs only, and all streams can share one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Offset in the stream. Extents of a stream rise; between two there may be a gap.
    pub at: u64,
    /// Number of bytes.
    pub len: u32,
    /// Where they lie.
    pub below: Below,
    /// The extent before it in the same stream.
    pub prev: Option<ExtentId>,
}

/// Where an extent's bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// In a packet, `offset` bytes from its first.
    Packet {
        /// The packet.
        id: PacketId,
        /// Bytes from the packet's first.
        offset: u32,
    },
}
