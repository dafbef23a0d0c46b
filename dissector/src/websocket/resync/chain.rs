//! A chain of headers, each of which says where the next one must be, and what it is evidence of.

use crate::websocket::header::{FrameHeader, Parsed};
use crate::websocket::mask::unmask_into;
use crate::websocket::opcode::Opcode;
use crate::websocket::utf8::{Utf8, Verdict};

/// A chain of headers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    pub(super) start: u64,
    /// Where the next header must be.
    pub(super) next: u64,
    pub(super) bits: u32,
    pub(super) masked: bool,
    /// Whether it holds more than continuations, which any length prefix looks like.
    pub(super) telling: bool,
    /// A header that is cut by the end of a piece.
    part: [u8; FrameHeader::MAX_LEN],
    pub(super) part_len: usize,
}

/// How chains fare from each header of one piece on, as far as that was found out. Chains run together, and from
/// there on fare alike: a piece full of headers is walked over once and not once for each of them.
#[derive(Debug, Default)]
pub(super) struct Fares {
    /// By place and masking: [`UNKNOWN`], [`BROKEN`], or the evidence that is ahead and [`KNOWN`].
    ahead: Vec<u32>,
    trail: Vec<(usize, u32)>,
}

const UNKNOWN: u32 = 0;
const BROKEN: u32 = 1;
const KNOWN: u32 = 2;

impl Fares {
    /// Follows a chain that begins in the piece; whether it goes on behind it with `enough` evidence.
    pub(super) fn follow(&mut self, chain: &mut Chain, at: u64, bytes: &[u8], enough: u32) -> bool {
        self.ahead.resize(bytes.len() * 2, UNKNOWN);
        self.trail.clear();
        let mut total = None;
        let goes_on = chain.follow(at, bytes, &mut |chain| {
            let place = (chain.next - at) as usize * 2 + usize::from(chain.masked);
            match self.ahead.get(place).copied() {
                Some(BROKEN) => return false,
                Some(known @ KNOWN..) if chain.bits.saturating_add(known - KNOWN) < enough => {
                    total = Some(chain.bits.saturating_add(known - KNOWN));
                    return false;
                }
                _ => {}
            }
            self.trail.push((place, chain.bits));
            true
        });
        if goes_on {
            total = Some(chain.bits);
        }
        for (place, bits) in &self.trail {
            if let Some(ahead) = self.ahead.get_mut(*place) {
                *ahead = total.map_or(BROKEN, |total| total.saturating_sub(*bits).saturating_add(KNOWN));
            }
        }
        goes_on && chain.bits >= enough
    }
}

impl Chain {
    pub(super) fn new(start: u64, masked: bool, bits: u32) -> Self {
        let part = [0; FrameHeader::MAX_LEN];
        Self { start, next: start, bits, masked, telling: false, part, part_len: 0 }
    }

    /// Whether it goes on exactly as `other` does, with no less evidence.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let place = |chain: &Self| (chain.next, chain.part_len, chain.masked);
        let worth = |chain: &Self| (chain.bits, core::cmp::Reverse(chain.start));
        place(self) == place(other) && worth(self) >= worth(other) && self.telling >= other.telling
    }

    /// Follows the chain through a piece; false where it breaks. `met` is told of each header that begins in the
    /// piece, and may call it broken.
    pub(super) fn follow(&mut self, at: u64, bytes: &[u8], met: &mut impl FnMut(&Self) -> bool) -> bool {
        let end = at + bytes.len() as u64;
        while self.next + self.part_len as u64 >= at && self.next + (self.part_len as u64) < end {
            if self.part_len == 0 && !met(self) {
                return false;
            }
            let from = (self.next + self.part_len as u64 - at) as usize;
            let rest = bytes.get(from..).unwrap_or_default();
            let before = self.part_len;
            let parsed = match FrameHeader::parse(rest) {
                Parsed::Done { value, used } if before == 0 => Parsed::Done { value, used },
                _ => self.add(rest),
            };
            let Parsed::Done { value: header, used } = parsed else { return true };
            self.part_len = 0;
            let payload = rest.get(used.saturating_sub(before)..).unwrap_or_default();
            let first = self.next == self.start;
            let Some(bits) = evidence(&header, self.masked, payload, first) else { return false };
            self.bits = self.bits.saturating_add(bits);
            self.telling |= header.fin && header.opcode != Opcode::CONTINUATION;
            let Some(next) = self.next.checked_add(used as u64 + header.payload_len) else { return false };
            self.next = next;
            if next == end {
                self.bits = self.bits.saturating_add(BOUNDARY_BITS);
            }
        }
        true
    }

    /// Adds to a header that is cut by the end of a piece.
    fn add(&mut self, rest: &[u8]) -> Parsed<FrameHeader> {
        for (place, byte) in self.part.iter_mut().skip(self.part_len).zip(rest) {
            *place = *byte;
            self.part_len += 1;
        }
        FrameHeader::parse(self.part.get(..self.part_len).unwrap_or_default())
    }
}

