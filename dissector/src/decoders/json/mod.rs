//! JSON (RFC 8259) with the place of every value: read where a decoder looks, or walked as a whole for its tree.
//!
//! [`Json`] looks without judging, so that it also finds the id of a message that is only begun; [`grow`] and
//! [`check`] read all of it by the grammar and say where it is none.

mod decoder;
mod grow;
mod scan;
mod string;

use std::borrow::Cow;
use std::ops::Range;

pub(super) use self::decoder::{LINES, TEXT};
pub(super) use self::grow::{Names, check, content, grow, inside};
use self::string::{places, unescape};

/// A value of a JSON text, by its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json<'a> {
    text: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Json<'a> {
    /// The outermost value of a text, which may be cut off; none where there is only space.
    pub(super) fn outer(text: &'a [u8]) -> Option<Self> {
        let at = scan::space(text, 0);
        (at < text.len()).then_some(Self { text, at, end: text.len() })
    }
    /// The value that begins at or behind `at`, where it is whole.
    pub(super) fn read(text: &'a [u8], at: usize) -> Option<Self> {
        let at = scan::space(text, at);
        Some(Self { text, at, end: scan::value(text, at)? })
    }
    /// Where it stands.
    pub(super) fn at(self) -> Range<usize> {
        self.at..self.end
    }
    /// The text as it was written.
    pub(super) fn raw(self) -> &'a [u8] {
        self.text.get(self.at..self.end).unwrap_or_default()
    }
    fn first(self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
    pub(super) fn is_object(self) -> bool {
        self.first() == Some(b'{')
    }
    pub(super) fn is_array(self) -> bool {
        self.first() == Some(b'[')
    }
    pub(super) fn is_string(self) -> bool {
        self.first() == Some(b'"')
    }
    pub(super) fn is_null(self) -> bool {
        self.raw() == b"null"
    }
    /// A string's text with its escapes read.
    pub(super) fn string(self) -> Option<Cow<'a, str>> {
        unescape(self.raw())
    }
    /// A number that is whole.
    pub(super) fn number(self) -> Option<i128> {
        std::str::from_utf8(self.raw()).ok()?.parse().ok()
    }
    /// A string's text, or another value as it was written: how ids and names are shown.
    pub(super) fn word(self) -> String {
        match self.string() {
            Some(text) => text.into_owned(),
            None => String::from_utf8_lossy(self.raw()).into_owned(),
        }
    }

    /// Name and value of each member of an object; nothing of other values.
    pub(super) fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let mut next = self.is_object().then_some(self.at + 1);
        let Self { text, .. } = self;
        std::iter::from_fn(move || {
            let name = Self::read(text, next.take()?)?;
            let colon = scan::space(text, name.end);
            if !name.is_string() || text.get(colon) != Some(&b':') {
                return None;
            }
            let value = Self::read(text, colon + 1)?;
            next = scan::comma(text, value.end);
            Some((name, value))
        })
    }
    /// The elements of an array; nothing of other values.
    pub(super) fn elements(self) -> impl Iterator<Item = Self> {
        let mut next = self.is_array().then_some(self.at + 1);
        let Self { text, .. } = self;
        std::iter::from_fn(move || {
            let value = Self::read(text, next.take()?)?;
            next = scan::comma(text, value.end);
            Some(value)
        })
    }
    /// The member of this name.
    pub(super) fn get(self, wanted: &str) -> Option<Self> {
        self.members().find(|(name, _)| name.is(wanted)).map(|(_, value)| value)
    }
    /// The members of these names, in their order, by one walk.
    pub(super) fn several<const N: usize>(self, wanted: [&str; N]) -> [Option<Self>; N] {
        let mut found = [None; N];
        for (name, value) in self.members() {
            let place = wanted.iter().position(|wanted| name.is(wanted));
            if let Some(slot) = place.and_then(|place| found.get_mut(place)) {
                *slot = Some(value);
            }
        }
        found
    }
    fn is(self, wanted: &str) -> bool {
        let inner = self.raw().strip_prefix(b"\"").and_then(|raw| raw.strip_suffix(b"\""));
        match inner {
            Some(inner) if inner.contains(&b'\\') => self.string().as_deref() == Some(wanted),
            inner => inner == Some(wanted.as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Members are found by name, also behind escapes and in a text that is only begun.
    #[test]
    fn members_are_found() {
        let text = br#" {"a":[1,{"id":2}],"\u0069d" : "x\"y", "rest": {"never": "#;
        let json = Json::outer(text).unwrap();
        let id = json.get("id").unwrap();
        assert_eq!((id.word(), id.at()), ("x\"y".into(), 31..37));
        assert_eq!(json.get("a").unwrap().elements().count(), 2);
        assert!(json.get("rest").is_none());
        assert_eq!(json.several(["rest", "a"]).map(|it| it.is_some()), [false, true]);
        for rubbish in ["", " ", "{", "{]", "{\"a\"", "{\"a\":", "[,", "[[[", "{\"a\" 1}", "\"", "\\"] {
            let count = Json::outer(rubbish.as_bytes()).map_or(0, |it| it.members().count());
            assert_eq!(count, 0, "{rubbish}");
        }
    }
}
