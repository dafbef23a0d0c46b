//! Finding: the next row that holds what is looked for, from where one stands, in either direction and once around.
//!
//! ```text
//! what was typed ─► Pattern ┐
//! the rows that are shown ──┼─► search ─► Hit: a row, and where in it
//! where one stands ─────────┘
//! ```
//! Plain data on whatever thread asks for it: knows no window, and neither who asks nor how often.

mod pattern;
mod row;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use crate::column;
use crate::content::Content;
use crate::snapshot::Snapshot;

pub use crate::filter::Of;

pub use self::pattern::{Kind, Mistake, Pattern};

/// What of a row is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Within {
    /// What it says: a message unmasked, joined and inflated, a frame's payload, a packet's captured bytes, a
    /// finding's sentence.
    #[default]
    Content,
    /// The lines of its tree: labels, names for filters, values; of a finding its code.
    Names,
}

/// The rows that are looked through, in the order in which they are shown.
#[derive(Clone, Debug)]
pub enum Rows {
    /// That many, all there are.
    All(u32),
    /// These, by their numbers among all.
    These(column::Rows<u32>),
    /// Those, of which the first ones were put into this order.
    Sorted(Arc<Vec<u32>>, Box<Rows>),
}

/// Where in a row something was found. Of one row, what stands further on is greater.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// The row as a whole.
    Row,
    /// In its content: where it begins, and where it ends.
    Content(usize, usize),
    /// A line of its tree, by its path.
    Line(Vec<usize>),
}

/// What is looked for, where, and from where on.
#[derive(Clone, Debug)]
pub struct Search {
    /// What is looked for.
    pub pattern: Pattern,
    /// What is looked through.
    pub of: Of,
    /// What of each row is looked at.
    pub within: Within,
    /// Which rows.
    pub rows: Rows,
    /// The place among those rows at which it begins.
    pub from: u64,
    /// What was found there before; what comes next lies behind it, or before it.
    pub after: Option<Spot>,
    /// Whether the rows are gone through upwards.
    pub up: bool,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its row, by its number among all.
    pub row: u32,
    /// Where in it.
    pub spot: Spot,
    /// Whether the search went around the end to come there.
    pub wrapped: bool,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This.
    Found(Hit),
    /// It is nowhere; that many rows could not be looked into: not captured whole, not inflated, too large.
    Nothing(u32),
    /// It was to end before its time.
    Cancelled,
}

impl Rows {
    /// How many.
    pub fn len(&self) -> u64 {
        match self {
            Self::All(count) => u64::from(*count),
            Self::These(rows) => u64::from(rows.len()),
            Self::Sorted(_, listed) => listed.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn row(&self, place: u64) -> Option<u32> {
        let at = u32::try_from(place).ok()?;
        match self {
            Self::All(count) => (at < *count).then_some(at),
            Self::These(rows) => rows.row(at),
            Self::Sorted(order, listed) => order.get(at as usize).copied().or_else(|| listed.row(place)),
        }
    }
}

/// Looks for the next hit. `goes_on` is told after each row which part of them was looked through, from 0 to 1, and
/// says whether there is still somebody who wants to know.
pub fn search(
    snapshot: &Snapshot,
    content: &mut Content,
    search: &Search,
    goes_on: &mut dyn FnMut(f32) -> bool,
) -> Outcome {
    let count = search.rows.len();
    let mut left_out = 0;
    if count == 0 {
        return Outcome::Nothing(0);
    }
    let from = search.from.min(count - 1);
    // The row one stands on is looked at twice: beyond the place, and at the very end before it.
    for step in 0..=count {
        let place = if search.up { (from + count - step % count) % count } else { (from + step) % count };
        let wrapped = step > 0 && if search.up { place >= from } else { place <= from };
        let Some(row) = search.rows.row(place) else { continue };
        let bound = search.after.as_ref().filter(|_| step == 0);
        match row::look(snapshot, content, search, row, bound) {
            Ok(Some(spot)) => return Outcome::Found(Hit { row, spot, wrapped }),
            Ok(None) => {}
            Err(_) if step < count => left_out += 1,
            Err(_) => {}
        }
        if !goes_on((step + 1) as f32 / (count + 1) as f32) {
            return Outcome::Cancelled;
        }
    }
    Outcome::Nothing(left_out)
}

impl Spot {
    fn of(range: Range<usize>) -> Self {
        Self::Content(range.start, range.end)
    }
}
