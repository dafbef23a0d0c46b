//! WebSocket over HTTP/2 (RFC 8441): what a server announces, what a request holds, how a stream ends.
//!
//! And what HTTP/2 does without: the rules of HTTP/1's opening handshake and of TCP's end that do not bind there.

#[cfg(test)]
mod tests;

use crate::event::{Event, StreamEnding};
use crate::head::Head;
use crate::http2::facts::Http2;
use crate::http2::names::{ErrorCode, Setting};
use crate::ids::Side;
use crate::rules::facts::{Answered, Ended, Happened, Headed, Requested};
use crate::rules::heads::{Place, expected, quoted, seen, whole};
use crate::rules::{Check, Level, Point, Report, Rule, Severity};
use crate::span::Span;

/// The rules of this topic.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    Rule { code: "h2-setting-invalid", severity: Severity::Error, level: Level::Must, rfc: "8441 3", says: "SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1", likely: "nghttp2: PROTOCOL_ERROR", check: Check::Event(setting_invalid) },
    Rule { code: "h2-setting-withdrawn", severity: Severity::Error, level: Level::MustNot, rfc: "8441 3", says: "The server took back that it supports extended CONNECT", likely: "nghttp2: PROTOCOL_ERROR", check: Check::Event(setting_withdrawn) },
    Rule { code: "h2-connect-unannounced", severity: Severity::Error, level: Level::MustNot, rfc: "8441 4", says: "Extended CONNECT was used before the server said that it supports it", likely: "nghttp2: PROTOCOL_ERROR", check: Check::Request(unannounced) },
    Rule { code: "h2-protocol-pseudo-missing", severity: Severity::Error, level: Level::Must, rfc: "8441 4", says: "A pseudo-header field that extended CONNECT needs is missing", likely: "nghttp2: PROTOCOL_ERROR", check: Check::Request(pseudo_missing) },
    Rule { code: "h2-protocol-not-websocket", severity: Severity::Note, level: Level::Practice, rfc: "8441 5", says: "Extended CONNECT opened a tunnel for another protocol than WebSocket", likely: "", check: Check::Event(not_websocket) },
    Rule { code: "h2-scheme-mismatch", severity: Severity::Warn, level: Level::Must, rfc: "8441 5", says: ":scheme does not fit the transport", likely: "", check: Check::Request(scheme) },
    Rule { code: "h2-connection-headers", severity: Severity::Error, level: Level::MustNot, rfc: "8441 5", says: "The request holds a header field that only HTTP/1 has", likely: "nghttp2: PROTOCOL_ERROR", check: Check::Request(connection_headers) },
    Rule { code: "h2-key-accept-present", severity: Severity::Note, level: Level::Practice, rfc: "8441 5", says: "Sec-WebSocket-Key and -Accept mean nothing in HTTP/2", likely: "", check: Check::Head(key_or_accept) },
    Rule { code: "h2-version-missing", severity: Severity::Error, level: Level::Must, rfc: "8441 5", says: "The request has no Sec-WebSocket-Version", likely: "", check: Check::Request(version_missing) },
    Rule { code: "h2-status-101", severity: Severity::Error, level: Level::MustNot, rfc: "9113 8.6", says: "The server answered 101, which HTTP/2 does not have", likely: "nghttp2: PROTOCOL_ERROR", check: Check::Response(status_101) },
    Rule { code: "h2-close-mapping", severity: Severity::Warn, level: Level::Practice, rfc: "8441 5", says: "The stream ended in a way that stands for no end of a connection", likely: "", check: Check::End(close_mapping) },
    Rule { code: "h2-fields-malformed", severity: Severity::Error, level: Level::Must, rfc: "9113 4.3", says: "A field block cannot be decoded", likely: "nghttp2: COMPRESSION_ERROR", check: Check::Event(fields) },
];

