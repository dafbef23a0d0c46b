//! Ranges of streams, and the chain that leads from a stream's bytes down to packets.
//!
//! A range is where it begins and how long it is, so that none can be backwards. Streams lie in streams: what TLS
//! seals, what HTTP/2 carries in DATA frames; each run of their bytes knows where it lies one step below.

use crate::ids::{EpochId, ExtentId, PacketId, RecordId, StreamId};
use crate::tls::open::{Opened, Opener, Refused};
use crate::tls::record::RecordHeader;

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
    /// In a stream below, byte for byte, `offset` bytes from the first of one of its extents.
    Extent {
        /// The extent of the stream below.
        id: ExtentId,
        /// Bytes from that extent's first.
        offset: u32,
    },
    /// In what a TLS record seals, `offset` bytes from the first of its plaintext.
    Record {
        /// The record.
        id: RecordId,
        /// Bytes from the plaintext's first.
        offset: u32,
    },
}

impl Below {
    /// The same, so many bytes further on.
    pub const fn skip(self, count: u32) -> Self {
        match self {
            Self::Packet { id, offset } => Self::Packet { id, offset: offset.saturating_add(count) },
            Self::Extent { id, offset } => Self::Extent { id, offset: offset.saturating_add(count) },
            Self::Record { id, offset } => Self::Record { id, offset: offset.saturating_add(count) },
        }
    }
}

/// A TLS record whose plaintext is a part of a stream: what it takes to open it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Offset of its header in the stream below.
    pub at: u64,
    /// The length of its fragment, as its header says (RFC 8446 5.1).
    pub len: u16,
    /// The extent of the stream below in which it ends.
    pub extent: ExtentId,
    /// Whose keys opened it.
    pub epoch: EpochId,
    /// Its number in that epoch, of which the nonce is made (RFC 8446 5.3).
    pub sequence: u64,
}

impl Record {
    /// Offset in the stream below of the first byte that it takes to open it.
    pub fn begins(&self, opener: &Opener) -> u64 {
        self.at.saturating_sub(opener.before(self.sequence) as u64)
    }

    /// Offset in the stream below of its first byte of plaintext, as it is sealed.
    pub fn plain_at(&self, opener: &Opener) -> u64 {
        self.at + (RecordHeader::LEN + opener.plain_at()) as u64
    }

    /// Opens it again, from the bytes of the stream below from [`begins`](Self::begins) on.
    pub fn open(&self, opener: &Opener, bytes: &[u8], plain: &mut Vec<u8>) -> Result<Opened, Refused> {
        let front = (self.at - self.begins(opener)) as usize;
        let (before, record) = bytes.split_at_checked(front).ok_or(Refused::Short)?;
        let (head, rest) = record.split_first_chunk().ok_or(Refused::Short)?;
        let fragment = rest.get(..usize::from(self.len)).ok_or(Refused::Short)?;
        opener.open(self.sequence, head, fragment, before, plain)
    }
}
