//! Frame headers and masking (RFC 6455 5.2, 5.3).
//!
//! A header is held against the rules only where one is known to begin: after a search, or among nonsense, the
//! bits prove nothing.

mod keys;
mod stream;

use crate::ids::Side;
use crate::rules::facts::{On, Seen};
use crate::rules::{Check, Level, Point, Report, Rule, Severity};
use crate::websocket::header::LengthForm;

/// The rules of this topic.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    Rule { code: "frame-client-unmasked", severity: Severity::Error, level: Level::Must, rfc: "6455 5.1", says: "A frame of the client is not masked", likely: "ws: Invalid WebSocket frame: MASK must be set", check: Check::Frame(On::Odd, client_unmasked) },
    Rule { code: "frame-server-masked", severity: Severity::Error, level: Level::MustNot, rfc: "6455 5.1", says: "A frame of the server is masked", likely: "ws: Invalid WebSocket frame: MASK must be clear", check: Check::Frame(On::Odd, server_masked) },
    Rule { code: "frame-rsv1-unnegotiated", severity: Severity::Error, level: Level::Must, rfc: "6455 5.2", says: "RSV1 is set, but no extension that was agreed on uses it", likely: "ws: Invalid WebSocket frame: RSV1 must be clear", check: Check::Frame(On::Odd, rsv1) },
    Rule { code: "frame-rsv2-set", severity: Severity::Error, level: Level::Must, rfc: "6455 5.2", says: "RSV2 is set, but no extension that was agreed on uses it", likely: "ws: Invalid WebSocket frame: RSV2 and RSV3 must be clear", check: Check::Frame(On::Odd, rsv2) },
    Rule { code: "frame-rsv3-set", severity: Severity::Error, level: Level::Must, rfc: "6455 5.2", says: "RSV3 is set, but no extension that was agreed on uses it", likely: "ws: Invalid WebSocket frame: RSV2 and RSV3 must be clear", check: Check::Frame(On::Odd, rsv3) },
    Rule { code: "frame-opcode-reserved-data", severity: Severity::Error, level: Level::Must, rfc: "6455 5.2", says: "The opcode is one of those reserved for further data frames", likely: "ws: Invalid WebSocket frame: invalid opcode", check: Check::Frame(On::Odd, reserved_data) },
    Rule { code: "frame-opcode-reserved-control", severity: Severity::Error, level: Level::Must, rfc: "6455 5.2", says: "The opcode is one of those reserved for further control frames", likely: "ws: Invalid WebSocket frame: invalid opcode", check: Check::Frame(On::Odd, reserved_control) },
    Rule { code: "frame-length-not-minimal", severity: Severity::Error, level: Level::Must, rfc: "6455 5.2", says: "The payload length is not written in the fewest bytes", likely: "Chromium: Invalid frame header", check: Check::Frame(On::Odd, not_minimal) },
    Rule { code: "frame-length-msb-set", severity: Severity::Error, level: Level::Must, rfc: "6455 5.2", says: "The most significant bit of the 64-bit payload length is set", likely: "Chromium: Invalid frame header", check: Check::Frame(On::Odd, length_msb) },
    Rule { code: "frame-length-implausible", severity: Severity::Warn, level: Level::Must, rfc: "6455 10.4", says: "The header announces a payload so long that it is hardly a header", likely: "ws: Max payload size exceeded", check: Check::Frame(On::Torn, stream::implausible) },
    Rule { code: "mask-key-zero", severity: Severity::Warn, level: Level::Must, rfc: "6455 5.3", says: "The masking key is zero, so the payload goes in clear", likely: "", check: Check::Frame(On::Any, keys::zero) },
    Rule { code: "mask-key-reused", severity: Severity::Error, level: Level::Must, rfc: "6455 5.3", says: "Frames in a row are masked with the same key", likely: "", check: Check::Frame(On::Any, keys::reused) },
    Rule { code: "mask-key-predictable", severity: Severity::Warn, level: Level::MustNot, rfc: "6455 5.3", says: "The masking keys can be told from those before them", likely: "", check: Check::Frame(On::Any, keys::predictable) },
    Rule { code: "frame-truncated", severity: Severity::Error, level: Level::Practice, rfc: "6455 5.2", says: "The stream ended inside a frame", likely: "gorilla: websocket: close 1006 (abnormal closure): unexpected EOF", check: Check::End(stream::truncated) },
    Rule { code: "frame-desync", severity: Severity::Warn, level: Level::Practice, rfc: "", says: "The frames of this side cannot be followed here", likely: "", check: Check::Frame(On::Any, stream::desync) },
];

