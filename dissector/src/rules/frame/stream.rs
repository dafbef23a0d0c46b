//! Frames that do not end, and headers that are none: where a stream is out of step.

use crate::event::{Ending, Opening};
use crate::ids::Side;
use crate::rules::facts::{Cut, Ended, Ledger, Seen};
use crate::rules::{Accused, Point, Report, Severity};

/// Longer than this, a frame that did not come is not believed to have been meant.
const LONG: u64 = 1 << 30;

/// Longer than this, nobody means a frame.
const ABSURD: u64 = 1 << 40;

/// Whether a payload length is hardly one.
fn hardly(payload_len: u64, missing: u64) -> bool {
    let came = payload_len.saturating_sub(missing);
    payload_len >= ABSURD || payload_len > LONG && came < payload_len / 1024
}

/// RFC 6455 10.4: "Implementations that have implementation- and/or platform-specific limitations regarding the
/// frame size or total message size after reassembly from multiple frames MUST protect themselves".
pub(super) fn implausible(seen: &Seen<'_>, report: &mut Report<'_>) {
    let (frame, header) = (seen.frame, &seen.frame.header);
    if frame.truncated && hardly(header.payload_len, frame.missing) && seen.in_step() {
        let span = seen.span(1, 1 + header.form.extra() as u64);
        let came = header.payload_len.saturating_sub(frame.missing);
        let text = format!("{} bytes, of which {came} came", header.payload_len);
        report.against(frame.side, Point { span: Some(span), seen: text, ..Point::default() });
    }
}

/// The end of a stream is known by its FIN or RST only, and what was lost may have been the rest of the frame.
/// Whoever stops because the peer has closed or gone breaks nothing (RFC 6455 7.1.7).
pub(super) fn truncated(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    for side in [Side::Client, Side::Server] {
        let (party, peer) = (ledger.party(side), ledger.party(side.other()));
        let Some((how, at)) = party.ended.filter(|_| party.lost == 0 && !party.strange.is_nonsense()) else {
            continue;
        };
        let gone = peer.ended.is_some_and(|(_, theirs)| theirs.packet < at.packet);
        let severity = (gone || peer.closed.is_some()).then_some(Severity::Note);
        let who = || who(ledger, side, how);
        if let Some(Cut { frame, span, payload_len, missing }) = party.torn.as_deref().copied() {
            if hardly(payload_len, missing) {
                continue;
            }
            let expected = format!("{payload_len} bytes of payload");
            let seen = format!("{missing} fewer; {}", who());
            let point = Point { span: Some(span), expected, seen, severity };
            report.against_frame(side, frame, point);
        } else if let Some(span) =
            party.leftover.as_deref().copied().filter(|_| ledger.opening == Opening::Handshake)
        {
            let seen = format!("{} {} of a header; {}", span.len, bytes(span.len), who());
            report.against(side, Point { span: Some(span), expected: String::new(), seen, severity });
        }
    }
}

/// By whom TCP was ended first, where this side ended it like this.
fn who(ledger: &Ledger, side: Side, how: Ending) -> String {
    let word = |how| if how == Ending::Fin { "FIN" } else { "RST" };
    let peer = side.other();
    let at = |side| ledger.party(side).ended.map(|(how, at)| (at.packet, how));
    match (at(side), at(peer)) {
        (Some((mine, _)), Some((theirs, first))) if theirs < mine => {
            format!("the {} had sent {} first", peer.name(), word(first))
        }
        _ => format!("the {} sent {}", side.name(), word(how)),
    }
}

/// Three headers in a row that are strange in more than one way; or frames that were found again.
pub(super) fn desync(seen: &Seen<'_>, report: &mut Report<'_>) {
    let (party, frame) = (seen.party(), seen.frame);
    if frame.resynchronized {
        // Where none had been followed before, there was no step to lose.
        if party.frames > 0 && party.lost > 0 {
            let text = format!("frames are found again from here on, behind {} lost bytes", party.lost);
            let severity = Some(Severity::Note);
            let point = Point { span: Some(seen.header_span()), seen: text, severity, ..Point::default() };
            report.find(Accused::Observer, point);
        }
        return;
    }
    if !party.strange.is_nonsense() && party.strange.with(frame).is_nonsense() {
        let text = "three headers in a row that can hardly be headers".to_owned();
        report.against(frame.side, Point { span: Some(seen.header_span()), seen: text, ..Point::default() });
    }
}

