//! For each rule of the request: what raises it and where it points, and what comes close and does not.

use crate::ids::Side;
use crate::rules::Severity;
use crate::rules::bench::{Bench, masked};

const KEY: &str = "Sec-WebSocket-Key";

/// A request with these edits, never answered; the capture ends at once.
fn asked(edits: &[&str]) -> Bench {
    Bench::new().request(edits)
}

/// Holds that a request raises a rule at some bytes, and that others do not raise it at all.
fn pair(code: &str, bad: &[&str], pointed: &str, good: &[&[&str]]) {
    let (finding, bytes, sentence) = asked(bad).only(code);
    assert_eq!(finding.accused.name(), "client", "{code}");
    assert_eq!(String::from_utf8_lossy(&bytes), pointed, "{code}: {sentence}");
    for edits in good {
        assert!(!asked(edits).raises(code), "{code}: {edits:?}");
    }
    assert!(!asked(&[]).raises(code), "{code}");
}

#[test]
fn rfc6455_4_1_request_line() {
    pair("hs-request-method", &["POST /chat HTTP/1.1"], "POST", &[]);
    pair("hs-request-http-version", &["GET / HTTP/1.0"], "HTTP/1.0", &[&["GET / HTTP/1.2"]]);
    let good: &[&[&str]] = &[&["GET http://10.0.0.2/ HTTP/1.1"], &["GET /?q={%20|}[^] HTTP/1.1"]];
    pair("hs-request-target-invalid", &["GET chat HTTP/1.1"], "chat", good);
    pair("hs-request-target-invalid", &["GET /a b HTTP/1.1"], " ", good);
    let (proxy, ..) = asked(&["GET ws://10.0.0.2/ HTTP/1.1"]).only("hs-request-target-invalid");
    assert_eq!(proxy.severity, Severity::Warn);
    let fragment = "hs-request-target-fragment";
    pair(fragment, &["GET /a#b HTTP/1.1"], "#b", &[&["GET /a%23b HTTP/1.1"]]);
}

#[test]
fn rfc6455_4_1_headers() {
    const START: &str = "GET /chat HTTP/1.1";
    pair("hs-host-missing", &["Host"], START, &[&["Host: "]]);
    pair("hs-host-duplicate", &["+Host: b"], "Host: b", &[]);
    let upgrade = "hs-request-upgrade-missing";
    pair(upgrade, &["Upgrade: h2c"], "Upgrade: h2c", &[&["Upgrade: h2c, WebSocket"]]);
    let connection = "hs-request-connection-missing";
    pair(connection, &["Connection: close"], "Connection: close", &[&["Connection: keep-alive, upgrade"]]);
    pair(connection, &["Connection"], START, &[&["Connection: close", "+Connection: Upgrade"]]);
    let body = "hs-request-body";
    pair(body, &["Content-Length: 3"], "Content-Length: 3", &[&["Content-Length: 0"]]);
    pair(body, &["Transfer-Encoding: chunked"], "Transfer-Encoding: chunked", &[]);
    let agent = "User-Agent: Mozilla/5.0 (X11)";
    let good: &[&[&str]] = &[&[agent, "Origin: http://a"], &["User-Agent: curl/8.0"]];
    pair("hs-origin-missing", &[agent], agent, good);
    pair("hs-origin-missing", &["Sec-Fetch-Mode: websocket"], "Sec-Fetch-Mode: websocket", &[]);
}

/// RFC 9112 2.2 and 5: what is tolerated is told, on either side.
#[test]
fn rfc9112_5_lines() {
    let code = "hs-header-malformed";
    pair(code, &["A: b\x01c"], "\x01", &[&["A: b\tc"], &["A: d\u{e9}j\u{e0} vu"]]);
    pair(code, &["A: b\rc"], "\r", &[]);
    pair(code, &["A: b\r\n\tc"], "\tc", &[]);
    pair(code, &["A : b"], "A ", &[]);
    let lf = b"GET / HTTP/1.1\r\nUpgrade: websocket\nHost: a\r\n\r\n";
    assert_eq!(Bench::new().client(lf).only(code).1, b"\n");
    let latin = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nX: \xe9\r\n\r\n";
    assert_eq!(Bench::new().client(latin).only(code).1, b"\xe9");
    let (finding, bytes, _) = Bench::new().request(&[]).response(&["A(b): c"]).only(code);
    assert_eq!((finding.accused.name(), &bytes[..]), ("server", &b"A(b)"[..]));
}

