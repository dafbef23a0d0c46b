//! Attempts at a connection, remembered to be compared with each other.

use crate::head::Head;
use crate::http2::facts::Http2;
use crate::http2::names::Setting;
use crate::ids::{ConnectionId, FlowId, Side};
use crate::rules::facts::{Attempt, Ledger, Moment, Party, Register, Tale};

/// Attempts at a connection that are remembered.
const ATTEMPTS: usize = 100_000;

impl Register {
    /// A server of HTTP/2 set something.
    pub(super) fn set(&mut self, flow: FlowId, what: &Http2) {
        if let Http2::Settings { side: Side::Server, values, .. } = what {
            let word = values.iter().rev().find(|(id, _)| *id == Setting::ENABLE_CONNECT_PROTOCOL);
            let announced = self.announced.entry(flow).or_default();
            *announced = word.map(|(_, value)| *value).or(*announced);
        }
    }

    pub(super) fn add(&mut self, attempt: Attempt) {
        if self.attempts.len() == ATTEMPTS
            && let Some(oldest) = self.attempts.pop_front()
        {
            self.dropped = true;
            if self.keys.get(&oldest.key) == Some(&oldest.connection) {
                self.keys.remove(&oldest.key);
            }
        }
        if !attempt.key.is_empty() {
            self.keys.entry(attempt.key.clone()).or_insert(attempt.connection);
        }
        self.attempts.push_back(attempt);
    }

    pub(super) fn find(&mut self, connection: ConnectionId) -> Option<&mut Attempt> {
        let place = self.place(connection)?;
        self.attempts.get_mut(place)
    }

    pub(super) fn answered(&mut self, connection: ConnectionId, accepted: bool, at: Moment) {
        if let Some(attempt) = self.find(connection) {
            attempt.answered = Some(at);
            attempt.accepted = accepted;
        }
    }

    pub(super) fn ended(&mut self, ledger: &Ledger) {
        let ended = ledger.parties.iter().filter_map(|party| party.ended).map(|(_, at)| at);
        let first = ended.min_by_key(|at| at.packet);
        if let Some(attempt) = self.find(ledger.id) {
            attempt.ended = first;
            attempt.wished = wished(ledger);
            attempt.tales = Some([Side::Client, Side::Server].map(|side| {
                let party = ledger.party(side);
                let Party { messages, parts, reserved, lost, .. } = *party;
                Tale { messages, parts, reserved, lost: lost > 0 }
            }));
        }
    }
}

/// Whether a connection was closed because somebody was done with it: a client says so by any code but those
/// that complain of the server, a server by 1000.
fn wished(ledger: &Ledger) -> bool {
    let close = |side| ledger.party(side).closed.map(|(frame, code, _)| (frame, code, side));
    let closes = [Side::Client, Side::Server].into_iter().filter_map(close);
    match closes.min_by_key(|(frame, ..)| *frame) {
        Some((_, code, Side::Client)) => !matches!(code, Some(1002..=2999)),
        Some((_, code, Side::Server)) => matches!(code, None | Some(1000)),
        None => false,
    }
}

impl Attempt {
    pub(super) fn new(
        ledger: &Ledger,
        client: core::net::IpAddr,
        server: core::net::SocketAddr,
        head: &Head,
    ) -> Self {
        let value = |name| head.values(name).next().map(Box::from);
        let target = head.target().unwrap_or_default();
        let path = target.split(|&byte| byte == b'?').next().unwrap_or_default();
        Self {
            connection: ledger.id,
            flow: ledger.flow,
            client,
            server,
            began: ledger.began,
            answered: None,
            ended: None,
            key: value("sec-websocket-key").unwrap_or_default(),
            target: Box::from(path),
            origin: value("origin"),
            accepted: false,
            wished: false,
            tales: None,
        }
    }
}
