//! A value in a row: what it is, and how it reads in plain text. Where it is shown is its column's to know.

use std::borrow::Cow;

use base64_simd::STANDARD;
use serde::{Serialize, Serializer};

use super::decoded::Meaning;
use super::time::{Stamp, rfc3339};

/// A value in a row.
pub(crate) enum Cell<'a> {
    /// Not there at all: no key in JSON.
    Absent,
    /// There, but nothing.
    Null,
    Bool(bool),
    Number(u64),
    Text(Cow<'a, str>),
    /// Text of ASCII alone: that this is text was seen by its bytes.
    Ascii(&'a [u8]),
    /// Nanoseconds since 1970-01-01 00:00 UTC.
    Time(i64),
    /// A stretch of time in nanoseconds, shown in seconds.
    Seconds(i64),
    /// Bytes as hex digits.
    Hex(&'a [u8]),
    /// Bytes as base64 (RFC 4648 4).
    Base64(&'a [u8]),
    Numbers(&'a [u64]),
    Words(&'a [&'static str]),
    Nested(serde_json::Value),
    /// What a message says.
    Decoded(Meaning<'a>),
}

impl<'a> Cell<'a> {
    /// Text that is at hand.
    pub(crate) fn word(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
    /// Text made for this.
    pub(crate) fn text(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
    /// What is there, or null.
    pub(crate) fn or_null<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, cell)
    }
    /// What is there, or no key at all.
    pub(crate) fn or_absent<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Absent, cell)
    }

    /// The value as CSV has it: plain, exact, lists parted by spaces.
    pub(crate) fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Absent | Self::Null => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            cell => {
                let mut out = Vec::new();
                cell.write_plain(&mut out, &mut Stamp::default());
                Cow::Owned(String::from_utf8(out).unwrap_or_default())
            }
        }
    }

    /// The same behind what is in `out`.
    pub(crate) fn write_plain(&self, out: &mut Vec<u8>, stamp: &mut Stamp) {
        match self {
            Self::Absent | Self::Null => {}
            Self::Bool(true) => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::Number(number) => digits(out, *number),
            Self::Text(text) => out.extend_from_slice(text.as_bytes()),
            Self::Ascii(text) => out.extend_from_slice(text),
            Self::Time(time) => stamp.write(*time, out),
            Self::Seconds(time) => {
                let sign = if *time < 0 { "-" } else { "" };
                let time = time.unsigned_abs();
                let seconds = format!("{sign}{}.{:09}", time / 1_000_000_000, time % 1_000_000_000);
                out.extend_from_slice(seconds.as_bytes());
            }
            Self::Hex(bytes) => bytes.iter().for_each(|byte| out.extend_from_slice(&hex_digits(*byte))),
            Self::Base64(bytes) => STANDARD.encode_append(bytes, out),
            Self::Numbers(numbers) => spaced(out, numbers, |out, number| digits(out, *number)),
            Self::Words(words) => spaced(out, words, |out, word| out.extend_from_slice(word.as_bytes())),
            Self::Nested(value) => out.extend_from_slice(value.to_string().as_bytes()),
            // Writing to memory cannot fail, and no key is anything but a string.
            Self::Decoded(said) => drop(serde_json::to_writer(out, said)),
        }
    }
}

/// A number behind what is in `out`.
#[inline]
pub(super) fn digits(out: &mut Vec<u8>, number: u64) {
    match number {
        0..10 => out.push(b'0' + number as u8),
        _ => out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
    }
}

fn hex_digits(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 15].map(|four| b"0123456789abcdef"[usize::from(four)])
}

fn spaced<T>(out: &mut Vec<u8>, list: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    for (place, item) in list.iter().enumerate() {
        if place > 0 {
            out.push(b' ');
        }
        write(out, item);
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_unit(),
            Self::Bool(bool) => serializer.serialize_bool(*bool),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Ascii(_) => serializer.serialize_str(&self.plain()),
            Self::Time(time) => serializer.serialize_str(&rfc3339(*time)),
            Self::Seconds(time) => serializer.serialize_f64(*time as f64 / 1e9),
            Self::Hex(bytes) => serializer.serialize_str(&hex::encode(bytes)),
            Self::Base64(bytes) => serializer.serialize_str(&STANDARD.encode_to_string(bytes)),
            Self::Numbers(numbers) => numbers.serialize(serializer),
            Self::Words(words) => words.serialize(serializer),
            Self::Nested(value) => value.serialize(serializer),
            Self::Decoded(said) => said.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648 10, and digits.
    #[test]
    fn bytes_as_text() {
        let known = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (len, expected) in known.iter().enumerate() {
            assert_eq!(Cell::Base64(&b"foobar"[..len]).plain(), *expected);
        }
        assert_eq!(Cell::Hex(&[0, 0x7f, 0xff, 0x10]).plain(), "007fff10");
    }

    #[test]
    fn lists_are_parted_by_spaces() {
        assert_eq!(Cell::Numbers(&[1, 20, u64::MAX]).plain(), "1 20 18446744073709551615");
        assert_eq!(Cell::Words(&["a", "b"]).plain(), "a b");
        assert_eq!(Cell::Numbers(&[]).plain(), "");
    }
}
