//! The truths of protocols that call, publish and answer.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::row::{Row, equal, said, same};

/// The events of one kind that an endpoint logged for a direction.
fn told<'t>(truth: &'t [Value], ep: &str, dir: &str, ev: &str) -> Vec<&'t Value> {
    truth.iter().filter(|event| event["ep"] == ep && event["dir"] == dir && event["ev"] == ev).collect()
}

fn of<'r>(rows: &'r [Row], client: bool, kinds: &[&str]) -> Vec<&'r Row> {
    rows.iter().filter(|row| row.client == client && kinds.contains(&row.kind())).collect()
}

pub(super) fn socket_io(rows: &[Row], truth: &[Value]) {
    let rows = &super::pushed::packets(rows);
    const TYPES: [&str; 7] = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
    for (client, ep) in [(true, "client"), (false, "server")] {
        let packets = told(truth, ep, "send", "eio-packet").into_iter().chain(
            // The server logs no open packet.
            told(truth, "client", "recv", "eio-packet")
                .into_iter()
                .filter(|it| !client && it["type"] == "open"),
        );
        let mut sent: Vec<Value> = packets.map(|it| it["type"].clone()).collect();
        let types = rows.iter().filter(|row| row.client == client).map(|row| {
            match row.one("engineio.type").as_u64() {
                Some(number) => (TYPES[number as usize], row),
                None => ("message", row),
            }
        });
        // Probes and the upgrade come before the transport is the engine's own; that it closes polling is not logged.
        let mut seen: Vec<Value> = types
            .filter(|(name, row)| {
                !matches!(*name, "upgrade" | "noop" | "close")
                    && row.text.as_deref().is_none_or(|text| !text.ends_with("probe"))
            })
            .map(|(name, _)| name.into())
            .collect();
        sent.sort_by_key(Value::to_string);
        seen.sort_by_key(Value::to_string);
        equal(&format!("{ep}'s packets"), &seen, &sent);
        let events = of(rows, client, &["EVENT", "BINARY_EVENT"]);
        let logged = told(truth, if client { "server" } else { "client" }, "recv", "event");
        let seen: Vec<Value> = events
            .iter()
            .map(|row| {
                let count = row.named("Payload").as_array().map_or(0, |all| all.len() - 1);
                // The server hands the acknowledgement over as one argument more.
                let count = count + usize::from(row.decoded.get("id").is_some());
                let count = if client { json!(count) } else { Value::Null };
                json!([row.decoded["event"], row.one("socketio.namespace"), count])
            })
            .collect();
        let logged: Vec<Value> =
            logged.iter().map(|it| json!([it["name"], it["nsp"], it["nargs"]])).collect();
        equal("events", &seen, &logged);
    }
    let acks = of(rows, false, &["ACK", "BINARY_ACK"]);
    let seen: Vec<Value> = acks.iter().map(|row| row.named("Payload")[0].clone()).collect();
    let logged: Vec<Value> =
        told(truth, "client", "recv", "ack").iter().map(|it| it["data"].clone()).collect();
    equal("acknowledgements", &seen, &logged);
    for ack in acks {
        let asked = rows
            .iter()
            .any(|row| row.client && row.decoded["id"] == ack.decoded["id"] && row.kind() == "EVENT");
        assert!(asked, "{ack:?}");
    }
    // Where the connection began by polling, its namespace was joined there.
    let connects = told(truth, "server", "", "socket-connect");
    for (row, event) in of(rows, true, &["CONNECT"]).into_iter().zip(&connects) {
        assert!(same(&row.named("Payload"), &event["auth"]), "{row:?}");
        assert_eq!(row.one("socketio.namespace"), event["nsp"]);
    }
    for (row, event) in of(rows, false, &["CONNECT"]).into_iter().zip(&connects) {
        assert_eq!(row.named("Payload")["sid"], event["sid"]);
    }
    // An attachment names the event that it belongs to.
    for row in rows.iter().filter(|row| row.kind() == "attachment") {
        assert!(row.decoded["event"].is_string(), "{row:?}");
    }
}

pub(super) fn sockjs(rows: &[Row], truth: &[Value]) {
    for (client, ep) in [(true, "client"), (false, "server")] {
        let seen: Vec<Value> = rows
            .iter()
            .filter(|row| row.client == client)
            .flat_map(|row| row.all("sockjs.message"))
            .collect();
        let sent: Vec<Value> = told(truth, ep, "send", "message").into_iter().map(said).collect();
        equal(ep, &seen, &sent);
    }
}

