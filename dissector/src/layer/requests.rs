//! The requests of one HTTP/1 connection that wait for their answers, in order (RFC 9112 9.3.2).

use std::collections::VecDeque;
use std::sync::Arc;

use crate::head::Head;
use crate::ids::{ConnectionId, ExtentId, PacketId};
use crate::layer::Up;
use crate::layer::neighbor::Question;
use crate::recall;

/// Requests without an answer that are remembered; beyond it answers can no longer be told apart.
const MOST: usize = 1024;

/// A request that was not answered yet.
pub(super) enum Request {
    Plain {
        to_head: bool,
        question: Option<Box<Question>>,
        /// Bytes were lost since: its answer may have been among them.
        doubtful: bool,
        /// The packet that it ends in.
        packet: Option<PacketId>,
    },
    Connect,
    /// An upgrade to HTTP/2 in clear (RFC 7540 3.2).
    H2c,
    Upgrade {
        id: ConnectionId,
        head: Arc<Head>,
    },
}

/// Those of one connection.
#[derive(Default)]
pub(super) struct Requests(VecDeque<Request>);

impl Requests {
    pub(super) fn has_room(&self) -> bool {
        self.0.len() < MOST
    }

    pub(super) fn push(&mut self, request: Request) {
        if self.has_room() {
            self.0.push_back(request);
        }
    }

    /// Whoever asks anew on the same connection got the answer before, or will never get it.
    pub(super) fn asked_anew(&mut self) {
        self.0.retain(|request| !matches!(request, Request::Plain { doubtful: true, .. }));
    }

    /// The request that is answered by a head which ends in this extent. Where answers may have been lost, packets
    /// tell: whoever speaks HTTP/1 mostly waits for an answer before it asks again, so it is the last one before.
    pub(super) fn answered(&mut self, extent: Option<ExtentId>, up: &Up<'_>) -> Option<Request> {
        while let (Some(Request::Plain { doubtful: true, .. }), Some(Request::Plain { packet: next, .. })) =
            (self.0.front(), self.0.get(1))
        {
            let answers = recall::packet_of(up.sink, extent);
            if next.is_none_or(|next| answers.is_none_or(|packet| packet < next)) {
                break;
            }
            self.0.pop_front();
        }
        self.0.pop_front()
    }

    /// Bytes of the connection were lost.
    pub(super) fn doubt(&mut self) {
        for request in &mut self.0 {
            if let Request::Plain { doubtful, .. } = request {
                *doubtful = true;
            }
        }
    }

    /// Whether what the client sends next depends on the answer that comes next.
    pub(super) fn waits(&self) -> bool {
        matches!(self.0.front(), Some(Request::Upgrade { .. } | Request::Connect | Request::H2c))
    }

    /// The first WebSocket that was asked for.
    pub(super) fn upgrade(&self) -> Option<ConnectionId> {
        self.0.iter().find_map(|request| match request {
            Request::Upgrade { id, .. } => Some(*id),
            _ => None,
        })
    }
}
