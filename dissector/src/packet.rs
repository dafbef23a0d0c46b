//! What the dissector is given: packets, and a way to look at earlier ones again.

use std::borrow::Cow;

use crate::ids::PacketId;

/// One packet as it was captured.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// Its number.
    pub id: PacketId,
    /// When it was captured, in nanoseconds since 1970-01-01 00:00 UTC.
    pub time: i64,
    /// The link type of its interface, by the number that capture files use (`LINKTYPE_…`; 1 is Ethernet).
    pub link: u16,
    /// The bytes that were captured.
    pub bytes: &'a [u8],
    /// How many bytes it had on the wire; more than `bytes` where the snap length cut it.
    pub wire_len: u32,
}

/// Packets already given, looked at again instead of being kept.
pub trait Lookback {
    /// The captured bytes of a packet; empty where they cannot be read any more.
    fn packet(&self, id: PacketId) -> Cow<'_, [u8]>;
}

impl Lookback for Vec<Vec<u8>> {
    fn packet(&self, id: PacketId) -> Cow<'_, [u8]> {
        self.get(id.index() as usize).map_or(Cow::Borrowed(&[]), |bytes| Cow::Borrowed(bytes.as_slice()))
    }
}

/// Packets that come next, by their places.
pub trait Packets: Send + Sync {
    /// The bytes of one.
    fn bytes(&self, place: usize) -> &[u8];
}
