//! Sec-WebSocket-Key (RFC 6455 4.1 item 7, 11.3.1).

use crate::ids::Side;
use crate::rules::facts::{Attempt, Requested};
use crate::rules::heads::{Place, expected, seen, whole};
use crate::rules::upgrade::version::is_hixie_76;
use crate::rules::{Point, Report, Severity};

/// Keys that stand in documents and are copied from there: RFC 6455 1.3 and 4.1, an encyclopedia's example,
/// and the one that command lines for curl go around with.
const SAMPLES: [&[u8]; 4] = [
    b"dGhlIHNhbXBsZSBub25jZQ==",
    b"AQIDBAUGBwgJCgsMDQ4PEC==",
    b"x3JJHMbDL1EzLkh9GBhXDw==",
    b"SGVsbG8sIHdvcmxkIQ==",
];

const KEY: &str = "sec-websocket-key";

pub(super) fn missing(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if place.line(KEY).is_none() && !is_hixie_76(facts.head) {
        report.against(Side::Client, place.start());
    }
}

pub(super) fn duplicate(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if let Some(second) = place.lines(KEY).nth(1) {
        report.against(Side::Client, place.at(&whole(second)));
    }
}

pub(super) fn invalid(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let Some(line) = place.line(KEY) else { return };
    let value = facts.head.bytes(&line.value);
    if last_digit(value).is_none() {
        let point = expected(place.at(&line.value), "22 characters of base64 and ==");
        let point = if value.is_empty() { Point { span: place.span(&whole(line)), ..point } } else { point };
        report.against(Side::Client, point);
    }
}

pub(super) fn noncanonical(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let Some(line) = place.line(KEY) else { return };
    // The 22nd character has six bits, of which 128 bits leave room for two.
    if last_digit(facts.head.bytes(&line.value)).is_some_and(|digit| digit & 0xf != 0) {
        let last = line.value.start + 21;
        report.against(Side::Client, place.at(&(last..last + 1)));
    }
}

/// What the last character in front of the padding stands for, where the key has the only form that
/// 16 bytes can have in base64 (RFC 4648 4).
fn last_digit(key: &[u8]) -> Option<u8> {
    let (digits, padding) = key.split_at_checked(22)?;
    if padding != b"==" {
        return None;
    }
    digits.iter().map(|&byte| digit(byte)).try_fold(0, |_, digit| digit)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

pub(super) fn reused(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let Some(line) = place.line(KEY) else { return };
    let key = facts.head.bytes(&line.value);
    let Some(first) = facts.register.first_with_key(key) else { return };
    let Some(this) = facts.register.attempt(facts.ledger.id) else { return };
    if first.connection == this.connection || first.flow == this.flow || is_forwarded(first, this) {
        return;
    }
    let severity = SAMPLES.contains(&key).then_some(Severity::Note);
    let earlier =
        format!("{} again, first on connection {}", place.at(&line.value).seen, first.connection.index());
    report.against(Side::Client, Point { severity, ..seen(place.at(&line.value), earlier) });
}

/// Whether a proxy, captured on both of its sides, may have passed a request on: it does so before the answer
/// is there, and to somewhere else or in its own name.
fn is_forwarded(first: &Attempt, this: &Attempt) -> bool {
    first.answered.is_none() && (first.server != this.server || first.client != this.client)
}
