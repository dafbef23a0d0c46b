//! JSON read by its grammar, to its end or to where it is none, as a tree of fields.

use std::borrow::Cow;

use super::super::field::Value;
use super::super::tree::{Base, DEPTH, Tree};
use super::{places, scan, string, unescape};
use crate::decoders::decoded::Stopped;

/// What filters call members that a protocol knows: the way to them from the outermost value, its steps parted by
/// dots and elements of arrays by their numbers, and the key.
pub(in super::super) type Names<'n> = &'n [(&'n str, &'static str)];

/// Adds the value that begins at or behind `at` to the tree; gives the place behind it, or says where it is none.
pub(in super::super) fn grow(
    tree: &mut Tree,
    text: &[u8],
    at: usize,
    label: &str,
    names: Names<'_>,
) -> Result<usize, Stopped> {
    let mut walk = Walk { text, at, tree, names, path: String::new(), depth: 0 };
    walk.value(label)?;
    Ok(walk.at)
}

/// Reads a text that is one JSON value and nothing else.
pub(in super::super) fn check(text: &[u8]) -> Result<(), Stopped> {
    let mut tree = Tree::new("", false);
    let end = grow(&mut tree, text, 0, "", &[])?;
    match scan::space(text, end) {
        at if at < text.len() => Err(Stopped { at, why: Cow::Borrowed("more comes behind the JSON value") }),
        _ => Ok(()),
    }
}

/// Adds all of a text to the tree as one JSON value; says in the tree where it is none, and whether it was one.
pub(in super::super) fn content(tree: &mut Tree, text: &[u8], label: &str, names: Names<'_>) -> bool {
    let stopped = match grow(tree, text, 0, label, names) {
        Ok(end) if scan::space(text, end) == text.len() => return true,
        Ok(end) => Stopped { at: scan::space(text, end), why: "more comes behind the JSON value".into() },
        Err(stopped) => stopped,
    };
    tree.stop(stopped.at, stopped.why);
    false
}

struct Walk<'a, 't, 'n> {
    text: &'a [u8],
    at: usize,
    tree: &'t mut Tree,
    names: Names<'n>,
    path: String,
    depth: usize,
}

