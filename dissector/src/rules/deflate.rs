//! Compressed payloads and sizes (RFC 7692 7.2, RFC 6455 10.4).
//!
//! Inflating is done elsewhere, with the largest window and all that was said before; who broke what was agreed
//! on shows in the symbols.

mod limits;
mod proxy;

use crate::event::{Outcome, Spot};
use crate::rules::facts::{On, Told};
use crate::rules::{Check, Level, Point, Report, Rule, Severity};
use crate::span::Span;
use crate::websocket::deflate::{Params, Tail, Trace, Why};

/// The rules of this topic.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    Rule { code: "pmd-inflate-error", severity: Severity::Error, level: Level::Must, rfc: "7692 7.2.2", says: "A compressed message cannot be inflated", likely: "", check: Check::Message(inflate_error) },
    Rule { code: "pmd-context-not-reset", severity: Severity::Error, level: Level::Must, rfc: "7692 7.1.1", says: "A message refers to earlier ones, although its sender agreed to no context takeover", likely: "zlib: invalid distance too far back", check: Check::Message(context_not_reset) },
    Rule { code: "pmd-distance-exceeds-window", severity: Severity::Error, level: Level::MustNot, rfc: "7692 7.1.2", says: "A message refers farther back than the window that was agreed on", likely: "zlib: invalid distance too far back", check: Check::Message(distance_exceeds_window) },
    Rule { code: "pmd-tail-not-removed", severity: Severity::Warn, level: Level::Must, rfc: "7692 7.2.1", says: "A compressed message still ends with the four octets that its sender is to remove", likely: "", check: Check::Message(tail_not_removed) },
    Rule { code: "pmd-tail-incomplete", severity: Severity::Error, level: Level::Must, rfc: "7692 7.2.1", says: "A compressed message does not end at the end of a block", likely: "", check: Check::Message(tail_incomplete) },
    Rule { code: "pmd-empty-message", severity: Severity::Note, level: Level::Must, rfc: "7692 7.2.3.6", says: "An empty message is marked as compressed, and lacks the one octet that it compresses to", likely: "", check: Check::Message(empty) },
    Rule { code: "pmd-final-block", severity: Severity::Note, level: Level::May, rfc: "7692 7.2.3.4", says: "A block of a compressed message has BFINAL set", likely: "", check: Check::Message(final_block) },
    Rule { code: "pmd-expansion", severity: Severity::Note, level: Level::Practice, rfc: "7692 6", says: "A message is larger compressed than plain", likely: "", check: Check::Message(limits::expansion) },
    Rule { code: "pmd-ratio-limit", severity: Severity::Warn, level: Level::Must, rfc: "6455 10.4", says: "A compressed message grows beyond measure", likely: "ws: Max payload size exceeded", check: Check::Message(limits::ratio) },
    Rule { code: "message-size-limit", severity: Severity::Note, level: Level::Should, rfc: "6455 10.4", says: "A message is larger than the smallest limit in common use", likely: "ws: Max payload size exceeded", check: Check::Data(On::Telling, limits::frame_size, limits::message_size) },
    Rule { code: "reserved-bits-fragment-change", severity: Severity::Note, level: Level::MustNot, rfc: "6455 5.4", says: "A proxy passes messages with reserved bits on in other fragments", likely: "", check: Check::Capture(proxy::fragmentation) },
];

/// RFC 7692 7.2.2. Only where all that the message may refer to was seen: what cannot be inflated behind a loss,
/// or behind a message that was broken itself, is nobody's fault.
fn inflate_error(told: &Told<'_>, report: &mut Report<'_>) {
    let Some(deflated) = told.message.deflated.as_ref() else { return };
    let Some(broken) = deflated.broken.filter(|_| told.message.outcome == Outcome::Broken) else { return };
    if matches!(broken.why, Why::Unfinished | Why::TooLarge) {
        return;
    }
    let fault = deflated.trace.as_ref().and_then(|trace| trace.fault);
    let place = match fault {
        Some((bit, _)) => format!("bit {} of byte {}", bit % 8, bit / 8),
        None => format!("byte {}", broken.at.saturating_sub(1)),
    };
    let seen = format!("{} at {place}, behind {} bytes of output", broken.why.says(), broken.output);
    against(told, told.message.spot, seen, report);
}

