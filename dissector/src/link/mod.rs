//! From a packet to its TCP segment, or to what stopped us and where.
//!
//! ```text
//! packet ─► walk: Ethernet │ SLL │ null │ PPP │ raw ─► tags, labels ─► IPv4 │ IPv6 ─► TCP ─► Segment
//!                    ▲                                                    │
//!                    └── GRE, VXLAN, GENEVE, IP in IP ◄───────────────────┤
//!                                                     fragments wait here ┘ until their datagram is whole
//! ```
//!
//! Knows nothing of connections and streams. Of earlier packets it knows only which fragments still wait.

mod rest;

mod cooked;
mod ethernet;
mod ip;
mod sockets;
mod tcp;
mod tunnel;

mod describe;
mod fragment;
mod gather;
mod layer;
mod walk;

use core::net::SocketAddr;

use self::fragment::{Piece, Pool};
use self::gather::Giver;
use self::rest::Rest;
use self::tcp::Tcp;
use self::walk::{Ends, Found};
use crate::ids::PacketId;
use crate::packet::{Lookback, Packet};

pub use self::describe::{Brief, HeaderField, HeaderKind, Raw, brief, describe, header_fields, read_header};
pub use self::layer::{Layer, Outcome};
pub(crate) use self::sockets::Pair;
pub use self::sockets::Sockets;

/// A TCP segment, or a piece of one.
///
/// A segment that came in IP fragments is given as several consecutive segments, one for each run of bytes
/// in one packet, so that nothing is copied: each with its own `seq`, SYN on the first only, FIN, RST and
/// PSH on the last only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Who sent it, and whom it is for.
    pub sockets: Sockets,
    /// Sequence number of the SYN or, where it has none, of the first payload byte (RFC 9293 3.4).
    pub seq: u32,
    /// The next sequence number its sender waits for, where ACK is set.
    pub ack: Option<u32>,
    /// The control bits.
    pub flags: Flags,
    /// The window as sent: unscaled.
    pub window: u16,
    /// The captured payload.
    pub payload: &'a [u8],
    /// The packet whose bytes these are: an older one than that just given, for a fragment.
    pub packet: PacketId,
    /// Where the payload stands in that packet, in bytes.
    pub offset: u32,
    /// How many payload bytes were on the wire behind `payload` but were not captured.
    pub cut: u32,
}

/// The control bits of a TCP header with the four bits before them: `000N CEUA PRSF` (RFC 9293 3.1, RFC 3168
/// 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Flags(pub u16);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Self = Self(0x001);
    /// Synchronize sequence numbers.
    pub const SYN: Self = Self(0x002);
    /// Reset the connection.
    pub const RST: Self = Self(0x004);
    /// Push.
    pub const PSH: Self = Self(0x008);
    /// The acknowledgment number is significant.
    pub const ACK: Self = Self(0x010);
    /// The urgent pointer is significant.
    pub const URG: Self = Self(0x020);
    /// ECN echo.
    pub const ECE: Self = Self(0x040);
    /// Congestion window reduced.
    pub const CWR: Self = Self(0x080);
    /// Accurate ECN, earlier the ECN nonce.
    pub const AE: Self = Self(0x100);

    /// Whether FIN is set.
    pub const fn fin(self) -> bool {
        self.has(Self::FIN)
    }
    /// Whether SYN is set.
    pub const fn syn(self) -> bool {
        self.has(Self::SYN)
    }
    /// Whether the sender asks for a connection: SYN without ACK (RFC 9293 3.5).
    pub const fn asks(self) -> bool {
        self.syn() && !self.ack()
    }
    /// Whether RST is set.
    pub const fn rst(self) -> bool {
        self.has(Self::RST)
    }
    /// Whether PSH is set.
    pub const fn psh(self) -> bool {
        self.has(Self::PSH)
    }
    /// Whether ACK is set.
    pub const fn ack(self) -> bool {
        self.has(Self::ACK)
    }
    /// Whether URG is set.
    pub const fn urg(self) -> bool {
        self.has(Self::URG)
    }
    /// Whether any bit of `other` is set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
    /// These without those of `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// `PSH, ACK`: as Wireshark lists them, lowest bit first.
impl core::fmt::Display for Flags {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut before = "";
        for (_, name) in FLAG_NAMES.iter().filter(|(bit, _)| self.has(*bit)) {
            write!(f, "{before}{name}")?;
            before = ", ";
        }
        Ok(())
    }
}

const FLAG_NAMES: &[(Flags, &str)] = &[
    (Flags::FIN, "FIN"),
    (Flags::SYN, "SYN"),
    (Flags::RST, "RST"),
    (Flags::PSH, "PSH"),
    (Flags::ACK, "ACK"),
    (Flags::URG, "URG"),
    (Flags::ECE, "ECE"),
    (Flags::CWR, "CWR"),
    (Flags::AE, "AE"),
];

/// Takes packets one by one and gives their TCP segments. Holds nothing but the places of IP fragments that
/// wait for their rest.
#[derive(Debug, Default)]
pub struct Walker {
    pool: Pool,
    datagram: Option<Datagram>,
}

