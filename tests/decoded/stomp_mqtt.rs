//! The truths of STOMP and MQTT.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use wscope_tests::truth::sha256;

use super::row::{Row, equal, said};

pub(super) fn stomp(rows: &[Row], truth: &[Value]) {
    let told = |dir: &str| -> Vec<Value> {
        let of = truth.iter().filter(|event| event["ev"] == "stomp" && event["dir"] == dir);
        of.map(|event| {
            let body = event.get("b64").map(|_| said(event)).unwrap_or_default();
            json!([event["command"], event["dest"], body, event["headers"]])
        })
        .collect()
    };
    let seen = |client: bool, commands: &[&str], told: &[Value]| -> Vec<Value> {
        let of = rows.iter().filter(|row| row.client == client && commands.contains(&row.kind()));
        let seen = of.zip(told).map(|(row, told)| {
            let mut headers = serde_json::Map::new();
            // Those that the truth names; a client's library adds others.
            for (name, _) in told[3].as_object().into_iter().flatten() {
                let mut value = Value::Null;
                // stompjs escapes values but not names: on the wire the name ends at its own colon.
                let (wire, before) = match name.split_once(':') {
                    Some((wire, rest)) => (wire, format!("{rest}:")),
                    None => (name.as_str(), String::new()),
                };
                row.fields().iter().for_each(|frame| {
                    super::row::look(frame, &mut |field| {
                        if field["name"] == wire {
                            value = field["value"]
                                .as_str()
                                .map_or_else(|| field["value"].to_string().into(), Value::from);
                        }
                    })
                });
                if let Some(rest) = value.as_str().and_then(|value| value.strip_prefix(before.as_str())) {
                    value = rest.into();
                }
                headers.insert(name.clone(), value);
            }
            let headers = if told[3].is_object() { Value::Object(headers) } else { Value::Null };
            let dest = if client { row.one("stomp.destination") } else { Value::Null };
            json!([row.one("stomp.command"), dest, row.one("stomp.body"), headers])
        });
        seen.collect()
    };
    let (sent, received) = (told("send"), told("recv"));
    // What is sent in a transaction is logged by its receiver alone.
    let without: Vec<Value> = seen(true, &["SEND"], &sent);
    equal("sent", &without, &sent);
    equal("received", &seen(false, &["CONNECTED", "MESSAGE"], &received), &received);
}

/// Packets of each client and direction, in order.
pub(super) fn mqtt(rows: &[Row], truth: &[Value]) {
    let clients: BTreeMap<u64, Value> = rows
        .iter()
        .filter(|row| row.kind() == "CONNECT")
        .map(|row| (row.connection, row.one("mqtt.clientid")))
        .collect();
    assert_eq!(clients.len(), 2);
    for (connection, name) in &clients {
        for (dir, client) in [("send", true), ("recv", false)] {
            let told: Vec<Value> = truth
                .iter()
                .filter(|event| event["ep"] == *name && event["dir"] == dir && event["ev"] == "mqtt")
                .map(|event| {
                    let publish = event["cmd"] == "publish";
                    // Mosquitto's client logs 0 for packets that have no identifier.
                    let id = event["mid"].as_u64().filter(|id| *id > 0);
                    let body = if publish { event["sha256"].clone() } else { Value::Null };
                    let qos = if publish { event["qos"].clone() } else { Value::Null };
                    json!([event["cmd"], event["topic"], id, qos, body])
                })
                .collect();
            let mut seen = Vec::new();
            for row in rows.iter().filter(|row| row.connection == *connection && row.client == client) {
                for packet in row.fields().iter().filter(|field| field["name"] != "Part of a packet") {
                    let of = Row {
                        number: 0,
                        time: 0,
                        connection: 0,
                        transport: None,
                        session: None,
                        client,
                        text: None,
                        decoded: json!({"fields": [packet]}),
                    };
                    let cmd = packet["name"].as_str().unwrap_or_default().to_lowercase();
                    let topic = if cmd == "publish" { of.one("mqtt.topic") } else { Value::Null };
                    seen.push(json!([cmd, topic, of.one("mqtt.msgid"), of.one("mqtt.qos"), hash(packet)]));
                }
            }
            // The client says nothing of its own CONNECT.
            seen.retain(|packet| packet[0] != "connect");
            equal(&format!("{name} {dir}"), &seen, &told);
        }
    }
}

/// The SHA-256 of a PUBLISH's payload: of long ones the truth has no more.
fn hash(packet: &Value) -> Value {
    let mut hash = Value::Null;
    super::row::look(packet, &mut |field| {
        if field["key"] == "mqtt.msg" {
            let base64 = field["base64"].as_str().map(|text| BASE64_STANDARD.decode(text).expect("base64"));
            let text = || field["value"].as_str().unwrap_or_default().as_bytes().to_vec();
            hash = sha256(&base64.unwrap_or_else(text)).into();
        }
    });
    hash
}
