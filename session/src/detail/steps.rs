//! One step down from a stream: to packets, or to what TLS seals. HTTP/2 has no step of its own, as its frames
//! lie where the stream below does.

use dissector::ids::{ExtentId, PacketId, RecordId};
use dissector::span::Below;

use crate::snapshot::Snapshot;

/// Where a run of bytes lies one step down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lies {
    /// In a packet, so many bytes from its first.
    Packet(PacketId, u32),
    /// In what a TLS record seals, so many bytes from the first of its plaintext.
    Record(RecordId, u32),
}

/// A run of a stream that lies in one piece one step down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Offset in the stream.
    pub(super) at: u64,
    /// Number of bytes.
    pub(super) len: u32,
    /// Where they lie.
    pub(super) lies: Lies,
}

/// A stretch of a stream that is to be shown with what it lies in; found by walking back from an extent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) from: ExtentId,
    pub(super) at: u64,
    pub(super) len: u64,
}

impl Want {
    /// Its runs in order; what was never captured has none.
    pub(super) fn steps(&self, snapshot: &Snapshot) -> Vec<Step> {
        let pieces = snapshot.pieces(self.from, self.at, self.len).into_iter();
        let step = |below| lies(snapshot, below);
        pieces.filter_map(|it| Some(Step { at: it.at, len: it.len, lies: step(it.below)? })).collect()
    }
}

fn lies(snapshot: &Snapshot, below: Below) -> Option<Lies> {
    match below {
        Below::Packet { id, offset } => Some(Lies::Packet(id, offset)),
        Below::Record { id, offset } => Some(Lies::Record(id, offset)),
        Below::Extent { id, offset } => lies(snapshot, snapshot.extent(id)?.below.skip(offset)),
    }
}
