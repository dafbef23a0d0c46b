//! A message in one line.

use session::dissector::ids::MessageId;
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

/// What bytes begin with, and what that says.
#[rustfmt::skip]
const KINDS: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n",       "PNG image"),
    (b"\xff\xd8\xff",      "JPEG image"),
    (b"GIF8",              "GIF image"),
    (b"RIFF",              "RIFF: WebP, WAV or AVI"),
    (b"\x1f\x8b",          "gzip"),
    (b"\x28\xb5\x2f\xfd",  "Zstandard"),
    (b"PK\x03\x04",        "ZIP"),
    (b"%PDF-",             "PDF"),
    (b"OggS",              "Ogg"),
    (b"\x1a\x45\xdf\xa3",  "WebM or Matroska"),
    (b"\0asm",             "WebAssembly"),
    (b"{\"",               "JSON"),
    (b"[{",                "JSON"),
];

/// What bytes look like by how they begin.
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    let known = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind);
    let text = || {
        std::str::from_utf8(bytes)
            .is_ok_and(|text| !text.chars().any(|it| it.is_control() && !it.is_ascii_whitespace()))
    };
    known.or_else(|| text().then_some("text"))
}

/// The ending of a file that holds such bytes.
pub fn ending(bytes: &[u8]) -> &'static str {
    match kind(bytes) {
        Some("text") => "txt",
        Some("JSON") => "json",
        Some("PNG image") => "png",
        Some("JPEG image") => "jpg",
        Some("GIF image") => "gif",
        Some("gzip") => "gz",
        Some("Zstandard") => "zst",
        Some("ZIP") => "zip",
        Some("PDF") => "pdf",
        Some("Ogg") => "ogg",
        Some("WebAssembly") => "wasm",
        _ => "bin",
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
