//! Values at a path of a JSON document.

use serde_json::Value as Json;

use super::field::{Path, Take};
use super::value::Value;

/// Every value that a path leads to. A name that meets a list goes on in each of its elements.
pub(super) fn values(bytes: &[u8], path: &Path, take: Take<'_>) {
    // A document begins like one; most of what is none is told at once.
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_none_or(|first| !b"{[\"-0123456789tfn".contains(first)) {
        return;
    }
    if let Ok(document) = serde_json::from_slice(bytes) {
        below(&document, path, take);
    }
}

fn below(json: &Json, path: &Path, take: Take<'_>) {
    let Some((step, rest)) = path.split_first() else { return take(value(json)) };
    match json {
        Json::Object(members) if step == "*" => members.values().for_each(|member| below(member, rest, take)),
        Json::Object(members) => {
            if let Some(member) = members.get(step) {
                below(member, rest, take);
            }
        }
        Json::Array(elements) => match step.parse::<usize>() {
            Ok(place) => {
                if let Some(element) = elements.get(place) {
                    below(element, rest, take);
                }
            }
            Err(_) if step == "*" => elements.iter().for_each(|element| below(element, rest, take)),
            Err(_) => elements.iter().for_each(|element| below(element, path, take)),
        },
        _ => {}
    }
}

fn value(json: &Json) -> Value<'_> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Flag(*flag),
        Json::String(text) => Value::run(text.as_bytes()),
        Json::Number(number) => match number.to_string().parse::<i128>() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::Real(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::Array(_) | Json::Object(_) => Value::owned(json.to_string()),
    }
}
