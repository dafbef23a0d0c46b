//! An append-only column: one writer pushes, any number of readers look at what was published.
//!
//! Rows live in sealed chunks, packed, that never change again, and in a tail that is copied when it is published.
//! Knows nothing of what a row means.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::packer::Packer;
use crate::packing::{BLOCK, Packed, Row};

/// Rows in a sealed chunk.
pub const CHUNK: usize = 4096;

/// The writer's end.
#[derive(Debug)]
pub struct Column<T> {
    sealed: Arc<Vec<Arc<Packed>>>,
    /// Sealed since the last publish; moved into `sealed` then, so that a list that readers hold is copied once
    /// a publish and not once a chunk.
    fresh: Vec<Fresh<T>>,
    tail: Vec<T>,
    elsewhere: Option<Elsewhere<T>>,
}

/// A chunk that no reader has yet.
#[derive(Debug)]
enum Fresh<T> {
    Packed(Arc<Packed>),
    /// It is being packed elsewhere.
    Plain(Arc<Vec<T>>),
}

/// Where chunks are packed meanwhile.
#[derive(Debug)]
struct Elsewhere<T> {
    packer: Packer,
    /// What came of them, in order.
    back: Receiver<Arc<Packed>>,
    going: Sender<Arc<Packed>>,
    /// The first chunk among the fresh ones that did not come back.
    next: usize,
    /// Memory for a tail.
    spare: Vec<Vec<T>>,
}

/// Chunks that may be on their way to be packed at the same time.
const AWAY: usize = 16;

/// What readers see: everything up to one publish, for ever.
#[derive(Debug)]
pub struct Rows<T> {
    sealed: Arc<Vec<Arc<Packed>>>,
    tail: Arc<[T]>,
}

