//! Rows of the neighbors of WebSocket, put together.

use dissector::ids::{ConnectionId, DeliveryId, ExchangeId, SessionId};

use super::{Delivery, Exchange, PushSession, Tallies};
use crate::paged::Pages;
use crate::snapshot::Snapshot;

impl Snapshot {
    /// All sessions of neighbors in order.
    pub fn push_sessions(&self) -> &Pages<PushSession> {
        &self.neighbors.sessions
    }

    /// All HTTP exchanges that carry messages, in order of recognition.
    pub fn exchanges(&self) -> &Pages<Exchange> {
        &self.neighbors.exchanges
    }

    /// What messages cost by each transport of HTTP.
    pub fn tallies(&self) -> &Tallies {
        &self.neighbors.tallies
    }

    /// Number of messages in their bodies.
    pub fn delivery_count(&self) -> u32 {
        self.neighbors.deliveries.len()
    }

    /// A session.
    pub fn push_session(&self, id: SessionId) -> Option<&PushSession> {
        self.neighbors.sessions.row(id.index())
    }

    /// An exchange.
    pub fn exchange(&self, id: ExchangeId) -> Option<&Exchange> {
        self.neighbors.exchanges.row(id.index())
    }

    /// The session that a WebSocket connection belongs to.
    pub fn session_of(&self, connection: ConnectionId) -> Option<SessionId> {
        self.neighbors.joined.entry(connection.index()).map(SessionId::new)
    }

    /// A message in the body of an exchange.
    pub fn delivery(&self, id: DeliveryId) -> Option<Delivery> {
        let row = self.neighbors.deliveries.row(id.index())?;
        let exchange = self.exchange(row.exchange)?;
        Some(Delivery {
            id,
            exchange: row.exchange,
            session: exchange.session,
            transport: exchange.transport,
            side: row.side,
            packet: row.packet,
            time: self.packets.row(row.packet.index()).map_or(0, |packet| packet.time),
            stream: exchange.bodies[row.side.index()],
            at: row.at,
            len: row.len,
            extent: row.extent,
            complete: row.complete,
            coding: exchange.codings[row.side.index()],
            frames: row.frames,
        })
    }
}
