//! Streams and messages against what was put into them.
//!
//! TCP: streams whose bytes are known are cut, repeated, overlapped, exchanged and lost at random; what comes out
//! must be the byte that was seen first, for every place. DEFLATE: messages are read in random order and must be
//! what they were before they were compressed.

use std::collections::BTreeMap;
use std::sync::Arc;

use dissector::event::{Event, Sink};
use dissector::ids::{EpochId, ExtentId, FrameId, MessageId, PacketId, RecordId, Side, StreamId};
use dissector::packet::Packet;
use dissector::span::{Below, Extent, Record};
use dissector::tls::open::Opener;
use dissector::websocket::opcode::Opcode;
use dissector::{Dissector, Options};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use session::Content;
use wscope_tests::packets::{ACK, FIN, Talk, frame};
use wscope_tests::random::Random;
use wscope_tests::replay;

/// A stretch of a side's stream as one segment.
#[derive(Clone, Copy)]
struct Piece {
    side: Side,
    at: usize,
    len: usize,
}

/// A conversation that was captured badly, and what was really said.
struct Case {
    talk: Talk,
    /// What each side sent behind its handshake, and where that begins in its stream.
    sent: [Vec<u8>; 2],
    begin: [u64; 2],
    /// Which of these bytes were captured.
    captured: [Vec<bool>; 2],
    /// The frames of each side: where, and what.
    frames: [Vec<(u64, Vec<u8>)>; 2],
    conflicts: bool,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let first = [0; 2].map(|_| match random.below(3) {
            // RFC 9293 3.4: numbers wrap; here soon, or already in the handshake.
            0 => u32::MAX - random.below(4000) as u32,
            1 => u32::MAX - random.below(300) as u32,
            _ => random.bits() as u32,
        });
        let talk = Talk::upgraded(first, None);
        let mut frames = <[Vec<(u64, Vec<u8>)>; 2]>::default();
        let mut sent = <[Vec<u8>; 2]>::default();
        let begin = [Side::Client, Side::Server].map(|side| u64::from(talk.sent(side)) - 1);
        for side in [Side::Client, Side::Server] {
            let own = side.index();
            for _ in 0..random.between(1, 12) {
                let len = [random.below(20), random.below(300), random.below(3000)][random.below(3)];
                let payload = random.bytes(len);
                let mask = (side == Side::Client).then(|| (random.bits() as u32).to_be_bytes());
                let opcode = if len < 126 && random.one_in(4) { Opcode::PING } else { Opcode::BINARY };
                frames[own].push((begin[own] + sent[own].len() as u64, payload.clone()));
                sent[own].extend(frame(true, 0, opcode, mask, &payload));
            }
        }
        let lossy = random.one_in(3);
        let pieces = [Side::Client, Side::Server]
            .map(|side| pieces(side, sent[side.index()].len(), lossy, &mut random));
        let mut case = Self {
            talk,
            captured: sent.each_ref().map(|sent| vec![false; sent.len()]),
            sent,
            begin,
            frames,
            conflicts: false,
        };
        case.capture(pieces, lossy, &mut random);
        case
    }

    /// Captures the pieces of both sides in a random interleaving.
    fn capture(&mut self, pieces: [Vec<Piece>; 2], lossy: bool, random: &mut Random) {
        let origin = [Side::Client, Side::Server].map(|side| self.talk.sent(side));
        if lossy && random.one_in(2) {
            // Each side acknowledges what the capture may not have.
            self.advance();
        }
        let mut rest = pieces.map(|pieces| pieces.into_iter().peekable());
        while rest.iter_mut().any(|pieces| pieces.peek().is_some()) {
            let Some(Piece { side, at, len }) = rest[random.below(2)].next() else { continue };
            let own = side.index();
            let mut bytes = self.sent[own][at..at + len].to_vec();
            let change = random.one_in(4);
            for (place, byte) in (at..).zip(&mut bytes) {
                let seen = std::mem::replace(&mut self.captured[own][place], true);
                if seen && change && random.one_in(3) {
                    *byte ^= random.between(1, 255) as u8;
                    self.conflicts = true;
                }
            }
            self.talk.capture(side, origin[own].wrapping_add(at as u32), ACK, &bytes);
        }
        if random.one_in(2) {
            for side in [Side::Client, Side::Server] {
                let end = origin[side.index()].wrapping_add(self.sent[side.index()].len() as u32);
                self.talk.capture(side, end, FIN | ACK, &[]);
            }
        }
    }

    fn advance(&mut self) {
        for side in [Side::Client, Side::Server] {
            self.talk.advance(side, self.sent[side.index()].len() as u32);
        }
    }
}

