//! Messages that are too much for somebody (RFC 6455 10.4).

use crate::event::{Outcome, Part};
use crate::rules::facts::{Seen, Told};
use crate::rules::judge::LARGE;
use crate::rules::{Point, Report};
use crate::span::Span;

/// Smaller messages often grow by compression; of these it is a waste.
const WASTE: u64 = 256;

/// Inflated to more than this, and more than so many times its size: what a bomb looks like.
const BOMB: (u64, u64) = (16 << 20, 200);

/// Compressing was for nothing.
pub(super) fn expansion(told: &Told<'_>, report: &mut Report<'_>) {
    let message = told.message;
    if message.compressed
        && message.outcome == Outcome::Whole
        && message.len >= WASTE
        && message.wire_len > message.len
    {
        let seen = format!("{} bytes on the wire, {} bytes plain", message.wire_len, message.len);
        report.against(told.side, Point { span: payload(told), seen, ..Point::default() });
    }
}

/// RFC 6455 10.4: "Such a malicious peer could, for example, send a single big frame": compressed, it need not
/// even be big.
pub(super) fn ratio(told: &Told<'_>, report: &mut Report<'_>) {
    let message = told.message;
    let (bytes, times) = BOMB;
    let seen = if message.outcome == Outcome::TooLarge {
        let output =
            message.deflated.as_ref().and_then(|deflated| deflated.broken).map(|broken| broken.output);
        format!("inflating was given up after {} bytes", output.unwrap_or_default())
    } else if message.compressed && message.len > bytes && message.len / message.wire_len.max(1) > times {
        format!("{} bytes inflate to {}", message.wire_len, message.len)
    } else {
        return;
    };
    report.against(told.side, Point { span: payload(told), seen, ..Point::default() });
}

/// A plain message of one frame.
pub(super) fn frame_size(seen: &Seen<'_>, report: &mut Report<'_>) {
    let (frame, len) = (seen.frame, seen.frame.header.payload_len);
    if len > LARGE && frame.part == Part::Whole && !frame.compressed && !frame.truncated {
        let text = format!("{len} bytes");
        report.against(frame.side, Point { span: Some(seen.header_span()), seen: text, ..Point::default() });
    }
}

/// Any other message.
pub(super) fn message_size(told: &Told<'_>, report: &mut Report<'_>) {
    let message = told.message;
    let len = if message.compressed { message.len } else { message.wire_len };
    if len > LARGE && (message.compressed || message.frames > 1) {
        report.against(told.side, Point { seen: format!("{len} bytes"), ..Point::default() });
    }
}

/// The payload of a message of one frame.
fn payload(told: &Told<'_>) -> Option<Span> {
    let frame = told.frame.filter(|_| told.message.frames == 1)?;
    let at = frame.at.saturating_add(frame.header.len() as u64);
    Some(Span { stream: frame.stream, at, len: frame.header.payload_len })
}

#[cfg(test)]
mod tests {
    use crate::rules::bench::{Bench, frame};
    use flate2::{Compress, Compression, FlushCompress};

    fn sent(bench: Bench, first: u8, payload: &[u8]) -> Bench {
        frame(first, payload).chunks(60_000).fold(bench, Bench::server).close()
    }

    fn zeros(len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len / 500 + 100);
        let mut compressor = Compress::new(Compression::default(), false);
        compressor.compress_vec(&vec![0; len], &mut bytes, FlushCompress::Sync).unwrap();
        bytes.truncate(bytes.len() - 4);
        bytes
    }

    /// A mebibyte and one byte more, plain and compressed.
    #[test]
    fn large_messages() {
        let code = "message-size-limit";
        for (len, raised) in [(1 << 20, false), ((1 << 20) + 1, true)] {
            assert_eq!(sent(Bench::new().open(), 0x82, &vec![7; len]).raises(code), raised);
            assert_eq!(sent(Bench::new().open_deflate(""), 0xC2, &zeros(len)).raises(code), raised);
        }
    }

    /// A bomb by its ratio, and by the limit that is set; large or dense alone is none.
    #[test]
    fn bombs() {
        let code = "pmd-ratio-limit";
        assert!(sent(Bench::new().open_deflate(""), 0xC2, &zeros(17 << 20)).raises(code));
        let mut small = Bench::new().open_deflate("");
        small.options.inflate_limit = 1000;
        assert!(sent(small, 0xC2, &zeros(2000)).only(code).2.ends_with("given up after 1000 bytes"));
        assert!(!sent(Bench::new().open_deflate(""), 0xC2, &zeros(1 << 20)).raises(code));
    }

    /// Two stored blocks of noise grow; a short message may.
    #[test]
    fn growth() {
        let stored = |len: u8| {
            let head = [0, len, 0, !len, 0xFF];
            [&head[..], &vec![0x5A; usize::from(len)], &[0][..]].concat()
        };
        let of = |payload: &[u8]| sent(Bench::new().open_deflate(""), 0xC2, payload).raises("pmd-expansion");
        assert!(of(&[&stored(200)[..205], &stored(200)].concat()));
        assert!(!of(&stored(200)));
    }
}
