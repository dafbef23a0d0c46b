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
    written: u64,
    time: u64,
}

impl<W: Write> Wire<W> {
    /// Writes the file header: nanoseconds, little-endian, Ethernet.
    pub fn new(mut out: W) -> io::Result<Self> {
        let mut header = Vec::with_capacity(24);
        for word in [0xa1b2_3c4d_u32, 2 | 4 << 16, 0, 0, 256 << 10, 1] {
            header.extend(word.to_le_bytes());
        }
        out.write_all(&header)?;
        Ok(Self { out, written: header.len() as u64, time: 0 })
    }

    /// Bytes written so far.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// One segment of `from`, which acknowledges all that `to` has sent. Moves `from` on.
    pub fn segment(&mut self, from: &mut Peer, to: &Peer, flags: Flags, payload: &[u8]) -> io::Result<()> {
        let at = from.seq;
        // RFC 9293 3.4: SYN and FIN take a sequence number each.
        let taken = payload.len() as u32 + u32::from(flags.0 & 0x03 != 0);
        from.seq = at.wrapping_add(taken);
        self.placed(&Peer { seq: at, ..*from }, to, flags, payload)
    }

    /// One segment exactly where `from` stands; moves nobody.
    pub fn placed(&mut self, from: &Peer, to: &Peer, flags: Flags, payload: &[u8]) -> io::Result<()> {
        let mut head = [0; RECORD + HEADERS];
        let len = (HEADERS + payload.len()) as u32;
        let (seconds, rest) = (START + self.time / 1_000_000_000, self.time % 1_000_000_000);
        let mut place = 0;
        let mut put = |bytes: &[u8]| {
            head[place..place + bytes.len()].copy_from_slice(bytes);
            place += bytes.len();
        };
        for word in [seconds as u32, rest as u32, len, len] {
            put(&word.to_le_bytes());
        }
        put(&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00]);
        put(&[0x45, 0]);
        put(&((len - 14) as u16).to_be_bytes());
        put(&[0, 0, 0x40, 0, 64, 6, 0, 0]);
        put(&from.ip);
        put(&to.ip);
        put(&from.port.to_be_bytes());
        put(&to.port.to_be_bytes());
        put(&from.seq.to_be_bytes());
        put(&(if flags.0 & 0x10 == 0 { 0 } else { to.seq }).to_be_bytes());
        put(&[0x80, flags.0, 0x20, 0, 0, 0, 0, 0]);
        // RFC 7323 3.2: two NOPs, then kind 8 of 10 bytes.
        put(&[1, 1, 8, 10]);
        put(&((self.time / 1_000_000) as u32).to_be_bytes());
        put(&[0; 4]);
        self.out.write_all(&head)?;
        self.out.write_all(payload)?;
        self.written += (head.len() + payload.len()) as u64;
        self.time += TICK;
        Ok(())
    }

    /// Flushes, and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A record's own header in a pcap.
const RECORD: usize = 16;
/// Ethernet, IPv4, TCP with timestamps.
const HEADERS: usize = 14 + 20 + 32;
