//! Text copied with some of its bytes written otherwise, as JSON and CSV want it.
//!
//! Most text has few such bytes, and there is much of it: eight bytes are looked at at once, as one number. What takes
//! a byte's place is for the caller to say.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = ONES << 7;

/// Bytes that are copied together where none of them stops.
const STRIDE: usize = 32;

/// The first byte of eight that is `byte` has its highest bit set here. Those behind it may have it without being that.
pub(super) const fn is(word: u64, byte: u8) -> u64 {
    let zero = word ^ (ONES * byte as u64);
    zero.wrapping_sub(ONES) & !zero & HIGHS
}

/// The same for bytes below `limit`, which is at most 128.
pub(super) const fn is_below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * limit as u64) & !word & HIGHS
}

/// The same for bytes that are `byte` whether the bit of `letter` is set in them or not.
pub(super) const fn is_either(word: u64, byte: u8, letter: u8) -> u64 {
    is(word | (ONES * letter as u64), byte | letter)
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
    /// No more than eight bytes, for `takes` bytes of the text.
    pub(super) fn new(bytes: &[u8], takes: usize) -> Self {
        let mut all = [0; 8];
        all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Self { bytes: all, len: bytes.len().min(8), takes }
    }
}

/// Bytes that are put together before they are written.
const PIECE: usize = 128;

/// Copies `text` into `out`. At each byte that `stops` marks, `instead` is given the rest from there on, and says what
/// stands for the beginning of that, which is at least one byte.
#[inline]
pub(super) fn copy(
    out: &mut Vec<u8>,
    text: &[u8],
    stops: impl Fn(u64) -> u64,
    instead: impl Fn(&[u8]) -> Instead,
) {
    let mut piece = [0; PIECE];
    let (mut used, mut rest) = (0, copy_clear(out, text, &stops));
    while !rest.is_empty() {
        // A space stands for what is behind the end, and never stops.
        let mut word = [b' '; 8];
        let len = match rest.first_chunk() {
            Some(eight) => {
                word = *eight;
                word.len()
            }
            None => {
                word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                rest.len()
            }
        };
        let found = stops(u64::from_le_bytes(word));
        let clear = if found == 0 { len } else { (found.trailing_zeros() / 8) as usize };
        // A fixed number of bytes is copied without a call, and those that are too many are written over.
        put(&mut piece, used, word);
        used += clear;
        rest = &rest[clear..];
        if found != 0 {
            let instead = instead(rest);
            put(&mut piece, used, instead.bytes);
            used += instead.len;
            rest = &rest[instead.takes..];
        }
        if used > PIECE - 3 * 8 {
            out.extend_from_slice(&piece[..used]);
            used = 0;
        }
        if found == 0 && rest.len() >= STRIDE && !any(&rest[..STRIDE], &stops) {
            out.extend_from_slice(&piece[..used]);
            used = 0;
            rest = copy_clear(out, rest, &stops);
        }
    }
    out.extend_from_slice(&piece[..used]);
}

#[inline]
fn put(piece: &mut [u8; PIECE], at: usize, word: [u8; 8]) {
    if let Some(to) = piece.get_mut(at..at + 8) {
        to.copy_from_slice(&word);
    }
}

/// Copies as long as nothing stops within a stride.
#[inline]
fn copy_clear<'t>(out: &mut Vec<u8>, mut text: &'t [u8], stops: &impl Fn(u64) -> u64) -> &'t [u8] {
    while let Some((stride, after)) = text.split_first_chunk::<STRIDE>() {
        let found =
            stride.as_chunks::<8>().0.iter().fold(0, |any, word| any | stops(u64::from_le_bytes(*word)));
        if found != 0 {
            break;
        }
        out.extend_from_slice(stride);
        text = after;
    }
    text
}

/// Whether anything in `text` stops.
#[inline]
pub(super) fn any(text: &[u8], stops: impl Fn(u64) -> u64) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [b' '; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    words.iter().chain([&last]).any(|word| stops(u64::from_le_bytes(*word)) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first stop of a word is exact whatever stands around it, at every place of texts of every length.
    #[test]
    fn every_byte_at_every_place() {
        let stops = |word| is(word, b'"') | is_below(word, b' ') | is_either(word, 0xc2, 0x20);
        let stop = |byte: u8| byte == b'"' || byte < b' ' || byte | 0x20 == 0xe2;
        for len in [1, 7, 8, 9, 31, 32, 40, 41, 75] {
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
