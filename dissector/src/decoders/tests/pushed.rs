//! What HTTP carries: bodies whose octets stand in the specifications.

use super::super::*;
use crate::ids::Side;
use crate::neighbor::{Family, Framing};

fn of(family: Family, framing: Framing, side: Side, target: &str, body: &[u8]) -> Decoded {
    let facts = Facts { target: target.into(), ..Facts::default() };
    let said = Said { side, text: std::str::from_utf8(body).is_ok(), bytes: body };
    let decoded = decode_delivery(Some(Way { family, framing }), &Input::new(said, &facts, &()), true);
    assert_eq!(decoded.stopped, None, "{decoded:?}");
    decoded
}

fn kinds(decoded: &Decoded) -> Vec<(String, Option<String>)> {
    decoded.parts.iter().map(|part| (part.kind.to_string(), part.event.clone())).collect()
}

/// Every value under a key, with the bytes that it stands in.
fn all(decoded: &Decoded, key: &str, body: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for field in &decoded.fields {
        field.walk(&mut |field| {
            if field.key == key {
                let at = field.at.clone().unwrap_or(0..0);
                let bytes = String::from_utf8_lossy(&body[at]).into_owned();
                found.push((field.value.shown().into_owned(), bytes));
            }
        });
    }
    found
}

/// WHATWG HTML 9.2.6: its own examples, their data joined and their comments apart.
#[test]
fn whatwg_html_9_2_6_event_streams() {
    let events = |body: &str| of(Family::EventStream, Framing::Events, Side::Server, "/", body.as_bytes());
    let stock = events("data: YHOO\ndata: +2\ndata: 10\n\n");
    assert_eq!(all(&stock, "sse.data", b"data: YHOO\ndata: +2\ndata: 10\n\n")[0].0, "YHOO\n+2\n10");
    // "fires two events": the last block has no empty line behind it there, but does here.
    let body = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n";
    let four = events(body);
    let said: Vec<_> = four.parts.iter().map(|part| (part.summary.as_str(), part.id.as_deref())).collect();
    assert_eq!(
        said,
        [
            ("comment test stream", None),
            ("message first event", Some("1")),
            ("message second event", Some("")),
            ("message  third event", None)
        ]
    );
    let spaces = all(&four, "sse.data", body.as_bytes());
    assert_eq!(
        spaces.last().map(|(value, at)| (value.as_str(), at.as_str())),
        Some((" third event", " third event"))
    );
    let named = events("event: add\ndata: 73857293\n\n");
    assert_eq!(named.parts[0].event.as_deref(), Some("add"));
    // "data" alone, and "data:" twice, are data that is empty, and a line feed.
    assert_eq!(all(&events("data\n\n"), "sse.data", b"data\n\n")[0].0, "");
    assert_eq!(all(&events("data\ndata\n\n"), "sse.data", b"data\ndata\n\n")[0].0, "\n");
    let json = events("data: {\"jsonrpc\":\"2.0\",\"method\":\"go\",\"id\":7}\n\n");
    assert!(json.parts[0].summary.contains("go"), "{json:?}");
}

/// Engine.IO's own examples of payloads, of version 4 and of both forms of version 3; an attachment finds its packet in
/// the same payload.
#[test]
fn engine_io_payloads() {
    let v4 = "/engine.io/?EIO=4&transport=polling";
    let body = b"4hello\x1e2\x1ebAQIDBA==";
    let four = of(Family::EngineIo, Framing::Whole, Side::Server, v4, body);
    assert_eq!(
        four.parts.iter().map(|part| part.kind.as_ref()).collect::<Vec<_>>(),
        ["message", "ping", "message"]
    );
    assert_eq!(four.parts[2].summary, "message 01020304");
    assert_eq!(four.parts[2].at, 9..18);
    let v3 = "/socket.io/?EIO=3&transport=polling";
    let body = "9:42[\"€\",1]10:b4AQIDBA==1:3".as_bytes();
    let text = of(Family::EngineIo, Framing::Whole, Side::Server, v3, body);
    assert_eq!(kinds(&text)[0], ("EVENT".to_owned(), Some("€".to_owned())));
    assert_eq!(text.parts.len(), 3, "{text:?}");
    let body = b"\0\x09\xff42[\"a\",1]\0\x01\xff3";
    let binary = of(Family::EngineIo, Framing::Whole, Side::Server, v3, body);
    assert_eq!(kinds(&binary)[0], ("EVENT".to_owned(), Some("a".to_owned())));
    assert_eq!(binary.parts[1].kind, "pong");
    let v4 = "/socket.io/?EIO=4&transport=polling&sid=x";
    let body = b"451-[\"file\",{\"_placeholder\":true,\"num\":0}]\x1ebAQID";
    let attached = of(Family::EngineIo, Framing::Whole, Side::Server, v4, body);
    assert_eq!(kinds(&attached)[1], ("attachment".to_owned(), Some("file".to_owned())));
}

/// SockJS's frames in every transport, each message leading back to the bytes that it stands in.
#[test]
fn sockjs_transports() {
    let message = |framing, side, body: &[u8]| {
        let decoded = of(Family::SockJs, framing, side, "/echo/1/2/x", body);
        all(&decoded, "sockjs.message", body)
    };
    let one = |value: &str, at: &str| vec![(value.to_owned(), at.to_owned())];
    assert_eq!(message(Framing::Lines, Side::Server, b"a[\"x\"]\n"), one("x", "\"x\""));
    assert_eq!(message(Framing::Events, Side::Server, b"data: a[\"x\"]\r\n\r\n"), one("x", "\"x\""));
    let call = b"/**/cb(\"a[\\\"x\\\"]\");\r\n";
    assert_eq!(message(Framing::Whole, Side::Server, call), one("x", "\\\"x\\\""));
    let script = b"<script>\np(\"a[\\\"x\\\"]\");\n</script>\r\n";
    assert_eq!(message(Framing::Scripts, Side::Server, script), one("x", "\\\"x\\\""));
    assert_eq!(message(Framing::Whole, Side::Client, b"[\"x\"]"), one("x", "\"x\""));
    assert_eq!(message(Framing::Whole, Side::Client, b"d=%5B%22a+b%22%5D"), one("a b", "%22a+b%22"));
    let prelude = [&[b'h'; 2048][..], b"\n"].concat();
    let fed = of(Family::SockJs, Framing::Lines, Side::Server, "/echo/1/2/x", &prelude);
    assert_eq!(fed.parts[0].kind, "prelude");
}
