//! The language: what holds for the rows of samples, where mistakes are shown, and that nothing ever panics.

use std::path::Path;
use std::sync::Arc;

use super::complete::complete;
use super::tree::Join;
use super::*;
use crate::Snapshot;

fn open(name: &str) -> Arc<Snapshot> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps").join(name);
    let source = capture::Source::File { path, follow: false };
    crate::read(capture::open(source).unwrap().as_mut(), &crate::Options::default(), &mut |_| {})
}

/// The rows for which a filter holds, from 1: sifted by the thousands, which must be the same as one by one.
fn held(snapshot: &Snapshot, of: Of, text: &str) -> Vec<u32> {
    let filter = Filter::parse(text).unwrap_or_else(|mistake| panic!("{}\n{mistake}", mistake.drawn(text)));
    let filter = Arc::new(filter);
    let (mut sieve, mut other) = (Sieve::new(Arc::clone(&filter)), Sieve::new(filter));
    let mut rows = Vec::new();
    for base in (0..of.count(snapshot)).step_by(ROWS) {
        let among = Mask::first((of.count(snapshot) - base) as usize);
        rows.extend(sieve.sift(snapshot, of, base, &among).iter().map(|place| base + place as u32 + 1));
    }
    let single: Vec<u32> = (0..of.count(snapshot))
        .filter(|index| other.holds(snapshot, of.row(*index)))
        .map(|index| index + 1)
        .collect();
    assert_eq!(rows, single, "{text}");
    rows
}

/// What columns tell by the thousands is what is found row by row: for frames of a packet, for plain messages and for
/// those that are not, behind gaps and out of order.
#[test]
fn columns_tell_what_rows_tell() {
    let columns = fields().iter().filter(|field| field.column.any());
    let mut texts: Vec<String> = columns.map(|field| field.example.to_string()).collect();
    assert!(texts.len() > 20);
    texts.extend(
        [
            "websocket.opcode != 1",
            "all websocket.opcode == 1",
            "any websocket.opcode == ping",
            "!(ws.direction == client)",
            "ws.direction == client && ws.payload_length > 20",
            "websocket.opcode in {1, 8..10} || frame.cap_len > 200",
            "ws.fragments == 1 xor ws.length > 10",
            "websocket && frame.number > 10",
        ]
        .map(str::to_owned),
    );
    let samples = [
        "tour.pcapng",
        "fragments-and-ping.pcap",
        "gap.pcap",
        "gap-in-deflate.pcap",
        "reordered.pcap",
        "five-connections.pcap",
        "snaplen-96.pcap",
        "http2-clear.pcap",
        "truncated-file.pcap",
    ];
    for snapshot in samples.map(open) {
        for text in &texts {
            for of in [Of::Packets, Of::Frames, Of::Messages, Of::Findings] {
                held(&snapshot, of, text);
            }
        }
    }
}

/// Each kind of row has what belongs to it: a frame its packet and message, a packet the frames that it completes.
#[test]
fn rows_have_what_belongs_to_them() {
    let snapshot = open("fragments-and-ping.pcap");
    let frames = held(&snapshot, Of::Frames, "ws.fragments > 1");
    assert!(frames.len() > 2, "{frames:?}");
    assert_eq!(held(&snapshot, Of::Frames, "websocket.opcode == ping").len(), 2);
    assert_eq!(
        held(&snapshot, Of::Messages, "websocket.fin == false"),
        held(&snapshot, Of::Messages, "ws.fragments > 1")
    );
    let pongs = held(&snapshot, Of::Frames, "websocket.opcode == pong");
    assert_eq!(held(&snapshot, Of::Frames, "ws.rtt >= 0"), pongs);
    // A message is of the packet that completes it, so that one text is found in one packet.
    let text = "ws.text && ws.message == 1";
    assert_eq!(held(&snapshot, Of::Messages, text), [1]);
    assert_eq!(held(&snapshot, Of::Packets, text).len(), 1);
    assert_eq!(
        held(&snapshot, Of::Frames, text).len(),
        snapshot.message(dissector::ids::MessageId::new(0)).unwrap().frames as usize
    );
}