/// Pieces that cover a stream but for its holes: cut at random, some twice, some over others, out of order.
fn pieces(side: Side, len: usize, lossy: bool, random: &mut Random) -> Vec<Piece> {
    let mut lost = vec![false; len];
    for _ in 0..if lossy { random.between(1, 2) } else { 0 } {
        let at = random.below(len);
        let end = (at + random.between(1, 400)).min(len);
        lost[at..end].fill(true);
    }
    let longest = [3, 40, 500, 1400][random.below(4)].max(len / 40 + 1);
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < len {
        let piece = Piece { side, at, len: random.between(1, longest).min(len - at) };
        at += piece.len;
        pieces.push(piece);
        if random.one_in(5) {
            pieces.push(piece);
        }
        if random.one_in(5) {
            let from = at.saturating_sub(random.below(2 * longest) + 1);
            pieces.push(Piece { side, at: from, len: random.between(1, longest).min(len - from) });
        }
    }
    let mut keyed: Vec<(usize, Piece)> = Vec::new();
    let far = [1, 4, 12][random.below(3)];
    for (place, piece) in pieces.into_iter().enumerate() {
        for part in without(piece, &lost) {
            keyed.push((place + random.below(far), part));
        }
    }
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, piece)| piece).collect()
}

/// The parts of a piece that are not lost.
fn without(piece: Piece, lost: &[bool]) -> Vec<Piece> {
    let mut parts: Vec<Piece> = Vec::new();
    for at in (piece.at..piece.at + piece.len).filter(|at| !lost[*at]) {
        match parts.last_mut() {
            Some(part) if part.at + part.len == at => part.len += 1,
            _ => parts.push(Piece { at, len: 1, ..piece }),
        }
    }
    parts
}

/// What the dissector says about streams.
#[derive(Default)]
struct Streams {
    extents: Vec<Extent>,
    by_stream: BTreeMap<u32, Vec<ExtentId>>,
    gaps: BTreeMap<u32, Vec<(u64, u64)>>,
    conflicts: u32,
}

impl Sink for Streams {
    fn event(&mut self, event: Event) {
        match event {
            Event::Extent { id, stream, extent } => {
                assert_eq!(id.index() as usize, self.extents.len(), "ids are dense");
                let known = self.by_stream.entry(stream.index()).or_default();
                assert_eq!(extent.prev, known.last().copied(), "an extent knows the one before it");
                known.push(id);
                self.extents.push(extent);
            }
            Event::Gap { span, .. } => {
                self.gaps.entry(span.stream.index()).or_default().push((span.at, span.len))
            }
            Event::Conflict { .. } => self.conflicts += 1,
            _ => {}
        }
    }
    fn extent(&self, id: ExtentId) -> Option<Extent> {
        self.extents.get(id.index() as usize).copied()
    }
    fn record(&self, _: RecordId) -> Option<Record> {
        None
    }
    fn opener(&self, _: EpochId) -> Option<Arc<Opener>> {
        None
    }
}

