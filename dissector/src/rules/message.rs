//! Fragments and text (RFC 6455 5.4, 5.6).

mod fragments;
mod text;

use crate::rules::facts::On;
use crate::rules::{Check, Level, Rule, Severity};

/// The rules of this topic.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    Rule { code: "frag-orphan-continuation", severity: Severity::Error, level: Level::Must, rfc: "6455 5.4", says: "A continuation frame has no message to continue", likely: "ws: Invalid WebSocket frame: invalid opcode 0", check: Check::Frame(On::Fragment, fragments::orphan) },
    Rule { code: "frag-nested-message", severity: Severity::Error, level: Level::MustNot, rfc: "6455 5.4", says: "A message begins while another one is not finished", likely: "Chromium: Received start of new message but previous message is unfinished.", check: Check::Frame(On::Fragment, fragments::nested) },
    Rule { code: "frag-unfinished", severity: Severity::Error, level: Level::Must, rfc: "6455 5.4", says: "A fragmented message was never finished", likely: "", check: Check::End(fragments::unfinished) },
    Rule { code: "frag-rsv1-on-continuation", severity: Severity::Error, level: Level::MustNot, rfc: "7692 6", says: "A fragment behind the first is marked as compressed", likely: "ws: Invalid WebSocket frame: RSV1 must be clear", check: Check::Frame(On::Fragment, fragments::rsv1) },
    Rule { code: "frag-empty-fragment", severity: Severity::Note, level: Level::May, rfc: "6455 5.4", says: "A fragment that is not the last is empty", likely: "", check: Check::Frame(On::Fragment, fragments::empty) },
    Rule { code: "frag-excessive", severity: Severity::Warn, level: Level::Should, rfc: "6455 10.4", says: "A message is cut into very many tiny fragments", likely: "", check: Check::Frame(On::Fragment, fragments::excessive) },
    Rule { code: "frag-control-interleaved", severity: Severity::Note, level: Level::May, rfc: "6455 5.4", says: "A control frame comes between the fragments of a message", likely: "", check: Check::Frame(On::Control, fragments::interleaved) },
    Rule { code: "text-invalid-utf8", severity: Severity::Error, level: Level::Must, rfc: "6455 8.1", says: "A text message is not UTF-8", likely: "Chromium: Could not decode a text frame as UTF-8.", check: Check::Data(On::Any, text::invalid_frame, text::invalid_message) },
    Rule { code: "text-incomplete-utf8", severity: Severity::Error, level: Level::Must, rfc: "6455 8.1", says: "A text message ends inside a code point", likely: "Chromium: Could not decode a text frame as UTF-8.", check: Check::Data(On::Any, text::incomplete_frame, text::incomplete_message) },
    Rule { code: "text-binary-mismatch", severity: Severity::Note, level: Level::Practice, rfc: "6455 5.6", says: "A binary message looks like JSON text", likely: "", check: Check::Frame(On::Any, text::binary) },
];
