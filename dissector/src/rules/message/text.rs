//! Text that is none, and bytes that are text (RFC 6455 5.6, 8.1).
//!
//! Where an extension that is not known was agreed on, payloads are its own and nobody else's matter.

use crate::event::{Part, Spot};
use crate::rules::facts::{Ledger, Party, Seen, Told};
use crate::rules::{Point, Report};
use crate::websocket::opcode::Opcode;
use crate::websocket::utf8::Verdict;

/// RFC 6455 8.1: "When an endpoint is to interpret a byte stream as UTF-8 but finds that the byte stream is not, in
/// fact, a valid UTF-8 stream, that endpoint MUST _Fail the WebSocket Connection_."
pub(super) fn invalid_frame(seen: &Seen<'_>, report: &mut Report<'_>) {
    let Some(Verdict::Invalid { at, kind }) = seen.frame.utf8 else { return };
    if text(seen) {
        let text = format!("{} at byte {at}", kind.says());
        let span = Some(seen.payload_span(at, 1));
        report.against(seen.frame.side, Point { span, seen: text, ..Point::default() });
    }
}

/// The same of a message in several frames, or compressed.
pub(super) fn invalid_message(told: &Told<'_>, report: &mut Report<'_>) {
    if let Some(Verdict::Invalid { at, kind }) = told.message.utf8 {
        wrong(told, &format!("{} at byte {at}", kind.says()), report);
    }
}

/// RFC 6455 5.6: "a particular text frame might include a partial UTF-8 sequence; however, the whole message MUST
/// contain valid UTF-8."
pub(super) fn incomplete_frame(seen: &Seen<'_>, report: &mut Report<'_>) {
    let Some(Verdict::Incomplete { at }) = seen.frame.utf8 else { return };
    if text(seen) {
        let len = seen.frame.header.payload_len.saturating_sub(at);
        let text = format!("a code point that begins at byte {at} and is cut after {}", bytes(len));
        let span = Some(seen.payload_span(at, len));
        report.against(seen.frame.side, Point { span, seen: text, ..Point::default() });
    }
}

/// The same of a message in several frames, or compressed.
pub(super) fn incomplete_message(told: &Told<'_>, report: &mut Report<'_>) {
    if let Some(Verdict::Incomplete { at }) = told.message.utf8 {
        let cut = bytes(told.message.len.saturating_sub(at));
        wrong(told, &format!("a code point that begins at byte {at} and is cut after {cut}"), report);
    }
}

/// RFC 6455 5.6: text is for UTF-8, binary for what the application makes of it.
pub(super) fn binary(seen: &Seen<'_>, report: &mut Report<'_>) {
    if seen.frame.like_json && readable(seen.ledger) {
        let span = Some(seen.payload_span(0, seen.frame.header.payload_len));
        report.against(seen.frame.side, Point { span, ..Point::default() });
    }
}

/// Whether a frame is a plain text message, beyond doubt.
fn text(seen: &Seen<'_>) -> bool {
    let (frame, header) = (seen.frame, &seen.frame.header);
    header.opcode == Opcode::TEXT
        && frame.part == Part::Whole
        && header.rsv == 0
        && !frame.resynchronized
        && steady(seen.party())
        && readable(seen.ledger)
}

/// Whether the headers before made sense.
fn steady(party: &Party) -> bool {
    !party.searched || party.strange.row == 0
}

/// Whether payloads are what they seem: no unknown extension stands between.
fn readable(ledger: &Ledger) -> bool {
    !ledger.agreed() || ledger.plain()
}

fn wrong(told: &Told<'_>, text: &str, report: &mut Report<'_>) {
    let (side, message) = (told.side, told.message);
    if !readable(told.ledger) || !steady(told.ledger.party(side)) {
        return;
    }
    let Some(Spot { frame, fragment, span }) = message.spot else { return };
    let inflated = if message.compressed { " of the inflated message" } else { "" };
    let place = match message.frames {
        1 => String::new(),
        _ => format!(", in fragment {fragment}"),
    };
    let seen = format!("{text}{inflated}{place}");
    report.against_frame(side, frame, Point { span: Some(span), seen, ..Point::default() });
}

fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

#[cfg(test)]
mod tests {
    use crate::rules::bench::{Bench, frame, masked};

