//! Bytes of a stream that went by, looked at again through the packets that hold them.

use std::borrow::Cow;

use crate::event::Sink;
use crate::ids::{ExtentId, PacketId};
use crate::packet::{Lookback, Packet};
use crate::span::Below;

/// The packets so far: the earlier ones and the one that is being looked at.
#[derive(Clone, Copy)]
pub(crate) struct Recall<'a> {
    pub(crate) now: Option<Packet<'a>>,
    pub(crate) earlier: &'a dyn Lookback,
}

/// A run of stream bytes in a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) at: u64,
    pub(crate) len: u32,
    pub(crate) packet: PacketId,
    pub(crate) offset: u32,
    /// The extent that it is (a part of).
    pub(crate) extent: ExtentId,
}

impl<'a> Recall<'a> {
    /// `len` bytes of a packet from `offset` on; fewer where the packet ends.
    pub(crate) fn bytes(self, packet: PacketId, offset: u32, len: u32) -> Cow<'a, [u8]> {
        let range = offset as usize..(offset as usize).saturating_add(len as usize);
        let cut = |bytes: &'a [u8]| {
            let end = range.end.min(bytes.len());
            Cow::Borrowed(bytes.get(range.start.min(end)..end).unwrap_or_default())
        };
        match self.now {
            Some(now) if now.id == packet => cut(now.bytes),
            _ => match self.earlier.packet(packet) {
                Cow::Borrowed(bytes) => cut(bytes),
                Cow::Owned(mut bytes) => {
                    bytes.truncate(range.end);
                    Cow::Owned(bytes.split_off(range.start.min(bytes.len())))
                }
            },
        }
    }
}

/// The runs of a stream from offset `at` on, up to the extent `last`, in order; at most `most` of them, counted
/// from the end.
pub(crate) fn runs(sink: &dyn Sink, last: Option<ExtentId>, at: u64, most: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut next = last;
    while let Some((id, extent)) = next.and_then(|id| Some((id, sink.extent(id)?))) {
        let end = extent.at.saturating_add(u64::from(extent.len));
        if end <= at || runs.len() == most {
            break;
        }
        let skip = at.saturating_sub(extent.at) as u32;
        let Below::Packet { id: packet, offset } = extent.below;
        runs.push(Run {
            at: extent.at + u64::from(skip),
            len: extent.len - skip,
            packet,
            offset: offset.saturating_add(skip),
            extent: id,
        });
        next = extent.prev;
    }
    runs.reverse();
    runs
}
