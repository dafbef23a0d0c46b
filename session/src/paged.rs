//! Rows that go on changing while they are looked at: connections and their counts.
//!
//! Pages are shared with readers and copied when the writer touches them again, so that a snapshot costs
//! one pointer a page and the copies follow what changed, not what is there.

use std::sync::Arc;

const PAGE: usize = 64;

/// The writer's end.
#[derive(Debug)]
pub struct Paged<T> {
    pages: Vec<Arc<Vec<T>>>,
    len: u32,
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

impl<T: Clone> Paged<T> {
    /// Appends a row and says where it stands.
    pub fn push(&mut self, row: T) -> u32 {
        let index = self.len;
        if (index as usize).is_multiple_of(PAGE) {
            self.pages.push(Arc::new(Vec::with_capacity(PAGE)));
        }
        if let Some(page) = self.pages.last_mut() {
            Arc::make_mut(page).push(row);
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
        self.pages.get(index as usize / PAGE)?.get(index as usize % PAGE)
    }

    /// The row at `index`, to be changed.
    pub fn row_mut(&mut self, index: u32) -> Option<&mut T> {
        let page = self.pages.get_mut(index as usize / PAGE)?;
        Arc::make_mut(page).get_mut(index as usize % PAGE)
    }

    /// Makes the rows as they are now visible to readers.
    pub fn publish(&self) -> Pages<T> {
        Pages { pages: Arc::from(self.pages.as_slice()), len: self.len }
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
