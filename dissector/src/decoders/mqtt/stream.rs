//! Where packets begin and end in a direction's messages: the packet that a message begins in the middle of.

use super::super::input::Input;
use super::super::joined::{self, Open, Step};
use super::super::read::{Reader, Varint};

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

/// The packet that is open where a message begins.
pub(super) fn open(input: &Input<'_>, version: u8) -> Open {
    joined::open(input, &|bytes| match start(bytes, version) {
        Start::Header(fixed) if fixed.header + fixed.len <= bytes.len() => {
            Step::Whole(fixed.header + fixed.len)
        }
        Start::Header(_) => Step::Begun,
        Start::Short => Step::Short,
        Start::Wrong(_) => Step::Wrong,
    })
}
