//! Numbers, sizes and foreign text made fit for a screen.
//!
//! Knows nothing of captures. Whatever came from the network passes through [`clean`] before a terminal sees it.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::escape;

/// `1,204`
pub(crate) fn count(number: u64) -> String {
    let mut out = String::new();
    write_count(&mut out, number);
    out
}

/// The same behind what is in `out`.
pub(crate) fn write_count(out: &mut String, number: u64) {
    let mut digits = itoa::Buffer::new();
    let mut rest = digits.format(number);
    while let Some((group, after)) = rest.split_at_checked((rest.len() + 2) % 3 + 1) {
        out.push_str(group);
        rest = after;
        if !rest.is_empty() {
            out.push(',');
        }
    }
}

/// `1 frame`, `1,204 frames`; `forms` are one and many.
pub(crate) fn plural(number: u64, forms: [&str; 2]) -> String {
    format!("{} {}", count(number), if number == 1 { forms[0] } else { forms[1] })
}

/// `812 bytes`, `12.2 kB`, `1.4 GB`: powers of 1000, as disks and networks count.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return plural(bytes, ["byte", "bytes"]);
    }
    let mut value = bytes as f64;
    let mut unit = "";
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

/// A span of time in nanoseconds: `850 ns`, `1.203 s`, `2 h 05 min`.
pub(crate) fn duration(nanoseconds: i64) -> String {
    let value = nanoseconds.max(0) as u64;
    let seconds = value / 1_000_000_000;
    match value {
        0..1_000 => format!("{value} ns"),
        1_000..1_000_000 => format!("{:.1} µs", value as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} ms", value as f64 / 1e6),
        _ if seconds < 60 => format!("{:.3} s", value as f64 / 1e9),
        _ if seconds < 3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ if seconds < 172_800 => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} days {:02} h", seconds / 86400, seconds / 3600 % 24),
    }
}

/// A part of a whole, `57.1:1` or `0.9:1`.
pub(crate) fn ratio(whole: u64, part: u64) -> String {
    if part == 0 { "-".into() } else { format!("{:.1}:1", whole as f64 / part as f64) }
}

/// Text on one line in which nothing can move the cursor, change a color or turn the direction of writing.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !may_move(text) || !text.contains(moves) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    write_clean(&mut out, text);
    Cow::Owned(out)
}

/// The same behind what is in `out`.
pub(crate) fn write_clean(out: &mut String, text: &str) {
    if !may_move(text) {
        return out.push_str(text);
    }
    for char in text.chars() {
        match char {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            char if moves(char) => drop(write!(out, "\\u{{{:x}}}", char as u32)),
            char => out.push(char),
        }
    }
}

/// Control characters, and the invisible ones that reorder text.
fn moves(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether one of them may be in a text: false only where none is.
fn may_move(text: &str) -> bool {
    let begins = |bytes| {
        escape::is_below(bytes, b' ')
            | escape::is(bytes, 0x7f)
            // U+0080 to U+00BF, U+2000 to U+2FFF, U+F000 to U+FFFF.
            | escape::is_either(bytes, 0xc2, 0x20)
            | escape::is(bytes, 0xef)
    };
    escape::any(text.as_bytes(), begins)
}

/// Header bytes as text: UTF-8 where they are that, else one character a byte (RFC 9110 5.5 knew only ISO 8859-1).
pub(crate) fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// The first bytes in hex, with `…` where there are more.
pub(crate) fn hex(bytes: &[u8], shown: usize, more: bool) -> String {
    let mut out = String::with_capacity(shown.min(bytes.len()) * 3 + 4);
    for (place, byte) in bytes.iter().take(shown).enumerate() {
        if place > 0 {
            out.push(' ');
        }
        let digit = |four: u8| char::from(b"0123456789abcdef"[usize::from(four & 15)]);
        out.extend([digit(byte >> 4), digit(*byte)]);
    }
    if more || bytes.len() > shown {
        out.push_str(" …");
    }
    out
}

/// Text in lines of at most `room` columns, broken between words; a word that is longer has a line of its own.
pub(crate) fn lines(text: &str, room: usize) -> Vec<&str> {
    let (mut lines, mut from, mut used, mut at) = (Vec::new(), 0, 0, 0);
    for word in text.split_inclusive(' ') {
        if used > 0 && used + word.trim_end().width() > room {
            lines.push(text[from..at].trim_end());
            (from, used) = (at, 0);
        }
        used += word.width();
        at += word.len();
    }
    lines.push(text[from..].trim_end());
    lines
}

/// The words of `list` that are nearest to `word`, the nearest first; at most `many`, perhaps none that is near.
pub(crate) fn nearest_few<'a>(word: &str, list: impl Iterator<Item = &'a str>, many: usize) -> Vec<&'a str> {
    let parts = |text: &str| -> Vec<String> { text.split('-').map(str::to_owned).collect() };
    let wanted = parts(word);
    let shared = |other: &str| parts(other).iter().filter(|part| wanted.contains(part)).count();
    let mut all: Vec<&str> = list.filter(|other| distance(word, other) <= 2 || shared(other) > 0).collect();
    all.sort_by_key(|other| (distance(word, other) > 2, usize::MAX - shared(other), distance(word, other)));
    all.truncate(many);
    all
}

/// The word of `list` that somebody who wrote `word` most likely meant.
pub(crate) fn nearest<'a>(word: &str, list: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let inside = |other: &str| other.contains(word) || word.contains(other);
    let best = list.min_by_key(|other| (!inside(other), distance(word, other)))?;
    (inside(best) || distance(word, best) <= 1 + word.chars().count() / 3).then_some(best)
}

/// How many characters must be put in, taken out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A payload must not be able to write to the analyst's terminal.
    #[test]
    fn foreign_text_moves_nothing() {
        assert_eq!(clean("a\x1b[2J\n\u{202e}b\u{9b}"), "a\\u{1b}[2J\\n\\u{202e}b\\u{9b}");
        assert!(matches!(clean("plain ✓ text"), Cow::Borrowed(_)));
        for char in ('\0'..='\u{ffff}').filter(|char| moves(*char)) {
            assert!(may_move(&format!("a text with {char} in it")), "{char:?}");
        }
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([count(0), count(999), count(1204), count(1_000_000)], ["0", "999", "1,204", "1,000,000"]);
        assert_eq!([size(999), size(1000), size(999_960)], ["999 bytes", "1.0 kB", "1.0 MB"]);
        assert_eq!([duration(850), duration(1_203_000_000)], ["850 ns", "1.203 s"]);
        assert_eq!(duration(7_500_000_000_000), "2 h 05 min");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(lines("one two  three", 8), ["one two", "three"]);
        assert_eq!(lines("a considerably long", 5), ["a", "considerably", "long"]);
        assert_eq!(lines("", 5), [""]);
    }

    /// A typing mistake names the field that was meant; a wild guess names none.
    #[test]
    fn nearest_is_near() {
        let list = || ["frame", "opcode", "opcode_name", "payload_length"].into_iter();
        assert_eq!(nearest("opcod", list()), Some("opcode"));
        assert_eq!(nearest("payload", list()), Some("payload_length"));
        assert_eq!(nearest("xyzzy", list()), None);
    }
}
