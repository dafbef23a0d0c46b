//! What only some rows of a column have, found by the row's number.
//!
//! Entries arrive in nearly rising order of their keys: a message that was long open comes late. They are kept
//! in runs, each sorted when it is sealed, with the least and the greatest key of each run beside it.

use std::sync::Arc;

const RUN: usize = 1024;

#[derive(Debug)]
struct Run<T> {
    least: u32,
    greatest: u32,
    entries: Box<[(u32, T)]>,
}

/// The writer's end.
#[derive(Debug)]
pub struct Sparse<T> {
    sealed: Arc<Vec<Arc<Run<T>>>>,
    tail: Vec<(u32, T)>,
}

/// What readers see.
#[derive(Debug)]
pub struct Entries<T> {
    sealed: Arc<Vec<Arc<Run<T>>>>,
    tail: Arc<[(u32, T)]>,
}

impl<T: Copy> Default for Sparse<T> {
    fn default() -> Self {
        Self { sealed: Arc::default(), tail: Vec::new() }
    }
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { sealed: Arc::default(), tail: Arc::from([]) }
    }
}

impl<T> Clone for Entries<T> {
    fn clone(&self) -> Self {
        Self { sealed: Arc::clone(&self.sealed), tail: Arc::clone(&self.tail) }
    }
}

impl<T: Copy> Sparse<T> {
    /// Adds what row `key` has. A key may be added more than once; see [`Entries::all`].
    pub fn push(&mut self, key: u32, entry: T) {
        self.tail.push((key, entry));
        if self.tail.len() == RUN {
            let mut entries = std::mem::take(&mut self.tail).into_boxed_slice();
            entries.sort_by_key(|(key, _)| *key);
            let (least, greatest) = (entries[0].0, entries[RUN - 1].0);
            Arc::make_mut(&mut self.sealed).push(Arc::new(Run { least, greatest, entries }));
        }
    }

    /// Makes all entries so far visible to readers.
    pub fn publish(&self) -> Entries<T> {
        Entries { sealed: Arc::clone(&self.sealed), tail: Arc::from(self.tail.as_slice()) }
    }
}

impl<T: Copy> Entries<T> {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.sealed.len() * RUN + self.tail.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sealed.is_empty() && self.tail.is_empty()
    }

    /// What row `key` has.
    ///
    /// Of several, any one.
    pub fn entry(&self, key: u32) -> Option<T> {
        if let Some((_, entry)) = self.tail.iter().find(|(at, _)| *at == key) {
            return Some(*entry);
        }
        self.sealed.iter().filter(|run| run.least <= key && key <= run.greatest).find_map(|run| {
            let place = run.entries.binary_search_by_key(&key, |(at, _)| *at).ok()?;
            Some(run.entries[place].1)
        })
    }
}

impl<T: Copy> Entries<T> {
    /// Everything that row `key` has, in no particular order.
    pub fn all(&self, key: u32) -> Vec<T> {
        let sealed = self.sealed.iter().filter(|run| run.least <= key && key <= run.greatest);
        let of_key = move |(at, _): &&(u32, T)| *at == key;
        // Entries of one key stand side by side in a run.
        let sealed = sealed.flat_map(move |run| {
            let first = run.entries.partition_point(|(at, _)| *at < key);
            run.entries[first..].iter().take_while(of_key)
        });
        sealed.chain(self.tail.iter().filter(of_key)).map(|(_, entry)| *entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry is found however late it came.
    #[test]
    fn late_entries_are_found() {
        let mut sparse = Sparse::default();
        let late = |key: u32| key.is_multiple_of(997);
        (0..5000).filter(|&key| !late(key) && key % 3 == 0).for_each(|key| sparse.push(key, key * 2));
        (0..5000).filter(|&key| late(key)).for_each(|key| sparse.push(key, key * 2));
        let entries = sparse.publish();
        for key in 0..5000 {
            let there = late(key) || key % 3 == 0;
            assert_eq!(entries.entry(key), there.then_some(key * 2), "{key}");
        }
    }
}
