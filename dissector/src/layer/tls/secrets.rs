//! What opens TLS, for all connections of a capture: the key log, and what sessions of the capture left behind.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::tls::keylog::KeyLog;

/// Sessions whose master secret is remembered, in case they are taken up again.
const SESSIONS: usize = 4096;

/// Bytes of a session ID or ticket that tell it from others.
const NAME: usize = 64;

/// Client randoms without keys that are remembered, in case the keys come later.
const LACKING: usize = 100_000;

/// Secrets.
#[derive(Default)]
pub(crate) struct Secrets {
    pub(crate) log: KeyLog,
    sessions: HashMap<Vec<u8>, Vec<u8>>,
    /// The same, oldest first.
    order: VecDeque<Vec<u8>>,
    lacking: HashSet<[u8; 32]>,
}

impl Secrets {
    /// The master secret of a session that may be taken up again by this session ID or ticket.
    pub(super) fn remember(&mut self, name: &[u8], master: &[u8]) {
        let name = name.get(..NAME.min(name.len())).unwrap_or_default();
        if name.is_empty() || self.sessions.contains_key(name) {
            return;
        }
        if self.order.len() == SESSIONS
            && let Some(oldest) = self.order.pop_front()
        {
            self.sessions.remove(&oldest);
        }
        self.order.push_back(name.to_vec());
        self.sessions.insert(name.to_vec(), master.to_vec());
    }

    /// The master secret of a session, by its session ID or ticket.
    pub(super) fn recall(&self, name: &[u8]) -> Option<Vec<u8>> {
        self.sessions.get(name.get(..NAME.min(name.len()))?).cloned()
    }

    /// There are no keys for the connection that this ClientHello opened.
    pub(super) fn lack(&mut self, client_random: [u8; 32]) {
        if self.lacking.len() < LACKING {
            self.lacking.insert(client_random);
        }
    }

    /// Whether a key log has keys that were looked for and not found.
    pub(crate) fn would_gain_by(&self, log: &KeyLog) -> bool {
        self.lacking.iter().any(|random| log.knows(random))
    }
}
