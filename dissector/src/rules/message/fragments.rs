//! Fragments (RFC 6455 5.4).

use crate::event::Part;
use crate::ids::Side;
use crate::rules::facts::{Ended, OpenMessage, Party, Seen};
use crate::rules::{Point, Report, Severity};
use crate::websocket::opcode::Opcode;

/// Fragments after which their average size is looked at.
const MANY: u32 = 1024;

/// Bytes on average below which fragments are tiny: the headers alone are half as much for a client.
const TINY: u64 = 16;

/// RFC 6455 5.4: a message begins with an opcode other than 0.
pub(super) fn orphan(seen: &Seen<'_>, report: &mut Report<'_>) {
    let frame = seen.frame;
    if frame.header.opcode == Opcode::CONTINUATION && frame.part == Part::None && seen.in_step() {
        let expected = "text or binary".to_owned();
        let point = Point { span: Some(seen.span(0, 1)), expected, ..Point::default() };
        report.against(frame.side, point);
    }
}

/// RFC 6455 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another message
/// unless an extension has been negotiated that can interpret the interleaving."
pub(super) fn nested(seen: &Seen<'_>, report: &mut Report<'_>) {
    let opcode = seen.frame.header.opcode;
    let begins = matches!(opcode, Opcode::TEXT | Opcode::BINARY);
    let Some(open) = seen.party().open.filter(|_| begins && seen.in_step() && seen.ledger.plain()) else {
        return;
    };
    let expected = format!("a continuation of the message that frame {} began", open.first.number());
    let point =
        Point { span: Some(seen.span(0, 1)), expected, seen: opcode.name().to_owned(), severity: None };
    report.against(seen.frame.side, point);
}

/// RFC 6455 5.4: a fragmented message is "terminated by a single frame with the FIN bit set". Whoever answers a
/// Close may leave its message (5.5.1), and so may whoever fails the connection (7.1.7).
pub(super) fn unfinished(ended: &Ended<'_>, report: &mut Report<'_>) {
    for side in [Side::Client, Side::Server] {
        let (party, peer) = (ended.ledger.party(side), ended.ledger.party(side.other()));
        if party.lost > 0 || party.searched || party.torn.is_some() {
            continue;
        }
        let (open, by, forced) =
            match (party.closed_inside.as_deref().copied(), party.closed, party.open, party.ended) {
                (Some(open), Some((close, _, at)), ..) => {
                    let answers = peer.closed.is_some_and(|(theirs, ..)| theirs < close);
                    let failing = peer.faults.first().is_some_and(|fault| fault.at.packet <= at.packet);
                    (open, "sent Close", answers || failing)
                }
                (None, None, Some(open), Some((_, at))) => {
                    let first = peer.ended.is_some_and(|(_, theirs)| theirs.packet <= at.packet);
                    (open, "ended TCP", first || peer.closed.is_some() || !peer.faults.is_empty())
                }
                _ => continue,
            };
        let severity = forced.then_some(Severity::Note);
        report.against_frame(side, open.first, unfinished_point(open, side, by, severity));
    }
}

fn unfinished_point(open: OpenMessage, side: Side, by: &str, severity: Option<Severity>) -> Point {
    let fragments =
        if open.frames == 1 { "1 fragment".to_owned() } else { format!("{} fragments", open.frames) };
    let seen = format!("{fragments} without FIN, then the {} {by}", side.name());
    Point { span: Some(open.header), expected: String::new(), seen, severity }
}

/// RFC 7692 6: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first
/// fragments of a data message."
pub(super) fn rsv1(seen: &Seen<'_>, report: &mut Report<'_>) {
    let header = &seen.frame.header;
    let deflate = seen.ledger.agreement.deflate.is_some() && seen.ledger.plain();
    if header.opcode == Opcode::CONTINUATION && header.rsv1() && deflate && seen.in_step() {
        let expected = "RSV1 clear".to_owned();
        let point = Point { span: Some(seen.span(0, 1)), expected, ..Point::default() };
        report.against(seen.frame.side, point);
    }
}

/// Told once a message.
pub(super) fn empty(seen: &Seen<'_>, report: &mut Report<'_>) {
    let frame = seen.frame;
    let before = seen.party().open.map_or(0, |open| open.empty);
    let first = frame.part == Part::First || (frame.part == Part::Middle && before == 0);
    if first && frame.header.payload_len == 0 {
        report.against(frame.side, Point { span: Some(seen.header_span()), ..Point::default() });
    }
}