/// Rows that stand together.
#[derive(Clone, Copy)]
enum Piece<'a, T> {
    /// A sealed chunk.
    Packed(&'a Packed),
    /// The tail.
    Plain(&'a [T]),
}

impl<T: Row> Default for Column<T> {
    fn default() -> Self {
        let tail = Vec::with_capacity(CHUNK);
        Self { sealed: Arc::default(), fresh: Vec::new(), tail, elsewhere: None }
    }
}

impl<T: Row> Column<T> {
    /// Has chunks packed elsewhere from now on.
    pub(crate) fn pack_with(&mut self, packer: &Packer) {
        let (going, back) = channel();
        let (packer, next) = (packer.clone(), self.fresh.len());
        self.elsewhere = Some(Elsewhere { packer, back, going, next, spare: Vec::new() });
    }

    /// Appends a row and says where it stands.
    #[inline]
    pub fn push(&mut self, row: T) -> u32 {
        let index = self.len();
        self.tail.push(row);
        if self.tail.len() == CHUNK {
            self.seal();
        }
        index
    }

    #[cold]
    fn seal(&mut self) {
        let Some(elsewhere) = &mut self.elsewhere else {
            self.fresh.push(Fresh::Packed(Arc::new(Packed::new(&self.tail))));
            return self.tail.clear();
        };
        let tail = elsewhere.spare.pop().unwrap_or_else(|| Vec::with_capacity(CHUNK));
        let rows = Arc::new(std::mem::replace(&mut self.tail, tail));
        let (theirs, going) = (Arc::clone(&rows), elsewhere.going.clone());
        elsewhere.packer.give(move || {
            let packed = Arc::new(Packed::new(&theirs));
            // The rows' memory is used again by whoever hears of it.
            drop(theirs);
            // A column that is gone needs none.
            let _ = going.send(packed);
        });
        self.fresh.push(Fresh::Plain(rows));
        self.take_back(AWAY);
    }

    /// Takes back what was packed elsewhere, until no more than `away` chunks are not.
    fn take_back(&mut self, away: usize) {
        let Some(elsewhere) = &mut self.elsewhere else { return };
        let all = self.fresh.len();
        for place in self.fresh.iter_mut().skip(elsewhere.next) {
            let Fresh::Plain(rows) = &*place else { continue };
            let packed = match elsewhere.back.try_recv() {
                Ok(packed) => packed,
                Err(_) if elsewhere.next + away >= all => return,
                // Its thread may be gone: then it is done here.
                Err(_) => elsewhere.back.recv().unwrap_or_else(|_| Arc::new(Packed::new(rows))),
            };
            if let Fresh::Plain(rows) = std::mem::replace(place, Fresh::Packed(packed))
                && let Ok(mut rows) = Arc::try_unwrap(rows)
            {
                rows.clear();
                elsewhere.spare.push(rows);
            }
            elsewhere.next += 1;
        }
    }

    /// Number of rows, published or not.
    #[inline]
    pub fn len(&self) -> u32 {
        ((self.sealed.len() + self.fresh.len()) * CHUNK + self.tail.len()) as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at `index`, published or not.
    pub fn row(&self, index: u32) -> Option<T> {
        let (chunk, rest) = (index as usize / CHUNK, index as usize % CHUNK);
        match chunk.checked_sub(self.sealed.len()) {
            None => Some(self.sealed[chunk].row(rest)),
            Some(fresh) => match self.fresh.get(fresh) {
                Some(Fresh::Packed(chunk)) => Some(chunk.row(rest)),
                Some(Fresh::Plain(rows)) => rows.get(rest).copied(),
                None if fresh == self.fresh.len() => self.tail.get(rest).copied(),
                None => None,
            },
        }
    }

    /// Makes all rows so far visible to readers.
    pub fn publish(&mut self) -> Rows<T> {
        self.take_back(0);
        if !self.fresh.is_empty() {
            let packed = self.fresh.drain(..).map(|chunk| match chunk {
                Fresh::Packed(packed) => packed,
                Fresh::Plain(rows) => Arc::new(Packed::new(&rows)),
            });
            Arc::make_mut(&mut self.sealed).extend(packed);
        }
        if let Some(elsewhere) = &mut self.elsewhere {
            elsewhere.next = 0;
        }
        Rows { sealed: Arc::clone(&self.sealed), tail: Arc::from(self.tail.as_slice()) }
    }
}

impl<T> Clone for Rows<T> {
    fn clone(&self) -> Self {
        Self { sealed: Arc::clone(&self.sealed), tail: Arc::clone(&self.tail) }
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { sealed: Arc::default(), tail: Arc::from([]) }
    }
}

impl<T: Row> Rows<T> {
    /// The same rows as they were taken apart: chunks that are full, and what stands behind them.
    pub(crate) fn of(sealed: Vec<Arc<Packed>>, tail: &[T]) -> Self {
        debug_assert!(sealed.iter().all(|chunk| chunk.len() == CHUNK) && tail.len() < CHUNK);
        Self { sealed: Arc::new(sealed), tail: Arc::from(tail) }
    }

    /// Chunks that are full.
    pub(crate) fn sealed(&self) -> &[Arc<Packed>] {
        &self.sealed
    }

    /// The rows behind them.
    pub(crate) fn tail(&self) -> &[T] {
        &self.tail
    }

    /// Number of rows.
    pub fn len(&self) -> u32 {
        (self.sealed.len() * CHUNK + self.tail.len()) as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at `index`.
    #[inline]
    pub fn row(&self, index: u32) -> Option<T> {
        let (chunk, rest) = (index as usize / CHUNK, index as usize % CHUNK);
        match self.sealed.get(chunk) {
            Some(chunk) => Some(chunk.row(rest)),
            None if chunk == self.sealed.len() => self.tail.get(rest).copied(),
            None => None,
        }
    }

    /// The chunk of this number: rows that stand together. None are in one that is not there.
    fn piece(&self, chunk: usize) -> Piece<'_, T> {
        match self.sealed.get(chunk) {
            Some(packed) => Piece::Packed(packed),
            None if chunk == self.sealed.len() => Piece::Plain(&self.tail),
            None => Piece::Plain(&[]),
        }
    }

    /// Adds the rows of the chunk of this number to `into`.
    pub(crate) fn unpack(&self, chunk: usize, into: &mut Vec<T>) {
        for at in (chunk * CHUNK..).take(CHUNK).step_by(BLOCK) {
            self.block(at, into);
        }
    }

    /// The rows from `index` on.
    pub fn rows_from(&self, index: u32) -> impl Iterator<Item = T> + '_ {
        let mut block: Vec<T> = Vec::with_capacity(BLOCK);
        let (mut place, mut next) = (index as usize % BLOCK, index as usize - index as usize % BLOCK);
        std::iter::from_fn(move || {
            if place >= block.len() {
                place -= block.len();
                block.clear();
                self.block(next, &mut block);
                next += BLOCK;
            }
            let row = block.get(place).copied();
            place += usize::from(row.is_some());
            row
        })
    }

    /// Adds the [`BLOCK`] of rows that begins at `at` to `into`, or as many of it as there are.
    fn block(&self, at: usize, into: &mut Vec<T>) {
        match self.piece(at / CHUNK) {
            Piece::Packed(packed) => packed.block(at % CHUNK, into),
            Piece::Plain(rows) => {
                into.extend_from_slice(
                    rows.get(at % CHUNK..).map_or(&[], |rows| &rows[..rows.len().min(BLOCK)]),
                );
            }
        }
    }

    /// The first row for which `before` no longer holds, in a column where it holds up to one place only.
    pub fn partition_point(&self, before: impl Fn(&T) -> bool) -> u32 {
        let last = |chunk: &Arc<Packed>| chunk.len().checked_sub(1).map(|last| chunk.row(last));
        let chunk = self.sealed.partition_point(|chunk| last(chunk).is_some_and(|row| before(&row)));
        let piece = self.piece(chunk);
        let (mut low, mut high) = (0, piece.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if piece.row(middle).is_some_and(|row| before(&row)) { low = middle + 1 } else { high = middle }
        }
        (chunk * CHUNK + low) as u32
    }
}

impl<T: Row> Piece<'_, T> {
    fn len(&self) -> usize {
        match self {
            Self::Packed(packed) => packed.len(),
            Self::Plain(rows) => rows.len(),
        }
    }

    fn row(&self, place: usize) -> Option<T> {
        match self {
            Self::Packed(packed) => (place < packed.len()).then(|| packed.row(place)),
            Self::Plain(rows) => rows.get(place).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader holds never changes, whatever the writer does afterwards.
    #[test]
    fn a_snapshot_stands() {
        stands(Column::default());
        let mut column = Column::default();
        column.pack_with(&Packer::begin().unwrap());
        stands(column);
    }

    fn stands(mut column: Column<u32>) {
        let mut taken = Vec::new();
        for row in 0..3 * CHUNK as u32 + 7 {
            assert_eq!(column.push(row), row);
            assert_eq!(column.row(row / 2), Some(row / 2));
            if row % 1000 == 999 {
                taken.push(column.publish());
            }
        }
        for (i, rows) in taken.iter().enumerate() {
            let len = (i as u32 + 1) * 1000;
            assert_eq!(rows.len(), len);
            assert_eq!(rows.row(len), None);
            assert!(rows.rows_from(0).eq(0..len));
            assert!(rows.rows_from(len / 2).eq(len / 2..len));
            assert_eq!(rows.partition_point(|&row| row < len / 3), len / 3);
        }
        assert_eq!(column.row(CHUNK as u32), Some(CHUNK as u32));
        assert_eq!(column.row(column.len()), None);
    }
}