/// RFC 6455 5.1: "The server MUST close the connection upon receiving a frame that is not masked."
fn client_unmasked(seen: &Seen<'_>, report: &mut Report<'_>) {
    if seen.frame.side == Side::Client && seen.frame.header.mask.is_none() && seen.in_step() {
        report.against(Side::Client, second(seen, "the MASK bit set"));
    }
}

/// RFC 6455 5.1: "A server MUST NOT mask any frames that it sends to the client."
fn server_masked(seen: &Seen<'_>, report: &mut Report<'_>) {
    if seen.frame.side == Side::Server && seen.frame.header.mask.is_some() && seen.in_step() {
        report.against(Side::Server, second(seen, "the MASK bit clear"));
    }
}

/// RFC 6455 5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values."
/// With permessage-deflate the bit is judged by RFC 7692 6 instead.
fn rsv1(seen: &Seen<'_>, report: &mut Report<'_>) {
    let deflate = seen.ledger.agreement.deflate.is_some();
    if seen.frame.header.rsv1() && !deflate && firm(seen) {
        report.against(seen.frame.side, first(seen, "RSV1 clear"));
    }
}

fn rsv2(seen: &Seen<'_>, report: &mut Report<'_>) {
    if seen.frame.header.rsv2() && firm(seen) {
        report.against(seen.frame.side, first(seen, "RSV2 clear"));
    }
}

fn rsv3(seen: &Seen<'_>, report: &mut Report<'_>) {
    if seen.frame.header.rsv3() && firm(seen) {
        report.against(seen.frame.side, first(seen, "RSV3 clear"));
    }
}

/// RFC 6455 5.2: "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket
/// Connection_." Extensions may define it (5.8).
fn reserved_data(seen: &Seen<'_>, report: &mut Report<'_>) {
    let opcode = seen.frame.header.opcode;
    if opcode.is_reserved() && opcode.is_data() && firm(seen) {
        report.against(seen.frame.side, first(seen, "opcode 0, 1 or 2"));
    }
}

fn reserved_control(seen: &Seen<'_>, report: &mut Report<'_>) {
    let opcode = seen.frame.header.opcode;
    if opcode.is_reserved() && opcode.is_control() && firm(seen) {
        report.against(seen.frame.side, first(seen, "opcode 8, 9 or 10"));
    }
}

/// RFC 6455 5.2: "in all cases, the minimal number of bytes MUST be used to encode the length, for example, the
/// length of a 124-byte-long string can't be encoded as the sequence 126, 0, 124."
fn not_minimal(seen: &Seen<'_>, report: &mut Report<'_>) {
    let header = &seen.frame.header;
    if header.is_minimal() || !seen.in_step() {
        return;
    }
    let wanted = LengthForm::minimal(header.payload_len);
    let expected = match wanted {
        LengthForm::Seven => "7 bits",
        _ => "16 bits",
    };
    let written = if header.form == LengthForm::Sixteen { 16 } else { 64 };
    let seen_as = format!("{} in {written} bits", header.payload_len);
    report.against(seen.frame.side, length(seen, expected.to_owned(), seen_as));
}

/// RFC 6455 5.2: "the most significant bit MUST be 0".
fn length_msb(seen: &Seen<'_>, report: &mut Report<'_>) {
    let header = &seen.frame.header;
    if header.has_length_msb() && seen.in_step() {
        let seen_as = format!("{:#x}", header.payload_len);
        report.against(seen.frame.side, length(seen, String::new(), seen_as));
    }
}

/// Whether the header is one, and whatever could give its reserved bits a meaning is known not to.
fn firm(seen: &Seen<'_>) -> bool {
    seen.in_step() && seen.ledger.plain()
}

/// The byte of FIN, RSV and opcode.
fn first(seen: &Seen<'_>, expected: &str) -> Point {
    let header = &seen.frame.header;
    let byte = u8::from(header.fin) << 7 | header.rsv << 4 | header.opcode.0;
    let seen_as = format!("byte 0 is {byte:#04x}");
    Point { span: Some(seen.span(0, 1)), expected: expected.to_owned(), seen: seen_as, severity: None }
}

