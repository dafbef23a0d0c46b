//! Bytes as Python's `zlib`, `gzip` and `zstandard` write them, and streams at any place.

use flate2::{Compress, Compression, FlushCompress};

use super::super::tests::{Told, of};
use super::super::*;
use super::unpack::LIMIT;
use crate::ids::Side;

/// `{"type":"tick"}`, of gzip also three of them as a file with a name.
const ZLIB: &str = "789cab562aa92c4855b2522ac94cce56aa050029b50528";
const GZIP: &str = "1f8b0800000000000203ab562aa92c4855b2522ac94cce56aa050033539d290f000000";
const FILE: &str =
    "1f8b080800f1536502ff7469636b2e6a736f6e00ab562aa92c4855b2522ac94cce56aaadc6cb050017e89b222d000000";
const ZSTD: &str = "28b52ffd200f7900007b2274797065223a227469636b227d";

fn bytes(octets: &str) -> Vec<u8> {
    hex::decode(octets).unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Decoded {
    of(name, Side::Server, false, bytes)
}

fn deflate(bytes: &[u8], zlib: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1024);
    Compress::new(Compression::default(), zlib).compress_vec(bytes, &mut out, FlushCompress::Finish).unwrap();
    out
}

/// What is inside is decoded again, and stands nowhere in the message.
#[test]
fn what_is_inside_is_read() {
    for (octets, format) in [(ZLIB, "zlib"), (GZIP, "gzip"), (ZSTD, "zstd")] {
        let said = read("", &bytes(octets));
        assert_eq!((said.protocol, &said.stopped), ("compressed", &None), "{format}");
        assert_eq!(said.summary(), format!("{format}: {{\"type\":\"tick\"}}"));
        assert_eq!(said.parts[0].at, 0..octets.len() / 2);
        let inside = &said.fields[1].children[0];
        assert_eq!(
            (inside.label.as_ref(), inside.value.shown().as_ref(), &inside.at),
            ("type", "tick", &None)
        );
    }
    let file = read("", &bytes(FILE));
    assert_eq!(file.fields[0].children[2].value, Value::Text("tick.json".into()));
    assert_eq!(file.stopped, None);
    // Two of them in one another, and what nothing is known of.
    assert_eq!(read("", &deflate(&bytes(GZIP), true)).summary(), "zlib: gzip: {\"type\":\"tick\"}");
    assert_eq!(read("", &deflate(b"plain words", true)).summary(), "zlib: plain words");
    assert_eq!(read("compressed", &deflate(b"plain words", false)).summary(), "deflate: plain words");
}

/// What is cut, wrong or too much is named; by content only what is whole is taken for zlib.
#[test]
fn limits_and_faults() {
    for octets in [ZLIB, GZIP, FILE, ZSTD] {
        let all = bytes(octets);
        for end in 0..all.len() {
            let said = read("compressed", &all[..end]);
            assert!(end == 0 || said.stopped.is_some_and(|it| it.at <= end), "{octets} up to {end}");
        }
    }
    assert_eq!(read("", &bytes(&ZLIB[..40])).protocol, "data");
    let mut wrong = bytes(GZIP);
    wrong[30] ^= 1;
    assert_eq!(
        read("", &wrong).stopped.map(|it| it.why.into_owned()),
        Some("gzip's check does not fit what came out".into())
    );
    let said = read("", &deflate(&vec![b'x'; 64 << 20], true));
    assert_eq!(said.limited, Some("only the first 4 MiB of what is compressed are read"));
    assert!(said.fields[0].children[1].value == Value::Number(LIMIT as i128));
    let nested = (0..20).fold(b"x".to_vec(), |inner, _| deflate(&inner, true));
    assert_eq!(read("", &nested).limited, Some("only 4 decoders are used in one another"));
}

/// Payloads of one stream: whole, in two messages, with the flush cut in two; from any message on that a window is
/// kept of, and not where the beginning is missing.
#[test]
fn a_stream_is_read_at_any_place() {
    let mut compress = Compress::new(Compression::default(), true);
    let mut messages = Vec::new();
    let texts: Vec<String> = (0..100)
        .map(|place| format!("{{\"op\":{place},\"d\":\"{}\"}}", "ab c".repeat(place * 7 % 400)))
        .collect();
    for text in &texts {
        let mut out = Vec::with_capacity(text.len() + 100);
        compress.compress_vec(text.as_bytes(), &mut out, FlushCompress::Sync).unwrap();
        assert!(out.ends_with(&[0, 0, 255, 255]));
        messages.push(out);
    }
    let (mut straight, mut windows) = (Stream::default(), Vec::new());
    for (message, text) in messages.iter().zip(&texts) {
        windows.push(straight.window().map(<[u8]>::to_vec));
        straight.feed(message).unwrap();
        assert_eq!(straight.payload(), Payload { plain: text.clone().into_bytes(), whole: true, cut: false });
    }
    for place in 1..messages.len() {
        let mut resumed = Stream::resumed(windows[place].as_deref().unwrap(), 0);
        for cut in [messages[place].len() / 2, messages[place].len() - 2] {
            let (first, second) = messages[place].split_at(cut);
            resumed.feed(first).unwrap();
            assert!(!resumed.payload().whole && resumed.window().is_none());
            resumed.feed(second).unwrap();
            assert_eq!(resumed.payload().plain, texts[place].as_bytes());
            resumed = Stream::resumed(windows[place].as_deref().unwrap(), 0);
        }
    }
    assert!(Stream::default().feed(&messages[1]).is_err());
    let facts = Facts { target: "/?v=10&encoding=json&compress=zlib-stream".into(), ..Facts::default() };
    let told = |to: usize| Told(messages[..to].iter().rev().map(|it| (false, it.clone())).collect());
    let read = |bytes: &[u8], told: Told| {
        let said = Said { side: Side::Server, text: false, bytes };
        decode(choose(&facts), &Input::new(said, &facts, &told), true)
    };
    let said = read(&messages[40], told(40));
    assert_eq!((said.protocol, said.stopped.is_none()), ("zlib-stream", true));
    assert!(said.summary().starts_with("zlib-stream: {\"op\":40,"), "{}", said.summary());
    assert_eq!(read(&messages[40][..9], told(40)).parts[0].kind, "part");
    let lost = read(&messages[40], Told(Vec::new()));
    assert_eq!(
        lost.stopped.map(|it| it.why.into_owned()),
        Some("the beginning of the stream was not captured".into())
    );
}