impl Walk<'_, '_, '_> {
    fn peek(&mut self) -> Option<u8> {
        self.at = scan::space(self.text, self.at);
        self.text.get(self.at).copied()
    }

    fn stop<T>(&self, at: usize, why: &'static str) -> Result<T, Stopped> {
        let why = if at >= self.text.len() { "the JSON ends before it is complete" } else { why };
        Err(Stopped { at: at.min(self.text.len()), why: Cow::Borrowed(why) })
    }

    fn key(&self) -> &'static str {
        self.names.iter().find(|(path, _)| *path == self.path).map_or("", |(_, key)| key)
    }

    fn value(&mut self, label: &str) -> Result<(), Stopped> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'{' | b'[') if self.depth >= DEPTH => {
                self.tree.limit("only 64 levels of fields are listed");
                match scan::value(self.text, start) {
                    Some(end) => self.at = end,
                    None => return self.stop(self.text.len(), ""),
                }
                Ok(())
            }
            Some(mark @ (b'{' | b'[')) => {
                let value = if mark == b'{' { Value::Map } else { Value::List };
                self.tree.open(self.key(), label, value, start..start);
                self.depth += 1;
                self.at += 1;
                let result = if mark == b'{' { self.members() } else { self.elements() };
                self.depth -= 1;
                self.tree.settle(start..self.at);
                self.tree.close();
                result
            }
            Some(b'"') => {
                let end = self.string()?;
                if self.tree.full() {
                    let said = self.text.get(start..end).and_then(unescape);
                    self.tree.text(self.key(), label, said.as_deref().unwrap_or_default(), start..end);
                }
                Ok(())
            }
            Some(b'-' | b'0'..=b'9') => self.number(label),
            Some(b't') => self.word("true", label, Value::Flag(true)),
            Some(b'f') => self.word("false", label, Value::Flag(false)),
            Some(b'n') => self.word("null", label, Value::Null),
            _ => self.stop(start, "a JSON value was expected"),
        }
    }

    fn members(&mut self) -> Result<(), Stopped> {
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.peek() != Some(b'"') {
                return self.stop(self.at, "a member's name was expected");
            }
            let start = self.at;
            let end = self.string()?;
            let name = self.text.get(start..end).and_then(unescape).unwrap_or_default();
            if self.peek() != Some(b':') {
                return self.stop(self.at, "a colon was expected");
            }
            self.at += 1;
            self.step(&name)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.stop(self.at, "a comma or the object's end was expected"),
            }
        }
    }

    fn elements(&mut self) -> Result<(), Stopped> {
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        for place in 0_usize.. {
            self.step(&place.to_string())?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => break,
                _ => return self.stop(self.at, "a comma or the array's end was expected"),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// The value of a member or element.
    fn step(&mut self, name: &str) -> Result<(), Stopped> {
        let before = self.path.len();
        // Names lead no deeper.
        if !self.names.is_empty() && self.depth <= 4 {
            if before > 0 {
                self.path.push('.');
            }
            self.path.push_str(name);
        } else if !self.names.is_empty() {
            self.path.push('.');
        }
        let result = self.value(name);
        self.path.truncate(before);
        result
    }

    /// The end of a string whose first quote comes next.
    fn string(&mut self) -> Result<usize, Stopped> {
        let start = self.at;
        let mut at = start + 1;
        loop {
            let Some(byte) = self.text.get(at) else { return self.stop(self.text.len(), "") };
            match byte {
                b'"' => break,
                b'\\' => match string::escape(self.text.get(at..).unwrap_or_default()) {
                    Some((_, len)) => at += len,
                    None if self.text.len() - at < 6 => return self.stop(self.text.len(), ""),
                    None => return self.stop(at, "no escape of JSON"),
                },
                // RFC 8259 7: "the control characters (U+0000 through U+001F)" MUST be escaped.
                0..0x20 => return self.stop(at, "a control character in a string"),
                _ => at += 1,
            }
        }
        let inner = self.text.get(start + 1..at).unwrap_or_default();
        if let Err(error) = simdutf8::compat::from_utf8(inner) {
            return self.stop(start + 1 + error.valid_up_to(), "a string that is not UTF-8");
        }
        self.at = at + 1;
        Ok(self.at)
    }

    fn number(&mut self, label: &str) -> Result<(), Stopped> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let len = rest.iter().position(|byte| !b"+-.0123456789eE".contains(byte)).unwrap_or(rest.len());
        let written = rest.get(..len).and_then(|it| std::str::from_utf8(it).ok()).unwrap_or_default();
        if !is_number(written) {
            return self.stop(start, "no number of JSON");
        }
        self.at += len;
        if self.tree.full() {
            let value = match written.parse() {
                Ok(number) => Value::Number(number),
                Err(_) => Value::Written(written.to_owned()),
            };
            self.tree.value(self.key(), label, value, start..start + len);
        }
        Ok(())
    }

    fn word(&mut self, word: &str, label: &str, value: Value) -> Result<(), Stopped> {
        let end = self.at + word.len();
        match self.text.get(self.at..end) {
            Some(said) if said == word.as_bytes() => {
                self.tree.value(self.key(), label, value, self.at..end);
                self.at = end;
                Ok(())
            }
            Some(_) => self.stop(self.at, "a JSON value was expected"),
            None => self.stop(self.text.len(), ""),
        }
    }
}

/// RFC 8259 6: an optional minus, digits without a leading zero, an optional fraction, an optional exponent.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|it| digits(it.strip_prefix(['+', '-']).unwrap_or(it)))
}

/// Where the bytes of a string's text stand, for what is decoded inside of it.
pub(in super::super) fn inside(raw: &[u8], at: usize) -> Base {
    match places(raw) {
        Some(mut places) => {
            places.iter_mut().for_each(|place| *place = place.saturating_add(at as u32));
            Base::Places(places)
        }
        None => Base::Nowhere,
    }
}
