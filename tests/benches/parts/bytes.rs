//! What is done to bytes: headers parsed, payloads unmasked and inflated, text checked.

use dissector::websocket::deflate::Inflater;
use dissector::websocket::header::{FrameHeader, Parsed};
use dissector::websocket::mask::{unmask, unmask_into};
use dissector::websocket::opcode::Opcode;
use dissector::websocket::utf8::Utf8;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use flate2::{Compress, Compression, FlushCompress};
use wscope_tests::traffic::{Random, Texts};

/// Payloads as they are in chats, in segments, and in files.
const LENGTHS: [usize; 3] = [180, 1448, 64 << 10];

/// Headers of all lengths, masked and not, one behind the other.
#[divan::bench]
fn header(bencher: Bencher<'_, '_>) {
    let mut random = Random::new(1);
    let mut bytes = Vec::new();
    for _ in 0..10_000 {
        let most = 2 << random.below(18);
        let mut header = FrameHeader::new(Opcode::TEXT, random.below(most));
        header.mask = random.coin().then(|| (random.number() as u32).to_le_bytes());
        bytes.extend(header.write());
    }
    bencher.counter(ItemsCount::new(10_000_u32)).bench_local(|| {
        let (mut rest, mut payload) = (bytes.as_slice(), 0);
        while let Parsed::Done { value, used } = FrameHeader::parse(divan::black_box(rest)) {
            payload += value.payload_len;
            rest = &rest[used..];
        }
        payload
    });
}

#[divan::bench(args = LENGTHS)]
fn unmask_in_place(bencher: Bencher<'_, '_>, len: usize) {
    let mut bytes = noise(len);
    bencher.counter(BytesCount::new(len)).bench_local(|| {
        unmask(divan::black_box(&mut bytes), [1, 2, 3, 4], 1);
    });
}

#[divan::bench(args = LENGTHS)]
fn unmask_elsewhere(bencher: Bencher<'_, '_>, len: usize) {
    let (bytes, mut into) = (noise(len), vec![0; len]);
    bencher.counter(BytesCount::new(len)).bench_local(|| {
        unmask_into(divan::black_box(&bytes), &mut into, [1, 2, 3, 4], 1);
        divan::black_box(into.first());
    });
}

/// Text in one piece, mostly ASCII.
#[divan::bench(args = LENGTHS)]
fn utf8(bencher: Bencher<'_, '_>, len: usize) {
    let text = text(len);
    let check = || Utf8::check(divan::black_box(text.as_bytes())).is_valid();
    bencher.counter(BytesCount::new(text.len())).bench_local(check);
}

/// The same in pieces of a segment, as a long message comes.
#[divan::bench]
fn utf8_in_segments(bencher: Bencher<'_, '_>) {
    let text = text(64 << 10);
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        let mut whole = Utf8::default();
        text.as_bytes().chunks(1448).for_each(|piece| whole.feed(divan::black_box(piece)));
        whole.finish().is_valid()
    });
}

/// Messages with context takeover; the bytes are those that come out.
#[divan::bench(args = [180, 1400, 64 << 10])]
fn inflate(bencher: Bencher<'_, '_>, len: u64) {
    let mut random = Random::new(1);
    let (texts, mut text) = (Texts::new(len + 1, &mut random), String::new());
    let mut compress = Compress::new(Compression::fast(), false);
    let (mut messages, mut bytes) = (Vec::new(), 0);
    while bytes < 1 << 20 {
        texts.json(len - 1, len, &mut random, &mut text);
        let mut message = Vec::with_capacity(text.len() + 64);
        compress.compress_vec(text.as_bytes(), &mut message, FlushCompress::Sync).expect("there is room");
        message.truncate(message.len() - 4);
        bytes += text.len();
        messages.push(message);
    }
    bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(messages.len())).bench_local(|| {
        let (mut inflater, mut seen) = (Inflater::default(), 0);
        for message in &messages {
            inflater.start();
            let mut count = |bytes: &[u8]| seen += bytes.len();
            let fed = inflater.feed(divan::black_box(message), &mut count);
            assert!(fed.is_ok() && inflater.finish(&mut count).is_ok());
        }
        assert_eq!(seen, bytes);
    });
}

fn noise(len: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    Random::new(1).fill(len, &mut bytes);
    bytes
}

fn text(len: usize) -> String {
    let (mut random, mut text) = (Random::new(1), String::new());
    Texts::new(len as u64 + 1, &mut random).json(len as u64 - 1, len as u64, &mut random, &mut text);
    text
}
