//! Protocols of one server or one program each, against what their real clients logged: events, topics, ids, errors.

use serde_json::{Value, json};
use wscope_tests::sample;

use super::pairs::Ids;
use super::row::{Row, equal, plain, same};
use super::{Case, check};

const CASES: &[Case] = &[
    Case("OCPP", Some("ocpp"), "ocpp", ocpp),
    Case("GraphQL, the older protocol", Some("graphql-legacy"), "graphql-ws", graphql),
    Case("Chrome DevTools", Some("cdp"), "cdp", cdp),
    Case("Action Cable", Some("actioncable"), "actioncable", action_cable),
    Case("Phoenix", Some("phoenix"), "phoenix", phoenix),
    Case("Centrifugo", Some("centrifugo"), "centrifugo", centrifugo),
];

/// What their messages ask and answer, read here in another way.
pub(super) const PAIRED: &[(&str, Ids)] = &[
    ("ocpp", |_, text| {
        let it = read(text);
        vec![(it[1].to_string(), it[0] == 2)]
    }),
    ("graphql-legacy", |_, text| {
        let it = read(text);
        match it["type"].as_str().unwrap_or_default() {
            "start" => vec![(it["id"].to_string(), true)],
            "data" | "error" | "complete" => vec![(it["id"].to_string(), false)],
            "connection_init" => vec![("connection".into(), true)],
            "connection_ack" | "connection_error" => vec![("connection".into(), false)],
            _ => Vec::new(),
        }
    }),
    // A session that is gone is not named in the error that says so: its command is left unanswered.
    ("cdp", |_, text| {
        let it = read(text);
        let id = it["id"].as_u64().map(|id| format!("{id} {}", it["sessionId"]));
        id.map(|id| (id, it["method"].is_string())).into_iter().collect()
    }),
    ("actioncable", |_, text| {
        let it = read(text);
        let asks = it["command"] == "subscribe";
        let answers = it["type"].as_str().is_some_and(|it| it.ends_with("_subscription"));
        let id = (asks || answers).then(|| (it["identifier"].to_string(), asks));
        id.into_iter().collect()
    }),
    ("centrifugo", |client, text| {
        let id = |line: &str| match (line, read(line)["id"].as_u64()) {
            ("{}", _) => Some(("ping".into(), !client)),
            (_, id) => id.map(|id| (id.to_string(), client)),
        };
        text.lines().filter_map(id).collect()
    }),
];

#[test]
fn other_samples_say_what_their_truths_do() {
    for case in CASES {
        check(case, sample(&format!("{}.pcap", case.1.unwrap_or_default())));
    }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn told<'t>(truth: &'t [Value], ev: &str) -> Vec<&'t Value> {
    truth.iter().filter(|event| event["ev"] == ev).collect()
}

fn of<'r>(rows: &'r [Row], client: bool, kind: &str) -> Vec<&'r Row> {
    rows.iter().filter(|row| row.client == client && row.kind() == kind).collect()
}

/// The message that a row answers.
fn question<'r>(rows: &'r [Row], row: &Row) -> &'r Row {
    let number = row.decoded["answers"].as_u64().unwrap_or_else(|| panic!("it answers: {row:?}"));
    rows.iter().find(|row| row.number == number).expect("a message")
}

fn list<T>(all: &[T], say: impl Fn(&T) -> Value) -> Vec<Value> {
    all.iter().map(say).collect()
}

fn ocpp(rows: &[Row], truth: &[Value]) {
    for (client, ep) in [(true, "client"), (false, "server")] {
        let own = |ev| told(truth, ev).into_iter().filter(|it| it["ep"] == ep).collect::<Vec<_>>();
        let calls = of(rows, client, "CALL");
        equal(
            "calls",
            &list(&calls, |row| row.decoded["event"].clone()),
            &list(&own("call"), |it| it["name"].clone()),
        );
        let errors = of(rows, !client, "CALLERROR");
        let said = list(&errors, |row| {
            let message = row.named("Message");
            assert_eq!(row.decoded["error"], message[2]);
            let code = message[2].as_str().unwrap_or_default();
            assert!(row.decoded["summary"].as_str().is_some_and(|it| it.contains(code)), "{row:?}");
            json!([question(rows, row).decoded["event"], message[2], message[3], message[4]])
        });
        let logged = list(&own("error"), |it| json!([it["name"], it["code"], it["msg"], it["data"]]));
        equal("errors", &said, &logged);
        let results = of(rows, !client, "CALLRESULT");
        let said = list(&results, |row| {
            json!([question(rows, row).decoded["event"], row.named("Message")[2].get("status")])
        });
        equal("results", &said, &list(&own("result"), |it| json!([it["name"], it["status"]])));
        // What the other side's handlers were called with.
        let handled = truth.iter().filter(|it| it["ev"] == "action" && it["ep"] != ep);
        for event in handled.filter(|it| it["data"].is_object()) {
            let called = |row: &&Row| {
                row.decoded["event"] == event["name"] && same(&row.named("Message")[3], &event["data"])
            };
            assert!(calls.iter().any(called), "{event}");
        }
    }
}

