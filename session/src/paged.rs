//! Rows that go on changing while they are looked at: connections and their counts.
//!
//! Pages are shared with readers, and one that the writer touches again is copied first, once a snapshot: the
//! copies follow what changed, not what is there.

use std::sync::Arc;

const PAGE: usize = 64;

/// The writer's end.
#[derive(Debug)]
pub struct Paged<T> {
    pages: Vec<Page<T>>,
    len: u32,
}

/// Some rows, and whether readers have them too. Told apart here and not by an `Arc`'s count, which is dear to
/// ask for every packet.
#[derive(Debug)]
enum Page<T> {
    Ours(Vec<T>),
    Shared(Arc<Vec<T>>),
}

/// What readers see.
#[derive(Debug)]
pub struct Pages<T> {
    pages: Arc<[Arc<Vec<T>>]>,
    len: u32,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { pages: Arc::from([]), len: 0 }
    }
}

impl<T> Clone for Pages<T> {
    fn clone(&self) -> Self {
        Self { pages: Arc::clone(&self.pages), len: self.len }
    }
}

impl<T: Clone> Page<T> {
    fn rows(&self) -> &[T] {
        match self {
            Self::Ours(rows) => rows,
            Self::Shared(rows) => rows,
        }
    }

    /// The rows, for nobody but us.
    fn ours(&mut self) -> &mut Vec<T> {
        if let Self::Shared(rows) = self {
            let mut copy = Vec::with_capacity(PAGE);
            copy.extend_from_slice(rows);
            *self = Self::Ours(copy);
        }
        match self {
            Self::Ours(rows) => rows,
            Self::Shared(_) => unreachable!("it was made ours"),
        }
    }

    fn share(&mut self) -> Arc<Vec<T>> {
        if let Self::Ours(rows) = self {
            *self = Self::Shared(Arc::new(std::mem::take(rows)));
        }
        match self {
            Self::Shared(rows) => Arc::clone(rows),
            Self::Ours(_) => unreachable!("it was shared"),
        }
    }
}

impl<T: Clone> Paged<T> {
    /// Appends a row and says where it stands.
    pub fn push(&mut self, row: T) -> u32 {
        let index = self.len;
        if (index as usize).is_multiple_of(PAGE) {
            self.pages.push(Page::Ours(Vec::with_capacity(PAGE)));
        }
        if let Some(page) = self.pages.last_mut() {
            page.ours().push(row);
        }
        self.len += 1;
        index
    }

    /// Number of rows.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row at `index`.
    pub fn row(&self, index: u32) -> Option<&T> {
        self.pages.get(index as usize / PAGE)?.rows().get(index as usize % PAGE)
    }

    /// The row at `index`, to be changed.
    pub fn row_mut(&mut self, index: u32) -> Option<&mut T> {
        let page = self.pages.get_mut(index as usize / PAGE)?;
        page.ours().get_mut(index as usize % PAGE)
    }

    /// Makes the rows as they are now visible to readers.
    pub fn publish(&mut self) -> Pages<T> {
        Pages { pages: self.pages.iter_mut().map(Page::share).collect(), len: self.len }
    }
}

impl<T> Pages<T> {
    /// Number of rows.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row at `index`.
    pub fn row(&self, index: u32) -> Option<&T> {
        self.pages.get(index as usize / PAGE)?.get(index as usize % PAGE)
    }

    /// All rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader keeps the rows as they were when they were published.
    #[test]
    fn readers_keep_what_they_saw() {
        let mut paged = Paged::default();
        (0..200).for_each(|row| assert_eq!(paged.push(row), row));
        let before = paged.publish();
        (0..200).for_each(|row| *paged.row_mut(row).unwrap() += 1000);
        paged.push(7);
        assert!(before.iter().copied().eq(0..200));
        assert_eq!(paged.publish().row(200), Some(&7));
    }
}
