//! A frame as a detail tree: each part with its bits and one sentence that cites the RFC.
//!
//! Takes one frame's bytes, whole or cut, from any place. Knows neither its message nor what was agreed.

mod says;

use crate::tree::{Bits, Field};
use crate::websocket::close::Body;
use crate::websocket::deflate::{Inflater, Tail};
use crate::websocket::header::{FrameHeader, Parsed};
use crate::websocket::layout::{Kind, Part, parts};
use crate::websocket::mask::unmask;
use crate::websocket::opcode::Opcode;
use crate::websocket::utf8::Verdict;

/// The tree of the frame at the start of `bytes`. What is not there is said to be missing; bytes behind
/// the frame are left alone.
pub fn frame(bytes: &[u8]) -> Field {
    let parts = parts(bytes);
    let mut children: Vec<Field> = Vec::new();
    let mut reserved = Vec::new();
    for part in &parts {
        let field = field(bytes, *part);
        match part.kind {
            Kind::Rsv1 | Kind::Rsv2 => reserved.push(field),
            Kind::Rsv3 => {
                reserved.push(field);
                children.push(rsv(bytes, core::mem::take(&mut reserved)));
            }
            _ => children.push(field),
        }
    }
    let end = parts.last().map_or(0, |part| part.bits.at + part.bits.len);
    let whole = present(bytes, Bits { at: 0, len: end });
    Field::new("websocket", "WebSocket", summary(bytes), whole).with(children)
}

/// A frame in one line: `TEXT "Hello" 5 bytes, masked`.
pub fn summary(bytes: &[u8]) -> String {
    let header = match FrameHeader::parse(bytes) {
        Parsed::Done { value, .. } => value,
        Parsed::Short { need } => {
            return format!(
                "a header cut after {} of at least {}",
                count(bytes.len() as u64),
                count(need as u64)
            );
        }
    };
    let payload = payload(bytes, &header, PREVIEW);
    let mut words = vec![match header.opcode {
        Opcode::CONTINUATION => "CONT".to_owned(),
        opcode if opcode.is_reserved() => format!("RESERVED {:#x}", opcode.0),
        opcode => opcode.name().to_ascii_uppercase(),
    }];
    match (header.opcode, Body::read(&payload)) {
        (Opcode::CLOSE, Body::Code { code, reason }) if header.payload_len >= 2 => {
            words.extend(
                Body::Code { code, reason }.meaning().map(|meaning| format!("{code} ({})", meaning.name)),
            );
            words.extend(preview(reason).filter(|_| !reason.is_empty()));
        }
        _ if header.payload_len > 0 && !header.rsv1() => words.extend(preview(&payload)),
        _ => {}
    }
    if header.opcode != Opcode::CLOSE || header.payload_len < 2 {
        words.push(count(header.payload_len));
    }
    let mut line = words.join(" ");
    for (holds, word) in [
        (header.mask.is_some(), "masked"),
        (header.rsv1(), "compressed"),
        (!header.fin, "continued"),
        ((bytes.len() as u64) < header.frame_len(), "cut"),
    ] {
        if holds {
            line = format!("{line}, {word}");
        }
    }
    line
}

/// The payload that is there, unmasked, at most `limit` bytes of it.
pub(crate) fn payload(bytes: &[u8], header: &FrameHeader, limit: usize) -> Vec<u8> {
    let len = usize::try_from(header.payload_len).unwrap_or(usize::MAX).min(limit);
    let there = bytes.get(header.len()..).unwrap_or_default();
    let mut payload = there.get(..len).unwrap_or(there).to_vec();
    unmask(&mut payload, header.mask.unwrap_or_default(), 0);
    payload
}

/// Bytes in quotes if they are text, also where the end of it was cut within a code point; shortened.
pub(crate) fn preview(bytes: &[u8]) -> Option<String> {
    let text = match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            core::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return None,
    };
    if text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace()) {
        return None;
    }
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push_str(" …");
    }
    Some(format!("\"{}\"", shown.replace("\\'", "'")))
}

/// `1 byte`, `5 bytes`, `1,204 bytes`.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text} byte{}", if n == 1 { "" } else { "s" })
}

/// The run as far as the bytes go.
fn present(bytes: &[u8], bits: Bits) -> Bits {
    let end =
        (bytes.len() as u64 * 8).clamp(bits.at.min(bytes.len() as u64 * 8), bits.at.saturating_add(bits.len));
    let at = bits.at.min(end);
    Bits { at, len: end - at }
}