fn bytes(count: u64) -> &'static str {
    if count == 1 { "byte" } else { "bytes" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::bench::{Bench, frame, masked};

    /// RFC 6455 7.1.1: an end inside a payload or a header, whoever came first.
    #[test]
    fn cut_frames() {
        let code = "frame-truncated";
        let whole = frame(0x81, &[b'x'; 100]);
        let cut = || Bench::new().open().server(&whole[..40]);
        let (finding, pointed, sentence) = cut().fin(Side::Server).only(code);
        assert_eq!((pointed.as_slice(), finding.frame.is_some()), (&whole[..40], true));
        assert_eq!(
            sentence,
            "The stream ended inside a frame: expected 100 bytes of payload, saw 62 fewer; the server sent FIN"
        );
        let (finding, _, sentence) = cut().fin(Side::Client).fin(Side::Server).only(code);
        assert_eq!(finding.severity, Severity::Note);
        assert!(sentence.ends_with("the client had sent FIN first"));
        assert!(cut().rst(Side::Server).raises(code));
        let (_, header, sentence) =
            Bench::new().open().client(&masked(0x81, b"x")[..5]).fin(Side::Client).only(code);
        assert_eq!(header, masked(0x81, b"x")[..5]);
        assert!(sentence.contains("5 bytes of a header"));
        // The capture ended, or the peer had enough, or bytes were lost: nothing is known of the rest.
        assert!(!cut().raises(code) && !cut().rst(Side::Client).raises(code));
        assert!(!cut().lost(Side::Server, 20).fin(Side::Server).raises(code));
        assert!(!Bench::new().open().server(&whole).end_tcp().raises(code));
    }

    /// A terabyte is no frame, a large one that was not sent to its end is.
    #[test]
    fn implausible_length() {
        let code = "frame-length-implausible";
        let announced = |len: u64| [&[0x82, 127][..], &len.to_be_bytes(), b"some"].concat();
        let bench = Bench::new().open().server(&announced(1 << 42)).fin(Side::Server);
        assert_eq!(bench.only(code).1.len(), 9);
        assert!(!bench.raises("frame-truncated"));
        let bench = Bench::new().open().server(&announced(1 << 20)).fin(Side::Server);
        assert!(!bench.raises(code) && bench.raises("frame-truncated"));
    }

    /// Nonsense is told once; a peer with one bad habit is not out of step.
    #[test]
    fn desynchronized() {
        let code = "frame-desync";
        let nonsense =
            [frame(0x83, b"ab"), frame(0xB1, b"cd"), frame(0x8F, b"ef"), frame(0xF6, b"gh")].concat();
        let bench = Bench::new().open().server(&nonsense).close();
        let (finding, pointed, _) = bench.only(code);
        assert_eq!((finding.accused, pointed), (Accused::Side(Side::Server), vec![0x8F, 2]));
        let habit = frame(0x91, b"ab").repeat(6);
        assert!(!Bench::new().open().server(&habit).close().raises(code));
        let one = [frame(0x81, b"ab"), frame(0xF3, b"cd"), frame(0x81, b"ef")].concat();
        assert!(!Bench::new().open().server(&one).close().raises(code));
    }

    /// Found again behind a gap: that is the capture's fault, and nothing is held against the peers.
    #[test]
    fn found_again_behind_a_gap() {
        let text = |n| frame(0x81, format!("a message that is number {n}").as_bytes());
        let mut bench = Bench::new().open().server(&text(1)).lost(Side::Server, 30);
        for n in 2..9 {
            bench = bench.server(&text(n));
        }
        let (finding, _, _) = bench.close().only("frame-desync");
        assert_eq!((finding.accused, finding.severity), (Accused::Observer, Severity::Note));
    }
}
