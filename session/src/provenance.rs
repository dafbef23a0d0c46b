//! Where the bytes of any stream lie: one step below, and through every step down to the capture file.
//!
//! A stream lies in packets, in another stream, or in what TLS seals; the steps are composed here and nowhere else.

use dissector::ids::{ExtentId, RecordId};
use dissector::span::{Below, Extent, Span};

use crate::model::Run;
use crate::snapshot::Snapshot;

/// A piece of a stream, as it lies in one piece below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Offset in the stream.
    pub at: u64,
    /// Number of bytes.
    pub len: u32,
    /// The extent that it is a part of.
    pub extent: ExtentId,
    /// Where it lies.
    pub below: Below,
}

/// Puts the pieces of a span into `pieces`, in place of what that held, walking back from the extent `from`.
pub(crate) fn put_pieces(
    from: ExtentId,
    at: u64,
    len: u64,
    pieces: &mut Vec<Piece>,
    mut extent: impl FnMut(ExtentId) -> Option<Extent>,
) {
    let until = at.saturating_add(len);
    pieces.clear();
    let mut next = Some(from);
    while let Some((id, extent)) = next.and_then(|id| Some((id, extent(id)?))) {
        let end = extent.at + u64::from(extent.len);
        let (first, last) = (extent.at.max(at), end.min(until));
        if first < last {
            let skip = (first - extent.at) as u32;
            let below = extent.below.skip(skip);
            pieces.push(Piece { at: first, len: (last - first) as u32, extent: id, below });
        }
        if extent.at <= at {
            break;
        }
        next = extent.prev;
    }
    pieces.reverse();
}

impl Snapshot {
    /// The pieces of a span in order, walking back from the extent `from`; what was never captured has none.
    pub fn pieces(&self, from: ExtentId, at: u64, len: u64) -> Vec<Piece> {
        let mut pieces = Vec::new();
        put_pieces(from, at, len, &mut pieces, |id| self.extent(id));
        pieces
    }

    /// Where the bytes of a span lie in the capture, walking back from the extent `from`; stretches that were never
    /// captured have no run. What is sealed lies where its ciphertext does.
    pub fn runs(&self, from: ExtentId, span: Span) -> Vec<Run> {
        self.runs_from(from, span.at, span.len)
    }

    fn runs_from(&self, from: ExtentId, at: u64, len: u64) -> Vec<Run> {
        let mut runs = Vec::new();
        for piece in self.pieces(from, at, len) {
            self.settle(&piece, &mut runs);
        }
        runs
    }

    /// Adds where a piece lies in packets.
    fn settle(&self, piece: &Piece, runs: &mut Vec<Run>) {
        let Piece { at, len, below, .. } = *piece;
        match below {
            Below::Packet { id, offset: in_packet } => {
                let in_file = self.packets.row(id.index()).map_or(0, |row| row.at) + u64::from(in_packet);
                runs.push(Run { at, len, packet: id, in_packet, in_file });
            }
            Below::Extent { id, offset } => {
                let Some(extent) = self.extent(id) else { return };
                let below = extent.below.skip(offset);
                self.settle(&Piece { at, len, extent: id, below }, runs);
            }
            Below::Record { id, offset } => {
                let Some((last, sealed)) = self.sealed(id, offset) else { return };
                let lower = self.runs_from(last, sealed, len.into());
                runs.extend(lower.into_iter().map(|run| Run { at: at + (run.at - sealed), ..run }));
            }
        }
    }

    /// Where a byte of a record's plaintext lies in the stream below, where its cipher keeps it; and the extent to
    /// walk back from.
    fn sealed(&self, id: RecordId, offset: u32) -> Option<(ExtentId, u64)> {
        let record = self.record(id)?;
        let opener = self.openers.row(record.epoch.index())?;
        Some((record.extent, record.plain_at(opener) + u64::from(offset)))
    }
}
