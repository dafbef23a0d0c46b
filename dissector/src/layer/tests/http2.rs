//! HTTP/2 in clear whose client, or server, floods (RFC 9113 10.5).

use super::Stream;
use crate::event::Event;
use crate::http2::PREFACE;
use crate::http2::facts::{Http2, Limit};
use crate::ids::End;

const CLIENT: End = End::A;
const SERVER: End = End::B;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// A literal field that goes into the dynamic table (RFC 7541 6.2.1).
fn literal(name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut field = vec![0x40, name.len() as u8];
    field.extend_from_slice(name);
    // RFC 7541 5.1: a prefix of seven bits, then the rest seven bits at a time.
    let mut rest = value.len();
    if rest < 127 {
        field.push(rest as u8);
    } else {
        field.push(127);
        rest -= 127;
        while rest >= 128 {
            field.push(rest as u8 | 128);
            rest >>= 7;
        }
        field.push(rest as u8);
    }
    field.extend_from_slice(value);
    field
}

/// Asks for a WebSocket; all but the first such request are four bytes of fields.
const ASK: [u8; 4] = [0xbf, 0xbe, 0x84, 0x87];

fn begun() -> Stream {
    let mut stream = Stream::new("");
    stream.send(CLIENT, PREFACE);
    stream.send(CLIENT, &frame(4, 0, 0, &[]));
    let fields = [literal(b":method", b"CONNECT"), literal(b":protocol", b"websocket"), vec![0x84, 0x87]];
    stream.send(CLIENT, &frame(1, 4, 1, &fields.concat()));
    assert_eq!(stream.count(|event| matches!(event, Event::Connection(_))), 1);
    stream
}

fn limits(stream: &Stream) -> Vec<Limit> {
    let limit = |event: &Event| match event {
        Event::Http2 { what, .. } => match **what {
            Http2::Limit { what, .. } => Some(what),
            _ => None,
        },
        _ => None,
    };
    stream.said.events.iter().filter_map(limit).collect()
}

/// What stands at the end of each of these: the connection goes on, and a new stream is followed.
fn still_reads(stream: &mut Stream, id: u32) {
    let before = stream.count(|event| matches!(event, Event::Frame(_)));
    let fields = [literal(b":method", b"CONNECT"), literal(b":protocol", b"websocket"), vec![0x84, 0x87]];
    stream.send(CLIENT, &frame(1, 4, id, &fields.concat()));
    stream.send(SERVER, &frame(1, 4, id, &[0x88]));
    stream.send(SERVER, &frame(0, 0, id, b"\x81\x02hi"));
    assert_eq!(stream.count(|event| matches!(event, Event::Frame(_))), before + 1);
}

/// Hundreds of thousands of streams at once: some thousands are followed, and that there are more is said once.
#[test]
fn rfc9113_5_1_2_streams_without_end() {
    let mut stream = begun();
    let mut wire = Vec::new();
    for number in 1..300_000 {
        wire.extend(frame(1, 4, 2 * number + 1, &ASK));
        if wire.len() > 60_000 {
            stream.send(CLIENT, &core::mem::take(&mut wire));
        }
    }
    stream.send(CLIENT, &wire);
    assert_eq!(stream.count(|event| matches!(event, Event::Connection(_))), 4096);
    assert_eq!(limits(&stream), [Limit::Streams]);
    for number in 0..200 {
        stream.send(CLIENT, &frame(3, 0, 2 * number + 1, &[0, 0, 0, 8]));
    }
    still_reads(&mut stream, 1_000_001);
}

/// RFC 9113 10.5.1: requests of a dozen bytes that say thirty kilobytes each, asked for and reset at once, as fast
/// as it goes. What is kept of all of them together is bounded by what they are on the wire.
#[test]
fn rfc7541_7_3_small_blocks_that_say_much() {
    let mut stream = begun();
    let filler = literal(b"sec-websocket-protocol", &[b'a'; 3000]);
    let fields = [&filler[..], &[0xc0, 0xbf, 0x84, 0x87]].concat();
    stream.send(CLIENT, &frame(1, 4, 3, &fields));
    let mut wire = Vec::new();
    let count = 50_000;
    for number in 2..count {
        let id = 2 * number + 1;
        wire.extend(frame(1, 4, id, &[&[0xc0, 0xbf, 0x84, 0x87][..], &[0xbe; 10]].concat()));
        wire.extend(frame(3, 0, id, &[0, 0, 0, 8]));
        if wire.len() > 60_000 {
            stream.send(CLIENT, &core::mem::take(&mut wire));
        }
    }
    stream.send(CLIENT, &wire);
    assert!(limits(&stream).contains(&Limit::Heads));
    assert_eq!(stream.count(|event| matches!(event, Event::Connection(_))), count as usize);
    assert!(stream.said.heads < (20 << 20) + 200 * count as usize, "{} bytes of heads", stream.said.heads);
    still_reads(&mut stream, 2 * count + 1);
}

/// CVE-2024-27316 and its like: CONTINUATION without end, with bytes and without.
#[test]
fn rfc9113_6_10_continuation_flood() {
    for piece in [&[0; 0][..], &[0x82; 1000]] {
        let mut stream = begun();
        stream.send(CLIENT, &frame(1, 0, 3, &[]));
        let wire = frame(9, 0, 3, piece).repeat(60);
        for _ in 0..2000 {
            stream.send(CLIENT, &wire);
        }
        assert_eq!(limits(&stream), if piece.is_empty() { vec![] } else { vec![Limit::Block] });
        stream.send(CLIENT, &frame(9, 4, 3, &[]));
        still_reads(&mut stream, 5);
    }
}

/// A frame longer than any may be is passed over, and what it promised need not come.
#[test]
fn rfc9113_4_2_more_promised_than_brought() {
    let mut stream = begun();
    let mut header = frame(1, 4, 3, &[]);
    header[..3].copy_from_slice(&[0xff, 0xff, 0xff]);
    stream.send(CLIENT, &header);
    for _ in 0..279 {
        stream.send(CLIENT, &[0; 60_000]);
    }
    assert_eq!(limits(&stream), [Limit::Block]);
    stream.send(CLIENT, &[0; 0xff_ffff - 279 * 60_000]);
    still_reads(&mut stream, 5);
    stream.send(CLIENT, &header[..5]);
    stream.input(CLIENT, super::Input::End);
    stream.input(SERVER, super::Input::End);
}

/// CVE-2023-44487: streams asked for and reset at once. Each is a row, and nothing of it stays.
#[test]
fn rfc9113_6_4_reset_flood() {
    let mut stream = begun();
    let mut wire = Vec::new();
    for number in 1..100_000 {
        wire.extend(frame(1, 4, 2 * number + 1, &ASK));
        wire.extend(frame(3, 0, 2 * number + 1, &[0, 0, 0, 8]));
    }
    stream.send(CLIENT, &wire);
    assert_eq!(stream.count(|event| matches!(event, Event::Connection(_))), 100_000);
    assert_eq!(limits(&stream), []);
    still_reads(&mut stream, 200_001);
}
