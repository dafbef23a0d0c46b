//! What becomes of one connection's segments between sender and capture: lost, sent twice, overtaken.
//!
//! Says what happens to a segment and keeps what comes later; writes nothing itself.

use serde_json::{Value, json};

use super::{Flags, Random, SEGMENT};

/// How often each of them happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damages {
    /// Segments that were never captured, although they arrived.
    pub lost: u64,
    /// Their bytes.
    pub lost_bytes: u64,
    /// Segments that were captured again, a few segments later.
    pub duplicated: u64,
    /// Segments that a few of the same direction have overtaken.
    pub reordered: u64,
    /// Segments that begin with bytes that were captured before.
    pub overlapping: u64,
}

impl Damages {
    /// Those of another connection too.
    pub const fn add(&mut self, other: &Self) {
        self.lost += other.lost;
        self.lost_bytes += other.lost_bytes;
        self.duplicated += other.duplicated;
        self.reordered += other.reordered;
        self.overlapping += other.overlapping;
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "lost": self.lost,
            "lost_bytes": self.lost_bytes,
            "duplicated": self.duplicated,
            "reordered": self.reordered,
            "overlapping": self.overlapping,
        })
    }
}

/// What happens to a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Captured,
    Lost,
    Twice,
    Overlapping,
    Late,
}

/// A segment that comes later.
pub(super) struct Held {
    pub(super) seq: u32,
    pub(super) flags: Flags,
    pub(super) bytes: Vec<u8>,
    /// Segments of the same direction that come before it.
    wait: u32,
    /// Whether it was captured before.
    again: bool,
}

/// A connection whose segments are treated badly.
pub(super) struct Damage {
    random: Random,
    counts: Damages,
    held: [Option<Held>; 2],
    /// The last segment of each side, where it was captured in its turn.
    last: [Vec<u8>; 2],
}

impl Damage {
    /// That of the connection with this number.
    pub(super) fn new(number: u32) -> Self {
        let random = Random::new(u64::from(number) << 32 | 0xda3a9e);
        Self { random, counts: Damages::default(), held: [None, None], last: Default::default() }
    }

    pub(super) const fn counts(&self) -> Damages {
        self.counts
    }

    /// What happens to the next segment of a side, of which there are so many bytes: each of four things to one in a
    /// hundred.
    pub(super) fn fate(&mut self, side: usize, len: usize) -> Fate {
        let fate = match self.random.below(100) {
            0 => Fate::Lost,
            1 if self.held[side].is_none() => Fate::Twice,
            2 if !self.last[side].is_empty() && len < SEGMENT => Fate::Overlapping,
            3 if self.held[side].is_none() => Fate::Late,
            _ => Fate::Captured,
        };
        match fate {
            Fate::Captured => {}
            Fate::Lost => {
                self.counts.lost += 1;
                self.counts.lost_bytes += len as u64;
            }
            Fate::Twice => self.counts.duplicated += 1,
            Fate::Overlapping => self.counts.overlapping += 1,
            Fate::Late => self.counts.reordered += 1,
        }
        fate
    }

    /// The last segment of this side was captured in its turn, or it was not.
    pub(super) fn passed(&mut self, side: usize, bytes: Option<&[u8]>) {
        self.last[side].clear();
        self.last[side].extend_from_slice(bytes.unwrap_or_default());
    }

    /// The second half of the last segment, or as much of it as there is room for.
    pub(super) fn tail(&self, side: usize, room: usize) -> &[u8] {
        let last = &self.last[side];
        &last[last.len() - last.len().div_ceil(2).min(room)..]
    }

    /// A segment comes after one to three others, `again` or for the first time.
    pub(super) fn hold(&mut self, side: usize, seq: u32, flags: Flags, bytes: &[u8], again: bool) {
        let wait = 1 + self.random.below(3) as u32;
        self.held[side] = Some(Held { seq, flags, bytes: bytes.to_vec(), wait, again });
    }

    /// What the other side has received without a hole: up to a segment that has been overtaken.
    pub(super) fn received(&self, side: usize, all: u32) -> u32 {
        self.held[side].as_ref().filter(|held| !held.again).map_or(all, |held| held.seq)
    }

    /// A segment went by: whose turn it is now, if anybody's.
    pub(super) fn release(&mut self, side: usize, all: bool) -> Option<Held> {
        let held = self.held[side].as_mut()?;
        held.wait = held.wait.saturating_sub(1);
        if held.wait > 0 && !all { None } else { self.held[side].take() }
    }
}