/// Text is that of whole messages, inflated; JSON is looked into by paths.
#[test]
fn content() {
    let snapshot = open("jsonrpc.pcap");
    let calls = held(&snapshot, Of::Messages, "ws.json.method");
    assert!(!calls.is_empty());
    assert_eq!(
        held(&snapshot, Of::Messages, "ws.json.jsonrpc == \"2.0\" xor ws.json.notification").len(),
        snapshot.message_count() as usize
    );
    let first = held(&snapshot, Of::Messages, "ws.json.id == 1 && ws.direction == client");
    assert_eq!(first, held(&snapshot, Of::Messages, "ws.json.id in {1} && !(ws.direction == server)"));
    let deflated = open("deflate-context-takeover.pcap");
    let inflated = held(&deflated, Of::Messages, "ws.inflated && len(ws.inflated) > 10");
    assert!(inflated.iter().all(|row| held(&deflated, Of::Messages, "ws.compressed == true").contains(row)));
    assert!(!inflated.is_empty());
}

/// `!=` and `!(… == …)` differ where there is no such field, and several values are any of them, or all where asked.
#[test]
fn several_values_and_none() {
    let snapshot = open("basic.pcap");
    let all: Vec<u32> = (1..=snapshot.packet_count()).collect();
    let port = snapshot.flows().row(0).unwrap().b.port();
    assert_eq!(held(&snapshot, Of::Packets, &format!("tcp.port == {port}")), all);
    assert_eq!(held(&snapshot, Of::Packets, &format!("tcp.port != {port}")), [0; 0]);
    assert_eq!(held(&snapshot, Of::Packets, &format!("tcp.port !== {port}")), all);
    assert_eq!(held(&snapshot, Of::Packets, &format!("tcp.port === {port}")), [0; 0]);
    assert_eq!(held(&snapshot, Of::Packets, &format!("all tcp.port > 0 && any tcp.port == {port}")), all);
    assert_eq!(held(&snapshot, Of::Packets, "udp.port != 53"), [0; 0]);
    assert_eq!(held(&snapshot, Of::Packets, "!(udp.port == 53)"), all);
    assert_eq!(held(&snapshot, Of::Packets, "tcp.flags.syn == 1 && tcp.flags & 0x10").len(), 1);
    assert_eq!(held(&snapshot, Of::Packets, "ip.src == ip.dst"), all);
    assert_eq!(held(&snapshot, Of::Packets, "ip.addr == 127.0.0.0/8 and not ipv6"), all);
    assert_eq!(held(&snapshot, Of::Packets, "frame.number in {2..3, 5}"), [2, 3, 5]);
    assert_eq!(held(&snapshot, Of::Packets, "4 > frame.number"), [1, 2, 3]);
    assert_eq!(held(&snapshot, Of::Packets, "http.request.method == \"GET\"").len(), 1);
    assert_eq!(
        held(&snapshot, Of::Packets, "tcp.payload[0:4] == \"GET \""),
        held(&snapshot, Of::Packets, "http.request")
    );
    assert_eq!(
        held(&snapshot, Of::Packets, "frame contains \"GET /\" && tcp matches \"(?s)^.{32}GET\""),
        held(&snapshot, Of::Packets, "http.request")
    );
    assert_eq!(held(&snapshot, Of::Packets, "ip.src[0:1] == 7f && frame[12:2] == 08:00"), all);
    assert_eq!(
        held(&snapshot, Of::Packets, "tcp.payload[0-2] == 47:45:54"),
        held(&snapshot, Of::Packets, "http.request")
    );
}

/// Connections: by what is said of them, or of one of their frames.
#[test]
fn connections() {
    let snapshot = open("tour.pcapng");
    let of = |text: &str| {
        let mut sieve = Sieve::new(Arc::new(Filter::parse(text).unwrap()));
        sieve.connections(&snapshot).iter().map(|id| id.number()).collect::<Vec<_>>()
    };
    let reset = of("ws.close.how == \"rst\"");
    assert_eq!(reset, of("ws.close.code == 1006 && ws.close.how != \"fin\""));
    assert!(!reset.is_empty() && reset.len() < snapshot.connections().len() as usize);
    assert!(of("websocket.opcode == ping").len() > 1);
    assert_eq!(of(""), (1..=u64::from(snapshot.connections().len())).collect::<Vec<_>>());
    assert!(of("ws.severity == error").len() < snapshot.connections().len() as usize);
}