/// A UDP datagram (RFC 768).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Who sent it.
    pub src: SocketAddr,
    /// To whom.
    pub dst: SocketAddr,
    /// Bytes of its payload, captured or not.
    pub len: u32,
    /// The first bytes of it, zero where there are fewer.
    pub first: [u8; 5],
}

impl Walker {
    /// A walker at the begin of a capture.
    pub fn new() -> Self {
        Self::default()
    }

    /// Walks one packet and gives `each` TCP segment in it: none or one, or several where it completes a
    /// fragmented datagram. Packets are given in the order of their numbers.
    #[inline]
    pub fn packet(
        &mut self,
        packet: &Packet<'_>,
        lookback: &dyn Lookback,
        each: &mut dyn FnMut(&Segment<'_>),
    ) -> Outcome {
        self.datagram = None;
        let Some(layer) = walk::first(packet.link) else { return Outcome::UnknownLink(packet.link) };
        let mut ends = Ends::NONE;
        match walk::walk(layer, Rest::new(packet.bytes, packet.wire_len), &mut ends, &mut ()) {
            Found::Tcp(head, rest) => {
                each(&Placed::new(Tcp::read(head, &ends), &rest, packet).of(packet));
                Outcome::Tcp
            }
            Found::Fragment(fragment, rest) => {
                let piece = Piece::of(packet, &rest);
                self.pool.add(&fragment, &[piece], &mut Giver { packet, lookback, each, depth: 0 })
            }
            Found::Udp(head, rest) => {
                self.datagram = Some(datagram(head, &rest, &ends));
                Outcome::Udp
            }
            Found::Stop(outcome) => outcome,
        }
    }

    /// The next packet was walked elsewhere, and is one segment.
    #[inline]
    pub(crate) fn passed_over(&mut self) {
        self.datagram = None;
    }

    /// The UDP datagram of the packet that was walked last, where it held one whole.
    pub fn datagram(&self) -> Option<Datagram> {
        self.datagram
    }

    /// How many fragmented datagrams wait for their rest: at the end of a capture, those that never got it.
    pub fn waiting(&self) -> usize {
        self.pool.waiting()
    }
}

fn datagram(head: &[u8; 8], rest: &Rest<'_>, ends: &Ends) -> Datagram {
    let &[s0, s1, d0, d1, ..] = head;
    let mut first = [0; 5];
    first.iter_mut().zip(rest.bytes()).for_each(|(byte, there)| *byte = *there);
    Datagram {
        src: SocketAddr::new(ends.src, u16::from_be_bytes([s0, s1])),
        dst: SocketAddr::new(ends.dst, u16::from_be_bytes([d0, d1])),
        len: clamped(rest.bytes().len() + rest.cut()),
        first,
    }
}

/// A TCP segment without its payload, of which it is known where it lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) sockets: Sockets,
    seq: u32,
    ack: Option<u32>,
    flags: Flags,
    window: u16,
    offset: u32,
    len: u32,
    cut: u32,
}

impl Placed {
    /// The segment that a header and what it carries are.
    #[inline(always)]
    fn new(tcp: Tcp, rest: &Rest<'_>, packet: &Packet<'_>) -> Self {
        let Tcp { src, dst, seq, ack, flags, window } = tcp;
        Self {
            sockets: Sockets::new(src, dst),
            seq,
            ack,
            flags,
            window,
            offset: clamped(rest.at().min(packet.bytes.len())),
            len: clamped(rest.bytes().len()),
            cut: clamped(rest.cut()),
        }
    }

    /// Whether it has a payload, captured or not.
    #[inline]
    pub(crate) fn brings_bytes(&self) -> bool {
        self.len > 0 || self.cut > 0
    }

    /// The payload in the packet's bytes.
    #[inline]
    pub(crate) fn payload<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let payload = bytes.get(self.offset as usize..).unwrap_or_default();
        payload.get(..self.len as usize).unwrap_or_default()
    }

    /// The segment of the packet that it was seen in.
    #[inline]
    pub(crate) fn of<'a>(&self, packet: &Packet<'a>) -> Segment<'a> {
        let Self { sockets, seq, ack, flags, window, offset, cut, .. } = *self;
        let payload = self.payload(packet.bytes);
        Segment { sockets, seq, ack, flags, window, payload, packet: packet.id, offset, cut }
    }
}

/// The segment of a packet that is one by itself: without a look at other packets.
#[inline]
pub(crate) fn plain(packet: &Packet<'_>) -> Option<Placed> {
    let mut ends = Ends::NONE;
    let layer = walk::first(packet.link)?;
    match walk::walk(layer, Rest::new(packet.bytes, packet.wire_len), &mut ends, &mut ()) {
        Found::Tcp(head, rest) => Some(Placed::new(Tcp::read(head, &ends), &rest, packet)),
        _ => None,
    }
}

/// A length or place as the tables hold it; none of a packet comes near the limit.
fn clamped(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
