//! Finding in samples, held against what is in them, and what is typed wrongly.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::detail::Subject;
use crate::{Options, Snapshot};
use dissector::ids::MessageId;

fn open(name: &str) -> Arc<Snapshot> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps").join(name);
    let source = capture::Source::File { path, follow: false };
    crate::read(capture::open(source).unwrap().as_mut(), &Options::default(), &mut |_| {})
}

fn wanted(typed: &str, kind: Kind, rows: u32) -> Search {
    Search {
        pattern: Pattern::read(typed, kind, true).unwrap(),
        of: Of::Messages,
        within: Within::Content,
        rows: Rows::All(rows),
        from: 0,
        after: None,
        up: false,
    }
}

/// Every hit on a way once around, each taken up where the one before it was.
fn all(snapshot: &Snapshot, mut wanted: Search) -> Vec<(u32, Spot)> {
    let mut content = Content::default();
    let mut hits = Vec::new();
    loop {
        match search(snapshot, &mut content, &wanted, &mut |_| true) {
            Outcome::Found(hit) if !hit.wrapped || hits.is_empty() => {
                (wanted.from, wanted.after) = (u64::from(hit.row), Some(hit.spot.clone()));
                hits.push((hit.row, hit.spot));
            }
            _ => return hits,
        }
    }
}

/// What a search meets on its way around is what is there: compared with every message's content, read one by one;
/// and upwards it is the same in reverse.
#[test]
fn meets_everything_once() {
    let snapshot = open("tour.pcapng");
    let mut content = Content::default();
    let mut there = Vec::new();
    for row in 0..snapshot.message_count() {
        let said = content.said(&snapshot, Subject::Message(MessageId::new(row)), u64::MAX);
        let bytes = said.map(|said| said.bytes).unwrap_or_default();
        let starts = bytes.windows(2).enumerate().filter(|(_, two)| *two == b":\"").map(|(at, _)| at);
        there.extend(starts.map(|at| (row, Spot::Content(at, at + 2))));
    }
    // The tour is worth the test only where one message has several hits, and one with hits is compressed.
    assert!(there.windows(2).any(|two| two[0].0 == two[1].0));
    assert!(there.iter().any(|(row, _)| snapshot.message(MessageId::new(*row)).unwrap().compressed));
    let down = wanted(":\"", Kind::Text, snapshot.message_count());
    assert_eq!(all(&snapshot, down.clone()), there);
    let last = u64::from(snapshot.message_count() - 1);
    let mut up = all(&snapshot, Search { up: true, from: last, ..down });
    up.reverse();
    assert_eq!(up, there);
}

/// From the last hit on it goes around once and says so, also where it is the only one; and one who no longer wants
/// to know is not kept waiting.
#[test]
fn goes_around_once() {
    let snapshot = open("tour.pcapng");
    let mut content = Content::default();
    let count = snapshot.message_count();
    let only = all(&snapshot, wanted("\"welcome\"", Kind::Text, count));
    let (row, spot) = only.last().cloned().unwrap();
    let again = Search { from: row.into(), after: Some(spot), ..wanted("\"welcome\"", Kind::Text, count) };
    let Outcome::Found(hit) = search(&snapshot, &mut content, &again, &mut |_| true) else { panic!() };
    assert!(hit.wrapped && (hit.row, hit.spot) == only[0]);
    let nowhere = wanted("never said by anyone", Kind::Text, count);
    let mut steps = 0;
    let outcome = search(&snapshot, &mut content, &nowhere, &mut |_| {
        steps += 1;
        steps < 3
    });
    assert_eq!((outcome, steps), (Outcome::Cancelled, 3));
    assert!(matches!(search(&snapshot, &mut content, &nowhere, &mut |_| true), Outcome::Nothing(_)));
    let none = Search { rows: Rows::All(0), ..nowhere };
    assert_eq!(search(&snapshot, &mut content, &none, &mut |_| true), Outcome::Nothing(0));
}