/// Each mistake is shown under the very characters, with what would fit there.
#[test]
#[rustfmt::skip]
fn mistakes() {
    let table: &[(&str, &str, &str)] = &[
        ("ws.length == \"x\"",             "             ^^^",        "ws.length is compared with a number, as in 10 or 0x0a"),
        ("websocket.opcod == 1",            "^^^^^^^^^^^^^^^",          "websocket.opcod is no field; websocket.opcode is one"),
        ("tcp.port ==",                     "           ^",            "A value is expected here, or a field"),
        ("tcp.port == 80 &&",               "                 ^",      "A field is expected here, as in websocket.opcode"),
        ("tcp.port == 80 tcp.port == 81",   "               ^^^^^^^^", "Here a test has ended: && or || joins it with another"),
        ("(tcp.port == 80",                 "^",                        "The bracket is not closed: ) is missing"),
        ("tcp.port == 80)",                 "              ^",         "No bracket is open here: ( is missing"),
        ("tcp.port in 80",                  "            ^^",          "A set is expected here, as in {80, 8000..8080}"),
        ("tcp.port in {80, }",              "                 ^",      "A value is expected here; } ends the set"),
        ("ip.addr == 10.0.0.0/33",          "           ^^^^^^^^^^^",  "ip.addr is compared with an address, as in 10.0.0.1, 10.0.0.0/8 or 2001:db8::1"),
        ("ws.text == \"open",               "           ^^^^^",        "The text is not closed: \" is missing"),
        ("ws.text matches \"(\"",           "                ^^^",     "No regular expression: unclosed group"),
        ("ws.length contains \"1\"",        "^^^^^^^^^",                "ws.length is number, which does not contain anything"),
        ("websocket > 1",                   "          ^",             "websocket is only there or not: it has no value to compare"),
        ("websocket.fin > 0",               "              ^",         "websocket.fin is true or false: == or != compares it"),
        ("ws.text[x] == 1",                 "        ^",               "Bytes are expected here: [2] one, [0:4] four from the first, [1-3] the second to the fourth"),
        ("len(tcp.port) > 1",               "^^^",                      "len() takes text or bytes, and tcp.port is number"),
        ("size(ws.text) > 1",               "^^^^",                     "size is no function: there are len, count, lower and upper"),
        ("ws.latency > soon",               "             ^^^^",       "ws.latency is compared with a duration, as in 0.25, 250ms or 3s"),
        ("ws.rtt > soon",                   "         ^^^^",           "ws.rtt is compared with a duration, as in 0.25, 250ms or 3s"),
        ("tcp.seq == 1",                    "^^^^^^^",                  "Sequence numbers are read as they were sent: tcp.seq_raw"),
        ("tcp.port == 80 § 1",              "               ^",        "This sign has no meaning in a filter"),
    ];
    for (text, under, says) in table {
        let mistake = Filter::parse(text).expect_err(text);
        assert_eq!(mistake.says, *says, "{text}");
        assert_eq!(mistake.drawn(text).lines().last().unwrap().trim_end(), *under, "{text}");
    }
    let deep = format!("{}tcp{}", "(".repeat(100), ")".repeat(100));
    assert!(Filter::parse(&deep).unwrap_err().says.contains("brackets"));
    assert!(Filter::parse(&"!".repeat(60_000)).is_err());
    assert!(Filter::parse(&"tcp && ".repeat(20_000)).is_err(), "too long");
}

