//! A frame's header: 2 to 14 bytes in front of its payload (RFC 6455 5.2).
//!
//! ```text
//!   byte 0          byte 1           then
//!  F R R R o o o o  M l l l l l l l  0, 2 or 8 bytes of length  0 or 4 bytes of masking key
//! ```
//! States what stands there, and never whether it may: every combination of bits is a header.

use crate::websocket::opcode::Opcode;

/// What came of reading something that may not be there whole. There is no error case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed<T> {
    /// It was there.
    Done {
        /// What was read.
        value: T,
        /// How many bytes it took.
        used: usize,
    },
    /// Too few bytes: at least `need` in all, counted from the first, are wanted before another try.
    Short {
        /// More than were given.
        need: usize,
    },
}

/// A frame's header, bit for bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    /// Whether this is the last fragment of its message (RFC 6455 5.4).
    pub fin: bool,
    /// The three bits kept for extensions: RSV1 = 4, RSV2 = 2, RSV3 = 1.
    pub rsv: u8,
    /// What the frame carries.
    pub opcode: Opcode,
    /// The masking key, where the MASK bit is set.
    pub mask: Option<[u8; 4]>,
    /// Bytes of payload, all 64 bits as on the wire, the top bit that RFC 6455 5.2 forbids included.
    pub payload_len: u64,
    /// How the length was written.
    pub form: LengthForm,
}

/// The three ways to write a payload length (RFC 6455 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthForm {
    /// In the seven bits themselves.
    Seven,
    /// The seven bits hold 126, and 16 bits follow.
    Sixteen,
    /// The seven bits hold 127, and 64 bits follow.
    SixtyFour,
}

impl LengthForm {
    /// The shortest form that holds `len`.
    pub const fn minimal(len: u64) -> Self {
        match len {
            0..=125 => Self::Seven,
            126..=0xFFFF => Self::Sixteen,
            _ => Self::SixtyFour,
        }
    }

    /// Bytes of extended payload length.
    pub const fn extra(self) -> usize {
        match self {
            Self::Seven => 0,
            Self::Sixteen => 2,
            Self::SixtyFour => 8,
        }
    }
}

impl FrameHeader {
    /// The longest header: 64 bits of length and a masking key.
    pub const MAX_LEN: usize = 14;

    /// Reads the header at the start of `bytes`.
    #[inline]
    pub fn parse(bytes: &[u8]) -> Parsed<Self> {
        let [first, second, rest @ ..] = bytes else { return Parsed::Short { need: 2 } };
        let masked = second & 0x80 != 0;
        let (form, payload_len, rest) = match second & 0x7F {
            126 => match rest.split_first_chunk::<2>() {
                Some((len, rest)) => (LengthForm::Sixteen, u64::from(u16::from_be_bytes(*len)), rest),
                None => return Parsed::Short { need: len_of(LengthForm::Sixteen, masked) },
            },
            127 => match rest.split_first_chunk::<8>() {
                Some((len, rest)) => (LengthForm::SixtyFour, u64::from_be_bytes(*len), rest),
                None => return Parsed::Short { need: len_of(LengthForm::SixtyFour, masked) },
            },
            len => (LengthForm::Seven, u64::from(len), rest),
        };
        let used = len_of(form, masked);
        let mask = match (masked, rest.first_chunk::<4>()) {
            (false, _) => None,
            (true, Some(key)) => Some(*key),
            (true, None) => return Parsed::Short { need: used },
        };
        let value = Self {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 0x7,
            opcode: Opcode(first & 0xF),
            mask,
            payload_len,
            form,
        };
        Parsed::Done { value, used }
    }

    /// The header of one whole, unmasked frame, its length in the shortest form.
    pub const fn new(opcode: Opcode, payload_len: u64) -> Self {
        Self { fin: true, rsv: 0, opcode, mask: None, payload_len, form: LengthForm::minimal(payload_len) }
    }

    /// Bytes of the header itself: 2 to 14.
    pub const fn len(&self) -> usize {
        len_of(self.form, self.mask.is_some())
    }

    /// Never: a header has two bytes at least.
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// Header and payload together; `u64::MAX` where the sum does not fit.
    pub const fn frame_len(&self) -> u64 {
        self.payload_len.saturating_add(self.len() as u64)
    }

    /// RFC 6455 5.2: "the minimal number of bytes MUST be used to encode the length".
    pub fn is_minimal(&self) -> bool {
        self.form == LengthForm::minimal(self.payload_len)
    }

