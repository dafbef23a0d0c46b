//! The types of frames, and what each allows its header to say, as one table (RFC 9113 6).
//!
//! Knows the shape of a frame, and nothing of when one may be sent.

use core::fmt;

/// A frame type as it was on the wire; all 256 values can be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameKind(pub u8);

impl FrameKind {
    /// Content of a stream (RFC 9113 6.1).
    pub const DATA: Self = Self(0x0);
    /// Opens a stream, and carries the beginning of a field block (RFC 9113 6.2).
    pub const HEADERS: Self = Self(0x1);
    /// A priority by the scheme that RFC 9113 5.3 gave up (RFC 9113 6.3).
    pub const PRIORITY: Self = Self(0x2);
    /// Ends a stream at once (RFC 9113 6.4).
    pub const RST_STREAM: Self = Self(0x3);
    /// What the sender wants of its peer (RFC 9113 6.5).
    pub const SETTINGS: Self = Self(0x4);
    /// Announces a stream that the server will open (RFC 9113 6.6).
    pub const PUSH_PROMISE: Self = Self(0x5);
    /// Asks for an answer, or is one (RFC 9113 6.7).
    pub const PING: Self = Self(0x6);
    /// No further streams are taken (RFC 9113 6.8).
    pub const GOAWAY: Self = Self(0x7);
    /// More DATA may be sent (RFC 9113 6.9).
    pub const WINDOW_UPDATE: Self = Self(0x8);
    /// More of a field block (RFC 9113 6.10).
    pub const CONTINUATION: Self = Self(0x9);
    /// The origin can be reached elsewhere too (RFC 7838 4).
    pub const ALTSVC: Self = Self(0xA);
    /// Origins that the connection may be used for (RFC 8336 2).
    pub const ORIGIN: Self = Self(0xC);
    /// A priority by the scheme of RFC 9218 (RFC 9218 7.1).
    pub const PRIORITY_UPDATE: Self = Self(0x10);

    /// Its entry in [`KINDS`].
    pub fn shape(self) -> Option<&'static Shape> {
        let index = KINDS.binary_search_by_key(&self, |shape| shape.kind).ok()?;
        KINDS.get(index)
    }

    /// `DATA`, `HEADERS` and so on, or `unknown`.
    pub fn name(self) -> &'static str {
        self.shape().map_or("unknown", |shape| shape.name)
    }
}

impl fmt::Debug for FrameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#x})", self.name(), self.0)
    }
}

/// What a type of frame looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The type.
    pub kind: FrameKind,
    /// What it is called.
    pub name: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// The flags that have a meaning; the others "MUST be left unset (0x00) when sending" (RFC 9113 4.1).
    pub flags: &'static [Flag],
    /// Where it can stand.
    pub place: Place,
    /// How long its payload can be.
    pub length: Length,
}

impl Shape {
    /// The bits of all its flags.
    pub fn flag_bits(&self) -> u8 {
        self.flags.iter().fold(0, |bits, flag| bits | flag.bit)
    }
}

/// A flag of a type of frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its bit.
    pub bit: u8,
    /// What it is called.
    pub name: &'static str,
}

impl Flag {
    /// The last frame of its sender on this stream.
    pub const END_STREAM: Self = Self { bit: 0x01, name: "END_STREAM" };
    /// Answers a SETTINGS or PING.
    pub const ACK: Self = Self { bit: 0x01, name: "ACK" };
    /// The last frame of a field block.
    pub const END_HEADERS: Self = Self { bit: 0x04, name: "END_HEADERS" };
    /// The payload begins with the length of the padding at its end.
    pub const PADDED: Self = Self { bit: 0x08, name: "PADDED" };
    /// Five bytes of priority stand in front of the field block.
    pub const PRIORITY: Self = Self { bit: 0x20, name: "PRIORITY" };
}

/// Which stream identifiers a frame can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// That of a stream.
    Stream,
    /// 0, which is the connection.
    Connection,
    /// Both.
    Either,
}

