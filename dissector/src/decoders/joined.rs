//! Units of a protocol that stretch over messages: the one that a message begins in the middle of, found by a bounded
//! look back.
//!
//! Looks back no further than [`BACK`] messages and [`BYTES`] bytes. Where the connection's start is not within reach,
//! the earliest message from which everything behind it can be a unit is taken for a beginning.

use super::input::Input;

/// Messages that are looked back to.
const BACK: usize = 256;
/// Bytes that are looked back to, and the longest unit that is put together.
const BYTES: usize = 1 << 20;

/// The unit that is open where a message begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Open {
    /// What came of it before.
    pub(super) bytes: Vec<u8>,
    /// Whether its beginning was not found.
    pub(super) lost: bool,
}

/// What bytes begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A unit of so many bytes, at least one.
    Whole(usize),
    /// One that goes on.
    Begun,
    /// Too little to tell.
    Short,
    /// None.
    Wrong,
}

/// Goes on from a unit's beginning: leaves in `open` what the bytes end in the middle of. False where something is none.
fn roll(open: &mut Vec<u8>, bytes: &[u8], measure: &dyn Fn(&[u8]) -> Step) -> bool {
    open.extend_from_slice(bytes);
    let mut at = 0;
    let good = loop {
        match measure(open.get(at..).unwrap_or_default()) {
            Step::Whole(len) => at += len.max(1),
            Step::Begun | Step::Short => break true,
            Step::Wrong => break false,
        }
    };
    open.drain(..at.min(open.len()));
    good
}

/// The unit that is open where a message begins. `measure` takes no bytes for [`Step::Short`].
pub(super) fn open(input: &Input<'_>, measure: &dyn Fn(&[u8]) -> Step) -> Open {
    let mut earlier = Vec::new();
    let (mut total, mut from_start) = (0, false);
    while earlier.len() < BACK && total < BYTES {
        let Some((_, bytes)) = input.earlier.before(earlier.len()) else {
            from_start = true;
            break;
        };
        let mut open = Vec::new();
        // A message of whole units and nothing else: the next one begins with a unit.
        let whole = !bytes.is_empty() && roll(&mut open, &bytes, measure) && open.is_empty();
        if whole && earlier.is_empty() {
            return Open::default();
        }
        total += bytes.len();
        earlier.push(bytes);
        if whole {
            from_start = true;
            break;
        }
    }
    earlier.reverse();
    for first in 0..earlier.len() {
        let mut open = Vec::new();
        let behind = earlier.get(first..).unwrap_or_default();
        if behind.iter().all(|bytes| roll(&mut open, bytes, measure)) {
            return Open { bytes: open, lost: false };
        }
        if from_start {
            break;
        }
    }
    let begins = matches!(measure(input.bytes()), Step::Whole(_) | Step::Begun);
    Open { bytes: Vec::new(), lost: !earlier.is_empty() && !begins }
}
