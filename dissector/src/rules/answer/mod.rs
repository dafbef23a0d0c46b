//! The answer to the opening handshake (RFC 6455 4.2.2).
//!
//! Only the table; the predicates stand beside it, by what they look at.

mod headers;

mod choice;

mod origin;
mod outcome;

#[cfg(test)]
mod tests;

use crate::rules::{Check, Level, Rule, Severity};

/// The rules of this topic.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    Rule { code: "hs-rejected", severity: Severity::Note, level: Level::Practice, rfc: "6455 4.2.2", says: "The server refused to open a WebSocket", likely: "Chrome: Error during WebSocket handshake: Unexpected response code; ws: Unexpected server response", check: Check::Response(outcome::rejected) },
    Rule { code: "hs-no-response", severity: Severity::Warn, level: Level::Practice, rfc: "6455 4.1", says: "The request got no HTTP response", likely: "", check: Check::End(outcome::no_response) },
    Rule { code: "hs-response-http-version", severity: Severity::Error, level: Level::Must, rfc: "6455 4.2.2", says: "The 101 response is not of HTTP/1.1", likely: "", check: Check::Response(headers::http_version) },
    Rule { code: "hs-response-upgrade-missing", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The 101 response has no Upgrade header", likely: "Chrome: 'Upgrade' header is missing; ws: Invalid Upgrade header", check: Check::Response(headers::upgrade_missing) },
    Rule { code: "hs-response-upgrade-invalid", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The Upgrade header of the 101 response is not websocket", likely: "Chrome: 'Upgrade' header value is not 'WebSocket'; ws: Invalid Upgrade header", check: Check::Response(headers::upgrade_invalid) },
    Rule { code: "hs-response-connection-missing", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The Connection header of the 101 response does not name Upgrade", likely: "Chrome: 'Connection' header value must contain 'Upgrade'", check: Check::Response(headers::connection) },
    Rule { code: "hs-accept-missing", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The 101 response has no Sec-WebSocket-Accept header", likely: "Chrome: 'Sec-WebSocket-Accept' header is missing; ws: Invalid Sec-WebSocket-Accept header", check: Check::Response(headers::accept_missing) },
    Rule { code: "hs-accept-mismatch", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "Sec-WebSocket-Accept does not answer the request's key", likely: "Chrome: Incorrect 'Sec-WebSocket-Accept' header value; ws: Invalid Sec-WebSocket-Accept header; tungstenite: Key mismatch in \"Sec-WebSocket-Accept\" header", check: Check::Response(headers::accept_mismatch) },
    Rule { code: "hs-accept-duplicate", severity: Severity::Error, level: Level::MustNot, rfc: "6455 11.3.3", says: "The response has more than one Sec-WebSocket-Accept header", likely: "Chrome: 'Sec-WebSocket-Accept' header must not appear more than once in a response", check: Check::Response(headers::accept_duplicate) },
    Rule { code: "hs-response-extension-unsolicited", severity: Severity::Error, level: Level::MustNot, rfc: "6455 4.1", says: "The server took an extension that was not offered", likely: "Chrome: Response must not include 'Sec-WebSocket-Extensions' header if not present in request; ws: Server sent a Sec-WebSocket-Extensions header but no extension was requested", check: Check::Response(choice::extension) },
    Rule { code: "hs-response-extensions-repeated-header", severity: Severity::Note, level: Level::MustNot, rfc: "6455 11.3.2", says: "The response has more than one Sec-WebSocket-Extensions header", likely: "", check: Check::Response(choice::extensions_repeated) },
    Rule { code: "hs-response-subprotocol-unsolicited", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The server took a subprotocol that was not offered", likely: "ws: Server sent an invalid subprotocol; tungstenite: Server sent an invalid subprotocol", check: Check::Response(choice::subprotocol) },
    Rule { code: "hs-response-subprotocol-multiple", severity: Severity::Error, level: Level::MustNot, rfc: "6455 11.3.4", says: "The server took more than one subprotocol", likely: "Chrome: 'Sec-WebSocket-Protocol' header must not appear more than once in a response", check: Check::Response(choice::subprotocol_multiple) },
    Rule { code: "hs-response-subprotocol-empty", severity: Severity::Error, level: Level::MustNot, rfc: "6455 4.2.2", says: "The response has an empty Sec-WebSocket-Protocol header", likely: "", check: Check::Response(choice::subprotocol_empty) },
    Rule { code: "hs-response-subprotocol-none", severity: Severity::Note, level: Level::Practice, rfc: "6455 4.2.2", says: "The server took none of the offered subprotocols", likely: "Chrome: Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received; ws: Server sent no subprotocol; tungstenite: Server sent no subprotocol", check: Check::Response(choice::subprotocol_none) },
    Rule { code: "hs-version-not-advertised", severity: Severity::Error, level: Level::Must, rfc: "6455 4.4", says: "The server refused a version without saying which ones it speaks", likely: "", check: Check::Response(outcome::version_not_advertised) },
    Rule { code: "hs-invalid-request-accepted", severity: Severity::Error, level: Level::Must, rfc: "6455 4.2.1", says: "The server accepted a request that it was to refuse", likely: "", check: Check::Response(outcome::invalid_accepted) },
    Rule { code: "hs-response-body-headers", severity: Severity::Warn, level: Level::MustNot, rfc: "9110 8.6", says: "The 101 response announces a body", likely: "", check: Check::Response(headers::body) },
    Rule { code: "hs-cross-origin-accepted", severity: Severity::Warn, level: Level::Should, rfc: "6455 10.2", says: "The server accepted cookies from a page of another site", likely: "", check: Check::Response(origin::accepted) },
    Rule { code: "hs-101-unrequested", severity: Severity::Warn, level: Level::Practice, rfc: "6455 4.2.2", says: "The server opened a WebSocket that nobody had asked for", likely: "", check: Check::End(outcome::unrequested) },
];
