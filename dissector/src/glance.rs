//! What one packet says by itself, found out before its turn: its TCP segment, and whole texts at its beginning.
//!
//! Knows no other packet, so any thread may look, and nothing that is said depends on who did. What a packet is in
//! its stream is found out in its turn; there, what was seen here saves a second look at the bytes.

use crate::link::{self, Segment};
use crate::packet::Packet;
use crate::websocket::header::{FrameHeader, Parsed};
use crate::websocket::mask::unmask_into;
use crate::websocket::opcode::Opcode;

/// What was seen of a packet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Glance {
    pub(crate) segment: Option<link::Placed>,
    /// How many of the frames seen are this packet's.
    texts: u16,
}

/// A frame that would be a whole text message, if a frame begins where it was looked for.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    pub(crate) header: FrameHeader,
    /// Bytes of the header.
    pub(crate) used: u8,
}

impl Text {
    /// Bytes of header and payload.
    #[inline]
    pub(crate) fn frame_len(&self) -> usize {
        // No payload is longer than `LONGEST`.
        usize::from(self.used) + self.header.payload_len as usize
    }
}

/// Looks at packets.
pub struct Scout {
    scratch: Box<[u8]>,
}

/// Payloads longer than this are left to their turn.
const LONGEST: usize = 16 * 1024;

impl Default for Scout {
    fn default() -> Self {
        Self { scratch: vec![0; LONGEST].into_boxed_slice() }
    }
}

impl Scout {
    /// Looks at a packet; the texts at the beginning of its payload are added to `texts`.
    #[inline(always)]
    pub fn look(&mut self, packet: &Packet<'_>, texts: &mut Vec<Text>) -> Glance {
        let segment = link::plain(packet);
        let mut seen = 0;
        if let Some(payload) = segment.map(|segment| segment.payload(packet.bytes)) {
            let mut rest = payload;
            while let Some((text, behind)) = self.text(rest).filter(|_| seen < u16::MAX) {
                texts.push(text);
                seen += 1;
                rest = behind;
            }
        }
        Glance { segment, texts: seen }
    }

    /// The frame at the beginning of `bytes`, where it is a whole, valid text, and what stands behind it.
    #[inline]
    fn text<'a>(&mut self, bytes: &'a [u8]) -> Option<(Text, &'a [u8])> {
        // FIN, no reserved bit, opcode 1 (RFC 6455 5.2).
        if bytes.first() != Some(&0x81) {
            return None;
        }
        let Parsed::Done { value: header, used } = FrameHeader::parse(bytes) else { return None };
        debug_assert!(header.fin && header.rsv == 0 && header.opcode == Opcode::TEXT);
        let len = usize::try_from(header.payload_len).ok().filter(|len| *len <= LONGEST)?;
        let (payload, behind) = bytes.get(used..)?.split_at_checked(len)?;
        let plain = match header.mask {
            None => payload,
            Some(key) => {
                let plain = self.scratch.get_mut(..len)?;
                unmask_into(payload, plain, key, 0);
                plain
            }
        };
        simdutf8::basic::from_utf8(plain).ok()?;
        Some((Text { header, used: used as u8 }, behind))
    }
}

impl Glance {
    /// How many texts were seen at the beginning of its payload.
    pub fn texts(&self) -> usize {
        self.texts.into()
    }

    /// The segment that was seen of a packet.
    #[inline]
    pub(crate) fn segment_of<'a>(&self, packet: &Packet<'a>) -> Option<Segment<'a>> {
        self.segment.as_ref().map(|segment| segment.of(packet))
    }
}
