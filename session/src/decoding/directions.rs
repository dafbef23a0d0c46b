//! What is remembered of directions of connections, of the first that ask for it and no more than [`KEPT`] at a time.

use std::collections::HashMap;

use dissector::ids::{ConnectionId, Side};

/// Whose direction it is.
pub(super) type Key = (ConnectionId, Side);

/// Directions that are remembered.
const KEPT: usize = 64;

/// Something of each direction.
#[derive(Debug)]
pub(super) struct Directions<T>(pub(super) HashMap<Key, T>);

impl<T> Default for Directions<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Directions<T> {
    /// That of one direction, made where there is none; another one may be forgotten for it.
    pub(super) fn of(&mut self, key: Key, make: impl FnOnce() -> T) -> &mut T {
        // Which one leaves changes no result, only what reading costs.
        if self.0.len() >= KEPT
            && !self.0.contains_key(&key)
            && let Some(any) = self.0.keys().next().copied()
        {
            self.0.remove(&any);
        }
        self.0.entry(key).or_insert_with(make)
    }
}
