//! Huffman codes as DEFLATE writes them (RFC 1951 3.2.2): canonical, of 1 to 15 bits.
//!
//! Codes and the tables of the RFC; where the bits come from is the caller's.

use super::inflate::Why;

/// A code, ready to decode: short words by one look, longer ones by counting.
pub(super) struct Code {
    /// For the next [`QUICK`] bits: the symbol times 16, plus the word's length; 0 for a longer word.
    quick: Box<[u16]>,
    counts: [u16; 16],
    symbols: Vec<u16>,
}

impl Code {
    /// The code whose words have these lengths, by symbol; none where they make no code. `whole` forbids
    /// what is otherwise allowed (RFC 1951 3.2.7): a single word of one bit, or none at all.
    pub(super) fn new(lens: &[u8], whole: bool) -> Option<Self> {
        let mut counts = [0u16; 16];
        for &len in lens {
            *counts.get_mut(usize::from(len))? += 1;
        }
        counts[0] = 0;
        let mut room: i32 = 1;
        let mut firsts = [(0u16, 0u16); 16];
        let (mut word, mut place) = (0u16, 0u16);
        for (count, first) in counts.iter().zip(&mut firsts).skip(1) {
            room = room * 2 - i32::from(*count);
            if room < 0 {
                return None;
            }
            word <<= 1;
            *first = (word, place);
            word += count;
            place += count;
        }
        let longest = counts.iter().rposition(|&count| count > 0).unwrap_or_default();
        if room > 0 && (whole || longest > 1) {
            return None;
        }
        let mut symbols = vec![0; usize::from(place)];
        let mut quick = vec![0; 1 << QUICK].into_boxed_slice();
        for (symbol, &len) in (0u16..).zip(lens).filter(|(_, len)| **len > 0) {
            let (word, place) = firsts.get_mut(usize::from(len))?;
            *symbols.get_mut(usize::from(*place))? = symbol;
            if len <= QUICK {
                let first = usize::from(word.reverse_bits() >> (16 - len));
                for entry in quick.iter_mut().skip(first).step_by(1 << len) {
                    *entry = symbol << 4 | u16::from(len);
                }
            }
            *word += 1;
            *place += 1;
        }
        Some(Self { quick, counts, symbols })
    }

    /// The symbol at the low end of `bits`, and its word's length.
    pub(super) fn decode(&self, bits: u32) -> Option<(u16, u8)> {
        match self.quick.get(bits as usize & ((1 << QUICK) - 1)) {
            Some(0) | None => self.decode_long(bits),
            Some(entry) => Some((entry >> 4, (entry & 0xF) as u8)),
        }
    }

    /// Among the words of one length, symbols stand in order: walks the lengths to the one that holds the word.
    fn decode_long(&self, bits: u32) -> Option<(u16, u8)> {
        let (mut word, mut first, mut place) = (0u32, 0u32, 0u32);
        for (len, &count) in (0u8..).zip(&self.counts).skip(1) {
            word = word << 1 | bits >> (len - 1) & 1;
            first <<= 1;
            let count = u32::from(count);
            if word < first + count {
                return Some((*self.symbols.get((place + word - first) as usize)?, len));
            }
            first += count;
            place += count;
        }
        None
    }
}

/// Bits that are looked up at once.
const QUICK: u8 = 9;

/// Spells out `wanted` code lengths (RFC 1951 3.2.7); `next` gives a symbol and the number behind it.
pub(super) fn lengths(
    wanted: usize,
    mut next: impl FnMut() -> Result<(u16, u32), Why>,
) -> Result<Vec<u8>, Why> {
    let mut lens: Vec<u8> = Vec::with_capacity(wanted);
    while lens.len() < wanted {
        let (len, times) = match next()? {
            (16, extra) => (*lens.last().ok_or(Why::Codes)?, 3 + extra),
            (17, extra) => (0, 3 + extra),
            (18, extra) => (0, 11 + extra),
            (len, _) => (len as u8, 1),
        };
        lens.extend((0..times).map(|_| len));
    }
    if lens.len() == wanted { Ok(lens) } else { Err(Why::Codes) }
}

/// The codes of a fixed block (RFC 1951 3.2.6).
pub(super) fn fixed() -> (Code, Code) {
    let literals: Vec<u8> = (0..288)
        .map(|symbol| match symbol {
            144..=255 => 9,
            256..=279 => 7,
            _ => 8,
        })
        .collect();
    let empty = || Code { quick: Box::default(), counts: [0; 16], symbols: Vec::new() };
    (Code::new(&literals, true).unwrap_or_else(empty), Code::new(&[5; 32], true).unwrap_or_else(empty))
}

/// Lengths by symbol from 257 on: the first, and the extra bits (RFC 1951 3.2.5).
#[rustfmt::skip]
pub(super) const LENGTHS: [(u16, u8); 29] = [
    (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1),
    (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4),
    (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
];

/// Distances by symbol: the first, and the extra bits (RFC 1951 3.2.5).
#[rustfmt::skip]
pub(super) const DISTANCES: [(u16, u8); 30] = [
    (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4),
    (65, 5), (97, 5), (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9),
    (2049, 10), (3073, 10), (4097, 11), (6145, 11), (8193, 12), (12289, 12), (16385, 13), (24577, 13),
];
