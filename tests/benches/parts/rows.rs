//! What readers ask of an indexed capture: rows and content anywhere in it, and filters over all of it.

use std::sync::{Arc, LazyLock};

use capture::Source;
use dissector::ids::{FrameId, MessageId, PacketId};
use divan::Bencher;
use divan::counter::ItemsCount;
use session::decoding::Decoding;
use session::filter::{Filter, Mask, Of, ROWS, Sieve};
use session::pairing::Pairing;
use session::{Content, Options, Snapshot};
use wscope_tests::place::Temporary;
use wscope_tests::traffic::{Profile, Random, generate};

/// A capture of chat, and one in which each message leans on those before it.
static CHAT: LazyLock<Arc<Snapshot>> = LazyLock::new(|| indexed(Profile::Chat, 128_000_000));
static DEFLATE: LazyLock<Arc<Snapshot>> = LazyLock::new(|| indexed(Profile::Deflate, 32_000_000));
/// A million messages of Socket.IO and some more.
static SOCKET_IO: LazyLock<Arc<Snapshot>> = LazyLock::new(|| indexed(Profile::SocketIo, 337_000_000));

/// Rows that are asked for at a time.
const ASKED: u32 = 1000;

/// Reads a made-up capture, whose file is gone by its name, not by what is still open of it.
fn indexed(profile: Profile, size: u64) -> Arc<Snapshot> {
    let file = Temporary::with(&generate(profile, size, 1, Vec::new()).expect("memory can be written"));
    let source = Source::File { path: file.path().to_owned(), follow: false };
    let mut capture = capture::open(source).expect("a capture");
    session::read(capture.as_mut(), &Options::default(), &mut |_| {})
}

/// Places here and there among `count`.
fn places(count: u32) -> Vec<u32> {
    let mut random = Random::new(1);
    (0..ASKED).map(|_| random.below(count.into()) as u32).collect()
}

/// All rows of a kind through a filter: what columns say, what connections say, what is to be put together.
#[divan::bench(sample_count = 10, args = [
    "websocket.opcode == 8",
    "ws.direction == client && ws.payload_length > 100",
    "ws.length > 200",
    "ws.connection == 7",
])]
fn filter_columns(bencher: Bencher<'_, '_>, text: &str) {
    sift(bencher, &CHAT, text, Of::Messages);
}

/// The same where the bytes of each message have to be read.
#[divan::bench(sample_count = 3, args = ["ws.text contains \"nowhere to be found\""])]
fn filter_content(bencher: Bencher<'_, '_>, text: &str) {
    sift(bencher, &CHAT, text, Of::Messages);
}

/// What decoders tell, of each of a million messages.
#[divan::bench(sample_count = 3, args = ["ws.event == \"ask\"", "ws.latency > 5ms", "ws.unanswered"])]
fn filter_decoded(bencher: Bencher<'_, '_>, text: &str) {
    sift(bencher, &SOCKET_IO, text, Of::Messages);
}

/// What answers what among as many, on demand: no part of reading.
#[divan::bench(sample_count = 3)]
fn pairing(bencher: Bencher<'_, '_>) {
    let count = SOCKET_IO.message_count();
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let mut pairing = Pairing::new(Vec::new());
        pairing.hear_all(&SOCKET_IO);
        pairing.about(MessageId::new(count - 1))
    });
}

/// The lines of a screen of rows somewhere in them.
#[divan::bench(sample_count = 20)]
fn summaries(bencher: Bencher<'_, '_>) {
    let (mut content, mut decoding, mut random) = (Content::default(), Decoding::default(), Random::new(1));
    bencher.counter(ItemsCount::new(ROWS_SHOWN)).bench_local(|| {
        let first = random.below(u64::from(SOCKET_IO.message_count() - ROWS_SHOWN)) as u32;
        for id in (first..first + ROWS_SHOWN).map(MessageId::new) {
            let message = SOCKET_IO.message(id).expect("a message");
            let bytes = content.message(&SOCKET_IO, id, u64::MAX).expect("nothing is lost");
            divan::black_box(decoding.decoded(&mut content, &SOCKET_IO, &message, &bytes, false).summary());
        }
    });
}

/// Rows of a table on a large screen.
const ROWS_SHOWN: u32 = 60;

fn sift(bencher: Bencher<'_, '_>, snapshot: &Snapshot, text: &str, of: Of) {
    let filter = Arc::new(Filter::parse(text).expect("a filter"));
    let count = of.count(snapshot);
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let mut sieve = Sieve::new(Arc::clone(&filter));
        let bases = (0..count).step_by(ROWS);
        let held = bases.map(|base| {
            let among = Mask::first((count - base).min(ROWS as u32) as usize);
            sieve.sift(snapshot, of, base, &among).len()
        });
        held.sum::<usize>()
    });
}

#[divan::bench]
fn packet_rows(bencher: Bencher<'_, '_>) {
    rows(bencher, CHAT.packet_count(), |place| CHAT.packet(PacketId::new(place)));
}

#[divan::bench]
fn frame_rows(bencher: Bencher<'_, '_>) {
    rows(bencher, CHAT.frame_count(), |place| CHAT.frame(FrameId::new(place)));
}

#[divan::bench]
fn message_rows(bencher: Bencher<'_, '_>) {
    rows(bencher, CHAT.message_count(), |place| CHAT.message(MessageId::new(place)));
}

fn rows<T>(bencher: Bencher<'_, '_>, count: u32, row: impl Fn(u32) -> T) {
    let places = places(count);
    bencher.counter(ItemsCount::new(ASKED)).bench_local(|| {
        for place in &places {
            divan::black_box(row(*place));
        }
    });
}

/// Messages here and there, each alone.
#[divan::bench(sample_count = 10, args = ["chat", "deflate"])]
fn message_content(bencher: Bencher<'_, '_>, name: &str) {
    let snapshot = if name == "chat" { &CHAT } else { &DEFLATE };
    let places = places(snapshot.message_count());
    bencher.counter(ItemsCount::new(ASKED)).with_inputs(Content::default).bench_local_refs(|content| {
        for place in &places {
            let bytes = content.message(snapshot, MessageId::new(*place), u64::MAX);
            divan::black_box(bytes.expect("nothing is lost"));
        }
    });
}
