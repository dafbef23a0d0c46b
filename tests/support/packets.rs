//! A small TCP: two ends talk, and every packet of theirs is captured as raw IP.
//!
//! Checksums are left at zero, as offloading leaves them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use capture::LinkType;
use dissector::ids::Side;
use dissector::websocket::header::FrameHeader;
use dissector::websocket::mask::unmask;
use dissector::websocket::opcode::Opcode;

use crate::replay::Packets;

/// The link type of packets that begin with an IP header.
pub const RAW_IP: LinkType = LinkType(101);

/// TCP flags (RFC 9293 3.1).
pub const FIN: u8 = 1;
/// The first segment of an end.
pub const SYN: u8 = 2;
/// The connection is broken off.
pub const RST: u8 = 4;
/// The acknowledgment number counts.
pub const ACK: u8 = 16;

/// A TCP segment in an IP packet.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Who sends it.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// The sequence number of its first byte.
    pub seq: u32,
    /// The acknowledgment number.
    pub ack: u32,
    /// The flags.
    pub flags: u8,
    /// What it carries.
    pub payload: &'a [u8],
}

impl Segment<'_> {
    /// The packet's bytes.
    pub fn packet(&self) -> Vec<u8> {
        let len =
            |header: usize| u16::try_from(header + self.payload.len()).expect("an IP packet is short enough");
        let mut packet = Vec::with_capacity(60 + self.payload.len());
        match (self.from.ip(), self.to.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                packet.extend([0x45, 0]);
                packet.extend(len(40).to_be_bytes());
                packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
                packet.extend(from.octets());
                packet.extend(to.octets());
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                packet.extend([0x60, 0, 0, 0]);
                packet.extend(len(20).to_be_bytes());
                packet.extend([6, 64]);
                packet.extend(from.octets());
                packet.extend(to.octets());
            }
            ends => panic!("{ends:?} cannot talk to each other"),
        }
        packet.extend(self.from.port().to_be_bytes());
        packet.extend(self.to.port().to_be_bytes());
        packet.extend(self.seq.to_be_bytes());
        packet.extend(self.ack.to_be_bytes());
        packet.extend([0x50, self.flags, 0xff, 0xff, 0, 0, 0, 0]);
        packet.extend_from_slice(self.payload);
        packet
    }
}

/// A TCP connection that is being captured.
#[derive(Clone, Debug)]
pub struct Talk {
    /// What was captured.
    pub packets: Packets,
    ends: [SocketAddr; 2],
    first: [u32; 2],
    sent: [u32; 2],
    time: i64,
}

impl Talk {
    /// A connection that nobody has begun yet. `first` are the sequence numbers of the two SYNs, client first.
    pub fn new(first: [u32; 2]) -> Self {
        let ends = [40_000, 9001].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        Self { packets: Packets::new(RAW_IP), ends, first, sent: [0; 2], time: 1_700_000_000_000_000_000 }
    }

    /// A connection on which WebSocket was agreed, with these extensions.
    pub fn upgraded(first: [u32; 2], extensions: Option<&str>) -> Self {
        let mut talk = Self::new(first);
        talk.open();
        let extensions =
            extensions.map_or(String::new(), |value| format!("Sec-WebSocket-Extensions: {value}\r\n"));
        let request = format!(
            "GET /chat HTTP/1.1\r\nHost: localhost:9001\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{extensions}\r\n"
        );
        // RFC 6455 1.3: the accept value of its example's key.
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n{extensions}\r\n"
        );
        talk.send(Side::Client, request.as_bytes());
        talk.send(Side::Server, response.as_bytes());
        talk
    }

    /// The three packets that begin a connection (RFC 9293 3.5).
    pub fn open(&mut self) {
        self.capture(Side::Client, 0, SYN, &[]);
        self.sent[0] = 1;
        self.capture(Side::Server, 0, SYN | ACK, &[]);
        self.sent[1] = 1;
        self.capture(Side::Client, 1, ACK, &[]);
    }

    /// How far a side has come: the offset of what it sends next, its SYN counted.
    pub fn sent(&self, side: Side) -> u32 {
        self.sent[side.index()]
    }

    /// A side has come this far, whatever was captured of it.
    pub fn advance(&mut self, side: Side, len: u32) {
        self.sent[side.index()] = self.sent[side.index()].wrapping_add(len);
    }

    /// One segment right behind what the side sent before.
    pub fn send(&mut self, side: Side, payload: &[u8]) {
        self.capture(side, self.sent(side), ACK, payload);
        self.advance(side, payload.len() as u32);
    }

    /// Bytes in as many segments as it takes.
    pub fn send_all(&mut self, side: Side, payload: &[u8]) {
        payload.chunks(1448).for_each(|chunk| self.send(side, chunk));
    }

    /// Both ends say that they are done.
    pub fn close(&mut self) {
        for side in [Side::Client, Side::Server] {
            self.capture(side, self.sent(side), FIN | ACK, &[]);
            self.advance(side, 1);
        }
    }

    /// A segment is captured that begins at `offset`; what the side has sent stays as it was.
    pub fn capture(&mut self, side: Side, offset: u32, flags: u8, payload: &[u8]) {
        let (own, peer) = (side.index(), side.other().index());
        let ack = self.first[peer].wrapping_add(self.sent[peer]);
        let segment = Segment {
            from: self.ends[own],
            to: self.ends[peer],
            seq: self.first[own].wrapping_add(offset),
            ack: if flags & ACK == 0 { 0 } else { ack },
            flags,
            payload,
        };
        self.time += 1_000_000;
        self.packets.push(self.time, &segment.packet());
    }
}

/// A frame as it is on the wire.
pub fn frame(fin: bool, rsv: u8, opcode: Opcode, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let header = FrameHeader { fin, rsv, mask, ..FrameHeader::new(opcode, payload.len() as u64) };
    let mut bytes = header.write();
    let at = bytes.len();
    bytes.extend_from_slice(payload);
    if let Some(key) = mask {
        unmask(&mut bytes[at..], key, 0);
    }
    bytes
}
