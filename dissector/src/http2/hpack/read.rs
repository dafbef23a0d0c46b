//! Integers and strings as they stand in a field block (RFC 7541 5), read from its front to its end.
//!
//! Knows where it is, and nothing of what the integers and strings are for.

use core::ops::Range;

use super::huffman;
use super::malformed::{Fault, Malformed};

/// A place in a block.
pub(super) struct Reader<'a> {
    block: &'a [u8],
    at: usize,
}

/// A string as it was read. What was longer than one wants to keep has a length only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text<'a> {
    pub(super) bytes: Option<&'a [u8]>,
    pub(super) len: u64,
}

impl<'a> Text<'a> {
    /// A string that is there, or of which nothing is known.
    pub(super) fn of(bytes: Option<&'a [u8]>) -> Self {
        Self { bytes, len: bytes.map_or(0, |bytes| bytes.len() as u64) }
    }
}

impl<'a> Reader<'a> {
    /// The front of a block.
    pub(super) fn new(block: &'a [u8]) -> Self {
        Self { block, at: 0 }
    }

    /// Offset of the next byte.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What was read since `at`.
    pub(super) fn since(&self, at: usize) -> Range<usize> {
        at..self.at
    }

    /// The next byte, which stays.
    pub(super) fn peek(&self) -> Option<u8> {
        self.block.get(self.at).copied()
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, len: u32) -> Option<&'a [u8]> {
        let end = self.at.checked_add(usize::try_from(len).ok()?)?;
        let bytes = self.block.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    /// An integer whose first byte has `prefix` bits of it, 1 to 8 (RFC 7541 5.1).
    ///
    /// "Integer encodings that exceed implementation limits -- in value or octet length -- MUST be treated as
    /// decoding errors": the limits are 32 bits, which every setting and length has, and the five bytes behind
    /// the first that these can take.
    pub(super) fn integer(&mut self, prefix: u32) -> Result<u32, Malformed> {
        let begun = self.at;
        let short = Fault::Short.at(begun);
        let mask = u8::MAX >> 8_u32.saturating_sub(prefix);
        let first = self.byte().ok_or(short)? & mask;
        let mut value = u64::from(first);
        if first < mask {
            return Ok(value as u32);
        }
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte().ok_or(short)?;
            value += u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| Fault::Integer.at(begun));
            }
        }
        Err(Fault::Integer.at(begun))
    }

    /// A string (RFC 7541 5.2). Where it is Huffman coded, it is decoded into `scratch`, and at most `most`
    /// bytes of it.
    pub(super) fn text<'s>(&mut self, scratch: &'s mut Vec<u8>, most: usize) -> Result<Text<'s>, Malformed>
    where
        'a: 's,
    {
        let begun = self.at;
        let coded = self.peek().is_some_and(|first| first & 0x80 != 0);
        let len = self.integer(7)?;
        let bytes = self.take(len).ok_or(Fault::Short.at(begun))?;
        if !coded {
            return Ok(Text { len: len.into(), bytes: Some(bytes).filter(|bytes| bytes.len() <= most) });
        }
        let len = huffman::decode(bytes, scratch, most).map_err(|fault| Fault::Huffman(fault).at(begun))?;
        Ok(Text { len, bytes: (len == scratch.len() as u64).then_some(scratch.as_slice()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7541 C.1: the three examples.
    #[test]
    fn rfc7541_c_1_integers() {
        for (bytes, prefix, expected) in
            [(&[0b11101010][..], 5, 10), (&[0b11111111, 0b10011010, 0b00001010], 5, 1337), (&[42], 8, 42)]
        {
            let mut reader = Reader::new(bytes);
            assert_eq!(reader.integer(prefix), Ok(expected));
            assert_eq!(reader.at(), bytes.len());
        }
    }

    /// RFC 7541 5.1: the greatest value, one more, too many bytes, and every cut.
    #[test]
    fn rfc7541_5_1_limits() {
        let read = |bytes: &[u8], prefix| Reader::new(bytes).integer(prefix).map_err(|error| error.fault);
        for prefix in 1..=8 {
            let mask = u32::from(u8::MAX >> (8 - prefix));
            assert_eq!(read(&[mask as u8 - 1], prefix), Ok(mask - 1));
            assert_eq!(read(&[0xFF, 0], prefix), Ok(mask));
            assert_eq!(read(&[0xFF, 0x80, 0x80, 0x80, 0x80, 0], prefix), Ok(mask));
            assert_eq!(read(&[0xFF, 0x80, 0x80, 0x80, 0x80, 0x80, 0], prefix), Err(Fault::Integer));
            assert_eq!(read(&[0xFF; 9], prefix), Err(Fault::Integer));
            for value in [u64::from(u32::MAX), u64::from(u32::MAX) + 1] {
                let mut rest = value - u64::from(mask);
                let mut bytes = vec![0xFF];
                while rest >= 128 {
                    bytes.push(rest as u8 | 0x80);
                    rest >>= 7;
                }
                bytes.push(rest as u8);
                assert_eq!(read(&bytes, prefix), u32::try_from(value).map_err(|_| Fault::Integer));
                for cut in 0..bytes.len() {
                    assert_eq!(read(&bytes[..cut], prefix), Err(Fault::Short));
                }
            }
        }
    }

    /// RFC 7541 5.2: a string as it is, one that is cut, and one that is longer than wanted.
    #[test]
    fn rfc7541_5_2_strings() {
        let read = |bytes, most| {
            let mut scratch = Vec::new();
            Reader::new(bytes).text(&mut scratch, most).map(|text| (text.bytes.map(<[u8]>::to_vec), text.len))
        };
        assert_eq!(read(b"\x03abc", 3), Ok((Some(b"abc".to_vec()), 3)));
        assert_eq!(read(b"\x03abc", 2), Ok((None, 3)));
        assert_eq!(read(b"\x03ab", 3), Err(Fault::Short.at(0)));
        assert_eq!(read(b"\x00", 0), Ok((Some(Vec::new()), 0)));
        // "aa" and three bits of padding less: 00011 00011 111111
        assert_eq!(read(b"\x82\x18\xFF", 9), Ok((Some(b"aa".to_vec()), 2)));
        assert_eq!(read(b"\x82\x18\xFF", 1), Ok((None, 2)));
    }
}