/// RFC 7692 7.1.1: an endpoint that agreed to "no context takeover" begins each message with an empty window.
fn context_not_reset(told: &Told<'_>, report: &mut Report<'_>) {
    let Some((params, trace)) = symbols(told) else { return };
    if let Some(reach) = trace.before.filter(|_| params.no_context_takeover(told.side)) {
        let seen = format!("{} bytes before its first", reach.distance);
        against(told, byte(told, reach.bit / 8), seen, report);
    }
}

/// RFC 7692 7.1.2: the sender's window is limited to two to the power of what was agreed on.
fn distance_exceeds_window(told: &Told<'_>, report: &mut Report<'_>) {
    let Some((params, trace)) = symbols(told) else { return };
    let window = 1u32 << params.max_window_bits(told.side).min(15);
    if let Some(reach) = trace.reach.filter(|reach| reach.distance > window) {
        let expected = format!("{window} bytes at the most");
        let spot = byte(told, reach.bit / 8);
        let point = Point { expected, ..point(spot, format!("{} bytes back", reach.distance)) };
        report.against(told.side, point);
    }
}

/// RFC 7692 7.2.1 step 3: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."
fn tail_not_removed(told: &Told<'_>, report: &mut Report<'_>) {
    if tail(told) == Some(Tail::Kept) {
        let len = told.message.wire_len;
        let spot = byte(told, len.saturating_sub(4));
        let spot = spot.map(|spot| Spot { span: Span { len: 4, ..spot.span }, ..spot });
        against(told, spot, String::new(), report);
    }
}

/// RFC 7692 7.2.1 and 7.2.2: with the four octets behind it, a message ends where a block does.
fn tail_incomplete(told: &Told<'_>, report: &mut Report<'_>) {
    let broken = told.message.deflated.as_ref().and_then(|deflated| deflated.broken);
    let unfinished = broken.is_some_and(|broken| broken.why == Why::Unfinished);
    if tail(told) == Some(Tail::Ragged) || (unfinished && told.message.outcome == Outcome::Broken) {
        let spot = byte(told, told.message.wire_len.saturating_sub(1));
        against(told, spot, String::new(), report);
    }
}

/// RFC 7692 7.2.3.6: an empty message compresses to "a single octet 0x00".
fn empty(told: &Told<'_>, report: &mut Report<'_>) {
    if tail(told) == Some(Tail::Empty) {
        let span = told.frame.map(|frame| Span {
            stream: frame.stream,
            at: frame.at,
            len: frame.header.len() as u64,
        });
        report.against(told.side, Point { span, ..Point::default() });
    }
}

/// RFC 7692 7.2.3.4 shows one.
fn final_block(told: &Told<'_>, report: &mut Report<'_>) {
    let inflated = told.message.deflated.as_ref().and_then(|deflated| deflated.inflated);
    if inflated.is_some_and(|inflated| inflated.final_block) {
        report.against(told.side, Point::default());
    }
}

/// What was agreed on, and the symbols of a message that was seen whole: of another one, the last symbols are made
/// of what is not there.
fn symbols<'a>(told: &Told<'a>) -> Option<(&'a Params, &'a Trace)> {
    let params = told.ledger.agreement.deflate.as_ref()?;
    let trace = told.message.deflated.as_ref()?.trace.as_deref()?;
    (told.message.outcome == Outcome::Whole).then_some((params, trace))
}

fn tail(told: &Told<'_>) -> Option<Tail> {
    let inflated = told.message.deflated.as_ref()?.inflated?;
    Some(inflated.tail)
}

/// A byte of the compressed payload, where the message is one frame.
fn byte(told: &Told<'_>, byte: u64) -> Option<Spot> {
    let frame = told.frame.filter(|_| told.message.frames == 1)?;
    let at = frame.at.saturating_add(frame.header.len() as u64).saturating_add(byte);
    Some(Spot { frame: frame.id, fragment: 1, span: Span { stream: frame.stream, at, len: 1 } })
}

fn point(spot: Option<Spot>, seen: String) -> Point {
    Point { span: spot.map(|spot| spot.span), seen, ..Point::default() }
}

fn against(told: &Told<'_>, spot: Option<Spot>, seen: String, report: &mut Report<'_>) {
    match spot {
        Some(at) => report.against_frame(told.side, at.frame, point(spot, seen)),
        None => report.against(told.side, point(None, seen)),
    }
}

#[cfg(test)]
mod tests {
    use crate::ids::Side;
    use crate::rules::bench::{Bench, frame, masked};
    use flate2::{Compress, Compression, FlushCompress};

