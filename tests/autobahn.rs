//! The 247 cases of Autobahn's fuzzing server against what each of them is known to do.
//!
//! The tables are written from Autobahn's own descriptions of its cases, which come with their keys in the truth
//! beside the capture, and not from what the program finds. The server is the fuzzer; the client, `ws`, does
//! nothing wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dissector::ids::Side;
use dissector::rules::{Accused, Severity};
use serde_json::Value;
use session::{Options, Snapshot};
use wscope_tests::captures;

const NAME: &str = "fuzzingserver-vs-npm-ws-client-1-7,10";

/// What is wrong with the fuzzer's side of a case, at `warn` and `error`. `6.12.1-8` stands for eight cases; a case
/// that is not named is legal.
#[rustfmt::skip]
const BREACHES: &[(&str, &[&str])] = &[
    // Pings of 126 bytes.
    ("2.5", &["control-too-long"]),
    // Reserved bits: the case's number in binary, RSV1 first; 3.1 sets RSV = 1, which is RSV3.
    ("3.1", &["frame-rsv3-set"]),
    ("3.2", &["frame-rsv2-set"]),
    ("3.3", &["frame-rsv2-set", "frame-rsv3-set"]),
    // Byte by byte, and cut off by the client's Close before the fuzzer's own could go out.
    ("3.4", &["frame-rsv1-unnegotiated", "close-not-answered"]),
    ("3.5", &["frame-rsv1-unnegotiated", "frame-rsv3-set"]),
    ("3.6", &["frame-rsv1-unnegotiated", "frame-rsv2-set"]),
    // The Close with the bits, and another one in answer to the client's.
    ("3.7", &["frame-rsv1-unnegotiated", "frame-rsv2-set", "frame-rsv3-set", "close-duplicate"]),
    // Reserved opcodes: 3 to 7 and 11 to 15.
    ("4.1.1-4", &["frame-opcode-reserved-data"]),
    ("4.1.5", &["frame-opcode-reserved-data", "close-not-answered"]),
    ("4.2.1-5", &["frame-opcode-reserved-control"]),
    // A Ping and a Pong in two fragments: the second one is a continuation of nothing.
    ("5.1-2", &["control-fragmented", "frag-orphan-continuation"]),
    // Continuations with nothing to continue.
    ("5.9-13", &["frag-orphan-continuation"]),
    ("5.14", &["frag-orphan-continuation", "close-not-answered"]),
    ("5.15-17", &["frag-orphan-continuation"]),
    // Two fragments, both with the opcode of text.
    ("5.18", &["frag-nested-message"]),
    // Behind the fuzzer's own Close: another Close, a text, the rest of a message.
    ("7.1.2", &["close-duplicate"]),
    ("7.1.4", &["close-data-after-close"]),
    ("7.1.5", &["close-data-after-close", "frag-unfinished"]),
    // Bodies of Close frames: one byte, 126 bytes, a reason that is not UTF-8.
    ("7.3.2", &["close-payload-one-byte"]),
    ("7.3.6", &["control-too-long"]),
    ("7.5.1", &["close-reason-invalid-utf8"]),
    // 1010 is for clients.
    ("7.7.8", &["close-code-wrong-role"]),
    // 0 and 999; 1004; 1005 and 1006; 1016, 1100, 2000 and 2999; 5000 and 65535.
    ("7.9.1-2", &["close-code-out-of-range"]),
    ("7.9.3", &["close-code-reserved"]),
    ("7.9.4-5", &["close-code-forbidden"]),
    ("7.9.6-9", &["close-code-reserved"]),
    ("7.13.1-2", &["close-code-out-of-range"]),
];

