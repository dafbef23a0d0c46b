//! JSON, one object a line, whatever a line is to whoever reads it.
//!
//! JSON escapes the control characters of ASCII (RFC 8259 7). Some readers end a line at U+0085, U+2028 and U+2029
//! as well, and terminals obey U+0080 to U+009F: those are escaped too, which means the same.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

/// Writes a value on one line, without the line's end.
pub(crate) fn line<W: Write>(out: &mut W, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, OneLine))
}

struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        let breaks = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}');
        let mut rest = text;
        while let Some((place, found)) = rest.char_indices().find(|(_, c)| breaks(*c)) {
            let (before, after) = rest.split_at(place);
            out.write_all(before.as_bytes())?;
            write!(out, "\\u{:04x}", u32::from(found))?;
            rest = &after[found.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    /// What a reader may take for a line's end is written as an escape, and read back as it was.
    #[test]
    fn nothing_breaks_a_line() {
        let text = "a\u{85}b\u{2028}c\u{2029}d\u{7f}e\nf \u{1f600}";
        let mut out = Vec::new();
        super::line(&mut out, &text).unwrap();
        let line = String::from_utf8(out).unwrap();
        assert_eq!(line, "\"a\\u0085b\\u2028c\\u2029d\\u007fe\\nf \u{1f600}\"");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
