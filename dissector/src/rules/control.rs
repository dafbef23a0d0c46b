//! Control frames, Ping and Pong (RFC 6455 5.5).

mod pings;

use crate::rules::facts::{On, Seen};
use crate::rules::{Check, Level, Point, Report, Rule, Severity};

/// Longest body of a control frame (RFC 6455 5.5).
const LONGEST: u64 = 125;

/// The rules of this topic.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    Rule { code: "control-fragmented", severity: Severity::Error, level: Level::MustNot, rfc: "6455 5.5", says: "A control frame is fragmented", likely: "ws: Invalid WebSocket frame: FIN must be set", check: Check::Frame(On::Control, fragmented) },
    Rule { code: "control-too-long", severity: Severity::Error, level: Level::Must, rfc: "6455 5.5", says: "A control frame has more than 125 bytes of payload", likely: "ws: Invalid WebSocket frame: invalid payload length", check: Check::Frame(On::Control, too_long) },
    Rule { code: "control-rsv1-set", severity: Severity::Error, level: Level::MustNot, rfc: "7692 6", says: "A control frame is marked as compressed", likely: "ws: Invalid WebSocket frame: RSV1 must be clear", check: Check::Frame(On::Control, rsv1) },
    Rule { code: "ping-unanswered", severity: Severity::Warn, level: Level::Must, rfc: "6455 5.5.2", says: "A Ping was not answered", likely: "Python websockets: keepalive ping timeout", check: Check::End(pings::unanswered) },
    Rule { code: "pong-mismatch", severity: Severity::Warn, level: Level::Must, rfc: "6455 5.5.3", says: "A Pong gives back what no open Ping asked for", likely: "", check: Check::Frame(On::Pong, pings::mismatch) },
    Rule { code: "pong-unsolicited", severity: Severity::Note, level: Level::May, rfc: "6455 5.5.3", says: "A Pong that no Ping asked for: a sign of life", likely: "", check: Check::Frame(On::Pong, pings::unsolicited) },
    Rule { code: "pong-slow", severity: Severity::Note, level: Level::Should, rfc: "6455 5.5.2", says: "A Pong came late", likely: "", check: Check::Frame(On::Pong, pings::slow) },
    Rule { code: "pong-superseded", severity: Severity::Note, level: Level::May, rfc: "6455 5.5.3", says: "A Pong to the newest Ping answers those before it too", likely: "", check: Check::Frame(On::Pong, pings::superseded) },
];

/// RFC 6455 5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
fn fragmented(seen: &Seen<'_>, report: &mut Report<'_>) {
    if !seen.frame.header.fin && seen.in_step() {
        let seen_as = format!("{} without FIN", seen.frame.header.opcode.name());
        let point = Point { span: Some(seen.span(0, 1)), seen: seen_as, ..Point::default() };
        report.against(seen.frame.side, point);
    }
}

fn too_long(seen: &Seen<'_>, report: &mut Report<'_>) {
    let header = &seen.frame.header;
    if header.payload_len > LONGEST && seen.in_step() {
        let span = seen.span(1, 1 + header.form.extra() as u64);
        let seen_as = format!("{} with {} bytes", header.opcode.name(), header.payload_len);
        report.against(seen.frame.side, Point { span: Some(span), seen: seen_as, ..Point::default() });
    }
}

/// RFC 7692 6: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first
/// fragments of a data message." Without the extension, the bit is judged by RFC 6455 5.2.
fn rsv1(seen: &Seen<'_>, report: &mut Report<'_>) {
    let deflate = seen.ledger.agreement.deflate.is_some() && seen.ledger.plain();
    if seen.frame.header.rsv1() && deflate && seen.in_step() {
        let expected = "RSV1 clear".to_owned();
        let seen_as = format!("{} with RSV1", seen.frame.header.opcode.name());
        let point = Point { span: Some(seen.span(0, 1)), expected, seen: seen_as, severity: None };
        report.against(seen.frame.side, point);
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::bench::{Bench, frame, masked};

    /// RFC 6455 5.5: a Ping without FIN; and whole ones between the fragments of a message.
    #[test]
    fn rfc6455_5_5_fragmented() {
        let bench = Bench::new().open().server(&frame(0x09, b"a")).server(&frame(0x80, b"b")).close();
        assert_eq!(bench.only("control-fragmented").1, [9]);
        let parts = [frame(1, b"a"), frame(0x89, b"p"), frame(0x80, b"b")].concat();
        Bench::new().open().server(&parts).client(&masked(0x8A, b"p")).close().legal();
    }

    /// RFC 6455 5.5: 125 bytes and one more.
    #[test]
    fn rfc6455_5_5_length() {
        let bench = Bench::new().open().server(&frame(0x89, &[0; 126])).close();
        assert_eq!(bench.only("control-too-long").1, [126, 0, 126]);
        let full = [0; 125];
        Bench::new().open().server(&frame(0x89, &full)).client(&masked(0x8A, &full)).close().legal();
    }

    /// RFC 7692 6: only where compression was agreed on is it this rule's matter.
    #[test]
    fn rfc7692_6_control() {
        let ping = frame(0xC9, b"");
        let code = "control-rsv1-set";
        assert_eq!(Bench::new().open_deflate("").server(&ping).close().only(code).1, [0xC9]);
        let plain = Bench::new().open().server(&ping).close();
        assert!(!plain.raises(code) && plain.raises("frame-rsv1-unnegotiated"));
        assert!(!Bench::new().open_deflate("").server(&frame(0x89, b"")).close().raises(code));
    }
}
