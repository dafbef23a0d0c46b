//! An append-only column: one writer pushes, any number of readers look at what was published.
//!
//! Rows live in sealed chunks that never change again, and in a tail that is copied when it is published.
//! Knows nothing of what a row means.

use std::sync::Arc;

/// Rows in a sealed chunk.
pub const CHUNK: usize = 4096;

/// The writer's end.
#[derive(Debug)]
pub struct Column<T> {
    sealed: Arc<Vec<Arc<[T]>>>,
    /// Sealed since the last publish; moved into `sealed` then, so that a list that readers hold is copied once
    /// a publish and not once a chunk.
    fresh: Vec<Arc<[T]>>,
    tail: Vec<T>,
}

/// What readers see: everything up to one publish, for ever.
#[derive(Debug)]
pub struct Rows<T> {
    sealed: Arc<Vec<Arc<[T]>>>,
    tail: Arc<[T]>,
}

impl<T: Copy> Default for Column<T> {
    fn default() -> Self {
        Self { sealed: Arc::default(), fresh: Vec::new(), tail: Vec::with_capacity(CHUNK) }
    }
}

impl<T: Copy> Column<T> {
    /// Appends a row and says where it stands.
    pub fn push(&mut self, row: T) -> u32 {
        let index = self.len();
        self.tail.push(row);
        if self.tail.len() == CHUNK {
            self.fresh.push(Arc::from(self.tail.as_slice()));
            self.tail.clear();
        }
        index
    }

    /// Number of rows, published or not.
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
        let chunk = match chunk.checked_sub(self.sealed.len()) {
            None => &self.sealed[chunk],
            Some(fresh) => match self.fresh.get(fresh) {
                Some(chunk) => chunk.as_ref(),
                None if fresh == self.fresh.len() => return self.tail.get(rest).copied(),
                None => return None,
            },
        };
        chunk.get(rest).copied()
    }

    /// Makes all rows so far visible to readers.
    pub fn publish(&mut self) -> Rows<T> {
        if !self.fresh.is_empty() {
            Arc::make_mut(&mut self.sealed).append(&mut self.fresh);
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

impl<T: Copy> Rows<T> {
    /// Number of rows.
    pub fn len(&self) -> u32 {
        (self.sealed.len() * CHUNK + self.tail.len()) as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sealed.is_empty() && self.tail.is_empty()
    }

    /// The row at `index`.
    pub fn row(&self, index: u32) -> Option<T> {
        let (chunk, rest) = (index as usize / CHUNK, index as usize % CHUNK);
        let chunk = match self.sealed.get(chunk) {
            Some(chunk) => chunk,
            None if chunk == self.sealed.len() => &self.tail,
            None => return None,
        };
        chunk.get(rest).copied()
    }

    /// The rows from `index` on, in pieces of at most [`CHUNK`].
    pub fn pieces_from(&self, index: u32) -> impl Iterator<Item = &[T]> {
        let (first, rest) = (index as usize / CHUNK, index as usize % CHUNK);
        self.sealed
            .iter()
            .map(AsRef::as_ref)
            .chain([self.tail.as_ref()])
            .skip(first)
            .enumerate()
            .map(move |(i, piece)| piece.get(if i == 0 { rest } else { 0 }..).unwrap_or_default())
    }

    /// The first row for which `before` no longer holds, in a column where it holds up to one place only.
    pub fn partition_point(&self, before: impl Fn(&T) -> bool) -> u32 {
        let chunk = self.sealed.partition_point(|chunk| chunk.last().is_some_and(&before));
        let rows = self.sealed.get(chunk).unwrap_or(&self.tail);
        (chunk * CHUNK + rows.partition_point(before)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a reader holds never changes, whatever the writer does afterwards.
    #[test]
    fn a_snapshot_stands() {
        let mut column = Column::default();
        let mut taken = Vec::new();
        for row in 0..3 * CHUNK as u32 + 7 {
            assert_eq!(column.push(row), row);
            if row % 1000 == 999 {
                taken.push(column.publish());
            }
        }
        for (i, rows) in taken.iter().enumerate() {
            let len = (i as u32 + 1) * 1000;
            assert_eq!(rows.len(), len);
            assert_eq!(rows.row(len), None);
            assert!(rows.pieces_from(0).flatten().copied().eq(0..len));
            assert!(rows.pieces_from(len / 2).flatten().copied().eq(len / 2..len));
            assert_eq!(rows.partition_point(|&row| row < len / 3), len / 3);
        }
        assert_eq!(column.row(CHUNK as u32), Some(CHUNK as u32));
        assert_eq!(column.row(column.len()), None);
    }
}
