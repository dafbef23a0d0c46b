//! The request of the opening handshake (RFC 6455 4.1).
//!
//! Only the table; the predicates stand beside it, by what they look at.

mod start;
pub(in crate::rules) use start::at_least_1_1;

mod headers;
mod key;
mod lists;
mod version;

mod connecting;
mod credentials;
mod secured;

#[cfg(test)]
mod tests;

use crate::rules::{Check, Level, Rule, Severity};

/// The rules of this topic.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    Rule { code: "hs-request-method", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The request's method is not GET", likely: "ws: 405 Invalid HTTP method", check: Check::Request(start::method) },
    Rule { code: "hs-request-http-version", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The request's HTTP version is below 1.1", likely: "tungstenite: HTTP version must be 1.1 or higher", check: Check::Request(start::version) },
    Rule { code: "hs-request-target-invalid", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The request's target is neither a path nor an http or https URI", likely: "", check: Check::Request(start::target) },
    Rule { code: "hs-request-target-fragment", severity: Severity::Error, level: Level::MustNot, rfc: "6455 3", says: "The request's target has a fragment", likely: "", check: Check::Request(start::fragment) },
    Rule { code: "hs-host-missing", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The request has no Host header", likely: "", check: Check::Request(headers::host_missing) },
    Rule { code: "hs-host-duplicate", severity: Severity::Error, level: Level::Must, rfc: "9112 3.2", says: "The request has more than one Host header", likely: "", check: Check::Request(headers::host_duplicate) },
    Rule { code: "hs-request-upgrade-missing", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The request's Upgrade header does not name websocket", likely: "ws: 400 Invalid Upgrade header", check: Check::Request(headers::upgrade) },
    Rule { code: "hs-request-connection-missing", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The request's Connection header does not name Upgrade", likely: "gorilla: 'upgrade' token not found in 'Connection' header", check: Check::Request(headers::connection) },
    Rule { code: "hs-key-missing", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The request has no Sec-WebSocket-Key header", likely: "ws: 400 Missing or invalid Sec-WebSocket-Key header", check: Check::Request(key::missing) },
    Rule { code: "hs-key-duplicate", severity: Severity::Error, level: Level::MustNot, rfc: "6455 11.3.1", says: "The request has more than one Sec-WebSocket-Key header", likely: "ws: 400 Missing or invalid Sec-WebSocket-Key header", check: Check::Request(key::duplicate) },
    Rule { code: "hs-key-invalid", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "Sec-WebSocket-Key is not 16 bytes in base64", likely: "ws: 400 Missing or invalid Sec-WebSocket-Key header", check: Check::Request(key::invalid) },
    Rule { code: "hs-key-noncanonical", severity: Severity::Note, level: Level::Practice, rfc: "4648 3.5", says: "The last character of Sec-WebSocket-Key holds bits that its decoder drops", likely: "", check: Check::Request(key::noncanonical) },
    Rule { code: "hs-key-reused", severity: Severity::Warn, level: Level::Must, rfc: "6455 4.1", says: "Sec-WebSocket-Key is the one of an earlier connection", likely: "", check: Check::Request(key::reused) },
    Rule { code: "hs-version-missing", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The request has no Sec-WebSocket-Version header", likely: "ws: 400 Missing or invalid Sec-WebSocket-Version header", check: Check::Request(version::missing) },
    Rule { code: "hs-version-unsupported", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "Sec-WebSocket-Version is not 13", likely: "ws: 400 Missing or invalid Sec-WebSocket-Version header", check: Check::Request(version::unsupported) },
    Rule { code: "hs-version-duplicate", severity: Severity::Error, level: Level::MustNot, rfc: "6455 11.3.5", says: "The request has more than one Sec-WebSocket-Version header", likely: "", check: Check::Request(version::duplicate) },
    Rule { code: "hs-version-syntax", severity: Severity::Error, level: Level::Must, rfc: "6455 4.3", says: "Sec-WebSocket-Version is not a number from 0 to 255 without leading zeros", likely: "", check: Check::Request(version::syntax) },
    Rule { code: "hs-draft-protocol", severity: Severity::Note, level: Level::Practice, rfc: "6455 11.6", says: "The request speaks a draft from before the standard", likely: "", check: Check::Request(version::draft) },
    Rule { code: "hs-subprotocol-invalid-token", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "An offered subprotocol is not a token", likely: "ws: 400 Invalid Sec-WebSocket-Protocol header", check: Check::Request(lists::subprotocol_token) },
    Rule { code: "hs-subprotocol-duplicate", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "A subprotocol is offered twice", likely: "ws: 400 Invalid Sec-WebSocket-Protocol header", check: Check::Request(lists::subprotocol_duplicate) },
    Rule { code: "hs-extensions-malformed", severity: Severity::Error, level: Level::Must, rfc: "6455 9.1", says: "Sec-WebSocket-Extensions does not fit its grammar", likely: "ws: Invalid Sec-WebSocket-Extensions header", check: Check::Head(lists::extensions_malformed) },
    Rule { code: "hs-extension-unregistered", severity: Severity::Note, level: Level::Must, rfc: "6455 9.1", says: "An offered extension is not in the registry", likely: "", check: Check::Request(lists::extension_unregistered) },
    Rule { code: "hs-request-early-data", severity: Severity::Error, level: Level::Must, rfc: "6455 4.1", says: "The client sent bytes before its request was answered", likely: "tungstenite: Junk after client request", check: Check::Response(connecting::early_data) },
    Rule { code: "hs-request-body", severity: Severity::Warn, level: Level::Practice, rfc: "9110 9.3.1", says: "The request has a body", likely: "", check: Check::Request(headers::body) },
    Rule { code: "hs-header-malformed", severity: Severity::Warn, level: Level::Must, rfc: "6455 4.1", says: "A header is not well-formed HTTP", likely: "", check: Check::Head(headers::malformed) },
    Rule { code: "hs-origin-missing", severity: Severity::Note, level: Level::Must, rfc: "6455 4.1", says: "The request looks like a browser's and has no Origin header", likely: "", check: Check::Request(headers::origin) },
    Rule { code: "hs-parallel-connecting", severity: Severity::Note, level: Level::Must, rfc: "6455 4.1", says: "A client opened a connection while another one to the same server was not open yet", likely: "", check: Check::Capture(connecting::parallel) },
    Rule { code: "hs-sni-missing", severity: Severity::Warn, level: Level::Must, rfc: "6455 4.1", says: "The TLS handshake does not name the host (SNI), although the request does", likely: "", check: Check::Request(secured::sni) },
    Rule { code: "hs-cleartext-credentials", severity: Severity::Warn, level: Level::Should, rfc: "6455 10.6", says: "Credentials cross the network without encryption", likely: "", check: Check::Request(credentials::cleartext) },
    Rule { code: "hs-credential-in-url", severity: Severity::Warn, level: Level::Practice, rfc: "9110 17.9", says: "The request's target holds a credential, which logs and proxies will keep", likely: "", check: Check::Request(credentials::in_url) },
    Rule { code: "hs-token-expired", severity: Severity::Note, level: Level::Practice, rfc: "7519 4.1.4", says: "A token in the request had expired when it was sent", likely: "", check: Check::Request(credentials::expired) },
];
