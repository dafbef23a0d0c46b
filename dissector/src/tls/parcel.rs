//! Records that are opened together, by whoever has time, before their turn comes.
//!
//! Knows where their bytes lie and what each of them was guessed to be; whether the guess was right is found out in their
//! turn.

use std::sync::Arc;

use crate::packet::Packets;
use crate::tls::open::{Opener, Refused};
use crate::tls::record::{ContentType, RecordHeader};

/// Some records; and, once they are opened, what they hold.
#[derive(Default)]
pub struct Parcel {
    /// Where the bytes are.
    packets: Option<Arc<dyn Packets>>,
    /// What came of the first record in earlier packets.
    earlier: Vec<u8>,
    /// In their order; at the end maybe those of a record that is not whole yet.
    pieces: Vec<Piece>,
    records: Vec<One>,
    /// The records one behind the other, opened where they stand.
    bytes: Vec<u8>,
    done: bool,
}

/// Where a part of a record is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    /// The packet's place; none where it came earlier.
    pub(crate) packet: Option<u32>,
    pub(crate) offset: u32,
    pub(crate) len: u32,
}

/// A record.
struct One {
    /// Behind its last piece, and its last byte.
    pieces: usize,
    end: usize,
    opener: Arc<Opener>,
    sequence: u64,
    opened: Result<Plain, Refused>,
}

/// What a record held, and where it stands in the fragment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain {
    pub(crate) kind: ContentType,
    pub(crate) from: usize,
    pub(crate) len: usize,
}

/// Memory that is kept of a parcel that is over.
const LARGEST_KEPT: usize = 128 << 10;

impl Parcel {
    /// Adds what came earlier of the first record.
    pub(crate) fn begin(&mut self, earlier: &[u8]) {
        self.earlier.extend_from_slice(earlier);
        self.add(Piece { packet: None, offset: 0, len: earlier.len() as u32 });
    }

    /// More of the record at the end.
    pub(crate) fn add(&mut self, piece: Piece) {
        self.pieces.push(piece);
    }

    /// The record at the end is whole, and so many bytes. Says its place among those of the parcel.
    pub(crate) fn close(&mut self, len: usize, opener: &Arc<Opener>, sequence: u64) -> usize {
        let (pieces, end, opened) = (self.pieces.len(), self.size() + len, Err(Refused::Short));
        self.records.push(One { pieces, end, opener: Arc::clone(opener), sequence, opened });
        self.records.len() - 1
    }

    /// How many records are whole.
    pub(crate) fn records(&self) -> usize {
        self.records.len()
    }

    /// How many bytes they are.
    pub(crate) fn size(&self) -> usize {
        self.records.last().map_or(0, |last| last.end)
    }

    /// Nothing more is added; the pieces are of these packets.
    pub(crate) fn complete(&mut self, packets: &Arc<dyn Packets>) {
        self.packets = Some(Arc::clone(packets));
    }

    /// Opens the records.
    pub fn run(&mut self) {
        if core::mem::replace(&mut self.done, true) {
            return;
        }
        // All of it is written anew.
        let size = self.size();
        if self.bytes.len() < size {
            self.bytes.resize(size, 0);
        }
        let (mut from, mut first, mut rest) = (0, 0, self.bytes.as_mut_slice());
        for one in &mut self.records {
            let Some((record, behind)) = rest.split_at_mut_checked(one.end - from) else { return };
            let pieces = self.pieces.get(first..one.pieces).unwrap_or_default();
            (from, first, rest) = (one.end, one.pieces, behind);
            let mut to = &mut *record;
            for bytes in pieces.iter().map(|piece| piece.of(&self.earlier, self.packets.as_deref())) {
                let Some((here, behind)) = to.split_at_mut_checked(bytes.len()) else { return };
                here.copy_from_slice(bytes);
                to = behind;
            }
            if let Some((head, fragment)) = record.split_first_chunk_mut() {
                one.opened = one.opener.open_in_place(one.sequence, head, fragment);
            }
        }
    }

    /// By which keys and as which one a record was opened, and what it holds; unless it could not be.
    pub(crate) fn opened(&self, place: usize) -> Option<(&Arc<Opener>, u64, ContentType, &[u8])> {
        let one = self.records.get(place).filter(|_| self.done)?;
        let (from, _) = self.before(place);
        let plain = one.opened.ok()?;
        let fragment = self.bytes.get(from + RecordHeader::LEN..one.end)?;
        let text = fragment.get(plain.from..)?.get(..plain.len)?;
        Some((&one.opener, one.sequence, plain.kind, text))
    }

    /// A record as it was sent.
    pub(crate) fn sent(&self, place: usize) -> Vec<u8> {
        let Some(one) = self.records.get(place) else { return Vec::new() };
        let (_, first) = self.before(place);
        let pieces = self.pieces.get(first..one.pieces).unwrap_or_default();
        let bytes = pieces.iter().map(|piece| piece.of(&self.earlier, self.packets.as_deref()));
        bytes.collect::<Vec<_>>().concat()
    }

    /// Where the bytes and pieces of a record begin.
    fn before(&self, place: usize) -> (usize, usize) {
        let before = place.checked_sub(1).and_then(|before| self.records.get(before));
        before.map_or((0, 0), |before| (before.end, before.pieces))
    }

    /// Forgets everything but its memory.
    pub(crate) fn clear(&mut self) {
        self.packets = None;
        self.earlier.clear();
        self.pieces.clear();
        self.records.clear();
        self.bytes.truncate(LARGEST_KEPT);
        self.bytes.shrink_to(LARGEST_KEPT);
        self.done = false;
    }
}

impl Piece {
    fn of<'a>(&self, earlier: &'a [u8], packets: Option<&'a dyn Packets>) -> &'a [u8] {
        let bytes = match self.packet {
            Some(packet) => packets.map_or(&[][..], |packets| packets.bytes(packet as usize)),
            None => earlier,
        };
        let from = bytes.get(self.offset as usize..).unwrap_or_default();
        from.get(..self.len as usize).unwrap_or_default()
    }
}
