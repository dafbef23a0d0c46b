//! The closing handshake and the end of TCP (RFC 6455 5.5.1, 7).
//!
//! Only the table; the predicates stand beside it, by what they look at.

mod body;
mod order;

mod tcp;

mod fault;

#[cfg(test)]
mod tests;

use crate::rules::facts::On;
use crate::rules::{Check, Level, Rule, Severity};

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[
    Rule {
        code: "close-reason-invalid-utf8",
        severity: Severity::Error,
        level: Level::Must,
        rfc: "6455 8.1",
        says: "The reason of a Close is not UTF-8",
        likely: "ws: Invalid WebSocket frame: invalid UTF-8 sequence; gorilla: invalid utf8 payload in close frame",
        check: Check::Frame(On::Close, body::reason_invalid_utf8),
    },
    Rule {
        code: "close-payload-one-byte",
        severity: Severity::Error,
        level: Level::Must,
        rfc: "6455 5.5.1",
        says: "The body of a Close is one byte, which cannot hold a code",
        likely: "ws: Invalid WebSocket frame: invalid payload length 1",
        check: Check::Frame(On::Close, body::one_byte),
    },
    Rule {
        code: "close-code-forbidden",
        severity: Severity::Error,
        level: Level::MustNot,
        rfc: "6455 7.4.1",
        says: "A Close carries a code that only an API reports",
        likely: "ws: Invalid WebSocket frame: invalid status code",
        check: Check::Frame(On::Close, body::forbidden),
    },
    Rule {
        code: "close-code-reserved",
        severity: Severity::Error,
        level: Level::Must,
        rfc: "6455 7.4.2",
        says: "A Close carries a code that nobody has defined yet",
        likely: "ws: Invalid WebSocket frame: invalid status code",
        check: Check::Frame(On::Close, body::reserved),
    },
    Rule {
        code: "close-code-out-of-range",
        severity: Severity::Error,
        level: Level::Must,
        rfc: "6455 7.4.2",
        says: "A Close carries a code outside all ranges",
        likely: "ws: Invalid WebSocket frame: invalid status code",
        check: Check::Frame(On::Close, body::out_of_range),
    },
    Rule {
        code: "close-code-registered-later",
        severity: Severity::Note,
        level: Level::May,
        rfc: "6455 11.7",
        says: "A Close carries a code that was registered after RFC 6455",
        likely: "",
        check: Check::Frame(On::Close, body::registered_later),
    },
    Rule {
        code: "close-code-wrong-role",
        severity: Severity::Warn,
        level: Level::Practice,
        rfc: "6455 7.4.1",
        says: "1010 is for clients that miss an extension, and its reason lists which",
        likely: "",
        check: Check::Frame(On::Close, body::wrong_role),
    },
    Rule {
        code: "close-data-after-close",
        severity: Severity::Error,
        level: Level::MustNot,
        rfc: "6455 5.5.1",
        says: "A data frame came after the sender's own Close",
        likely: "Chrome: Data frame received after close",
        check: Check::Frame(On::AfterClose, order::data_after_close),
    },
    Rule {
        code: "close-control-after-close",
        severity: Severity::Note,
        level: Level::May,
        rfc: "6455 5.5.2",
        says: "A Ping or Pong came after the sender's own Close",
        likely: "",
        check: Check::Frame(On::AfterClose, order::control_after_close),
    },
    Rule {
        code: "close-duplicate",
        severity: Severity::Warn,
        level: Level::Practice,
        rfc: "6455 7.1.5",
        says: "A second Close came from the same side",
        likely: "",
        check: Check::Frame(On::AfterClose, order::duplicate),
    },
    Rule {
        code: "close-not-answered",
        severity: Severity::Error,
        level: Level::Must,
        rfc: "6455 5.5.1",
        says: "A Close was received and none was sent in return",
        likely: "CloseEvent code 1006; Python websockets: no close frame received",
        check: Check::End(tcp::not_answered),
    },
    Rule {
        code: "close-code-not-echoed",
        severity: Severity::Note,
        level: Level::Practice,
        rfc: "6455 5.5.1",
        says: "A Close was answered with another code than its own",
        likely: "",
        check: Check::Frame(On::Close, order::not_echoed),
    },
    Rule {
        code: "close-tcp-left-open",
        severity: Severity::Warn,
        level: Level::Must,
        rfc: "6455 5.5.1",
        says: "The server did not close TCP at once after both Closes",
        likely: "",
        check: Check::End(tcp::left_open),
    },
    Rule {
        code: "close-client-closed-tcp-first",
        severity: Severity::Note,
        level: Level::Should,
        rfc: "6455 7.1.1",
        says: "The client closed TCP before the server, which should do so first",
        likely: "",
        check: Check::End(tcp::client_first),
    },
    Rule {
        code: "close-missing",
        severity: Severity::Warn,
        level: Level::Should,
        rfc: "6455 7.1.7",
        says: "TCP ended without a Close, which APIs report as 1006",
        likely: "CloseEvent code 1006; gorilla: websocket: close 1006 (abnormal closure): unexpected EOF; \
            Python websockets: no close frame received or sent; \
            tungstenite: Connection reset without closing handshake",
        check: Check::End(tcp::missing),
    },
    Rule {
        code: "close-tcp-reset",
        severity: Severity::Note,
        level: Level::Should,
        rfc: "6455 7.1.1",
        says: "TCP was ended by RST and not by FIN",
        likely: "read ECONNRESET; Connection reset by peer",
        check: Check::End(tcp::reset),
    },
    Rule {
        code: "fail-code-mismatch",
        severity: Severity::Note,
        level: Level::Should,
        rfc: "6455 7.4.1",
        says: "An error of the other side was answered by a Close whose code does not say so",
        likely: "",
        check: Check::Frame(On::Close, fault::code_mismatch),
    },
    Rule {
        code: "fail-without-close",
        severity: Severity::Note,
        level: Level::Should,
        rfc: "6455 7.1.7",
        says: "TCP was dropped upon an error of the other side, without a Close that says why",
        likely: "CloseEvent code 1006",
        check: Check::End(fault::without_close),
    },
    Rule {
        code: "peer-tolerated-violation",
        severity: Severity::Warn,
        level: Level::Must,
        rfc: "6455 7.1.7",
        says: "The connection was not failed although the other side broke the protocol",
        likely: "",
        check: Check::Frame(On::AfterFault, fault::tolerated),
    },
];
