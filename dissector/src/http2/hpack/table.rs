//! The dynamic table (RFC 7541 2.3.2 and 4), as far as it is known.
//!
//! What is known are the newest entries. Behind them there may be older ones that nobody saw, because the capture
//! has holes or begins late, or that are too large to be kept. Where a size is not known it is counted too small, so
//! entries are kept longer than the encoder keeps them, never shorter: an index that an encoder can use leads to the
//! right entry, or to one that is not known, and never to a wrong one.

use std::collections::VecDeque;
use std::sync::Arc;

use super::read::Text;

/// The most that is kept of one table, in bytes as RFC 7541 4.1 counts them.
pub(super) const MOST: u64 = 1 << 20;

/// The same while it is not known how large the encoder's table is. Browsers allow 64 KiB.
pub(super) const MOST_UNSURE: u64 = 64 << 10;

/// "The additional 32 octets account for an estimated overhead associated with an entry" (RFC 7541 4.1).
pub(super) const OVERHEAD: u64 = 32;

/// A name that several entries can have in common: an entry that takes its name from another costs its value only.
#[derive(Clone, Debug)]
pub(super) enum Name {
    Static(&'static [u8]),
    Kept(Arc<[u8]>),
}

impl Name {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Static(bytes) => bytes,
            Self::Kept(bytes) => bytes,
        }
    }
}

/// An entry; what is not known of it is `None`.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: Option<Name>,
    pub(super) value: Option<Box<[u8]>>,
    /// As RFC 7541 4.1 counts; too small where the name is not known.
    size: u64,
}

impl Entry {
    /// As RFC 7541 4.1 counts what is kept of it.
    fn kept(&self) -> u64 {
        let name = self.name.as_ref().map_or(0, |name| name.bytes().len());
        let value = self.value.as_ref().map_or(0, |value| value.len());
        OVERHEAD + name as u64 + value as u64
    }
}

/// What an index leads to.
pub(super) enum Look<'a> {
    Entry(&'a Entry),
    /// Something may be there, but nobody saw it.
    Unseen,
    /// There is no such entry.
    Absent,
}

/// The newest entries, the newest first.
#[derive(Debug)]
pub(super) struct Table {
    entries: VecDeque<Entry>,
    /// The sum of all entries' sizes.
    size: u64,
    /// The sum of what is kept.
    kept: u64,
    /// What the encoder keeps at most, where it is known.
    max: Option<u32>,
    /// Whether there may be entries behind those that are known.
    unseen: bool,
}

impl Table {
    /// An empty table that holds at most `max` bytes.
    pub(super) fn new(max: u32) -> Self {
        Self { entries: VecDeque::new(), size: 0, kept: 0, max: Some(max), unseen: false }
    }

    /// A table of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self { max: None, unseen: true, ..Self::new(0) }
    }

    /// What the encoder keeps at most, where it is known.
    pub(super) fn max(&self) -> Option<u32> {
        self.max
    }

    /// The entry with this index, the newest having 0.
    pub(super) fn look(&self, index: u32) -> Look<'_> {
        match self.entries.get(index as usize) {
            Some(entry) => Look::Entry(entry),
            None if self.unseen => Look::Unseen,
            None => Look::Absent,
        }
    }

    /// The encoder says how much it keeps from now on (RFC 7541 4.3).
    pub(super) fn resize(&mut self, max: u32) {
        self.max = Some(max);
        self.settle();
    }

    /// A new entry (RFC 7541 4.4). Its name may be that of an entry which has to go for it.
    pub(super) fn add(&mut self, name: Option<Name>, name_len: u64, value: Text<'_>) {
        let size = OVERHEAD + name_len + value.len;
        if self.max.is_some_and(|max| size > u64::from(max)) {
            // RFC 7541 4.4: "an attempt to add an entry larger than the maximum size causes the table to be
            // emptied of all existing entries and results in an empty table."
            let max = self.max.unwrap_or(0);
            self.entries.clear();
            (self.size, self.kept, self.max, self.unseen) = (0, 0, Some(max), false);
            return;
        }
        // The newest entry has to stay, at least as one that is not known: the others are counted from it.
        let entry = if size > self.room() {
            Entry { name: None, value: None, size }
        } else {
            Entry { name, value: value.bytes.map(Box::from), size }
        };
        self.size = self.size.saturating_add(size);
        self.kept += entry.kept();
        self.entries.push_front(entry);
        self.settle();
    }

    fn room(&self) -> u64 {
        if self.max.is_some() { MOST } else { MOST_UNSURE }
    }

    /// Lets go of the oldest entries: of those that the encoder let go of, and of those that are too many to keep.
    fn settle(&mut self) {
        if let Some(max) = self.max.map(u64::from) {
            // RFC 7541 4.3: "entries are evicted from the end of the dynamic table until the size of the dynamic
            // table is less than or equal to the maximum size." Those that nobody saw were the first to go.
            while self.size > max && self.pop() {
                self.unseen = false;
            }
            // Nor is there room for them where not even the smallest entry would fit.
            self.unseen &= self.size.saturating_add(OVERHEAD) <= max;
        }
        while self.kept > self.room() && self.pop() {
            self.unseen = true;
        }
    }

    fn pop(&mut self) -> bool {
        let Some(entry) = self.entries.pop_back() else { return false };
        self.size = self.size.saturating_sub(entry.size);
        self.kept = self.kept.saturating_sub(entry.kept());
        true
    }
}

#[cfg(test)]
impl Table {
    /// Number of entries, and their size.
    pub(super) fn extent(&self) -> (usize, u64) {
        (self.entries.len(), self.size)
    }

    /// What is kept.
    pub(super) fn weight(&self) -> u64 {
        assert_eq!(self.kept, self.entries.iter().map(Entry::kept).sum::<u64>());
        assert_eq!(self.size, self.entries.iter().map(|entry| entry.size).sum::<u64>());
        self.kept
    }
}
