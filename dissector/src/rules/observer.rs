//! What the observer must admit: where the capture, or what is done with it, cannot tell more.
//!
//! Only about connections that carry WebSocket or asked for it, but for what may hide one.

use crate::event::{Event, Opening, Outcome};
use crate::http2::facts::Http2;
use crate::rules::facts::{Ended, Happened, Ledger, Told};
use crate::rules::heads::quoted;
use crate::rules::{Accused, Check, Level, Point, Report, Rule, Severity};
use crate::span::Span;
use crate::tls::secured::Keys;
use crate::websocket::describe::count;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[
    Rule {
        code: "obs-gap",
        severity: Severity::Warn,
        level: Level::Practice,
        rfc: "",
        says: "Bytes were never captured",
        likely: "",
        check: Check::Event(gap),
    },
    Rule {
        code: "obs-midstream",
        severity: Severity::Note,
        level: Level::Practice,
        rfc: "",
        says: "The opening handshake is not in the capture, so what was agreed is not known",
        likely: "",
        check: Check::Event(midstream),
    },
    Rule {
        code: "obs-context-unknown",
        severity: Severity::Note,
        level: Level::Practice,
        rfc: "",
        says: "A message is compressed with reference to bytes that are not known",
        likely: "",
        check: Check::Message(context_unknown),
    },
    Rule {
        code: "obs-snaplen",
        severity: Severity::Warn,
        level: Level::Practice,
        rfc: "",
        says: "The capture cut packets short (snap length)",
        likely: "",
        check: Check::Event(snaplen),
    },
    Rule {
        code: "obs-overlap-conflict",
        severity: Severity::Warn,
        level: Level::Practice,
        rfc: "",
        says: "Bytes came again with other content; the first ones stand",
        likely: "",
        check: Check::Event(conflict),
    },
    Rule {
        code: "obs-encrypted",
        severity: Severity::Note,
        level: Level::Practice,
        rfc: "",
        says: "What the connection carries is encrypted, and cannot be shown without its keys",
        likely: "",
        check: Check::Event(encrypted),
    },
    Rule {
        code: "obs-record-refused",
        severity: Severity::Warn,
        level: Level::Practice,
        rfc: "",
        says: "A TLS record cannot be decrypted with the keys that are there",
        likely: "",
        check: Check::Event(refused),
    },
    Rule {
        code: "obs-h2-limit",
        severity: Severity::Warn,
        level: Level::Practice,
        rfc: "",
        says: "HTTP/2 holds more than this program follows",
        likely: "",
        check: Check::Event(limit),
    },
    Rule {
        code: "obs-one-sided",
        severity: Severity::Note,
        level: Level::Practice,
        rfc: "",
        says: "Only one direction was captured",
        likely: "",
        check: Check::End(one_sided),
    },
];

fn gap(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Gap { span, cut: false, .. } = happened.event else { return };
    if let Some(ledger) = happened.ledger.filter(|ledger| ledger.accepted || ledger.response.is_none()) {
        let seen = format!("{} {}", count(span.len), of(ledger, *span));
        admit(report, Point { span: Some(*span), seen, ..Point::default() });
    }
}

fn snaplen(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Gap { span, cut: true, .. } = happened.event else { return };
    let seen = match happened.ledger {
        // Once a side: where it happens once, it happens to every long packet.
        Some(ledger) if ledger.party(ledger.side(span.stream.end())).cut == span.len => {
            format!("the first {} {}", count(span.len), of(ledger, *span))
        }
        // A handshake that was cut makes no connection: the first cut speaks for all of them.
        None if happened.register.cuts == 1 => "what it carries may stay hidden".to_owned(),
        _ => return,
    };
    admit(report, Point { span: Some(*span), seen, ..Point::default() });
}

fn midstream(happened: &Happened<'_>, report: &mut Report<'_>) {
    let seen = match happened.event {
        Event::Presumed { .. } => "frames follow a request whose answer was not captured",
        Event::Connection(connection) => match connection.opening {
            Opening::Handshake | Opening::Sealed => return,
            // RFC 6455 5.1: a client masks, a server does not.
            Opening::MidStream => "it is told by its frames, and the client by its masks",
            Opening::Told => "its port was said to carry WebSocket",
        },
        _ => return,
    };
    admit(report, Point { seen: seen.to_owned(), ..Point::default() });
}

