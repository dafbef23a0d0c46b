//! Each rule of closing: what raises it, and what comes close and does not.

use crate::ids::Side;
use crate::rules::Severity;
use crate::rules::bench::{Bench, frame, masked};

const PING: u8 = 0x89;
const CLOSE: u8 = 0x88;

/// The body of a Close.
fn body(code: u16, reason: &[u8]) -> Vec<u8> {
    [&code.to_be_bytes()[..], reason].concat()
}

/// The server closes with this body, the client answers 1000 or the code, and TCP ends.
fn closed_with(body: &[u8]) -> Bench {
    Bench::new().open().server(&frame(CLOSE, body)).client(&masked(CLOSE, body)).end_tcp()
}

/// RFC 6455 5.5.1, 7.4.1 and 7.4.2: bodies and codes, each with the byte that is pointed at.
#[test]
fn rfc6455_7_4_bodies_and_codes() {
    let server = |body: &[u8]| Bench::new().open().server(&frame(CLOSE, body));
    for (code, body, pointed, severity) in [
        ("close-payload-one-byte", &b"\x03"[..], &b"\x03"[..], Severity::Error),
        ("close-code-forbidden", b"\x03\xED", b"\x03\xED", Severity::Error),
        ("close-code-forbidden", b"\x03\xEE", b"\x03\xEE", Severity::Error),
        ("close-code-forbidden", b"\x03\xF7", b"\x03\xF7", Severity::Error),
        ("close-code-reserved", b"\x03\xEC", b"\x03\xEC", Severity::Error),
        ("close-code-reserved", b"\x0B\xB7", b"\x0B\xB7", Severity::Error),
        ("close-code-out-of-range", b"\x03\xE7", b"\x03\xE7", Severity::Error),
        ("close-code-out-of-range", b"\x13\x88", b"\x13\x88", Severity::Warn),
        ("close-code-registered-later", b"\x03\xF4", b"\x03\xF4", Severity::Note),
        ("close-code-registered-later", b"\x0B\xB8", b"\x0B\xB8", Severity::Note),
        ("close-code-wrong-role", b"\x03\xF2", b"\x03\xF2", Severity::Warn),
        ("close-reason-invalid-utf8", b"\x03\xE8ok\xFF", b"\xFF", Severity::Error),
        ("close-reason-invalid-utf8", b"\x03\xE8ok\xE2\x82", b"\xE2", Severity::Error),
    ] {
        let (finding, bytes, _) = server(body).only(code);
        assert_eq!((&bytes[..], finding.severity), (pointed, severity), "{code} {body:x?}");
    }
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] {
        closed_with(&body(code, "ça va".as_bytes())).legal();
    }
    closed_with(b"").legal();
    // 1010 is the client's, with a list.
    let client = |body: &[u8]| Bench::new().open().client(&masked(CLOSE, body));
    assert!(client(&body(1010, b"")).raises("close-code-wrong-role"));
    assert!(!client(&body(1010, b"permessage-deflate")).raises("close-code-wrong-role"));
}

/// RFC 6455 5.5.1 and 5.5.2: what may stand behind one's own Close.
#[test]
fn rfc6455_5_5_1_after_close() {
    let after = |bytes: &[u8]| Bench::new().open().server(&frame(CLOSE, b"")).server(bytes);
    for (code, first) in [
        ("close-data-after-close", 0x81),
        ("close-data-after-close", 0x00),
        ("close-control-after-close", PING),
        ("close-control-after-close", 0x8A),
        ("close-duplicate", CLOSE),
    ] {
        let (finding, bytes, _) = after(&frame(first, b"")).only(code);
        assert_eq!((finding.accused.name(), &bytes[..]), ("server", &[first][..]));
    }
    // A client finishes its fragmented message, and is pinged, before it answers.
    let bench = Bench::new().open().client(&masked(0x01, b"a")).server(&frame(CLOSE, &body(1000, b"")));
    let bench = bench.client(&masked(0x80, b"b")).client(&masked(CLOSE, &body(1000, b"")));
    bench.end_tcp().legal();
}