fn graphql(rows: &[Row], truth: &[Value]) {
    let starts = of(rows, true, "start");
    let said = list(&starts, |row| {
        let payload = &row.named("Message")["payload"];
        assert_eq!(row.one("graphql.query"), payload["query"]);
        json!([row.decoded.get("event"), payload["query"], payload.get("variables")])
    });
    let logged = list(&told(truth, "operation"), |it| json!([it["name"], it["query"], it["variables"]]));
    equal("operations", &said, &logged);
    let stop = of(rows, true, "stop")[0];
    let mut data = of(rows, false, "data");
    // What comes behind a stop is not handed on any more.
    data.retain(|row| row.decoded["id"] != stop.decoded["id"] || row.number < stop.number);
    let results = told(truth, "result");
    assert_eq!(data.len(), results.len());
    for (row, event) in data.iter().zip(results) {
        let payload = &row.named("Message")["payload"];
        assert!(same(&payload["data"], &event["data"]["data"]), "{row:?}");
        let message = &event["data"]["errors"][0]["message"];
        assert_eq!(row.decoded.get("error").unwrap_or(&Value::Null), message, "{row:?}");
        assert_eq!(question(rows, row).decoded["id"], row.decoded["id"]);
    }
    let refused = list(&of(rows, false, "connection_error"), |row| row.decoded["error"].clone());
    equal("refusals", &refused, &list(&told(truth, "refused"), |it| it["msg"].clone()));
    assert_eq!(of(rows, false, "complete").len(), told(truth, "complete").len() + 1);
}

fn cdp(rows: &[Row], truth: &[Value]) {
    // An error that names no session is not found to answer the command that named one.
    let lost = |it: &Value| it["data"]["message"] == "Session with given id not found.";
    for (client, dir) in [(true, "send"), (false, "recv")] {
        let side: Vec<&Row> = rows.iter().filter(|row| row.client == client).collect();
        let said = list(&side, |row| {
            let message = row.named("Message");
            let data = ["params", "result", "error"].iter().find_map(|name| message.get(*name));
            let about = if row.decoded.get("answers").is_some() { question(rows, row) } else { row };
            json!([row.kind(), row.decoded.get("id"), about.decoded["event"], row.decoded.get("topic"), data])
        });
        let logged: Vec<&Value> =
            truth.iter().filter(|it| it["dir"] == dir && it["method"].is_string()).collect();
        let logged = list(&logged, |it| {
            let id = it["id"].as_u64().map(|id| id.to_string());
            let method = it["method"].as_str().filter(|_| !lost(it));
            json!([it["ev"], id, method, it["session"], it["data"]])
        });
        equal(dir, &said, &logged);
    }
    assert_eq!(truth.iter().filter(|it| lost(it)).count(), 1);
    for row in of(rows, false, "error") {
        assert_eq!(row.decoded["error"], row.named("Message")["error"]["message"]);
    }
}

fn action_cable(rows: &[Row], truth: &[Value]) {
    let topic = |row: &&Row| {
        let identifier = row.named("Identifier");
        assert_eq!(identifier, read(row.decoded["topic"].as_str().unwrap_or_default()));
        identifier
    };
    for (client, kind, ev) in [
        (true, "subscribe", "subscribe"),
        (true, "unsubscribe", "unsubscribe"),
        (false, "confirm_subscription", "connected"),
        (false, "reject_subscription", "rejected"),
    ] {
        let (seen, logged) = (of(rows, client, kind), told(truth, ev));
        equal(ev, &list(&seen, topic), &list(&logged, |it| it["data"].clone()));
    }
    let said = list(&of(rows, true, "message"), |row| {
        let mut data = row.named("Data");
        let action = data.as_object_mut().and_then(|data| data.remove("action"));
        assert_eq!(Some(&row.decoded["event"]), action.as_ref());
        json!([topic(row), action, data])
    });
    let logged = list(&told(truth, "perform"), |it| json!([it["channel"], it["action"], it["data"]]));
    equal("actions", &said, &logged);
    let heard = list(&of(rows, false, "message"), |row| json!([topic(row), row.named("Message")["message"]]));
    equal("messages", &heard, &list(&told(truth, "received"), |it| json!([it["channel"], it["data"]])));
    let refused = of(rows, false, "disconnect")[0];
    assert_eq!(refused.decoded["error"], "unauthorized");
    assert_eq!(refused.decoded["summary"], "disconnect \"unauthorized\"");
    assert_eq!(of(rows, false, "reject_subscription")[0].decoded["error"], "subscription rejected");
}

