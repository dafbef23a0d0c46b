//! A decoded message as JSON: the key `decoded` of a message.
//!
//! A field is `{"name", "key", "value", "at", "fields"}`: what the protocol calls it, what a display filter calls it,
//! what it holds, the bytes of the message it stands in as `[first, length]`, and what it is made of. Bytes that are no
//! text stand under `base64`, and `of` tells a list from a map.

use base64_simd::STANDARD;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use session::dissector::decoders::{Decoded, Field, Part, Value};

use super::pair::Pair;

/// A decoded message; what it answers and what answers it stand beside what it says. Written field by field: a message
/// may have very many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meaning<'a> {
    pub(crate) decoded: &'a Decoded,
    pub(crate) pair: Option<&'a Pair>,
}

impl Serialize for Meaning<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { decoded, pair } = self;
        let mut all = serializer.serialize_map(None)?;
        all.serialize_entry("protocol", decoded.protocol)?;
        all.serialize_entry("summary", &decoded.summary())?;
        if let Some(first) = decoded.first() {
            words(first, &mut all)?;
        }
        if let Some(pair) = pair {
            pair.put(&mut all)?;
        }
        if decoded.parts.len() > 1 {
            all.serialize_entry("parts", &Each(&decoded.parts, OnePart))?;
        }
        // What is text or bytes and nothing else stands in the row already.
        if !matches!(decoded.protocol, "text" | "data") {
            all.serialize_entry("fields", &Each(&decoded.fields, OneField))?;
        }
        if let Some(stopped) = &decoded.stopped {
            all.serialize_entry("stopped", &serde_json::json!({"at": stopped.at, "why": stopped.why}))?;
        }
        if let Some(limit) = decoded.limited {
            all.serialize_entry("limited", &limit)?;
        }
        all.end()
    }
}

/// The words that a part says, those that it has.
fn words<M: SerializeMap>(part: &Part, all: &mut M) -> Result<(), M::Error> {
    let kind = Some(part.kind.to_string()).filter(|kind| !kind.is_empty());
    let words = [
        ("kind", &kind),
        ("event", &part.event),
        ("topic", &part.topic),
        ("id", &part.id),
        ("error", &part.error),
    ];
    let mut words = words.into_iter().filter_map(|(name, word)| Some((name, word.as_ref()?)));
    words.try_for_each(|(name, word)| all.serialize_entry(name, word))
}

/// A list, and how each of it is written.
struct Each<'a, T, W>(&'a [T], fn(&'a T) -> W);

impl<T, W: Serialize> Serialize for Each<'_, T, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

struct OnePart<'a>(&'a Part);

impl Serialize for OnePart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_map(None)?;
        all.serialize_entry("summary", &self.0.summary)?;
        words(self.0, &mut all)?;
        all.serialize_entry("at", &[self.0.at.start, self.0.at.len()])?;
        all.end()
    }
}

struct OneField<'a>(&'a Field);

impl Serialize for OneField<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let field = self.0;
        let mut all = serializer.serialize_map(None)?;
        all.serialize_entry("name", field.label.as_ref())?;
        if !field.key.is_empty() {
            all.serialize_entry("key", field.key)?;
        }
        match &field.value {
            Value::Heading => {}
            Value::List => all.serialize_entry("of", "list")?,
            Value::Map => all.serialize_entry("of", "map")?,
            Value::Bytes(bytes) => all.serialize_entry("base64", &STANDARD.encode_to_string(bytes))?,
            Value::Null => all.serialize_entry("value", &())?,
            Value::Flag(flag) => all.serialize_entry("value", flag)?,
            Value::Number(number) => all.serialize_entry("value", number)?,
            Value::Real(number) if number.is_finite() => all.serialize_entry("value", number)?,
            Value::Real(number) => all.serialize_entry("value", &number.to_string())?,
            Value::Written(text) => all.serialize_entry("value", &number_of(text))?,
            Value::Text(text) => all.serialize_entry("value", text)?,
        }
        if !field.named.is_empty() {
            all.serialize_entry("named", field.named.as_ref())?;
        }
        if let Some(at) = &field.at {
            all.serialize_entry("at", &[at.start, at.len()])?;
        }
        if !field.children.is_empty() || matches!(field.value, Value::List | Value::Map) {
            all.serialize_entry("fields", &Each(&field.children, OneField))?;
        }
        all.end()
    }
}

/// A number as it was written.
fn number_of(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
