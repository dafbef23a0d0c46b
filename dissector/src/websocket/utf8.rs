//! UTF-8 in chunks: the first ill-formed sequence of a stream, exactly (RFC 3629; RFC 6455 8.1).
//!
//! Knows neither frames nor messages. Keeps at most three bytes between chunks.

use simdutf8::{basic, compat};

/// Incremental validation of one text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8 {
    seen: u64,
    open: [u8; 4],
    open_len: u8,
    fault: Option<(u64, Kind)>,
}

/// What a whole text turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// UTF-8 throughout.
    Valid,
    /// The sequence that begins at byte `at` can never become UTF-8.
    Invalid {
        /// Offset of the sequence's first byte.
        at: u64,
        /// What is wrong with it.
        kind: Kind,
    },
    /// The text ends inside the code point that begins at byte `at`.
    Incomplete {
        /// Offset of its first byte.
        at: u64,
    },
}

/// How a sequence is ill-formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A code point in more bytes than it needs: C0, C1, E0 below A0, F0 below 90 (RFC 3629 3).
    Overlong,
    /// A UTF-16 surrogate, U+D800 to U+DFFF: ED from A0 on (RFC 3629 3).
    Surrogate,
    /// Above U+10FFFF: F4 from 90 on, and F5 to F7 (RFC 3629 3).
    TooLarge,
    /// A continuation byte, 80 to BF, with nothing to continue.
    StrayContinuation,
    /// A byte that announced more was followed by one that is no continuation.
    Broken,
    /// F8 to FF never occur (RFC 3629 1).
    NeverUsed,
}

impl Kind {
    /// What is wrong, as the rest of a sentence that names the place.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Overlong => "an overlong sequence",
            Self::Surrogate => "a UTF-16 surrogate",
            Self::TooLarge => "a code point above U+10FFFF",
            Self::StrayContinuation => "a continuation byte with nothing to continue",
            Self::Broken => "a sequence broken off before its end",
            Self::NeverUsed => "a byte that never occurs in UTF-8",
        }
    }

    /// Of a sequence known to be ill-formed, by its first byte and the one behind it.
    fn of(first: u8, second: Option<u8>) -> Self {
        match (first, second) {
            (0x80..=0xBF, _) => Self::StrayContinuation,
            (0xC0 | 0xC1, _) | (0xE0, Some(0x80..=0x9F)) | (0xF0, Some(0x80..=0x8F)) => Self::Overlong,
            (0xED, Some(0xA0..=0xBF)) => Self::Surrogate,
            (0xF4, Some(0x90..=0xBF)) | (0xF5..=0xF7, _) => Self::TooLarge,
            (0xF8.., _) => Self::NeverUsed,
            _ => Self::Broken,
        }
    }
}

impl Verdict {
    /// Whether all of it is text.
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Valid)
    }
}

impl Utf8 {
    /// The verdict on bytes that are all there.
    pub fn check(bytes: &[u8]) -> Verdict {
        let mut text = Self::default();
        text.feed(bytes);
        text.finish()
    }

