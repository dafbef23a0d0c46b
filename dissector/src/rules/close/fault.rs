//! What a peer makes of the other side's errors: it fails the connection, in the right way or another, or goes on.

use crate::event::Part;
use crate::ids::Side;
use crate::rules::death::{Death, sees_frames, spell};
use crate::rules::facts::{Ended, Fault, Ledger, Seen};
use crate::rules::{Point, Report, rule};
use crate::websocket::opcode::Opcode;

/// Errors upon which the receiver "MUST _Fail the WebSocket Connection_" or close it, and the codes that say so:
/// RFC 6455 5.1, 5.2, 5.4, 5.5 and 8.1, RFC 7692 6 and 7.2.2.
#[rustfmt::skip]
static FAILS: &[(&str, &[u16])] = &[
    ("frame-client-unmasked",           &[1002]),
    ("frame-server-masked",             &[1002]),
    ("frame-rsv1-unnegotiated",         &[1002]),
    ("frame-rsv2-set",                  &[1002]),
    ("frame-rsv3-set",                  &[1002]),
    ("frame-opcode-reserved-data",      &[1002, 1003]),
    ("frame-opcode-reserved-control",   &[1002, 1003]),
    ("control-fragmented",              &[1002]),
    ("control-too-long",                &[1002, 1009]),
    ("control-rsv1-set",                &[1002]),
    ("frag-orphan-continuation",        &[1002]),
    ("frag-nested-message",             &[1002]),
    ("frag-rsv1-on-continuation",       &[1002]),
    ("text-invalid-utf8",               &[1007]),
    ("text-incomplete-utf8",            &[1007]),
    ("close-reason-invalid-utf8",       &[1002, 1007]),
    ("close-payload-one-byte",          &[1002]),
    ("close-code-forbidden",            &[1002]),
    ("close-code-reserved",             &[1002]),
    ("close-code-out-of-range",         &[1002]),
    ("pmd-inflate-error",               &[1002, 1007]),
];

/// Nanoseconds after which a message that was begun behind an error was not on its way already.
const UNDER_WAY: i64 = 2_000_000_000;

/// Nanoseconds within which what a side does is taken as its answer to an error.
const ANSWER: i64 = 2_000_000_000;

/// Codes that complain, of whatever it is.
const COMPLAINTS: [u16; 6] = [1002, 1003, 1007, 1008, 1009, 1011];

pub(super) fn tolerated(seen: &Seen<'_>, report: &mut Report<'_>) {
    let (party, peer) = (seen.party(), seen.peer());
    if party.closed.is_some() {
        return;
    }
    let received = |fault: &&Fault| fault.end <= party.acknowledged && fits(fault).is_some();
    let met = peer.faults.iter().filter(received);
    let Some((fault, proof)) = met.into_iter().find_map(|fault| Some((fault, proof(seen, fault)?))) else {
        return;
    };
    let span = Some(seen.span(0, 1));
    let code = rule(fault.rule).code;
    let place = fault.frame.map_or(String::new(), |frame| format!(" in frame {}", frame.number()));
    let seen_there = format!("{code}{place}, and the {} {proof}", seen.frame.side.name());
    report.against(seen.frame.side, Point { span, seen: seen_there, ..Point::default() });
}

/// What of a frame proves that its sender went on behind an error.
fn proof(seen: &Seen<'_>, fault: &Fault) -> Option<String> {
    let (frame, peer) = (seen.frame, seen.peer());
    let since = seen.at.time.saturating_sub(fault.at.time);
    if matches!(frame.part, Part::Whole | Part::First) && since > UNDER_WAY {
        return Some(format!("began a message {} later", spell(since)));
    }
    let behind = |other| fault.frame.is_some_and(|frame| frame < other);
    match frame.header.opcode {
        // Frames are handled in order: who answers what came behind has passed the error.
        Opcode::PONG => {
            let echo = frame.echo.as_ref().filter(|echo| !echo.is_empty())?;
            let ping = peer.pings.iter().find(|ping| ping.payload == *echo)?;
            behind(ping.frame).then(|| format!("answered the Ping in frame {}", ping.frame.number()))
        }
        Opcode::CLOSE => {
            let (close, code, _) = peer.closed?;
            let read = peer.close_span.is_some_and(|span| span.end() <= seen.party().acknowledged);
            let code = code.filter(|code| !COMPLAINTS.contains(code))?;
            let echoed = frame.close.as_ref().is_some_and(|close| close.code == Some(code));
            (behind(close) && read && echoed).then(|| format!("answered the Close {code} behind it"))
        }
        _ => None,
    }
}

pub(super) fn code_mismatch(seen: &Seen<'_>, report: &mut Report<'_>) {
    let (party, peer) = (seen.party(), seen.peer());
    let Some(code) = seen.frame.close.as_ref().and_then(|close| close.code) else { return };
    if party.closed.is_some() {
        return;
    }
    let answers = |fault: &&Fault| {
        let soon = seen.at.time.saturating_sub(fault.at.time) <= ANSWER;
        let behind = peer.closed.is_some_and(|(close, ..)| fault.frame.is_some_and(|frame| frame < close));
        soon && !behind && fault.end <= party.acknowledged && fault.answered == party.messages
    };
    let faults = || peer.faults.iter().filter(answers).filter_map(|fault| Some((fault, fits(fault)?)));
    if faults().any(|(_, fits)| fits.contains(&code)) {
        return;
    }
    let Some((fault, fits)) = faults().next() else { return };
    let codes: Vec<_> = fits.iter().map(u16::to_string).collect();
    let expected = format!("{} for {}", codes.join(" or "), rule(fault.rule).code);
    let span = Some(seen.payload_span(0, 2));
    report.against(seen.frame.side, Point { span, expected, seen: code.to_string(), severity: None });
}

pub(super) fn without_close(ended: &Ended<'_>, report: &mut Report<'_>) {
    let Some(death) = Death::of(ended.ledger) else { return };
    let Some(fault) = dropped_upon(ended.ledger, &death) else { return };
    let waited = spell(death.at.time.saturating_sub(fault.at.time));
    let seen = format!("{}, {waited} after {}", death.says(), rule(fault.rule).code);
    report.against(death.side, Point { seen, ..Point::default() });
}

/// The error of the other side upon which a side dropped TCP without a word.
pub(super) fn dropped_upon<'a>(ledger: &'a Ledger, death: &Death) -> Option<&'a Fault> {
    let side: Side = death.side;
    let (party, peer) = (ledger.party(side), ledger.party(side.other()));
    if party.closed.is_some() || !sees_frames(ledger) {
        return None;
    }
    peer.faults.iter().find(|fault| {
        let soon = (0..=ANSWER).contains(&death.at.time.saturating_sub(fault.at.time));
        let read = fault.end <= party.acknowledged_at_end && fault.at.packet <= death.at.packet;
        soon && read && fault.answered == party.messages && fits(fault).is_some()
    })
}

/// The codes that fit an error upon which a connection is to be failed.
fn fits(fault: &Fault) -> Option<&'static [u16]> {
    let code = rule(fault.rule).code;
    FAILS.iter().find(|(fails, _)| *fails == code).map(|(_, fits)| *fits)
}

/// Every error of the table is a rule's.
#[test]
fn fails_are_rules() {
    for (code, _) in FAILS {
        assert!(crate::rules::by_code(code).is_some(), "{code}");
    }
}
