//! What messages say by their protocols, against what the endpoints themselves logged: events, topics, arguments, ids,
//! item by item and in order, whether WebSocket carries them or HTTP.

mod others;
mod packed;
mod pairs;
mod pushed;
mod row;
mod rpc;
mod schema;
mod stomp_mqtt;
mod tunnels;

use std::path::PathBuf;

use serde_json::Value;
use wscope_tests::truth::events;
use wscope_tests::{captures, sample};

use self::row::{Row, rows};

/// A capture beside the project, the sample that is the same where there is one, and who holds it against its truth.
struct Case(&'static str, Option<&'static str>, &'static str, fn(&[Row], &[Value]));

const CASES: &[Case] = &[
    Case("socketio/binary", Some("socketio-binary"), "socket.io", rpc::socket_io),
    Case("socketio/upgrade", Some("socketio-upgrade"), "socket.io", rpc::socket_io),
    Case("socketio/websocket", None, "socket.io", rpc::socket_io),
    Case("sockjs/websocket", Some("sockjs"), "sockjs", rpc::sockjs),
    Case("socketio/polling", Some("socketio-polling"), "socket.io", rpc::socket_io),
    Case("sockjs/eventsource", Some("sockjs-eventsource"), "sockjs", pushed::sockjs),
    Case("sockjs/xhr-polling", Some("sockjs-xhr"), "sockjs", pushed::sockjs),
    Case("sse-longpoll/sse-node", Some("sse"), "sse", pushed::events),
    Case("sse-longpoll/longpoll-node", Some("longpoll"), "json", pushed::long_polling),
    Case("signalr/longpolling", Some("signalr-longpolling"), "signalr", rpc::signalr),
    Case("stomp-ws/rabbitmq-stompjs", Some("stomp"), "stomp", stomp_mqtt::stomp),
    Case("mqtt-ws/mosquitto-v311", Some("mqtt"), "mqtt", stomp_mqtt::mqtt),
    Case("mqtt-ws/mosquitto-v5", Some("mqtt5"), "mqtt", stomp_mqtt::mqtt),
    Case("wamp-crossbar/autobahn-py-json", Some("wamp-json"), "wamp", rpc::wamp),
    Case("wamp-crossbar/autobahn-py-cbor", Some("wamp-cbor"), "wamp", rpc::wamp),
    Case("signalr/websockets", Some("signalr"), "signalr", rpc::signalr),
    Case("signalr/websockets-msgpack", Some("signalr-msgpack"), "signalr", rpc::signalr),
    Case("rpc-websockets/jsonrpc", Some("jsonrpc"), "json-rpc", rpc::json_rpc),
    Case("graphql-ws/transport-ws", Some("graphql-ws"), "graphql-transport-ws", rpc::graphql),
    Case("socketcluster/basic", Some("socketcluster"), "socketcluster", rpc::socket_cluster),
];

fn check(case: &Case, pcap: PathBuf) {
    let truth = events(&pcap.with_extension("truth.ndjson"));
    let rows = rows(&pcap);
    assert!(!rows.is_empty(), "{}", pcap.display());
    for row in &rows {
        // A poll that brings nothing says nothing.
        let fits = row.decoded["protocol"] == case.2 || row.kind() == "empty";
        assert!(fits, "{}: {row:?}", pcap.display());
        assert!(row.decoded["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{row:?}");
        // All of it was captured, and all of it is well formed.
        assert_eq!(row.decoded.get("stopped"), None, "{}: {row:?}", pcap.display());
    }
    println!("{}: {} messages, {} events of the truth", case.0, rows.len(), truth.len());
    case.3(&rows, &truth);
}

#[test]
fn samples_say_what_their_truths_do() {
    for case in CASES {
        if let Some(name) = case.1 {
            check(case, sample(&format!("{name}.pcap")));
        }
    }
}

#[test]
fn captures_say_what_their_truths_do() {
    let Some(folder) = captures() else {
        return println!("captures of messages: left out, there are none beside the project");
    };
    CASES.iter().for_each(|case| check(case, folder.join(format!("{}.pcap", case.0))));
}

/// A decoder that the user pinned reads a connection, whatever it speaks; a name that is none is told with all others.
#[test]
fn a_pinned_decoder_reads() {
    let run = |pin: &str| {
        let args = ["messages", "--format", "json", "--decode", pin].map(std::ffi::OsString::from);
        let pcap = sample("jsonrpc.pcap").into_os_string();
        wscope_tests::wscope(args.into_iter().chain([pcap])).output().expect("it runs")
    };
    let output = run("path=/=json");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    assert!(text.lines().all(|line| line.contains("\"protocol\":\"json\"")), "{text}");
    let output = run("path=/=nothing");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("json-rpc"));
}

/// Filters ask for what decoders read: what all protocols have, and each decoder's own fields.
#[test]
fn filters_ask_for_it() {
    let count = |name: &str, filter: &str| {
        let args = ["messages", "--fields", "message", "--format", "csv", "-Y", filter]
            .map(std::ffi::OsString::from);
        let pcap = sample(&format!("{name}.pcap")).into_os_string();
        let output = wscope_tests::wscope(args.into_iter().chain([pcap])).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).lines().count() - 1
    };
    assert_eq!(count("socketio-binary", "ws.event == \"echo\""), 7);
    assert_eq!(count("socketio-binary", "socketio.ack_id == 0"), 2);
    assert_eq!(count("stomp", "stomp.command == \"MESSAGE\" && ws.topic == \"/topic/down\""), 2);
    assert_eq!(count("mqtt5", "mqtt.msgtype == 1 && mqtt.ver == 5"), 2);
    assert_eq!(count("jsonrpc", "ws.error && ws.id == \"3\""), 1);
    assert_eq!(count("wamp-cbor", "wamp.procedure == \"com.ex.add\""), 2);
    assert_eq!(count("signalr-msgpack", "ws.protocol == \"signalr\""), 16);
}
