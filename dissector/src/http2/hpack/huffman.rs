//! The Huffman code of strings (RFC 7541 5.2 and Appendix B).
//!
//! The code is canonical: the codes of one length follow each other in the order of their symbols, and the first
//! of the next length follows the last of this one. So the lengths say everything, and a symbol is found by walking
//! over lengths instead of bits.

use super::malformed::Huffman;

/// The symbols by the length of their code in bits; the very last code, 30 ones, is EOS.
#[rustfmt::skip]
const CODE: [(u32, &[u8]); 21] = [
    (5,  b"012aceiost"),
    (6,  b" %-./3456789=A_bdfghlmnpru"),
    (7,  b":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
    (8,  b"&*,;XZ"),
    (10, b"!\"()?"),
    (11, b"'+|"),
    (12, b"#>"),
    (13, b"\0$@[]~"),
    (14, b"^}"),
    (15, b"<`{"),
    (19, b"\\\xC3\xD0"),
    (20, b"\x80\x82\x83\xA2\xB8\xC2\xE0\xE2"),
    (21, b"\x99\xA1\xA7\xAC\xB0\xB1\xB3\xD1\xD8\xD9\xE3\xE5\xE6"),
    (22, b"\x81\x84\x85\x86\x88\x92\x9A\x9C\xA0\xA3\xA4\xA9\xAA\xAD\xB2\xB5\xB9\xBA\xBB\xBD\xBE\xC4\xC6\xE4\xE8\xE9"),
    (23, b"\x01\x87\x89\x8A\x8B\x8C\x8D\x8F\x93\x95\x96\x97\x98\x9B\x9D\x9E\xA5\xA6\xA8\xAE\xAF\xB4\xB6\xB7\xBC\xBF\xC5\xE7\xEF"),
    (24, b"\t\x8E\x90\x91\x94\x9F\xAB\xCE\xD7\xE1\xEC\xED"),
    (25, b"\xC7\xCF\xEA\xEB"),
    (26, b"\xC0\xC1\xC8\xC9\xCA\xCD\xD2\xD5\xDA\xDB\xEE\xF0\xF2\xF3\xFF"),
    (27, b"\xCB\xCC\xD3\xD4\xD6\xDD\xDE\xDF\xF1\xF4\xF5\xF6\xF7\xF8\xFA\xFB\xFC\xFD\xFE"),
    (28, b"\x02\x03\x04\x05\x06\x07\x08\x0B\x0C\x0E\x0F\x10\x11\x12\x13\x14\x15\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F\xDC\xF9"),
    (30, b"\n\r\x16"),
];

/// Bits of EOS, which are all set.
const END_LEN: u32 = 30;

/// Decodes a string into `out`, which is emptied first and takes at most `most` bytes. Tells how long the whole
/// string is.
pub(super) fn decode(bytes: &[u8], out: &mut Vec<u8>, most: usize) -> Result<u64, Huffman> {
    out.clear();
    let mut bytes = bytes.iter();
    let mut len = 0;
    // The next `have` bits of the string stand at the top of `bits`, and ones behind them.
    let (mut bits, mut have) = (u64::MAX, 0_u32);
    loop {
        while have <= 56
            && let Some(&byte) = bytes.next()
        {
            bits ^= u64::from(!byte) << (56 - have);
            have += 8;
        }
        match symbol((bits >> 32) as u32) {
            Some((symbol, taken)) if taken <= have => {
                if out.len() < most {
                    out.push(symbol);
                }
                len += 1;
                have -= taken;
                bits = !(!bits << taken);
            }
            // What is left is padding, "the most significant bits of the code for the EOS symbol".
            Some(_) => return Err(Huffman::Padding),
            None if have >= END_LEN => return Err(Huffman::EndOfString),
            None if have > 7 => return Err(Huffman::Overlong),
            None => return Ok(len),
        }
    }
}

/// The symbol whose code stands at the top of `window`, and the length of the code; nothing where it is EOS.
fn symbol(window: u32) -> Option<(u8, u32)> {
    let mut rest = window;
    for (len, symbols) in CODE {
        if let Some(&symbol) = symbols.get((rest >> (32 - len)) as usize) {
            return Some((symbol, len));
        }
        rest -= (symbols.len() as u32) << (32 - len);
    }
    None
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::http2::hpack::tests::Random;
    use loona_hpack::huffman::{HuffmanDecoder, HuffmanDecoderError};

    /// All codes with their lengths, by their symbols; EOS comes last.
    fn codes() -> Vec<(u32, u32)> {
        let mut codes = vec![(u32::MAX >> 2, END_LEN); 257];
        let (mut code, mut before) = (0, 0);
        for (len, symbols) in CODE {
            code <<= len - before;
            before = len;
            for &symbol in symbols {
                codes[usize::from(symbol)] = (code, len);
                code += 1;
            }
        }
        assert_eq!(code, u32::MAX >> 2);
        codes
    }

    /// Codes one behind the other, filled up to whole bytes by `fill`.
    fn pack(codes: impl IntoIterator<Item = (u32, u32)>, fill: bool) -> Vec<u8> {
        let mut bits: Vec<bool> = Vec::new();
        for (code, len) in codes {
            bits.extend((0..len).rev().map(|bit| code >> bit & 1 != 0));
        }
        while !bits.len().is_multiple_of(8) {
            bits.push(fill);
        }
        bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, &bit| byte << 1 | u8::from(bit))).collect()
    }

    /// Codes a string as RFC 7541 5.2 has it.
    pub(in crate::http2::hpack) fn encode(text: &[u8]) -> Vec<u8> {
        let codes = codes();
        pack(text.iter().map(|&byte| codes[usize::from(byte)]), true)
    }

    fn ours(bytes: &[u8]) -> Result<Vec<u8>, Huffman> {
        let mut out = Vec::new();
        let len = decode(bytes, &mut out, usize::MAX)?;
        assert_eq!(len, out.len() as u64);
        Ok(out)
    }

    fn theirs(reader: &mut HuffmanDecoder, bytes: &[u8]) -> Result<Vec<u8>, Huffman> {
        reader.decode(bytes).map_err(|error| match error {
            HuffmanDecoderError::PaddingTooLarge => Huffman::Overlong,
            HuffmanDecoderError::EOSInString => Huffman::EndOfString,
            _ => Huffman::Padding,
        })
    }

    /// RFC 7541 Appendix B: every symbol, alone and between others, comes back, and the other reader agrees.
    #[test]
    fn rfc7541_appendix_b_every_symbol() {
        let mut reader = HuffmanDecoder::new();
        for symbol in 0..=u8::MAX {
            for text in [vec![symbol], vec![b'a', symbol, symbol, b'z']] {
                let coded = encode(&text);
                assert_eq!(ours(&coded), Ok(text.clone()));
                assert_eq!(theirs(&mut reader, &coded), Ok(text));
            }
        }
        let all: Vec<u8> = (0..=u8::MAX).collect();
        assert_eq!(ours(&encode(&all)), Ok(all));
    }

    /// RFC 7541 5.2: EOS, padding that is too long, and padding that is not the beginning of EOS.
    #[test]
    fn rfc7541_5_2_end_and_padding() {
        let codes = codes();
        let (a, end) = (codes[usize::from(b'a')], codes[256]);
        assert_eq!(ours(b""), Ok(Vec::new()));
        assert_eq!(ours(&pack([a], true)), Ok(b"a".to_vec()));
        assert_eq!(ours(&pack([a], false)), Err(Huffman::Padding));
        assert_eq!(ours(&pack([a, end], true)), Err(Huffman::EndOfString));
        assert_eq!(ours(&pack([end, a], true)), Err(Huffman::EndOfString));
        assert_eq!(ours(&[0xFF]), Err(Huffman::Overlong));
        assert_eq!(ours(&[0xFF; 3]), Err(Huffman::Overlong));
        assert_eq!(ours(&[0xFF; 4]), Err(Huffman::EndOfString));
        // A whole byte of ones behind "a" and its own padding.
        assert_eq!(ours(&[0x1F, 0xFF]), Err(Huffman::Overlong));
        // Eight bits of '&' make a byte without padding.
        assert_eq!(ours(&encode(b"&")), Ok(b"&".to_vec()));
    }

    /// Only what is wanted is kept, and all of it is counted.
    #[test]
    fn rfc7541_5_2_kept_to_a_limit() {
        let coded = encode(&[b'0'; 1000]);
        let mut out = b"rest".to_vec();
        assert_eq!(decode(&coded, &mut out, 10), Ok(1000));
        assert_eq!(out, [b'0'; 10]);
    }

    /// Every string of two bytes, and longer ones at random, fares as with the other reader, which calls padding
    /// of more than 7 bits too long whatever its bits are.
    #[test]
    fn rfc7541_5_2_second_opinion() {
        let mut reader = HuffmanDecoder::new();
        let mut random = Random::seeded(7541);
        let pairs = (0..=u16::MAX).map(|value| value.to_be_bytes().to_vec());
        // Ones make long codes.
        let longer = (0..5_000).map(|round| match round % 2 {
            0 => random.bytes(12),
            _ => random.bytes(12).into_iter().map(|byte| byte | 0xE7).collect(),
        });
        for bytes in pairs.chain(longer) {
            match (ours(&bytes), theirs(&mut reader, &bytes)) {
                (Err(Huffman::Padding), Err(Huffman::Overlong)) => {}
                (ours, theirs) => assert_eq!(ours, theirs, "{bytes:02x?}"),
            }
        }
    }
}