/// RFC 6455 10.4: a fragmented message can be made to cost its receiver more than it holds. Told once a message.
pub(super) fn excessive(seen: &Seen<'_>, report: &mut Report<'_>) {
    let Some(open) = seen.party().open.filter(|_| continues(seen)) else { return };
    let bytes = open.bytes.saturating_add(seen.frame.header.payload_len);
    if open.frames == MANY - 1 && bytes < u64::from(MANY) * TINY {
        let text = format!("{bytes} bytes in {MANY} fragments so far");
        report.against(
            seen.frame.side,
            Point { span: Some(seen.header_span()), seen: text, ..Point::default() },
        );
    }
}

/// RFC 6455 5.4: "Control frames (see Section 5.5) MAY be injected in the middle of a fragmented message."
pub(super) fn interleaved(seen: &Seen<'_>, report: &mut Report<'_>) {
    let Party { open: Some(open), .. } = seen.party() else { return };
    if seen.frame.header.opcode != Opcode::CLOSE && seen.in_step() {
        let name = seen.frame.header.opcode.name();
        let text = format!("{name} inside the message that frame {} began", open.first.number());
        report.against(
            seen.frame.side,
            Point { span: Some(seen.header_span()), seen: text, ..Point::default() },
        );
    }
}

fn continues(seen: &Seen<'_>) -> bool {
    matches!(seen.frame.part, Part::Middle | Part::Last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::bench::{Bench, frame, masked};

    fn server(frames: &[(u8, &[u8])]) -> Bench {
        frames.iter().fold(Bench::new().open(), |bench, (first, bytes)| bench.server(&frame(*first, bytes)))
    }

    /// RFC 6455 5.4: the three ways to break a message, and a message that is whole.
    #[test]
    fn rfc6455_5_4_order() {
        let bench = server(&[(1, b"a"), (0x80, b"b"), (0x80, b"c")]).close();
        assert_eq!(bench.only("frag-orphan-continuation").1, [0x80]);
        let bench = server(&[(1, b"a"), (0x82, b"b")]).close();
        assert_eq!(bench.only("frag-nested-message").1, [0x82]);
        assert!(!bench.raises("frag-unfinished"));
        let whole = server(&[(1, b"a"), (0, b""), (0x89, b"p"), (0, b"b"), (0x80, b"")]);
        let whole = whole.client(&masked(0x8A, b"p")).close();
        whole.legal();
        let note = ("frag-control-interleaved", "server", Some(2));
        assert_eq!(whole.found(), [("frag-empty-fragment", "server", Some(1)), note]);
        // Met on the way, a continuation continues what was not captured.
        let bench = Bench::mid_stream().server(&frame(0x80, b"the rest of a message"));
        let bench =
            (0..5).fold(bench, |bench, n| bench.server(&frame(0x81, format!("message {n}").as_bytes())));
        assert!(!bench.raises("frag-orphan-continuation"));
    }

    /// RFC 6455 5.4 and 5.5.1: left open by the own Close or FIN; by another's, it is only worth knowing.
    #[test]
    fn rfc6455_5_4_unfinished() {
        let code = "frag-unfinished";
        let open = || server(&[(1, b"a"), (0, b"b")]);
        let (finding, pointed, sentence) = open().server(&frame(0x88, &[3, 232])).only(code);
        assert_eq!((finding.severity, pointed), (Severity::Error, vec![1, 1]));
        assert!(sentence.ends_with("2 fragments without FIN, then the server sent Close"));
        assert_eq!(open().fin(Side::Server).only(code).0.severity, Severity::Error);
        let answer = open().client(&masked(0x88, &[3, 232])).server(&frame(0x88, &[3, 232])).end_tcp();
        assert_eq!(answer.only(code).0.severity, Severity::Note);
        assert_eq!(open().rst(Side::Client).fin(Side::Server).only(code).0.severity, Severity::Note);
        assert!(!open().raises(code) && !open().lost(Side::Server, 9).fin(Side::Server).raises(code));
        assert!(!open().server(&frame(0x80, b"")).close().raises(code));
    }

    /// RFC 7692 6.
    #[test]
    fn rfc7692_6_fragments() {
        let code = "frag-rsv1-on-continuation";
        let hello = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        let parts = |last| {
            let first = frame(0x41, &hello[..3]);
            Bench::new().open_deflate("").server(&first).server(&frame(last, &hello[3..]))
        };
        assert_eq!(parts(0xC0).close().only(code).1, [0xC0]);
        parts(0x80).close().legal();
    }

    /// 1,024 fragments of a byte; of a hundred bytes they are a large message.
    #[test]
    fn rfc6455_10_4_excessive() {
        let of = |len: usize| {
            let bytes =
                [frame(2, &vec![7; len]), frame(0, &vec![7; len]).repeat(1100), frame(0x80, b"")].concat();
            bytes.chunks(1400).fold(Bench::new().open(), Bench::server).close()
        };
        assert!(of(1).only("frag-excessive").2.ends_with("1024 bytes in 1024 fragments so far"));
        of(100).legal();
    }
}
