//! A second opinion: pcap-parser sees the same packets in real captures.

use std::path::{Path, PathBuf};

use capture::{Source, open};
use pcap_parser::{Block, PcapBlockOwned, PcapError, create_reader};

use crate::support::{Owned, drain};

fn files(dir: &Path, to: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, to);
        } else if [".pcap", ".pcapng", ".gz"].iter().any(|end| path.to_string_lossy().ends_with(end)) {
            to.push(path);
        }
    }
}

/// Time, wire length, bytes: as pcap-parser sees them.
fn second_opinion(bytes: Vec<u8>) -> Vec<(i64, u32, Vec<u8>)> {
    let mut packets = Vec::new();
    let mut interfaces = Vec::new();
    let mut tick = 1_000;
    let mut reader = create_reader(1 << 22, std::io::Cursor::new(bytes)).unwrap();
    loop {
        match reader.next() {
            Ok((taken, block)) => {
                match block {
                    PcapBlockOwned::LegacyHeader(header) => {
                        tick = if header.is_nanosecond_precision() { 1 } else { 1_000 };
                    }
                    PcapBlockOwned::Legacy(it) => {
                        let time = i64::from(it.ts_sec) * 1_000_000_000 + i64::from(it.ts_usec) * tick;
                        packets.push((time, it.origlen, it.data[..it.caplen as usize].to_vec()));
                    }
                    PcapBlockOwned::NG(Block::SectionHeader(_)) => interfaces.clear(),
                    PcapBlockOwned::NG(Block::InterfaceDescription(it)) => {
                        interfaces.push((it.ts_resolution().unwrap(), it.if_tsoffset));
                    }
                    PcapBlockOwned::NG(Block::EnhancedPacket(it)) => {
                        let (unit, offset) = interfaces[it.if_id as usize];
                        let ticks = u128::from(it.ts_high) << 32 | u128::from(it.ts_low);
                        let time = (ticks * 1_000_000_000 / u128::from(unit)) as i64 + offset * 1_000_000_000;
                        packets.push((time, it.origlen, it.data[..it.caplen as usize].to_vec()));
                    }
                    PcapBlockOwned::NG(_) => {}
                }
                reader.consume(taken);
            }
            Err(PcapError::Incomplete(_)) => {
                if reader.refill().is_err() || reader.reader_exhausted() && reader.data().is_empty() {
                    return packets;
                }
            }
            // The end, perhaps inside a record.
            Err(_) => return packets,
        }
    }
}

#[test]
fn real_captures_as_pcap_parser_sees_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/captures");
    let folder = match folder.is_dir() {
        true => folder,
        false => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures"),
    };
    if !folder.is_dir() {
        println!("left out: the folder ../shared/captures is not there");
        return;
    }
    let mut all = Vec::new();
    files(&folder, &mut all);
    let mut count = 0;
    for path in &all {
        let mut bytes = std::fs::read(path).unwrap();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            std::io::copy(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut plain).unwrap();
            bytes = plain;
        }
        let mut capture = open(Source::File { path: path.clone(), follow: false }).unwrap();
        let got = drain(&mut *capture).unwrap();
        let ours: Vec<_> = got
            .records
            .into_iter()
            .map(|Owned { time, wire_len, data, .. }| (time, wire_len, data))
            .collect();
        let theirs = second_opinion(bytes);
        assert_eq!(ours.len(), theirs.len(), "{} {:?}", path.display(), got.notes);
        assert!(ours == theirs, "{}", path.display());
        for note in got.notes {
            println!("{}: {note:?}", path.display());
        }
        count += ours.len();
    }
    println!("{} captures, {count} packets", all.len());
    assert!(count > 0);
}
