//! What must not matter: how often a capture is read, in what pieces it arrives, where TCP cut its streams, and
//! when somebody looks.

use std::io::Write;
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use capture::Source;
use dissector::ids::{DeliveryId, FrameId, MessageId, PacketId};
use session::decoding::Decoding;
use session::{Content, Options, Session, Snapshot, State};
use wscope_tests::draw::{body, draw, message_body};
use wscope_tests::manifest::{Sample, samples};
use wscope_tests::neighbors::delivery_body;
use wscope_tests::place::Temporary;
use wscope_tests::random::Random;
use wscope_tests::replay::{self, Packets};
use wscope_tests::segments::cut_anew;
use wscope_tests::traffic::{Plan, Profile};

/// The same file gives the same rows, and so does a pipe that hands it out in any pieces.
#[test]
fn any_reading_gives_the_same() {
    for (seed, sample) in (0..).zip(samples()) {
        let first = draw(&sample.read());
        assert_eq!(draw(&sample.read()), first, "{}, twice", sample.file);
        assert_eq!(
            draw(&replay::pipe(sample.bytes(), seed, &sample.options())),
            first,
            "{}, through a pipe",
            sample.file
        );
    }
}

/// How many threads read a capture does not matter, whatever is in it: lost, compressed, sealed, one-sided.
#[test]
fn any_number_of_threads_finds_the_same() {
    let drawn = |path: &Path, options: &Options, threads: usize| {
        let options = Options { threads: NonZero::new(threads), ..options.clone() };
        draw(&replay::file_with(path, &options).expect("a capture"))
    };
    for sample in samples() {
        let (path, options) = (sample.path(), sample.options());
        let alone = drawn(&path, &options, 1);
        for threads in [2, 8] {
            assert!(drawn(&path, &options, threads) == alone, "{}, {threads} threads", sample.file);
        }
    }
    for profile in Profile::ALL {
        // Of what is sealed there is more, as it is looked at ahead only from the second page on that is read.
        let size = if profile == Profile::Tls { 8_000_000 } else { 1_500_000 };
        let plan = Plan::new(profile, size, 7).with_connections(5);
        let (bytes, _) = plan.write(Vec::new()).expect("memory takes anything");
        // What is sealed comes in some disorder, so that what was told beforehand of it does not always come.
        let bytes = if profile == Profile::Tls { shaken(&bytes) } else { bytes };
        let file = Temporary::with(&bytes);
        let keys = Temporary::with(plan.key_log().as_bytes());
        let options = replay::keys(Some(keys.path()));
        let alone = drawn(file.path(), &options, 1);
        for threads in [2, 8] {
            assert!(drawn(file.path(), &options, threads) == alone, "{profile:?}, {threads} threads");
        }
    }
}

/// The same capture, of which some packets are missing, some are there twice, and some come late.
fn shaken(capture: &[u8]) -> Vec<u8> {
    const FILE_HEADER: usize = 24;
    const RECORD_HEADER: usize = 16;
    let mut random = Random::new(11);
    let (head, mut rest) = capture.split_at(FILE_HEADER);
    let (mut shaken, mut late) = (head.to_vec(), Vec::new());
    while let Some(len) = rest.get(8..12) {
        let len = u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
        let (packet, behind) = rest.split_at(RECORD_HEADER + len);
        rest = behind;
        match random.below(60) {
            0 => continue,
            1 => shaken.extend(packet),
            2 => {
                late.extend(packet);
                continue;
            }
            _ => {}
        }
        shaken.extend(packet);
        shaken.append(&mut late);
    }
    shaken
}

/// A file that is still being written, with pauses in any place, gives the rows that the finished one gives.
#[test]
fn live_is_a_file_that_grows() {
    thread::scope(|scope| {
        for (seed, sample) in (0..).zip(samples()) {
            scope.spawn(move || grow(&sample, seed));
        }
    });
}

