//! What stands in the payloads of frames (RFC 9113 6).
//!
//! ```text
//!  [pad length 1] [priority 5 | promised stream 4] content … [padding]
//! ```
//! A payload may be cut short, and a view then tells what is there. Knows no field blocks, which are content here.

use crate::http2::frame::FrameHeader;
use crate::http2::kind::{Flag, FrameKind};
use crate::http2::names::{ErrorCode, Setting};

/// Where the content of a payload lies: what is left of DATA, HEADERS and PUSH_PROMISE without padding and
/// without the fields in front, and the whole payload of all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Offset of the content in the payload.
    pub at: u32,
    /// Bytes of content.
    pub len: u32,
    /// Bytes of padding behind it as Pad Length says, where there is one.
    pub pad_len: Option<u8>,
    /// Why there is no content, where the lengths contradict each other.
    pub misfit: Option<Misfit>,
}

/// A payload that cannot hold what it says it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It is too short for the fields in front of the content: a FRAME_SIZE_ERROR (RFC 9113 4.2).
    Fields,
    /// The padding is longer than what is left for it: a PROTOCOL_ERROR (RFC 9113 6.1, 6.2, 6.6).
    Padding,
}

impl Parts {
    /// Where the parts lie, from the header and the payload's first byte. Nothing where Pad Length is wanted and
    /// `start` is empty, although the payload is not.
    pub fn of(header: &FrameHeader, start: &[u8]) -> Option<Self> {
        let front = header.added() + if header.kind == FrameKind::PUSH_PROMISE { 4 } else { 0 };
        let pad_len = match (header.has(Flag::PADDED) && header.len > 0, start.first()) {
            (false, _) => None,
            (true, Some(&len)) => Some(len),
            (true, None) => return None,
        };
        let without = |misfit| Self { at: header.len, len: 0, pad_len, misfit: Some(misfit) };
        let Some(room) = header.len.checked_sub(front) else { return Some(without(Misfit::Fields)) };
        // RFC 9113 6.1: "If the length of the padding is the length of the frame payload or greater, the
        // recipient MUST treat this as a connection error".
        let Some(len) = room.checked_sub(pad_len.unwrap_or(0).into()) else {
            return Some(without(Misfit::Padding));
        };
        Some(Self { at: front, len, pad_len, misfit: None })
    }

    /// The content; of a payload that is cut, what is there of it.
    pub fn content<'a>(&self, payload: &'a [u8]) -> &'a [u8] {
        let (_, rest) = split(payload, self.at);
        split(rest, self.len).0
    }

    /// What stands behind the content: padding, which a sender has to set to zero (RFC 9113 6.1).
    pub fn padding<'a>(&self, payload: &'a [u8]) -> &'a [u8] {
        split(payload, self.at.saturating_add(self.len)).1
    }
}

/// The first `at` bytes and the rest; all bytes and nothing where there are fewer.
fn split(bytes: &[u8], at: u32) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at as usize).unwrap_or((bytes, &[]))
}

/// The priority of HEADERS or PRIORITY (RFC 9113 6.3); RFC 9113 5.3.2 does away with what it meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priority {
    /// Whether it is the only one that depends on `dependency`.
    pub exclusive: bool,
    /// The stream that it depends on.
    pub dependency: u32,
    /// 1 to 256; on the wire stands one less.
    pub weight: u16,
}

impl Priority {
    /// The priority of a frame that has one.
    pub fn of(header: &FrameHeader, payload: &[u8]) -> Option<Self> {
        let at = match header.kind {
            FrameKind::PRIORITY => 0,
            FrameKind::HEADERS if header.has(Flag::PRIORITY) => usize::from(header.has(Flag::PADDED)),
            _ => return None,
        };
        let (stream, rest) = payload.get(at..)?.split_first_chunk::<4>()?;
        let stream = u32::from_be_bytes(*stream);
        Some(Self {
            exclusive: stream >> 31 != 0,
            dependency: stream & STREAM,
            weight: u16::from(*rest.first()?) + 1,
        })
    }
}

/// The stream that a PUSH_PROMISE announces (RFC 9113 6.6).
pub fn promised(header: &FrameHeader, payload: &[u8]) -> Option<u32> {
    if header.kind != FrameKind::PUSH_PROMISE {
        return None;
    }
    let stream = payload.get(usize::from(header.has(Flag::PADDED))..)?;
    Some(word(stream)? & STREAM)
}

/// What a SETTINGS frame sets, in order; a setting that is not whole is left out (RFC 9113 6.5.1).
pub fn settings(payload: &[u8]) -> impl Iterator<Item = (Setting, u32)> {
    let (whole, _) = payload.as_chunks::<6>();
    whole
        .iter()
        .map(|&[a, b, c, d, e, f]| (Setting(u16::from_be_bytes([a, b])), u32::from_be_bytes([c, d, e, f])))
}

/// Why an RST_STREAM ends its stream (RFC 9113 6.4).
pub fn reset(payload: &[u8]) -> Option<ErrorCode> {
    word(payload).map(ErrorCode)
}

/// How many bytes more a WINDOW_UPDATE allows; 0 is an error of its sender (RFC 9113 6.9).
pub fn increment(payload: &[u8]) -> Option<u32> {
    Some(word(payload)? & STREAM)
}

/// The payload of a GOAWAY (RFC 9113 6.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoAway<'a> {
    /// The highest stream of the peer that its sender might act on.
    pub last: u32,
    /// Why the connection ends.
    pub code: ErrorCode,
    /// Words for people who look for faults.
    pub debug: &'a [u8],
}

