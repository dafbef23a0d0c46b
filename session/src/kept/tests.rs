//! Index files whose checksums are right and whose content is not: refused, or read without harm.

use std::path::Path;

use dissector::ids::{FrameId, MessageId, PacketId};

use super::*;
use crate::content::Content;

/// A sample, and what is known of it.
fn sample(name: &str) -> (Box<dyn Growing>, std::sync::Arc<Snapshot>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps").join(name);
    let mut capture = capture::open(Source::File { path, follow: false }).unwrap();
    let snapshot = crate::worker::read(capture.as_mut(), &Options::default(), &mut |_| {});
    (capture, snapshot)
}

/// The places of blocks' values in a file of tables.
fn blocks(file: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut at = 0;
    let mut blocks = Vec::new();
    while let Some(word) = file.get(at..).and_then(|rest| rest.first_chunk()) {
        let begin = at + 8;
        at = begin + (u32::from_le_bytes(*word) & 0x7fff_ffff) as usize;
        blocks.push(begin..at);
    }
    blocks
}

/// Looks at everything that a snapshot has.
fn walk(snapshot: &Snapshot) {
    let mut content = Content::default();
    let limit = 1 << 20;
    for id in (0..snapshot.packet_count()).map(PacketId::new) {
        let _ = content.packet(snapshot, id);
    }
    for id in (0..snapshot.frame_count()).map(FrameId::new) {
        let _ = (content.frame(snapshot, id, limit), snapshot.findings_of(id));
    }
    for id in (0..snapshot.message_count()).map(MessageId::new) {
        let _ = content.message(snapshot, id, limit);
    }
    for found in snapshot.findings().iter() {
        let _ = (found.finding.sentence(), snapshot.runs_of(found), snapshot.packet_of_finding(found));
    }
    for connection in snapshot.connections().iter() {
        let _ = (connection.closing.how(), connection.findings.ranked());
        for head in connection.heads.into_iter().flatten() {
            let _ = snapshot.pieces(head, 0, 1000);
        }
    }
}

/// A bit is another in any place, and the checksums are made to fit.
#[test]
fn what_rows_refer_to_is_not_believed() {
    for name in ["basic.pcap", "gap-in-deflate.pcap", "http2-clear.pcap", "fragments-and-ping.pcap"] {
        let (capture, snapshot) = sample(name);
        let mut writer = Writer::new(Vec::new(), &|| false);
        tables::write(&mut writer, &snapshot).unwrap();
        let good = writer.finish();
        let read = |file: &[u8]| tables::read(&mut Reader::new(file, file.len() as u64), capture.as_ref());
        assert!(read(&good).is_ok(), "{name}");
        let blocks = blocks(&good);
        let mut state = 7_u64;
        let mut random = |end: usize| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 33) as usize % end
        };
        let mut believed = 0;
        for _ in 0..600 {
            let mut bad = good.clone();
            let block = blocks[random(blocks.len())].clone();
            if !block.is_empty() {
                bad[block.start + random(block.len())] ^= 1 << random(8);
            }
            blocks::seal(&mut bad, &blocks);
            if let Ok(snapshot) = read(&bad) {
                believed += 1;
                walk(&snapshot);
            }
        }
        // Most of what is in an index are times and lengths, which nothing can be held against.
        assert!((1..600).contains(&believed), "{name}: {believed}");
    }
}
