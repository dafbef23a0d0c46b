//! The end of TCP: with a closing handshake before it, with half of one, or with none.

use crate::event::Ending;
use crate::ids::Side;
use crate::rules::death::{Death, name, sees_frames, spell};
use crate::rules::facts::{Ended, Ledger, Moment};
use crate::rules::health::limit;
use crate::rules::{Point, Report, Severity};
use crate::websocket::describe::count;

/// Nanoseconds that a Close may stay without an answer before that is worth a word, as long as nothing else says
/// that none will come.
const PATIENCE: i64 = 5_000_000_000;

/// Nanoseconds that a server may take to close TCP: browsers wait that long for it.
const AT_ONCE: i64 = 2_000_000_000;

pub(super) fn missing(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    let Some(death) = Death::of(ledger).filter(|_| sees_frames(ledger)) else { return };
    let (first, other) = (ledger.party(death.side), ledger.party(death.side.other()));
    // Whoever got a Close owes an answer, which is another rule's; one that came too late changes nothing here.
    let got_one = other.close_span.is_some_and(|span| span.end() <= first.acknowledged_at_end);
    if first.closed.is_some() || got_one || super::fault::dropped_upon(ledger, &death).is_some() {
        return;
    }
    // RFC 6455 4.1: a client that does not accept the server's answer has no connection to close.
    let refused = death.side == Side::Client && first.frames == 0 && ledger.worst == Some(Severity::Error);
    if refused {
        return;
    }
    let mut seen = format!("{}, {} after the last frame", death.says(), spell(death.silence));
    if let Some(limit) = limit(death.silence) {
        seen.push_str(", as at ");
        seen.push_str(limit);
    }
    for side in [Side::Client, Side::Server] {
        let party = ledger.party(side);
        if let Some(ping) = party.pings.front() {
            let waited = spell(death.at.time.saturating_sub(ping.sent.time));
            seen.push_str(&format!(", a Ping of the {} unanswered for {waited}", side.name()));
        }
        if let Some(open) = party.open {
            let whose = side.name();
            seen.push_str(&format!(", a message of the {whose} unfinished ({} so far)", count(open.bytes)));
        }
        if party.leftover.is_some() {
            seen.push_str(&format!(", a header of the {} cut short", side.name()));
        }
    }
    report.against(death.side, Point { seen, ..Point::default() });
}

pub(super) fn not_answered(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    if !ledger.accepted || !ledger.complete() {
        return;
    }
    for side in [Side::Client, Side::Server] {
        let (party, peer) = (ledger.party(side), ledger.party(side.other()));
        let (Some((close, _, at)), Some(span)) = (peer.closed, peer.close_span) else { continue };
        // RFC 6455 7.1.7: whoever fails the connection upon an error need not handle what comes after it.
        let failed = peer.faults.iter().any(|fault| fault.at.packet <= at.packet);
        if party.closed.is_some() || failed {
            continue;
        }
        let Some((seen, severity)) = unanswered(ended, side, at, span.end()) else { continue };
        // RFC 6455 5.5.1: "An endpoint MAY delay sending a Close frame until its current message is sent".
        let severity = if party.open.is_some() { Severity::Warn } else { severity };
        let point = Point { span: Some(span), seen, severity: Some(severity), ..Point::default() };
        report.against_frame(side, close, point);
    }
}

/// What says that `side` owes an answer to the Close that ends at offset `end`, and how sure that is.
fn unanswered(ended: &Ended<'_>, side: Side, closed: Moment, end: u64) -> Option<(String, Severity)> {
    let ledger = ended.ledger;
    let party = ledger.party(side);
    if let Some((how, at)) = party.ended {
        // What was not received before the end was not refused an answer.
        let got_it = party.acknowledged_at_end >= end;
        let waited = spell(at.time.saturating_sub(closed.time));
        let seen = format!("the {} sent {} {waited} after it", side.name(), name(how));
        // A process that dies with bytes unread resets: it may never have seen the Close.
        let severity = if how == Ending::Fin { Severity::Error } else { Severity::Warn };
        return got_it.then_some((seen, severity));
    }
    let until = ledger.party(side.other()).ended.map_or(ended.at, |(_, at)| at);
    let waited = until.time.saturating_sub(closed.time);
    let seen = format!("nothing within {}", spell(waited));
    (party.acknowledged >= end && waited >= PATIENCE).then_some((seen, Severity::Warn))
}

pub(super) fn left_open(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    let Some(both) = both_closed(ledger).filter(|_| ledger.heard == [true; 2]) else { return };
    let [client, server] = &ledger.parties;
    if server.lost > 0 {
        return;
    }
    let ends = [client.ended, server.ended].into_iter().flatten().map(|(_, at)| at);
    let until = ends.min_by_key(|at| at.packet).unwrap_or(ended.at);
    let waited = until.time.saturating_sub(both.time);
    if waited < AT_ONCE {
        return;
    }
    let what = match (server.ended, client.ended) {
        (Some((how, at)), _) if at == until => format!("it sent {} only", name(how)),
        (_, Some((how, _))) => format!("the client sent {}", name(how)),
        _ => "the capture ended".to_owned(),
    };
    let seen = format!("{what} {} later", spell(waited));
    report.against(Side::Server, Point { seen, ..Point::default() });
}

pub(super) fn client_first(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    let (Some(both), Some(death)) = (both_closed(ledger), Death::of(ledger)) else { return };
    // RFC 6455 7.1.1: after "a reasonable amount of time" a client may go first.
    let waited = death.at.time.saturating_sub(both.time);
    if ledger.heard == [true; 2] && (death.side, death.how) == (Side::Client, Ending::Fin) && waited < AT_ONCE
    {
        let seen = if death.at.packet < both.packet {
            "FIN before the server's Close".to_owned()
        } else {
            format!("FIN {} after both Closes", spell(waited))
        };
        report.against(Side::Client, Point { seen, ..Point::default() });
    }
}

pub(super) fn reset(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    if !ledger.accepted {
        return;
    }
    let reset = |side| match ledger.party(side).ended {
        Some((Ending::Rst, at)) => Some((side, at)),
        _ => None,
    };
    let resets = [Side::Client, Side::Server].into_iter().filter_map(reset);
    let Some((side, _)) = resets.min_by_key(|(_, at)| at.packet) else { return };
    let seen = match (both_closed(ledger), ledger.party(side.other()).ended) {
        (Some(_), _) => "RST after both Closes".to_owned(),
        (None, Some((Ending::Fin, _))) => format!("RST after the FIN of the {}", side.other().name()),
        _ => "RST".to_owned(),
    };
    report.against(side, Point { seen, ..Point::default() });
}

/// When the later Close came, where both sides have sent one.
fn both_closed(ledger: &Ledger) -> Option<Moment> {
    let [client, server] = &ledger.parties;
    let ((_, _, client), (_, _, server)) = (client.closed?, server.closed?);
    Some(if client.packet > server.packet { client } else { server })
}
