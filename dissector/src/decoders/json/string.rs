//! Strings of JSON (RFC 8259 7): their escapes, and where each byte of what they say was written.

use std::borrow::Cow;

/// The text of a string with its quotes, its escapes read; none where it is no string, or no UTF-8.
///
/// Half a pair of surrogates is no character, and becomes U+FFFD.
pub(in super::super) fn unescape(raw: &[u8]) -> Option<Cow<'_, str>> {
    let inner = inner(raw)?;
    if !inner.contains(&b'\\') {
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    let mut text = String::with_capacity(inner.len());
    walk(inner, &mut |said, _| text.push_str(said))?;
    Some(Cow::Owned(text))
}

/// Where each byte of the text that [`unescape`] gives stands, counted from the string's first quote; and its end.
pub(in super::super) fn places(raw: &[u8]) -> Option<Vec<u32>> {
    let inner = inner(raw)?;
    let mut places = Vec::with_capacity(inner.len() + 1);
    walk(inner, &mut |said, from| {
        let escape = inner.get(from) == Some(&b'\\');
        places.extend((0..said.len()).map(|byte| (1 + from + if escape { 0 } else { byte }) as u32));
    })?;
    places.push(u32::try_from(1 + inner.len()).ok()?);
    Some(places)
}

fn inner(raw: &[u8]) -> Option<&[u8]> {
    raw.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// Gives a string's text piece by piece, each with the place where it is written.
fn walk(inner: &[u8], give: &mut dyn FnMut(&str, usize)) -> Option<()> {
    let mut at = 0;
    while at < inner.len() {
        let rest = inner.get(at..)?;
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        if plain > 0 {
            give(std::str::from_utf8(rest.get(..plain)?).ok()?, at);
            at += plain;
            continue;
        }
        let (c, len) = escape(rest)?;
        give(c.encode_utf8(&mut [0; 4]), at);
        at += len;
    }
    Some(())
}

/// The character of the escape that `text` begins with, and how long it is written.
pub(super) fn escape(text: &[u8]) -> Option<(char, usize)> {
    let c = match text.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((c, 2))
}

fn unicode(text: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| -> Option<u32> {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = unit(0)?;
    // RFC 8259 7: a character outside the Basic Multilingual Plane is written as a surrogate pair.
    if (0xd800..0xdc00).contains(&first)
        && let Some(second) = unit(6).filter(|second| (0xdc00..0xe000).contains(second))
    {
        let both = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(both)?, 12));
    }
    Some((char::from_u32(first).unwrap_or('\u{fffd}'), 6))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Escapes are read, and each byte leads back to where it was written.
    #[test]
    fn escapes_lead_back() {
        let raw = "\"a\\n\\u00e9\\ud834\\udd1eß\\ud800z\"".as_bytes();
        let text = unescape(raw).unwrap();
        assert_eq!(text, "a\né\u{1d11e}ß\u{fffd}z");
        let places = places(raw).unwrap();
        assert_eq!(places.len(), text.len() + 1);
        assert_eq!(places.first(), Some(&1));
        assert_eq!(places.get(1), Some(&2));
        assert_eq!(places.get(2..4), Some(&[4, 4][..]));
        assert_eq!(places.last(), Some(&(raw.len() as u32 - 1)));
        for wrong in ["", "\"", "a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\""] {
            assert!(unescape(wrong.as_bytes()).is_none(), "{wrong}");
        }
    }
}
