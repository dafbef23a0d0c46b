//! A payload as rows show it: text where it is text, base64 or hex where it is not.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::column::Cell;
use super::words;

/// Bytes of which the beginning is shown in a table.
pub(crate) const BEGINNING: u64 = 256;
/// No payload longer than this is put into one row.
pub(crate) const LIMIT: u64 = 1 << 30;
/// Hex bytes in a table's cell.
const HEX: usize = 24;

/// Unmasked bytes of a frame or a message.
#[derive(Debug, Default)]
pub(crate) struct Payload {
    bytes: Vec<u8>,
    /// Which of them were never captured.
    holes: Vec<Range<usize>>,
    /// Whether there is more than this.
    cut: bool,
    text: bool,
}

impl Payload {
    /// Bytes, some of them perhaps not known. What is missing at the end is left off, not shown as zeros.
    pub(crate) fn new(mut bytes: Vec<u8>, mut holes: Vec<Range<usize>>, mut cut: bool) -> Self {
        if let Some(hole) = holes.pop_if(|hole| hole.end >= bytes.len()) {
            bytes.truncate(hole.start);
            cut = true;
        }
        let text = holes.is_empty()
            && match std::str::from_utf8(&bytes) {
                Ok(_) => true,
                // A beginning may end inside a character.
                Err(error) if cut => error.error_len().is_none() && error.valid_up_to() > 0,
                Err(_) => false,
            };
        Self { bytes, holes, cut, text }
    }

    /// The key `text`, where it is text to its end.
    pub(crate) fn as_text(&self) -> Cell<'_> {
        let text = std::str::from_utf8(&self.bytes).ok().filter(|_| self.text);
        Cell::or_absent(text, Cell::word)
    }

    /// The key `base64`, where it is not.
    pub(crate) fn as_base64(&self) -> Cell<'_> {
        match self.as_text() {
            Cell::Absent => Cell::text(STANDARD.encode(&self.bytes)),
            _ => Cell::Absent,
        }
    }

    /// Where bytes are missing between others: `[[first, length], …]`.
    pub(crate) fn holes(&self) -> Cell<'_> {
        if self.holes.is_empty() {
            return Cell::Absent;
        }
        let holes = self.holes.iter().map(|hole| serde_json::json!([hole.start, hole.len()]));
        Cell::Nested(holes.collect())
    }

    /// A table's cell: the text itself, or the first bytes in hex. Text counts only where it is `asked` for:
    /// what is binary by its opcode may be text by chance.
    pub(crate) fn preview(&self, asked: bool) -> String {
        if self.text && asked {
            let text = String::from_utf8_lossy(&self.bytes);
            let text = text.trim_end_matches('\u{fffd}');
            return if self.cut { format!("{text}…") } else { text.to_owned() };
        }
        words::hex(&self.bytes, HEX, self.cut)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing is invented: missing bytes at the end are left off, and a payload with holes is never called text.
    #[test]
    fn holes_are_not_text() {
        let hole = |first, end| std::iter::once(first..end).collect();
        let payload = Payload::new(b"ab\0\0".to_vec(), hole(2, 4), false);
        assert!(matches!(payload.as_text(), Cell::Text(text) if text == "ab"));
        let payload = Payload::new(b"a\0b".to_vec(), hole(1, 2), false);
        assert!(matches!(payload.as_text(), Cell::Absent));
        assert_eq!(payload.as_base64().plain(), "YQBi");
        assert_eq!(payload.holes().plain(), "[[1,1]]");
    }
}
