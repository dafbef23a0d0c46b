//! What a decoder is: an entry of [`super::DECODERS`] with its names, how it is chosen and what filters call its fields.

use super::input::{Facts, Input, Said};
use super::tree::Tree;

/// A way to read what messages say.
#[derive(Debug)]
pub struct Decoder {
    /// Its name on the command line and in JSON.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The subprotocols that are read by it (RFC 6455 11.5).
    pub tokens: &'static [&'static str],
    /// Where what it reads is written down.
    pub spec: &'static str,
    /// Tells its connections by the request's target.
    pub(super) path: Option<fn(&Facts) -> bool>,
    /// Tells its connections by their first messages.
    pub(super) first: Option<fn(&Facts) -> bool>,
    /// Tells one of its messages by its content alone, where nothing told what the connection speaks.
    pub(super) content: Option<fn(Said<'_>) -> bool>,
    /// Reads a message.
    pub(super) decode: fn(&Input<'_>, &mut Tree),
    /// The fields that filters may ask for.
    pub keys: &'static [Key],
}

/// What a field of a decoder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// True or false.
    Flag,
    /// Text or bytes, whatever a peer put there.
    Anything,
}

/// A field of a decoder that filters may ask for.
#[derive(Debug)]
pub struct Key {
    /// Its name, Wireshark's where it has one.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// What it is, in one sentence without its period.
    pub says: &'static str,
}

pub(super) const fn text(name: &'static str, says: &'static str) -> Key {
    Key { name, holds: Holds::Text, says }
}
pub(super) const fn number(name: &'static str, says: &'static str) -> Key {
    Key { name, holds: Holds::Number, says }
}
pub(super) const fn flag(name: &'static str, says: &'static str) -> Key {
    Key { name, holds: Holds::Flag, says }
}
pub(super) const fn anything(name: &'static str, says: &'static str) -> Key {
    Key { name, holds: Holds::Anything, says }
}

impl Decoder {
    /// An entry of which only the name is known yet: the others start from it.
    pub(super) const fn new(
        name: &'static str,
        title: &'static str,
        spec: &'static str,
        decode: fn(&Input<'_>, &mut Tree),
    ) -> Self {
        Self { name, title, tokens: &[], spec, path: None, first: None, content: None, decode, keys: &[] }
    }
    pub(super) const fn tokens(mut self, tokens: &'static [&'static str]) -> Self {
        self.tokens = tokens;
        self
    }
    pub(super) const fn path(mut self, path: fn(&Facts) -> bool) -> Self {
        self.path = Some(path);
        self
    }
    pub(super) const fn first(mut self, first: fn(&Facts) -> bool) -> Self {
        self.first = Some(first);
        self
    }
    pub(super) const fn content(mut self, content: fn(Said<'_>) -> bool) -> Self {
        self.content = Some(content);
        self
    }
    pub(super) const fn keys(mut self, keys: &'static [Key]) -> Self {
        self.keys = keys;
        self
    }

    /// Whether it reads this subprotocol. RFC 6455 1.9 compares names byte by byte.
    pub fn takes(&self, token: &str) -> bool {
        self.tokens.contains(&token)
    }
}
