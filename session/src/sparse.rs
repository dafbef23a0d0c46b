//! What only some rows of a column have, found by the row's number.
//!
//! Entries arrive in nearly rising order of their keys: a message that was long open comes late. They are kept
//! in runs, each sorted when it is sealed, with the least and the greatest key of each run beside it.

use std::sync::Arc;

const RUN: usize = 1024;
/// Runs in a block, whose least and greatest keys are known together.
const BLOCK: usize = 64;

#[derive(Debug)]
struct Run<T> {
    least: u32,
    greatest: u32,
    entries: Box<[(u32, T)]>,
}

/// Runs that are sealed, and the least and the greatest key of each block of them.
#[derive(Debug)]
struct Sealed<T> {
    runs: Vec<Arc<Run<T>>>,
    blocks: Vec<(u32, u32)>,
}

/// The writer's end.
#[derive(Debug)]
pub struct Sparse<T> {
    sealed: Arc<Sealed<T>>,
    tail: Vec<(u32, T)>,
}

/// What readers see.
#[derive(Debug)]
pub struct Entries<T> {
    sealed: Arc<Sealed<T>>,
    /// Sorted, too.
    tail: Arc<[(u32, T)]>,
}

impl<T> Default for Sealed<T> {
    fn default() -> Self {
        Self { runs: Vec::new(), blocks: Vec::new() }
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self { runs: self.runs.clone(), blocks: self.blocks.clone() }
    }
}

impl<T> Sealed<T> {
    fn push(&mut self, run: Run<T>) {
        if self.runs.len().is_multiple_of(BLOCK) {
            self.blocks.push((run.least, run.greatest));
        }
        if let Some((least, greatest)) = self.blocks.last_mut() {
            (*least, *greatest) = (run.least.min(*least), run.greatest.max(*greatest));
        }
        self.runs.push(Arc::new(run));
    }

    /// The runs that may have a key.
    fn around(&self, key: u32) -> impl Iterator<Item = &Run<T>> {
        let blocks = self.blocks.iter().zip(self.runs.chunks(BLOCK));
        let near = blocks.filter(move |((least, greatest), _)| *least <= key && key <= *greatest);
        let runs = near.flat_map(|(_, runs)| runs.iter().map(AsRef::as_ref));
        runs.filter(move |run| run.least <= key && key <= run.greatest)
    }
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
            Arc::make_mut(&mut self.sealed).push(Run { least, greatest, entries });
        }
    }

    /// Makes all entries so far visible to readers.
    pub fn publish(&self) -> Entries<T> {
        let mut tail: Arc<[(u32, T)]> = Arc::from(self.tail.as_slice());
        if let Some(tail) = Arc::get_mut(&mut tail) {
            tail.sort_by_key(|(key, _)| *key);
        }
        Entries { sealed: Arc::clone(&self.sealed), tail }
    }
}

impl<T: Copy> Entries<T> {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.sealed.runs.len() * RUN + self.tail.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sealed.runs.is_empty() && self.tail.is_empty()
    }

    /// All entries with their keys; added in this order they make the same again.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, T)> {
        let sealed = self.sealed.runs.iter().flat_map(|run| run.entries.iter());
        sealed.chain(self.tail.iter()).copied()
    }

    /// What row `key` has.
    ///
    /// Of several, any one.
    pub fn entry(&self, key: u32) -> Option<T> {
        if let Ok(place) = self.tail.binary_search_by_key(&key, |(at, _)| *at) {
            return Some(self.tail[place].1);
        }
        self.sealed.around(key).find_map(|run| {
            let place = run.entries.binary_search_by_key(&key, |(at, _)| *at).ok()?;
            Some(run.entries[place].1)
        })
    }
}

impl<T: Copy> Entries<T> {
    /// Everything that row `key` has, in no particular order.
    pub fn all(&self, key: u32) -> Vec<T> {
        if !self.may_have(key) {
            return Vec::new();
        }
        let of_key = move |(at, _): &&(u32, T)| *at == key;
        // Entries of one key stand side by side in a run.
        let sealed = self.sealed.around(key).flat_map(move |run| {
            let first = run.entries.partition_point(|(at, _)| *at < key);
            run.entries[first..].iter().take_while(of_key)
        });
        let first = self.tail.partition_point(|(at, _)| *at < key);
        let tail = self.tail[first..].iter().take_while(of_key);
        sealed.chain(tail).map(|(_, entry)| *entry).collect()
    }

    /// Whether something may be there: most rows lie where nothing is.
    #[inline]
    fn may_have(&self, key: u32) -> bool {
        let tail = self.tail.first().zip(self.tail.last()).map(|(first, last)| (first.0, last.0));
        self.sealed
            .blocks
            .iter()
            .copied()
            .chain(tail)
            .any(|(least, greatest)| least <= key && key <= greatest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An entry is found however late it came.
    #[test]
    fn late_entries_are_found() {
        let mut sparse = Sparse::default();
        const KEYS: u32 = 500_000;
        let late = |key: u32| key.is_multiple_of(997);
        (0..KEYS).filter(|&key| !late(key) && key % 3 == 0).for_each(|key| sparse.push(key, key * 2));
        (0..KEYS).filter(|&key| late(key)).for_each(|key| sparse.push(key, key * 2));
        let entries = sparse.publish();
        for key in 0..KEYS {
            let there = late(key) || key % 3 == 0;
            assert_eq!(entries.entry(key), there.then_some(key * 2), "{key}");
        }
    }
}
