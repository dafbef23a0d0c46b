//! A connection's bytes on their way: segments, and what acknowledges them.

use std::io::{self, Write};
use std::ops::Range;

use super::{Flags, Peer, SEGMENT, Talk, Wire};

impl Talk {
    /// Whether there is something left to send.
    pub const fn queued(&self) -> bool {
        self.queued < self.queue.len()
    }

    /// Sends as many segments of what is queued.
    pub fn burst<W: Write>(&mut self, wire: &mut Wire<W>, segments: usize) -> io::Result<()> {
        for _ in 0..segments {
            let Some((segment, flags)) = self.next() else { break };
            let client = self.client;
            let queue = std::mem::take(&mut self.queue);
            self.segment(wire, client, flags, &queue[segment])?;
            self.queue = queue;
            self.acknowledge(wire)?;
        }
        Ok(())
    }

    /// The next segment of the queue, which is taken from it.
    fn next(&mut self) -> Option<(Range<usize>, Flags)> {
        let (at, end) = (self.queued, (self.queued + SEGMENT).min(self.queue.len()));
        self.queued = end;
        (at < end).then_some((at..end, if end == self.queue.len() { Flags::PUSH } else { Flags::ACK }))
    }

    /// The other side acknowledges, where it owes that.
    pub(super) fn acknowledge<W: Write>(&mut self, wire: &mut Wire<W>) -> io::Result<()> {
        let other = usize::from(self.client);
        if self.owed[other] == 2 { self.segment(wire, !self.client, Flags::ACK, &[]) } else { Ok(()) }
    }

    /// One end, as the other one knows it: its next sequence number is the first that was not received.
    pub(super) fn received(&self, client: bool) -> Peer {
        let side = usize::from(!client);
        let peer = self.peers[side];
        let seq = self.damage.as_ref().map_or(peer.seq, |damage| damage.received(side, peer.seq));
        Peer { seq, ..peer }
    }

    /// One segment of one side; it acknowledges what the other one has sent.
    pub fn segment<W: Write>(
        &mut self,
        wire: &mut Wire<W>,
        client: bool,
        flags: Flags,
        payload: &[u8],
    ) -> io::Result<()> {
        let to = self.received(!client);
        if self.heard || !client {
            wire.segment(&self.peers[usize::from(!client)], &to, flags, payload)?;
        }
        self.sent(client, flags, payload.len());
        Ok(())
    }

    /// A segment of one side is on its way, whether it is captured or not.
    pub(super) fn sent(&mut self, client: bool, flags: Flags, len: usize) {
        let side = usize::from(!client);
        // RFC 9293 3.4: SYN and FIN take a sequence number each.
        let taken = len as u32 + u32::from(flags.0 & 0x03 != 0);
        self.peers[side].seq = self.peers[side].seq.wrapping_add(taken);
        self.owed[side] = 0;
        self.owed[1 - side] += u32::from(len > 0);
    }
}
