//! IP fragments that wait for the rest of their datagram (RFC 791 3.2, RFC 8200 4.5).
//!
//! Keeps where the bytes are, never the bytes. Knows nothing of what a datagram carries: a whole one goes to
//! [`Giver`]. Where fragments overlap, the bytes that came first stay; IPv6 forbids overlaps (RFC 5722 3),
//! but who looks on cannot know what the receiver did.

use core::net::IpAddr;
use std::collections::BTreeMap;

use super::gather::Giver;
use super::walk::Ends;
use super::{Outcome, clamped};
use crate::ids::PacketId;
use crate::link::rest::Rest;
use crate::packet::Packet;

/// What an IP header says of a fragment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fragment {
    pub(super) ends: Ends,
    pub(super) id: u32,
    pub(super) protocol: u8,
    /// Where it stands in its datagram, in bytes.
    pub(super) at: u16,
    /// Whether others follow it in the datagram.
    pub(super) more: bool,
}

/// A run of a datagram's bytes that lies in one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it begins in the datagram.
    pub(super) at: u32,
    /// How many bytes it had on the wire.
    pub(super) len: u32,
    /// How many of them were captured: `have <= len`.
    pub(super) have: u32,
    /// The packet.
    pub(super) packet: PacketId,
    /// Where it stands in the packet.
    pub(super) offset: u32,
}

impl Piece {
    /// What `rest` of `packet` holds.
    pub(super) fn of(packet: &Packet<'_>, rest: &Rest<'_>) -> Self {
        Self {
            at: 0,
            len: clamped(rest.wire()),
            have: clamped(rest.bytes().len()),
            packet: packet.id,
            offset: clamped(rest.at()),
        }
    }
    /// Place behind the last byte.
    pub(super) fn end(&self) -> u32 {
        self.at.saturating_add(self.len)
    }
    /// The part of it from `at` to `end`, both within it.
    pub(super) fn part(&self, at: u32, end: u32) -> Self {
        let skip = at.saturating_sub(self.at);
        let len = end.saturating_sub(at);
        let passed = skip.min(self.have);
        Self { at, len, have: (self.have - passed).min(len), offset: self.offset + passed, ..*self }
    }
    /// The parts of `pieces` from `at` to `end`.
    pub(super) fn within(pieces: &[Self], at: u32, end: u32) -> impl Iterator<Item = Self> {
        pieces
            .iter()
            .filter(move |piece| piece.at.max(at) < piece.end().min(end))
            .map(move |piece| piece.part(piece.at.max(at), piece.end().min(end)))
    }
}

/// The datagrams that wait.
#[derive(Debug, Default)]
pub(super) struct Pool {
    datagrams: BTreeMap<Key, Datagram>,
    /// How many datagrams were ever begun: the order of their ages.
    begun: u64,
}

/// What all fragments of one datagram share. IPv6 has no protocol here: only the first fragment's counts
/// (RFC 8200 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    src: IpAddr,
    dst: IpAddr,
    id: u32,
    protocol: u8,
}

#[derive(Debug, Default)]
struct Datagram {
    /// In order, without overlaps.
    pieces: Vec<Piece>,
    /// Sum of the pieces' lengths.
    covered: u32,
    /// Its length, once its last fragment was seen.
    total: Option<u32>,
    protocol: u8,
    /// The time of its first fragment; once it is whole, of its last.
    time: i64,
    /// Whether it was whole; then it stays for a moment so that repeated fragments begin no new one.
    whole: bool,
    number: u64,
}

impl Pool {
    /// Takes the pieces of one fragment, counted from its own first byte, and gives what they complete.
    pub(super) fn add(&mut self, fragment: &Fragment, run: &[Piece], giver: &mut Giver<'_, '_>) -> Outcome {
        let key = Key {
            src: fragment.ends.src,
            dst: fragment.ends.dst,
            id: fragment.id,
            protocol: if fragment.ends.src.is_ipv4() { fragment.protocol } else { 0 },
        };
        let time = giver.packet.time;
        if self.datagrams.get(&key).is_some_and(|datagram| datagram.outlived(time)) {
            self.datagrams.remove(&key);
        }
        if !self.datagrams.contains_key(&key) && self.datagrams.len() >= DATAGRAMS {
            self.drop_oldest();
        }
        let begun = &mut self.begun;
        let datagram = self.datagrams.entry(key).or_insert_with(|| {
            *begun += 1;
            Datagram { time, number: *begun, protocol: fragment.protocol, ..Datagram::default() }
        });
        if datagram.whole {
            return Outcome::Fragment;
        }
        datagram.add(fragment, run);
        if datagram.pieces.len() > PIECES {
            self.datagrams.remove(&key);
            return Outcome::Fragment;
        }
        match datagram.total {
            Some(total) if total == datagram.covered => {
                datagram.whole = true;
                datagram.time = time;
                let (pieces, protocol) = (core::mem::take(&mut datagram.pieces), datagram.protocol);
                giver.datagram(self, &fragment.ends, protocol, &pieces, total)
            }
            _ => Outcome::Fragment,
        }
    }

    /// How many are not whole.
    pub(super) fn waiting(&self) -> usize {
        self.datagrams.values().filter(|datagram| !datagram.whole).count()
    }

    fn drop_oldest(&mut self) {
        let oldest = self.datagrams.iter().min_by_key(|(_, datagram)| datagram.number).map(|(key, _)| *key);
        if let Some(oldest) = oldest {
            self.datagrams.remove(&oldest);
        }
    }
}

impl Datagram {
    /// Whether a fragment of this `time` belongs to a later datagram that was given the same id.
    fn outlived(&self, time: i64) -> bool {
        time.abs_diff(self.time) > if self.whole { REPEATED } else { WAIT }
    }

    fn add(&mut self, fragment: &Fragment, run: &[Piece]) {
        let base = u32::from(fragment.at);
        if base == 0 {
            self.protocol = fragment.protocol;
        }
        if !fragment.more && self.total.is_none() {
            let total = base.saturating_add(run.last().map_or(0, Piece::end));
            self.total = Some(total);
            self.pieces = Piece::within(&self.pieces, 0, total).collect();
            self.covered = self.pieces.iter().map(|piece| piece.len).sum();
        }
        for piece in run {
            self.cover(Piece { at: base.saturating_add(piece.at), ..*piece });
        }
    }

    /// Puts `new` where nothing is yet.
    fn cover(&mut self, new: Piece) {
        let end = new.end().min(self.total.unwrap_or(u32::MAX));
        let mut at = new.at;
        let mut index = self.pieces.partition_point(|piece| piece.end() <= at);
        while at < end {
            let stop = match self.pieces.get(index) {
                Some(there) if there.at <= at => {
                    at = there.end();
                    index += 1;
                    continue;
                }
                Some(there) => there.at.min(end),
                None => end,
            };
            self.pieces.insert(index, new.part(at, stop));
            self.covered += stop - at;
            at = stop;
        }
    }
}

/// How many datagrams wait at most; the oldest goes.
const DATAGRAMS: usize = 256;

/// How many pieces a datagram has at most: 65,535 bytes by RFC 791's smallest link, 68 bytes with 20 of
/// header, are 1,366. One with more is dropped.
const PIECES: usize = 1_500;

/// How long a datagram waits, in nanoseconds: RFC 791 3.2 proposes 15 s, RFC 8200 4.5 says 60, Linux does 30.
const WAIT: u64 = 30_000_000_000;

/// How long a whole datagram is remembered, in nanoseconds. Captures that hold each packet twice hold both
/// within far less, and the ids of 64 Ki datagrams are not used up in it.
const REPEATED: u64 = 1_000_000_000;
