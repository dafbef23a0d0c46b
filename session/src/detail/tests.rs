//! Details of everything in real captures, held against the bytes themselves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dissector::ids::{ConnectionId, FrameId, MessageId, PacketId};

use super::{Detail, Subject, Tab, TabKind, detail, node};
use crate::{Content, Options, Snapshot};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps")
}

fn open(path: &Path) -> Arc<Snapshot> {
    let source = capture::Source::File { path: path.to_owned(), follow: false };
    let mut capture = capture::open(source).unwrap();
    crate::read(capture.as_mut(), &Options::default(), &mut |_| {})
}

/// Every capture beside the sample whose packets are few enough to look at each.
fn small() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![samples()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "pcap" || it == "pcapng")
                && entry.metadata().is_ok_and(|it| it.len() < 400_000)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn all(snapshot: &Snapshot) -> impl Iterator<Item = Subject> {
    let packets = (0..snapshot.packet_count().min(60)).map(|id| Subject::Packet(PacketId::new(id)));
    let frames = (0..snapshot.frame_count().min(60)).map(|id| Subject::Frame(FrameId::new(id)));
    let messages = (0..snapshot.message_count().min(60)).map(|id| Subject::Message(MessageId::new(id)));
    let connections = (0..snapshot.connections().len()).map(|id| Subject::Connection(ConnectionId::new(id)));
    packets.chain(frames).chain(messages).chain(connections)
}

/// What is shown points at bytes that are there, whatever is selected in whatever capture; and a byte of one
/// layer is the same byte, or its mask's XOR, in the next.
#[test]
fn every_field_stands_somewhere() {
    let mut looked = 0;
    for path in small() {
        let snapshot = open(&path);
        let mut content = Content::default();
        for subject in all(&snapshot) {
            let detail = detail(&snapshot, &mut content, subject);
            let context = format!("{} {subject:?}", path.display());
            node::walk(&detail.tree, &mut |path, node| {
                if let Some(place) = node.place {
                    let len = detail.tabs.get(place.tab).map_or(0, |tab| tab.bytes.len() as u64 * 8);
                    let end = place.bits.at + place.bits.len;
                    assert!(end <= len, "{context} {path:?} {} ends at {end} of {len}", node.label);
                }
            });
            if let Some((tab, range)) = &detail.payload.place {
                assert!(detail.tabs[*tab].bytes.get(range.clone()).is_some(), "{context}");
            }
            bytes_are_the_same(&detail, &context);
            looked += 1;
        }
    }
    assert!(looked > 1000, "{looked} things looked at");
}

fn bytes_are_the_same(detail: &Detail, context: &str) {
    for frame in &detail.frames {
        let payload = frame.range.start + frame.header.len().min(frame.range.len());
        let key = frame.header.mask.unwrap_or_default();
        let stream = &detail.tabs[frame.tab];
        // Some of a long frame's bytes stand for all.
        for at in frame.range.clone().step_by(frame.range.len() / 24 + 1) {
            for (index, tab) in detail.tabs.iter().enumerate() {
                let Some(range) = detail.map(frame.tab, at..at + 1, index) else { continue };
                if matches!(tab.kind, TabKind::Inflated(_)) || !stream.known(at) {
                    continue;
                }
                assert_eq!(range.len(), 1, "{context}");
                let back = detail.map(index, range.clone(), frame.tab);
                assert_eq!(back, Some(at..at + 1), "{context}: there and back");
                let mask = if plain(tab) { key[(at - payload) % 4] } else { 0 };
                assert_eq!(
                    tab.bytes[range.start],
                    stream.bytes[at] ^ mask,
                    "{context} byte {at} in {}",
                    tab.title
                );
            }
        }
    }
}

fn plain(tab: &Tab) -> bool {
    matches!(tab.kind, TabKind::Unmasked(_) | TabKind::Joined(_))
}

/// Pointing at a byte finds its field: the first byte of a frame is its opcode, wherever it is pointed at.
#[test]
fn bytes_lead_to_fields() {
    let path = small().into_iter().find(|path| path.ends_with("fragments-and-ping.pcap")).unwrap();
    let snapshot = open(&path);
    let mut content = Content::default();
    let mut joined = 0;
    for index in 0..snapshot.frame_count() {
        let detail = detail(&snapshot, &mut content, Subject::Frame(FrameId::new(index)));
        let frame = &detail.frames[0];
        let path = detail.at(frame.tab, frame.range.start).unwrap();
        assert_eq!(detail.node(&path).unwrap().name, "websocket.opcode");
        let captured = detail.tabs.iter().position(|tab| matches!(tab.kind, TabKind::Captured(_))).unwrap();
        let there = detail.map(frame.tab, frame.range.start..frame.range.start + 1, captured).unwrap();
        assert_eq!(detail.at(captured, there.start), Some(path));
        joined += usize::from(detail.tabs.iter().any(|tab| matches!(tab.kind, TabKind::Joined(_))));
    }
    assert!(joined > 2, "fragments show the message that they are part of");
}
