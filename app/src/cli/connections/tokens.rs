//! The JSON Web Tokens of a request as JSON: where each stands, its header, its claims, and those of them that are times.
//!
//! Of a signature only its length is told, and `verified` is always false: nothing was checked.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use session::dissector::head::Head;
use session::tokens::{Token, tokens};

/// A list, empty where there is none.
pub(super) fn json(request: Option<&Head>) -> Value {
    request.map(tokens).unwrap_or_default().iter().map(one).collect()
}

fn one(token: &Token) -> Value {
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
    put("in", token.carried.word().into());
    if let Some(name) = token.carried.name() {
        put("name", name.into());
    }
    let object = |text: &Option<String>| -> Value {
        text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    };
    put("header", object(&token.header));
    put("claims", object(&token.claims));
    for (name, claim) in [("issued", "iat"), ("not_before", "nbf"), ("expires", "exp")] {
        if let Some(time) = token.time(claim).and_then(|time| Timestamp::from_second(time).ok()) {
            put(name, time.to_string().into());
        }
    }
    put("signature_length", json!(token.signature));
    put("verified", false.into());
    Value::Object(all)
}
