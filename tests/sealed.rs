//! TLS and HTTP/2 on a bad day: packets lost, exchanged and changed, wrong keys. What can be read is read, what
//! cannot is said, and nothing is invented.

use std::collections::BTreeMap;
use std::sync::Arc;

use dissector::ids::{MessageId, Side};
use session::model::Message;
use session::{Content, Options, Snapshot};
use wscope_tests::manifest::{Sample, samples};
use wscope_tests::place::Temporary;
use wscope_tests::random::Random;
use wscope_tests::replay::{self, Packets};
use wscope_tests::truth::{Messages, count, found, sha256, without};

/// The samples with TLS whose keys lie beside them, and those of HTTP/2.
fn layered() -> Vec<Sample> {
    samples().into_iter().filter(|sample| sample.keys.is_some() || sample.file.starts_with("http2")).collect()
}

/// A capture's packets, some of them left out or changed: `change` says what becomes of each.
fn changed(packets: &Packets, change: impl Fn(usize, &[u8]) -> Option<Vec<u8>>) -> Packets {
    let mut others = Packets::new(packets.link());
    for (number, (time, bytes)) in packets.iter().enumerate() {
        if let Some(bytes) = change(number, bytes) {
            others.push(time, &bytes);
        }
    }
    others
}

fn read(packets: Packets, sample: &Sample) -> Arc<Snapshot> {
    replay::memory_with(packets, &sample.options())
}

fn all(snapshot: &Snapshot) -> impl Iterator<Item = Message> + '_ {
    (0..snapshot.message_count()).filter_map(|id| snapshot.message(MessageId::new(id)))
}

/// The messages that a fault in one packet leaves alone: it came neither with them nor with the one before them on
/// their way, nor with the handshake; nor did they lean on one that it took.
fn untouched(whole: &Snapshot, packet: u32) -> Messages {
    let begun = whole.connections().iter().map(|connection| connection.packet.index()).max().unwrap_or(0);
    let first = all(whole).map(|message| message.packet.index()).min().unwrap_or(0);
    if packet <= first.max(begun) {
        return Messages::new();
    }
    let (mut content, mut kept) = (Content::default(), Messages::new());
    let mut state: BTreeMap<(u32, Side), (u32, bool)> = BTreeMap::new();
    for message in all(whole) {
        let (last, lost) = state.entry((message.connection.index(), message.side)).or_default();
        let now = message.packet.index();
        *lost = (*last..=now).contains(&packet) || (*lost && message.compressed);
        *last = now;
        if !*lost {
            let bytes = content.message(whole, message.id, u64::MAX).expect("a sample's content");
            *kept.entry((message.side, message.kind.name().to_owned(), sha256(&bytes))).or_default() += 1;
        }
    }
    kept
}

/// What a fault in each packet in turn leaves: all that it did not touch, and nothing that nobody sent. Says how
/// many records were said not to open.
fn with_each(sample: &Sample, fault: impl Fn(&[u8]) -> Option<Vec<u8>>) -> u64 {
    let (whole, packets) = (sample.read(), Packets::of(&sample.path()));
    let sent = found(&whole);
    let (mut missing, mut kept, mut refused) = (0, 0, 0);
    for hurt in 0..packets.len() {
        let others = changed(
            &packets,
            |number, bytes| {
                if number == hurt { fault(bytes) } else { Some(bytes.to_vec()) }
            },
        );
        let snapshot = read(others, sample);
        let seen = found(&snapshot);
        let invented = without(&seen, &sent);
        assert!(invented.is_empty(), "{}, packet {}: {invented:?}", sample.file, hurt + 1);
        let untouched = untouched(&whole, hurt as u32);
        missing += count(&without(&untouched, &seen));
        kept += count(&untouched);
        let secured = (0..).map_while(|tls| snapshot.secured(dissector::ids::TlsId::new(tls)));
        refused += secured.map(|secured| secured.refused).sum::<u64>();
    }
    // A hole in HTTP/2 does not say whose frames it took: each stream has to find its next frame again, which takes
    // more than the last few.
    let may_miss = if sample.file.starts_with("http2-clear") { kept / 30 } else { 0 };
    assert!(missing <= may_miss, "{}: {missing} of {kept} messages are missing", sample.file);
    refused
}

/// Each packet in turn is not captured.
#[test]
fn a_lost_packet_takes_what_it_held_and_no_more() {
    for sample in layered() {
        with_each(&sample, |_| None);
    }
}

