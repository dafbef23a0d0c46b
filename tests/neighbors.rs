//! What HTTP carries beside WebSocket where things are not as they should be: lost, cut, packed, sealed, or no neighbors.

use std::io::Write;
use std::sync::Arc;

use dissector::ids::{DeliveryId, Side};
use flate2::Compression;
use flate2::write::GzEncoder;
use session::neighbor::{Delivery, Family, Transport};
use session::{Content, Snapshot, Why};
use wscope_tests::packets::Talk;
use wscope_tests::place::Temporary;
use wscope_tests::replay;
use wscope_tests::traffic::Sealer;

const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\
                      Transfer-Encoding: chunked\r\n\r\n";

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()
}

fn answer(kind: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn chunk(data: &str) -> Vec<u8> {
    format!("{:x}\r\n{data}\r\n", data.len()).into_bytes()
}

fn talk(say: impl FnOnce(&mut Talk)) -> Arc<Snapshot> {
    let mut talk = Talk::new([1000, 5000]);
    talk.open();
    say(&mut talk);
    talk.close();
    replay::memory(talk.packets)
}

fn deliveries(snapshot: &Snapshot) -> Vec<(Delivery, Result<String, Why>)> {
    let mut content = Content::default();
    let ids = (0..snapshot.delivery_count()).map(DeliveryId::new);
    let one = |id| {
        let text = content.delivery(snapshot, id, 1 << 20);
        let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (snapshot.delivery(id).expect("a row"), text)
    };
    ids.map(one).collect()
}

fn texts(snapshot: &Snapshot) -> Vec<String> {
    deliveries(snapshot).into_iter().map(|(_, text)| text.unwrap_or_else(|why| why.name().into())).collect()
}

/// An event with a hole says so, and those around it are whole; so where the end is missing.
#[test]
fn holes_and_cuts_are_told() {
    let snapshot = talk(|talk| {
        talk.send(Side::Client, &get("/events"));
        talk.send(Side::Server, STREAM.as_bytes());
        talk.send(Side::Server, &chunk("data: one\n\n"));
        let hurt = chunk(&format!("data: {}\n\n", "x".repeat(300)));
        talk.send(Side::Server, &hurt[..100]);
        talk.advance(Side::Server, 50);
        talk.send(Side::Server, &hurt[150..]);
        talk.send(Side::Server, &chunk("data: three\n\n"));
        talk.send(Side::Server, &chunk("data: fo")[..10]);
    });
    let rows = deliveries(&snapshot);
    let complete: Vec<bool> = rows.iter().map(|(row, _)| row.complete).collect();
    assert_eq!(complete, [true, false, true, false]);
    assert_eq!(texts(&snapshot), ["data: one\n\n", "not-captured", "data: three\n\n", "data: f"]);
    let exchange = snapshot.exchanges().row(0).expect("an exchange");
    assert_eq!((exchange.missing[1], exchange.complete), (50, false));
}

/// However the bytes were cut into segments, also within line ends and sizes of chunks, the same events come out; and
/// each byte leads to the packet that it came in.
#[test]
fn events_in_pieces() {
    let events = ["id: 1\r\ndata: a\r\n\r\n", ": b\n\n", "data: c\ndata\n\n"];
    let body: Vec<u8> = events.iter().flat_map(|event| chunk(event)).chain(*b"0\r\n\r\n").collect();
    for step in [1, 2, 3, 7, body.len()] {
        let snapshot = talk(|talk| {
            talk.send(Side::Client, &get("/events"));
            talk.send(Side::Server, STREAM.as_bytes());
            body.chunks(step).for_each(|piece| talk.send(Side::Server, piece));
        });
        assert_eq!(texts(&snapshot), events, "pieces of {step}");
        let mut content = Content::default();
        for (row, text) in deliveries(&snapshot) {
            let (patchy, runs) = content.delivered(&snapshot, row.id, u64::MAX).expect("bytes");
            let mut read = Vec::new();
            for run in &runs {
                let packet = content.packet(&snapshot, run.packet).expect("a packet");
                read.extend_from_slice(&packet[run.in_packet as usize..][..run.len as usize]);
            }
            assert_eq!((Ok(String::from_utf8(read).unwrap()), patchy.bytes.len()), (text, row.len as usize));
        }
    }
}

/// What is asked for with POST is a message of the client, and its answer one that goes on until the connection ends.
#[test]
fn a_question_answered_by_events() {
    let snapshot = talk(|talk| {
        let question = b"{\"prompt\":\"hi\"}";
        let head = format!("POST /v1/chat HTTP/1.1\r\nContent-Length: {}\r\n\r\n", question.len());
        talk.send(Side::Client, head.as_bytes());
        talk.send(Side::Client, question);
        talk.send(Side::Server, b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\n\n");
        talk.send(Side::Server, b"data: b\n\n");
    });
    assert_eq!(texts(&snapshot), ["{\"prompt\":\"hi\"}", "data: a\n\n", "data: b\n\n"]);
    assert_eq!(deliveries(&snapshot)[0].0.side, Side::Client);
    assert!(snapshot.exchanges().row(0).expect("an exchange").complete);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes anything")
}

/// Packed answers are unpacked when somebody looks, up to a limit; what cannot be unpacked is a row that says so.
#[test]
fn packed_answers() {
    let bodies = [
        ("Content-Encoding: gzip\r\n", gzip(b"{\"n\":1}")),
        ("Content-Encoding: gzip\r\n", gzip(&vec![b' '; 2 << 20])),
        ("Content-Encoding: br\r\n", vec![1, 2, 3]),
        ("Content-Encoding: gzip\r\n", vec![1, 2, 3]),
    ];
    let snapshot = talk(|talk| {
        for (coding, body) in &bodies {
            talk.send(Side::Client, &get("/state"));
            talk.send_all(Side::Server, &answer("application/json", coding, body));
        }
    });
    assert_eq!(texts(&snapshot), ["{\"n\":1}", "too-large", "packed", "packed"]);
    // An event stream that is packed is one message, as nobody sees where its events end.
    let snapshot = talk(|talk| {
        talk.send(Side::Client, &get("/events"));
        let body = gzip(b"data: a\n\ndata: b\n\n");
        talk.send(Side::Server, &answer("text/event-stream", "Content-Encoding: gzip\r\n", &body));
    });
    assert_eq!(texts(&snapshot), ["data: a\n\ndata: b\n\n"]);
}

/// Pages, scripts, pictures, and data that is asked for all at once or by different names are no neighbors.
#[test]
fn pages_are_no_rows() {
    let snapshot = talk(|talk| {
        for _ in 0..6 {
            for (target, kind) in
                [("/", "text/html"), ("/app.js", "text/javascript"), ("/a.png", "image/png")]
            {
                talk.send(Side::Client, &get(target));
                talk.send(Side::Server, &answer(kind, "", b"content"));
            }
        }
        // Asked for before the answer is there.
        for _ in 0..6 {
            talk.send(Side::Client, &get("/api/item?id=1"));
        }
        for _ in 0..6 {
            talk.send(Side::Server, &answer("application/json", "", b"{}"));
        }
        for number in 0..6 {
            talk.send(Side::Client, &get(&format!("/api/item/{number}")));
            talk.send(Side::Server, &answer("application/json", "", b"{}"));
        }
    });
    assert_eq!((snapshot.delivery_count(), snapshot.exchanges().len()), (0, 0));
    let extents = deliveries(&snapshot);
    assert!(extents.is_empty());
}

/// What is asked for now and then is polled; what waits for its answer is long polling. The answers before it showed
/// are rows too, also where their bodies came in chunks.
#[test]
fn polling_is_recognized_by_the_third_request() {
    let snapshot = talk(|talk| {
        for number in 0..4 {
            talk.send(Side::Client, &get(&format!("/state?since={number}")));
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
            talk.send(Side::Server, head.as_bytes());
            for piece in [&chunk("[")[..], &chunk(&number.to_string()), &chunk("]"), b"0\r\n\r\n"] {
                talk.send(Side::Server, piece);
            }
        }
    });
    assert_eq!(texts(&snapshot), ["[0]", "[1]", "[2]", "[3]"]);
    let session = snapshot.push_sessions().row(0).expect("a session");
    assert_eq!((session.family, session.exchanges), (Family::Polling, 4));
    assert_eq!(session.transports, [Transport::LongPolling]);
    let packets: Vec<u64> = deliveries(&snapshot).iter().map(|(row, _)| row.packet.number()).collect();
    assert!(packets.is_sorted() && packets[0] < 11, "{packets:?}");
}

/// An answer that was lost is not taken for that of the next request.
#[test]
fn a_lost_answer_is_nobody_elses() {
    let snapshot = talk(|talk| {
        for number in 0..5 {
            let target = format!("/socket.io/?EIO=4&transport=polling&sid=s&t={number}");
            talk.send(Side::Client, &get(&target));
            let body = format!("4{number}");
            let bytes = answer("text/plain", "", body.as_bytes());
            if number == 1 {
                talk.advance(Side::Server, bytes.len() as u32);
            } else {
                talk.send(Side::Server, &bytes);
            }
        }
    });
    let mut content = Content::default();
    let rows = deliveries(&snapshot);
    for (row, text) in &rows {
        let target = content.heads(&snapshot, row.exchange).request.expect("a head");
        let target = String::from_utf8_lossy(target.target().expect("a target")).into_owned();
        let text = text.as_ref().expect("bytes");
        assert!(target.ends_with(&format!("t={}", &text[1..])), "{target}: {text}");
    }
    assert!(rows.len() >= 3, "{rows:?}");
}

/// In TLS they are found with keys, and not without.
#[test]
fn sealed_neighbors() {
    let mut sealer = Sealer::new(7);
    let mut talk = Talk::new([1000, 5000]);
    talk.open();
    talk.send(Side::Client, &sealer.client_hello());
    talk.send(Side::Server, &sealer.server_hello());
    let mut say = |side: Side, bytes: &[u8]| {
        let mut record = Vec::new();
        sealer.seal(side == Side::Client, bytes, &mut record);
        talk.send(side, &record);
    };
    say(Side::Client, &get("/events"));
    say(Side::Server, STREAM.as_bytes());
    say(Side::Server, &chunk("data: a\n\n"));
    say(Side::Server, &chunk("data: b\n\n"));
    talk.close();
    let keys = Temporary::with(Sealer::keys(7).as_bytes());
    let snapshot = replay::memory_with(talk.packets.clone(), &replay::keys(Some(keys.path())));
    assert_eq!(texts(&snapshot), ["data: a\n\n", "data: b\n\n"]);
    let mut content = Content::default();
    let (_, runs) = content.delivered(&snapshot, DeliveryId::new(1), u64::MAX).expect("bytes");
    assert_eq!(runs.iter().map(|run| run.len).sum::<u32>(), 9);
    assert_eq!(replay::memory(talk.packets).delivery_count(), 0);
}

/// A peer that asks for ever other things, and an event that never ends, cost no more than their bytes.
#[test]
fn peers_that_mean_no_good() {
    let snapshot = talk(|talk| {
        for number in 0..2_000 {
            talk.send(Side::Client, &get(&format!("/{number}/{}?a=&b&=", "x".repeat(number % 900))));
            talk.send(Side::Server, &answer("application/json", "", b"{}"));
        }
        talk.send(Side::Client, &get("/events"));
        talk.send(Side::Server, STREAM.as_bytes());
        talk.send(Side::Server, b"ffffffffff\r\ndata: ");
        for _ in 0..500 {
            talk.send(Side::Server, &[b'\r'; 1000]);
            talk.send(Side::Server, &[b'x'; 1000]);
        }
    });
    let rows = deliveries(&snapshot);
    assert!(rows.len() <= 502, "{}", rows.len());
    assert_eq!(snapshot.exchanges().len(), 1);
}
