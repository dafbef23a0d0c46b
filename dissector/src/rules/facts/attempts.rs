//! What is remembered of connections to be compared with each other: storms, keys used again, proxies.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::ids::{ConnectionId, FlowId, Side, TlsId};
use crate::rules::facts::Moment;
use crate::tls::secured::Secured;

/// One attempt at a connection, as it is remembered for comparison with others.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The connection.
    pub connection: ConnectionId,
    /// Its TCP connection.
    pub flow: FlowId,
    /// The client's address, without port.
    pub client: core::net::IpAddr,
    /// The server's address and port.
    pub server: core::net::SocketAddr,
    /// When the request came.
    pub began: Moment,
    /// When the answer came.
    pub answered: Option<Moment>,
    /// When it ended, if it did.
    pub ended: Option<Moment>,
    /// The key.
    pub key: Box<[u8]>,
    /// The target without its query.
    pub target: Box<[u8]>,
    /// The origin, and whether it was accepted.
    pub origin: Option<Box<[u8]>>,
    /// Whether frames follow.
    pub accepted: bool,
    /// Whether it ended by somebody's wish: with a Close 1000 of whoever came first, or by what the client chose.
    pub wished: bool,
    /// What each side sent in all, client first; known once it is over.
    pub tales: Option<[Tale; 2]>,
}

/// What a side sent in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tale {
    /// Messages.
    pub messages: u32,
    /// The frames that they came in.
    pub parts: u32,
    /// Whether a reserved bit was set on one of them.
    pub reserved: bool,
    /// Whether bytes of its stream were never captured.
    pub lost: bool,
}

impl Attempt {
    /// What a side sent in all, once that is known.
    pub fn tale(&self, side: Side) -> Option<Tale> {
        let [client, server] = self.tales?;
        Some(if side == Side::Client { client } else { server })
    }
}

/// What is remembered across connections: a bounded number of attempts, oldest dropped first.
#[derive(Debug, Default)]
pub struct Register {
    /// Attempts in order of their request.
    pub attempts: VecDeque<Attempt>,
    /// Whether some were dropped.
    pub dropped: bool,
    /// How many times the snap length has cut bytes off a stream.
    pub cuts: u64,
    /// What is known of each TLS.
    pub secured: HashMap<TlsId, Arc<Secured>, RandomState>,
    /// Where a server of HTTP/2 has sent SETTINGS: its last word on extended CONNECT (RFC 8441 3).
    pub announced: HashMap<FlowId, Option<u32>, RandomState>,
    /// Who used a key first.
    pub(crate) keys: HashMap<Box<[u8]>, ConnectionId, RandomState>,
}

impl Register {
    /// The attempt of a connection, unless it was dropped.
    pub fn attempt(&self, connection: ConnectionId) -> Option<&Attempt> {
        self.attempts.get(self.place(connection)?)
    }
    /// The first attempt that used a key.
    pub fn first_with_key(&self, key: &[u8]) -> Option<&Attempt> {
        self.attempt(*self.keys.get(key)?)
    }
    pub(crate) fn place(&self, connection: ConnectionId) -> Option<usize> {
        // Most connections begin with one, so that it stands where counting from the first leads.
        let first = self.attempts.front()?.connection;
        let guess = connection.index().checked_sub(first.index())? as usize;
        if self.attempts.get(guess).is_some_and(|attempt| attempt.connection == connection) {
            return Some(guess);
        }
        self.attempts.binary_search_by_key(&connection, |attempt| attempt.connection).ok()
    }
}
