//! A payload as rows show it: text where it is text, base64 or hex where it is not.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use session::content::Patchy;
use simdutf8::{basic, compat};

use super::column::Cell;
use super::words;

/// Bytes of which the beginning is shown in a table.
pub(crate) const BEGINNING: u64 = 256;
/// No payload longer than this is put into one row.
pub(crate) const LIMIT: u64 = 1 << 30;
/// No more memory than this is kept for payloads that come.
const LARGEST: usize = 1 << 20;
/// Payloads that are longer are looked at from the beginning, until something is no text.
const LONG: usize = 1 << 12;
/// Hex bytes in a table's cell.
const HEX: usize = 24;

/// Unmasked bytes of a frame or a message.
#[derive(Debug)]
pub(crate) struct Payload {
    bytes: Vec<u8>,
    /// Which of them were never captured.
    holes: Vec<Range<usize>>,
    /// Whether there is more than this.
    cut: bool,
    /// Once somebody asked.
    kind: OnceCell<Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    /// Text that ends inside a character.
    Begun,
    Bytes,
}

impl Payload {
    /// Bytes, some of them perhaps not known. What is missing at the end is left off, not shown as zeros.
    pub(crate) fn new(Patchy { mut bytes, mut holes }: Patchy, mut cut: bool) -> Self {
        if let Some(hole) = holes.pop_if(|hole| hole.end >= bytes.len()) {
            bytes.truncate(hole.start);
            cut = true;
        }
        let kind = if holes.is_empty() { OnceCell::new() } else { Kind::Bytes.into() };
        Self { bytes, holes, cut, kind }
    }

    fn kind(&self) -> Kind {
        *self.kind.get_or_init(|| Kind::of(&self.bytes, self.cut))
    }

    /// What holds its bytes, to be filled with others.
    pub(crate) fn spent(mut self) -> Patchy {
        self.bytes.clear();
        self.holes.clear();
        self.bytes.shrink_to(LARGEST);
        Patchy { bytes: self.bytes, holes: self.holes }
    }

    /// The key `text`, where it is text to its end.
    pub(crate) fn as_text(&self) -> Cell<'_> {
        if self.bytes.is_ascii() && *self.kind.get_or_init(|| Kind::Text) == Kind::Text {
            return Cell::Ascii(&self.bytes);
        }
        // Most of what is short is, and then it is looked at once; what is long and no text says so in the beginning.
        if self.bytes.len() > LONG && self.kind() == Kind::Bytes {
            return Cell::Absent;
        }
        match basic::from_utf8(&self.bytes) {
            Ok(text) if *self.kind.get_or_init(|| Kind::Text) == Kind::Text => Cell::word(text),
            _ => Cell::Absent,
        }
    }

    /// The key `base64`, where it is not.
    pub(crate) fn as_base64(&self) -> Cell<'_> {
        match self.kind() {
            Kind::Text => Cell::Absent,
            Kind::Begun | Kind::Bytes => Cell::Base64(&self.bytes),
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
    pub(crate) fn preview(&self, asked: bool) -> Cow<'_, str> {
        if self.kind() == Kind::Bytes || !asked {
            return Cow::Owned(words::hex(&self.bytes, HEX, self.cut));
        }
        let text = match basic::from_utf8(&self.bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(&self.bytes),
        };
        match text {
            text if self.cut => Cow::Owned(format!("{}…", text.trim_end_matches('\u{fffd}'))),
            Cow::Borrowed(text) => Cow::Borrowed(text.trim_end_matches('\u{fffd}')),
            Cow::Owned(text) => Cow::Owned(text.trim_end_matches('\u{fffd}').to_owned()),
        }
    }

    /// Whether nothing is missing between others.
    pub(crate) fn is_whole(&self) -> bool {
        self.holes.is_empty()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl Kind {
    fn of(bytes: &[u8], cut: bool) -> Self {
        match compat::from_utf8(bytes) {
            Ok(_) => Self::Text,
            // A beginning may end inside a character.
            Err(error) if cut && error.error_len().is_none() && error.valid_up_to() > 0 => Self::Begun,
            Err(_) => Self::Bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing is invented: missing bytes at the end are left off, and a payload with holes is never called text.
    #[test]
    fn holes_are_not_text() {
        let payload = |bytes: &[u8], hole| {
            Payload::new(Patchy { bytes: bytes.to_vec(), holes: std::iter::once(hole).collect() }, false)
        };
        let end = payload(b"ab\0\0", 2..4);
        assert!(matches!(end.as_text(), Cell::Ascii(b"ab")));
        let middle = payload(b"a\0b", 1..2);
        assert!(matches!(middle.as_text(), Cell::Absent));
        assert_eq!(middle.as_base64().plain(), "YQBi");
        assert_eq!(middle.holes().plain(), "[[1,1]]");
    }
}
