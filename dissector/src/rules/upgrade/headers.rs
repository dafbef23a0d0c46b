//! Host, Upgrade, Connection, a body, Origin; and whether the lines are lines at all.

use core::ops::Range;

use crate::head::Head;
use crate::ids::Side;
use crate::rules::facts::{Headed, Requested};
use crate::rules::heads::{Place, expected, seen, whole};
use crate::rules::{Point, Report};
use crate::websocket::upgrade::is_token;

pub(super) fn host_missing(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if place.line("host").is_none() {
        report.against(Side::Client, place.start());
    }
}

pub(super) fn host_duplicate(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if let Some(second) = place.lines("host").nth(1) {
        report.against(Side::Client, place.at(&whole(second)));
    }
}

pub(super) fn upgrade(facts: &Requested<'_>, report: &mut Report<'_>) {
    token(facts, report, "upgrade", "websocket");
}

pub(super) fn connection(facts: &Requested<'_>, report: &mut Report<'_>) {
    token(facts, report, "connection", "Upgrade");
}

/// Holds that a list header names a token; compared without case (RFC 6455 4.2.1).
fn token(facts: &Requested<'_>, report: &mut Report<'_>, name: &str, token: &str) {
    if !facts.head.has_token(name, token) {
        let place = Place::request(facts.ledger, facts.head);
        let point = place.line(name).map(|line| place.at(&whole(line)));
        let point = point.unwrap_or_else(|| seen(place.start(), "no such header"));
        report.against(Side::Client, expected(point, token));
    }
}

pub(super) fn body(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let length = place.line("content-length").filter(|line| {
        // Whatever is not a zero announces something.
        !facts.head.bytes(&line.value).iter().all(|&byte| byte == b'0')
    });
    if let Some(line) = place.line("transfer-encoding").or(length) {
        report.against(Side::Client, place.at(&whole(line)));
    }
}

pub(super) fn origin(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let browser = |line: &&crate::head::Line| {
        let value = facts.head.bytes(&line.value);
        value.starts_with(b"Mozilla/")
    };
    let sign = place.line("sec-fetch-mode").or(place.line("sec-fetch-site"));
    let sign = sign.or(place.line("user-agent").filter(browser));
    if let Some(sign) = sign.filter(|_| place.line("origin").is_none()) {
        report.against(Side::Client, place.at(&whole(sign)));
    }
}

pub(super) fn malformed(facts: &Headed<'_>, report: &mut Report<'_>) {
    let Headed { head, side, ledger, .. } = *facts;
    let place = Place { ledger, side, head };
    if let Some((range, what)) = flaw(head) {
        report.against(side, Point { seen: what.to_owned(), ..place.at(&range) });
    }
}

/// The first thing in a head that RFC 9112 does not know, and what it is.
fn flaw(head: &Head) -> Option<(Range<usize>, &'static str)> {
    let raw = &head.raw;
    // Nearly all are: looked at in one go, they have no byte that could be wrong but a stray CR.
    let plain =
        raw.iter().fold(true, |plain, &byte| plain & matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'));
    let mut from = 0;
    while let Some(len) = raw.get(from..).and_then(|rest| memchr::memchr(b'\n', rest)) {
        let lf = from + len;
        let text = raw.get(from..lf).unwrap_or_default();
        let Some(text) = text.strip_suffix(b"\r") else {
            // RFC 9112 2.2: lines end with CR LF; a lone LF is only tolerated.
            return Some((lf..lf + 1, "a line that ends with LF alone"));
        };
        let strange = !plain || memchr::memchr(b'\r', text).is_some();
        let byte = if strange { byte_flaw(text) } else { None };
        if let Some((range, what)) = byte.or_else(|| if from == 0 { None } else { line_flaw(text) }) {
            return Some((from + range.start..from + range.end, what));
        }
        from = lf + 1;
    }
    None
}

/// The first byte that has no place in a line without its end.
fn byte_flaw(text: &[u8]) -> Option<(Range<usize>, &'static str)> {
    if let Some(at) = text.iter().position(|&byte| byte.is_ascii_control() && byte != b'\t') {
        return Some((at..at + 1, "a control character"));
    }
    let at = core::str::from_utf8(text).err()?.valid_up_to();
    Some((at..at + 1, "a byte that is not UTF-8"))
}

/// How a header line without its end is none.
fn line_flaw(text: &[u8]) -> Option<(Range<usize>, &'static str)> {
    let all = 0..text.len();
    match text.first()? {
        b' ' | b'\t' => return Some((all, "a value folded over two lines")),
        _ => {}
    }
    match memchr::memchr(b':', text) {
        None => Some((all, "a line without a colon")),
        Some(colon) if !is_token(text.get(..colon).unwrap_or_default()) => {
            Some((0..colon, "a header name that is not a token"))
        }
        Some(_) => None,
    }
}
