//! What the link layer promises, over packets of slides, of builders, of real captures and of chance.

use super::*;

mod build;
mod encapsulations;
mod fields;
mod fragments;
mod oracle;

use std::borrow::Cow;

use proptest::prelude::*;

/// A capture in memory, all of one link type.
struct Capture {
    link: u16,
    packets: Vec<Vec<u8>>,
}

impl Lookback for Capture {
    fn packet(&self, id: PacketId) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.packets.get(id.index() as usize).map_or(&[], Vec::as_slice))
    }
}

/// A segment that outlives its packet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    ends: String,
    seq: u32,
    flags: Flags,
    payload: Vec<u8>,
    packet: u32,
    offset: u32,
    cut: u32,
}

impl Capture {
    fn new(link: u16, packets: Vec<Vec<u8>>) -> Self {
        Self { link, packets }
    }

    fn packet(&self, index: usize) -> Packet<'_> {
        let bytes = &self.packets[index];
        let id = PacketId::new(index as u32);
        Packet { id, time: index as i64 * 1_000_000, link: self.link, bytes, wire_len: bytes.len() as u32 }
    }

    /// Walks all packets. Every payload must be where the segment says.
    fn walk(&self) -> (Vec<Outcome>, Vec<Seen>) {
        let (mut walker, mut seen) = (Walker::new(), Vec::new());
        let outcomes = (0..self.packets.len())
            .map(|index| {
                walker.packet(&self.packet(index), self, &mut |segment| seen.push(self.seen(segment)))
            })
            .collect();
        (outcomes, seen)
    }

    fn seen(&self, segment: &Segment<'_>) -> Seen {
        let at = segment.offset as usize;
        let there = &self.packets[segment.packet.index() as usize];
        assert_eq!(&there[at..at + segment.payload.len()], segment.payload);
        Seen {
            ends: format!("{} {}", segment.sockets.src(), segment.sockets.dst()),
            seq: segment.seq,
            flags: segment.flags,
            payload: segment.payload.to_vec(),
            packet: segment.packet.index(),
            offset: segment.offset,
            cut: segment.cut,
        }
    }
}

const SLIDE: &str = "0023 1419 9fe4 24a2 e14b da51 0800 4500 003f 5f9a 4000 4006 5905 c0a8 0064 c0a8 0065 c32b \
    2af8 e4e3 f310 3a06 75ec 8018 2023 7323 0000 0101 080a 1cab 0946 018f ed20 8185 3034 6c d3 58 51 00 bf 5f";

fn slide() -> Vec<u8> {
    hex::decode(SLIDE.replace(' ', "")).unwrap()
}

/// The very packet that the course begins with.
#[test]
fn the_first_slide() {
    let bytes = slide();
    let (outcomes, seen) = Capture::new(1, vec![bytes.clone()]).walk();
    assert_eq!(outcomes, [Outcome::Tcp]);
    let [one] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!(one.ends, "192.168.0.100:49963 192.168.0.101:11000");
    assert_eq!(
        (one.seq, one.flags.to_string(), one.offset, one.cut),
        (0xe4e3_f310, "PSH, ACK".into(), 66, 0)
    );
    assert_eq!((one.payload.len(), &one.payload[..]), (11, &bytes[66..]));
}
