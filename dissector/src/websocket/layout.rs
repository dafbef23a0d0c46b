//! Where the parts of one frame stand (RFC 6455 5.2): what detail tree and diagram are both drawn from.
//!
//! Goes as far as the bytes tell; a part may lie behind their end.

use crate::tree::Bits;
use crate::websocket::header::{FrameHeader, LengthForm, Parsed};

/// A part of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// FIN
    Fin,
    /// RSV1
    Rsv1,
    /// RSV2
    Rsv2,
    /// RSV3
    Rsv3,
    /// The opcode's four bits.
    Opcode,
    /// MASK
    Mask,
    /// The seven bits of length.
    Length,
    /// The 16 bits of length that follow 126.
    Length16,
    /// The 64 bits of length that follow 127.
    Length64,
    /// The masking key.
    MaskingKey,
    /// The payload.
    Payload,
}

impl Kind {
    /// Its name in display filters: Wireshark's where it has one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fin => "websocket.fin",
            Self::Rsv1 => "ws.rsv1",
            Self::Rsv2 => "ws.rsv2",
            Self::Rsv3 => "ws.rsv3",
            Self::Opcode => "websocket.opcode",
            Self::Mask => "websocket.mask",
            Self::Length => "websocket.payload_length",
            Self::Length16 => "websocket.payload_length_ext_16",
            Self::Length64 => "websocket.payload_length_ext_64",
            Self::MaskingKey => "websocket.masking_key",
            Self::Payload => "websocket.payload",
        }
    }

    /// What it is called on screen: the RFC's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fin => "FIN",
            Self::Rsv1 => "RSV1",
            Self::Rsv2 => "RSV2",
            Self::Rsv3 => "RSV3",
            Self::Opcode => "Opcode",
            Self::Mask => "MASK",
            Self::Length => "Payload length",
            Self::Length16 | Self::Length64 => "Extended payload length",
            Self::MaskingKey => "Masking key",
            Self::Payload => "Payload",
        }
    }

    /// The label for places without room.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Length => "Payload len",
            Self::Length16 | Self::Length64 => "Ext. length",
            Self::MaskingKey => "Mask key",
            _ => self.label(),
        }
    }
}

/// A part and its place, which may reach beyond the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which.
    pub kind: Kind,
    /// Where, from the frame's first bit.
    pub bits: Bits,
}

/// The parts of the frame at the start of `bytes`, in order. The two bytes that every header has are
/// always among them, the payload only where its length is known and more than nothing.
pub fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut parts: Vec<Part> = FIXED.into_iter().map(|(kind, bits)| Part { kind, bits }).collect();
    let Some(second) = bytes.get(1) else { return parts };
    let (form, extended) = match second & 0x7F {
        126 => (LengthForm::Sixteen, Some(Kind::Length16)),
        127 => (LengthForm::SixtyFour, Some(Kind::Length64)),
        _ => (LengthForm::Seven, None),
    };
    if let Some(kind) = extended {
        parts.push(Part { kind, bits: Bits::bytes(2, form.extra()) });
    }
    let mut end = 2 + form.extra();
    if second & 0x80 != 0 {
        parts.push(Part { kind: Kind::MaskingKey, bits: Bits::bytes(end, 4) });
        end += 4;
    }
    if let Some(len) = payload_len(bytes).filter(|&len| len > 0) {
        let at = end as u64 * 8;
        parts.push(Part { kind: Kind::Payload, bits: Bits { at, len: len.saturating_mul(8).min(FAR - at) } });
    }
    parts
}

/// The payload's length, which is known as soon as the length's own bytes are there.
fn payload_len(bytes: &[u8]) -> Option<u64> {
    // A masking key that is cut does not hide the length before it.
    let mut padded = [0; FrameHeader::MAX_LEN];
    padded.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    match FrameHeader::parse(&padded) {
        Parsed::Done { value, .. } if bytes.len() >= 2 + value.form.extra() => Some(value.payload_len),
        _ => None,
    }
}

/// Further than any payload reaches, so that sums of places cannot overflow.
const FAR: u64 = u64::MAX >> 1 & !7;

/// The first two bytes.
const FIXED: [(Kind, Bits); 7] = [
    (Kind::Fin, Bits::of(0, 0, 1)),
    (Kind::Rsv1, Bits::of(0, 1, 1)),
    (Kind::Rsv2, Bits::of(0, 2, 1)),
    (Kind::Rsv3, Bits::of(0, 3, 1)),
    (Kind::Opcode, Bits::of(0, 4, 4)),
    (Kind::Mask, Bits::of(1, 0, 1)),
    (Kind::Length, Bits::of(1, 1, 7)),
];