/// Every captured byte is delivered once, in its place, as it was first seen; and nothing else.
#[test]
fn streams_are_the_bytes_that_were_seen_first() {
    for seed in 0..1200 {
        let case = Case::new(seed);
        let packets: Vec<Vec<u8>> = case.talk.packets.iter().map(|(_, bytes)| bytes.to_vec()).collect();
        let mut dissector = Dissector::new(Options::default());
        let mut streams = Streams::default();
        for (index, bytes) in packets.iter().enumerate() {
            let id = PacketId::new(index as u32);
            let link = case.talk.packets.link().0;
            let packet = Packet { id, time: 0, link, bytes, wire_len: bytes.len() as u32 };
            dissector.packet(packet, &packets, &mut streams);
        }
        dissector.end(&packets, &mut streams);
        assert!(case.conflicts || streams.conflicts == 0, "seed {seed}: a conflict that was not made");
        for side in [Side::Client, Side::Server] {
            let own = side.index();
            let mut seen = vec![None; case.sent[own].len()];
            let mut end = 0;
            for id in streams.by_stream.get(&(own as u32)).into_iter().flatten() {
                let extent = streams.extents[id.index() as usize];
                assert!(extent.at >= end, "seed {seed}: extents of a stream rise");
                end = extent.at + u64::from(extent.len);
                let Below::Packet { id, offset } = extent.below else { panic!("a stream of TCP") };
                let bytes = &packets[id.index() as usize][offset as usize..][..extent.len as usize];
                for (at, byte) in (extent.at..).zip(bytes) {
                    if let Some(at) = at.checked_sub(case.begin[own]) {
                        seen[at as usize] = Some(*byte);
                    }
                }
            }
            for (at, seen) in seen.iter().enumerate() {
                let expected = case.captured[own][at].then_some(case.sent[own][at]);
                assert_eq!(*seen, expected, "seed {seed}: byte {at} of the {}", side.name());
            }
            for (at, len) in streams.gaps.get(&(own as u32)).into_iter().flatten() {
                let from = (at - case.begin[own]) as usize;
                let captured = &case.captured[own][from..from + *len as usize];
                assert!(captured.iter().all(|captured| !captured), "seed {seed}: a gap in what was captured");
            }
        }
    }
}

/// Where all was captured, the frames are those that were sent; where not, what a frame is said to hold is what
/// stood there.
#[test]
fn frames_read_again_are_what_was_sent() {
    for seed in 0..1200 {
        let case = Case::new(seed);
        let snapshot = replay::memory(case.talk.packets.clone());
        let whole = case.captured.iter().flatten().all(|captured| *captured);
        let mut content = Content::default();
        let mut seen = <[Vec<(u64, Vec<u8>)>; 2]>::default();
        let mut frames: Vec<FrameId> = (0..snapshot.frame_count()).map(FrameId::new).collect();
        Random::new(seed).shuffle(&mut frames);
        for id in frames {
            let frame = snapshot.frame(id).expect("a frame");
            let own = frame.side.index();
            let bytes = content.frame(&snapshot, id, u64::MAX).expect("its bytes");
            let from = (frame.at - case.begin[own]) as usize;
            for (at, byte) in bytes.wire.bytes.iter().enumerate() {
                let hole = bytes.wire.holes.iter().any(|hole| hole.contains(&at));
                assert_eq!(!hole, case.captured[own][from + at], "seed {seed}: {id:?} has a hole at {at}");
                let expected = if hole { 0 } else { case.sent[own][from + at] };
                assert_eq!(*byte, expected, "seed {seed}: {id:?} at {at}");
            }
            let covered: u64 = bytes.runs.iter().map(|run| u64::from(run.len)).sum();
            let known =
                bytes.wire.bytes.len() - bytes.wire.holes.iter().map(ExactSizeIterator::len).sum::<usize>();
            assert_eq!(covered, known as u64, "seed {seed}: runs cover what is known");
            seen[own].push((frame.at, bytes.payload.bytes));
        }
        seen.iter_mut().for_each(|frames| frames.sort());
        if whole {
            assert_eq!(seen, case.frames, "seed {seed}");
        }
    }
}

/// Who forgets the window after each message (RFC 7692 7.1.1).
const AGREEMENTS: [(&str, [bool; 2]); 3] = [
    ("permessage-deflate", [false, false]),
    ("permessage-deflate; client_no_context_takeover", [true, false]),
    ("permessage-deflate; server_no_context_takeover; client_no_context_takeover", [true, true]),
];

/// A message read alone, in any order, is what it was before it was compressed, however far back its window
/// reaches.
#[test]
fn rfc7692_messages_in_any_order() {
    for (seed, (agreement, forgets)) in (1..).zip(AGREEMENTS) {
        let mut random = Random::new(seed);
        let mut talk = Talk::upgraded([7, 70], Some(agreement));
        let mut sides = forgets.map(|forgets| Deflating::new(forgets, &mut random));
        let mut said: Vec<Vec<u8>> = Vec::new();
        for _ in 0..500 {
            let side = if random.one_in(2) { Side::Client } else { Side::Server };
            let len = [0, random.below(60), random.below(6000), random.below(30_000)][random.below(4)];
            let plain = if random.one_in(6) { random.bytes(len) } else { random.prose(len) };
            let compressed = !random.one_in(8);
            let payload = if compressed { sides[side.index()].message(&plain) } else { plain.clone() };
            send_in_fragments(&mut talk, side, compressed, &payload, &mut random);
            said.push(plain);
        }
        talk.close();
        sides.iter().for_each(Deflating::check);
        let snapshot = replay::memory(talk.packets);
        assert_eq!(snapshot.message_count() as usize, said.len());
        let mut order: Vec<usize> = (0..said.len()).collect();
        let mut content = Content::default();
        for pass in 0..3 {
            for index in &order {
                if random.one_in(50) {
                    content = Content::default();
                }
                let read = content.message(&snapshot, MessageId::new(*index as u32), u64::MAX);
                assert!(read.as_ref() == Ok(&said[*index]), "{agreement}, pass {pass}, message {index}");
            }
            random.shuffle(&mut order);
        }
    }
}

