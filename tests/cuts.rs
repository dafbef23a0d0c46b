//! Captures that were cut or changed anywhere: nothing breaks, and nothing is invented.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use dissector::ids::{FrameId, MessageId, PacketId};
use session::{Content, Options, Snapshot, State};
use wscope_tests::manifest::{Sample, samples};
use wscope_tests::place::{self, Temporary};
use wscope_tests::random::Random;
use wscope_tests::truth::{found, without};
use wscope_tests::{draw, replay};

/// Cuts of one sample at the most; a smaller one is cut at every length.
const CUTS: usize = 400;

/// Every cut of every sample is read up to the cut. Once there is enough to tell what it is, a cut is no failure;
/// and where the traffic itself is whole, a cut shows no frame and no message that the whole does not have.
#[test]
fn a_cut_capture_is_read_up_to_the_cut() {
    side_by_side(samples(), cut_everywhere);
}

fn cut_everywhere(sample: &Sample) {
    let (whole, options) = (sample.read(), sample.options());
    let messages = found(&whole);
    let bytes = sample.bytes();
    let file = Temporary::with(&bytes);
    let handle = OpenOptions::new().write(true).open(file.path()).expect("it can be written");
    let step = bytes.len().div_ceil(CUTS);
    // The header of either format is told at its end, and cut in small steps.
    let lengths = (0..bytes.len()).rev().filter(|len| len % step == 0 || *len < 150);
    let mut refused = false;
    for (number, len) in lengths.enumerate() {
        handle.set_len(len as u64).expect("it can be cut");
        let snapshot = match read(file.path(), &options, &format!("{} cut at {len}", sample.file)) {
            Some(snapshot) if snapshot.state == State::Done => snapshot,
            _ => {
                assert!(len < 300, "{} cut at {len} is refused", sample.file);
                refused = true;
                continue;
            }
        };
        assert!(!refused, "{} cut at {len} is read, and refused when it is longer", sample.file);
        assert!(snapshot.packet_count() <= whole.packet_count());
        if sample.damaged() {
            continue;
        }
        assert!(snapshot.frame_count() <= whole.frame_count(), "{} cut at {len}", sample.file);
        if number % 8 == 0 {
            let invented = without(&found(&snapshot), &messages);
            assert!(invented.is_empty(), "{} cut at {len}: {invented:?}", sample.file);
        }
    }
}

/// Bytes of a capture that are not what they were: whatever comes of it, it comes to an end.
#[test]
fn changed_bytes_break_nothing() {
    const ROUNDS: u64 = 90;
    side_by_side(samples(), |sample| {
        let whole = sample.bytes();
        let rounds = if whole.len() > 30_000 { ROUNDS / 9 } else { ROUNDS };
        for seed in 0..rounds {
            let mut random = Random::new(seed);
            let mut bytes = whole.clone();
            for _ in 0..random.between(1, 12) {
                let at = random.below(bytes.len());
                match random.below(3) {
                    0 => bytes[at] ^= 1 << random.below(8),
                    1 => bytes[at] = random.bits() as u8,
                    _ => bytes[at] = [0, 0x7f, 0x80, 0xff][random.below(4)],
                }
            }
            let file = Temporary::with(&bytes);
            if let Some(snapshot) =
                read(file.path(), &sample.options(), &format!("{}, seed {seed}", sample.file))
            {
                look_at_everything(&snapshot);
            }
        }
    });
}

/// Captures that other projects test themselves with are read to their end.
#[test]
fn captures_of_others_break_nothing() {
    let Some(folder) = place::beside("captures of others") else { return };
    let files = place::files_under(&folder.join("found"), &|path| !path.to_string_lossy().contains("/keys/"));
    assert!(files.len() > 50, "there are {} captures of others", files.len());
    side_by_side(files, |path| {
        if let Some(snapshot) = read(path, &Options::default(), &path.display().to_string()) {
            look_at_everything(&snapshot);
        }
    });
}

/// Reads a file; nothing where it is refused in words.
fn read(path: &Path, options: &Options, name: &str) -> Option<Arc<Snapshot>> {
    let snapshot = replay::file_with(path, options).ok()?;
    match &snapshot.state {
        State::Done | State::Failed(_) => Some(snapshot),
        state => panic!("{name}: {state:?}"),
    }
}

/// Looks at every row and its bytes, as somebody who scrolls through it all would.
fn look_at_everything(snapshot: &Snapshot) {
    let mut content = Content::default();
    for packet in (0..snapshot.packet_count()).map(PacketId::new) {
        let row = snapshot.packet(packet).expect("a row for each packet");
        let bytes = content.packet(snapshot, packet).expect("a packet's bytes are there");
        assert_eq!(bytes.len(), row.span.len as usize);
    }
    for frame in (0..snapshot.frame_count()).map(FrameId::new) {
        let row = snapshot.frame(frame).expect("a row for each frame");
        let bytes = content.frame(snapshot, frame, 1 << 20).expect("a frame's bytes are there");
        assert!(bytes.payload.bytes.len() as u64 <= row.header.payload_len);
    }
    for message in (0..snapshot.message_count()).map(MessageId::new) {
        let row = snapshot.message(message).expect("a row for each message");
        let content = content.message(snapshot, message, 1 << 20);
        if let (Ok(content), Some(len)) = (content, row.len) {
            assert_eq!(content.len() as u64, len, "{message:?}");
        }
    }
    draw::draw(snapshot);
}

/// Does `work` on all items, two at a time.
fn side_by_side<T: Send + Sync>(items: Vec<T>, work: impl Fn(&T) + Sync) {
    let (even, odd): (Vec<_>, Vec<_>) = items.iter().enumerate().partition(|(index, _)| index % 2 == 0);
    thread::scope(|scope| {
        scope.spawn(|| even.into_iter().for_each(|(_, item)| work(item)));
        odd.into_iter().for_each(|(_, item)| work(item));
    });
}
