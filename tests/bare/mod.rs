//! The bare loop: what no reader of WebSocket can do without, and nothing else. What a program costs beyond it is what
//! it keeps, and its care.
//!
//! One thread reads a pcap in pages of 4 MiB and looks at each header once: Ethernet, IPv4, TCP, a hash map of
//! directions (`foldhash`), frames; payloads are unmasked, text is held against UTF-8 (`simdutf8`). Nothing is kept, judged
//! or put in order: it takes traffic to be as orderly as [`traffic`](crate::traffic) makes it. Where there are very many
//! directions it may look at what it knows of some together, so that memory is waited for once and not for each packet.

mod direction;

use std::collections::HashMap;
use std::hint::black_box;
use std::io::{self, Read};

use foldhash::fast::FixedState;

use self::direction::Direction;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records of the file.
    pub packets: u64,
    /// TCP connections, each way counted once.
    pub directions: u64,
    /// Frames that begin.
    pub frames: u64,
    /// Messages that end.
    pub messages: u64,
    /// Payload bytes.
    pub payload: u64,
    /// Pieces of text that are none.
    pub invalid: u64,
}

/// Bytes that are read at a time.
const PAGE: usize = 4 << 20;
/// Bytes of a pcap's header, and of each record's.
const FILE: usize = 24;
const RECORD: usize = 16;

/// Reads a capture as [`traffic`](crate::traffic) writes them to its end. `ahead`: of how many packets to come it looks
/// beforehand at what it knows of their directions.
pub fn count(mut file: impl Read, ahead: usize) -> io::Result<Counts> {
    let mut header = [0; FILE];
    file.read_exact(&mut header)?;
    let mut walk = Walk { ahead, ..Walk::default() };
    // What is left of a page stands before the next one.
    let mut page = vec![0; 2 * PAGE];
    let mut left = 0;
    loop {
        let read = fill(&mut file, &mut page[left..left + PAGE])?;
        let end = left + read;
        let used = walk.page(&page[..end]);
        if read == 0 {
            break;
        }
        page.copy_within(used..end, 0);
        left = end - used;
        if left > PAGE {
            return Err(io::Error::other("a record is longer than a page"));
        }
    }
    walk.counts.directions = walk.directions.len() as u64;
    Ok(walk.counts)
}

/// A whole page, but at the end of the file.
fn fill(file: &mut impl Read, page: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < page.len() {
        match file.read(&mut page[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

#[derive(Default)]
struct Walk {
    directions: HashMap<Key, Direction, FixedState>,
    counts: Counts,
    ahead: usize,
    /// Where payloads are unmasked.
    scratch: Vec<u8>,
}

/// Both addresses and both ports, as they stand in the packet.
#[derive(PartialEq, Eq, Hash)]
struct Key(u64, u32);

impl Walk {
    /// Walks over the records of a page, and says how many bytes that took.
    fn page(&mut self, page: &[u8]) -> usize {
        let (mut at, mut looked_at) = (0, 0);
        while let Some(packet) = packet_at(page, at) {
            if self.ahead > 0 && at >= looked_at {
                looked_at = self.look(page, at);
            }
            self.counts.packets += 1;
            // What is none of this is no TCP, and passed over.
            if let Some((key, payload)) = segment(packet) {
                let direction = self.directions.entry(key).or_default();
                if !payload.is_empty() {
                    direction.segment(payload, &mut self.scratch, &mut self.counts);
                }
            }
            at += RECORD + packet.len();
        }
        at
    }

    /// Looks at the directions of the packets that come next, and says where those end.
    fn look(&self, page: &[u8], mut at: usize) -> usize {
        let mut known = 0;
        for _ in 0..self.ahead {
            let Some(packet) = packet_at(page, at) else { break };
            let direction = segment(packet).and_then(|(key, _)| self.directions.get(&key));
            known ^= direction.map_or(0, Direction::look);
            at += RECORD + packet.len();
        }
        black_box(known);
        at
    }
}

/// The packet of the record at a place, if it is whole.
fn packet_at(page: &[u8], at: usize) -> Option<&[u8]> {
    let [.., a, b, c, d, _, _, _, _] = *page.get(at..)?.first_chunk::<RECORD>()?;
    page.get(at + RECORD..)?.get(..u32::from_le_bytes([a, b, c, d]) as usize)
}

/// Who sends it to whom, and what.
fn segment(packet: &[u8]) -> Option<(Key, &[u8])> {
    let (ethernet, ip) = packet.split_first_chunk::<14>()?;
    let header_len = usize::from(ip.first()? & 15) * 4;
    if ethernet[12..] != [8, 0] || ip.first()? >> 4 != 4 || *ip.get(9)? != 6 {
        return None;
    }
    let total = usize::from(u16::from_be_bytes([*ip.get(2)?, *ip.get(3)?]));
    let tcp = ip.get(header_len..total)?;
    let key = Key(u64::from_be_bytes(*ip.get(12..)?.first_chunk()?), u32::from_be_bytes(*tcp.first_chunk()?));
    let payload = tcp.get(usize::from(tcp.get(12)? >> 4) * 4..)?;
    Some((key, payload))
}