pub(super) fn wamp(rows: &[Row], truth: &[Value]) {
    let slot = |row: &Row, name: &str| {
        let message = row.fields().first().and_then(|message| message["fields"].as_array());
        let found = message.into_iter().flatten().find(|field| field["name"] == name);
        found.map(super::row::plain).unwrap_or_default()
    };
    let joined = &told(truth, "client", "", "joined")[0];
    let welcome = of(rows, false, &["WELCOME"])[0];
    assert_eq!(slot(welcome, "Session").to_string(), joined["session"].as_str().unwrap_or_default());
    assert_eq!(slot(welcome, "Details")["authid"], joined["authid"]);
    let names: Vec<Value> = of(rows, true, &["CALL"]).iter().map(|row| slot(row, "Procedure")).collect();
    for call in told(truth, "client", "send", "call") {
        let name = format!("com.ex.{}", call["name"].as_str().unwrap_or_default());
        assert!(names.contains(&name.clone().into()), "{name}");
    }
    let results: Vec<Value> =
        of(rows, false, &["RESULT"]).iter().map(|row| slot(row, "Arguments")[0].clone()).collect();
    equal(
        "results",
        &results,
        &told(truth, "client", "recv", "result").iter().map(|it| it["data"].clone()).collect::<Vec<_>>(),
    );
    let errors = of(rows, false, &["ERROR"]);
    let logged = told(truth, "client", "recv", "error");
    assert_eq!(errors.len(), logged.len());
    for (row, event) in errors.iter().zip(logged) {
        let (args, kwargs) = (slot(row, "Arguments"), slot(row, "ArgumentsKw"));
        let kwargs = if kwargs.is_null() { json!({}) } else { kwargs };
        let error = row.decoded["error"].as_str().unwrap_or_default();
        let said =
            format!("ApplicationError(error=<{error}>, args={}, kwargs={},", python(&args), python(&kwargs));
        assert!(event["msg"].as_str().is_some_and(|msg| msg.starts_with(&said)), "{said}: {event}");
    }
    for (client, dir, kind, ev) in [(true, "send", "PUBLISH", "publish"), (false, "recv", "EVENT", "event")] {
        let (seen, logged) = (of(rows, client, &[kind]), told(truth, "client", dir, ev));
        assert_eq!(seen.len(), logged.len(), "{ev}");
        for (row, event) in seen.iter().zip(logged) {
            let args = slot(row, "Arguments");
            let Some(kwargs) = event["kwargs"].as_str().filter(|_| event["args"] != "big") else { continue };
            let parts: Vec<String> = args.as_array().into_iter().flatten().map(python).collect();
            // Python writes a tuple of one with a comma behind it.
            let comma = if parts.len() == 1 { "," } else { "" };
            let tuple = format!("({}{comma})", parts.join(", "));
            if event["args"].as_str().is_some_and(|args| args.ends_with(')')) {
                assert_eq!(Some(tuple.as_str()), event["args"].as_str());
            }
            let seen = slot(row, "ArgumentsKw");
            assert_eq!(if seen.is_null() { "{}".to_owned() } else { python(&seen) }, kwargs);
        }
    }
}

/// A value as Python writes it.
fn python(value: &Value) -> String {
    let list = |all: Vec<String>| all.join(", ");
    match value {
        Value::Null => "None".into(),
        Value::Bool(flag) => if *flag { "True" } else { "False" }.into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            let escaped: String = text
                .chars()
                .map(|c| match c {
                    '\0' => "\\x00".into(),
                    '\u{2028}' => "\\u2028".into(),
                    c => c.to_string(),
                })
                .collect();
            format!("'{escaped}'")
        }
        Value::Array(all) => format!("[{}]", list(all.iter().map(python).collect())),
        Value::Object(all) if all.contains_key("base64") => {
            let bytes = BASE64_STANDARD.decode(all["base64"].as_str().unwrap_or_default()).expect("base64");
            let byte = |byte: &u8| match byte {
                b'\\' => "\\\\".into(),
                b'\t' => "\\t".into(),
                b'\n' => "\\n".into(),
                b'\r' => "\\r".into(),
                b' '..=b'~' => char::from(*byte).to_string(),
                byte => format!("\\x{byte:02x}"),
            };
            format!("b'{}'", bytes.iter().map(byte).collect::<String>())
        }
        Value::Object(all) => {
            format!(
                "{{{}}}",
                list(all.iter().map(|(name, value)| format!("'{name}': {}", python(value))).collect())
            )
        }
    }
}