/// Frames, packets and findings are looked through as what they are, and names are those of the tree.
#[test]
fn each_kind_of_row() {
    let snapshot = open("tour.pcapng");
    let mut content = Content::default();
    let mut first = |wanted: &Search| match search(&snapshot, &mut content, wanted, &mut |_| true) {
        Outcome::Found(hit) => hit,
        other => panic!("{other:?}"),
    };
    let packets =
        Search { of: Of::Packets, ..wanted("GET /mqtt HTTP/1.1", Kind::Text, snapshot.packet_count()) };
    let hit = first(&packets);
    let bytes = Content::default().packet(&snapshot, dissector::ids::PacketId::new(hit.row)).unwrap();
    let Spot::Content(from, to) = hit.spot else { panic!() };
    assert_eq!(&bytes[from..to], b"GET /mqtt HTTP/1.1");
    let code = snapshot.findings().row(0).unwrap().finding.rule().code;
    let findings = Search { of: Of::Findings, within: Within::Names, ..wanted(code, Kind::Text, 1) };
    assert_eq!(first(&findings), Hit { row: 0, spot: Spot::Row, wrapped: false });
    let names = Search { within: Within::Names, ..wanted("permessage-deflate", Kind::Text, 93) };
    let Hit { row, spot: Spot::Line(path), .. } = first(&names) else { panic!() };
    let detail =
        crate::detail::detail(&snapshot, &mut Content::default(), Subject::Message(MessageId::new(row)));
    assert_eq!(detail.node(&path).unwrap().value, "permessage-deflate");
}

/// Bytes in hex are read as people write them, and case is heeded where that was asked, beyond ASCII too.
#[test]
fn patterns() {
    let in_bytes = |typed: &str, kind, bytes: &[u8]| {
        Pattern::read(typed, kind, true).unwrap().matches(bytes).collect::<Vec<_>>()
    };
    for typed in ["8185", "81 85", "0x81 0x85", "81:85", "0x8185"] {
        assert_eq!(in_bytes(typed, Kind::Hex, b"\x00\x81\x85\x81\x85"), [1..3, 3..5], "{typed}");
    }
    assert_eq!(in_bytes("aa", Kind::Text, b"aaaaa"), [0..2, 2..4]);
    assert_eq!(in_bytes("a*", Kind::Regex, b"baabba"), [1..3, 5..6]);
    let any = Pattern::read("GRÜN.", Kind::Text, false).unwrap();
    assert!(any.is_in("so grün.") && !any.is_in("so grün!"));
    assert!(!Pattern::read("GRÜN", Kind::Text, true).unwrap().is_in("grün"));
    assert_eq!(in_bytes("(?-u)\\xff+", Kind::Regex, b"a\xff\xffb\xff"), [1..3, 4..5]);
}

/// A mistake is said with its place; what would take all memory is one.
#[test]
fn mistakes_have_places() {
    let mistake = |typed: &str, kind| Pattern::read(typed, kind, true).unwrap_err();
    assert_eq!(mistake("ab(c", Kind::Regex), Mistake { at: 2..3, says: "Unclosed group".into() });
    assert_eq!(mistake("81 8g", Kind::Hex).at, 4..5);
    assert_eq!(mistake("81 é", Kind::Hex).at, 3..5);
    assert_eq!(mistake("81 8", Kind::Hex).at, 3..4);
    assert_eq!(mistake("8 1", Kind::Hex).at, 0..1);
    assert!(mistake("a{1000}{1000}{1000}", Kind::Regex).says.contains("too large"));
    assert!(!mistake(&"(".repeat(200_000), Kind::Regex).says.is_empty());
    assert!(!mistake("\\p{Nowhere}", Kind::Regex).says.is_empty());
    assert!(!mistake("", Kind::Text).says.is_empty());
}

/// Rows are gone through as they are shown: sorted ones in their order, what came since behind them.
#[test]
fn in_the_order_that_is_shown() {
    let snapshot = open("tour.pcapng");
    let order = Arc::new((0..41).rev().collect());
    let rows = Rows::Sorted(order, Box::new(Rows::All(74)));
    let welcome = Search { rows, ..wanted("\"welcome\"", Kind::Text, 0) };
    let met = [0, 5, 38].map(|from| {
        let from = Search { from, ..welcome.clone() };
        match search(&snapshot, &mut Content::default(), &from, &mut |_| true) {
            Outcome::Found(hit) => hit.row,
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(met, [36, 4, 73]);
}
