//! A reader of rows that lie near each other: unpacks a chunk when it is read from for the second time in a row, and has
//! it at hand from then on. A row that is asked for alone is read alone. Belongs to one pass over a capture, in which rows
//! that were sealed never change.

use dissector::ids::{ExtentId, FrameId, PacketId};

use crate::column::{CHUNK, Rows};
use crate::packing::Row;
use crate::row::{ExtentRow, FrameRow, MessageRow, PacketRow};
use crate::snapshot::Snapshot;

/// Rows of a capture that were read last, with their neighbors.
#[derive(Debug, Default)]
pub(crate) struct NearRows {
    pub(crate) packets: Near<PacketRow>,
    pub(crate) frames: Near<FrameRow>,
    pub(crate) messages: Near<MessageRow>,
    pub(crate) extents: Near<ExtentRow>,
}

impl NearRows {
    /// The packet that an extent ends in, through whatever it lies in.
    #[inline]
    pub(crate) fn packet_of(&mut self, snapshot: &Snapshot, id: ExtentId) -> Option<PacketId> {
        let extent = self.extents.row(&snapshot.extents, id.index())?;
        extent.packet().or_else(|| snapshot.packet_of(id))
    }

    /// The packet that completed a frame whose row is known.
    pub(crate) fn packet_of_frame(
        &mut self,
        snapshot: &Snapshot,
        id: FrameId,
        row: FrameRow,
    ) -> Option<PacketId> {
        if row.more() { snapshot.packet_of_row(id, row) } else { self.packet_of(snapshot, row.extent()) }
    }
}

/// Rows of one column.
#[derive(Debug)]
pub(crate) struct Near<T> {
    rows: Vec<T>,
    /// The chunk that they are.
    at: Option<usize>,
    /// The chunk that was read from last, where that was another one.
    missed: Option<usize>,
}

impl<T> Default for Near<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), at: None, missed: None }
    }
}

impl<T: Row> Near<T> {
    /// The row at `index`.
    #[inline]
    pub(crate) fn row(&mut self, rows: &Rows<T>, index: u32) -> Option<T> {
        let (chunk, place) = (index as usize / CHUNK, index as usize % CHUNK);
        if self.at != Some(chunk) {
            if self.missed != Some(chunk) {
                self.missed = Some(chunk);
                return rows.row(index);
            }
            self.turn_to(rows, chunk);
        }
        // Of a chunk that was not full then there may be more rows now.
        self.rows.get(place).copied().or_else(|| rows.row(index))
    }

    /// The rows of the chunk that begins at `index`.
    pub(crate) fn chunk_at(&mut self, rows: &Rows<T>, index: u32) -> &[T] {
        debug_assert!((index as usize).is_multiple_of(CHUNK));
        self.turn_to(rows, index as usize / CHUNK);
        &self.rows
    }

    fn turn_to(&mut self, rows: &Rows<T>, chunk: usize) {
        if self.at != Some(chunk) || self.rows.len() < CHUNK {
            self.rows.clear();
            rows.unpack(chunk, &mut self.rows);
            (self.at, self.missed) = (Some(chunk), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Column;

    /// Rows are the same whichever way they are asked for, and those that come later are seen.
    #[test]
    fn rows_are_those_of_the_column() {
        let (mut column, mut near) = (Column::default(), Near::default());
        for len in [0, 5, CHUNK as u32 - 1, CHUNK as u32 + 9, 3 * CHUNK as u32] {
            while column.len() < len {
                column.push(column.len() * 3);
            }
            let rows = column.publish();
            for index in (0..len).rev().chain(0..len + 2).chain((0..len).step_by(CHUNK - 1)) {
                assert_eq!(near.row(&rows, index), rows.row(index), "{index} of {len}");
            }
            for chunk in (0..=len).step_by(CHUNK) {
                let own: Vec<u32> = rows.rows_from(chunk).take(CHUNK).collect();
                assert_eq!(near.chunk_at(&rows, chunk), own, "{chunk} of {len}");
            }
        }
    }
}