fn rsv(bytes: &[u8], bits: Vec<Field>) -> Field {
    let value = bytes.first().map_or(String::new(), |first| format!("{:03b}", first >> 4 & 0x7));
    Field::new("websocket.rsv", "Reserved", value, present(bytes, Bits::of(0, 1, 3)))
        .says("Three bits for extensions; \"MUST be 0 unless an extension is negotiated that defines meanings for non-zero values\" (RFC 6455 5.2)")
        .with(bits)
}

fn field(bytes: &[u8], part: Part) -> Field {
    let bits = present(bytes, part.bits);
    let new = |value: String| Field::new(part.kind.name(), part.kind.label(), value, bits);
    let missing = (part.bits.len - bits.len).div_ceil(8);
    if missing > 0 && part.kind != Kind::Payload {
        let of = part.bits.len.div_ceil(8);
        let value =
            if bits.len == 0 { "missing".to_owned() } else { format!("{missing} of {} missing", count(of)) };
        return new(value).says("The bytes end before it (RFC 6455 5.2 shows what comes here)");
    }
    let number = read(bytes, part.bits);
    let opcode = Opcode(bytes.first().copied().unwrap_or_default() & 0xF);
    match part.kind {
        Kind::Payload => payload_field(bytes, new(String::new()), missing),
        Kind::Opcode => new(format!("{} ({number:#x})", Opcode(number as u8).name()))
            .says(says::says(opcode, part.kind, number)),
        Kind::MaskingKey => new(format!("{number:08x}")).says(says::says(opcode, part.kind, number)),
        _ => new(number.to_string()).says(says::says(opcode, part.kind, number)),
    }
}

/// The number that stands in up to 64 bits.
pub(crate) fn read(bytes: &[u8], bits: Bits) -> u64 {
    let (first, len) = bits.touched();
    let touched = bytes.get(first..).unwrap_or_default().iter().take(len.min(8));
    let value = touched.fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let behind = (first + len) as u64 * 8 - (bits.at + bits.len).min((first + len) as u64 * 8);
    let mask = if bits.len >= 64 { u64::MAX } else { (1 << bits.len) - 1 };
    value >> behind & mask
}

fn payload_field(bytes: &[u8], field: Field, missing: u64) -> Field {
    let Parsed::Done { value: header, .. } = FrameHeader::parse(bytes) else { return field };
    let payload = payload(bytes, &header, DETAIL);
    let mut value = match header.opcode {
        Opcode::CLOSE => {
            payload.get(..2).and_then(|_| Body::read(&payload).meaning()).map(|it| it.name.to_owned())
        }
        _ if payload.is_empty() => Some(String::new()),
        _ if header.rsv1() => None,
        _ => preview(&payload),
    }
    .unwrap_or_else(|| hex(&payload));
    if missing > 0 {
        let there = if value.is_empty() { value } else { format!("{value}, ") };
        value = format!("{there}{} missing", count(missing));
    }
    let says = match (header.opcode, header.mask.is_some()) {
        (Opcode::CLOSE, _) => "A code of two bytes, and perhaps a reason in UTF-8 (RFC 6455 5.5.1)",
        (Opcode::PING | Opcode::PONG, _) => {
            "At most 125 bytes that a Pong returns as they came (RFC 6455 5.5.2 and 5.5.3)"
        }
        (_, true) => "Shown unmasked (RFC 6455 5.3); its meaning is the application's (RFC 6455 5.6)",
        (_, false) => "Its meaning is the application's (RFC 6455 5.6)",
    };
    let at = header.len();
    let children = match header.opcode {
        Opcode::CLOSE => close(&payload, at),
        opcode if header.rsv1() && opcode.is_data() => inflated(&payload, field.bits).into_iter().collect(),
        _ => Vec::new(),
    };
    Field { value, ..field }.says(says).with(children)
}

fn close(payload: &[u8], at: usize) -> Vec<Field> {
    let body = Body::read(payload);
    let mut fields = Vec::new();
    match (body, body.meaning()) {
        (Body::Code { code, .. }, Some(meaning)) => fields.push(
            Field::new(
                "websocket.payload.close.status_code",
                "Status code",
                format!("{code} ({})", meaning.name),
                Bits::bytes(at, 2),
            )
            .says(format!("{} ({})", meaning.says, meaning.reference)),
        ),
        (Body::OneByte(byte), _) => fields.push(
            Field::new(
                "websocket.payload.close.status_code",
                "Status code",
                format!("{byte:02x}, 1 byte missing"),
                Bits::bytes(at, 1),
            )
            .says("A body has two bytes at least (RFC 6455 5.5.1)"),
        ),
        _ => {}
    }
    let reason = body.reason();
    if !reason.is_empty() {
        let says = match body.reason_verdict() {
            Verdict::Valid => {
                "For people who look for the cause; not meant for users (RFC 6455 5.5.1)".to_owned()
            }
            Verdict::Invalid { at, kind } => {
                format!("Not UTF-8: {} at its byte {at} (RFC 6455 5.5.1)", kind.says())
            }
            Verdict::Incomplete { at } => {
                format!(
                    "Not UTF-8: it ends inside the code point that begins at its byte {at} (RFC 6455 5.5.1)"
                )
            }
        };
        let value = preview(reason).unwrap_or_else(|| hex(reason));
        let bits = Bits::bytes(at + 2, reason.len());
        fields.push(Field::new("websocket.payload.close.reason", "Reason", value, bits).says(says));
    }
    fields
}

