//! What a 101 response must hold whatever was asked for (RFC 6455 4.1, 4.2.2 item 5).

use crate::head::Start;
use crate::ids::Side;
use crate::rules::facts::Answered;
use crate::rules::heads::{Place, expected, quoted, seen, whole};
use crate::rules::upgrade::at_least_1_1;
use crate::rules::{Point, Report};
use crate::websocket::upgrade::AcceptFact;

const UPGRADE: &str = "upgrade";
const ACCEPT: &str = "sec-websocket-accept";

/// The response's place, where it claims to switch to WebSocket.
pub(super) fn switched<'a>(facts: &Answered<'a>) -> Option<Place<'a>> {
    facts.switched.then(|| Place::response(facts.ledger, facts.head))
}

pub(super) fn http_version(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    if let Start::Response { version, .. } = &facts.head.start
        && !at_least_1_1(facts.head.version())
    {
        report.against(Side::Server, expected(place.at(version), "HTTP/1.1"));
    }
}

pub(super) fn upgrade_missing(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    if place.line(UPGRADE).is_none() {
        report.against(Side::Server, place.start());
    }
}

pub(super) fn upgrade_invalid(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    let wrong = |line: &&_| {
        let crate::head::Line { value, .. } = line;
        !facts.head.bytes(value).eq_ignore_ascii_case(b"websocket")
    };
    let wrong = place.lines(UPGRADE).find(wrong).or_else(|| place.lines(UPGRADE).nth(1));
    if let Some(line) = wrong {
        report.against(Side::Server, expected(place.at(&whole(line)), "websocket"));
    }
}

pub(super) fn connection(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    if !facts.head.has_token("connection", "upgrade") {
        let point = place.line("connection").map(|line| place.at(&whole(line)));
        let point = point.unwrap_or_else(|| seen(place.start(), "no such header"));
        report.against(Side::Server, expected(point, "Upgrade"));
    }
}

pub(super) fn accept_missing(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    // Without a key in the request there is nothing to answer: that is the request's fault.
    let key = facts.ledger.request.as_ref().and_then(|head| head.values("sec-websocket-key").next());
    if facts.ledger.agreement.accept == AcceptFact::Missing
        && (key.is_some() || facts.ledger.request.is_none())
    {
        report.against(Side::Server, place.start());
    }
}

pub(super) fn accept_mismatch(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    let AcceptFact::Mismatch { expected, seen } = &facts.ledger.agreement.accept else { return };
    let span = place.line(ACCEPT).and_then(|line| place.span(&line.value));
    let seen = quoted(seen.as_bytes());
    report.against(Side::Server, Point { span, expected: expected.clone(), seen, severity: None });
}

pub(super) fn accept_duplicate(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    if let Some(second) = place.lines(ACCEPT).nth(1) {
        report.against(Side::Server, place.at(&whole(second)));
    }
}

/// RFC 9110 8.6: no Content-Length in any 1xx; RFC 9112 6.1: no Transfer-Encoding either.
pub(super) fn body(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    if let Some(line) = place.line("transfer-encoding").or(place.line("content-length")) {
        report.against(Side::Server, place.at(&whole(line)));
    }
}
