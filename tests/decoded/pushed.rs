//! The truths of what HTTP carries: polling, long polling, server-sent events, item by item.

use serde_json::{Map, Value, json};

use super::row::{Row, equal, said};

/// A row for each packet of Engine.IO, of which polling puts several into one body.
pub(super) fn packets(rows: &[Row]) -> Vec<Row> {
    let mut all = Vec::new();
    for row in rows {
        let Some(parts) = row.decoded["parts"].as_array().filter(|_| row.transport.is_some()) else {
            all.push(row.clone());
            continue;
        };
        let texts: Vec<&str> = row.text.as_deref().unwrap_or_default().split('\u{1e}').collect();
        let begins = |field: &Value| field["key"] == "engineio.type";
        let mut fields: Vec<Vec<Value>> = Vec::new();
        for field in row.fields() {
            if begins(field) {
                fields.push(Vec::new());
            }
            fields.last_mut().expect("a packet begins with its type").push(field.clone());
        }
        assert_eq!((parts.len(), fields.len()), (texts.len(), texts.len()), "{row:?}");
        for ((part, text), fields) in parts.iter().zip(texts).zip(fields) {
            let mut decoded: Map<String, Value> = part.as_object().cloned().unwrap_or_default();
            decoded.insert("fields".into(), fields.into());
            let (decoded, text) = (Value::Object(decoded), Some(text.to_owned()));
            all.push(Row { decoded, text, ..row.clone() });
        }
    }
    all
}

fn told<'t>(truth: &'t [Value], ep: &str, ev: &str) -> Vec<&'t Value> {
    truth.iter().filter(|event| event["ep"] == ep && event["ev"] == ev).collect()
}

/// Every answer that the client got, and in it the item that the server gave out.
pub(super) fn long_polling(rows: &[Row], truth: &[Value]) {
    assert!(rows.iter().all(|row| !row.client && row.transport.as_deref() == Some("long-polling")));
    let texts: Vec<Value> = rows.iter().map(|row| row.text.clone().into()).collect();
    equal("answers", &texts, &told(truth, "client", "response").into_iter().map(said).collect::<Vec<_>>());
    let full = rows.iter().filter(|row| row.kind() != "empty");
    let items: Vec<Value> = full.map(|row| super::row::plain(&row.fields()[0])[0].clone()).collect();
    let given = told(truth, "server", "item").into_iter().map(said).collect::<Vec<_>>();
    equal("items", &items, &given);
}

/// Every event that the client dispatched, and every one that the server wrote, byte by byte.
pub(super) fn events(rows: &[Row], truth: &[Value]) {
    assert!(rows.iter().all(|row| !row.client && row.transport.as_deref() == Some("sse")));
    let events: Vec<&Row> = rows.iter().filter(|row| row.kind() == "event").collect();
    let seen: Vec<Value> = events
        .iter()
        .map(|row| {
            let id = row.decoded.get("id").cloned().unwrap_or_else(|| "".into());
            json!([row.decoded["event"], id, row.one("sse.data")])
        })
        .collect();
    let dispatched = told(truth, "client", "sse");
    let dispatched: Vec<Value> =
        dispatched.into_iter().map(|it| json!([it["event"], it["id"], said(it)])).collect();
    equal("events", &seen, &dispatched);
    let written: Vec<Value> = told(truth, "server", "sse-raw").into_iter().map(said).collect();
    let raw: Vec<Value> = events.iter().take(written.len()).map(|row| row.text.clone().into()).collect();
    equal("what was written", &raw, &written);
    let kinds: Vec<&str> = rows.iter().map(Row::kind).filter(|kind| *kind != "event").collect();
    assert_eq!(kinds, ["retry", "comment"]);
}

/// SockJS's messages, and what its sessions say of themselves.
pub(super) fn sockjs(rows: &[Row], truth: &[Value]) {
    super::rpc::sockjs(rows, truth);
    let count = |kind: &str| rows.iter().filter(|row| !row.client && row.kind() == kind).count();
    assert_eq!(count("open"), told(truth, "client", "open").len());
    assert_eq!(count("heartbeat"), told(truth, "client", "heartbeat").len());
    assert!(rows.iter().all(|row| row.session == Some(1)));
}