impl<'a> GoAway<'a> {
    /// Reads a payload; nothing where it has fewer than eight bytes.
    pub fn parse(payload: &'a [u8]) -> Option<Self> {
        let (last, rest) = payload.split_first_chunk::<4>()?;
        let (code, debug) = rest.split_first_chunk::<4>()?;
        let code = ErrorCode(u32::from_be_bytes(*code));
        Some(Self { last: u32::from_be_bytes(*last) & STREAM, code, debug })
    }
}

/// The bits of a stream identifier, and of an increment; the one above them is reserved or another field.
const STREAM: u32 = u32::MAX >> 1;

fn word(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(len: u32, kind: FrameKind, flags: u8) -> FrameHeader {
        FrameHeader { len, kind, flags, stream: 1, reserved: false }
    }

    fn parts(kind: FrameKind, flags: u8, payload: &[u8]) -> Parts {
        Parts::of(&header(payload.len() as u32, kind, flags), payload).unwrap()
    }

    /// DATA with and without padding, and with padding that leaves nothing or does not fit.
    #[test]
    fn rfc9113_6_1_padding() {
        let plain = parts(FrameKind::DATA, 0, b"\x03hello");
        assert_eq!((plain.content(b"\x03hello"), plain.pad_len), (&b"\x03hello"[..], None));
        let payload = b"\x03hello\0\0\0";
        let padded = parts(FrameKind::DATA, 8, payload);
        assert_eq!((padded.content(payload), padded.padding(payload)), (&b"hello"[..], &[0; 3][..]));
        assert_eq!(padded, Parts { at: 1, len: 5, pad_len: Some(3), misfit: None });
        let only = parts(FrameKind::DATA, 8, &[2, 0, 0]);
        assert_eq!(only, Parts { at: 1, len: 0, pad_len: Some(2), misfit: None });
        let over = parts(FrameKind::DATA, 8, &[3, 0, 0]);
        assert_eq!(over, Parts { at: 3, len: 0, pad_len: Some(3), misfit: Some(Misfit::Padding) });
        assert!(over.content(&[3, 0, 0]).is_empty() && over.padding(&[3, 0, 0]).is_empty());
        let none = parts(FrameKind::DATA, 8, &[]);
        assert_eq!(none, Parts { at: 0, len: 0, pad_len: None, misfit: Some(Misfit::Fields) });
    }

    /// A payload that comes in pieces: the first byte is enough, and none is too few.
    #[test]
    fn rfc9113_6_1_from_the_first_byte() {
        let whole = header(1000, FrameKind::DATA, 8);
        assert_eq!(Parts::of(&whole, &[]), None);
        let parts = Parts::of(&whole, &[99, 1, 2]).unwrap();
        assert_eq!((parts.at, parts.len), (1, 900));
        assert_eq!(parts.content(&[99, 1, 2]), [1, 2]);
        assert!(Parts::of(&header(1000, FrameKind::DATA, 0), &[]).is_some());
    }

    /// HEADERS with everything in front.
    #[test]
    fn rfc9113_6_2_priority_and_padding() {
        let payload = b"\x01\x80\0\0\x03\xFFblock\0";
        let header = header(payload.len() as u32, FrameKind::HEADERS, 0x2C);
        let parts = Parts::of(&header, payload).unwrap();
        assert_eq!(parts.content(payload), b"block");
        let priority = Priority { exclusive: true, dependency: 3, weight: 256 };
        assert_eq!(Priority::of(&header, payload), Some(priority));
        assert_eq!(Priority::of(&header, &payload[..5]), None);
        assert_eq!(Priority::of(&FrameHeader { flags: 0x0C, ..header }, payload), None);
        // Padding may not reach into the priority: five bytes of it and one of Pad Length leave none.
        let short = Parts::of(&FrameHeader { len: 6, ..header }, payload).unwrap();
        assert_eq!(short.misfit, Some(Misfit::Padding));
        let short = Parts::of(&FrameHeader { len: 5, ..header }, payload).unwrap();
        assert_eq!(short.misfit, Some(Misfit::Fields));
    }

    /// The stream of a promise is no part of its field block.
    #[test]
    fn rfc9113_6_6_promise() {
        let payload = b"\x01\x80\0\0\x02block\0";
        let promise = header(payload.len() as u32, FrameKind::PUSH_PROMISE, 0x0C);
        assert_eq!(promised(&promise, payload), Some(2));
        assert_eq!(Parts::of(&promise, payload).unwrap().content(payload), b"block");
        assert_eq!(promised(&promise, &payload[..4]), None);
        assert_eq!(promised(&header(9, FrameKind::HEADERS, 0), payload), None);
    }

    /// The fields of the other frames, and too few bytes for them.
    #[test]
    fn rfc9113_6_3_to_6_9_fields() {
        let priority = Priority { exclusive: false, dependency: 11, weight: 8 };
        assert_eq!(Priority::of(&header(5, FrameKind::PRIORITY, 0), &[0, 0, 0, 11, 7]), Some(priority));
        let payload = [0, 1, 0, 0, 0x10, 0, 0, 8, 0, 0, 0, 1, 0xFF];
        let set: Vec<_> = settings(&payload).collect();
        assert_eq!(set, [(Setting::HEADER_TABLE_SIZE, 4096), (Setting::ENABLE_CONNECT_PROTOCOL, 1)]);
        assert_eq!(reset(&[0, 0, 0, 8]), Some(ErrorCode::CANCEL));
        assert_eq!(reset(&[0, 0, 8]), None);
        assert_eq!(increment(&[0xFF; 4]), Some(u32::MAX >> 1));
        let away = GoAway { last: 5, code: ErrorCode::HTTP_1_1_REQUIRED, debug: b"old" };
        assert_eq!(GoAway::parse(b"\x80\0\0\x05\0\0\0\x0Dold"), Some(away));
        assert_eq!(GoAway::parse(b"\0\0\0\x05\0\0\0"), None);
    }
}
