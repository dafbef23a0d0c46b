//! Which Pong answers which Ping: one place for filters, conversations and statistics.
//!
//! RFC 6455 5.5.3: a Pong carries the payload of the Ping that it answers, and may answer the latest of several alone.

use std::collections::{HashMap, VecDeque};

use dissector::ids::{FrameId, StreamId};
use dissector::websocket::opcode::Opcode;

use crate::content::Content;
use crate::snapshot::Snapshot;

/// Pings of a side that wait for a Pong, at most; of a peer that never answers no more of them are remembered.
const WAITING: usize = 64;

/// Bytes of a control frame's payload (RFC 6455 5.5).
const BODY: u64 = 125;

/// The Pings of one side that wait, each with what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Pings<T> {
    waiting: VecDeque<(Box<[u8]>, T)>,
}

impl<T> Default for Pings<T> {
    fn default() -> Self {
        Self { waiting: VecDeque::new() }
    }
}

impl<T> Pings<T> {
    /// One more; whether the oldest is not followed any further for it.
    pub(crate) fn ping(&mut self, payload: &[u8], ping: T) -> bool {
        let full = self.waiting.len() == WAITING;
        if full {
            self.waiting.pop_front();
        }
        self.waiting.push_back((payload.into(), ping));
        full
    }

    /// The latest one with a Pong's payload, and how many before it are passed over.
    pub(crate) fn pong(&mut self, payload: &[u8]) -> Option<(T, usize)> {
        let place = self.waiting.iter().rposition(|(ping, _)| **ping == *payload)?;
        self.waiting.drain(..=place).next_back().map(|(_, ping)| (ping, place))
    }
}

/// A Pong with its Ping, seen from one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trip {
    /// The other one.
    pub(crate) other: FrameId,
    /// Nanoseconds between them.
    pub(crate) took: i64,
}

/// The round trips of a capture, as far as it was looked at.
#[derive(Debug, Default)]
pub(crate) struct RoundTrips {
    waiting: HashMap<StreamId, Pings<(FrameId, i64)>>,
    known: HashMap<FrameId, Trip>,
    seen: u32,
}

impl RoundTrips {
    /// Looks at the frames that are new.
    pub(crate) fn meet_all(&mut self, snapshot: &Snapshot, content: &mut Content) {
        for (index, row) in (self.seen..).zip(snapshot.frames.rows_from(self.seen)) {
            if matches!(row.header().opcode, Opcode::PING | Opcode::PONG) {
                self.meet(snapshot, content, FrameId::new(index));
            }
        }
        self.seen = self.seen.max(snapshot.frame_count());
    }

    /// The round trip that a Ping began or a Pong ended.
    pub(crate) fn of(&self, frame: FrameId) -> Option<Trip> {
        self.known.get(&frame).copied()
    }

    fn meet(&mut self, snapshot: &Snapshot, content: &mut Content, id: FrameId) {
        let (Some(frame), Ok(bytes)) = (snapshot.frame(id), content.frame(snapshot, id, BODY)) else {
            return;
        };
        let body = bytes.payload.bytes;
        if frame.header.opcode == Opcode::PING {
            self.waiting.entry(frame.stream).or_default().ping(&body, (id, frame.time));
            return;
        }
        let Some(connection) = snapshot.connection(frame.connection) else { return };
        let other = connection.streams[frame.side.other().index()];
        let answered = self.waiting.get_mut(&other).and_then(|waiting| waiting.pong(&body));
        if let Some(((ping, time), _)) = answered {
            let took = frame.time.saturating_sub(time);
            self.known.insert(id, Trip { other: ping, took });
            self.known.insert(ping, Trip { other: id, took });
        }
    }
}
