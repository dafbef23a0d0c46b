//! A test that needs no more than a number of each row, done by the thousands.

use super::mask::Mask;
use super::sieve::Of;
use super::test::{Comparison, Right, Test, What};
use super::value::{Literal, Value};
use crate::row::FrameRow;
use crate::snapshot::Snapshot;

/// The numbers that pass.
pub(super) struct Passing {
    ranges: Vec<(u64, u64)>,
    /// Whether those pass that are in no range.
    others: bool,
}

impl Passing {
    /// What passes a test, where that can be said in numbers.
    fn of(test: &Test) -> Option<Self> {
        if !test.left.steps.is_empty() {
            return None;
        }
        let (ranges, others) = match &test.what {
            What::Present => (vec![(0, u64::MAX)], false),
            What::Compared(comparison, Right::Literal(literal)) => {
                let number = number(literal)?;
                match comparison {
                    Comparison::Equal => (range(number, number), false),
                    Comparison::NotEqual => (range(number, number), true),
                    Comparison::Less => (range(0, number.checked_sub(1)?), false),
                    Comparison::LessOrEqual => (range(0, number), false),
                    Comparison::Greater => (range(number.checked_add(1)?, i128::MAX), false),
                    Comparison::GreaterOrEqual => (range(number, i128::MAX), false),
                }
            }
            What::Within(members) => {
                let mut ranges = Vec::new();
                for (first, last) in members {
                    let first = number(first)?;
                    ranges.extend(range(first, last.as_ref().map_or(Some(first), number)?));
                }
                (ranges, false)
            }
            _ => return None,
        };
        Some(Self { ranges, others })
    }

    fn pass(&self, number: u64) -> bool {
        self.ranges.iter().any(|(first, last)| *first <= number && number <= *last) != self.others
    }
}

fn number(literal: &Literal) -> Option<i128> {
    match literal {
        Literal::Value(Value::Number(number)) => Some(*number),
        Literal::Value(Value::Flag(flag)) => Some(i128::from(*flag)),
        _ => None,
    }
}

/// A range as far as a row's numbers go.
fn range(first: i128, last: i128) -> Vec<(u64, u64)> {
    let (first, last) = (first.max(0), last.min(u64::MAX.into()));
    if first > last { Vec::new() } else { vec![(first as u64, last as u64)] }
}

/// Those of `among` that pass a test, where columns tell; and those that must be looked at one by one.
pub(super) fn sift(
    snapshot: &Snapshot,
    test: &Test,
    of: Of,
    base: u32,
    among: &Mask,
) -> Option<(Mask, Mask)> {
    let column = test.left.field.column;
    let mut passed = Mask::NONE;
    let mut rest = Mask::NONE;
    match (of, column.packet, column.frame) {
        (Of::Packets, Some(column), _) => {
            let passing = Passing::of(test)?;
            for (place, row) in snapshot.packets.pieces_from(base).next()?.iter().enumerate() {
                if passing.pass(column(base + place as u32, *row)) {
                    passed.set(place);
                }
            }
        }
        (Of::Frames, _, Some(column)) => {
            let passing = Passing::of(test)?;
            for (place, row) in snapshot.frames.pieces_from(base).next()?.iter().enumerate() {
                if passing.pass(column(base + place as u32, *row)) {
                    passed.set(place);
                }
            }
        }
        (Of::Messages, _, Some(column)) => {
            let passing = Passing::of(test)?;
            for (place, row) in snapshot.messages.pieces_from(base).next()?.iter().enumerate() {
                let first = row.first().index();
                if !row.plain() {
                    rest.set(place);
                } else if snapshot
                    .frames
                    .row(first)
                    .is_some_and(|row: FrameRow| passing.pass(column(first, row)))
                {
                    passed.set(place);
                }
            }
        }
        _ => return None,
    }
    Some((passed.and(among), rest.and(among)))
}
