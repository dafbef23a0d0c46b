//! Text copied with some of its bytes written otherwise, as JSON and CSV want it.
//!
//! Bytes are looked at by the block, and copied by the half of one, whatever stops there: what takes time is to guess
//! wrong where the next stop is. What takes a byte's place is for the caller to say.

use wide::u8x16;

/// Bytes that are looked at at once, a bit for each.
const BLOCK: usize = 64;
/// Bytes that are copied at once: most stops are nearer to each other.
const STRIDE: usize = BLOCK / 2;
/// Bytes that one character has at most (RFC 3629 3).
const LONGEST: usize = 4;
/// Bytes that are there where a block is copied: a stride from its last one on, and the one behind.
const REACH: usize = BLOCK + 2 * STRIDE;
/// Bytes that may stand for one.
const INSTEAD: usize = 8;
/// Bytes that a block may take when it is written, with what is written over.
const WIDEST: usize = BLOCK * INSTEAD + 2 * STRIDE;
/// Bytes that are put together before they are given on.
const PIECE: usize = 4 * WIDEST;

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

/// What is written in place of the beginning of some text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instead {
    bytes: [u8; INSTEAD],
    len: usize,
    /// How many bytes of the text it stands for.
    takes: usize,
}

impl Instead {
    /// No more than eight bytes, for `takes` bytes of the text: one character or less.
    pub(super) fn new(bytes: &[u8], takes: usize) -> Self {
        let mut all = [0; INSTEAD];
        all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Self { bytes: all, len: bytes.len().min(INSTEAD), takes: takes.clamp(1, LONGEST) }
    }

    /// The first byte of `rest`, which stays as it is.
    pub(super) fn itself(rest: &[u8]) -> Self {
        Self::new(rest.get(..1).unwrap_or_default(), 1)
    }
}

/// What stops in a text, and what is written there.
pub(super) trait Stops {
    /// Marks those of sixteen bytes that may not stay as they are. Spaces may.
    fn mark(bytes: u8x16) -> u8x16;

    /// What is written before a byte that else may stay: what text is full of.
    fn before(byte: u8) -> Option<u8>;

    /// What is written for the beginning of `rest`, where its first byte stops and nothing is written before it: itself, where
    /// there is nothing else to be.
    fn seldom(rest: &[u8]) -> Instead {
        Instead::itself(rest)
    }
}

/// Copies texts. Has the memory for it, which is not made anew for each.
pub(super) struct Copier {
    /// What was written last and is not given on: a fixed number of bytes is put without a call, and those that are too many
    /// are written over.
    piece: Box<[u8; PIECE]>,
    /// The end of a text, with spaces behind it.
    last: Box<[u8; BLOCK + REACH]>,
}

impl Default for Copier {
    fn default() -> Self {
        Self { piece: Box::new([0; PIECE]), last: Box::new([b' '; BLOCK + REACH]) }
    }
}

impl Copier {
    /// Copies `text` behind what is in `out`.
    pub(super) fn copy<S: Stops>(&mut self, out: &mut Vec<u8>, text: &[u8]) {
        let (piece, last) = (self.piece.as_mut(), self.last.as_mut());
        let (mut rest, mut used, mut skip) = (text, 0, 0);
        while let Some(near) = rest.first_chunk() {
            (used, skip) = block::<S>(near, BLOCK, skip, piece, used);
            // There is room for the next block, or for the two that may be behind the last of these.
            if used > PIECE - 2 * WIDEST {
                out.extend_from_slice(&piece[..used]);
                used = 0;
            }
            rest = &rest[BLOCK..];
        }
        let (end, behind) = last.split_at_mut(rest.len());
        end.copy_from_slice(rest);
        behind.fill(b' ');
        for at in (0..rest.len()).step_by(BLOCK) {
            let Some(near) = last[at..].first_chunk() else { break };
            (used, skip) = block::<S>(near, BLOCK.min(rest.len() - at), skip, piece, used);
        }
        out.extend_from_slice(&piece[..used]);
    }
}

/// Copies the first `len` bytes, but for `skip` that something was written for already, behind those of the piece that are
/// used. Says how many are used now, and for how many bytes behind the `len` something was written.
#[inline(always)]
fn block<S: Stops>(
    near: &[u8; REACH],
    len: usize,
    skip: usize,
    piece: &mut [u8; PIECE],
    mut used: usize,
) -> (usize, usize) {
    let mut marked = marks(near, S::mark) & u64::MAX.unbounded_shl(skip as u32);
    let mut from = skip;
    loop {
        let stop = (marked.trailing_zeros() as usize).min(len);
        // In any case: whether there is nothing to copy is guessed wrong too often to be asked.
        put::<STRIDE>(piece, used, &near[from..]);
        if stop > from + STRIDE {
            put::<STRIDE>(piece, used + STRIDE, &near[from + STRIDE..]);
        }
        used += stop.saturating_sub(from);
        if marked == 0 {
            return (used, from.saturating_sub(len));
        }
        marked &= marked - 1;
        let byte = near[stop];
        if let Some(before) = S::before(byte) {
            put::<2>(piece, used, &[before, byte]);
            used += 2;
            from = stop + 1;
        } else {
            let instead = S::seldom(&near[stop..]);
            put::<INSTEAD>(piece, used, &instead.bytes);
            used += instead.len;
            from = stop + instead.takes;
            marked &= u64::MAX.unbounded_shl(from as u32);
        }
    }
}

/// Puts the first bytes of `bytes` at a place.
#[inline(always)]
fn put<const N: usize>(piece: &mut [u8; PIECE], at: usize, bytes: &[u8]) {
    piece[at..at + N].copy_from_slice(&bytes[..N]);
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

    /// What stops has a mark before it, by either way.
    struct Marked;
    impl Stops for Marked {
        fn mark(bytes: u8x16) -> u8x16 {
            is(bytes, b'"') | is_below(bytes, b' ') | is_either(bytes, 0xc2, 0x20)
        }
        fn before(byte: u8) -> Option<u8> {
            (byte == b'"').then_some(b'<')
        }
        fn seldom(rest: &[u8]) -> Instead {
            Instead::new(&[b'<', rest[0]], 1)
        }
    }

    /// Each byte is as long as may be.
    struct Widest;
    impl Stops for Widest {
        fn mark(bytes: u8x16) -> u8x16 {
            is(bytes, b'w')
        }
        fn before(_: u8) -> Option<u8> {
            None
        }
        fn seldom(_: &[u8]) -> Instead {
            Instead::new(b"12345678", 1)
        }
    }

    /// There is room for what is written, however long that is.
    #[test]
    fn nothing_is_left_out() {
        let mut copier = Copier::default();
        for len in 0..=600 {
            let mut out = Vec::new();
            copier.copy::<Widest>(&mut out, &vec![b'w'; len]);
            assert_eq!(out, b"12345678".repeat(len));
        }
    }

    /// Stops are exact whatever stands around it, at every place of texts of every length.
    #[test]
    fn every_byte_at_every_place() {
        let mut copier = Copier::default();
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
                let mut out = b"before".to_vec();
                copier.copy::<Marked>(&mut out, &text);
                assert_eq!(out.strip_prefix(b"before"), Some(&expected[..]), "{byte} at {place} of {len}");
                assert_eq!(any(&text, Marked::mark), text.iter().copied().any(stop));
            }
        }
    }
}