    /// Whether the length has the bit that RFC 6455 5.2 wants to be 0: "the most significant bit MUST be 0".
    pub const fn has_length_msb(&self) -> bool {
        self.payload_len >> 63 != 0
    }

    /// RSV1; with permessage-deflate, "this message is compressed" (RFC 7692 6).
    pub const fn rsv1(&self) -> bool {
        self.rsv & 4 != 0
    }

    /// RSV2; no registered extension gives it a meaning.
    pub const fn rsv2(&self) -> bool {
        self.rsv & 2 != 0
    }

    /// RSV3; no registered extension gives it a meaning.
    pub const fn rsv3(&self) -> bool {
        self.rsv & 1 != 0
    }

    /// The header as bytes, in the form that it names. A length too great for its form loses its upper bits.
    pub fn write(&self) -> Vec<u8> {
        let seven = match self.form {
            LengthForm::Seven => self.payload_len as u8 & 0x7F,
            LengthForm::Sixteen => 126,
            LengthForm::SixtyFour => 127,
        };
        let mut bytes = Vec::with_capacity(Self::MAX_LEN);
        bytes.push(u8::from(self.fin) << 7 | (self.rsv & 0x7) << 4 | self.opcode.0 & 0xF);
        bytes.push(u8::from(self.mask.is_some()) << 7 | seven);
        match self.form {
            LengthForm::Seven => {}
            LengthForm::Sixteen => bytes.extend((self.payload_len as u16).to_be_bytes()),
            LengthForm::SixtyFour => bytes.extend(self.payload_len.to_be_bytes()),
        }
        bytes.extend(self.mask.into_iter().flatten());
        bytes
    }
}

const fn len_of(form: LengthForm, masked: bool) -> usize {
    2 + form.extra() + if masked { 4 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;
    use tungstenite::protocol::frame::FrameHeader as Theirs;

    /// The examples of RFC 6455 5.7, to their lengths.
    #[test]
    fn rfc6455_5_7_examples() {
        let key = Some([0x37, 0xFA, 0x21, 0x3D]);
        let cases = [
            ("810548656c6c6f", true, Opcode::TEXT, None, 5, LengthForm::Seven),
            ("818537fa213d7f9f4d5158", true, Opcode::TEXT, key, 5, LengthForm::Seven),
            ("010348656c", false, Opcode::TEXT, None, 3, LengthForm::Seven),
            ("80026c6f", true, Opcode::CONTINUATION, None, 2, LengthForm::Seven),
            ("890548656c6c6f", true, Opcode::PING, None, 5, LengthForm::Seven),
            ("8a8537fa213d7f9f4d5158", true, Opcode::PONG, key, 5, LengthForm::Seven),
            ("827e0100", true, Opcode::BINARY, None, 256, LengthForm::Sixteen),
            ("827f0000000000010000", true, Opcode::BINARY, None, 65536, LengthForm::SixtyFour),
        ];
        for (bytes, fin, opcode, mask, payload_len, form) in cases {
            let bytes = hex::decode(bytes).unwrap();
            let expected = FrameHeader { fin, rsv: 0, opcode, mask, payload_len, form };
            assert_eq!(FrameHeader::parse(&bytes), Parsed::Done { value: expected, used: expected.len() });
            assert!(expected.is_minimal());
        }
    }

    proptest! {
        /// What is read writes back to the same bytes; a cut header asks for no more than it needs, and
        /// tungstenite reads the same wherever it reads at all.
        #[test]
        fn round_trip_and_oracle(bytes: [u8; 14]) {
            let Parsed::Done { value, used } = FrameHeader::parse(&bytes) else { panic!("14 bytes hold any header") };
            prop_assert_eq!(used, value.len());
            prop_assert_eq!(&value.write()[..], &bytes[..used]);
            for cut in 0..used {
                let Parsed::Short { need } = FrameHeader::parse(&bytes[..cut]) else { panic!("read past its end") };
                prop_assert!(cut < need && need <= used);
            }
            if let Ok(Some((theirs, len))) = Theirs::parse(&mut Cursor::new(&bytes[..])) {
                prop_assert_eq!(theirs.is_final, value.fin);
                prop_assert_eq!([theirs.rsv1, theirs.rsv2, theirs.rsv3], [value.rsv1(), value.rsv2(), value.rsv3()]);
                prop_assert_eq!(u8::from(theirs.opcode), value.opcode.0);
                prop_assert_eq!(theirs.mask, value.mask);
                prop_assert_eq!(len, value.payload_len);
            } else {
                prop_assert!(value.opcode.is_reserved());
            }
        }
    }
}