    /// Takes the next bytes. After the first fault there is nothing left to do.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while self.open_len > 0 && self.fault.is_none() {
            let Some((&byte, rest)) = bytes.split_first() else { return };
            self.feed_open(byte, &mut bytes, rest);
        }
        if self.fault.is_some() {
            return;
        }
        // Where nothing is wrong, as nearly always, it is cheaper not to ask for the place.
        if basic::from_utf8(bytes).is_ok() {
            self.seen += bytes.len() as u64;
            return;
        }
        let Err(error) = compat::from_utf8(bytes) else { return };
        let rest = bytes.get(error.valid_up_to()..).unwrap_or_default();
        self.seen += error.valid_up_to() as u64;
        match (error.error_len(), rest) {
            (Some(_), [first, rest @ ..]) => {
                self.fault = Some((self.seen, Kind::of(*first, rest.first().copied())));
            }
            _ => {
                for (kept, byte) in self.open.iter_mut().zip(rest) {
                    *kept = *byte;
                    self.open_len += 1;
                }
            }
        }
    }

    /// The first fault so far, long before the end.
    pub const fn fault(&self) -> Option<(u64, Kind)> {
        self.fault
    }

    /// What the text was.
    pub const fn finish(self) -> Verdict {
        match self {
            Self { fault: Some((at, kind)), .. } => Verdict::Invalid { at, kind },
            Self { open_len: 0, .. } => Verdict::Valid,
            Self { seen, .. } => Verdict::Incomplete { at: seen },
        }
    }

    /// One more byte for the code point that the chunk before left open; taken only if it belongs to it.
    fn feed_open<'a>(&mut self, byte: u8, bytes: &mut &'a [u8], rest: &'a [u8]) {
        let len = usize::from(self.open_len);
        let Some(slot) = self.open.get_mut(len) else { return };
        *slot = byte;
        let open = self.open.get(..=len).unwrap_or_default();
        match core::str::from_utf8(open) {
            Ok(_) => {
                self.seen += open.len() as u64;
                self.open_len = 0;
            }
            Err(error) if error.error_len().is_none() => self.open_len += 1,
            Err(_) => {
                let [first, second, ..] = self.open;
                self.fault = Some((self.seen, Kind::of(first, Some(second))));
            }
        }
        *bytes = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to cut a text in up to three chunks gives the verdict that the standard library gives the whole.
    #[test]
    fn rfc6455_8_1_every_chunking() {
        let samples = [
            "",
            "48656c6c6f",
            "c3a9",
            "e282ac",
            "f09f9880",
            "e282acf09f9880c3a941",
            "c0af",
            "e08080",
            "eda080",
            "edbfbf",
            "f4908080",
            "f5808080",
            "ff",
            "80",
            "41bf",
            "c3",
            "e282",
            "f09f98",
            "c341",
            "e28241",
            "f09f9841",
            "41f0908d",
            "ee8080efbfbfefb790f48fbfbf",
            "cebae1bdb9cf83cebcceb5eda080656469746564",
        ];
        for sample in samples {
            let bytes = hex::decode(sample).unwrap();
            let expected = match std::str::from_utf8(&bytes) {
                Ok(_) => (None, true),
                Err(error) => (Some(error.valid_up_to() as u64), error.error_len().is_none()),
            };
            for first in 0..=bytes.len() {
                for second in first..=bytes.len() {
                    let mut text = Utf8::default();
                    for chunk in [&bytes[..first], &bytes[first..second], &bytes[second..]] {
                        text.feed(chunk);
                    }
                    let seen = match text.finish() {
                        Verdict::Valid => (None, true),
                        Verdict::Invalid { at, .. } => (Some(at), false),
                        Verdict::Incomplete { at } => (Some(at), true),
                    };
                    assert_eq!(seen, expected, "{sample} cut at {first} and {second}");
                }
            }
        }
    }

    /// The kinds of RFC 3629 3, whole and byte by byte.
    #[test]
    fn rfc3629_3_kinds() {
        let cases: [(&[u8], Kind); 9] = [
            (b"\xC0\x80", Kind::Overlong),
            (b"\xE0\x9F\xBF", Kind::Overlong),
            (b"\xF0\x8F\xBF\xBF", Kind::Overlong),
            (b"\xED\xA0\x80", Kind::Surrogate),
            (b"\xF4\x90\x80\x80", Kind::TooLarge),
            (b"\xF6\x80\x80\x80", Kind::TooLarge),
            (b"\xBF", Kind::StrayContinuation),
            (b"\xE2\x82\x41", Kind::Broken),
            (b"\xFE", Kind::NeverUsed),
        ];
        for (bytes, kind) in cases {
            let mut text = Utf8::default();
            bytes.iter().for_each(|&byte| text.feed(&[byte]));
            assert_eq!(text.finish(), Verdict::Invalid { at: 0, kind });
            assert_eq!(Utf8::check(bytes), Verdict::Invalid { at: 0, kind });
        }
    }
}