    /// RFC 3629 3, kind by kind, in one frame.
    #[test]
    fn rfc6455_8_1_kinds() {
        for (bytes, says) in [
            (&b"ab\xC0\xAF"[..], "an overlong sequence at byte 2"),
            (b"ab\xED\xA0\x80", "a UTF-16 surrogate at byte 2"),
            (b"ab\xF4\x90\x80\x80", "a code point above U+10FFFF at byte 2"),
            (b"ab\x80", "a continuation byte with nothing to continue at byte 2"),
        ] {
            let bench = Bench::new().open().client(&masked(0x81, bytes)).close();
            let (finding, pointed, sentence) = bench.only("text-invalid-utf8");
            assert_eq!((finding.accused.name(), pointed.len()), ("client", 1));
            assert!(sentence.ends_with(says), "{sentence}");
            assert!(!Bench::new().open().client(&masked(0x82, bytes)).close().raises("text-invalid-utf8"));
        }
        // Non-characters are characters enough (RFC 6455 8.1 asks for UTF-8 only).
        Bench::new().open().server(&frame(0x81, "\u{FFFE}\u{FDD0}\u{10FFFF}".as_bytes())).close().legal();
    }

    /// RFC 6455 5.6: split over fragments a code point is fine; a bad one is found in its frame, also where the
    /// message never ends.
    #[test]
    fn rfc6455_5_6_fragments() {
        let parts = |last: &[u8]| {
            let bench = Bench::new().open().server(&frame(1, b"abc\xF0\x9F")).server(&frame(0x89, b""));
            bench.client(&masked(0x8A, b"")).server(&frame(0, b"\x98")).server(&frame(0x80, last))
        };
        parts(b"\x80").close().legal();
        let (finding, pointed, sentence) = parts(b"\x80ok\xFF").close().only("text-invalid-utf8");
        assert_eq!((finding.frame.map(|it| it.index()), pointed), (Some(4), vec![0xFF]));
        assert!(
            sentence.ends_with("a byte that never occurs in UTF-8 at byte 9, in fragment 3"),
            "{sentence}"
        );
        let open = Bench::new().open().server(&frame(1, b"\xFF")).client(&masked(0x88, &[3, 239])).end_tcp();
        assert_eq!(open.only("text-invalid-utf8").1, [0xFF]);
        // The client speaks before the message is given up for another one.
        let nested = Bench::new().open().server(&frame(1, b"\xFF")).client(&masked(0x81, b"x"));
        let nested = nested.server(&frame(0x81, b"y")).close();
        assert_eq!(nested.only("text-invalid-utf8").0.accused.name(), "server");
    }

    /// RFC 6455 8.1: the end comes inside a code point.
    #[test]
    fn rfc6455_8_1_incomplete() {
        let code = "text-incomplete-utf8";
        let bench = Bench::new().open().client(&masked(0x81, b"ab\xE2\x82")).close();
        let (_, pointed, sentence) = bench.only(code);
        assert_eq!(pointed.len(), 2);
        assert!(sentence.ends_with("a code point that begins at byte 2 and is cut after 2 bytes"));
        let bench = Bench::new().open().server(&frame(1, b"ab\xE2")).server(&frame(0x80, b"\x82")).close();
        assert_eq!(bench.only(code).1, [0x82]);
        assert!(!bench.raises("text-invalid-utf8"));
        Bench::new().open().client(&masked(0x81, "ab€".as_bytes())).close().legal();
    }

    /// Compressed text is held against UTF-8 after inflating: here "Hi" and a byte that is none.
    #[test]
    fn compressed_text() {
        // A stored block of three bytes, and the head of the empty one behind it.
        let stored = [0x00, 3, 0, 0xFC, 0xFF, b'H', b'i', 0xFF, 0x00];
        let bench = Bench::new().open_deflate("").server(&frame(0xC1, &stored)).close();
        let (_, pointed, sentence) = bench.only("text-invalid-utf8");
        assert_eq!(pointed, stored);
        assert!(sentence.ends_with("at byte 2 of the inflated message"), "{sentence}");
    }

    /// Braces around UTF-8 are JSON more often than not; other binary is not looked at.
    #[test]
    fn json_in_binary() {
        let code = "text-binary-mismatch";
        let sent = |first, bytes: &[u8]| Bench::new().open().client(&masked(first, bytes)).close();
        assert!(sent(0x82, b"{\"a\":1}").raises(code));
        for (first, bytes) in [(0x81, &b"{}"[..]), (0x82, b"{\xFF}"), (0x82, b"[1, 2"), (0x82, b"a]")] {
            assert!(!sent(first, bytes).raises(code));
        }
    }
}