#[test]
fn rfc6455_4_1_key() {
    const START: &str = "GET /chat HTTP/1.1";
    pair("hs-key-missing", &[KEY], START, &[&[KEY, "Sec-WebSocket-Key1: 1 2", "Sec-WebSocket-Key2: 1 2"]]);
    let second = "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==";
    pair("hs-key-duplicate", &[&format!("+{second}")], second, &[]);
    let invalid = "hs-key-invalid";
    // RFC 6455 4.1's own example has bits behind its sixteenth byte.
    let own = "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEC==";
    for bad in ["short", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQA=", "dGhlIHNhbXBsZSBub25j*Q=="] {
        pair(invalid, &[&format!("{KEY}: {bad}")], bad, &[&[own]]);
    }
    pair(invalid, &["Sec-WebSocket-Key: "], "Sec-WebSocket-Key:", &[]);
    pair("hs-key-noncanonical", &[own], "C", &[&[second]]);
}

/// The same key on two connections, unless it is one that a proxy passes on or that a document gave away.
#[test]
fn rfc6455_4_1_key_is_fresh() {
    let code = "hs-key-reused";
    let key = &["Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA=="][..];
    let (one, two, three) = ([10, 0, 0, 1], [10, 0, 0, 2], [10, 0, 0, 3]);
    let answered = Bench::new().request(key).response(&["HTTP/1.1 401 No", "Content-Length: 0"]);
    let (finding, ..) = answered.also(one, two).request(key).only(code);
    assert_eq!((finding.severity, finding.connection.map(|id| id.index())), (Severity::Warn, Some(1)));
    let sample = Bench::new().open().also(one, two).request(&[]).only(code);
    assert_eq!(sample.0.severity, Severity::Note);
    let forwarded = Bench::new().request(key).also(two, three).request(key);
    assert!(!forwarded.raises(code));
    let refused = Bench::new().request(key).response(&["HTTP/1.1 401 No", "Content-Length: 0"]);
    assert!(!refused.request(key).raises(code));
}

#[test]
fn rfc6455_4_1_version() {
    const START: &str = "GET /chat HTTP/1.1";
    const VERSION: &str = "Sec-WebSocket-Version";
    let hixie = &[VERSION, KEY, "Sec-WebSocket-Key1: 1 2", "Sec-WebSocket-Key2: 3 4"][..];
    pair("hs-version-missing", &[VERSION], START, &[hixie]);
    pair("hs-version-unsupported", &["Sec-WebSocket-Version: 8"], "8", &[]);
    let second = "Sec-WebSocket-Version: 13";
    pair("hs-version-duplicate", &[&format!("+{second}")], second, &[]);
    for bad in ["013", "256", "13, 8", "x"] {
        let line = format!("{VERSION}: {bad}");
        pair("hs-version-syntax", &[&line], &line, &[&["Sec-WebSocket-Version: 0"]]);
        assert!(!asked(&[&line]).raises("hs-version-unsupported"), "one finding is enough");
    }
    pair("hs-draft-protocol", hixie, "Sec-WebSocket-Key1: 1 2", &[&["Sec-WebSocket-Version: 12"]]);
    for draft in ["7", "8"] {
        pair("hs-draft-protocol", &[&format!("{VERSION}: {draft}")], draft, &[]);
    }
}

#[test]
fn rfc6455_4_1_subprotocols() {
    let line = |value: &str| format!("Sec-WebSocket-Protocol: {value}");
    let token = "hs-subprotocol-invalid-token";
    let good = line("chat, v10.stomp");
    pair(token, &[&line("chat, a b")], "a b", &[&[&good]]);
    pair(token, &["Sec-WebSocket-Protocol: "], "Sec-WebSocket-Protocol:", &[]);
    let (empty, ..) = asked(&[&line("a,,b")]).only(token);
    assert_eq!(empty.severity, Severity::Warn);
    let twice = "hs-subprotocol-duplicate";
    pair(twice, &[&line("a, b, a")], "a, b, a", &[&[&line("a, A")]]);
    pair(twice, &[&line("a, b"), &format!("+{}", line("b"))], "b", &[]);
}

#[test]
fn rfc6455_9_1_extensions() {
    let line = |value: &str| format!("Sec-WebSocket-Extensions: {value}");
    let code = "hs-extensions-malformed";
    let good = line("permessage-deflate; client_max_window_bits=\"10\"; b");
    pair(code, &[&line("foo bar")], "foo bar", &[&[&good]]);
    pair(code, &[&line("a; b=\"c")], "b", &[]);
    pair(code, &["Sec-WebSocket-Extensions: "], "Sec-WebSocket-Extensions:", &[]);
    let (finding, bytes, _) = Bench::new().request(&[]).response(&[&line("a b")]).only(code);
    assert_eq!((finding.accused.name(), &bytes[..]), ("server", &b"a b"[..]));
    let unregistered = "hs-extension-unregistered";
    pair(unregistered, &[&line("x-webkit-deflate-frame")], "x-webkit-deflate-frame", &[&[&good]]);
    pair(unregistered, &[&line("permessage-deflate, foo")], "foo", &[&[&line("bbf-usp-protocol")]]);
}