/// What binds HTTP/1 only, and why a WebSocket in HTTP/2 does without it.
#[rustfmt::skip]
const DONE_WITHOUT: &[(&str, &[&str])] = &[
    ("RFC 8441 5: the method is CONNECT and :authority names the host", &[
        "hs-request-method", "hs-request-http-version", "hs-request-target-invalid", "hs-host-missing", "hs-host-duplicate",
    ]),
    ("RFC 8441 5: Connection and Upgrade are no part of HTTP/2", &[
        "hs-request-upgrade-missing", "hs-request-connection-missing", "hs-response-upgrade-missing",
        "hs-response-upgrade-invalid", "hs-response-connection-missing", "hs-response-http-version", "hs-101-unrequested",
    ]),
    ("RFC 8441 5: Sec-WebSocket-Key and Sec-WebSocket-Accept are not processed", &[
        "hs-key-missing", "hs-key-duplicate", "hs-key-invalid", "hs-key-noncanonical", "hs-key-reused",
        "hs-accept-missing", "hs-accept-mismatch", "hs-accept-duplicate",
    ]),
    ("said by a rule of HTTP/2's own", &["hs-version-missing", "hs-invalid-request-accepted"]),
    ("fields have no lines that could be malformed, and frames say how long a body is", &[
        "hs-header-malformed", "hs-request-body", "hs-response-body-headers",
    ]),
    ("streams are opened beside each other on purpose", &["hs-parallel-connecting"]),
    ("the stream's end is not TCP's", &["close-tcp-left-open", "close-tcp-reset", "close-client-closed-tcp-first"]),
];

/// Whether a rule does not bind a WebSocket in HTTP/2.
pub(super) fn is_done_without(code: &str) -> bool {
    DONE_WITHOUT.iter().any(|(_, codes)| codes.contains(&code))
}

/// The server's words on extended CONNECT in one SETTINGS frame, each with its six bytes.
fn words<'a>(event: &'a Event) -> impl Iterator<Item = (u32, Span)> + 'a {
    let settings = match event {
        Event::Http2 { what, .. } => match &**what {
            Http2::Settings { side: Side::Server, values, span } => Some((values, *span)),
            _ => None,
        },
        _ => None,
    };
    settings.into_iter().flat_map(|(values, span)| {
        let placed = values.iter().zip(0u64..);
        let ours = placed.filter(|((id, _), _)| *id == Setting::ENABLE_CONNECT_PROTOCOL);
        ours.map(move |((_, value), index)| (*value, Span { at: span.at + index * 6, len: 6, ..span }))
    })
}

fn setting_invalid(happened: &Happened<'_>, report: &mut Report<'_>) {
    for (value, span) in words(happened.event).filter(|(value, _)| *value > 1) {
        report.against(Side::Server, Point { span: Some(span), seen: value.to_string(), ..Point::default() });
    }
}

fn setting_withdrawn(happened: &Happened<'_>, report: &mut Report<'_>) {
    let flow = happened.flow.map(|flow| flow.id);
    let mut before = flow.and_then(|flow| happened.register.announced.get(&flow).copied().flatten());
    for (value, span) in words(happened.event) {
        if value == 0 && before == Some(1) {
            let seen = "0 after 1".to_owned();
            report.against(Side::Server, Point { span: Some(span), seen, ..Point::default() });
        }
        before = Some(value);
    }
}

fn unannounced(facts: &Requested<'_>, report: &mut Report<'_>) {
    let (ledger, head) = (facts.ledger, facts.head);
    let Some(line) = Place::request(ledger, head).line(":protocol").filter(|_| head.is_block()) else {
        return;
    };
    let place = Place::request(ledger, head).at(&whole(line));
    match facts.register.announced.get(&ledger.flow) {
        Some(Some(1)) => {}
        Some(_) => {
            let told = "SETTINGS of the server without SETTINGS_ENABLE_CONNECT_PROTOCOL = 1";
            report.against(Side::Client, seen(place, told));
        }
        // What was sent at the same time crosses on the way.
        None => {
            let point = seen(place, "no SETTINGS of the server so far");
            report.against(Side::Client, Point { severity: Some(Severity::Warn), ..point });
        }
    }
}

