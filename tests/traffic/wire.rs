//! TCP segments over IPv4 over Ethernet, written as a pcap. Checksums are left 0.

use std::io::{self, Write};

/// Most payload of one segment: 1500 bytes less IPv4, TCP and its timestamps.
pub const SEGMENT: usize = 1448;

/// Nanoseconds between two packets.
const TICK: u64 = 20_000;

/// 2026-01-01 00:00 UTC in seconds.
const START: u64 = 1_767_225_600;

/// The control bits of a segment (RFC 9293 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// FIN and ACK.
    pub const FIN: Self = Self(0x11);
    /// SYN alone.
    pub const SYN: Self = Self(0x02);
    /// SYN and ACK.
    pub const SYN_ACK: Self = Self(0x12);
    /// RST alone.
    pub const RST: Self = Self(0x04);
    /// ACK alone.
    pub const ACK: Self = Self(0x10);
    /// PSH and ACK.
    pub const PUSH: Self = Self(0x18);
}

/// One end of a TCP connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its address.
    pub ip: [u8; 4],
    /// Its port.
    pub port: u16,
    /// The sequence number of what it sends next.
    pub seq: u32,
}

/// A pcap being written.
#[derive(Debug)]
pub struct Wire<W> {
    out: W,
    /// What was not handed on yet: whole blocks are cheap to write.
    block: Vec<u8>,
    written: u64,
    packets: u64,
    time: u64,
}

impl<W: Write> Wire<W> {
    /// Writes the file header: nanoseconds, little-endian, Ethernet.
    pub fn new(out: W) -> io::Result<Self> {
        let mut block = Vec::with_capacity(BLOCK + RECORD + HEADERS + SEGMENT);
        for word in [0xa1b2_3c4d_u32, 2 | 4 << 16, 0, 0, 256 << 10, 1] {
            block.extend(word.to_le_bytes());
        }
        let written = block.len() as u64;
        Ok(Self { out, block, written, packets: 0, time: 0 })
    }

    /// Bytes written so far.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Packets written so far.
    pub const fn packets(&self) -> u64 {
        self.packets
    }

    /// One segment of `from`, exactly where it stands; it acknowledges what lies before where `to` stands. Moves nobody.
    pub fn segment(&mut self, from: &Peer, to: &Peer, flags: Flags, payload: &[u8]) -> io::Result<()> {
        let mut head = HEAD;
        let len = (HEADERS + payload.len()) as u32;
        let (seconds, rest) = (START + self.time / 1_000_000_000, self.time % 1_000_000_000);
        let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &(seconds as u32).to_le_bytes());
        put(4, &(rest as u32).to_le_bytes());
        put(8, &len.to_le_bytes());
        put(12, &len.to_le_bytes());
        put(32, &((len - 14) as u16).to_be_bytes());
        put(42, &from.ip);
        put(46, &to.ip);
        put(50, &from.port.to_be_bytes());
        put(52, &to.port.to_be_bytes());
        put(54, &from.seq.to_be_bytes());
        put(58, &(if flags.0 & 0x10 == 0 { 0 } else { to.seq }).to_be_bytes());
        put(63, &[flags.0]);
        put(74, &((self.time / 1_000_000) as u32).to_be_bytes());
        self.block.extend_from_slice(&head);
        self.block.extend_from_slice(payload);
        self.written += (head.len() + payload.len()) as u64;
        self.packets += 1;
        self.time += TICK;
        if self.block.len() >= BLOCK {
            self.out.write_all(&self.block)?;
            self.block.clear();
        }
        Ok(())
    }

    /// Flushes, and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&self.block)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Bytes that are handed on at a time.
const BLOCK: usize = 256 << 10;
/// A record's own header in a pcap.
const RECORD: usize = 16;
/// Ethernet, IPv4, TCP with timestamps.
const HEADERS: usize = 14 + 20 + 32;
/// All of a packet that is the same in each, and zero where it is not.
#[rustfmt::skip]
const HEAD: [u8; RECORD + HEADERS] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00,
    0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0x20, 0, 0, 0, 0, 0,
    // RFC 7323 3.2: two NOPs, then kind 8 of 10 bytes.
    1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0,
];
