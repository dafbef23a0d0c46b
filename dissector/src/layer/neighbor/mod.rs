//! The neighbors of WebSocket in HTTP: which exchanges carry messages, and where in their bodies these are.
//!
//! ```text
//! heads ─► kind (what a request shows) ─┐
//! answers, again and again ─► polls ────┴─► plain: one connection's exchanges ─► split ─► deliveries
//! ```
//!
//! Knows no TCP and no framing of HTTP/1: it is told heads, and content as it comes.

mod content;
mod kind;
mod plain;
mod polls;
mod remembered;
mod say;
mod split;

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;

pub(crate) use self::plain::{Plain, Question};

use self::kind::Target;
use self::polls::Polls;
use crate::event::Event;
use crate::head::Head;
use crate::ids::End;
use crate::ids::{ConnectionId, SessionId};
use crate::layer::{FlowOf, Up};
use crate::neighbor::{Family, Neighbor, Transport};

/// Paths of hubs that are remembered.
const MOST_HUBS: usize = 256;

/// What is known across TCP connections. Sessions are kept as long as the capture is open, as their rows are.
#[derive(Default)]
pub(crate) struct Neighbors {
    /// By family and name. Whoever sends the traffic chooses the names, and the seed is not theirs to know.
    sessions: HashMap<(Family, Box<[u8]>), SessionId, RandomState>,
    /// How messages of each session come, where that is known.
    transports: HashMap<SessionId, Transport, RandomState>,
    /// The paths of hubs that SignalR negotiated about.
    hubs: VecDeque<Box<[u8]>>,
    polls: Polls,
}

impl Neighbors {
    fn is_hub(&self, path: &[u8]) -> bool {
        self.hubs.iter().any(|hub| hub.as_ref() == path)
    }

    fn negotiated(&mut self, hub: &[u8]) {
        if !self.is_hub(hub) {
            if self.hubs.len() == MOST_HUBS {
                self.hubs.pop_front();
            }
            self.hubs.push_back(hub.into());
        }
    }
}

/// A session begins.
fn begin(family: Family, name: Option<Box<str>>, flow: &FlowOf, client: End, up: &mut Up<'_>) -> SessionId {
    let id = up.ids.session();
    let [a, b] = flow.ends;
    let (client, server) = if client == End::A { (a, b) } else { (b, a) };
    up.say(Event::Neighbor(Neighbor::Session { id, family, name, client, server }));
    id
}

/// The session of this name, or a new one.
fn session(family: Family, name: &[u8], flow: &FlowOf, client: End, up: &mut Up<'_>) -> SessionId {
    let key = (family, Box::from(name));
    if let Some(known) = up.neighbors.sessions.get(&key) {
        return *known;
    }
    let id = begin(family, Some(String::from_utf8_lossy(name).into()), flow, client, up);
    up.neighbors.sessions.insert(key, id);
    id
}

/// A request for a WebSocket: it may go on with a session that HTTP began.
pub(crate) fn joins(connection: ConnectionId, head: &Head, up: &mut Up<'_>) {
    if up.neighbors.sessions.is_empty() {
        return;
    }
    let Some(target) = Target::of(head) else { return };
    let engine_io = || {
        let ours = target.parameter(b"transport") == Some(b"websocket");
        target.parameter(b"sid").filter(|_| ours).map(|sid| (Family::EngineIo, Box::from(sid)))
    };
    let sockjs =
        || target.sockjs().filter(|(last, _)| *last == b"websocket").map(|(_, name)| (Family::SockJs, name));
    let signalr = || target.parameter(b"id").map(|id| (Family::SignalR, Box::from(id)));
    let keys = [engine_io(), sockjs(), signalr()];
    let known = keys.into_iter().flatten().find_map(|key| up.neighbors.sessions.get(&key).copied());
    if let Some(session) = known {
        up.say(Event::Neighbor(Neighbor::Joined { connection, session }));
    }
}
