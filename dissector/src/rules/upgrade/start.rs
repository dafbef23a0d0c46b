//! The request line (RFC 6455 4.1, items 2 and 3 of the requirements on the handshake).

use core::ops::Range;

use crate::head::{Head, Start};
use crate::ids::Side;
use crate::rules::facts::Requested;
use crate::rules::heads::{Place, expected, seen};
use crate::rules::{Point, Report, Severity};

type Parts<'a> = (&'a Range<usize>, &'a Range<usize>, &'a Range<usize>);

/// Method, target and version.
fn parts(head: &Head) -> Option<Parts<'_>> {
    match &head.start {
        Start::Request { method, target, version } => Some((method, target, version)),
        Start::Response { .. } => None,
    }
}

pub(super) fn method(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if let Some((method, _, _)) = parts(facts.head).filter(|(method, ..)| facts.head.bytes(method) != b"GET")
    {
        report.against(Side::Client, expected(place.at(method), "GET"));
    }
}

pub(super) fn version(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if let Some((_, _, version)) = parts(facts.head).filter(|_| !at_least_1_1(facts.head.version())) {
        report.against(Side::Client, expected(place.at(version), "HTTP/1.1"));
    }
}

/// Whether `HTTP/1.1` or later stands there.
pub(in crate::rules) fn at_least_1_1(version: &[u8]) -> bool {
    match version.strip_prefix(b"HTTP/") {
        Some([b'1', b'.', minor]) => (b'1'..=b'9').contains(minor),
        Some([major, b'.', minor]) => (b'2'..=b'9').contains(major) && minor.is_ascii_digit(),
        _ => false,
    }
}

pub(super) fn target(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let Some((_, range, _)) = parts(facts.head) else { return };
    let target = facts.head.bytes(range);
    let point = match form(target) {
        Form::Path | Form::Http => {
            // RFC 3986 2: a URI is made of printable ASCII.
            let Some(bad) = target.iter().position(|byte| !byte.is_ascii_graphic()) else { return };
            let at = range.start + bad;
            seen(place.at(&(at..at + 1)), format!("the byte 0x{:02x} in it", target.get(bad).unwrap_or(&0)))
        }
        // Proxies are known to be sent it, and to understand it.
        Form::WebSocket => Point { severity: Some(Severity::Warn), ..place.at(range) },
        Form::Other => place.at(range),
    };
    report.against(Side::Client, point);
}

enum Form {
    Path,
    Http,
    WebSocket,
    Other,
}

fn form(target: &[u8]) -> Form {
    let scheme = |scheme: &str| {
        let start = target.get(..scheme.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(scheme.as_bytes()) && target.len() > scheme.len()
    };
    match target.first() {
        Some(b'/') => Form::Path,
        _ if scheme("http://") || scheme("https://") => Form::Http,
        _ if scheme("ws://") || scheme("wss://") => Form::WebSocket,
        _ => Form::Other,
    }
}

pub(super) fn fragment(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let Some((_, range, _)) = parts(facts.head) else { return };
    if let Some(hash) = facts.head.bytes(range).iter().position(|&byte| byte == b'#') {
        report.against(Side::Client, place.at(&(range.start + hash..range.end)));
    }
}
