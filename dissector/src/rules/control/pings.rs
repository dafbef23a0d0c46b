//! Pings and what comes back (RFC 6455 5.5.2, 5.5.3).
//!
//! The ledger holds the Pings of each side that are open; at a Pong, those that it answers are still among
//! them. Nothing is said unless all that both sides said was seen.

use crate::ids::Side;
use crate::rules::facts::{Ended, Ledger, Party, Ping, Seen};
use crate::rules::{Point, Report, Severity};

/// A Pong should come "as soon as is practical" (RFC 6455 5.5.2); after a second people begin to feel it.
const SLOW: i64 = 1_000_000_000;

/// Whoever is closed on within this time after a Ping had no chance to answer it.
const CHANCE: i64 = 1_000_000_000;

/// Open Pings that a ledger remembers; with more, it is not known what a Pong answers.
const MOST: usize = 64;

/// RFC 6455 5.5.2: "Upon receipt of a Ping frame, an endpoint MUST send a Pong frame in response, unless it
/// already received a Close frame."
pub(super) fn unanswered(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    if !ledger.complete() || !ledger.accepted {
        return;
    }
    for side in [Side::Client, Side::Server] {
        let (pinger, peer) = (ledger.party(side), ledger.party(side.other()));
        let asked = |ping: &&Ping| {
            let closed = pinger.closed.is_some_and(|(close, ..)| close < ping.frame);
            let gone = peer.ended.is_some_and(|(_, at)| at.packet <= ping.sent.packet);
            !closed && !gone
        };
        let Some(oldest) = pinger.pings.iter().find(asked) else { continue };
        let count = pinger.pings.iter().filter(asked).count();
        let waited = first_end(ledger).unwrap_or(ended.at.time).saturating_sub(oldest.sent.time);
        let pings = if count == 1 { "Ping".to_owned() } else { format!("{count} Pings") };
        let until = if first_end(ledger).is_some() { "the end" } else { "the end of the capture" };
        let seen = format!("no Pong for the {}'s {pings} in {} until {until}", side.name(), duration(waited));
        let severity = excused(ledger, pinger, peer, oldest, waited).then_some(Severity::Note);
        let point = Point { span: Some(oldest.span), expected: String::new(), seen, severity };
        report.against_frame(side.other(), oldest.frame, point);
    }
}

/// Whether no answer may mean that there was no chance of one: no end was seen, it came too soon, or the
/// connection had failed or was closing already.
fn excused(ledger: &Ledger, pinger: &Party, peer: &Party, ping: &Ping, waited: i64) -> bool {
    let failed = pinger.faults.first().is_some_and(|fault| fault.at.packet <= ping.sent.packet);
    let closing = peer.closed.is_some_and(|(close, ..)| close < ping.frame);
    let ended = ledger.parties.iter().any(|party| party.ended.is_some());
    !ended || failed || closing || waited < CHANCE
}

/// When either side first closed or ended TCP.
fn first_end(ledger: &Ledger) -> Option<i64> {
    let of = |party: &Party| [party.closed.map(|(_, _, at)| at.time), party.ended.map(|(_, at)| at.time)];
    ledger.parties.iter().flat_map(of).flatten().min()
}

/// RFC 6455 5.5.3: "A Pong frame sent in response to a Ping frame must have identical "Application data" as found
/// in the message body of the Ping frame being replied to."
pub(super) fn mismatch(seen: &Seen<'_>, report: &mut Report<'_>) {
    let peer = seen.peer();
    let waiting = !peer.pings.is_empty() && peer.pings.len() < MOST;
    // Whoever sends Pongs unasked may do so between a Ping and its Pong.
    if certain(seen) && waiting && answered(seen).is_none() && peer.settled == 0 && !seen.party().unasked {
        let of = |bytes: Option<&[u8]>| bytes.map(show).unwrap_or_default();
        let expected = of(peer.pings.back().map(|ping| &*ping.payload));
        let point =
            Point { span: Some(body(seen)), expected, seen: of(seen.frame.echo.as_deref()), severity: None };
        report.against(seen.frame.side, point);
    }
}

/// RFC 6455 5.5.3: "A Pong frame MAY be sent unsolicited. This serves as a unidirectional heartbeat."
pub(super) fn unsolicited(seen: &Seen<'_>, report: &mut Report<'_>) {
    let peer = seen.peer();
    let unasked = peer.pings.is_empty() || (seen.party().unasked && answered(seen).is_none());
    if certain(seen) && unasked && peer.settled == 0 && peer.pings.len() < MOST {
        report.against(seen.frame.side, Point { span: Some(seen.header_span()), ..Point::default() });
    }
}

/// RFC 6455 5.5.2: "It SHOULD respond with Pong frame as soon as is practical."
pub(super) fn slow(seen: &Seen<'_>, report: &mut Report<'_>) {
    let Some(ping) = answered(seen).and_then(|place| seen.peer().pings.get(place)) else { return };
    let took = seen.at.time.saturating_sub(ping.sent.time);
    if took > SLOW {
        let text = format!("{} after its Ping", duration(took));
        report.against(
            seen.frame.side,
            Point { span: Some(seen.header_span()), seen: text, ..Point::default() },
        );
    }
}