/// The evidence that a header gives, with what there is of its payload; nothing where it cannot be one, or where no
/// chain should begin with it (`first`).
fn evidence(header: &FrameHeader, masked: bool, payload: &[u8], first: bool) -> Option<u32> {
    let opcode = header.opcode;
    let control_fits = !opcode.is_control() || (header.fin && header.payload_len <= 125 && !header.rsv1());
    let fits = header.mask.is_some() == masked
        && !header.rsv2()
        && !header.rsv3()
        && (!header.rsv1() || opcode != Opcode::CONTINUATION)
        && !opcode.is_reserved()
        && control_fits
        && header.is_minimal()
        && header.payload_len < LONGEST;
    if !fits {
        return None;
    }
    // Six opcodes of sixteen with RSV clear, and the mask bit: about one pair of bytes in thirty.
    let mut bits: u32 = if header.rsv1() { 2 } else { 4 };
    if opcode == Opcode::CONTINUATION && !header.fin {
        bits = 0;
    }
    // The upper half of a 64-bit length is zero.
    if header.payload_len > 0xffff {
        bits += 16;
    }
    let len = payload.len().min(header.payload_len.min(64) as usize);
    let mut room = [0; 64];
    let start = room.get_mut(..len).unwrap_or_default();
    if matches!(opcode, Opcode::TEXT | Opcode::CLOSE | Opcode::CONTINUATION) {
        unmask_into(payload, start, header.mask.unwrap_or_default(), 0);
    }
    if first && masked && matches!(opcode, Opcode::TEXT | Opcode::CONTINUATION) && is_twice_masked(start) {
        return None;
    }
    match opcode {
        Opcode::TEXT if !header.rsv1() => {
            bits += text(start, len as u64 == header.payload_len && header.fin)?
        }
        // RFC 6455 7.4: a status code below 5000 and not below 1000.
        Opcode::CLOSE => match &*start {
            [high, low, ..] if (1000..5000).contains(&u16::from_be_bytes([*high, *low])) => bits += 4,
            [_, ..] => return None,
            [] => {}
        },
        _ => {}
    }
    Some(bits)
}

/// The evidence that bytes are text; nothing where they are none.
fn text(bytes: &[u8], whole: bool) -> Option<u32> {
    let mut utf8 = Utf8::default();
    utf8.feed(bytes);
    match utf8.finish() {
        Verdict::Valid => {}
        Verdict::Incomplete { .. } if !whole => {}
        _ => return None,
    }
    let printable = |byte: &&u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    if is_twice_masked(bytes) {
        return Some(0);
    }
    let printable = bytes.iter().filter(printable).count() as u32;
    // Of 256 bytes 100 are printable ASCII: 1.36 bits each.
    Some((printable * 34 / 25).min(TEXT_BITS))
}

/// Whether bytes look like masked text that was taken for a key and a payload: that unmasks to ASCII again, to what its
/// characters differ in, which for letters are control characters. Text itself has next to none.
fn is_twice_masked(bytes: &[u8]) -> bool {
    let control = bytes.iter().filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()).count();
    bytes.is_ascii() && control * FEWEST_OF > bytes.len()
}

/// Of so many characters of text at most one is a control character.
const FEWEST_OF: usize = 16;

/// A frame longer than this is not believed in a search.
const LONGEST: u64 = 1 << 40;

/// Evidence that a frame begins or ends where a piece does: senders write frames whole.
pub(super) const BOUNDARY_BITS: u32 = 8;

/// The most evidence that the text of one frame gives.
const TEXT_BITS: u32 = 24;
