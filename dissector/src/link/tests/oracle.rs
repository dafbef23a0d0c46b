//! etherparse as a second opinion, on real packets and on chance ones.

use std::path::Path;

use etherparse::{LaxSlicedPacket, TransportSlice};

use super::*;

/// Where etherparse finds TCP that is no fragment and not cut within its header, so do we, with the same
/// ports and payload.
fn agree(link: u16, bytes: &[u8]) -> bool {
    let theirs = match link {
        1 => LaxSlicedPacket::from_ethernet(bytes).ok(),
        101 => LaxSlicedPacket::from_ip(bytes).ok(),
        _ => None,
    };
    let Some(TransportSlice::Tcp(tcp)) = theirs.as_ref().and_then(|packet| packet.transport.as_ref()) else {
        return false;
    };
    let mut ours = Vec::new();
    let capture = Capture::new(link, vec![bytes.to_vec()]);
    let outcome = Walker::new().packet(&capture.packet(0), &capture, &mut |s| {
        ours.push((
            s.sockets.src().port(),
            s.sockets.dst().port(),
            s.seq,
            s.flags.0 & 0xff,
            s.window,
            s.payload.to_vec(),
        ));
    });
    // etherparse takes the packet's length where the total length is less than the header; we do not.
    if outcome == (Outcome::Malformed { layer: Layer::Ipv4 }) {
        return false;
    }
    let flags = u16::from(tcp.header_slice()[13]);
    let payload = tcp.payload().to_vec();
    let theirs =
        (tcp.source_port(), tcp.destination_port(), tcp.sequence_number(), flags, tcp.window_size(), payload);
    assert_eq!(ours, [theirs], "{outcome:?} {}", hex::encode(bytes));
    true
}

/// Packets of a classic pcap.
fn pcap(file: &[u8]) -> Option<(u16, Vec<Vec<u8>>)> {
    let little = match file.first_chunk()? {
        [0xd4, 0xc3, 0xb2, 0xa1] | [0x4d, 0x3c, 0xb2, 0xa1] => true,
        [0xa1, 0xb2, 0xc3, 0xd4] | [0xa1, 0xb2, 0x3c, 0x4d] => false,
        _ => return None,
    };
    let word = |at: usize| {
        let bytes = *file.get(at..)?.first_chunk::<4>()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let (mut at, mut packets) = (24, Vec::new());
    while let Some(bytes) = word(at + 8).and_then(|len| file.get(at + 16..at + 16 + len as usize)) {
        packets.push(bytes.to_vec());
        at += 16 + bytes.len();
    }
    Some((word(20)? as u16, packets))
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "pcap") {
            found.push(path);
        }
    }
}

#[test]
fn real_packets() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/captures");
    let mut found = Vec::new();
    files(&folder, &mut found);
    if found.is_empty() {
        eprintln!("no captures beside the project: nothing was compared");
        return;
    }
    let (mut all, mut compared) = (0, 0);
    for path in found {
        let Some((link, packets)) = pcap(&std::fs::read(&path).unwrap()) else { continue };
        for bytes in &packets {
            all += 1;
            compared += usize::from(agree(link, bytes));
            inside(&describe(link, bytes, bytes.len() as u32), 0, bytes.len() as u64 * 8);
        }
        let (outcomes, _) = Capture::new(link, packets).walk();
        let odd =
            outcomes.iter().filter(|o| matches!(o, Outcome::Malformed { .. } | Outcome::UnknownLink(_)));
        let odd: Vec<_> = odd.collect();
        if !odd.is_empty() {
            eprintln!(
                "{}: {} odd, first {:?}",
                path.file_name().unwrap().to_string_lossy(),
                odd.len(),
                odd[0]
            );
        }
    }
    eprintln!("{compared} of {all} packets compared");
    assert!(compared * 10 > all * 8);
}

/// Every field lies in the packet, and every child in its parent.
fn inside(fields: &[crate::tree::Field], from: u64, end: u64) {
    for field in fields {
        let (at, stop) = (field.bits.at, field.bits.at + field.bits.len);
        assert!(from <= at && stop <= end, "{field:?} not in {from}..{end}");
        inside(&field.children, at, stop);
    }
}

const LINKS: &[u16] = &[0, 1, 9, 12, 14, 50, 51, 101, 108, 113, 228, 229, 276, 147];

proptest! {
    /// No bytes make anything panic, and all that is told lies in the packet.
    #[test]
    fn chance(
        packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..140), 1..6),
        more in any::<u16>(),
    ) {
        for link in LINKS {
            for bytes in &packets {
                let wire = bytes.len() as u32 + u32::from(more % 64);
                inside(&describe(*link, bytes, wire), 0, bytes.len() as u64 * 8);
                brief(*link, bytes, wire);
            }
            Capture::new(*link, packets.clone()).walk();
        }
    }

    /// A real packet with some bytes changed goes deeper than chance does.
    #[test]
    fn damage(
        at in prop::collection::vec((0usize..77, any::<u8>()), 1..6),
        keep in 0usize..=77,
        proto in prop::sample::select(vec![6u8, 17, 47, 4, 41, 51, 1]),
    ) {
        let mut bytes = slide();
        bytes[23] = proto;
        at.iter().for_each(|(at, byte)| bytes[*at] = *byte);
        agree(1, &bytes);
        agree(101, &bytes[14..]);
        bytes.truncate(keep);
        for link in LINKS {
            inside(&describe(*link, &bytes, 77), 0, bytes.len() as u64 * 8);
            brief(*link, &bytes, 77);
            Capture::new(*link, vec![bytes.clone(), bytes.clone()]).walk();
        }
    }
}
