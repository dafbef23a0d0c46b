//! The bytes of the frames that are shown together, one behind the other.

use std::ops::Range;

use dissector::ids::FrameId;
use dissector::websocket::header::FrameHeader;

use super::build::{Parts, offset, room};
use super::steps::Want;
use crate::content::{Patchy, Why};
use crate::model::{Frame, Run};

/// One frame's bytes among the others.
pub(super) struct Piece {
    pub(super) id: FrameId,
    pub(super) header: FrameHeader,
    /// Where its bytes begin in the stream tab.
    pub(super) at: usize,
    /// How many bytes of it are there, header included.
    pub(super) len: usize,
    /// Where its payload begins among the payloads.
    pub(super) payload_at: usize,
    /// The packets that hold it; `at` counts from the stream tab's first byte.
    pub(super) runs: Vec<Run>,
    /// Where it lies in its own stream.
    pub(super) want: Want,
}

impl Piece {
    pub(super) fn range(&self) -> Range<usize> {
        self.at..self.at + self.len
    }
    /// Bytes of the header that are there.
    pub(super) fn header_len(&self) -> usize {
        self.header.len().min(self.len)
    }
    /// Its payload in the stream tab.
    pub(super) fn payload(&self) -> Range<usize> {
        self.at + self.header_len()..self.at + self.len
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Pieces {
    pub(super) list: Vec<Piece>,
    /// The frames as they were on the wire.
    pub(super) wire: Patchy,
    /// Their payloads, unmasked.
    pub(super) payloads: Patchy,
    /// How many bytes they have in all, those that are not put into memory included.
    pub(super) wire_total: u64,
    pub(super) payload_total: u64,
    /// Why some of them are not here.
    pub(super) why: Option<Why>,
}

impl Pieces {
    pub(super) fn read(parts: &mut Parts<'_>, frames: &[Frame]) -> Self {
        let mut pieces = Self::default();
        for frame in frames {
            let there = frame.header.payload_len
                - if frame.truncated { frame.missing.min(frame.header.payload_len) } else { 0 };
            pieces.wire_total =
                pieces.wire_total.saturating_add(there).saturating_add(frame.header.len() as u64);
            pieces.payload_total = pieces.payload_total.saturating_add(there);
            match parts.content.frame(parts.snapshot, frame.id, room(pieces.wire.bytes.len())) {
                Ok(bytes) => {
                    let at = pieces.wire.bytes.len();
                    let len = bytes.wire.bytes.len();
                    let runs = bytes.runs.iter().map(|run| Run { at: run.at - frame.at + at as u64, ..*run });
                    pieces.list.push(Piece {
                        id: frame.id,
                        header: bytes.header,
                        at,
                        len,
                        payload_at: pieces.payloads.bytes.len(),
                        runs: runs.collect(),
                        want: Want { from: frame.extent, at: frame.at, len: len as u64 },
                    });
                    join(&mut pieces.wire, bytes.wire);
                    join(&mut pieces.payloads, bytes.payload);
                }
                Err(why) => pieces.why = Some(why),
            }
        }
        if pieces.why.is_none() && !pieces.payloads.whole() {
            pieces.why = Some(Why::NotCaptured);
        }
        pieces
    }

    /// Whether any of them is masked.
    pub(super) fn masked(&self) -> bool {
        self.list.iter().any(|piece| piece.header.mask.is_some())
    }
}

/// Puts bytes behind others, their holes with them.
pub(super) fn join(all: &mut Patchy, next: Patchy) {
    let at = all.bytes.len();
    all.bytes.extend_from_slice(&next.bytes);
    all.holes.extend(next.holes.into_iter().map(|hole| offset(hole, at)));
}
