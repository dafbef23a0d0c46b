//! Rows that are printed once, although the capture is gone through again because keys came for what went by.
//!
//! In another pass every number but a packet's may be another, so a row is known by its place in the traffic.

use std::collections::HashMap;

use session::Snapshot;
use session::dissector::ids::{PacketId, Side};

/// Where in the traffic a row is. Streams within one connection may share a place, which is why rows are counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// Where its last byte is.
    pub(crate) packet: PacketId,
    pub(crate) side: Side,
    /// Where its first byte is in the side's stream.
    pub(crate) at: u64,
}

/// What was printed.
#[derive(Default)]
pub(crate) struct Once {
    /// Nothing is kept where there is no other pass.
    again: bool,
    generation: u32,
    rows: HashMap<Place, Times>,
}

#[derive(Clone, Copy, Default)]
struct Times {
    printed: u32,
    /// In this pass.
    met: u32,
}

impl Once {
    /// `again`: whether there may be another pass.
    pub(crate) fn new(again: bool) -> Self {
        Self { again, ..Self::default() }
    }

    /// Whether this snapshot is of another pass than the one before, so that all rows come anew.
    pub(crate) fn anew(&mut self, snapshot: &Snapshot) -> bool {
        let anew = snapshot.generation != self.generation;
        if anew {
            self.generation = snapshot.generation;
            self.rows.values_mut().for_each(|times| times.met = 0);
        }
        anew
    }

    /// Whether this row was not printed yet; from now on it was.
    pub(crate) fn first(&mut self, place: Place) -> bool {
        if !self.again {
            return true;
        }
        let times = self.rows.entry(place).or_default();
        times.met += 1;
        let first = times.met > times.printed;
        times.printed = times.printed.max(times.met);
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second pass prints what is new in it, also where two rows share a place.
    #[test]
    fn a_row_is_printed_once() {
        let place = |at| Place { packet: PacketId::new(1), side: Side::Client, at };
        let mut once = Once::new(true);
        assert!(once.first(place(0)) && once.first(place(0)) && once.first(place(7)));
        once.rows.values_mut().for_each(|times| times.met = 0);
        assert!(!once.first(place(0)) && !once.first(place(0)) && once.first(place(0)));
        assert!(once.first(place(9)) && !once.first(place(7)));
    }
}
