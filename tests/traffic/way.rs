//! A bad way from a connection's ends to the capture: what [`Damage`](super::damage::Damage) says happens to a segment is
//! done here. Handshakes go over a good one.

use std::io::{self, Write};

use super::damage::Fate;
use super::{Flags, Peer, SEGMENT, Talk, Wire};

impl Talk {
    /// Sends what is queued over a bad way, and says whether each byte of it is captured sooner or later.
    pub(super) fn badly<W: Write>(&mut self, wire: &mut Wire<W>) -> io::Result<bool> {
        let (client, side) = (self.client, usize::from(!self.client));
        let queue = std::mem::take(&mut self.queue);
        let (all, mut captured) = (queue.len(), true);
        while self.queued < all {
            let segment = &queue[self.queued..(self.queued + SEGMENT).min(all)];
            self.queued += segment.len();
            let flags = if self.queued == all { Flags::PUSH } else { Flags::ACK };
            let Some(mut damage) = self.damage.take() else { break };
            let seq = self.peers[side].seq;
            let fate = damage.fate(side, segment.len());
            let room = if fate == Fate::Overlapping { SEGMENT - segment.len() } else { 0 };
            let before = damage.tail(side, room).to_vec();
            if matches!(fate, Fate::Twice | Fate::Late) {
                damage.hold(side, seq, flags, segment, fate == Fate::Twice);
            }
            damage.passed(side, (!matches!(fate, Fate::Lost | Fate::Late)).then_some(segment));
            self.damage = Some(damage);
            match fate {
                Fate::Captured | Fate::Twice => self.segment(wire, client, flags, segment)?,
                Fate::Overlapping => {
                    self.peers[side].seq = seq.wrapping_sub(before.len() as u32);
                    self.segment(wire, client, flags, &[&before, segment].concat())?;
                }
                Fate::Lost | Fate::Late => self.sent(client, flags, segment.len()),
            }
            captured &= fate != Fate::Lost;
            if matches!(fate, Fate::Captured | Fate::Overlapping) {
                self.release(wire, client, false)?;
            }
            self.acknowledge(wire)?;
        }
        self.queue = queue;
        Ok(captured)
    }

    /// What has waited long enough comes, or whatever waits.
    pub(super) fn release<W: Write>(
        &mut self,
        wire: &mut Wire<W>,
        client: bool,
        all: bool,
    ) -> io::Result<()> {
        let side = usize::from(!client);
        let Some(held) = self.damage.as_mut().and_then(|damage| damage.release(side, all)) else {
            return Ok(());
        };
        let from = Peer { seq: held.seq, ..self.peers[side] };
        wire.segment(&from, &self.received(!client), held.flags, &held.bytes)
    }
}