/// What is offered while somebody types fits there.
#[test]
fn completion() {
    let snapshot = open("tour.pcapng");
    let first = |text: &str| {
        let offers = complete(text, text.len(), Some(&snapshot));
        offers.into_iter().map(|offer| offer.text).take(3).collect::<Vec<_>>()
    };
    assert_eq!(first("websocket.opc")[0], "websocket.opcode");
    assert_eq!(first("opcod")[0], "websocket.opcode");
    assert_eq!(first("websocket.opcode ")[0], "==");
    assert_eq!(first("websocket.opcode == ")[1], "text");
    assert_eq!(first("websocket.opcode == cl"), ["close"]);
    assert_eq!(first("ws.finding == \"x\" ")[0], "&&");
    assert!(first("http.request.uri == ")[0].starts_with("\"/"));
    assert!(first("tcp.port == 80 && web")[0].starts_with("websocket"));
    assert_eq!(first("websocket.fin == t"), ["true"]);
    for text in ["", "(", "ws.text contains ", "tcp.port in {", "§", "\"", "tcp.port in {1.."] {
        let _ = complete(text, text.len(), Some(&snapshot));
    }
}

/// Conditions that are put together mean what they say.
#[test]
fn joined_conditions() {
    let condition = "websocket.opcode == 8";
    for (join, text) in [
        (Join::Instead, "websocket.opcode == 8"),
        (Join::Not, "!(websocket.opcode == 8)"),
        (Join::And, "(tcp || udp) && websocket.opcode == 8"),
        (Join::Or, "(tcp || udp) || websocket.opcode == 8"),
        (Join::AndNot, "(tcp || udp) && !(websocket.opcode == 8)"),
    ] {
        assert_eq!(join.join("tcp || udp", condition), text);
        Filter::parse(text).unwrap();
    }
    assert_eq!(Join::AndNot.join(" ", condition), "!(websocket.opcode == 8)");
}

/// Filters made at random, and real ones cut and spliced: none panics, and a mistake names its place in the text.
#[test]
fn generated() {
    let words: Vec<&str> = fields()
        .iter()
        .map(|field| field.name)
        .chain([
            "==",
            "!=",
            "<",
            ">=",
            "contains",
            "matches",
            "in",
            "&&",
            "||",
            "!",
            "not",
            "and",
            "(",
            ")",
            "{",
            "}",
            ",",
            "..",
            "[0:4]",
            "[-2:]",
            "[",
            "]",
            "\"text\"",
            "\"",
            "r\"\\d+\"",
            "0x1f",
            "-7",
            "1.5",
            "10.0.0.0/8",
            "aa:bb",
            "len",
            "&",
            "any",
            "all",
            "é",
            "\u{1f600}",
            "\\",
            "ws.json.a.*.0",
            "ws.json.\"a b\"",
            "true",
            "250ms",
            "xor",
            "~",
        ])
        .collect();
    let snapshot = open("basic.pcap");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut understood, mut refused) = (0, 0);
    for round in 0..3000 {
        let mut text = match round % 3 {
            0 => (0..random(9) + 1).map(|_| words[random(words.len())]).collect::<Vec<_>>().join(" "),
            1 => {
                let (a, b) =
                    (&fields()[random(fields().len())].example, &fields()[random(fields().len())].example);
                format!("{a} {} {b}", ["&&", "||", "xor", "and not"][random(4)])
            }
            _ => fields()[random(fields().len())].example.to_string(),
        };
        if round % 3 == 2 {
            let mut at = random(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            text.insert_str(at, words[random(words.len())]);
        }
        let _ = complete(&text, text.len(), None);
        match Filter::parse(&text) {
            Ok(filter) => {
                understood += 1;
                let mut sieve = Sieve::new(Arc::new(filter));
                for of in [Of::Packets, Of::Frames, Of::Messages, Of::Findings] {
                    let all = Mask::first(of.count(&snapshot) as usize);
                    assert!(sieve.sift(&snapshot, of, 0, &all).len() <= all.len());
                }
            }
            Err(mistake) => {
                refused += 1;
                assert!(mistake.at.start <= mistake.at.end && mistake.at.end <= text.len(), "{text}");
                assert!(text.get(mistake.at.clone()).is_some(), "{text}");
                assert!(!mistake.says.is_empty());
            }
        }
    }
    assert!(understood > 1000 && refused > 300, "{understood} {refused}");
}
