//! A capture's TCP segments, cut and joined in other places without a change to what is said.

use std::net::SocketAddr;
use std::path::Path;

use dissector::ids::PacketId;
use dissector::link::{Flags, Walker};
use dissector::packet::Packet;

use crate::packets::{RAW_IP, Segment};
use crate::random::Random;
use crate::replay::Packets;

/// A segment of its own.
#[derive(Clone, Debug)]
struct Owned {
    time: i64,
    from: SocketAddr,
    to: SocketAddr,
    seq: u32,
    ack: u32,
    flags: Flags,
    payload: Vec<u8>,
}

impl Owned {
    /// Whether nothing but bytes and an acknowledgment is in it.
    fn is_plain(&self) -> bool {
        !self.flags.has(Flags(Flags::SYN.0 | Flags::RST.0 | Flags::FIN.0))
    }

    /// Whether `next` carries the bytes behind this one's.
    fn goes_on_in(&self, next: &Self) -> bool {
        let behind = self.seq.wrapping_add(self.payload.len() as u32);
        (self.from, self.to, behind) == (next.from, next.to, next.seq) && self.is_plain()
    }
}

/// A longer segment is not built.
const LONGEST: usize = 60_000;

/// The capture's TCP connections in other segments. Bytes come in the same order, so that only packet numbers and
/// times may differ in what is found.
pub fn cut_anew(path: &Path, random: &mut Random) -> Packets {
    let mut pieces: Vec<Owned> = Vec::new();
    for segment in segments(path) {
        let plain = segment.is_plain();
        if plain && segment.payload.is_empty() && !random.one_in(4) {
            continue;
        }
        for piece in split(segment, random) {
            match pieces.last_mut() {
                Some(last)
                    if last.goes_on_in(&piece)
                        && !last.payload.is_empty()
                        && last.payload.len() + piece.payload.len() <= LONGEST
                        && random.one_in(2) =>
                {
                    last.payload.extend_from_slice(&piece.payload);
                    last.flags = Flags(last.flags.0 | piece.flags.0);
                    last.ack = piece.ack;
                    last.time = piece.time;
                }
                _ => pieces.push(piece),
            }
        }
    }
    let mut packets = Packets::new(RAW_IP);
    for Owned { time, from, to, seq, ack, flags, payload } in &pieces {
        let segment = Segment { from: *from, to: *to, seq: *seq, ack: *ack, flags: flags.0 as u8, payload };
        packets.push(*time, &segment.packet());
    }
    packets
}

/// A segment in up to five, all but a SYN's.
fn split(segment: Owned, random: &mut Random) -> Vec<Owned> {
    let count = [1, 2, 5][random.below(3)].min(segment.payload.len());
    if count < 2 || segment.flags.syn() {
        return vec![segment];
    }
    let mut pieces = Vec::new();
    let mut rest = segment;
    for number in 1..count {
        let len = random.between(1, rest.payload.len() - (count - number));
        let payload = rest.payload.drain(..len).collect();
        let flags = rest.flags.without(Flags(Flags::FIN.0 | Flags::RST.0));
        pieces.push(Owned { payload, flags, ..rest.clone() });
        rest.seq = rest.seq.wrapping_add(len as u32);
    }
    pieces.push(rest);
    pieces
}

fn segments(path: &Path) -> Vec<Owned> {
    let packets = Packets::of(path);
    let earlier: Vec<Vec<u8>> = packets.iter().map(|(_, bytes)| bytes.to_vec()).collect();
    let mut walker = Walker::new();
    let mut segments = Vec::new();
    for (index, (time, bytes)) in packets.iter().enumerate() {
        let id = PacketId::new(index as u32);
        let packet = Packet { id, time, link: packets.link().0, bytes, wire_len: bytes.len() as u32 };
        walker.packet(&packet, &earlier, &mut |segment| {
            segments.push(Owned {
                time,
                from: segment.sockets.src(),
                to: segment.sockets.dst(),
                seq: segment.seq,
                ack: segment.ack.unwrap_or_default(),
                flags: segment.flags,
                payload: segment.payload.to_vec(),
            });
        });
    }
    segments
}