impl Place {
    /// Whether a frame can stand on this stream.
    pub const fn allows(self, stream: u32) -> bool {
        match self {
            Self::Stream => stream != 0,
            Self::Connection => stream == 0,
            Self::Either => true,
        }
    }
}

/// How many bytes of payload a frame can have, without Pad Length and priority where flags add them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// So many.
    Exactly(u32),
    /// So many or more.
    AtLeast(u32),
    /// Any number of pieces of this length.
    Pieces(u32),
}

impl Length {
    /// Whether `len` is such a length.
    pub const fn allows(self, len: u32) -> bool {
        match self {
            Self::Exactly(exactly) => len == exactly,
            Self::AtLeast(least) => len >= least,
            Self::Pieces(piece) => len.is_multiple_of(piece),
        }
    }
}

const fn shape(
    kind: FrameKind,
    name: &'static str,
    reference: &'static str,
    place: Place,
    length: Length,
    flags: &'static [Flag],
) -> Shape {
    Shape { kind, name, reference, flags, place, length }
}

const BLOCK: &[Flag] = &[Flag::END_STREAM, Flag::END_HEADERS, Flag::PADDED, Flag::PRIORITY];

/// The types of frames, in rising order.
#[rustfmt::skip]
pub const KINDS: &[Shape] = &[
    shape(FrameKind::DATA,            "DATA",            "RFC 9113 6.1",  Place::Stream,     Length::AtLeast(0), &[Flag::END_STREAM, Flag::PADDED]),
    shape(FrameKind::HEADERS,         "HEADERS",         "RFC 9113 6.2",  Place::Stream,     Length::AtLeast(0), BLOCK),
    shape(FrameKind::PRIORITY,        "PRIORITY",        "RFC 9113 6.3",  Place::Stream,     Length::Exactly(5), &[]),
    shape(FrameKind::RST_STREAM,      "RST_STREAM",      "RFC 9113 6.4",  Place::Stream,     Length::Exactly(4), &[]),
    shape(FrameKind::SETTINGS,        "SETTINGS",        "RFC 9113 6.5",  Place::Connection, Length::Pieces(6),  &[Flag::ACK]),
    shape(FrameKind::PUSH_PROMISE,    "PUSH_PROMISE",    "RFC 9113 6.6",  Place::Stream,     Length::AtLeast(4), &[Flag::END_HEADERS, Flag::PADDED]),
    shape(FrameKind::PING,            "PING",            "RFC 9113 6.7",  Place::Connection, Length::Exactly(8), &[Flag::ACK]),
    shape(FrameKind::GOAWAY,          "GOAWAY",          "RFC 9113 6.8",  Place::Connection, Length::AtLeast(8), &[]),
    shape(FrameKind::WINDOW_UPDATE,   "WINDOW_UPDATE",   "RFC 9113 6.9",  Place::Either,     Length::Exactly(4), &[]),
    shape(FrameKind::CONTINUATION,    "CONTINUATION",    "RFC 9113 6.10", Place::Stream,     Length::AtLeast(0), &[Flag::END_HEADERS]),
    shape(FrameKind::ALTSVC,          "ALTSVC",          "RFC 7838 4",    Place::Either,     Length::AtLeast(2), &[]),
    shape(FrameKind::ORIGIN,          "ORIGIN",          "RFC 8336 2",    Place::Connection, Length::AtLeast(0), &[]),
    shape(FrameKind::PRIORITY_UPDATE, "PRIORITY_UPDATE", "RFC 9218 7.1",  Place::Connection, Length::AtLeast(4), &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Every known type is found under its number, and no other number has a name.
    #[test]
    fn rfc9113_6_types() {
        assert!(KINDS.windows(2).all(|pair| pair[0].kind < pair[1].kind));
        let known: Vec<u8> = (0..=u8::MAX).filter(|&value| FrameKind(value).shape().is_some()).collect();
        assert_eq!(known, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16]);
        assert_eq!(format!("{:?} {:?}", FrameKind::PING, FrameKind(0xB)), "PING(0x6) unknown(0xb)");
        assert_eq!(FrameKind::HEADERS.shape().map(Shape::flag_bits), Some(0x2D));
    }
}
