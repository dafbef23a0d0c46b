//! TLS whose peer floods, lies about lengths, or never stops changing keys.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Said, Stream};
use crate::event::Event;
use crate::ids::End;
use crate::layer::{Input, To};
use crate::outbox::{Queue, Work, Workers};
use crate::packet::Packets;
use crate::tls::open::Refused;
use crate::tls::parcel;

const CLIENT: End = End::A;
const SERVER: End = End::B;

fn record(kind: u8, fragment: &[u8]) -> Vec<u8> {
    let mut record = vec![kind, 3, 3];
    record.extend((fragment.len() as u16).to_be_bytes());
    record.extend_from_slice(fragment);
    record
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind];
    message.extend_from_slice(&(body.len() as u32).to_be_bytes()[1..]);
    message.extend_from_slice(body);
    message
}

/// TLS 1.3 with TLS_AES_128_GCM_SHA256, up to where both ends use the secrets that RFC 8448 has for data.
fn begun() -> Stream {
    let random = "07".repeat(32);
    let secret = |label: &str, byte: u8| format!("{label} {random} {}\n", format!("{byte:02x}").repeat(32));
    let keys = [
        secret("CLIENT_HANDSHAKE_TRAFFIC_SECRET", 1),
        secret("SERVER_HANDSHAKE_TRAFFIC_SECRET", 2),
        secret("CLIENT_TRAFFIC_SECRET_0", 3),
        secret("SERVER_TRAFFIC_SECRET_0", 4),
    ];
    let mut stream = Stream::new(&keys.concat());
    let hello = [&[3, 3][..], &[7; 32], &[0, 0, 2, 0x13, 1, 1, 0]].concat();
    stream.send(CLIENT, &record(22, &message(1, &hello)));
    let hello = [&[3, 3][..], &[9; 32], &[0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]].concat();
    stream.send(SERVER, &record(22, &message(2, &hello)));
    stream
}

/// Seals as TLS_AES_128_GCM_SHA256 does, the way that RFC 8446 5.2 has it.
struct Sealer {
    secret: Vec<u8>,
    sequence: u64,
}

impl Sealer {
    fn new(byte: u8) -> Self {
        Self { secret: vec![byte; 32], sequence: 0 }
    }