/// RFC 6455 5.5.1: whoever got a Close, and ended TCP by itself, has not answered it.
#[test]
fn rfc6455_5_5_1_not_answered() {
    let code = "close-not-answered";
    let asked = || Bench::new().open().client(&masked(CLOSE, &body(1000, b"")));
    let (finding, bytes, _) = asked().fin(Side::Server).fin(Side::Client).only(code);
    assert_eq!((finding.accused.name(), finding.severity), ("server", Severity::Error));
    assert_eq!(bytes, masked(CLOSE, &body(1000, b"")));
    assert_eq!(finding.frame.map(|frame| frame.number()), Some(1));
    // It died with the Close unread, perhaps.
    assert_eq!(asked().rst(Side::Server).only(code).0.severity, Severity::Warn);
    // It is late, and has heard of it.
    assert_eq!(asked().ack(Side::Server).wait(6_000).ack(Side::Client).only(code).0.severity, Severity::Warn);
    // It may still answer; or never got it; or the capture misses what it said; or there is nothing to answer.
    assert!(!asked().ack(Side::Server).wait(100).ack(Side::Client).raises(code));
    assert!(!asked().wait(6_000).ack(Side::Client).raises(code));
    assert!(!asked().lost(Side::Server, 4).fin(Side::Server).fin(Side::Client).raises(code));
    let reset = Bench::new().open().fin(Side::Server).client(&masked(CLOSE, b"")).rst(Side::Server);
    assert!(!reset.raises(code) && reset.raises("close-missing"));
    // A side that fails the connection upon an error reads no Close that comes behind it.
    let failed = Bench::new().open().server(&frame(0xB1, b"")).server(&frame(CLOSE, b"")).fin(Side::Client);
    assert!(!failed.raises(code));
}

/// RFC 6455 7.1.5 and 5.5.1: an answer gives the code back; Closes that cross do not answer each other.
#[test]
fn rfc6455_7_1_5_simultaneous_close() {
    let code = "close-code-not-echoed";
    let asked = || Bench::new().open().client(&masked(CLOSE, &body(1001, b"")));
    assert!(asked().server(&frame(CLOSE, &body(1000, b""))).raises(code));
    assert!(asked().server(&frame(CLOSE, b"")).raises(code));
    assert!(!asked().server(&frame(CLOSE, &body(1001, b"other"))).raises(code));
    let crossing = asked().behind(4).server(&frame(CLOSE, &body(1000, b""))).end_tcp();
    assert!(!crossing.raises(code));
    crossing.legal();
}

/// RFC 6455 7.1.1: the server closes TCP, and at once.
#[test]
fn rfc6455_7_1_1_tcp_behind_the_closes() {
    let body = body(1000, b"");
    let both = || Bench::new().open().client(&masked(CLOSE, &body)).server(&frame(CLOSE, &body));
    let open = "close-tcp-left-open";
    assert!(both().wait(3_000).fin(Side::Client).raises(open));
    assert!(both().wait(3_000).end_tcp().raises(open));
    assert!(both().wait(3_000).ack(Side::Client).raises(open));
    assert!(!both().wait(1_000).end_tcp().raises(open));
    assert!(!both().ack(Side::Client).raises(open));
    let first = "close-client-closed-tcp-first";
    assert!(both().fin(Side::Client).fin(Side::Server).raises(first));
    assert!(!both().end_tcp().raises(first));
    // It waited for long enough.
    assert!(!both().wait(3_000).fin(Side::Client).raises(first));
    let reset = "close-tcp-reset";
    let (finding, _, sentence) = both().fin(Side::Server).rst(Side::Client).only(reset);
    assert_eq!((finding.accused.name(), finding.severity), ("client", Severity::Note));
    assert!(sentence.ends_with("RST after both Closes"), "{sentence}");
    assert!(!both().end_tcp().rst(Side::Client).raises(reset));
}

