//! Bytes that were sent as base64 (RFC 4648 4), with the place of each.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::tree::Base;

/// Senders pad, or do not.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes that a text stands for; the place of the first character that is none of base64 where there is one.
pub(super) fn unpack(text: &[u8]) -> Result<Vec<u8>, usize> {
    ENGINE.decode(text).map_err(|error| match error {
        base64::DecodeError::InvalidByte(at, _)
        | base64::DecodeError::InvalidLastSymbol { offset: at, .. } => at,
        _ => text.len(),
    })
}

/// Where the bytes stand whose text begins at `at`: each begins in the character that has its first bits.
pub(super) fn places(len: usize, text: usize, at: usize) -> Base {
    let place = |byte: usize| if byte < len { byte * 8 / 6 } else { text };
    Base::Places((0..=len).map(|byte| (at + place(byte)) as u32).collect())
}