/// A payload that inflates on an empty window refers to nothing before it, so that this is what it
/// holds whatever came before.
fn inflated(payload: &[u8], bits: Bits) -> Option<Field> {
    let mut inflater = Inflater::new(1 << 20);
    let mut text = Vec::new();
    inflater.start();
    inflater.feed(payload, &mut |bytes| text.extend_from_slice(bytes)).ok()?;
    let inflated = inflater.finish(&mut |bytes| text.extend_from_slice(bytes)).ok()?;
    if inflated.tail == Tail::Ragged || inflated.tail == Tail::Empty {
        return None;
    }
    let value = preview(&text).unwrap_or_else(|| hex(&text));
    let says = format!(
        "The payload inflates to {} without any message before it (RFC 7692 7.2.2)",
        count(inflated.length)
    );
    Some(Field::new("ws.inflated", "Inflated", value, bits).says(says))
}

/// Bytes in hex, in pairs, shortened.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(SHOWN / 3).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > SHOWN / 3 { " …" } else { "" };
    format!("{}{more}", shown.join(" "))
}

/// Bytes of payload that a tree looks at: a Close or a compressed example in full, a large payload in part.
const DETAIL: usize = 1 << 20;
/// Characters of a preview.
const SHOWN: usize = 120;
/// Bytes of payload that a summary looks at: more than it can show.
const PREVIEW: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(field: &Field, into: &mut Vec<String>) {
        into.push(format!("{}+{} {} {}", field.bits.at, field.bits.len, field.name, field.value));
        field.children.iter().for_each(|child| lines(child, into));
    }

    fn tree(bytes: &str) -> Vec<String> {
        let mut into = Vec::new();
        lines(&frame(&hex::decode(bytes).unwrap()), &mut into);
        into
    }

    /// A masked Close with code and reason: every name, value and bit.
    #[test]
    fn rfc6455_5_5_1_close() {
        assert_eq!(
            tree("888501020304 02ea617d64".replace(' ', "").as_str()),
            [
                "0+88 websocket CLOSE 1000 (normal closure) \"bye\", masked",
                "0+1 websocket.fin 1",
                "1+3 websocket.rsv 000",
                "1+1 ws.rsv1 0",
                "2+1 ws.rsv2 0",
                "3+1 ws.rsv3 0",
                "4+4 websocket.opcode close (0x8)",
                "8+1 websocket.mask 1",
                "9+7 websocket.payload_length 5",
                "16+32 websocket.masking_key 01020304",
                "48+40 websocket.payload normal closure",
                "48+16 websocket.payload.close.status_code 1000 (normal closure)",
                "64+24 websocket.payload.close.reason \"bye\"",
            ]
        );
    }

    /// Extended lengths, and what is said where the bytes end early.
    #[test]
    fn rfc6455_5_2_lengths_and_cuts() {
        assert!(tree("827e0100").contains(&"16+16 websocket.payload_length_ext_16 256".to_owned()));
        assert!(tree("827e0100").contains(&"32+0 websocket.payload 256 bytes missing".to_owned()));
        assert!(
            tree("827f0000000000010000").contains(&"16+64 websocket.payload_length_ext_64 65536".to_owned())
        );
        assert!(
            tree("81fe00").contains(&"16+8 websocket.payload_length_ext_16 1 of 2 bytes missing".to_owned())
        );
        assert!(tree("81fe00").contains(&"24+0 websocket.masking_key missing".to_owned()));
        assert!(tree("c107f248cdc9c90700").contains(&"16+56 ws.inflated \"Hello\"".to_owned()));
    }

    proptest! {
        /// Never fails, and never points outside the bytes or outside the parent.
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            fn inside(field: &Field) -> bool {
                let end = field.bits.at + field.bits.len;
                field.children.iter().all(|child| {
                    child.bits.at >= field.bits.at && child.bits.at + child.bits.len <= end && inside(child)
                })
            }
            let tree = frame(&bytes);
            prop_assert!(tree.bits.at + tree.bits.len <= bytes.len() as u64 * 8);
            prop_assert!(inside(&tree));
        }
    }
}
