//! The bodies of Engine.IO's polling transport: packets, several in one, of protocol version 4 parted by 0x1e, of 3 by
//! their lengths. Each is read as it would be in a message of WebSocket.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::engine_io::version;
use super::input::{Earlier, Input, Said};
use super::table::Decoder;
use super::tree::{Base, Tree};

/// What parts the packets of version 4.
const SEPARATOR: u8 = 0x1e;

/// A packet of a payload: where it stands, and its content where that is not what stands there.
struct Packet<'a> {
    text: bool,
    bytes: Cow<'a, [u8]>,
    /// Where its bytes stand; none where they stand there in base64.
    at: Option<usize>,
    /// Where it stands with all that belongs to it.
    place: std::ops::Range<usize>,
}

/// The packets before one in its payload: where an attachment's packet is looked for.
struct Before<'p, 'a>(&'p [Packet<'a>]);

impl Earlier for Before<'_, '_> {
    fn before(&self, back: usize) -> Option<(bool, Cow<'_, [u8]>)> {
        let packet = self.0.len().checked_sub(back + 1).and_then(|place| self.0.get(place))?;
        Some((packet.text, Cow::Borrowed(packet.bytes.as_ref())))
    }
}

/// Reads a payload, each packet by this decoder.
pub(super) fn payload(input: &Input<'_>, decoder: &Decoder, tree: &mut Tree) {
    let bytes = input.bytes();
    let mut packets: Vec<Packet<'_>> = Vec::new();
    let mut at = 0;
    let split = if version(input.facts) >= 4 { parted } else { measured };
    while at < bytes.len() && tree.more() {
        let (packet, end) = match split(bytes, at) {
            Ok(found) => found,
            Err((place, why)) => return tree.stop(place, why),
        };
        let said = Said { side: input.said.side, text: packet.text, bytes: &packet.bytes };
        let before = tree.parts();
        let base = packet.at.map_or(Base::Nowhere, |at| Base::Shifted(at as isize));
        let earlier = Before(&packets);
        let one = Input { said, facts: input.facts, earlier: &earlier, inside: input.inside };
        tree.within(base, |tree| (decoder.decode)(&one, tree));
        let mut parts = tree.take_parts(before);
        parts.iter_mut().for_each(|part| part.at = packet.place.clone());
        parts.into_iter().for_each(|part| tree.part(part));
        packets.push(packet);
        at = end;
    }
}

type Split<'a> = Result<(Packet<'a>, usize), (usize, &'static str)>;

/// Engine.IO 4, "HTTP long-polling": packets joined by 0x1e; `b` stands before binary in base64.
fn parted(bytes: &[u8], at: usize) -> Split<'_> {
    let rest = bytes.get(at..).unwrap_or_default();
    let len = memchr::memchr(SEPARATOR, rest).unwrap_or(rest.len());
    let packet = rest.get(..len).unwrap_or_default();
    let place = at..at + len;
    let packet = match packet.split_first() {
        Some((b'b', binary)) => {
            let bytes = unpack(binary, at + 1)?;
            Packet { text: false, bytes: Cow::Owned(bytes), at: None, place }
        }
        _ => Packet { text: true, bytes: Cow::Borrowed(packet), at: Some(at), place },
    };
    Ok((packet, at + len + 1))
}

fn unpack(base64: &[u8], at: usize) -> Result<Vec<u8>, (usize, &'static str)> {
    STANDARD.decode(base64).map_err(|_| (at, "no base64"))
}

/// Digits that a length has at the most.
const DIGITS: usize = 15;

/// Engine.IO 3, "Payload": `<length in characters>:<packet>`, or a byte that says text or binary, the digits of the
/// length as bytes of 0 to 9, 255 and the packet.
fn measured(bytes: &[u8], at: usize) -> Split<'_> {
    let rest = bytes.get(at..).unwrap_or_default();
    let binary = matches!(rest.first(), Some(0 | 1));
    let skip = usize::from(binary);
    let (end, zero) = if binary { (255, 0) } else { (b':', b'0') };
    let digits = rest.get(skip..).unwrap_or_default();
    let count =
        digits.iter().take(DIGITS + 1).position(|byte| *byte == end).ok_or((at, "no length of a packet"))?;
    let digit = |byte: &u8| byte.checked_sub(zero).filter(|digit| *digit < 10).map(usize::from);
    let number = |len: Option<usize>, byte: &u8| Some(len? * 10 + digit(byte)?);
    let len = digits.get(..count).unwrap_or_default().iter().fold(Some(0), number);
    let len = len.filter(|_| count > 0).ok_or((at, "no length of a packet"))?;
    let begin = at + skip + count + 1;
    let body = bytes.get(begin..).unwrap_or_default();
    let len = if binary { len } else { characters(body, len) };
    let packet = body.get(..len).ok_or((bytes.len(), "the payload ends before the packet does"))?;
    let place = at..begin + len;
    let text = rest.first() != Some(&1);
    let packet = match packet {
        // In text, `b` stands before the type of a binary packet, whose content is base64.
        [b'b', kind @ b'0'..=b'6', base64 @ ..] if !binary => {
            let mut content = vec![kind - b'0'];
            content.extend(unpack(base64, begin + 2)?);
            Packet { text: false, bytes: Cow::Owned(content), at: None, place }
        }
        packet => Packet { text, bytes: Cow::Borrowed(packet), at: Some(begin), place },
    };
    Ok((packet, begin + len))
}

/// Bytes of so many characters, counted as JavaScript does: in units of UTF-16. More than there are where they end.
fn characters(bytes: &[u8], count: usize) -> usize {
    let (mut units, mut at) = (0, 0);
    while units < count {
        let Some(byte) = bytes.get(at) else { return bytes.len() + 1 };
        let (len, of) = match byte {
            0xf0.. => (4, 2),
            0xe0.. => (3, 1),
            0xc0.. => (2, 1),
            _ => (1, 1),
        };
        (at, units) = (at + len, units + of);
    }
    at
}