    fn seal(&mut self, kind: u8, text: &[u8]) -> Vec<u8> {
        use crate::tls::schedule::expand_label;
        use crate::tls::suite::Suite;
        use aead::inout::InOutBuf;
        use aead::{AeadInOut, KeyInit};
        let (mut key, mut iv) = ([0; 16], [0; 12]);
        expand_label(Suite(0x1301), &self.secret, b"key", &mut key).unwrap();
        expand_label(Suite(0x1301), &self.secret, b"iv", &mut iv).unwrap();
        iv.iter_mut().skip(4).zip(self.sequence.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
        self.sequence += 1;
        let mut text = [text, &[kind]].concat();
        let head = [&[23, 3, 3][..], &(text.len() as u16 + 16).to_be_bytes()].concat();
        let cipher = aes_gcm::Aes128Gcm::new_from_slice(&key).unwrap();
        let tag =
            cipher.encrypt_inout_detached(&iv.into(), &head, InOutBuf::from(text.as_mut_slice())).unwrap();
        record(23, &[text, tag.to_vec()].concat())
    }

    /// RFC 8446 4.6.3, 7.2.
    fn update(&mut self) -> Vec<u8> {
        let record = self.seal(22, &message(24, &[0]));
        let next = crate::tls::schedule::next_secret(crate::tls::suite::Suite(0x1301), &self.secret);
        *self = Self { secret: next.unwrap(), sequence: 0 };
        record
    }
}

/// Both ends' Finished, and what they use from then on.
fn finished() -> (Stream, [Sealer; 2]) {
    let mut stream = begun();
    stream.send(SERVER, &Sealer::new(2).seal(22, &message(20, &[0; 32])));
    stream.send(CLIENT, &Sealer::new(1).seal(22, &message(20, &[0; 32])));
    (stream, [Sealer::new(3), Sealer::new(4)])
}

fn still_reads(stream: &mut Stream, [client, server]: &mut [Sealer; 2]) {
    stream.send(
        CLIENT,
        &client.seal(23, b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    );
    stream.send(
        SERVER,
        &server.seal(23, b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    );
    stream.send(SERVER, &server.seal(23, b"\x81\x02hi"));
    assert_eq!(stream.count(|event| matches!(event, Event::Frame(_))), 1);
}

/// RFC 8446 4.6.3 sets no limit to KeyUpdate: between keys with which nothing was sent nothing is kept.
#[test]
fn rfc8446_4_6_3_key_updates_without_end() {
    let (mut stream, mut sealers) = finished();
    for _ in 0..20_000 {
        let update = sealers[1].update();
        stream.send(SERVER, &update);
    }
    assert_eq!(stream.said.openers.len(), 0);
    still_reads(&mut stream, &mut sealers);
    assert_eq!(stream.said.openers.len(), 2);
    assert_eq!(stream.count(|event| matches!(event, Event::Refused { .. })), 0);
}

/// RFC 8446 4: 24 bits of length let a ClientHello be 16 MiB long. It is not kept, and what follows is read.
#[test]
fn rfc8446_4_a_hello_of_16_mib() {
    let mut stream = Stream::new("");
    stream.send(CLIENT, &record(22, &[1, 0xff, 0xff, 0xff]));
    let piece = record(22, &[0; 1 << 14]);
    for _ in 0..1023 {
        stream.send(CLIENT, &piece);
    }
    stream.send(CLIENT, &record(22, &[0; (1 << 14) - 1]));
    let hello = [&[3, 3][..], &[7; 32], &[0, 0, 2, 0x13, 1, 1, 0]].concat();
    stream.send(CLIENT, &record(22, &message(1, &hello)));
    assert!(stream.count(|event| matches!(event, Event::Secured { .. })) < 5);
}

/// Records that do not open: each is said, the next one that does goes on; one that never comes is no harm.
#[test]
fn rfc8446_5_2_records_that_do_not_open() {
    let (mut stream, mut sealers) = finished();
    for _ in 0..1000 {
        stream.send(SERVER, &record(23, &[5; 100]));
    }
    assert_eq!(stream.count(|event| matches!(event, Event::Refused { why: Refused::Tag, .. })), 1000);
    // Whoever counts them counts those that he sent.
    sealers[1].sequence = 1000;
    stream.send(SERVER, &sealers[1].seal(21, &[1, 0]));
    assert_eq!(stream.count(|event| matches!(event, Event::Refused { .. })), 1000);
    stream.send(SERVER, &[23, 3, 3, 0x40, 0, 1, 2, 3]);
    stream.input(SERVER, Input::End);
    stream.input(CLIENT, Input::End);
}

/// Behind a hole, bytes that look like records everywhere and are none: the search costs so much and no more, is
/// given up in words, and the other end is not touched.
#[test]
fn a_search_is_given_up() {
    let (mut stream, mut sealers) = finished();
    stream.lose(SERVER, 1 << 20);
    let decoys = [23, 3, 3, 0, 40].repeat(12_000);
    let started = std::time::Instant::now();
    for _ in 0..400 {
        stream.send(SERVER, &decoys);
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert_eq!(stream.count(|event| matches!(event, Event::Refused { why: Refused::NoRecord, .. })), 1);
    let before = stream.said.openers.len();
    stream.send(CLIENT, &sealers[0].seal(23, b"GET / HTTP/1.1\r\n\r\n"));
    assert_eq!(stream.said.openers.len(), before + 1);
}

/// Packets that were guessed to come.
struct Guessed(Vec<Vec<u8>>);

impl Packets for Guessed {
    fn bytes(&self, place: usize) -> &[u8] {
        &self.0[place]
    }
}

/// Works where it is asked for what came of it.
#[derive(Default)]
struct Later(Vec<(Queue, Work)>);

impl Workers for Later {
    fn take(&mut self, queue: Queue, work: Work) {
        self.0.push((queue, work));
    }
    fn give(&mut self, queue: Queue, _: bool) -> Option<Work> {
        let (_, mut work) = self.0.remove(self.0.iter().position(|(its, _)| *its == queue)?);
        work.run();
        Some(work)
    }
}

/// A piece of what one end sends, and whether it was lost.
type Piece = (End, Vec<u8>, bool);

/// Reads pieces, some at a time; with `ahead`, records are opened before their turn, as if nothing would be lost.
fn read(pieces: &[Piece], batch: usize, ahead: bool) -> (String, usize) {
    let (mut stream, _) = finished();
    stream.outbox.employ(Box::new(Later::default()));
    let mut expected = 0;
    for batch in pieces.chunks(batch) {
        let packets: Arc<dyn Packets> =
            Arc::new(Guessed(batch.iter().map(|(_, bytes, _)| bytes.clone()).collect()));
        for end in [CLIENT, SERVER].into_iter().filter(|_| ahead) {
            let Stream { layer, outbox, ahead, .. } = &mut stream;
            let Some(mut course) = layer.course(end, ahead) else { continue };
            let mut to = To { outbox, packets: &packets };
            let its = batch.iter().enumerate().filter(|(_, (from, ..))| *from == end);
            for (place, (_, bytes, _)) in its {
                let piece = parcel::Piece { packet: Some(place as u32), offset: 0, len: bytes.len() as u32 };
                if !course.take(piece, bytes, ahead, &mut to) {
                    break;
                }
            }
            course.over(ahead, &mut to);
            ahead.shared_is_over(&mut to);
            expected += usize::from(layer.expect(end, course));
        }
        for (end, bytes, lost) in batch {
            if *lost { stream.lose(*end, bytes.len() as u64) } else { stream.send(*end, bytes) }
        }
        for end in [CLIENT, SERVER] {
            stream.layer.expect_no_more(end, &mut stream.ahead, &mut stream.outbox);
        }
        stream.ahead.over(&mut stream.outbox);
    }
    stream.with(|_, up| up.settle());
    let Said { events, extents, records, .. } = &stream.said;
    (format!("{events:?} {extents:?} {records:?}"), expected)
}

proptest! {
    /// Records that are opened before their turn are what they would have been in it, whatever comes between them: new
    /// keys, tickets, alerts, what does not open, what is none, and what never comes.
    #[test]
    fn opened_ahead_or_in_their_turn(
        says in prop::collection::vec((any::<bool>(), 0..24_u8, 0..3000_usize), 1..60),
        cuts in prop::collection::vec((1..2000_usize, prop::bool::weighted(0.03)), 1..20),
        batch in 1..40_usize,
    ) {
        let mut sealers = [Sealer::new(3), Sealer::new(4)];
        let mut wire = vec![
            (CLIENT, sealers[0].seal(23, b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")),
            (SERVER, sealers[1].seal(23, b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")),
        ];
        for (server, what, len) in says {
            let (end, sealer) = if server { (SERVER, &mut sealers[1]) } else { (CLIENT, &mut sealers[0]) };
            wire.push((end, match what {
                0 => sealer.update(),
                1 => sealer.seal(22, &message(4, &vec![7; len])),
                2 => sealer.seal(21, &[1, 0]),
                3 => record(23, &vec![5; len]),
                4 => record(20, &[1]),
                5 if len < 50 => vec![0xff; len],
                _ => {
                    let head = [&[0x82, 126][..], &(len.max(126) as u16).to_be_bytes()].concat();
                    sealer.seal(23, &[head, vec![len as u8; len.max(126)]].concat())
                }
            }));
        }
        let mut cuts = cuts.iter().cycle();
        let mut pieces: Vec<Piece> = Vec::new();
        for (index, (end, mut bytes)) in wire.into_iter().enumerate() {
            while !bytes.is_empty() {
                let (len, lost) = cuts.next().unwrap();
                let rest = bytes.split_off(bytes.len().min(*len));
                pieces.push((end, bytes, *lost && index > 1));
                bytes = rest;
            }
        }
        let (alone, none) = read(&pieces, batch, false);
        prop_assert_eq!(none, 0);
        prop_assert_eq!(read(&pieces, batch, true).0, alone);
    }
}

/// Where there is time for it, records are opened before their turn.
#[test]
fn much_is_opened_ahead() {
    let mut sealer = Sealer::new(4);
    let record = |byte: u8| sealer.seal(23, &[byte; 5000]);
    let wire = (0..20).map(record).collect::<Vec<_>>().concat();
    let pieces: Vec<Piece> = wire.chunks(1460).map(|bytes| (SERVER, bytes.to_vec(), false)).collect();
    assert_eq!(read(&pieces, 10, true).1, pieces.len().div_ceil(10));
}
