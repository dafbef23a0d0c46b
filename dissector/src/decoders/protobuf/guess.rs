//! What bytes are without a schema: whether they are a Protobuf message at all, and what a field of bytes holds.
//!
//! Nearly any bytes begin like a message, so that a whole message is taken for one only where enough of it would not be
//! so by chance: each thing that had to be as it is counts about as many bits as chance had against it.

use super::super::plain::is_text;
use super::super::read::Reader;
use super::wire::{self, Wire};

/// What a field of bytes holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    Message,
    Text,
    Bytes,
}

/// `protoc --decode_raw` takes for a message whatever could be one; text that could be is text here.
pub(super) fn guess(bytes: &[u8]) -> Guess {
    // Tags of field 1 are among the marks that stand in text.
    let marked = matches!(bytes.first(), Some(b'\t' | b'\n' | b'\r'));
    match (is_text(bytes), !bytes.is_empty() && is_message(bytes)) {
        (true, message) if !message || !marked => Guess::Text,
        (_, true) => Guess::Message,
        _ => Guess::Bytes,
    }
}

/// Whether bytes are fields to the last; what is in them is not looked at.
pub(super) fn is_message(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    while reader.left() > 0 {
        let good = wire::tag(&mut reader).and_then(|(number, kind)| match kind {
            _ if is_reserved(number) => Err(""),
            3 => wire::skip_group(&mut reader, number),
            kind => wire::value(&mut reader, kind).map(drop),
        });
        if good.is_err() {
            return false;
        }
    }
    true
}

/// Numbers that Protobuf keeps for itself.
fn is_reserved(number: u32) -> bool {
    (19_000..20_000).contains(&number)
}

/// Bits of evidence from which a message is taken for one.
pub(super) const ENOUGH: u32 = 14;
/// Field numbers of messages that are taken for ones: others would be one in 16 tags by chance.
const HIGHEST: u32 = 1_000;
/// Messages in one another that are counted.
const DEEPEST: u32 = 8;
/// Bytes of a message that are looked at.
const LOOKED: usize = 64 << 10;

/// Whether a whole message is one, as far as can be told of a single message.
pub(super) fn is_likely(bytes: &[u8]) -> bool {
    !is_text(bytes.get(..LOOKED).unwrap_or(bytes)) && evidence(bytes, 0).is_some_and(|bits| bits >= ENOUGH)
}

/// Bits of evidence that bytes are a message; none where they are not.
pub(super) fn evidence(bytes: &[u8], depth: u32) -> Option<u32> {
    let (mut reader, mut bits, mut last) = (Reader::new(bytes), 0_u32, 0);
    while reader.left() > 0 {
        let (start, (number, kind)) = (reader.at(), wire::tag(&mut reader).ok()?);
        if number > HIGHEST || (number > 15) != (reader.at() - start > 1) {
            return None;
        }
        // Of 256 first bytes 60 are such tags, and who serializes does it by number.
        bits += 2 + u32::from(last > 0 && number >= last && number <= last + 8);
        last = number;
        if kind == 3 {
            wire::skip_group(&mut reader, number).ok()?;
            continue;
        }
        let (before, value) = (reader.at(), wire::value(&mut reader, kind).ok()?);
        let (len, left) = (reader.at() - before, bytes.len() - before);
        bits += match value {
            // A varint ends with a byte that is not 0 unless it is the only one.
            Wire::Varint(number) if len > 1 && number >> (7 * (len as u32 - 1)) == 0 => return None,
            Wire::Varint(_) => 1,
            Wire::Bytes(bytes) => {
                // How rare a length is that fits.
                let fits = (256_usize.checked_div(left).unwrap_or(1)).max(1).ilog2();
                fits + match guess(bytes) {
                    Guess::Text => (bytes.len() as u32).min(16),
                    Guess::Message if depth < DEEPEST => evidence(bytes, depth + 1).unwrap_or(0),
                    _ => 0,
                }
            }
            Wire::Fixed64(_) | Wire::Fixed32(_) => 0,
        };
    }
    Some(bits)
}
