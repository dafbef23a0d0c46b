//! Where packets begin and end in a direction's messages: the packet that a message begins in the middle of.
//!
//! Looks back no further than [`BACK`] messages and [`BYTES`] bytes. Where the connection's start is not within reach,
//! the earliest message from which every header behind it is one of MQTT is taken for a beginning.

use super::super::input::Input;
use super::super::read::{Reader, Varint};

/// Messages that are looked back to.
const BACK: usize = 256;
/// Bytes that are looked back to, and the longest packet that is put together.
const BYTES: usize = 1 << 20;

/// The packet that is open where a message begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Open {
    /// What came of it before.
    pub(super) bytes: Vec<u8>,
    /// Whether its beginning was not found.
    pub(super) lost: bool,
}

/// The fixed header of a packet (MQTT 5.0, 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fixed {
    /// The packet's type.
    pub(super) kind: u8,
    /// The four bits beside it.
    pub(super) flags: u8,
    /// Remaining Length.
    pub(super) len: usize,
    /// Bytes of the header itself.
    pub(super) header: usize,
}

/// What bytes begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A header.
    Header(Fixed),
    /// The beginning of one.
    Short,
    /// None: the clause says why.
    Wrong(&'static str),
}

pub(super) fn start(bytes: &[u8], version: u8) -> Start {
    let mut reader = Reader::new(bytes);
    let Some(first) = reader.u8() else { return Start::Short };
    let (kind, flags) = (first >> 4, first & 0xf);
    // MQTT 5.0, table 2-2: flags of other packets are reserved, each with a value that must be there.
    let right = match kind {
        0 => return Start::Wrong("packet type 0 is reserved"),
        15 if version < 5 => return Start::Wrong("packet type 15 is reserved before MQTT 5"),
        3 => flags & 0b110 != 0b110,
        6 | 8 | 10 => flags == 2 || version < 4 && flags & 0b110 == 0b010,
        _ => flags == 0,
    };
    if !right {
        return Start::Wrong("reserved flags of the fixed header");
    }
    // MQTT 5.0, 1.5.5: four bytes at most.
    let len = match reader.varint(4) {
        Varint::Done(len) => len as usize,
        Varint::Short => return Start::Short,
        Varint::TooLong => return Start::Wrong("a Remaining Length of more than four bytes"),
    };
    let least = match kind {
        1 => 10,
        2 | 4..=7 | 11 => 2,
        3 | 9 => 3,
        8 | 10 => 5,
        _ => 0,
    };
    if len < least || matches!(kind, 12 | 13) && len > 0 {
        return Start::Wrong("a Remaining Length that this packet cannot have");
    }
    Start::Header(Fixed { kind, flags, len, header: reader.at() })
}

/// Goes on from a packet's beginning: leaves in `open` what the bytes end in the middle of. False where a header is none.
fn roll(open: &mut Vec<u8>, bytes: &[u8], version: u8) -> bool {
    open.extend_from_slice(bytes);
    let mut at = 0;
    let good = loop {
        let rest = open.get(at..).unwrap_or_default();
        match start(rest, version) {
            Start::Header(fixed) if fixed.header + fixed.len <= rest.len() => at += fixed.header + fixed.len,
            Start::Header(_) | Start::Short => break true,
            Start::Wrong(_) => break false,
        }
    };
    open.drain(..at.min(open.len()));
    good
}

/// The packet that is open where a message begins.
pub(super) fn open(input: &Input<'_>, version: u8) -> Open {
    let mut earlier = Vec::new();
    let (mut total, mut from_start) = (0, false);
    while earlier.len() < BACK && total < BYTES {
        let Some((_, bytes)) = input.earlier.before(earlier.len()) else {
            from_start = true;
            break;
        };
        let mut open = Vec::new();
        // A message of whole packets and nothing else: the next one begins with a packet.
        let whole = bytes.len() > 1 && roll(&mut open, &bytes, version) && open.is_empty();
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
        if behind.iter().all(|bytes| roll(&mut open, bytes, version)) {
            return Open { bytes: open, lost: false };
        }
        if from_start {
            break;
        }
    }
    let at_start = earlier.is_empty();
    Open { bytes: Vec::new(), lost: !at_start && !matches!(start(input.bytes(), version), Start::Header(_)) }
}