fn phoenix(rows: &[Row], truth: &[Value]) {
    // A binary message has what text has in an array, and a payload of bytes.
    let parts = |row: &Row| match row.named("Message") {
        Value::Null => {
            let bytes = |payload: Value| json!({"b64": payload["base64"]});
            let payload = match row.one("phoenix.status") {
                Value::Null => bytes(row.named("Payload")),
                status => json!({"status": status, "b64": row.named("Payload")["base64"]}),
            };
            json!([
                row.one("phoenix.join_ref"),
                row.one("phoenix.ref"),
                row.decoded["topic"],
                row.decoded["event"],
                payload
            ])
        }
        message => message,
    };
    let server: Vec<&Row> = rows.iter().filter(|row| !row.client).collect();
    let logged = list(&told(truth, "said"), |it| {
        json!([it["join_ref"], it["ref"], it["topic"], it["event"], it["payload"]])
    });
    equal("the server's messages", &list(&server, |row| parts(row)), &logged);
    // Heartbeats and leaving are the library's own.
    let own = |row: &&Row| row.decoded["event"] != "heartbeat" && row.decoded["event"] != "phx_leave";
    let client: Vec<&Row> = rows.iter().filter(|row| row.client).filter(own).collect();
    let said = list(&client, |row| json!([row.decoded["topic"], row.decoded["event"], parts(row)[4]]));
    let logged = list(&told(truth, "push"), |it| json!([it["topic"], it["event"], it["data"]]));
    equal("pushes", &said, &logged);
    for row in of(rows, false, "reply") {
        let question = question(rows, row);
        assert_eq!((question.kind(), &question.decoded["id"]), ("push", &row.decoded["id"]));
        assert_eq!(row.decoded["latency"], json!((row.time - question.time) as f64 / 1e9));
        let error = &parts(row)[4]["response"]["reason"];
        assert_eq!(row.decoded.get("error").unwrap_or(&Value::Null), error);
    }
    let open = rows.iter().filter(|row| row.decoded["unanswered"] == true);
    assert_eq!(open.map(|row| &row.decoded["event"]).collect::<Vec<_>>(), ["shout", "crash"]);
    let crashed = rows.iter().find(|row| row.decoded["event"] == "phx_error").expect("it crashed");
    assert_eq!(crashed.decoded["error"], "the channel crashed");
}

fn centrifugo(rows: &[Row], truth: &[Value]) {
    // Each line of a message is a field of its own.
    let lines = |client: bool, name: &str| {
        let fields = rows.iter().filter(|row| row.client == client).flat_map(|row| row.fields());
        let lines = fields.map(plain).filter(|line| line.get(name).is_some());
        lines.map(|line| line[name].clone()).collect::<Vec<_>>()
    };
    let pushed = |name: &str| {
        let mut all = lines(false, "push");
        all.retain(|push| push.get(name).is_some());
        all
    };
    equal(
        "publications",
        &list(&pushed("pub"), |it| json!([it["channel"], it["pub"]["data"], it["pub"]["offset"]])),
        &list(&told(truth, "publication"), |it| json!([it["channel"], it["data"], it["offset"]])),
    );
    equal(
        "joins",
        &list(&pushed("join"), |it| json!([it["channel"], it["join"]["info"]["user"]])),
        &list(&told(truth, "join"), |it| json!([it["channel"], it["user"]])),
    );
    let asked = told(truth, "ask");
    for name in ["publish", "rpc", "presence", "history"] {
        let asked: Vec<&Value> = asked.iter().filter(|it| it["name"] == name).copied().collect();
        equal(
            name,
            &list(&lines(true, name), |it| json!([it.get("channel"), it.get("method")])),
            &list(&asked, |it| json!([it.get("channel"), it.get("method")])),
        );
    }
    let results: Vec<&Value> = told(truth, "result").into_iter().filter(|it| it["name"] == "rpc").collect();
    equal("results", &lines(false, "rpc"), &list(&results, |it| it["data"].clone()));
    let errors = list(&lines(false, "error"), |it| json!([it["code"], it["message"]]));
    let logged: Vec<&Value> = truth.iter().filter(|it| it["code"].is_u64()).collect();
    equal("errors", &errors, &list(&logged, |it| json!([it["code"], it.get("msg").or(it.get("reason"))])));
    let told_errors = rows.iter().filter_map(|row| row.decoded.get("error").cloned()).collect::<Vec<_>>();
    equal("errors of rows", &told_errors, &list(&errors, |it| it[1].clone()));
    // A call is known by the method that it calls, also where several are in one message.
    let events = rows.iter().filter(|row| row.client).flat_map(|row| match row.decoded["parts"].as_array() {
        Some(parts) => parts.clone(),
        None => vec![row.decoded.clone()],
    });
    let events = events.filter(|part| part["kind"] == "rpc").map(|part| part["event"].clone());
    let methods: Vec<Value> = asked.iter().filter_map(|it| it.get("method")).cloned().collect();
    equal("methods", &events.collect::<Vec<_>>(), &methods);
}
