//! Text copied with some of its bytes written otherwise, as JSON and CSV want it.
//!
//! Bytes are looked at by the block, and copied by the half of one, whatever stops there: what takes time is to guess
//! wrong where the next stop is. What takes a byte's place is for the caller to say.

use wide::u8x16;

/// Bytes that are looked at at once, a bit for each.
const BLOCK: usize = 64;
/// Bytes that are copied at once: most stops are nearer to each other.
const STRIDE: usize = 32;
/// Bytes that one character has at most (RFC 3629 3).
const LONGEST: usize = 4;
/// Bytes that are there where a block is copied: a stride from its last one on.
const REACH: usize = BLOCK + STRIDE;

/// Marks those bytes of sixteen that are `byte`.
#[inline]
pub(super) fn is(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

/// Marks those below `limit`, which is not 0.
#[inline]
pub(super) fn is_below(bytes: u8x16, limit: u8) -> u8x16 {
    bytes.min(u8x16::splat(limit - 1)).simd_eq(bytes)
}

/// Marks those that are `byte` whether the bit of `letter` is set in them or not.
#[inline]
pub(super) fn is_either(bytes: u8x16, byte: u8, letter: u8) -> u8x16 {
    is(bytes | u8x16::splat(letter), byte | letter)
}

/// What stands for the beginning of some text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instead {
    bytes: [u8; 8],
    len: usize,
    /// How many bytes of the text it stands for.
    takes: usize,
}

impl Instead {
    /// No more than eight bytes, for `takes` bytes of the text: one character or less.
    #[inline]
    pub(super) fn new(bytes: &[u8], takes: usize) -> Self {
        let mut all = [0; 8];
        all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Self { bytes: all, len: bytes.len().min(8), takes: takes.clamp(1, LONGEST) }
    }
}

/// Copies `text` into `out`. At each byte that `stops` marks, `instead` is given the rest from there on, and says what
/// stands for the beginning of that. Spaces stand for what is behind the end, and never stop.
#[inline]
pub(super) fn copy(
    out: &mut Vec<u8>,
    text: &[u8],
    stops: impl Fn(u8x16) -> u8x16 + Copy,
    instead: impl Fn(&[u8]) -> Instead + Copy,
) {
    let mut piece = Piece { bytes: [0; PIECE], used: 0, out };
    let (mut rest, mut skip) = (text, 0);
    while let Some(near) = rest.first_chunk() {
        skip = piece.block(near, BLOCK, skip, stops, instead);
        rest = &rest[BLOCK..];
    }
    let mut last = [b' '; BLOCK + REACH];
    last[..rest.len()].copy_from_slice(rest);
    for at in (0..rest.len()).step_by(BLOCK) {
        let Some(near) = last[at..].first_chunk() else { break };
        skip = piece.block(near, BLOCK.min(rest.len() - at), skip, stops, instead);
    }
    piece.give();
}

/// Bytes that are put together before they are written: a fixed number of them is put without a call, and those that are
/// too many are written over.
struct Piece<'o> {
    bytes: [u8; PIECE],
    used: usize,
    out: &'o mut Vec<u8>,
}

const PIECE: usize = 256;

impl Piece<'_> {
    /// Copies the first `len` bytes but for `skip`, which something stands for already. Says how many behind them have
    /// something that stands for them.
    #[inline(always)]
    fn block(
        &mut self,
        near: &[u8; REACH],
        len: usize,
        skip: usize,
        stops: impl Fn(u8x16) -> u8x16,
        instead: impl Fn(&[u8]) -> Instead,
    ) -> usize {
        let marked = marks(near, stops);
        let mut from = skip;
        loop {
            let left = marked & u64::MAX.unbounded_shl(from as u32);
            let stop = (left.trailing_zeros() as usize).min(len);
            // Once in any case: whether there is nothing to copy is guessed wrong too often to be asked.
            loop {
                if let Some(clear) = near[from..].first_chunk() {
                    self.put::<STRIDE>(clear);
                }
                let copied = STRIDE.min(stop.saturating_sub(from));
                self.used += copied;
                from += copied;
                if from >= stop {
                    break;
                }
            }
            if left == 0 {
                break;
            }
            let instead = instead(&near[stop..]);
            self.put(&instead.bytes);
            self.used += instead.len;
            from = stop + instead.takes;
        }
        from.saturating_sub(len)
    }

    #[inline(always)]
    fn put<const N: usize>(&mut self, bytes: &[u8; N]) {
        if self.used > PIECE - N {
            self.give();
        }
        self.bytes[self.used..self.used + N].copy_from_slice(bytes);
    }

    fn give(&mut self) {
        self.out.extend_from_slice(&self.bytes[..self.used]);
        self.used = 0;
    }
}

/// One bit for each byte of the block that `near` begins with, the lowest for the first.
#[inline(always)]
fn marks(near: &[u8; REACH], stops: impl Fn(u8x16) -> u8x16) -> u64 {
    let (parts, _) = near.as_chunks();
    let marks = |part: &[u8; 16]| u64::from(stops(u8x16::new(*part)).to_bitmask());
    parts.iter().take(BLOCK / 16).rev().fold(0, |all, part| all << 16 | marks(part))
}

/// Whether anything in `text` stops.
#[inline]
pub(super) fn any(text: &[u8], stops: impl Fn(u8x16) -> u8x16) -> bool {
    let (blocks, rest) = text.as_chunks();
    let mut last = [b' '; 16];
    last[..rest.len()].copy_from_slice(rest);
    blocks.iter().chain([&last]).any(|block| stops(u8x16::new(*block)).any())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stops are exact whatever stands around it, at every place of texts of every length.
    #[test]
    fn every_byte_at_every_place() {
        let stops = |bytes| is(bytes, b'"') | is_below(bytes, b' ') | is_either(bytes, 0xc2, 0x20);
        let stop = |byte: u8| byte == b'"' || byte < b' ' || byte | 0x20 == 0xe2;
        for len in [1, 15, 16, 63, 64, 65, 95, 96, 97, 160, 170] {
            for (place, byte) in (0..len).flat_map(|place| (0..=255u8).map(move |byte| (place, byte))) {
                let mut text: Vec<u8> = (0..len).map(|at| b"\x80x!#\xff\xc1"[at % 6]).collect();
                text[place] = byte;
                if place + 1 < len {
                    text[place + 1] = b'"';
                }
                let expected: Vec<u8> = text
                    .iter()
                    .flat_map(|byte| if stop(*byte) { vec![b'<', *byte] } else { vec![*byte] })
                    .collect();
                let mut out = Vec::new();
                copy(&mut out, &text, stops, |rest| Instead::new(&[b'<', rest[0]], 1));
                assert_eq!(out, expected, "{byte} at {place} of {len}");
                assert_eq!(any(&text, stops), text.iter().copied().any(stop));
            }
        }
    }
}
