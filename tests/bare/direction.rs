//! What one side of a connection sends, segment by segment: a head, then frames.

use dissector::websocket::header::{FrameHeader, Parsed};
use dissector::websocket::mask::unmask_into;
use dissector::websocket::opcode::Opcode;
use dissector::websocket::utf8::Utf8;

use super::Counts;

/// Where it stands.
#[derive(Default)]
pub(super) struct Direction {
    /// Whether the head of the handshake is over.
    upgraded: bool,
    /// The beginning of a header that the last segment broke off in.
    begun: [u8; FrameHeader::MAX_LEN],
    begun_len: u8,
    /// The frame that is open: its key, what came of it, and what is still to come.
    key: [u8; 4],
    seen: u64,
    left: u64,
    /// Text that goes over more than one segment or frame.
    text: Option<Utf8>,
}

impl Direction {
    /// Something of everything that a segment asks for.
    pub(super) fn look(&self) -> u64 {
        self.left ^ self.seen ^ u64::from(self.begun_len) ^ u64::from(self.text.is_some())
    }

    pub(super) fn segment(&mut self, mut bytes: &[u8], scratch: &mut Vec<u8>, counts: &mut Counts) {
        if !self.upgraded {
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return };
            bytes = &bytes[end + 4..];
            self.upgraded = true;
        }
        while !bytes.is_empty() {
            if self.left > 0 {
                bytes = self.payload(bytes, scratch, counts);
            } else if let Some(rest) = self.header(bytes, counts) {
                bytes = rest;
            } else {
                return;
            }
        }
    }

    /// Reads a header, and gives what is behind it; nothing where it goes on in the next segment.
    fn header<'a>(&mut self, bytes: &'a [u8], counts: &mut Counts) -> Option<&'a [u8]> {
        let before = usize::from(self.begun_len);
        let (parsed, joined);
        if before == 0 {
            parsed = FrameHeader::parse(bytes);
            joined = bytes.len();
        } else {
            joined = (before + bytes.len()).min(self.begun.len());
            self.begun[before..joined].copy_from_slice(&bytes[..joined - before]);
            parsed = FrameHeader::parse(&self.begun[..joined]);
        }
        let Parsed::Done { value, used } = parsed else {
            if before == 0 {
                self.begun[..joined].copy_from_slice(bytes);
            }
            self.begun_len = joined as u8;
            return None;
        };
        self.begun_len = 0;
        (self.key, self.seen, self.left) = (value.mask.unwrap_or_default(), 0, value.payload_len);
        counts.frames += 1;
        counts.payload += value.payload_len;
        counts.messages += u64::from(value.fin && value.opcode.0 < 8);
        if value.opcode == Opcode::TEXT {
            self.text = (value.rsv == 0).then(Utf8::default);
        } else if value.opcode.0 != 0 {
            self.text = None;
        }
        bytes.get(used - before..)
    }

    /// Takes as much as there is of the open frame's payload, and gives what is behind it.
    fn payload<'a>(&mut self, bytes: &'a [u8], scratch: &mut Vec<u8>, counts: &mut Counts) -> &'a [u8] {
        let (here, rest) = bytes.split_at(self.left.min(bytes.len() as u64) as usize);
        let plain = if self.key == [0; 4] {
            here
        } else {
            scratch.resize(scratch.len().max(here.len()), 0);
            unmask_into(here, scratch, self.key, self.seen);
            &scratch[..here.len()]
        };
        let whole = self.seen == 0 && self.left == here.len() as u64;
        if let Some(text) = &mut self.text {
            if whole {
                counts.invalid += u64::from(simdutf8::basic::from_utf8(plain).is_err());
            } else {
                text.feed(plain);
                let over = self.left == here.len() as u64;
                counts.invalid += u64::from(over && !text.finish().is_valid());
            }
        }
        self.seen += here.len() as u64;
        self.left -= here.len() as u64;
        rest
    }
}