/// One side's compressor, and all that went through it.
struct Deflating {
    raw: Compress,
    forgets: bool,
    plain: Vec<u8>,
    wire: Vec<u8>,
}

impl Deflating {
    fn new(forgets: bool, random: &mut Random) -> Self {
        let level = Compression::new(random.between(1, 9) as u32);
        Self { raw: Compress::new(level, false), forgets, plain: Vec::new(), wire: Vec::new() }
    }

    /// RFC 7692 7.2.1: compress, and leave out the four bytes that every message would end with.
    fn message(&mut self, plain: &[u8]) -> Vec<u8> {
        if self.forgets {
            self.raw.reset();
        }
        let mut wire = Vec::with_capacity(plain.len() + 1000);
        let before = self.raw.total_in();
        loop {
            let from = (self.raw.total_in() - before) as usize;
            // Nothing to flush is an error here, and no output.
            let _ = self.raw.compress_vec(&plain[from..], &mut wire, FlushCompress::Sync);
            if wire.len() < wire.capacity() {
                break;
            }
            wire.reserve(1000);
        }
        self.plain.extend_from_slice(plain);
        if wire.ends_with(&[0, 0, 0xff, 0xff]) {
            wire.truncate(wire.len() - 4);
        }
        if wire.is_empty() {
            // RFC 7692 7.2.3.6: an empty message is one byte.
            wire.push(0);
        }
        self.wire.extend_from_slice(&wire);
        self.wire.extend_from_slice(&[0, 0, 0xff, 0xff]);
        wire
    }

    /// The oracle itself is right: its stream inflates as a whole.
    fn check(&self) {
        let mut raw = Decompress::new(false);
        let mut plain = Vec::with_capacity(self.plain.len() + 1);
        while (raw.total_in() as usize) < self.wire.len() {
            let from = raw.total_in() as usize;
            raw.decompress_vec(&self.wire[from..], &mut plain, FlushDecompress::Sync).expect("it inflates");
            plain.reserve(1);
        }
        assert!(plain == self.plain);
        assert!(plain.len() > 2 * 256 * 1024, "several checkpoints are needed: {}", plain.len());
    }
}

/// RFC 7692 6.1: RSV1 is on the first fragment only. RFC 6455 5.4: control frames may come in between.
fn send_in_fragments(talk: &mut Talk, side: Side, compressed: bool, payload: &[u8], random: &mut Random) {
    let key = |random: &mut Random| (side == Side::Client).then(|| (random.bits() as u32).to_be_bytes());
    let count = if random.one_in(3) { random.between(2, 4) } else { 1 };
    let mut rest = payload;
    for number in 0..count {
        let last = number + 1 == count;
        let len = if last { rest.len() } else { random.below(rest.len() + 1) };
        let (part, later) = rest.split_at(len);
        rest = later;
        let opcode = if number == 0 { Opcode::BINARY } else { Opcode::CONTINUATION };
        let rsv = if compressed && number == 0 { 4 } else { 0 };
        let mask = key(random);
        talk.send_all(side, &frame(last, rsv, opcode, mask, part));
        if !last && random.one_in(2) {
            let mask = key(random);
            talk.send(side, &frame(true, 0, Opcode::PING, mask, b"between"));
        }
    }
}

/// Streams come in pairs, the client's first where it sent the SYN: what the oracle's numbers rest on.
#[test]
fn the_first_stream_is_the_clients() {
    assert_eq!(StreamId::of(0, dissector::ids::End::A).index(), 0);
}