fn grow(sample: &Sample, seed: u64) {
    let expected = draw(&sample.read());
    let (bytes, mut random) = (sample.bytes(), Random::new(seed));
    let file = Temporary::with(&[]);
    let source = Source::File { path: file.path().to_owned(), follow: true };
    let session = Session::open(source, sample.options(), || {}).expect("a file that is empty as yet");
    let mut writer = std::fs::OpenOptions::new().append(true).open(file.path()).expect("it can be written");
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let most = (bytes.len() / 12).max(20);
        let (now, later) = rest.split_at(random.between(1, most).min(rest.len()));
        writer.write_all(now).expect("it can be written");
        rest = later;
        thread::sleep(Duration::from_millis(random.below(8) as u64));
    }
    let began = Instant::now();
    while session.snapshot().packet_count() < sample.packets {
        assert!(began.elapsed() < Duration::from_secs(30), "{}: packets are missing", sample.file);
        thread::sleep(Duration::from_millis(5));
    }
    session.stop();
    let mut last = (*session.wait()).clone();
    assert_eq!(last.state, State::Stopped);
    last.state = State::Done;
    let live = draw(&last);
    assert_eq!(live.frames, expected.frames, "{}", sample.file);
    assert_eq!(live.messages, expected.messages, "{}", sample.file);
    assert_eq!(live.findings, expected.findings, "{}", sample.file);
    assert_eq!(live.neighbors, expected.neighbors, "{}", sample.file);
    // That a file ends within a packet is no fault while it may grow.
    let without_notes = |flows: &str| {
        flows.lines().filter(|line| !line.starts_with("note at")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(without_notes(&live.flows), without_notes(&expected.flows), "{}", sample.file);
}

/// Where TCP cut its streams does not matter: other segments give the same frames and messages.
#[test]
fn any_segments_give_the_same() {
    for sample in samples() {
        // Where bytes are missing, segments are what the search for the next frame goes by. Secrets that travel in
        // the capture are no packets.
        if sample.damaged() || sample.carries_keys() {
            continue;
        }
        let expected = told(&sample.read());
        for seed in 0..8 {
            let packets = cut_anew(&sample.path(), &mut Random::new(seed));
            let seen = told(&replay::memory_with(packets, &sample.options()));
            assert!(
                seen == expected,
                "{}, seed {seed}:\n{}",
                sample.file,
                first_difference(&expected, &seen)
            );
        }
    }
}

/// Frames and messages without the packets that they came in.
fn told(snapshot: &Snapshot) -> Vec<String> {
    let mut content = Content::default();
    let mut lines = Vec::new();
    for id in (0..snapshot.frame_count()).map(FrameId::new) {
        let frame = snapshot.frame(id).expect("a frame");
        let key = content.frame(snapshot, id, 0).expect("its header").header.mask;
        let connection = frame.connection.number();
        lines.push(format!("{connection} {} at {} {}", frame.side.name(), frame.at, body(&frame, key)));
    }
    for id in (0..snapshot.message_count()).map(MessageId::new) {
        let (lengths, verdict) = message_body(snapshot, &mut content, id);
        let message = snapshot.message(id).expect("a message");
        lines.push(format!("{:?} to {:?}, {lengths} {verdict}", message.first, message.last));
    }
    let mut decoding = Decoding::default();
    for id in (0..snapshot.delivery_count()).map(DeliveryId::new) {
        lines.push(delivery_body(snapshot, &mut content, &mut decoding, id));
    }
    lines
}

fn first_difference(expected: &[String], seen: &[String]) -> String {
    let differs = expected.iter().zip(seen).find(|(expected, seen)| expected != seen);
    match differs {
        Some((expected, seen)) => format!("  - {expected}\n  + {seen}"),
        None => format!("{} lines, not {}", seen.len(), expected.len()),
    }
}

/// What a snapshot shows at any moment stands in the last one too.
#[test]
fn snapshots_are_beginnings_of_the_last() {
    thread::scope(|scope| {
        for (seed, sample) in (0..).zip(samples()) {
            scope.spawn(move || look_early(&sample, seed));
        }
    });
}

/// A little longer than snapshots are apart.
const PAUSE: Duration = Duration::from_millis(32);

fn look_early(sample: &Sample, seed: u64) {
    let mut random = Random::new(seed);
    let packets = Packets::of(&sample.path());
    let moments: Vec<usize> = (0..8).map(|_| random.between(1, packets.len())).collect();
    let mut capture = packets.growing().silent_before(moments.clone(), PAUSE);
    let mut seen: Vec<Snapshot> = Vec::new();
    let last = session::read(&mut capture, &sample.options(), &mut |snapshot| seen.push(snapshot.clone()));
    assert_eq!(last.state, State::Done);
    let mut distinct = moments;
    distinct.sort_unstable();
    distinct.dedup();
    assert!(seen.len() >= distinct.len(), "{}: {} snapshots", sample.file, seen.len());
    for early in &seen {
        holds(early, &last, &sample.file);
    }
}

fn holds(early: &Snapshot, last: &Arc<Snapshot>, name: &str) {
    let at = early.packet_count();
    for id in (0..at).map(PacketId::new) {
        let text = |snapshot: &Snapshot| format!("{:?}", snapshot.packet(id));
        assert_eq!(text(early), text(last), "{name} at {at}");
    }
    let (mut before, mut after) = (Content::default(), Content::default());
    for id in (0..early.frame_count()).map(FrameId::new) {
        let text = |snapshot: &Snapshot| format!("{:?}", snapshot.frame(id));
        assert_eq!(text(early), text(last), "{name} at {at}");
    }
    for id in (0..early.message_count()).map(MessageId::new) {
        let (message, later) = (early.message(id).expect("a message"), last.message(id).expect("the same"));
        if message.outcome.is_some() {
            assert_eq!(format!("{message:?}"), format!("{later:?}"), "{name} at {at}");
            let content = before.message(early, id, u64::MAX);
            assert!(content == after.message(last, id, u64::MAX), "{name} at {at}: {id:?}");
        } else {
            assert_eq!((message.first, message.side, message.kind), (later.first, later.side, later.kind));
        }
    }
    for id in (0..early.delivery_count()).map(DeliveryId::new) {
        let (delivery, later) =
            (early.delivery(id).expect("a message"), last.delivery(id).expect("the same"));
        assert_eq!(format!("{delivery:?}"), format!("{later:?}"), "{name} at {at}");
        assert!(before.delivery(early, id, u64::MAX) == after.delivery(last, id, u64::MAX), "{name}: {id:?}");
    }
    for connection in early.connections().iter() {
        let later = last.connection(connection.id).expect("a connection stays");
        assert_eq!((connection.flow, connection.client), (later.flow, later.client), "{name} at {at}");
        assert!(connection.frames.iter().zip(&later.frames).all(|(before, after)| before <= after));
    }
}
