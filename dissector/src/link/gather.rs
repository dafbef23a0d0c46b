//! A whole datagram's TCP segment, given from the packets that its fragments came in.
//!
//! Only the headers are copied, into a small buffer, so that the one walk can read them; the payload is
//! read again where it lies.

use super::fragment::{Piece, Pool};
use super::rest::Rest;
use super::tcp::Tcp;
use super::walk::{self, Ends, Found, Step};
use super::{Flags, Outcome, Segment, Sockets, ip};
use crate::packet::{Lookback, Packet};

/// What is needed to give segments: the packet at hand, the earlier ones, and who takes.
pub(super) struct Giver<'a, 'p> {
    pub(super) packet: &'a Packet<'p>,
    pub(super) lookback: &'a dyn Lookback,
    pub(super) each: &'a mut dyn FnMut(&Segment<'_>),
    /// How many datagrams inside of each other are whole by now.
    pub(super) depth: u8,
}

impl Giver<'_, '_> {
    /// Gives the segments of a datagram of `total` bytes.
    pub(super) fn datagram(
        &mut self,
        pool: &mut Pool,
        ends: &Ends,
        protocol: u8,
        pieces: &[Piece],
        total: u32,
    ) -> Outcome {
        let layer = match ip::protocol(protocol, ends) {
            Step::Into(layer) => layer,
            Step::Found(Found::Stop(outcome)) => return outcome,
            Step::Found(_) => return Outcome::OtherProtocol(protocol),
        };
        let mut buffer = [0; HEAD];
        let len = self.head(pieces, &mut buffer);
        let head = buffer.get(..len).unwrap_or_default();
        let mut ends = *ends;
        match walk::walk(layer, Rest::new(head, total), &mut ends, &mut ()) {
            Found::Tcp(head, rest) => {
                let tcp = Tcp::read(head, &ends);
                let at = super::clamped(rest.at());
                self.segments(&tcp, pieces, at, at.saturating_add(super::clamped(rest.wire())));
                Outcome::Tcp
            }
            // A tunnel's packet in fragments, itself a fragment of what is tunneled.
            Found::Fragment(inner, rest) if self.depth < DEPTH => {
                self.depth += 1;
                let at = super::clamped(rest.at());
                let run: Vec<_> = Piece::within(pieces, at, at.saturating_add(super::clamped(rest.wire())))
                    .map(|piece| Piece { at: piece.at.saturating_sub(at), ..piece })
                    .collect();
                pool.add(&inner, &run, self)
            }
            Found::Fragment(..) => Outcome::TooDeep,
            Found::Udp(..) => Outcome::Udp,
            Found::Stop(outcome) => outcome,
        }
    }

    /// Copies the first captured bytes and says how many.
    fn head(&self, pieces: &[Piece], buffer: &mut [u8; HEAD]) -> usize {
        let mut filled = 0;
        for piece in pieces {
            let complete = self.bytes(piece, |bytes| {
                let free = buffer.get_mut(filled..).unwrap_or_default();
                let (to, from) = (free.iter_mut(), bytes.iter());
                filled += to.zip(from).map(|(to, from)| *to = *from).count();
                bytes.len() == piece.len as usize
            });
            if !complete || filled == HEAD {
                break;
            }
        }
        filled
    }

    /// Gives the payload that stands from `at` to `end` of the datagram.
    fn segments(&mut self, tcp: &Tcp, pieces: &[Piece], at: u32, end: u32) {
        let mut parts = Piece::within(pieces, at, end).peekable();
        if parts.peek().is_none() {
            let rest = Rest::new(&[], 0);
            let segment = super::Placed::new(*tcp, &rest, self.packet).of(self.packet);
            return (self.each)(&segment);
        }
        let mut first = true;
        while let Some(part) = parts.next() {
            let mut flags = tcp.flags;
            // RFC 9293 3.4: the SYN takes the sequence number before the first byte of data.
            let mut seq = tcp.seq.wrapping_add(part.at.saturating_sub(at));
            if !first {
                seq = seq.wrapping_add(u32::from(flags.syn()));
                flags = flags.without(Flags::SYN);
            }
            first = false;
            if parts.peek().is_some() {
                flags = flags.without(Flags(Flags::FIN.0 | Flags::RST.0 | Flags::PSH.0));
            }
            let Self { packet, lookback, each, .. } = self;
            read(packet, *lookback, &part, |payload| {
                each(&Segment {
                    sockets: Sockets::new(tcp.src, tcp.dst),
                    seq,
                    ack: tcp.ack,
                    flags,
                    window: tcp.window,
                    payload,
                    packet: part.packet,
                    offset: part.offset,
                    cut: part.len.saturating_sub(super::clamped(payload.len())),
                });
            });
        }
    }

    fn bytes<T>(&self, piece: &Piece, with: impl FnOnce(&[u8]) -> T) -> T {
        read(self.packet, self.lookback, piece, with)
    }
}

/// The captured bytes of a piece; none where its packet cannot be read any more.
fn read<T>(packet: &Packet<'_>, lookback: &dyn Lookback, piece: &Piece, with: impl FnOnce(&[u8]) -> T) -> T {
    let at = piece.offset as usize;
    let range = at..at.saturating_add(piece.have as usize);
    if piece.packet == packet.id {
        with(packet.bytes.get(range).unwrap_or_default())
    } else {
        with(lookback.packet(piece.packet).get(range).unwrap_or_default())
    }
}

/// As many bytes as headers may take: two tunnels with options come to half of it.
const HEAD: usize = 512;

/// How often a whole datagram may turn out to be a fragment of another.
const DEPTH: u8 = 4;