/// Texts that are none: what is wrong with the first bad sequence, and where it begins.
#[rustfmt::skip]
const TEXTS: &[(&str, &str, &str)] = &[
    // Greek, then U+D800; in one frame and byte by byte.
    ("6.3.1-2", "text-invalid-utf8", "a UTF-16 surrogate at byte 11"),
    // Greek, then F4 90 80 80, in three frames or three chops.
    ("6.4.1-4", "text-invalid-utf8", "a code point above U+10FFFF at byte 11"),
    // The Greek word, cut after each of its bytes.
    ("6.6.1", "text-incomplete-utf8", "begins at byte 0"),
    ("6.6.3-4", "text-incomplete-utf8", "begins at byte 2"),
    ("6.6.6", "text-incomplete-utf8", "begins at byte 5"),
    ("6.6.8", "text-incomplete-utf8", "begins at byte 7"),
    ("6.6.10", "text-incomplete-utf8", "begins at byte 9"),
    // The first sequences of five and six bytes; the last of four, five and six.
    ("6.8.1-2", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    ("6.10.1", "text-invalid-utf8", "a code point above U+10FFFF at byte 0"),
    ("6.10.2-3", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    // U+110000.
    ("6.11.5", "text-invalid-utf8", "a code point above U+10FFFF at byte 0"),
    // Continuation bytes alone.
    ("6.12.1-8", "text-invalid-utf8", "a continuation byte with nothing to continue at byte 0"),
    // First bytes alone, each with a space behind it: C0 on, E0 on, F0 on, F8 on, FC on.
    ("6.13.1", "text-invalid-utf8", "an overlong sequence at byte 0"),
    ("6.13.2-3", "text-invalid-utf8", "a sequence broken off before its end at byte 0"),
    ("6.13.4-5", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    // Sequences without their last byte: C0, E0 80, F0 80 80, F8 …, FC …, DF, EF BF, F7 BF BF, FB …, FD …
    ("6.14.1-3", "text-invalid-utf8", "an overlong sequence at byte 0"),
    ("6.14.4-5", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    ("6.14.6-7", "text-incomplete-utf8", "begins at byte 0"),
    ("6.14.8", "text-invalid-utf8", "a code point above U+10FFFF at byte 0"),
    ("6.14.9-10", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    // All of these in a row.
    ("6.15.1", "text-invalid-utf8", "an overlong sequence at byte 0"),
    // FE and FF.
    ("6.16.1-3", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    // Overlong forms of U+002F, of what two to six bytes hold at the most, and of U+0000, in two to six bytes each.
    ("6.17.1-3", "text-invalid-utf8", "an overlong sequence at byte 0"),
    ("6.17.4-5", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    ("6.18.1-3", "text-invalid-utf8", "an overlong sequence at byte 0"),
    ("6.18.4-5", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    ("6.19.1-3", "text-invalid-utf8", "an overlong sequence at byte 0"),
    ("6.19.4-5", "text-invalid-utf8", "a byte that never occurs in UTF-8 at byte 0"),
    // Surrogates, alone and in pairs.
    ("6.20.1-7", "text-invalid-utf8", "a UTF-16 surrogate at byte 0"),
    ("6.21.1-8", "text-invalid-utf8", "a UTF-16 surrogate at byte 0"),
];

/// What was found against one side of each case.
type Found = BTreeMap<String, BTreeSet<String>>;

/// Every case: just these breaches of the fuzzer, and none of the client.
#[test]
fn every_case() {
    let Some((cases, snapshot)) = capture() else { return };
    assert_eq!(cases.len(), 247);
    let mut expected: Found = cases.values().map(|case| (case.clone(), BTreeSet::new())).collect();
    let texts = TEXTS.iter().map(|(cases, code, _)| (*cases, core::slice::from_ref(code)));
    for (names, codes) in BREACHES.iter().copied().chain(texts) {
        for case in spread(names) {
            let of = expected.get_mut(&case).unwrap_or_else(|| panic!("there is no case {case}"));
            of.extend(codes.iter().map(|code| (*code).to_owned()));
        }
    }
    assert_eq!(loud(&cases, &snapshot, Side::Server), expected);
    let client = loud(&cases, &snapshot, Side::Client);
    assert_eq!(client.values().flatten().collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Every bad text: what is wrong with it, at which byte, and in which of the case's frames.
#[test]
fn every_text() {
    let Some((cases, snapshot)) = capture() else { return };
    let mut sentences: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (finding, case) in findings(&cases, &snapshot) {
        if finding.rule().code.starts_with("text-") {
            assert_eq!(finding.span.map(|span| span.len > 0), Some(true), "{case}");
            sentences.entry(case).or_default().push(finding.sentence());
        }
    }
    for (names, _, what) in TEXTS {
        for case in spread(names) {
            let said = sentences.remove(case.as_str()).unwrap_or_default();
            assert!(said.len() == 1 && said[0].contains(what), "{case}: {what}: {said:?}");
        }
    }
    assert_eq!(sentences, BTreeMap::new());
}

/// The cases by their keys, and what the capture of them is; nothing where it does not lie beside the project.
fn capture() -> Option<(BTreeMap<String, String>, Arc<Snapshot>)> {
    let folder = captures()?.join("autobahn");
    let truth = std::fs::read_to_string(folder.join(format!("{NAME}.truth.ndjson"))).ok()?;
    let text = |value: &Value, name: &str| value[name].as_str().expect("a text").to_owned();
    let cases = truth.lines().map(|line| {
        // Its payloads, cut anywhere, hold halves of surrogates, which are no JSON; they are not wanted here.
        let line = line.split(", \"behavior\": ").next().unwrap_or_default();
        let value: Value = serde_json::from_str(&format!("{line}}}")).expect("a case");
        (text(&value, "sec_websocket_key"), text(&value, "case"))
    });
    let path = folder.join(format!("{NAME}.pcap"));
    let mut capture = capture::open(capture::Source::File { path, follow: false }).expect("a capture");
    let snapshot = session::read(capture.as_mut(), &Options::default(), &mut |_| {});
    Some((cases.collect(), snapshot))
}

/// All findings on connections that carry a case, with the case.
fn findings<'a>(
    cases: &'a BTreeMap<String, String>,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = (dissector::rules::Finding, &'a str)> {
    snapshot.findings().iter().filter_map(|found| {
        let connection = snapshot.connections().row(found.finding.connection?.index())?;
        let key = connection.request.as_ref()?.values("sec-websocket-key").next()?;
        Some((found.finding.clone(), cases.get(core::str::from_utf8(key).ok()?)?.as_str()))
    })
}

/// The codes at `warn` and `error` against a side, case by case. How one connection follows another is the driver's
/// matter and no case's.
fn loud(cases: &BTreeMap<String, String>, snapshot: &Snapshot, side: Side) -> Found {
    let mut found: Found = cases.values().map(|case| (case.clone(), BTreeSet::new())).collect();
    for (finding, case) in findings(cases, snapshot) {
        let code = finding.rule().code;
        let against = finding.accused == Accused::Side(side) && finding.severity > Severity::Note;
        if against && !code.starts_with("health-") {
            found.get_mut(case).expect("a case").insert(code.to_owned());
        }
    }
    found
}

/// `6.12.1-8` is `6.12.1` to `6.12.8`.
fn spread(names: &str) -> Vec<String> {
    let Some((first, last)) = names.split_once('-') else { return vec![names.to_owned()] };
    let (group, first) = first.rsplit_once('.').expect("a case has a group");
    let number = |text: &str| text.parse::<u32>().expect("a number");
    (number(first)..=number(last)).map(|case| format!("{group}.{case}")).collect()
}
