//! What the same messages would have cost without WebSocket, by formulas over the handshake's own heads.
//!
//! All is counted in bytes of HTTP, above TCP and TLS, and only of connections of which both heads were captured.
//! A request is taken to be as long as the request for WebSocket, an answer as long as its answer.

use std::ops::{AddAssign, SubAssign};

use dissector::ids::Side;

/// Seconds between two polls among which one can choose.
pub const INTERVALS: [u64; 5] = [1, 2, 5, 10, 30];

/// What server-sent events write around a message: `data: `, and two line feeds (HTML, 9.2.6).
const EVENT: u64 = 8;

/// What the formulas go by, over all connections that are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Polling {
    /// Connections of which both heads were captured.
    pub connections: u64,
    /// Bytes of their requests, and of their answers, once each.
    pub heads: [u64; 2],
    /// Bytes of frame headers, and of control frames' payloads.
    pub framing: u64,
    /// Payload bytes of messages as they were on the wire, by side.
    pub payload: [u64; 2],
    /// What binary messages of servers grow by as base64 (RFC 4648 4).
    pub base64: u64,
    /// Polls at each of [`INTERVALS`], times the heads of one.
    polls: [u64; INTERVALS.len()],
    /// The number of those polls.
    pub requests: [u64; INTERVALS.len()],
    /// Messages by side.
    pub messages: [u64; 2],
    /// Messages by side, each times the heads of a request with its answer.
    headed: [u64; 2],
}

/// One connection, as the formulas need it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// Bytes of its request and its answer, where both were captured.
    pub(super) heads: Option<[u64; 2]>,
    /// When its answer was there, and its last frame.
    pub(super) times: Option<(i64, i64)>,
    pub(super) framing: u64,
    pub(super) payload: [u64; 2],
    pub(super) base64: u64,
    pub(super) messages: [u64; 2],
}

impl Counted {
    /// What it adds to the sums.
    pub(super) fn share(&self) -> Polling {
        let (Some(heads), Some((first, last))) = (self.heads, self.times) else { return Polling::default() };
        let both = heads[0].saturating_add(heads[1]);
        let lasted = u64::try_from(last.saturating_sub(first)).unwrap_or(0);
        // One at the beginning, and one after every interval that was begun.
        let requests = INTERVALS.map(|seconds| 1 + lasted.div_ceil(seconds * 1_000_000_000));
        Polling {
            connections: 1,
            heads,
            framing: self.framing,
            payload: self.payload,
            base64: self.base64,
            polls: requests.map(|count| count.saturating_mul(both)),
            requests,
            messages: self.messages,
            headed: self.messages.map(|count| count.saturating_mul(both)),
        }
    }
}

impl Polling {
    fn carried(&self) -> u64 {
        self.payload[0].saturating_add(self.payload[1])
    }

    /// What it did cost: handshakes, frame headers, control frames, payload.
    pub fn websocket(&self) -> u64 {
        let heads = self.heads[0].saturating_add(self.heads[1]);
        heads.saturating_add(self.framing).saturating_add(self.carried())
    }

    /// A request at the beginning and one after every interval that was begun, each with its answer; what both sides
    /// have to say waits for the next one.
    pub fn polling(&self, interval: usize) -> u64 {
        self.polls.get(interval).copied().unwrap_or(0).saturating_add(self.carried())
    }

    /// A request that the server leaves open until it has a message, after which there is another; and a request for
    /// each message of the client.
    pub fn long_polling(&self) -> u64 {
        let open = self.heads[0] + self.heads[1];
        let [up, down] = self.headed;
        open.saturating_add(up).saturating_add(down).saturating_add(self.carried())
    }

    /// One answer that never ends, with eight bytes around each of the server's messages and binary ones as base64;
    /// and a request for each message of the client.
    pub fn events(&self) -> u64 {
        let stream =
            self.heads[0] + self.heads[1] + self.messages[Side::Server.index()] * EVENT + self.base64;
        stream.saturating_add(self.headed[Side::Client.index()]).saturating_add(self.carried())
    }
}

impl Polling {
    fn each(&mut self, other: &Self, with: fn(&mut u64, u64)) {
        with(&mut self.connections, other.connections);
        with(&mut self.framing, other.framing);
        with(&mut self.base64, other.base64);
        let pairs = [
            (&mut self.heads, &other.heads),
            (&mut self.payload, &other.payload),
            (&mut self.messages, &other.messages),
            (&mut self.headed, &other.headed),
        ];
        for (ours, theirs) in pairs {
            ours.iter_mut().zip(theirs).for_each(|(a, b)| with(a, *b));
        }
        for (ours, theirs) in [(&mut self.polls, &other.polls), (&mut self.requests, &other.requests)] {
            ours.iter_mut().zip(theirs).for_each(|(a, b)| with(a, *b));
        }
    }
}

impl AddAssign<&Self> for Polling {
    fn add_assign(&mut self, other: &Self) {
        self.each(other, |a, b| *a = a.wrapping_add(b));
    }
}

impl SubAssign<&Self> for Polling {
    fn sub_assign(&mut self, other: &Self) {
        self.each(other, |a, b| *a = a.wrapping_sub(b));
    }
}
