//! The tables of the neighbors of WebSocket, and what readers have of them.

use std::sync::Arc;

use dissector::ids::{ExchangeId, ExtentId, PacketId, SessionId, Side};
use dissector::neighbor::{self as facts, Coding, Framing, Neighbor, Transport};

use super::{Exchange, PushSession, Tallies};
use crate::column::{Column, Rows};
use crate::packing::{MOST, Row};
use crate::paged::{Paged, Pages};
use crate::sparse::{Entries, Sparse};

/// The writer's end.
#[derive(Default)]
pub(crate) struct Neighbors {
    sessions: Paged<PushSession>,
    exchanges: Paged<Exchange>,
    deliveries: Column<DeliveryRow>,
    /// The session of a WebSocket connection.
    joined: Sparse<u32>,
    tallies: Tallies,
}

/// What readers see.
#[derive(Clone, Default)]
pub(crate) struct Published {
    pub(crate) sessions: Pages<PushSession>,
    pub(crate) exchanges: Pages<Exchange>,
    pub(crate) deliveries: Rows<DeliveryRow>,
    pub(crate) joined: Entries<u32>,
    pub(crate) tallies: Tallies,
}

/// A message in a body: where it begins, how long it is, whose it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeliveryRow {
    pub(crate) at: u64,
    pub(crate) len: u64,
    pub(crate) extent: ExtentId,
    pub(crate) exchange: ExchangeId,
    pub(crate) side: Side,
    pub(crate) complete: bool,
    pub(crate) packet: PacketId,
    pub(crate) frames: u32,
}

impl Row for DeliveryRow {
    fn apart(self) -> [u64; MOST] {
        let whose =
            u64::from(self.exchange.index()) << 2 | (self.side as u64) << 1 | u64::from(self.complete);
        let (extent, packet) = (self.extent.index().into(), self.packet.index().into());
        [self.at, self.len, extent, whose, packet, self.frames.into()]
    }
    fn together([at, len, extent, whose, packet, frames]: [u64; MOST]) -> Self {
        Self {
            at,
            len,
            extent: ExtentId::new(extent as u32),
            exchange: ExchangeId::new((whose >> 2) as u32),
            side: if whose >> 1 & 1 == 0 { Side::Client } else { Side::Server },
            complete: whose & 1 == 1,
            packet: PacketId::new(packet as u32),
            frames: frames as u32,
        }
    }
}

/// The extent by which it is told which packet brought what a fact is about.
pub(crate) fn extent_of(fact: &Neighbor) -> Option<ExtentId> {
    match fact {
        Neighbor::Exchange(exchange) => exchange.request.extent,
        Neighbor::Answer { head, .. } => head.extent,
        Neighbor::Delivery(delivery) => Some(delivery.extent),
        Neighbor::Over(over) => over.extent,
        Neighbor::Session { .. } | Neighbor::Named { .. } | Neighbor::Joined { .. } => None,
    }
}