/// RFC 6455 7.1.7: TCP ends without a Close, and what is known of the circumstances.
#[test]
fn rfc6455_7_1_7_missing() {
    let code = "close-missing";
    let begun = || Bench::new().open().server(&frame(PING, b"?")).client(&masked(0x01, b"a"));
    let (finding, _, sentence) = begun().wait(60_000).fin(Side::Server).fin(Side::Client).only(code);
    assert_eq!((finding.accused.name(), finding.severity), ("server", Severity::Warn));
    for part in [
        "the server sent FIN first, 60.0 s after the last frame",
        "nginx",
        "a Ping of the server unanswered for 60.0 s",
        "a message of the client unfinished (1 byte so far)",
    ] {
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(begun().rst(Side::Client).only(code).2.contains("the client sent RST first"));
    // Mid-stream, once both sides' frames are found, an absent Close is absent.
    let mid = || {
        let both = |bench: Bench, text: &[u8]| bench.client(&masked(0x81, text)).server(&frame(0x81, text));
        (0..9).fold(Bench::mid_stream(), |bench, n| both(bench, format!("hello number {n}").as_bytes()))
    };
    assert!(mid().fin(Side::Server).fin(Side::Client).raises(code));
    // What was not captured may have been one.
    assert!(!begun().lost(Side::Server, 4).fin(Side::Server).fin(Side::Client).raises(code));
    assert!(!mid().lost(Side::Server, 9).fin(Side::Server).fin(Side::Client).raises(code));
    // The capture ended first.
    assert!(!begun().wait(60_000).ack(Side::Client).raises(code));
    // There was no connection.
    let refused = Bench::new().request(&[]).response(&["HTTP/1.1 401 Unauthorized", "Content-Length: 0"]);
    assert!(!refused.end_tcp().raises(code));
    let wrong = Bench::new().request(&[]).response(&["Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="]);
    assert!(!wrong.fin(Side::Client).fin(Side::Server).raises(code));
}

/// RFC 6455 7.1.7: an error fails the connection, by a Close that says why.
#[test]
fn rfc6455_7_1_7_failing() {
    let bad = || Bench::new().open().server(&frame(0xB1, b"")).ack(Side::Client);
    let (mismatch, dropped) = ("fail-code-mismatch", "fail-without-close");
    assert_eq!(bad().client(&masked(CLOSE, &body(1000, b""))).only(mismatch).1.len(), 2);
    assert!(!bad().client(&masked(CLOSE, &body(1002, b""))).raises(mismatch));
    // It went on: this Close does not answer the error.
    assert!(!bad().client(&masked(0x81, b"x")).client(&masked(CLOSE, &body(1000, b""))).raises(mismatch));
    let drop = bad().fin(Side::Client).fin(Side::Server);
    assert_eq!(drop.only(dropped).0.accused.name(), "client");
    assert!(!drop.raises("close-missing"));
    assert!(!bad().client(&masked(0x81, b"x")).fin(Side::Client).fin(Side::Server).raises(dropped));
    assert!(!Bench::new().open().fin(Side::Client).fin(Side::Server).raises(dropped));
}

/// RFC 6455 5.1, 5.2 and 8.1: a receiver that goes on behind an error, once it is proven.
#[test]
fn rfc6455_7_1_7_tolerated() {
    let code = "peer-tolerated-violation";
    let bad = || Bench::new().open().client(&frame(0x81, b"no mask")).ack(Side::Server);
    let text = frame(0x81, b"go on");
    let late = bad().wait(3_000).server(&text).wait(3_000).server(&text);
    assert_eq!(late.only(code).0.accused.name(), "server");
    // This one may have been on its way; and this server fails the connection, if late.
    assert!(!bad().wait(500).server(&text).raises(code));
    assert!(!bad().wait(3_000).server(&frame(CLOSE, &body(1002, b""))).raises(code));
    // Frames are handled in order: this Pong, and this Close, come from behind the error.
    assert!(bad().client(&masked(PING, b"1")).server(&frame(0x8A, b"1")).raises(code));
    assert!(!bad().server(&frame(0x8A, b"1")).raises(code));
    let closing = bad().client(&masked(CLOSE, &body(1000, b"")));
    assert!(closing.server(&frame(CLOSE, &body(1000, b""))).raises(code));
    // Nothing that a receiver must fail: data behind a Close.
    let after = Bench::new().open().client(&masked(CLOSE, b"")).client(&masked(0x81, b"x")).ack(Side::Server);
    assert!(!after.wait(3_000).server(&text).raises(code));
}
