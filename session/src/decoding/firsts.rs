//! The first messages of connections, by which it is told what they speak.
//!
//! Both ways to find them come to the same: what came so long after the connection began that one look for it would be
//! long is not among them, whoever looks.

use std::collections::HashMap;

use dissector::decoders::FIRST;
use dissector::ids::{ConnectionId, FrameId, MessageId, Side};

use crate::model::Message;
use crate::snapshot::Snapshot;

/// Messages of all connections, from where one begins, among which its first are looked for.
const REACH: u32 = 65_536;

/// The first messages of each connection that was asked about.
#[derive(Debug, Default)]
pub(super) struct Firsts {
    /// Whether messages are looked at in the order of the capture, all of them, and not those of one connection alone.
    all: bool,
    /// Of those, so many were looked at.
    seen: u32,
    of: HashMap<ConnectionId, Of>,
}

/// Those of one connection.
#[derive(Debug, Default)]
struct Of {
    /// Client's first.
    found: [Vec<MessageId>; 2],
    /// The message that is looked at next, and the one at which looking ends.
    at: u32,
    end: u32,
}

impl Of {
    fn new(snapshot: &Snapshot, connection: ConnectionId) -> Self {
        let at = snapshot.connection(connection).map_or(0, |it| begins(snapshot, it.packet.index()));
        Self { at, end: at.saturating_add(REACH), ..Self::default() }
    }

    fn add(&mut self, id: MessageId, side: Side) {
        let found = &mut self.found[side.index()];
        if id.index() < self.end && found.len() < FIRST {
            found.push(id);
        }
    }

    fn full(&self) -> bool {
        self.found.iter().all(|found| found.len() >= FIRST)
    }
}

impl Firsts {
    /// For whoever asks about all messages, one after the other.
    pub(super) fn of_all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// For whoever asks about a few, wherever they are: nothing is done that grows with the capture.
    pub(super) fn of_few() -> Self {
        Self::default()
    }

    /// Forgets everything.
    pub(super) fn restart(&mut self) {
        *self = Self { all: self.all, ..Self::default() };
    }

    /// The first messages of a connection that had begun when `message` was complete, or of all that is known.
    pub(super) fn before(
        &mut self,
        snapshot: &Snapshot,
        connection: ConnectionId,
        message: Option<&Message>,
    ) -> Option<&[Vec<MessageId>; 2]> {
        if self.all {
            self.look(snapshot);
            return self.of.get(&connection).map(|of| &of.found);
        }
        let of = self.of.entry(connection).or_insert_with(|| Of::new(snapshot, connection));
        while of.at < of.end.min(snapshot.message_count()) && !of.full() {
            let id = MessageId::new(of.at);
            let Some((owner, side, packet)) = origin(snapshot, id) else { break };
            if message.is_some_and(|message| packet > message.packet.index()) {
                break;
            }
            of.at += 1;
            if owner == connection {
                of.add(id, side);
            }
        }
        Some(&of.found)
    }

    fn look(&mut self, snapshot: &Snapshot) {
        for index in self.seen..snapshot.message_count() {
            let id = MessageId::new(index);
            let Some((connection, side)) = super::origin(snapshot, id) else { continue };
            self.of.entry(connection).or_insert_with(|| Of::new(snapshot, connection)).add(id, side);
        }
        self.seen = self.seen.max(snapshot.message_count());
    }
}

/// The first message that began with this packet or behind it.
fn begins(snapshot: &Snapshot, packet: u32) -> u32 {
    let (mut low, mut high) = (0, snapshot.message_count());
    while low < high {
        let middle = low + (high - low) / 2;
        match origin(snapshot, MessageId::new(middle)) {
            Some((_, _, of)) if of < packet => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

/// Whose message it is, and the packet that completed its first frame.
fn origin(snapshot: &Snapshot, id: MessageId) -> Option<(ConnectionId, Side, u32)> {
    let first: FrameId = snapshot.messages.row(id.index())?.first();
    let row = snapshot.frames.row(first.index())?;
    let packet = snapshot.packet_of_row(first, row)?;
    Some((row.connection(), row.side(), packet.index()))
}