fn pseudo_missing(facts: &Requested<'_>, report: &mut Report<'_>) {
    let Some(place) = block(facts) else { return };
    // RFC 8441 4: beside :protocol, :scheme and :path have to be there, which a plain CONNECT leaves out.
    let missing = [":scheme", ":path"].into_iter().filter(|name| place.line(name).is_none());
    let missing: Vec<_> = missing.collect();
    if !missing.is_empty() {
        report.against(Side::Client, seen(place.start(), format!("no {}", missing.join(" and no "))));
    }
    if facts.head.method() != Some(b"CONNECT") {
        let told = format!(":protocol beside {}", quoted(facts.head.method().unwrap_or_default()));
        report.against(Side::Client, expected(seen(place.start(), told), ":method CONNECT"));
    }
}

fn not_websocket(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Http2 { what, .. } = happened.event else { return };
    if let Http2::Tunnel { stream, protocol, span } = &**what {
        let seen = format!("{} in stream {stream}", quoted(protocol.as_bytes()));
        report.against(Side::Client, Point { span: Some(*span), seen, ..Point::default() });
    }
}

fn scheme(facts: &Requested<'_>, report: &mut Report<'_>) {
    let Some(place) = block(facts) else { return };
    let Some(line) = place.line(":scheme") else { return };
    // RFC 8441 5: https stands for wss, http for ws.
    let fits: &[u8] = if facts.ledger.carrier.tls.is_some() { b"https" } else { b"http" };
    if facts.head.bytes(&line.value) != fits {
        let point = expected(place.at(&line.value), String::from_utf8_lossy(fits));
        report.against(Side::Client, point);
    }
}

fn connection_headers(facts: &Requested<'_>, report: &mut Report<'_>) {
    let Some(place) = block(facts) else { return };
    for name in ["connection", "upgrade"] {
        if let Some(line) = place.line(name) {
            report.against(Side::Client, place.at(&whole(line)));
        }
    }
}

fn key_or_accept(facts: &Headed<'_>, report: &mut Report<'_>) {
    if !facts.head.is_block() {
        return;
    }
    let place = Place { ledger: facts.ledger, side: facts.side, head: facts.head };
    for name in ["sec-websocket-key", "sec-websocket-accept"] {
        if let Some(line) = place.line(name) {
            report.against(facts.side, place.at(&whole(line)));
        }
    }
}

fn version_missing(facts: &Requested<'_>, report: &mut Report<'_>) {
    let Some(place) = block(facts) else { return };
    // RFC 8441 5: but for the key, a request holds the header fields of RFC 6455 4.1.
    if place.line("sec-websocket-version").is_none() {
        report.against(Side::Client, expected(place.start(), "sec-websocket-version: 13"));
    }
}

fn status_101(facts: &Answered<'_>, report: &mut Report<'_>) {
    if facts.head.is_block() && facts.head.status() == Some(101) {
        let place = Place::response(facts.ledger, facts.head);
        let point = place.line(":status").map_or(place.start(), |line| place.at(&whole(line)));
        report.against(Side::Server, expected(point, "a status of 200 to 299"));
    }
}

fn close_mapping(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    if !ledger.accepted {
        return;
    }
    let closed = ledger.parties.iter().all(|party| party.closed.is_some());
    for side in [Side::Client, Side::Server] {
        let Some((StreamEnding::Reset(code), span)) = ledger.party(side).stream_over.as_deref().copied()
        else {
            continue;
        };
        let code = ErrorCode(code);
        // RFC 8441 5: RST_STREAM with CANCEL stands for RST, END_STREAM for the orderly end.
        // RFC 9113 8.1 has NO_ERROR behind a complete answer.
        if code == ErrorCode::CANCEL || (code == ErrorCode::NO_ERROR && closed) {
            continue;
        }
        let (seen, expected) =
            (format!("RST_STREAM with {}", code.name()), "END_STREAM, or RST_STREAM with CANCEL");
        let point = Point { span: Some(span), seen, expected: expected.to_owned(), ..Point::default() };
        report.against(side, point);
        // The other side's half was ended by the same frame.
        return;
    }
}

fn fields(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Http2 { what, .. } = happened.event else { return };
    if let Http2::Fields { side, why, span } = &**what {
        report.against(*side, Point { span: Some(*span), seen: why.to_string(), ..Point::default() });
    }
}

/// A request of HTTP/2.
fn block<'a>(facts: &Requested<'a>) -> Option<Place<'a>> {
    let head: &Head = facts.head;
    head.is_block().then(|| Place::request(facts.ledger, facts.head))
}
