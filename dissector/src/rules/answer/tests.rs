//! For each rule of the answer: what raises it and where it points, and what comes close and does not.

use crate::ids::Side;
use crate::rules::Severity;
use crate::rules::bench::{Bench, masked};

/// A handshake with these edits of both heads.
fn shaken(request: &[&str], response: &[&str]) -> Bench {
    Bench::new().request(request).response(response)
}

/// Holds that a response raises a rule at some bytes, and that others do not raise it at all.
fn pair(code: &str, bad: &[&str], pointed: &str, good: &[&[&str]]) {
    pair_of(code, (&[], bad), pointed, &[]);
    for edits in good {
        assert!(!shaken(&[], edits).raises(code), "{code}: {edits:?}");
    }
}

type Edits<'a> = (&'a [&'a str], &'a [&'a str]);

/// The same with an edited request.
fn pair_of(code: &str, bad: Edits<'_>, pointed: &str, good: &[Edits<'_>]) {
    let (finding, bytes, sentence) = shaken(bad.0, bad.1).only(code);
    assert_eq!(finding.accused.name(), "server", "{code}");
    assert_eq!(String::from_utf8_lossy(&bytes), pointed, "{code}: {sentence}");
    for edits in good {
        assert!(!shaken(edits.0, edits.1).raises(code), "{code}: {edits:?}");
    }
    assert!(!shaken(&[], &[]).raises(code), "{code}");
}

const START: &str = "HTTP/1.1 101 Switching Protocols";
const ACCEPT: &str = "Sec-WebSocket-Accept";

#[test]
fn rfc6455_4_2_2_heads() {
    pair("hs-response-http-version", &["HTTP/1.0 101 OK"], "HTTP/1.0", &[&["HTTP/1.1 101"]]);
    pair("hs-response-upgrade-missing", &["Upgrade"], START, &[]);
    let h2c = "Upgrade: h2c, websocket";
    pair("hs-response-upgrade-invalid", &[h2c], h2c, &[&["Upgrade: WebSocket"]]);
    let connection = "hs-response-connection-missing";
    pair(connection, &["Connection: close"], "Connection: close", &[&["Connection: Keep-Alive, upgrade"]]);
    pair(connection, &["Connection"], START, &[]);
    pair("hs-accept-missing", &[ACCEPT], START, &[]);
    let wrong = "s3pPLMBiTxaQ9kYGzzhZRbK+xO0=";
    let spaced = "Sec-WebSocket-Accept:   s3pPLMBiTxaQ9kYGzzhZRbK+xOo=  ";
    pair("hs-accept-mismatch", &[&format!("{ACCEPT}: {wrong}")], wrong, &[&[spaced]]);
    let (_, _, sentence) = shaken(&[], &["Sec-WebSocket-Accept: x"]).only("hs-accept-mismatch");
    assert!(sentence.ends_with("expected s3pPLMBiTxaQ9kYGzzhZRbK+xOo=, saw x"), "{sentence}");
    pair("hs-accept-duplicate", &[&format!("+{ACCEPT}: {wrong}")], &format!("{ACCEPT}: {wrong}"), &[]);
    let length = "Content-Length: 0";
    pair("hs-response-body-headers", &[length], length, &[&["HTTP/1.1 400 No", length]]);
}

/// RFC 9110 7.8: who offers two protocols may be switched to the other one.
#[test]
fn rfc9110_7_8_another_protocol() {
    let other = ["Upgrade: h2c", ACCEPT, "Connection: Upgrade"];
    shaken(&["Upgrade: h2c, websocket"], &other).legal();
    assert!(shaken(&[], &other).raises("hs-response-upgrade-invalid"));
}

#[test]
fn rfc6455_4_2_2_extensions() {
    let line = |value: &str| format!("Sec-WebSocket-Extensions: {value}");
    let deflate = line("permessage-deflate");
    let code = "hs-response-extension-unsolicited";
    pair(code, &[&deflate], "permessage-deflate", &[]);
    pair_of(code, (&[&deflate], &[&line("permessage-deflate, x")]), "x", &[(&[&deflate], &[&deflate])]);
    let code = "hs-response-extensions-repeated-header";
    let both = line("permessage-deflate, x");
    let again = line("x");
    let (one, two) = ([both.as_str()], [deflate.as_str(), &format!("+{again}")]);
    pair_of(code, (&one, &two), &again, &[(&one, &one)]);
    shaken(&one, &two).legal();
}

#[test]
fn rfc6455_4_2_2_subprotocol() {
    let line = |value: &str| format!("Sec-WebSocket-Protocol: {value}");
    let (offer, chat) = (line("chat, superchat"), line("chat"));
    let (offer, chat) = (&[offer.as_str()][..], &[chat.as_str()][..]);
    let code = "hs-response-subprotocol-unsolicited";
    pair_of(code, (offer, &[&line("mqtt")]), "mqtt", &[(offer, chat)]);
    pair_of(code, (&[], chat), "chat", &[]);
    let (_, _, sentence) = shaken(offer, &[&line("Chat")]).only(code);
    assert!(sentence.contains("differs in case"), "{sentence}");
    let two = line("chat, superchat");
    pair_of("hs-response-subprotocol-multiple", (offer, &[&two]), &two, &[(offer, chat)]);
    let empty = "Sec-WebSocket-Protocol: ";
    pair_of("hs-response-subprotocol-empty", (offer, &[empty]), empty.trim_end(), &[(offer, chat)]);
    let code = "hs-response-subprotocol-none";
    pair_of(code, (offer, &[]), START, &[(offer, chat), (offer, &["HTTP/1.1 400 No"])]);
    shaken(offer, &[]).legal();
}

const REFUSED: &[&str] = &["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Basic", "Content-Length: 0"];

/// A refusal says why, and is nothing more than a note; and asking again is legal.
#[test]
fn rfc6455_4_2_2_refusals() {
    let (finding, bytes, sentence) = shaken(&[], REFUSED).only("hs-rejected");
    assert_eq!((finding.severity, &bytes[..]), (Severity::Note, &b"HTTP/1.1 401 Unauthorized"[..]));
    assert!(sentence.ends_with("401 Unauthorized, WWW-Authenticate: Basic"), "{sentence}");
    let again = shaken(&[], REFUSED).open();
    again.legal();
    assert!(!Bench::new().open().raises("hs-rejected"));

    let code = "hs-version-not-advertised";
    let (old, no) = (&["Sec-WebSocket-Version: 99"][..], "HTTP/1.1 426 Upgrade Required");
    let advertised = [no, "Sec-WebSocket-Version: 13"];
    let good = [(old, &advertised[..]), (&[], &[no]), (old, REFUSED), (&["Host", old[0]], &[no])];
    pair_of(code, (old, &[no]), no, &good);
}

#[test]
fn rfc6455_4_2_1_invalid_request_accepted() {
    let code = "hs-invalid-request-accepted";
    pair_of(code, (&["Host"], &[]), START, &[(&["Host"], REFUSED), (&["Origin: http://a"], &[])]);
    let (_, _, sentence) = shaken(&["Host", "POST / HTTP/1.1"], &[]).only(code);
    assert!(sentence.ends_with("hs-request-method, hs-host-missing"), "{sentence}");
}

/// Silence counts where the server was heard and nothing of it is missing.
#[test]
fn rfc6455_4_1_no_response() {
    let code = "hs-no-response";
    let asked = || Bench::new().request(&[]);
    let (finding, _, sentence) = asked().fin(Side::Server).fin(Side::Client).only(code);
    assert_eq!((finding.severity, finding.accused.name()), (Severity::Warn, "server"));
    assert!(sentence.ends_with("the server closed the connection after 0.001 s"), "{sentence}");
    assert!(asked().rst(Side::Server).only(code).2.contains("reset"));
    assert!(asked().wait(20_000).ack(Side::Server).only(code).2.contains("the capture ended"));
    let (left, ..) = asked().fin(Side::Client).fin(Side::Server).only(code);
    assert_eq!(left.severity, Severity::Note);
    let lost = asked().lost(Side::Server, 150).fin(Side::Server).fin(Side::Client);
    for silent in [asked(), asked().ack(Side::Server), lost, asked().response(REFUSED).end_tcp()] {
        assert!(!silent.raises(code));
    }
    assert!(!Bench::mid_stream().request(&[]).fin(Side::Client).raises(code), "only one side was captured");
}

/// RFC 6455 10.2: a page of another site that brings the user's cookies.
#[test]
fn rfc6455_10_2_cross_origin() {
    let code = "hs-cross-origin-accepted";
    let ask = |host: &str, origin: &str| {
        [format!("Host: {host}"), format!("Origin: {origin}"), "Cookie: a=1".into()]
    };
    let found = |host: &str, origin: &str, more: &[&str]| {
        let edits = ask(host, origin);
        let edits: Vec<_> = edits.iter().map(String::as_str).chain(more.iter().copied()).collect();
        shaken(&edits, &[])
            .run()
            .findings
            .iter()
            .find(|finding| finding.rule().code == code)
            .map(|finding| finding.severity)
    };
    assert_eq!(found("bank.example:443", "https://evil.test", &[]), Some(Severity::Warn));
    assert_eq!(found("bank.example", "null", &[]), Some(Severity::Warn));
    assert_eq!(found("192.168.0.1", "https://evil.test", &[]), Some(Severity::Note));
    for (host, origin) in [
        ("bank.example", "https://bank.example:8443"),
        ("ws.bank.example", "https://www.bank.example"),
        ("localhost:8080", "http://127.0.0.1:3000"),
        ("bank.example", "chrome-extension://abcdef"),
    ] {
        assert_eq!(found(host, origin, &[]), None, "{host} {origin}");
    }
    assert_eq!(found("backend", "https://bank.example", &["X-Forwarded-For: 1.2.3.4"]), None);
    assert_eq!(found("backend", "https://bank.example", &["X-Forwarded-Host: bank.example"]), None);
    let edits = ask("bank.example", "https://evil.test");
    let refused: Vec<_> = edits.iter().map(String::as_str).collect();
    assert!(!shaken(&refused, REFUSED).raises(code));
    assert!(!shaken(&refused[..2], &[]).raises(code), "without cookies nothing is lent");
}

/// A 101 out of nowhere, where nowhere is sure.
#[test]
fn rfc6455_4_2_2_unrequested() {
    let code = "hs-101-unrequested";
    let plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".as_bytes();
    let (finding, bytes, _) = Bench::new().client(plain).response(&[]).end_tcp().only(code);
    assert_eq!((finding.accused.name(), &bytes[..]), ("server", START.as_bytes()));
    for silent in [
        Bench::new().open().end_tcp(),
        Bench::new().lost(Side::Client, 99).response(&[]).client(&masked(0x81, b"a")).end_tcp(),
        Bench::mid_stream().response(&[]),
    ] {
        assert!(!silent.raises(code));
    }
}
