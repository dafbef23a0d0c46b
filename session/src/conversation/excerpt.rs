//! The beginning of what an item says: a few lines of text, JSON without its spaces, or bytes in hex.

use dissector::ids::FrameId;
use dissector::websocket::opcode::Opcode;

use super::Item;
use crate::content::{Content, SHOWN, Why};
use crate::likeness;
use crate::model::Kind;
use crate::snapshot::Snapshot;

/// The beginning of what an item says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Text with its line breaks, or bytes in hex, or why there is neither.
    pub text: String,
    /// What it is.
    pub shape: Shape,
    /// Whether there is more than this.
    pub cut: bool,
}

/// What an excerpt is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// There is nothing in it.
    #[default]
    Empty,
    /// Text.
    Text,
    /// JSON.
    Json,
    /// Bytes, with what they look like.
    Bytes(Option<&'static str>),
    /// Its content cannot be had; the text says why.
    Nothing,
}

/// Bytes that are read of a message.
pub(super) const READ: u64 = 64 << 10;
/// A compressed message that is longer is not inflated for the sake of its beginning.
const INFLATED: u64 = 1 << 20;
/// Characters of an excerpt.
const CHARS: usize = 640;
/// Bytes that are written in hex.
const HEX: usize = 32;

/// The beginning of what an item says.
pub fn excerpt(snapshot: &Snapshot, content: &mut Content, item: Item) -> Excerpt {
    match payload(snapshot, content, item) {
        Ok(payload) => of(&payload),
        Err(why) => Excerpt { text: why.says(), shape: Shape::Nothing, cut: false },
    }
}

/// The beginning of a payload.
pub(super) struct Payload {
    pub(super) bytes: Vec<u8>,
    text: bool,
    cut: bool,
}

/// Reads the beginning of what an item says.
pub(super) fn payload(snapshot: &Snapshot, content: &mut Content, item: Item) -> Result<Payload, Why> {
    match item {
        Item::Opening | Item::Ending => Ok(Payload { bytes: Vec::new(), text: true, cut: false }),
        Item::Frame(id) => frame(snapshot, content, id),
        Item::Message(id) => {
            let message = snapshot.message(id).ok_or(Why::Unfinished)?;
            let text = message.kind == Kind::Text;
            let long = message.wire_len > READ;
            if !message.compressed {
                let bytes = content.joined(snapshot, &message, READ)?.bytes;
                return Ok(Payload { bytes, text, cut: long });
            }
            let limit = if message.len.is_some_and(|len| len > INFLATED) { 0 } else { SHOWN };
            let mut bytes = content.message(snapshot, id, limit)?;
            let cut = bytes.len() as u64 > READ;
            bytes.truncate(READ as usize);
            Ok(Payload { bytes, text, cut })
        }
    }
}

fn frame(snapshot: &Snapshot, content: &mut Content, id: FrameId) -> Result<Payload, Why> {
    let frame = content.frame(snapshot, id, READ)?;
    let mut bytes = frame.payload.bytes;
    if frame.header.opcode == Opcode::CLOSE {
        // RFC 6455 5.5.1: a status code of two bytes, and then the reason.
        bytes.drain(..bytes.len().min(2));
    }
    let text = std::str::from_utf8(&bytes).is_ok_and(|text| !text.chars().any(char::is_control));
    Ok(Payload { bytes, text, cut: frame.cut })
}

/// The excerpt of a payload.
pub(super) fn of(payload: &Payload) -> Excerpt {
    let bytes = payload.bytes.as_slice();
    if bytes.is_empty() {
        return Excerpt::default();
    }
    if !payload.text {
        let mut text: String = bytes.iter().take(HEX).map(|byte| format!("{byte:02x} ")).collect();
        text.pop();
        let cut = payload.cut || bytes.len() > HEX;
        return Excerpt { text, shape: Shape::Bytes(likeness::kind(bytes)), cut };
    }
    let json = json_like(bytes, payload.cut);
    // A character may have been cut in two; what else is no UTF-8 is shown as a sign.
    let whole = String::from_utf8_lossy(bytes);
    let whole = if payload.cut { whole.trim_end_matches(char::REPLACEMENT_CHARACTER) } else { &whole };
    let mut characters: Box<dyn Iterator<Item = char>> =
        if json { Box::new(compact(whole)) } else { Box::new(whole.chars()) };
    let text: String = characters.by_ref().take(CHARS).map(sign).collect();
    let cut = payload.cut || characters.next().is_some();
    Excerpt { text, shape: if json { Shape::Json } else { Shape::Text }, cut }
}

fn json_like(bytes: &[u8], cut: bool) -> bool {
    let bytes = bytes.trim_ascii();
    match (bytes.first(), bytes.last()) {
        (Some(b'{'), Some(last)) => cut || *last == b'}',
        (Some(b'['), Some(last)) => cut || *last == b']',
        _ => false,
    }
}

/// JSON without the spaces between its values.
fn compact(text: &str) -> impl Iterator<Item = char> {
    let (mut inside, mut escaped) = (false, false);
    text.chars().filter(move |character| {
        if inside {
            inside = escaped || *character != '"';
            escaped = !escaped && *character == '\\';
            return true;
        }
        inside = *character == '"';
        !character.is_ascii_whitespace()
    })
}

/// What stands for a character: line breaks stay, other control characters become signs.
fn sign(character: char) -> char {
    match character {
        '\n' => '\n',
        '\t' => ' ',
        // Line and paragraph separators, which JSON may hold as they are.
        '\u{2028}' | '\u{2029}' => '↵',
        character if character.is_control() => '·',
        character => character,
    }
}

impl Excerpt {
    /// The same in one line of so many characters.
    pub fn line(&self, characters: usize) -> String {
        let mut line: String =
            self.text.chars().take(characters).map(|it| if it == '\n' { '↵' } else { it }).collect();
        if self.cut || self.text.chars().nth(characters).is_some() {
            line.push('…');
        }
        if let Shape::Bytes(Some(kind)) = self.shape {
            line.push_str("  ");
            line.push_str(kind);
        }
        line
    }
}