pub(super) fn signalr(rows: &[Row], truth: &[Value]) {
    for (client, dir) in [(true, "recv"), (false, "send")] {
        let messages = rows.iter().filter(|row| row.client == client).flat_map(|row| row.fields().iter());
        // MessagePack has a list, of which each element is called what JSON calls it.
        let seen: Vec<Value> = messages.map(super::row::members).collect();
        let logged = truth.iter().filter(|it| it["ep"] == "server" && it["dir"] == dir);
        let logged: Vec<&Value> =
            logged.filter(|it| it["ev"] == "hub" || it["ev"] == "handshake").map(|it| &it["data"]).collect();
        assert_eq!(seen.len(), logged.len(), "{dir}: {seen:?}");
        for (seen, logged) in seen.iter().zip(logged) {
            // MessagePack has elements for what JSON leaves out.
            for (name, value) in logged.as_object().into_iter().flatten() {
                // The server's log has an empty list of streams where the client left it off.
                let left_off = name == "streamIds" && *value == json!([]) && seen.get(name).is_none();
                assert!(left_off || same(&seen[name], value), "{name}: {seen} for {logged}");
            }
        }
    }
    let invoked: Vec<Value> = of(rows, false, &["Invocation"])
        .iter()
        .map(|row| super::row::members(&row.fields()[0])["arguments"][0].clone())
        .collect();
    let logged: Vec<Value> =
        told(truth, "client", "recv", "invocation").iter().map(|it| it["data"].clone()).collect();
    equal("invocations", &invoked, &logged);
    let errors: Vec<Value> =
        rows.iter().filter(|row| !row.client).filter_map(|row| row.decoded.get("error").cloned()).collect();
    let logged: Vec<Value> =
        told(truth, "client", "recv", "error").iter().map(|it| it["msg"].clone()).collect();
    equal("errors", &errors, &logged);
}

pub(super) fn json_rpc(rows: &[Row], truth: &[Value]) {
    let tree = |row: &&Row| row.named("Message");
    let requests: Vec<Value> = of(rows, true, &["request", "notification"]).iter().map(tree).collect();
    for call in told(truth, "server", "recv", "rpc") {
        let there = |it: &Value| it["method"] == call["method"] && same(&it["params"], &call["params"]);
        assert!(requests.iter().any(there), "{call}");
    }
    let results: Vec<Value> = of(rows, false, &["result"]).iter().map(tree).collect();
    for result in told(truth, "client", "recv", "result") {
        assert!(results.iter().any(|it| same(&it["result"], &result["data"])), "{result}");
    }
    let errors: Vec<Value> = of(rows, false, &["error"]).iter().map(tree).collect();
    for error in told(truth, "client", "recv", "rpc-error") {
        assert!(errors.iter().any(|it| same(&it["error"], &error["data"])), "{error}");
    }
    let events: Vec<Value> = of(rows, false, &["notification"]).iter().map(tree).collect();
    let told = told(truth, "client", "recv", "notification");
    equal(
        "notifications",
        &events.iter().map(|it| it["params"].clone()).collect::<Vec<_>>(),
        &told.iter().map(|it| it["args"].clone()).collect::<Vec<_>>(),
    );
}

pub(super) fn graphql(rows: &[Row], truth: &[Value]) {
    let tree = |row: &&Row| row.named("Message");
    let seen: Vec<Value> = rows.iter().filter(|row| !row.client).map(|row| tree(&row)).collect();
    let logged: Vec<Value> =
        told(truth, "client", "recv", "gql").iter().map(|it| it["data"].clone()).collect();
    equal("server's messages", &seen, &logged);
    let sent: Vec<Value> = rows.iter().filter(|row| row.client).map(|row| tree(&row)).collect();
    let logged = told(truth, "server", "recv", "message");
    let logged: Vec<Value> = logged
        .iter()
        .map(|it| serde_json::from_str(said(it).as_str().unwrap_or_default()).expect("it is JSON"))
        .collect();
    equal("client's messages", &sent, &logged);
}

pub(super) fn socket_cluster(rows: &[Row], truth: &[Value]) {
    let parsed = |event: &Value| -> Value {
        serde_json::from_str(said(event).as_str().unwrap_or_default()).expect("it is JSON")
    };
    let tree = |row: &&Row| row.named("Message");
    for (kinds, ev, client) in [(&["response"][..], "result", false), (&["error"][..], "rpc-error", false)] {
        let seen: Vec<Value> = of(rows, client, kinds).iter().map(tree).collect();
        for event in told(truth, "client", "recv", ev) {
            let there = |it: &Value| match ev {
                "result" => same(&it["data"], &event["data"]),
                _ => it["error"]["name"] == event["name"] && it["error"]["message"] == event["msg"],
            };
            assert!(seen.iter().any(there), "{event}");
        }
    }
    for event in told(truth, "server", "recv", "transmit") {
        let there =
            |it: &&Row| it.decoded["event"] == event["name"] && same(&tree(it)["data"], &parsed(event));
        assert!(of(rows, true, &["transmit"]).iter().any(there), "{event}");
    }
    let seen: Vec<Value> = of(rows, false, &["publish"])
        .iter()
        .map(|row| json!([row.decoded["topic"], tree(row)["data"]["data"]]))
        .collect();
    let logged: Vec<Value> = told(truth, "client", "recv", "publish")
        .iter()
        .map(|it| json!([it["channel"], parsed(it)]))
        .collect();
    equal("published", &seen, &logged);
}