fn context_unknown(told: &Told<'_>, report: &mut Report<'_>) {
    // The first of a row; those behind it suffer from the same.
    if told.message.outcome == Outcome::ContextLost && told.ledger.party(told.side).adrift == 0 {
        let span = told.frame.map(|frame| {
            let (at, len) = (frame.header.len() as u64, frame.header.payload_len);
            Span { stream: frame.stream, at: frame.at.saturating_add(at), len }
        });
        let seen = format!("from this message of the {} on, until one stands alone", told.side.name());
        admit(report, Point { span, seen, ..Point::default() });
    }
}

fn conflict(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Conflict { span, .. } = happened.event else { return };
    if let Some(ledger) = happened.ledger {
        let seen = format!("{} {}", count(span.len), of(ledger, *span));
        admit(report, Point { span: Some(*span), seen, ..Point::default() });
    }
}

fn encrypted(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Connection(connection) = happened.event else { return };
    if connection.opening != Opening::Sealed {
        return;
    }
    if connection.carrier.quic {
        let seen = "QUIC, which is not read here with keys either".to_owned();
        return admit(report, Point { seen, ..Point::default() });
    }
    let known = connection.carrier.tls.and_then(|id| happened.register.secured.get(&id));
    let mut seen: Vec<String> = Vec::new();
    if let Some(secured) = known {
        seen.extend(secured.version.map(|version| version.name().to_owned()));
        seen.extend(secured.suite.map(|suite| suite.name().to_owned()));
        seen.extend(secured.server_name.as_ref().map(|name| format!("for {}", quoted(name.as_bytes()))));
        let protocols = secured.alpn.as_ref().map_or(secured.offered.join(", "), String::clone);
        if !protocols.is_empty() {
            seen.push(format!("ALPN {}", quoted(protocols.as_bytes())));
        }
        if secured.keys == Keys::Unsupported {
            seen.push("a cipher suite that is not read here".to_owned());
        }
    }
    admit(report, Point { seen: seen.join(", "), ..Point::default() });
}

fn refused(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Refused { span, why, .. } = happened.event else { return };
    admit(report, Point { span: Some(*span), seen: why.says().to_owned(), ..Point::default() });
}

fn limit(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Http2 { what, .. } = happened.event else { return };
    if let Http2::Limit { side, what, span } = &**what {
        let seen = format!("{} by the {}", what.says(), side.name());
        admit(report, Point { span: Some(*span), seen, ..Point::default() });
    }
}

fn one_sided(ended: &Ended<'_>, report: &mut Report<'_>) {
    let ledger = ended.ledger;
    let which = match ledger.heard {
        [true, false] => "client",
        [false, true] => "server",
        _ => return,
    };
    // A request at the very end of a capture is not one-sided.
    if ledger.accepted || ledger.parties.iter().any(|party| party.ended.is_some()) {
        let seen = format!("there are packets of the {which} only");
        admit(report, Point { seen, ..Point::default() });
    }
}

/// Whose bytes they are.
fn of(ledger: &Ledger, span: Span) -> String {
    format!("of the {}", ledger.side(span.stream.end()).name())
}

