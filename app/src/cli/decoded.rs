//! A decoded message as JSON: the key `decoded` of a message.
//!
//! A field is `{"name", "key", "value", "at", "fields"}`: what the protocol calls it, what a display filter calls it,
//! what it holds, the bytes of the message it stands in as `[first, length]`, and what it is made of. Bytes that are no
//! text stand under `base64`, and `of` tells a list from a map.

use base64_simd::STANDARD;
use serde_json::{Map, Value as Json, json};
use session::dissector::decoders::{Decoded, Field, Part, Value};

use super::pair::Pair;

/// A decoded message; what it answers and what answers it stand beside what it says.
pub(crate) fn json(decoded: &Decoded, pair: Option<&Pair>) -> Json {
    let mut all = Map::new();
    all.insert("protocol".into(), decoded.protocol.into());
    all.insert("summary".into(), decoded.summary().into());
    if let Some(first) = decoded.first() {
        part(first, &mut all);
    }
    if let Some(pair) = pair {
        pair.put(&mut all);
    }
    if decoded.parts.len() > 1 {
        let parts = decoded.parts.iter().map(|it| {
            let mut own = Map::new();
            own.insert("summary".into(), it.summary.as_str().into());
            part(it, &mut own);
            own.insert("at".into(), json!([it.at.start, it.at.len()]));
            Json::Object(own)
        });
        all.insert("parts".into(), parts.collect());
    }
    // What is text or bytes and nothing else stands in the row already.
    if !matches!(decoded.protocol, "text" | "data") {
        all.insert("fields".into(), decoded.fields.iter().map(field).collect());
    }
    if let Some(stopped) = &decoded.stopped {
        all.insert("stopped".into(), json!({"at": stopped.at, "why": stopped.why}));
    }
    if let Some(limit) = decoded.limited {
        all.insert("limited".into(), limit.into());
    }
    Json::Object(all)
}

fn part(part: &Part, all: &mut Map<String, Json>) {
    let kind = Some(part.kind.to_string()).filter(|kind| !kind.is_empty());
    let words = [
        ("kind", &kind),
        ("event", &part.event),
        ("topic", &part.topic),
        ("id", &part.id),
        ("error", &part.error),
    ];
    for (name, word) in words {
        if let Some(word) = word {
            all.insert(name.into(), word.as_str().into());
        }
    }
}

fn field(field: &Field) -> Json {
    let mut all = Map::new();
    all.insert("name".into(), field.label.as_ref().into());
    let mut put = |name: &str, value: Json| {
        all.insert(name.into(), value);
    };
    if !field.key.is_empty() {
        put("key", field.key.into());
    }
    match &field.value {
        Value::Heading => {}
        Value::List => put("of", "list".into()),
        Value::Map => put("of", "map".into()),
        Value::Bytes(bytes) => put("base64", STANDARD.encode_to_string(bytes).into()),
        value => put("value", plain(value)),
    }
    if !field.named.is_empty() {
        put("named", field.named.as_ref().into());
    }
    if let Some(at) = &field.at {
        put("at", json!([at.start, at.len()]));
    }
    if !field.children.is_empty() || matches!(field.value, Value::List | Value::Map) {
        put("fields", field.children.iter().map(self::field).collect());
    }
    Json::Object(all)
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Flag(flag) => (*flag).into(),
        Value::Number(number) => number_of(&number.to_string()),
        Value::Real(number) => {
            serde_json::Number::from_f64(*number).map_or_else(|| number.to_string().into(), Json::Number)
        }
        Value::Written(text) => number_of(text),
        Value::Text(text) => text.as_str().into(),
        Value::Heading | Value::Null | Value::List | Value::Map | Value::Bytes(_) => Json::Null,
    }
}

/// A number as it was written.
fn number_of(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}
