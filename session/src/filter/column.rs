//! A test that needs no more than a number of each row, done by the thousands.

use dissector::event::Part;

use super::field::{Column, Read};
use super::look::{Look, Memory};
use super::mask::{Mask, ROWS};
use super::memory::Completed;
use super::sieve::Of;
use super::test::{Comparison, Right, Test, What};
use super::value::{Literal, Value};
use crate::near::NearRows;
use crate::row::{FrameRow, MessageRow, PacketRow};
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

    /// Without a branch on the number: rows differ at random, and a wrong guess costs more than the test.
    fn pass(&self, number: u64) -> bool {
        let within = |(first, last): &(u64, u64)| number.wrapping_sub(*first) <= last.wrapping_sub(*first);
        self.ranges.iter().fold(false, |held, range| held | within(range)) != self.others
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
    look: &mut Look<'_>,
    test: &Test,
    of: Of,
    base: u32,
    among: &Mask,
) -> Option<(Mask, Mask)> {
    let Column { packet, frame, message } = test.left.field.column;
    if !test.left.field.column.any() {
        return None;
    }
    let passing = Passing::of(test)?;
    let snapshot = look.snapshot;
    let Memory { by_packet, near, .. } = &mut *look.memory;
    let told = Told { snapshot, passing, packet, frame, message };
    Some(match of {
        Of::Packets => match (packet, frame, &test.left.field.read) {
            (Some(column), ..) => {
                let rows = near.packets.chunk_at(&snapshot.packets, base);
                let tell =
                    |place: usize| Some(told.passing.pass(column(base + place as u32, *rows.get(place)?)));
                among.split(tell)
            }
            // What is said of connections holds for packets of their flow, whether they complete frames or not.
            (None, Some(column), Read::Frame(_)) => {
                let completed = by_packet.completed(snapshot, near, base..base.saturating_add(ROWS as u32));
                let tell = |index: u32, row: FrameRow| Says::of(Some(told.passing.pass(column(index, row))));
                of_their_frames(completed, base, among, tell, test.every)
            }
            (None, None, Read::Message(_)) => {
                let completed = by_packet.completed(snapshot, near, base..base.saturating_add(ROWS as u32));
                let tell = |_, row: FrameRow| {
                    // A packet has the messages that it completes.
                    let ends = matches!(row.part(), Part::Whole | Part::Last);
                    if ends && row.message().is_some() {
                        Says::of(told.of_frame(near, 0, row))
                    } else {
                        Says::None
                    }
                };
                of_their_frames(completed, base, among, tell, test.every)
            }
            _ => return None,
        },
        Of::Frames => {
            let mut rows = std::mem::take(&mut near.frames);
            let all = rows.chunk_at(&snapshot.frames, base);
            let split = among.split(|place| told.of_frame(near, base + place as u32, *all.get(place)?));
            near.frames = rows;
            split
        }
        Of::Messages => {
            let mut rows = std::mem::take(&mut near.messages);
            let all = rows.chunk_at(&snapshot.messages, base);
            let split = among.split(|place| told.of_message(near, base + place as u32, *all.get(place)?));
            near.messages = rows;
            split
        }
        Of::Deliveries | Of::Findings => return None,
    })
}

/// What a frame says of a test for the packet that it is of.
enum Says {
    Passes,
    Fails,
    /// More must be looked at than rows.
    Open,
    /// Nothing: it has no value.
    None,
}

impl Says {
    const fn of(held: Option<bool>) -> Self {
        match held {
            Some(true) => Self::Passes,
            Some(false) => Self::Fails,
            None => Self::Open,
        }
    }
}

/// What rows tell of one test.
struct Told<'a> {
    snapshot: &'a Snapshot,
    passing: Passing,
    packet: Option<fn(u32, PacketRow) -> u64>,
    frame: Option<fn(u32, FrameRow) -> u64>,
    message: Option<fn(u32, FrameRow) -> u64>,
}

impl Told<'_> {
    /// Whether a frame passes; nothing where more must be looked at than rows.
    fn of_frame(&self, near: &mut NearRows, index: u32, row: FrameRow) -> Option<bool> {
        match (self.frame, self.message) {
            (Some(column), _) => Some(self.passing.pass(column(index, row))),
            (None, Some(column)) => {
                let Some(message) = row.message() else { return Some(false) };
                let plain = near.messages.row(&self.snapshot.messages, message.index())?.plain();
                plain.then(|| self.passing.pass(column(message.index(), row)))
            }
            (None, None) => self.of_packet_of(near, row),
        }
    }

    /// Whether a message passes: of one that is not plain, rows do not tell.
    fn of_message(&self, near: &mut NearRows, index: u32, row: MessageRow) -> Option<bool> {
        if !row.plain() {
            return None;
        }
        let first = row.first().index();
        let frame = near.frames.row(&self.snapshot.frames, first)?;
        match (self.frame, self.message) {
            (Some(column), _) => Some(self.passing.pass(column(first, frame))),
            (None, Some(column)) => Some(self.passing.pass(column(index, frame))),
            (None, None) => self.of_packet_of(near, frame),
        }
    }

    fn of_packet_of(&self, near: &mut NearRows, row: FrameRow) -> Option<bool> {
        if row.more() {
            return None;
        }
        let packet = near.packet_of(self.snapshot, row.extent())?.index();
        let row = near.packets.row(&self.snapshot.packets, packet)?;
        Some(self.passing.pass(self.packet?(packet, row)))
    }
}

/// The packets of `among` that pass by the frames that they complete, and those for which `tell` says nothing of one.
fn of_their_frames(
    completed: &[Completed],
    base: u32,
    among: &Mask,
    mut tell: impl FnMut(u32, FrameRow) -> Says,
    every: bool,
) -> (Mask, Mask) {
    let (mut passed, mut failed, mut open) = (Mask::NONE, Mask::NONE, Mask::NONE);
    for Completed { packet, frame, row } in completed {
        let held = match tell(*frame, *row) {
            Says::Passes => &mut passed,
            Says::Fails => &mut failed,
            Says::Open => &mut open,
            Says::None => continue,
        };
        held.set((packet - base) as usize);
    }
    let passed = if every { passed.without(&failed) } else { passed };
    (passed.without(&open).and(among), open.and(among))
}
