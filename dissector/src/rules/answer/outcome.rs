//! How the handshake came out: refused, unanswered, accepted against the rules, or never asked for.

use crate::event::{Ending, Opening};
use crate::ids::{End, Side};
use crate::rules::facts::{Answered, Ended};
use crate::rules::heads::{Place, expected, quoted, seen};
use crate::rules::{Point, Report, Severity, rule};

/// How long a server may take before its silence is told at the end of a capture, in nanoseconds.
const PATIENCE: i64 = 10_000_000_000;

/// Headers of a refusal that say why, or what to do about it.
const REASONS: [&str; 5] =
    ["www-authenticate", "location", "sec-websocket-version", "retry-after", "x-websocket-reject-reason"];

pub(super) fn rejected(facts: &Answered<'_>, report: &mut Report<'_>) {
    // RFC 8441 5: in HTTP/2 it is accepted by any 2xx.
    let accepted = if facts.head.is_block() { 200..300 } else { 101..102 };
    if facts.head.status().is_some_and(|status| accepted.contains(&status)) {
        return;
    }
    let place = Place::response(facts.ledger, facts.head);
    let start = place.start();
    let line = facts.head.raw.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let status = line.splitn(2, |&byte| byte == b' ').nth(1).unwrap_or_default();
    let mut told = quoted(status);
    for line in REASONS.iter().filter_map(|name| place.line(name)) {
        let (name, value) = (facts.head.bytes(&line.name), facts.head.bytes(&line.value));
        told.push_str(&format!(", {}: {}", quoted(name), quoted(value)));
    }
    report.against(Side::Server, seen(start, told));
}

pub(super) fn no_response(facts: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = facts.ledger;
    let (client, server) = (ledger.party(Side::Client), ledger.party(Side::Server));
    let open = ledger.opening == Opening::Handshake && ledger.response.is_none() && !ledger.accepted;
    let Some(request) = ledger.request.as_deref().filter(|_| open) else { return };
    // What was not captured may have been the answer.
    let [_, heard] = ledger.heard;
    if !heard || server.lost > 0 {
        return;
    }
    let waited = |until: i64| until.saturating_sub(ledger.began.time);
    let by = |how: Ending| if how == Ending::Rst { "reset" } else { "closed" };
    let (how, waited, milder) = match (client.ended, server.ended) {
        (given_up, Some((how, at))) if given_up.is_none_or(|(_, first)| first.packet >= at.packet) => {
            (format!("the server {} the connection", by(how)), waited(at.time), false)
        }
        (Some((how, at)), _) => {
            let waited = waited(at.time);
            (format!("the client {} the connection", by(how)), waited, waited < PATIENCE)
        }
        _ if facts.capture_over && waited(facts.at.time) >= PATIENCE => {
            ("the capture ended".to_owned(), waited(facts.at.time), false)
        }
        _ => return,
    };
    let place = Place::request(ledger, request);
    let told = format!("{how} after {}.{:03} s", waited / 1_000_000_000, waited / 1_000_000 % 1_000);
    let severity = milder.then_some(Severity::Note);
    report.against(Side::Server, Point { severity, ..seen(place.start(), told) });
}

pub(super) fn version_not_advertised(facts: &Answered<'_>, report: &mut Report<'_>) {
    let ledger = facts.ledger;
    // RFC 6455 4.2.2: "an appropriate HTTP error code (such as 426 Upgrade Required)"; others have other reasons.
    let refused = matches!(facts.head.status(), Some(400 | 426));
    let wrong = |place: &u16| rule(*place).code == "hs-version-unsupported";
    // Where more than the version was wrong, that may have been the reason.
    let only_version = !ledger.request_faults.is_empty() && ledger.request_faults.iter().all(wrong);
    if refused && only_version && facts.head.values("sec-websocket-version").next().is_none() {
        let point = Place::response(ledger, facts.head).start();
        report.against(Side::Server, expected(point, "a Sec-WebSocket-Version header"));
    }
}

pub(super) fn invalid_accepted(facts: &Answered<'_>, report: &mut Report<'_>) {
    let ledger = facts.ledger;
    if ledger.accepted && !ledger.request_faults.is_empty() {
        let codes: Vec<_> = ledger.request_faults.iter().map(|place| rule(*place).code).collect();
        let point = Place::response(ledger, facts.head).start();
        report.against(Side::Server, seen(point, codes.join(", ")));
    }
}

pub(super) fn unrequested(facts: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = facts.ledger;
    let asked = ledger.request.is_some() || ledger.opening != Opening::Handshake || !ledger.accepted;
    let Some(response) = ledger.response.as_deref().filter(|_| !asked) else { return };
    // The request may be among what was not captured.
    let [heard, _] = ledger.heard;
    let from_start = ledger.ends.is_some_and(|flow| flow.from_start);
    let sent_syn = ledger.client == End::A;
    if heard && from_start && sent_syn && ledger.party(Side::Client).lost == 0 {
        report.against(Side::Server, Place::response(ledger, response).start());
    }
}
