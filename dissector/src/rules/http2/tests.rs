//! What raises a rule of HTTP/2 and what comes close, in octets.

use std::sync::Arc;

use crate::event::Event;
use crate::ids::{FlowId, PacketId, TlsId};
use crate::rules::Severity;
use crate::rules::bench::{Bench, frame, masked};
use crate::rules::judge::Judge;
use crate::tls::secured::Secured;

const SETTINGS: u8 = 4;
const HEADERS: u8 = 1;
const DATA: u8 = 0;
const RST_STREAM: u8 = 3;

/// A frame of HTTP/2 (RFC 9113 4.1).
fn h2(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let [_, _, high, low] = (payload.len() as u32).to_be_bytes();
    [&[0, high, low, kind, flags, 0, 0, 0, stream][..], payload].concat()
}

/// Fields as literals without indexing (RFC 7541 6.2.2).
fn fields(fields: &[(&str, &str)]) -> Vec<u8> {
    let text = |text: &str| [&[text.len() as u8][..], text.as_bytes()].concat();
    fields.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

/// SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 3).
fn announced(value: u8) -> Vec<u8> {
    h2(SETTINGS, 0, 0, &[0, 8, 0, 0, 0, value])
}

const REQUEST: &[(&str, &str)] = &[
    (":method", "CONNECT"),
    (":protocol", "websocket"),
    (":scheme", "http"),
    (":path", "/chat"),
    (":authority", "10.0.0.2"),
    ("sec-websocket-version", "13"),
];

/// The request with one field replaced, or left out where the value is empty, or added.
fn request(edit: (&str, &str)) -> Vec<u8> {
    let mut edited: Vec<_> = REQUEST.iter().copied().filter(|(name, _)| *name != edit.0).collect();
    if !edit.1.is_empty() {
        edited.push(edit);
    }
    h2(HEADERS, 4, 1, &fields(&edited))
}

fn plain() -> Vec<u8> {
    request(("", ""))
}

fn answer(status: &str) -> Vec<u8> {
    h2(HEADERS, 4, 1, &fields(&[(":status", status)]))
}

fn preface() -> Bench {
    Bench::new().client(&[&crate::http2::PREFACE[..], &h2(SETTINGS, 0, 0, &[])].concat())
}

/// A server that supports it, and a request.
fn asked(edit: (&str, &str)) -> Bench {
    preface().server(&announced(1)).client(&request(edit))
}

fn open() -> Bench {
    asked(("", "")).server(&answer("200"))
}

/// Both Closes, and the end of the stream by the client.
fn closed(bench: Bench) -> Bench {
    let (ours, theirs) = (masked(0x88, &[3, 0xe8]), frame(0x88, &[3, 0xe8]));
    bench.client(&h2(DATA, 0, 1, &ours)).server(&h2(DATA, 0, 1, &theirs))
}

#[test]
fn rfc8441_3_settings() {
    let (invalid, withdrawn) = ("h2-setting-invalid", "h2-setting-withdrawn");
    let (_, bytes, sentence) = preface().server(&announced(2)).only(invalid);
    assert_eq!(bytes, [0, 8, 0, 0, 0, 2]);
    assert!(sentence.ends_with("0 nor 1: 2"), "{sentence}");
    let (_, bytes, _) = preface().server(&announced(1)).server(&announced(0)).only(withdrawn);
    assert_eq!(bytes, [0, 8, 0, 0, 0, 0]);
    preface().server(&announced(0)).server(&announced(1)).silent(&[invalid, withdrawn]);
    // What a client sets binds nobody: a server opens no WebSocket.
    preface().client(&announced(2)).silent(&[invalid, withdrawn]);
}

#[test]
fn rfc8441_4_unannounced() {
    let code = "h2-connect-unannounced";
    let (finding, ..) = preface().server(&h2(SETTINGS, 0, 0, &[])).client(&plain()).only(code);
    assert_eq!((finding.severity, finding.accused.name()), (Severity::Error, "client"));
    let (finding, ..) = preface().server(&announced(0)).client(&plain()).only(code);
    assert_eq!(finding.severity, Severity::Error);
    // Sent before the server's SETTINGS came: it may have crossed them.
    let (finding, ..) = preface().client(&plain()).only(code);
    assert_eq!(finding.severity, Severity::Warn);
    asked(("", "")).silent(&[code]);
}

#[test]
fn rfc8441_4_pseudo_header_fields() {
    let code = "h2-protocol-pseudo-missing";
    let (_, _, sentence) = asked((":path", "")).only(code);
    assert!(sentence.ends_with("no :path"), "{sentence}");
    let (_, _, sentence) = asked((":method", "GET")).only(code);
    assert!(sentence.ends_with("expected :method CONNECT, saw :protocol beside GET"), "{sentence}");
    asked((":authority", "")).silent(&[code]);
}

#[test]
fn rfc8441_5_requests() {
    let (_, bytes, sentence) = asked((":scheme", "https")).only("h2-scheme-mismatch");
    assert_eq!(bytes, fields(&[(":scheme", "https")]));
    assert!(sentence.ends_with("expected http, saw https"), "{sentence}");
    let (_, bytes, _) = asked(("connection", "upgrade")).only("h2-connection-headers");
    assert_eq!(bytes, fields(&[("connection", "upgrade")]));
    asked(("upgrade", "websocket")).only("h2-connection-headers");
    let (finding, ..) =
        asked(("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")).only("h2-key-accept-present");
    assert_eq!(finding.severity, Severity::Note);
    asked(("sec-websocket-version", "")).only("h2-version-missing");
    let other = asked((":protocol", "connect-ip"));
    let (finding, _, sentence) = other.only("h2-protocol-not-websocket");
    assert_eq!(finding.connection, None);
    assert!(sentence.ends_with("connect-ip in stream 1"), "{sentence}");
    let codes =
        ["h2-scheme-mismatch", "h2-connection-headers", "h2-key-accept-present", "h2-version-missing"];
    open().silent(&codes);
    open().silent(&["h2-protocol-not-websocket"]);
    // What HTTP/1 asks for is not asked for here, and what is legal is legal.
    open().legal();
}

#[test]
fn rfc9113_8_6_no_101() {
    let code = "h2-status-101";
    let (_, bytes, _) = asked(("", "")).server(&answer("101")).only(code);
    assert_eq!(bytes, fields(&[(":status", "101")]));
    for status in ["200", "204", "100", "403"] {
        asked(("", "")).server(&answer(status)).silent(&[code]);
    }
}

#[test]
fn rfc8441_5_how_streams_end() {
    let code = "h2-close-mapping";
    let reset = |code: u8| h2(RST_STREAM, 0, 1, &[0, 0, 0, code]);
    let (finding, bytes, sentence) = closed(open()).client(&reset(2)).only(code);
    assert_eq!((finding.accused.name(), bytes), ("client", reset(2)));
    assert!(sentence.ends_with("saw RST_STREAM with INTERNAL_ERROR"), "{sentence}");
    assert!(open().server(&reset(0)).raises(code), "NO_ERROR without a closing handshake");
    let cancel = 8;
    open().client(&reset(cancel)).silent(&[code]);
    closed(open()).client(&reset(cancel)).silent(&[code]);
    closed(open()).server(&reset(0)).silent(&[code]);
    closed(open()).server(&h2(DATA, 1, 1, &[])).client(&h2(DATA, 1, 1, &[])).legal();
    // A stream that never was a WebSocket may end as it likes.
    asked(("", "")).server(&answer("403")).server(&reset(2)).silent(&[code]);
}

/// Two streams are judged by themselves, and what one breaks is not told of the other.
#[test]
fn streams_are_judged_apart() {
    let second = |mut bytes: Vec<u8>| {
        bytes[8] = 3;
        bytes
    };
    let both = open().client(&second(plain())).server(&second(answer("200")));
    let unmasked = frame(0x81, b"hi");
    let (finding, ..) = both.client(&second(h2(DATA, 0, 1, &unmasked))).only("frame-client-unmasked");
    assert_eq!(finding.connection.map(|id| id.number()), Some(2));
}

#[test]
fn rfc9113_4_3_fields() {
    let code = "h2-fields-malformed";
    // RFC 7541 6.1: index 0 is not used.
    let (finding, bytes, _) = preface().server(&announced(1)).client(&h2(HEADERS, 4, 1, &[0x80])).only(code);
    assert_eq!((finding.accused.name(), bytes), ("client", vec![0x80]));
    open().silent(&[code]);
}

/// More of something than is followed is said once, and the rest of the connection stands.
#[test]
fn bounds_are_said() {
    let code = "obs-h2-limit";
    let piece = vec![0; 60_000];
    let flood = |flags: u8, kind: u8| {
        let [_, a, b, c] = (piece.len() as u32).to_be_bytes();
        [&[a, b, c, kind, flags, 0, 0, 0, 1][..], &piece].concat()
    };
    let mut bench = preface().server(&announced(1)).client(&flood(0, HEADERS));
    for _ in 0..8 {
        bench = bench.client(&flood(0, 9));
    }
    assert_eq!(bench.found().iter().filter(|found| found.0 == code).count(), 1);
    open().silent(&[code]);
}

/// RFC 6455 4.1: SNI is asked of a client where the host is a name, and not where it is an address.
#[test]
fn rfc6455_4_1_server_name() {
    let code = "hs-sni-missing";
    let told = |host: &str, name: Option<&str>| {
        let run = Bench::new().request(&[&format!("Host: {host}")]).run();
        let mut judge = Judge::default();
        judge.at(PacketId::new(0), 0);
        let (id, flow) = (TlsId::new(0), FlowId::new(0));
        let secured = Secured { hello: true, server_name: name.map(str::to_owned), ..Secured::default() };
        let mut codes = Vec::new();
        for event in run.events {
            let event = match event {
                Event::Connection(mut connection) => {
                    let secured = Event::Secured { id, flow, secured: Arc::new(secured.clone()) };
                    judge.see(&secured).for_each(drop);
                    connection.carrier.tls = Some(id);
                    Event::Connection(connection)
                }
                event => event,
            };
            codes.extend(judge.see(&event).map(|finding| finding.rule().code));
        }
        codes.contains(&code)
    };
    assert!(told("example.com", None));
    assert!(told("example.com:8443", None));
    for (host, name) in
        [("example.com", Some("example.com")), ("192.0.2.1:8443", None), ("[2001:db8::1]:443", None)]
    {
        assert!(!told(host, name), "{host}");
    }
    assert!(!Bench::new().open().raises(code));
}