    fn compressed(compressor: &mut Compress, text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() + 100);
        compressor.compress_vec(text, &mut bytes, FlushCompress::Sync).unwrap();
        bytes.truncate(bytes.len() - 4);
        bytes
    }

    fn deflate() -> Compress {
        Compress::new(Compression::default(), false)
    }

    fn server(parameters: &str, payloads: &[&[u8]]) -> Bench {
        let bench = Bench::new().open_deflate(parameters);
        payloads.iter().fold(bench, |bench, payload| bench.server(&frame(0xC2, payload))).close()
    }

    /// RFC 7692 7.2.3: its examples are legal: fixed, stored, BFINAL, two blocks, empty; and so is a message that is
    /// not compressed.
    #[test]
    fn rfc7692_7_2_3_examples() {
        let stored = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
        let fixed = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        let shared = [0xf2, 0x00, 0x11, 0x00, 0x00];
        let last = [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
        let blocks = [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00];
        let bench = server("", &[&fixed, &shared, &stored, &last, &blocks, &[0]]);
        bench.legal();
        assert_eq!(bench.only("pmd-final-block").0.frame.map(|it| it.index()), Some(3));
        Bench::new()
            .open_deflate("")
            .client(&masked(0x81, b"Hello"))
            .server(&frame(0xC1, &fixed))
            .close()
            .legal();
    }

    /// RFC 7692 7.2.2: the reserved block type; behind it, nobody is blamed for what refers to what was lost.
    #[test]
    fn rfc7692_7_2_2_inflate_error() {
        let mut compressor = deflate();
        let one = compressed(&mut compressor, b"a text that comes again");
        let two = compressed(&mut compressor, b"a text that comes again");
        let (_, pointed, sentence) = server("", &[&one, &[0x07, 1, 2], &two]).only("pmd-inflate-error");
        assert_eq!(pointed, [7]);
        assert!(sentence.contains("a block of the reserved type 11 at byte 0"), "{sentence}");
        let bench = Bench::new().open_deflate("").server(&frame(0xC2, &one)).lost(Side::Server, 20);
        assert!(!bench.server(&frame(0xC2, &two)).close().raises("pmd-inflate-error"));
        server("", &[&one, &two]).legal();
    }

    /// RFC 7692 7.1.1: the same two messages are a breach or not by what was agreed on, and for whom.
    #[test]
    fn rfc7692_7_1_1_context() {
        let code = "pmd-context-not-reset";
        let mut compressor = deflate();
        let text = b"a text that comes again";
        let (one, two) = (compressed(&mut compressor, text), compressed(&mut compressor, text));
        let bench = server("; server_no_context_takeover", &[&one, &two]);
        let (finding, pointed, sentence) = bench.only(code);
        assert_eq!((finding.frame.map(|it| it.index()), pointed.len()), (Some(1), 1));
        assert!(sentence.ends_with("22 bytes before its first"), "{sentence}");
        server("; client_no_context_takeover", &[&one, &two]).legal();
        server("; server_no_context_takeover", &[&one, &compressed(&mut deflate(), text)]).legal();
    }

    /// RFC 7692 7.1.2: 600 bytes back are too far for 9 bits, and not for 10.
    #[test]
    fn rfc7692_7_1_2_window() {
        let code = "pmd-distance-exceeds-window";
        let mut text: Vec<u8> = (0..600u32).map(|i| (i * i * 7 + i / 3) as u8).collect();
        text.extend_from_within(..40);
        let payload = compressed(&mut deflate(), &text);
        let nine = server("; server_max_window_bits=9", &[&payload]);
        assert!(nine.only(code).2.ends_with("expected 512 bytes at the most, saw 600 bytes back"));
        server("; server_max_window_bits=10", &[&payload]).legal();
    }

    /// RFC 7692 7.2.1: the tail left on, and the end cut off.
    #[test]
    fn rfc7692_7_2_1_tails() {
        let mut whole = compressed(&mut deflate(), b"hello, hello, hello");
        let cut = server("", &[&whole[..whole.len() - 3]]);
        assert!(cut.raises("pmd-tail-incomplete") && !cut.raises("pmd-inflate-error"));
        server("", &[&whole]).legal();
        whole.extend([0, 0, 255, 255]);
        assert_eq!(server("", &[&whole]).only("pmd-tail-not-removed").1, [0, 0, 255, 255]);
        assert_eq!(server("", &[b""]).only("pmd-empty-message").1, [0xC2, 0]);
        assert!(!server("", &[&[0]]).raises("pmd-empty-message"));
    }
}
