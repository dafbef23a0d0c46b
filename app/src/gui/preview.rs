//! A message in one line.

use session::decoding::Decoding;
use session::dissector::ids::{DeliveryId, MessageId};
use session::likeness::kind;
use session::model::Kind;
use session::{Content, Snapshot};

/// Bytes that are read of a message for its line.
const READ: u64 = 1024;
/// Characters of the line.
const SHOWN: usize = 200;
/// Bytes of a binary message that are written out.
const HEX: usize = 24;

/// The line: text as it is, control characters as signs, bytes in hex with what they look like; or why not.
pub fn preview(snapshot: &Snapshot, content: &mut Content, id: MessageId) -> String {
    let Some(message) = snapshot.message(id) else { return String::new() };
    let bytes = if message.compressed {
        content.message(snapshot, id, session::content::SHOWN)
    } else {
        content.joined(snapshot, &message, READ).map(|joined| joined.bytes)
    };
    match bytes {
        Err(why) => why.says(),
        Ok(bytes) if bytes.is_empty() => "empty".into(),
        Ok(bytes) if message.kind == Kind::Text => line(&bytes),
        Ok(bytes) => binary(&bytes),
    }
}

/// Text in one line.
pub fn line(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(SHOWN * 4)];
    let (text, cut) = match std::str::from_utf8(start) {
        Ok(text) => (text.into(), start.len() < bytes.len()),
        // Cut within a code point.
        Err(error) if error.error_len().is_none() => {
            (String::from_utf8_lossy(&start[..error.valid_up_to()]), true)
        }
        Err(_) => (String::from_utf8_lossy(start), start.len() < bytes.len()),
    };
    let mut line: String = text.chars().take(SHOWN).map(sign).collect();
    if cut || text.chars().nth(SHOWN).is_some() {
        line.push('…');
    }
    line
}

/// What stands for a character in one line.
fn sign(character: char) -> char {
    match character {
        '\n' => '↵',
        '\t' => '→',
        '\r' => '←',
        character if character.is_control() => '·',
        character => character,
    }
}

fn binary(bytes: &[u8]) -> String {
    let mut line: String = bytes.iter().take(HEX).map(|byte| format!("{byte:02x} ")).collect();
    line.pop();
    if bytes.len() > HEX {
        line.push_str(" …");
    }
    match kind(bytes) {
        Some(kind) => format!("{line}  {kind}"),
        None => line,
    }
}

/// One line of a message that HTTP carries: what it says, or why it cannot be had.
pub fn delivered(snapshot: &Snapshot, content: &mut Content, id: DeliveryId) -> String {
    let Some(delivery) = snapshot.delivery(id) else { return String::new() };
    match content.delivery(snapshot, id, session::content::SHOWN) {
        Ok(bytes) => Decoding::default().delivered(content, snapshot, &delivery, &bytes, false).summary(),
        Err(why) => why.says(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line stays one line, also of text that was cut within a character, and is never longer than promised.
    #[test]
    fn one_line() {
        assert_eq!(line(b"a\r\n\tb\0"), "a←↵→b·");
        let long = "é".repeat(500);
        assert_eq!(line(&long.as_bytes()[..401]).chars().count(), 201);
        assert_eq!(line("déjà".as_bytes()), "déjà");
    }

    /// Bytes are shown as bytes, with what they look like.
    #[test]
    fn bytes_in_a_line() {
        assert_eq!(binary(b"\x1f\x8b\x08"), "1f 8b 08  gzip");
        assert!(binary(&[0; 100]).ends_with("00 …"));
    }
}