/// The byte of MASK and the short length.
fn second(seen: &Seen<'_>, expected: &str) -> Point {
    Point { span: Some(seen.span(1, 1)), expected: expected.to_owned(), ..Point::default() }
}

/// The length, however it is written.
fn length(seen: &Seen<'_>, expected: String, seen_as: String) -> Point {
    let span = seen.span(1, 1 + seen.frame.header.form.extra() as u64);
    Point { span: Some(span), expected, seen: seen_as, severity: None }
}

#[cfg(test)]
mod tests {
    use crate::ids::Side;
    use crate::rules::bench::{Bench, frame, masked};

    /// Every octet that a server may not begin a frame with, the rule that says so, and the byte it points at.
    #[test]
    fn rfc6455_5_2_first_byte() {
        for (octet, code) in [
            (0xC1, "frame-rsv1-unnegotiated"),
            (0xA1, "frame-rsv2-set"),
            (0x91, "frame-rsv3-set"),
            (0x83, "frame-opcode-reserved-data"),
            (0x87, "frame-opcode-reserved-data"),
            (0x8B, "frame-opcode-reserved-control"),
            (0x8F, "frame-opcode-reserved-control"),
        ] {
            let bench = Bench::new().open().server(&frame(octet, b"x")).close();
            assert_eq!(bench.only(code).1, [octet], "{octet:x}");
            // An extension that nobody here knows may give it a meaning.
            let offer = "Sec-WebSocket-Extensions: x-other";
            let other = Bench::new().request(&[offer]).response(&[offer]).server(&frame(octet, b"x")).close();
            assert!(!other.raises(code), "{octet:x}");
        }
        for octet in [0x81, 0x82, 0x89, 0x8A] {
            Bench::new().open().server(&frame(octet, b"x")).client(&masked(octet, b"y")).close().legal();
        }
        let deflate = Bench::new().open_deflate("").server(&frame(0xC1, &[0xCA, 0])).close();
        assert!(!deflate.raises("frame-rsv1-unnegotiated"));
    }

    /// RFC 6455 5.1: who masks, the Close included.
    #[test]
    fn rfc6455_5_1_masks() {
        let bench = Bench::new().open().client(&frame(0x88, &[3, 232])).server(&frame(0x88, &[3, 232]));
        assert_eq!(bench.only("frame-client-unmasked").1, [2]);
        let bench = Bench::new().open().server(&masked(0x81, b"hi"));
        assert_eq!(bench.only("frame-server-masked").1, [0x82]);
        let bench = Bench::new().open().client(&masked(0x81, b"")).server(&frame(0x81, b"")).close();
        assert!(!bench.raises("frame-client-unmasked") && !bench.raises("frame-server-masked"));
    }

    /// RFC 6455 5.2: 125 and 126, 65,535 and 65,536 in every form.
    #[test]
    fn rfc6455_5_2_lengths() {
        let with = |len: usize, bytes: &[u8]| [&[0x82], bytes, &vec![0; len]].concat();
        let code = "frame-length-not-minimal";
        let bench = Bench::new().open().server(&with(125, &[126, 0, 125])).close();
        assert_eq!(bench.only(code).1, [126, 0, 125]);
        assert!(bench.only(code).2.ends_with("expected 7 bits, saw 125 in 16 bits"));
        let long = with(300, &[127, 0, 0, 0, 0, 0, 0, 1, 44]);
        assert!(Bench::new().open().server(&long).close().raises(code));
        for bytes in [with(126, &[126, 0, 126]), with(125, &[125])] {
            assert!(!Bench::new().open().server(&bytes).close().raises(code));
        }
        let msb = with(9, &[127, 0x80, 0, 0, 0, 0, 0, 0, 9]);
        let bench = Bench::new().open().server(&msb).fin(Side::Server);
        assert_eq!(bench.only("frame-length-msb-set").1, [127, 0x80, 0, 0, 0, 0, 0, 0, 9]);
        assert!(!Bench::new().open().server(&long).close().raises("frame-length-msb-set"));
    }

    /// Met on the way, a header's reserved bits prove nothing.
    #[test]
    fn mid_stream_is_silent() {
        let text = |n| frame(0x81, format!("message number {n} of a few").as_bytes());
        let bench = Bench::mid_stream().server(&text(1)).server(&text(2)).server(&text(3));
        let found = bench.server(&frame(0xB3, b"x")).server(&text(4)).run();
        assert!(found.findings.iter().all(|finding| !finding.rule().code.starts_with("frame-")));
    }
}