fn admit(report: &mut Report<'_>, point: Point) {
    report.find(Accused::Observer, point);
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::ids::Side;
    use crate::rules::bench::{Bench, frame, masked, masked_by};

    /// Lost bytes and cut packets are told apart, and nobody is told of other connections' losses.
    #[test]
    fn lost_and_cut() {
        let (gap, snaplen) = ("obs-gap", "obs-snaplen");
        let lost = Bench::new().open().lost(Side::Server, 7).server(&frame(0x81, b"x")).close();
        let (finding, _, sentence) = lost.only(gap);
        assert_eq!(finding.accused.name(), "observer");
        assert!(sentence.ends_with("7 bytes of the server"), "{sentence}");
        lost.silent(&[snaplen]);
        let text = masked(0x81, &[b'x'; 100]);
        let cut = Bench::new().open().client(&text).snapped(50).client(&text).snapped(50).close();
        assert!(cut.only(snaplen).2.ends_with("the first 50 bytes of the client"));
        cut.silent(&[gap]);
        // The handshake itself is cut: one word for the whole capture.
        let head = |bench: Bench| bench.request(&[]).snapped(40).response(&[]).snapped(40).end_tcp();
        head(head(Bench::new()).also([10, 0, 0, 3], [10, 0, 0, 2])).only(snaplen);
        let other = Bench::new().client(b"SSH-2.0-x\r\n").lost(Side::Server, 9).server(b"SSH-2.0-y\r\n");
        other.end_tcp().silent(&[gap, snaplen, "obs-one-sided"]);
        Bench::new().open().close().silent(&[gap, snaplen]);
    }

    /// What was agreed is not known: by frames alone, by the user's word, by half a handshake.
    #[test]
    fn no_handshake() {
        let code = "obs-midstream";
        let talk = |bench: Bench| {
            (0..9).fold(bench, |bench, n| {
                let text = format!("hello number {n}");
                bench.client(&masked(0x81, text.as_bytes())).server(&frame(0x81, text.as_bytes()))
            })
        };
        assert!(talk(Bench::mid_stream()).only(code).2.contains("by its masks"));
        let mut told = Bench::mid_stream();
        told.options = Options { websocket_ports: vec![80], ..Options::default() };
        assert!(talk(told).only(code).2.contains("port"));
        assert!(talk(Bench::new().request(&[]).lost(Side::Server, 200)).only(code).2.contains("answer"));
        talk(Bench::new().open()).close().silent(&[code]);
    }

    /// RFC 7692 7.2.3.2: the second of two messages refers to the first, which was not captured.
    #[test]
    fn rfc7692_7_2_3_2_context() {
        let code = "obs-context-unknown";
        let first = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        let again = frame(0xC1, &[0xf2, 0x00, 0x11, 0x00, 0x00]);
        let known = Bench::new().open_deflate("").server(&frame(0xC1, &first));
        known.server(&again).close().silent(&[code]);
        let lost = Bench::new().open_deflate("").lost(Side::Server, 9);
        let lost = (0..9).fold(lost, |bench, _| bench.server(&again)).close();
        assert_eq!(lost.only(code).0.accused.name(), "observer");
    }

    /// Bytes that come again with other content, TLS, and a direction that is not there.
    #[test]
    fn other_admissions() {
        let text = frame(0x81, b"what");
        let again = |bytes: &[u8]| Bench::new().open().server(&text).again(Side::Server, bytes).close();
        assert_eq!(again(&frame(0x81, b"that")).only("obs-overlap-conflict").1, text);
        again(&text).silent(&["obs-overlap-conflict"]);

        // RFC 8446 5.1: a record of application data.
        let record = [&[23, 3, 3, 0, 32][..], &[7; 32]].concat();
        let (finding, ..) = Bench::mid_stream().client(&record).only("obs-encrypted");
        assert!(finding.connection.is_some());
        let hello = [&[22, 3, 1, 0, 100, 1][..], &[0; 99]].concat();
        Bench::new().client(&hello).silent(&["obs-encrypted"]);
        Bench::new().open().close().silent(&["obs-encrypted", "obs-one-sided", "obs-record-refused"]);
        // A record that keys do not open is told with its bytes.
        let run = Bench::new().client(&record).run();
        let mut judge = crate::rules::Judge::default();
        let mut found = Vec::new();
        for event in &run.events {
            found.extend(judge.see(event));
        }
        assert!(found.iter().all(|finding| finding.rule().code != "obs-record-refused"));
        let span = crate::span::Span { stream: crate::ids::StreamId::new(0), at: 0, len: 37 };
        let (flow, tls) = (crate::ids::FlowId::new(0), crate::ids::TlsId::new(0));
        let why = crate::tls::open::Refused::Tag;
        let found: Vec<_> = judge.see(&crate::event::Event::Refused { flow, tls, span, why }).collect();
        assert!(
            found
                .iter()
                .any(|finding| finding.rule().code == "obs-record-refused" && finding.span == Some(span))
        );

        let one = Bench::mid_stream();
        let text = |n: u8| masked_by([n, 7, 9, n ^ 3], 0x81, b"hello");
        let one = (0..9).fold(one, |bench, n| bench.client(&text(n)));
        assert!(one.only("obs-one-sided").2.ends_with("of the client only"));
        // The capture ends with a request.
        Bench::mid_stream().request(&[]).silent(&["obs-one-sided"]);
    }
}
