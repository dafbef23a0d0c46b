//! JSON, one object a line, whatever a line is to whoever reads it.
//!
//! JSON escapes the control characters of ASCII (RFC 8259 7). Some readers end a line at U+0085, U+2028 and U+2029
//! as well, and terminals obey U+0080 to U+009F: those are escaped too, which means the same.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;
use wide::u8x16;

use super::alike::{Parts, Text};
use super::cell::{Cell, digits};
use super::column::{Column, Row};
use super::escape::{self, Copier, Instead, Stops};
use super::time::Stamp;

/// Rows as objects of some columns.
pub(crate) struct Lines<R: 'static> {
    /// Each with its key as it stands between two values: `,"frame":`
    parts: Parts<R, Text>,
    means: Means,
}

/// What values are written with.
#[derive(Default)]
struct Means {
    stamp: Stamp,
    copier: Copier,
}

impl<R: Row> Lines<R> {
    pub(crate) fn new(columns: &[&'static Column<R>]) -> Self {
        Self {
            parts: Parts::new(columns.iter().map(|column| (*column, key(column.name)))),
            means: Means::default(),
        }
    }

    /// One row, with the end of its line.
    pub(crate) fn row(&mut self, row: &R, out: &mut Vec<u8>) {
        let start = out.len();
        let means = &mut self.means;
        self.parts.write(row, out, |column, key, row, out| {
            // Looked at where it is: moved on, its parts would be waited for.
            let cell = (column.read)(row);
            if matches!(cell, Cell::Absent) {
                return;
            }
            key.put(out);
            match &cell {
                Cell::Number(number) => digits(out, *number),
                _ => value(&cell, out, means),
            }
        });
        match out.get_mut(start) {
            Some(comma) => *comma = b'{',
            None => out.push(b'{'),
        }
        out.extend_from_slice(b"}\n");
    }
}

fn key(name: &str) -> Text {
    Text::of(format!(",\"{name}\":").as_bytes())
}

fn value(cell: &Cell<'_>, out: &mut Vec<u8>, Means { stamp, copier }: &mut Means) {
    match cell {
        Cell::Absent | Cell::Null => out.extend_from_slice(b"null"),
        Cell::Bool(_) | Cell::Number(_) | Cell::Seconds(_) => cell.write_plain(out, stamp),
        Cell::Text(text) => string(out, text.as_bytes(), copier),
        Cell::Ascii(text) => string(out, text, copier),
        // Nothing in these is escaped.
        Cell::Time(_) | Cell::Hex(_) | Cell::Base64(_) => {
            out.push(b'"');
            cell.write_plain(out, stamp);
            out.push(b'"');
        }
        Cell::Numbers(numbers) => {
            list(out, numbers, |out, number| Cell::Number(*number).write_plain(out, stamp))
        }
        Cell::Words(words) => list(out, words, |out, word| string(out, word.as_bytes(), copier)),
        // Writing to memory cannot fail, and what is nested has no other keys than strings.
        Cell::Nested(nested) => drop(line(out, nested)),
        Cell::Decoded(said) => drop(line(out, said)),
    }
}

fn list<T>(out: &mut Vec<u8>, list: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (place, item) in list.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// Text, which is UTF-8.
fn string(out: &mut Vec<u8>, text: &[u8], copier: &mut Copier) {
    out.push(b'"');
    copier.copy::<Escapes>(out, text);
    out.push(b'"');
}

/// What stands in a string otherwise than in the text.
struct Escapes;

impl Stops for Escapes {
    #[inline]
    fn mark(bytes: u8x16) -> u8x16 {
        escape::is_below(bytes, b' ') | escape::is(bytes, b'"') | escape::is(bytes, b'\\') | may_break(bytes)
    }
    #[inline]
    fn before(byte: u8) -> Option<u8> {
        matches!(byte, b'"' | b'\\').then_some(b'\\')
    }
    #[cold]
    fn seldom(rest: &[u8]) -> Instead {
        let (code, len) = match rest {
            [b'\n', ..] => return letter(b'n'),
            [b'\r', ..] => return letter(b'r'),
            [b'\t', ..] => return letter(b't'),
            [0x08, ..] => return letter(b'b'),
            [0x0c, ..] => return letter(b'f'),
            [control @ (..0x20 | 0x7f), ..] => (u16::from(*control), 1),
            [0xc2, low @ 0x80..=0x9f, ..] => (u16::from(*low), 2),
            [0xe2, 0x80, low @ 0xa8..=0xa9, ..] => (0x2000 | u16::from(low & 0x3f), 3),
            // What only begins like one of those.
            _ => return Instead::itself(rest),
        };
        Instead::new(format!("\\u{code:04x}").as_bytes(), len)
    }
}

/// Marks DEL, and what begins other characters that break a line for some: with 0xc2 begin
/// U+0080 to U+00BF, with 0xe2 U+2000 to U+2FFF.
#[inline]
fn may_break(bytes: u8x16) -> u8x16 {
    escape::is(bytes, 0x7f) | escape::is_either(bytes, 0xc2, 0x20)
}

fn letter(letter: u8) -> Instead {
    Instead::new(&[b'\\', letter], 1)
}

/// Writes any value on one line, without the line's end.
pub(crate) fn line<W: Write>(out: &mut W, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, OneLine))
}

struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        if !escape::any(text.as_bytes(), may_break) {
            return out.write_all(text.as_bytes());
        }
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
    use super::*;

    /// What a reader may take for a line's end is written as an escape, and read back as it was.
    #[test]
    fn nothing_breaks_a_line() {
        let text = "a\u{85}b\u{2028}c\u{2029}d\u{7f}e\nf \u{1f600}";
        let mut out = Vec::new();
        string(&mut out, text.as_bytes(), &mut Copier::default());
        let line = String::from_utf8(out).unwrap();
        assert_eq!(line, "\"a\\u0085b\\u2028c\\u2029d\\u007fe\\nf \u{1f600}\"");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }

    /// Each character by itself and among others is written as serde_json would, with the breaks of lines escaped.
    #[test]
    fn every_character() {
        let (mut all, mut copier) = (String::new(), Copier::default());
        for char in '\0'..='\u{ffff}' {
            let text = format!("{char}«{char}x");
            all.push(char);
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            string(&mut ours, text.as_bytes(), &mut copier);
            line(&mut theirs, &text).unwrap();
            assert_eq!(ours, theirs, "{char:?}");
        }
        let mut out = Vec::new();
        string(&mut out, all.as_bytes(), &mut Copier::default());
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), all);
    }

    struct Pair(u64, &'static [&'static str]);
    impl Row for Pair {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::<Self>::key("absent", "", |_| Cell::Absent),
            Column::<Self>::key("number", "", |row| Cell::Number(row.0)),
            Column::<Self>::key("ascii", "", |_| Cell::Ascii(b"a \"b\"\n")),
            Column::<Self>::key("words", "", |row| Cell::Words(row.1)),
            Column::<Self>::key("time", "", |row| Cell::Time(row.0 as i64)),
            Column::<Self>::key("key", "", |_| Cell::Hex(&[1, 0xab])),
            Column::<Self>::key("bytes", "", |_| Cell::Base64(b"a\0b")),
            Column::<Self>::key("nested", "", |_| Cell::Nested(serde_json::json!({ "a": [1, "\u{85}"] }))),
        ];
    }

    /// A row's line is the object that serde makes of it.
    #[test]
    fn rows_are_objects() {
        let mut out = Vec::new();
        let all: Vec<_> = Pair::COLUMNS.iter().collect();
        let mut lines = Lines::new(&all);
        for row in [Pair(u64::MAX, &[]), Pair(7, &["a", "b"])] {
            out.clear();
            lines.row(&row, &mut out);
            let mut other = Vec::new();
            line(&mut other, &super::super::column::json(&row)).unwrap();
            other.push(b'\n');
            assert_eq!(String::from_utf8(out.clone()), String::from_utf8(other));
        }
        out.clear();
        Lines::new(&all[..1]).row(&Pair(0, &[]), &mut out);
        assert_eq!(out, b"{}\n");
    }
}
