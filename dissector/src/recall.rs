//! Bytes of a stream that went by, looked at again through the packets that hold them.
//!
//! A stream may lie in another one, and that one be sealed by TLS: then what is below is looked at first.

use std::borrow::Cow;

use crate::event::Sink;
use crate::ids::{ExtentId, PacketId, RecordId};
use crate::packet::{Lookback, Packet};
use crate::span::{Below, Extent};

/// The packets so far: the earlier ones and the one that is being looked at.
#[derive(Clone, Copy)]
pub(crate) struct Recall<'a> {
    pub(crate) now: Option<Packet<'a>>,
    pub(crate) earlier: &'a dyn Lookback,
}

/// A run of stream bytes: a part of an extent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) at: u64,
    pub(crate) len: u32,
    /// The extent that it is (a part of).
    pub(crate) extent: ExtentId,
    /// Where it begins in it.
    pub(crate) offset: u32,
}

/// Streams that lie in one another; what is deeper than the dissector ever stacks them is not looked at.
const DEEPEST: u8 = 16;

impl<'a> Recall<'a> {
    /// `len` bytes of a packet from `offset` on; fewer where the packet ends.
    pub(crate) fn bytes(self, packet: PacketId, offset: u32, len: u32) -> Cow<'a, [u8]> {
        match self.now {
            Some(now) if now.id == packet => cut(Cow::Borrowed(now.bytes), offset, len),
            _ => cut(self.earlier.packet(packet), offset, len),
        }
    }

    /// The bytes of a run; fewer where they cannot be had any more.
    pub(crate) fn run(self, sink: &dyn Sink, run: &Run) -> Cow<'a, [u8]> {
        self.extent(sink, run.extent, run.offset, run.len, DEEPEST)
    }

    fn extent(self, sink: &dyn Sink, id: ExtentId, offset: u32, len: u32, deep: u8) -> Cow<'a, [u8]> {
        let (Some(Extent { below, .. }), Some(deep)) = (sink.extent(id), deep.checked_sub(1)) else {
            return Cow::Borrowed(&[]);
        };
        match below {
            Below::Packet { id, offset: from } => self.bytes(id, from.saturating_add(offset), len),
            Below::Extent { id, offset: from } => {
                self.extent(sink, id, from.saturating_add(offset), len, deep)
            }
            Below::Record { id, offset: from } => {
                cut(Cow::Owned(self.plaintext(sink, id, deep)), from.saturating_add(offset), len)
            }
        }
    }

    /// What a record seals; nothing where it cannot be opened again.
    fn plaintext(self, sink: &dyn Sink, id: RecordId, deep: u8) -> Vec<u8> {
        let Some(record) = sink.record(id) else { return Vec::new() };
        let Some(opener) = sink.opener(record.epoch) else { return Vec::new() };
        let mut bytes = Vec::new();
        for run in runs(sink, Some(record.extent), record.begins(&opener), usize::MAX) {
            bytes.extend_from_slice(&self.extent(sink, run.extent, run.offset, run.len, deep));
        }
        let mut plain = Vec::new();
        // A record that was opened once can be opened again as long as its bytes can be read.
        let _ = record.open(&opener, &bytes, &mut plain);
        plain
    }
}

fn cut(bytes: Cow<'_, [u8]>, offset: u32, len: u32) -> Cow<'_, [u8]> {
    let range = offset as usize..(offset as usize).saturating_add(len as usize);
    match bytes {
        Cow::Borrowed(bytes) => {
            let end = range.end.min(bytes.len());
            Cow::Borrowed(bytes.get(range.start.min(end)..end).unwrap_or_default())
        }
        Cow::Owned(mut bytes) => {
            bytes.truncate(range.end);
            Cow::Owned(bytes.split_off(range.start.min(bytes.len())))
        }
    }
}

/// The packet that an extent ends in, through whatever it lies in.
pub(crate) fn packet_of(sink: &dyn Sink, extent: Option<ExtentId>) -> Option<PacketId> {
    let mut next = extent?;
    for _ in 0..DEEPEST {
        next = match sink.extent(next)?.below {
            Below::Packet { id, .. } => return Some(id),
            Below::Extent { id, .. } => id,
            Below::Record { id, .. } => sink.record(id)?.extent,
        };
    }
    None
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
        runs.push(Run { at: extent.at + u64::from(skip), len: extent.len - skip, extent: id, offset: skip });
        next = extent.prev;
    }
    runs.reverse();
    runs
}
