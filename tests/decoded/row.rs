//! Messages as `wscope messages --format json` has them, and their trees as the JSON that they stand for.

use std::ffi::OsString;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};
use wscope_tests::wscope;

/// A message.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// 0 where HTTP carries it, as of the connection.
    pub(super) number: u64,
    /// When it was complete, in nanoseconds since 1970.
    pub(super) time: i64,
    pub(super) connection: u64,
    /// How HTTP carries it.
    pub(super) transport: Option<String>,
    pub(super) session: Option<u64>,
    pub(super) client: bool,
    pub(super) text: Option<String>,
    pub(super) decoded: Value,
}

pub(super) fn rows(pcap: &Path) -> Vec<Row> {
    let args = [OsString::from("messages"), pcap.into(), "--format".into(), "json".into()];
    let output = wscope(args).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("a line is JSON");
        let time: jiff::Timestamp = row["time"].as_str().expect("a time").parse().expect("RFC 3339");
        Row {
            number: row["message"].as_u64().unwrap_or(0),
            time: time.as_nanosecond() as i64,
            connection: row["connection"].as_u64().unwrap_or(0),
            transport: row["transport"].as_str().map(str::to_owned),
            session: row["session"].as_u64(),
            client: row["direction"] == "client",
            text: row["text"].as_str().map(str::to_owned),
            decoded: row["decoded"].clone(),
        }
    };
    text.split_terminator('\n').map(row).collect()
}

impl Row {
    pub(super) fn kind(&self) -> &str {
        self.decoded["kind"].as_str().unwrap_or_default()
    }
    pub(super) fn fields(&self) -> &[Value] {
        self.decoded["fields"].as_array().map(Vec::as_slice).unwrap_or_default()
    }
    /// Everything under this key, anywhere in the tree.
    pub(super) fn all(&self, key: &str) -> Vec<Value> {
        let mut found = Vec::new();
        self.fields().iter().for_each(|field| {
            look(field, &mut |it| {
                if it["key"] == key {
                    found.push(plain(it));
                }
            })
        });
        found
    }
    pub(super) fn one(&self, key: &str) -> Value {
        self.all(key).into_iter().next().unwrap_or_default()
    }
    /// The field of this name at the top of the tree, as JSON.
    pub(super) fn named(&self, name: &str) -> Value {
        self.fields().iter().find(|field| field["name"] == name).map(plain).unwrap_or_default()
    }
}

pub(super) fn look(field: &Value, see: &mut dyn FnMut(&Value)) {
    see(field);
    field["fields"].as_array().into_iter().flatten().for_each(|child| look(child, see));
}

/// The value that a field stands for.
pub(super) fn plain(field: &Value) -> Value {
    let children = || field["fields"].as_array().into_iter().flatten();
    match field["of"].as_str() {
        Some("list") => children().map(plain).collect(),
        Some(_) => {
            let member =
                |child: &Value| (child["name"].as_str().unwrap_or_default().to_owned(), plain(child));
            Value::Object(children().map(member).collect::<Map<_, _>>())
        }
        None => match field.get("base64") {
            Some(base64) => serde_json::json!({"base64": base64}),
            None => field["value"].clone(),
        },
    }
}

/// The fields in a field by their names, also where they are a list.
pub(super) fn members(field: &Value) -> Value {
    let mut map = field.clone();
    map["of"] = "map".into();
    plain(&map)
}

/// What the truth has in base64, as text or as the same base64 where it is none.
pub(super) fn said(event: &Value) -> Value {
    let base64 = event["b64"].as_str().unwrap_or_default();
    let bytes = BASE64_STANDARD.decode(base64).expect("base64");
    String::from_utf8(bytes).map_or_else(|_| base64.into(), Value::String)
}

/// Whether two values are the same, numbers by what they are and not by how they are written.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let there = |(name, value): (&String, &Value)| right.get(name).is_some_and(|it| same(value, it));
            left.len() == right.len() && left.iter().all(there)
        }
        _ => left == right,
    }
}

/// Two lists, item by item.
pub(super) fn equal(what: &str, seen: &[Value], told: &[Value]) {
    assert_eq!(seen.len(), told.len(), "{what}: {seen:#?} for {told:#?}");
    for (seen, told) in seen.iter().zip(told) {
        assert!(same(seen, told), "{what}: {seen} for {told}");
    }
}