/// RFC 6455 5.5.3: "If an endpoint receives a Ping frame and has not yet sent Pong frame(s) in response to
/// previous Ping frame(s), the endpoint MAY elect to send a Pong frame for only the most recently processed Ping
/// frame."
pub(super) fn superseded(seen: &Seen<'_>, report: &mut Report<'_>) {
    let Some(place) = answered(seen).filter(|_| certain(seen)) else { return };
    let other = |ping: &&Ping| Some(&ping.payload) != seen.frame.echo.as_ref();
    let older = seen.peer().pings.iter().take(place).filter(other).count();
    if older > 0 {
        let text = format!("{older} older {}", if older == 1 { "Ping" } else { "Pings" });
        report.against(seen.frame.side, Point { span: Some(body(seen)), seen: text, ..Point::default() });
    }
}

/// The place of the newest open Ping that a Pong gives back.
fn answered(seen: &Seen<'_>) -> Option<usize> {
    let echo = seen.frame.echo.as_ref()?;
    seen.peer().pings.iter().rposition(|ping| ping.payload == *echo)
}

/// Whether all Pings are known, and this Pong.
fn certain(seen: &Seen<'_>) -> bool {
    seen.ledger.complete() && seen.in_step() && seen.frame.echo.is_some()
}

/// The payload, or the header of an empty Pong.
fn body(seen: &Seen<'_>) -> crate::span::Span {
    match seen.frame.header.payload_len {
        0 => seen.header_span(),
        len => seen.payload_span(0, len),
    }
}

/// The first bytes, as hex.
fn show(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "no payload".to_owned();
    }
    let hex: String = bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    if bytes.len() > 8 { format!("{hex}… ({} bytes)", bytes.len()) } else { hex }
}

fn duration(nanoseconds: i64) -> String {
    format!("{:.3} s", nanoseconds as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::bench::{Bench, frame, masked};

    fn ping(payload: &[u8]) -> Bench {
        Bench::new().open().server(&frame(0x89, payload))
    }

    /// RFC 6455 5.5.2: who never answers is told of when TCP ends; the end of the capture proves less, and a
    /// Ping right before the end, or behind the own Close, nothing at all.
    #[test]
    fn rfc6455_5_5_2_unanswered() {
        let code = "ping-unanswered";
        let (finding, pointed, sentence) = ping(b"hey").wait(30_000).rst(Side::Server).only(code);
        assert_eq!((finding.severity, finding.accused.name()), (Severity::Warn, "client"));
        assert_eq!(pointed, frame(0x89, b"hey"));
        assert!(sentence.contains("no Pong for the server's Ping in 30.0"), "{sentence}");
        assert_eq!(ping(b"hey").wait(30_000).only(code).0.severity, Severity::Note);
        assert_eq!(ping(b"hey").close().only(code).0.severity, Severity::Note);
        assert!(!ping(b"hey").client(&masked(0x8A, b"hey")).close().raises(code));
        let close = [frame(0x88, &[3, 232]), frame(0x89, b"")].concat();
        let bench = Bench::new().open().server(&close).client(&masked(0x88, &[3, 232])).end_tcp();
        assert!(!bench.raises(code));
        // What the client said was not captured.
        assert!(!ping(b"hey").lost(Side::Client, 9).wait(9_000).end_tcp().raises(code));
    }

    /// RFC 6455 5.5.3: a Pong for the newest of several is enough, and so is one for each, also where all are alike.
    #[test]
    fn rfc6455_5_5_3_newest() {
        let three = || ping(b"1").server(&frame(0x89, b"2")).server(&frame(0x89, b"3"));
        let newest = three().client(&masked(0x8A, b"3")).close();
        newest.legal();
        assert!(newest.only("pong-superseded").2.ends_with("2 older Pings"));
        let each =
            three().client(&masked(0x8A, b"1")).client(&masked(0x8A, b"2")).client(&masked(0x8A, b"3"));
        assert_eq!(each.close().found(), []);
        let alike = ping(b"").server(&frame(0x89, b"")).client(&masked(0x8A, b"")).client(&masked(0x8A, b""));
        assert_eq!(alike.close().found(), []);
    }

    /// RFC 6455 5.5.3: another payload than any that was asked for, and one that nobody asked for.
    #[test]
    fn rfc6455_5_5_3_mismatch() {
        let bench = ping(b"abc").client(&masked(0x8A, b"abd")).close();
        assert!(bench.only("pong-mismatch").2.ends_with("expected 616263, saw 616264"));
        assert!(!bench.raises("pong-unsolicited"));
        let beat = Bench::new().open().client(&masked(0x8A, b"")).server(&frame(0x89, b"a"));
        let beat = beat.client(&masked(0x8A, b"")).client(&masked(0x8A, b"a")).close();
        beat.legal();
        assert_eq!(
            beat.found(),
            [("pong-unsolicited", "client", Some(0)), ("pong-unsolicited", "client", Some(2))]
        );
        assert!(!ping(b"a").client(&masked(0x8A, b"a")).close().raises("pong-unsolicited"));
    }

    /// RFC 6455 5.5.2: more than a second.
    #[test]
    fn rfc6455_5_5_2_slow() {
        let after = |wait| ping(b"x").wait(wait).client(&masked(0x8A, b"x")).close();
        assert!(after(1_500).only("pong-slow").2.ends_with("1.501 s after its Ping"));
        assert!(!after(900).raises("pong-slow"));
    }
}