/// RFC 6455 4.1: the client waits for the answer; the frames behind it may lie in the very next segment.
#[test]
fn rfc6455_4_1_early_data() {
    let frame = masked(0x81, b"early");
    let (finding, bytes, sentence) = asked(&[]).client(&frame).response(&[]).only("hs-request-early-data");
    assert_eq!((finding.accused.name(), bytes), ("client", frame.clone()));
    assert!(sentence.ends_with("11 bytes"), "{sentence}");
    assert!(!Bench::new().open().client(&frame).raises("hs-request-early-data"));
}

/// RFC 6455 4.1: one connection at a time, as far as the answers tell.
#[test]
fn rfc6455_4_1_parallel() {
    let code = "hs-parallel-connecting";
    let (one, two, three) = ([10, 0, 0, 1], [10, 0, 0, 2], [10, 0, 0, 3]);
    let both = || Bench::new().request(&[]).also(one, two).request(&[]);
    let (finding, ..) = both().response(&[]).on(0).response(&[]).only(code);
    assert_eq!(finding.connection.map(|id| id.index()), Some(1));
    assert!(!both().response(&[]).raises(code), "when the first answer came is not known");
    let others = Bench::new().request(&[]).also(three, two).request(&[]);
    assert!(!others.response(&[]).on(0).response(&[]).raises(code), "another client");
    assert!(!Bench::new().open().also(one, two).open().raises(code), "one after the other");
}

#[test]
fn rfc6455_10_credentials() {
    let code = "hs-cleartext-credentials";
    let cookie = "Cookie: id=1";
    pair(code, &[cookie], "Cookie", &[]);
    pair(code, &["Authorization: Basic eDp5"], "Authorization", &[]);
    let (behind, ..) = asked(&[cookie, "X-Forwarded-Proto: https"]).only(code);
    assert_eq!(behind.severity, Severity::Note);
    let home = Bench::mid_stream().also([127, 0, 0, 1], [127, 0, 0, 1]).request(&[cookie]);
    assert!(!home.raises(code));

    let code = "hs-credential-in-url";
    let good: &[&[&str]] = &[
        &["GET /token=0123456789 HTTP/1.1"],
        &["GET /?token=1&key=abc&sid=0123456789abcdef HTTP/1.1"],
        &["GET /?csrf_token=0123456789abcdef HTTP/1.1"],
    ];
    pair(code, &["GET /?a=1&access_token=0123456789 HTTP/1.1"], "access_token", good);
    pair(code, &["GET /?API-Key=0123456789 HTTP/1.1"], "API-Key", good);
    let (_, bytes, sentence) = asked(&[&format!("GET /?t={} HTTP/1.1", token(1))]).only(code);
    assert!(bytes == b"t" && !sentence.contains("eyJ"), "a secret is not told: {sentence}");
}

/// A token without a signature that expires then.
fn token(exp: i64) -> String {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let claims = format!("{{\"sub\":\"a}}b\",\"a\":{{\"exp\":1}},\"exp\":{exp}}}");
    format!("{}.{}.", encode("{\"alg\":\"none\"}"), encode(&claims))
}

/// RFC 7519 4.1.4, wherever a token may stand; the capture's time decides and no clock does.
#[test]
fn rfc7519_4_1_4_expired() {
    let code = "hs-token-expired";
    let (old, fresh) = (token(1_704_060_000), token(1_704_067_260));
    for place in
        ["Authorization: Bearer TOKEN", "Cookie: a=b; jwt=TOKEN", "Sec-WebSocket-Protocol: v1, TOKEN"]
    {
        let old_line = place.replace("TOKEN", &old);
        pair(
            code,
            &[&old_line],
            &old,
            &[&[&place.replace("TOKEN", &fresh)], &[&place.replace("TOKEN", "eyJx.eyJ.")]],
        );
    }
    let (finding, _, sentence) = asked(&[&format!("GET /?t={old} HTTP/1.1")]).only(code);
    assert!(sentence.ends_with("in the target, 2 h too late"), "{sentence}");
    assert_eq!(finding.span.map(|span| span.stream.end()), Some(crate::ids::End::A));
}

/// A request that came behind its answer, in another order than it was sent, is asked about all the same.
#[test]
fn a_late_request() {
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 12\r\n\r\n";
    let bench = Bench::new().response(&["Sec-WebSocket-Protocol: x", "Content-Length: 0"]).client(request);
    let told = bench.run();
    let mut codes: Vec<_> = told.findings.iter().map(|finding| finding.rule().code).collect();
    codes.retain(|code| code.starts_with("hs-"));
    let expected = [
        "hs-response-body-headers",
        "hs-version-unsupported",
        "hs-response-subprotocol-unsolicited",
        "hs-invalid-request-accepted",
    ];
    assert_eq!(codes, expected);
    assert!(told.findings.iter().any(|finding| finding.accused.name() == Side::Server.name()));
}