impl Neighbors {
    /// Hears a fact that `packet` brought, when so many frames were complete.
    pub(crate) fn hear(&mut self, fact: Neighbor, packet: PacketId, frames: u32) {
        match fact {
            Neighbor::Session { id, family, name, client, server } => {
                debug_assert_eq!(id.index(), self.sessions.len());
                let name = name.map(Arc::from);
                let (transports, connections) = (Vec::new(), Vec::new());
                let (exchanges, messages) = (0, [0; 2]);
                let last = packet;
                self.sessions.push(PushSession {
                    id,
                    family,
                    name,
                    client,
                    server,
                    transports,
                    connections,
                    exchanges,
                    messages,
                    packet,
                    last,
                });
            }
            Neighbor::Named { session, name } => {
                self.touch(session, packet, |session| session.name = Some(Arc::from(name)));
            }
            Neighbor::Joined { connection, session } => {
                self.joined.push(connection.index(), session.index());
                self.touch(session, packet, |session| {
                    session.connections.push(connection);
                    let _ = session.uses(Transport::WebSocket);
                });
            }
            Neighbor::Exchange(exchange) => self.exchange(&exchange, packet),
            Neighbor::Answer { exchange, head, status, coding, transport, framing, time } => {
                let Some(row) = self.exchanges.row_mut(exchange.index()) else { return };
                if let Some(request) = row.heads[0].filter(|_| row.transport != transport) {
                    let before = self.tallies.of(row.transport);
                    before.exchanges -= 1;
                    before.overhead -= u64::from(request.len);
                    let now = self.tallies.of(transport);
                    now.exchanges += 1;
                    now.overhead += u64::from(request.len);
                }
                row.heads[1] = Some(head);
                row.packets[1] = Some(packet);
                (row.status, row.codings[1]) = (Some(status), coding);
                (row.transport, row.framing) = (transport, framing);
                let (session, waited) = (row.session, time.saturating_sub(row.asked));
                let tally = self.tallies.of(transport);
                tally.overhead += u64::from(head.len);
                tally.answered(waited);
                self.uses(session, packet, transport);
            }
            Neighbor::Delivery(delivery) => {
                debug_assert_eq!(delivery.id.index(), self.deliveries.len());
                let facts::Delivery { exchange, side, span, extent, complete, .. } = delivery;
                let (at, len) = (span.at, span.len);
                self.deliveries.push(DeliveryRow {
                    at,
                    len,
                    extent,
                    exchange,
                    side,
                    complete,
                    packet,
                    frames,
                });
                let Some(row) = self.exchanges.row_mut(exchange.index()) else { return };
                let tally = self.tallies.of(row.transport);
                if len == 0 {
                    tally.empty += 1;
                    return;
                }
                tally.messages[side.index()] += 1;
                tally.payload = tally.payload.saturating_add(len);
                row.messages[side.index()] += 1;
                row.said = row.said.saturating_add(len);
                let session = row.session;
                self.touch(session, packet, |session| session.messages[side.index()] += 1);
            }
            Neighbor::Over(over) => {
                let Some(row) = self.exchanges.row_mut(over.exchange.index()) else { return };
                let side = over.side.index();
                row.content[side] = over.content;
                row.chunking[side] = over.framing;
                row.missing[side] = over.missing;
                if over.side == Side::Server {
                    row.complete = over.complete;
                    row.packets[2] = over.extent.map_or(row.packets[1], |_| Some(packet));
                }
                // What of the content is no message is around one.
                let said = std::mem::take(&mut row.said);
                let around = over.framing.saturating_add(over.content.saturating_sub(said));
                let tally = self.tallies.of(row.transport);
                tally.overhead = tally.overhead.saturating_add(around);
                let session = row.session;
                self.touch(session, packet, |_| {});
            }
        }
    }

    fn exchange(&mut self, exchange: &facts::Exchange, packet: PacketId) {
        debug_assert_eq!(exchange.id.index(), self.exchanges.len());
        let facts::Exchange { id, session, flow, carrier, streams, bodies, transport, request, coding, time } =
            *exchange;
        self.exchanges.push(Exchange {
            id,
            session,
            flow,
            carrier,
            streams,
            bodies,
            transport,
            framing: Framing::Whole,
            codings: [coding, Coding::Identity],
            heads: [Some(request), None],
            status: None,
            asked: time,
            packets: [Some(packet), None, None],
            content: [0; 2],
            chunking: [0; 2],
            missing: [0; 2],
            complete: false,
            messages: [0; 2],
            said: 0,
        });
        let tally = self.tallies.of(transport);
        tally.exchanges += 1;
        tally.overhead += u64::from(request.len);
        self.uses(session, packet, transport);
        self.touch(session, packet, |session| {
            // The first may have gone by before it was known for what it is.
            session.packet = session.packet.min(packet);
            session.exchanges += 1;
        });
    }

    /// A session uses a transport, perhaps for the first time.
    fn uses(&mut self, session: SessionId, packet: PacketId, transport: Transport) {
        let mut first = false;
        self.touch(session, packet, |session| first = session.uses(transport));
        if first {
            self.tallies.of(transport).sessions += 1;
        }
    }

    fn touch(&mut self, session: SessionId, packet: PacketId, change: impl FnOnce(&mut PushSession)) {
        if let Some(session) = self.sessions.row_mut(session.index()) {
            session.last = session.last.max(packet);
            change(session);
        }
    }

    /// Makes all rows so far visible to readers.
    pub(crate) fn publish(&mut self) -> Published {
        Published {
            sessions: self.sessions.publish(),
            exchanges: self.exchanges.publish(),
            deliveries: self.deliveries.publish(),
            joined: self.joined.publish(),
            tallies: self.tallies,
        }
    }
}

impl PushSession {
    /// Whether that is the first time.
    fn uses(&mut self, transport: Transport) -> bool {
        let first = !self.transports.contains(&transport);
        if first {
            self.transports.push(transport);
        }
        first
    }
}