/// A byte of each packet in turn is changed on the way: the record is said not to open, and the connection goes on.
#[test]
fn rfc8446_5_2_a_changed_record_is_said() {
    for sample in layered().into_iter().filter(|sample| sample.keys.is_some()) {
        let refused = with_each(&sample, |bytes| {
            let mut bytes = bytes.to_vec();
            // Behind the headers of Ethernet, IPv4 and TCP with timestamps; the last byte of a segment is one of a tag.
            if bytes.len() > 66 {
                *bytes.last_mut().expect("it is not empty") ^= 0x10;
            }
            Some(bytes)
        });
        assert!(refused > u64::from(sample.messages), "{}: {refused} refused", sample.file);
    }
}

/// Segments in another order, as networks deliver them, give the same messages.
#[test]
fn exchanged_segments_give_the_same() {
    for sample in layered() {
        let (sent, packets) = (found(&sample.read()), Packets::of(&sample.path()));
        for seed in 0..12 {
            let mut random = Random::new(seed);
            let mut order: Vec<(i64, Vec<u8>)> =
                packets.iter().map(|(time, bytes)| (time, bytes.to_vec())).collect();
            // A SYN says where a stream begins: what comes before it was there before the capture.
            let mut at = 6;
            while at + 1 < order.len() {
                if random.one_in(3) && ![at, at + 1].iter().any(|at| order[*at].1[47] & 7 != 0) {
                    order.swap(at, at + 1);
                }
                at += 1;
            }
            let mut others = Packets::new(packets.link());
            order.iter().zip(packets.iter()).for_each(|((_, bytes), (time, _))| others.push(time, bytes));
            let seen = found(&read(others, &sample));
            assert_eq!(without(&sent, &seen), Messages::new(), "{}, seed {seed}", sample.file);
            assert_eq!(without(&seen, &sent), Messages::new(), "{}, seed {seed}", sample.file);
        }
    }
}

/// Secrets that are others': nothing opens, each record says so, and no frame is made of it.
#[test]
fn wrong_keys_open_nothing() {
    for sample in layered().into_iter().filter(|sample| sample.keys.is_some()) {
        let log = std::fs::read_to_string(&sample.options().keys[0]).expect("a key log");
        let wrong: String = log
            .lines()
            .map(|line| match line.rsplit_once(' ') {
                Some((about, secret)) => format!("{about} {}\n", secret.chars().rev().collect::<String>()),
                None => String::new(),
            })
            .collect();
        let file = Temporary::with(wrong.as_bytes());
        let snapshot = replay::file_with(&sample.path(), &replay::keys(Some(file.path()))).expect("a sample");
        assert_eq!((snapshot.frame_count(), snapshot.message_count()), (0, 0), "{}", sample.file);
        let secured = snapshot.secured(dissector::ids::TlsId::new(0)).expect("a TLS");
        assert_eq!(secured.opened, 0);
        assert!(secured.refused > 3, "{}: {} refused", sample.file, secured.refused);
    }
}

/// Whichever message is asked for, and whatever was asked for before, its content is what came by.
#[test]
fn rfc8446_5_3_records_open_in_any_order() {
    for sample in layered() {
        let snapshot = sample.read();
        let mut in_order = Content::default();
        let first: Vec<_> =
            all(&snapshot).map(|message| in_order.message(&snapshot, message.id, u64::MAX)).collect();
        let mut random = Random::new(7);
        let mut order: Vec<usize> = (0..first.len()).collect();
        random.shuffle(&mut order);
        let mut content = Content::default();
        for number in order {
            let id = MessageId::new(number as u32);
            assert_eq!(content.message(&snapshot, id, u64::MAX), first[number], "{} {id:?}", sample.file);
            assert_eq!(Content::default().message(&snapshot, id, u64::MAX), first[number]);
        }
    }
}

/// Without keys there is one row a TLS connection, and a capture that has its own needs no other.
#[test]
fn without_keys_there_is_a_row_and_nothing_in_it() {
    let named = |name: &str| samples().into_iter().find(|sample| sample.file == name).expect("a sample");
    let snapshot = replay::file_with(&named("tls13.pcap").path(), &Options::default()).expect("a sample");
    assert_eq!((snapshot.connections().len(), snapshot.frame_count()), (1, 0));
    assert!(named("tls13-embedded-keys.pcapng").options().keys.is_empty());
    assert_eq!(named("tls13-embedded-keys.pcapng").read().frame_count(), 12);
}
