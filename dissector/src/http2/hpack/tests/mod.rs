//! The decoder against RFC 7541 Appendix C, hostile input, and a second opinion.

mod appendix_c;
mod hostile;
mod oracle;
mod unseen;

use super::{Decoded, Decoder, Malformed};

/// A field as text; what nobody saw is `?`.
type Line = (String, String);

/// Decodes a block and keeps its fields.
fn decode(decoder: &mut Decoder, block: &[u8]) -> (Vec<Line>, Result<Decoded, Malformed>) {
    let mut lines = Vec::new();
    let text = |bytes: Option<&[u8]>| bytes.map_or("?".into(), |bytes| String::from_utf8_lossy(bytes).into());
    let decoded = decoder.decode(block, &mut |field| lines.push((text(field.name), text(field.value))));
    (lines, decoded)
}

/// The fields of a block that is well formed.
fn lines(decoder: &mut Decoder, block: &[u8]) -> Vec<Line> {
    let (lines, decoded) = decode(decoder, block);
    assert_eq!(decoded.map(|decoded| decoded.left_out), Ok(0));
    lines
}

/// Fields as text, for comparison.
fn expected(lines: &[(&str, &str)]) -> Vec<Line> {
    lines.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// Numbers that look random and are the same every time (xorshift64*).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }

    /// Fewer than `end` bytes.
    pub(super) fn bytes(&mut self, end: usize) -> Vec<u8> {
        (0..self.below(end)).map(|_| self.below(256) as u8).collect()
    }
}

/// Writes field blocks in every way that RFC 7541 6 has. What it writes need not make sense.
pub(super) mod write {
    use crate::http2::hpack::huffman::tests::encode;

    /// RFC 7541 5.1: an integer whose first byte has `prefix` bits of it, `high` being the bits above.
    pub(crate) fn integer(out: &mut Vec<u8>, high: u8, prefix: u32, value: u32) {
        let mask = (1 << prefix) - 1;
        if value < mask {
            return out.push(high | value as u8);
        }
        out.push(high | mask as u8);
        let mut rest = value - mask;
        while rest >= 128 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    /// RFC 7541 5.2: a string.
    pub(crate) fn text(out: &mut Vec<u8>, text: &[u8], huffman: bool) {
        let coded = if huffman { encode(text) } else { text.to_vec() };
        integer(out, u8::from(huffman) << 7, 7, coded.len() as u32);
        out.extend(coded);
    }

    /// RFC 7541 6.1: a field that is an entry.
    pub(crate) fn indexed(out: &mut Vec<u8>, index: u32) {
        integer(out, 0x80, 7, index);
    }

    /// How a literal is treated (RFC 7541 6.2.1 to 6.2.3): its first bits and its prefix.
    pub(crate) const ADDED: (u8, u32) = (0x40, 6);
    pub(crate) const PLAIN: (u8, u32) = (0x00, 4);
    pub(crate) const NEVER: (u8, u32) = (0x10, 4);

    /// RFC 7541 6.2: a literal whose name is an entry's, or spelled out.
    pub(crate) fn literal(
        out: &mut Vec<u8>,
        how: (u8, u32),
        name: Result<u32, &[u8]>,
        value: &[u8],
        huffman: bool,
    ) {
        integer(out, how.0, how.1, name.unwrap_or(0));
        if let Err(name) = name {
            text(out, name, huffman);
        }
        text(out, value, huffman);
    }

    /// RFC 7541 6.3: the size of the table.
    pub(crate) fn update(out: &mut Vec<u8>, max: u32) {
        integer(out, 0x20, 5, max);
    }
}
