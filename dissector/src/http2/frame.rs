//! A frame's header: the 9 bytes in front of its payload (RFC 9113 4.1).
//!
//! ```text
//!  l l l  k  f  s s s s    length of the payload, kind, flags, stream; the stream's first bit is reserved
//! ```
//! States what stands there; whether it may is a question that only [`FrameHeader::is_plausible`] looks at, for
//! those who search for a header.

use crate::http2::kind::{Flag, FrameKind};

/// A frame's header, bit for bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Bytes of payload, 24 bits.
    pub len: u32,
    /// What the frame is.
    pub kind: FrameKind,
    /// Its flags; what they mean depends on the kind.
    pub flags: u8,
    /// The stream, 31 bits; 0 is the connection.
    pub stream: u32,
    /// The bit in front of the stream, which "MUST remain unset (0x00) when sending and MUST be ignored when
    /// receiving".
    pub reserved: bool,
}

impl FrameHeader {
    /// Bytes of the header itself.
    pub const LEN: usize = 9;

    /// Reads the header at the start of `bytes`; nothing where there are fewer than nine.
    #[inline]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let &[a, b, c, kind, flags, d, e, f, g] = bytes.first_chunk::<{ Self::LEN }>()?;
        Some(Self {
            len: u32::from_be_bytes([0, a, b, c]),
            kind: FrameKind(kind),
            flags,
            stream: u32::from_be_bytes([d & 0x7F, e, f, g]),
            reserved: d & 0x80 != 0,
        })
    }

    /// The header as bytes. A length or stream with too many bits loses the upper ones.
    pub const fn write(&self) -> [u8; Self::LEN] {
        let [_, a, b, c] = self.len.to_be_bytes();
        let [d, e, f, g] = self.stream.to_be_bytes();
        [a, b, c, self.kind.0, self.flags, d & 0x7F | (self.reserved as u8) << 7, e, f, g]
    }

    /// Header and payload together.
    pub const fn frame_len(&self) -> u64 {
        Self::LEN as u64 + self.len as u64
    }

    /// Whether the flag is set, and this kind of frame has it.
    pub fn has(&self, flag: Flag) -> bool {
        self.flags & flag.bit != 0 && self.kind.shape().is_some_and(|shape| shape.flags.contains(&flag))
    }

    /// The sender is done with the stream: END_STREAM on DATA or HEADERS.
    pub fn ends_stream(&self) -> bool {
        self.has(Flag::END_STREAM)
    }

    /// The field block ends here: END_HEADERS on HEADERS, PUSH_PROMISE or CONTINUATION.
    pub fn ends_headers(&self) -> bool {
        self.has(Flag::END_HEADERS)
    }

    /// An answer: ACK on SETTINGS or PING.
    pub fn is_ack(&self) -> bool {
        self.has(Flag::ACK)
    }

    /// Whether these nine bytes look like what a proper sender writes, `max` being the greatest length that it
    /// may use. Receivers have to take more than this; it is for finding a header where none is known to be.
    pub fn is_plausible(&self, max: u32) -> bool {
        if self.len > max || self.reserved {
            return false;
        }
        let Some(shape) = self.kind.shape() else { return false };
        // RFC 9113 6.5: "Receipt of a SETTINGS frame with the ACK flag set and a length field value other
        // than 0 MUST be treated as a connection error".
        let length = match self.kind {
            FrameKind::SETTINGS if self.is_ack() => self.len == 0,
            _ => self.len.checked_sub(self.added()).is_some_and(|len| shape.length.allows(len)),
        };
        length && self.flags & !shape.flag_bits() == 0 && shape.place.allows(self.stream)
    }

    /// Bytes that flags put in front of the payload proper: Pad Length and priority.
    pub(super) fn added(&self) -> u32 {
        u32::from(self.has(Flag::PADDED)) + if self.has(Flag::PRIORITY) { 5 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http2::INITIAL_MAX_FRAME_SIZE;

    fn header(len: u32, kind: FrameKind, flags: u8, stream: u32) -> FrameHeader {
        FrameHeader { len, kind, flags, stream, reserved: false }
    }

    /// Each field in its place; the reserved bit is no part of the stream, and is known.
    #[test]
    fn rfc9113_4_1_fields() {
        let bytes = [0x01, 0x02, 0x03, 0x01, 0x25, 0x80, 0x00, 0x00, 0x07];
        let read = FrameHeader::parse(&bytes).unwrap();
        assert_eq!(read, FrameHeader { reserved: true, ..header(0x01_0203, FrameKind::HEADERS, 0x25, 7) });
        assert_eq!(read.write(), bytes);
        assert!(read.ends_stream() && read.ends_headers() && !read.is_ack());
        assert_eq!(FrameHeader::parse(&bytes[..8]), None);
        let all = FrameHeader::parse(&[0xFF; 9]).unwrap();
        assert_eq!((all.len, all.stream, all.write()), ((1 << 24) - 1, u32::MAX >> 1, [0xFF; 9]));
        assert_eq!(all.frame_len(), (1 << 24) + 8);
    }

    /// The same bit is END_STREAM here, ACK there, and nothing elsewhere.
    #[test]
    fn rfc9113_4_1_flags_depend_on_the_kind() {
        let with = |kind| header(0, kind, 0xFF, 0);
        assert!(with(FrameKind::DATA).ends_stream() && !with(FrameKind::DATA).is_ack());
        assert!(with(FrameKind::PING).is_ack() && !with(FrameKind::PING).ends_stream());
        assert!(with(FrameKind::CONTINUATION).ends_headers() && !with(FrameKind::CONTINUATION).ends_stream());
        assert!(!with(FrameKind::GOAWAY).is_ack() && !with(FrameKind(0x99)).ends_stream());
    }

    /// What senders write, and beside it what comes close.
    #[test]
    fn rfc9113_6_what_is_plausible() {
        use FrameKind as K;
        let proper = [
            header(0, K::DATA, 0x1, 1),
            header(16384, K::DATA, 0x8, 3),
            header(1, K::HEADERS, 0x5, 1),
            header(6, K::HEADERS, 0x2C, 1),
            header(5, K::PRIORITY, 0, 3),
            header(4, K::RST_STREAM, 0, 1),
            header(0, K::SETTINGS, 0x1, 0),
            header(0, K::SETTINGS, 0, 0),
            header(18, K::SETTINGS, 0, 0),
            header(5, K::PUSH_PROMISE, 0xC, 1),
            header(8, K::PING, 0x1, 0),
            header(8, K::GOAWAY, 0, 0),
            header(4, K::WINDOW_UPDATE, 0, 0),
            header(4, K::WINDOW_UPDATE, 0, 9),
            header(9, K::CONTINUATION, 0x4, 1),
            header(20, K::ALTSVC, 0, 0),
            header(20, K::ORIGIN, 0, 0),
            header(7, K::PRIORITY_UPDATE, 0, 0),
        ];
        for header in proper {
            assert!(header.is_plausible(INITIAL_MAX_FRAME_SIZE), "{header:?}");
        }
        let improper = [
            header(16385, K::DATA, 0, 1),
            header(0, K::DATA, 0, 0),
            header(0, K::DATA, 0x8, 1),
            header(0, K::DATA, 0x4, 1),
            header(5, K::HEADERS, 0x2C, 1),
            header(6, K::PRIORITY, 0, 3),
            header(5, K::RST_STREAM, 0, 1),
            header(6, K::SETTINGS, 0x1, 0),
            header(7, K::SETTINGS, 0, 0),
            header(6, K::SETTINGS, 0, 1),
            header(4, K::PUSH_PROMISE, 0xC, 1),
            header(7, K::PING, 0, 0),
            header(8, K::PING, 0, 1),
            header(7, K::GOAWAY, 0, 0),
            header(0, K::WINDOW_UPDATE, 0, 1),
            header(9, K::CONTINUATION, 0x1, 1),
            header(8, FrameKind(0xB), 0, 0),
            FrameHeader { reserved: true, ..header(0, K::DATA, 0, 1) },
        ];
        for header in improper {
            assert!(!header.is_plausible(INITIAL_MAX_FRAME_SIZE), "{header:?}");
        }
    }
}
