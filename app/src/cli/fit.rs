//! How wide text is on a terminal, and text cut to a width. Knows no table.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text` takes, in which there are no control characters.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// As much of the beginning of `text` as is needed to see that it is wider than `room`, and to cut it there.
pub(super) fn decisive(text: &str, room: usize) -> &str {
    // Each character of ASCII takes a column at least, whatever is joined to it, and nothing is joined across the
    // border between two of them.
    let mut left = room + 2;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        left -= usize::from(byte.is_ascii() && left > 0);
        if left == 0 && byte.is_ascii() && bytes.peek().is_some_and(|(_, next)| next.is_ascii()) {
            return text.get(..=at).unwrap_or(text);
        }
    }
    text
}

/// `text` cut to `room` columns with `…`, where it is wider.
pub(super) fn elide(text: &str, width: usize, room: usize) -> Option<(&str, usize)> {
    if width <= room {
        return None;
    }
    let mut used = 1;
    for (at, char) in text.char_indices() {
        let wide = if char.is_ascii() { 1 } else { char.width().unwrap_or(0) };
        if used + wide > room {
            return Some((&text[..at], used));
        }
        used += wide;
    }
    Some((text, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text of which only the beginning is looked at is cut where all of it would be, or like it not at all.
    #[test]
    fn the_beginning_decides() {
        let parts =
            ["a", "7\u{fe0f}\u{20e3}", "日", "e\u{301}\u{302}", "❤\u{fe0f}", "👩\u{200d}💻", " ", "<\u{338}"];
        let mut seed = 1u32;
        for count in 0..400 {
            let text: String = (0..count % 60)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    parts[(seed >> 24) as usize % parts.len()]
                })
                .collect();
            for room in [1, 5, 20, 40] {
                let part = decisive(&text, room);
                assert_eq!(
                    elide(part, width(part), room),
                    elide(&text, text.width(), room),
                    "{text} in {room}"
                );
            }
        }
        assert_eq!(decisive(&"x".repeat(1000), 10).len(), 12);
    }
}
