//! What readers see of the neighbors of WebSocket: sessions, their HTTP exchanges, and the messages in their bodies.
//!
//! Heads and bodies are offsets into streams, as frames are, and are read again when somebody looks.

mod content;
mod decoding;
mod read;
pub(crate) mod table;
mod tally;

use std::net::SocketAddr;
use std::sync::Arc;

use dissector::event::Carrier;
use dissector::ids::{
    ConnectionId, DeliveryId, ExchangeId, ExtentId, FlowId, PacketId, SessionId, Side, StreamId,
};
pub use dissector::neighbor::{Coding, Family, Framing, Place, Transport};

pub use self::content::Heads;
pub(crate) use self::decoding::Last;
pub use self::tally::{TRANSPORTS, Tallies, Tally};

/// What exchanges belong to together, and the WebSockets that they were upgraded to.
#[derive(Clone, Debug)]
pub struct PushSession {
    /// Its number, in order of its first request.
    pub id: SessionId,
    /// Whose way to carry messages it is.
    pub family: Family,
    /// What its exchanges have in common: an id, or a path.
    pub name: Option<Arc<str>>,
    /// Who asks.
    pub client: SocketAddr,
    /// Who answers.
    pub server: SocketAddr,
    /// How its messages travelled, in order of first use.
    pub transports: Vec<Transport>,
    /// The WebSocket connections that belong to it, in order.
    pub connections: Vec<ConnectionId>,
    /// How many exchanges it has.
    pub exchanges: u32,
    /// Messages of each side in their bodies, client first; those that bring nothing are not counted.
    pub messages: [u32; 2],
    /// The packet that completed its first request.
    pub packet: PacketId,
    /// The last packet that had to do with it.
    pub last: PacketId,
}

/// A request and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// Its number, in order of recognition.
    pub id: ExchangeId,
    /// Its session.
    pub session: SessionId,
    /// The TCP connection that carries it.
    pub flow: FlowId,
    /// What stands between TCP and it.
    pub carrier: Carrier,
    /// The streams that the heads lie in, client's first.
    pub streams: [StreamId; 2],
    /// The streams that are the contents of both bodies, client's first.
    pub bodies: [StreamId; 2],
    /// How its messages travel.
    pub transport: Transport,
    /// What the answer's body is made of.
    pub framing: Framing,
    /// How each body is packed.
    pub codings: [Coding; 2],
    /// Where each head lies; the answer's once it came.
    pub heads: [Option<Place>; 2],
    /// The status code of the answer.
    pub status: Option<u16>,
    /// When the request was seen, in nanoseconds since 1970-01-01 00:00 UTC.
    pub asked: i64,
    /// The packet that completed the request's head, the one that completed the answer's, and the one that brought the
    /// end of the answer.
    pub packets: [Option<PacketId>; 3],
    /// Bytes of content of each body, once it is over.
    pub content: [u64; 2],
    /// Bytes of framing around it (RFC 9112 7.1).
    pub chunking: [u64; 2],
    /// Bytes of content that were never captured.
    pub missing: [u64; 2],
    /// Whether the answer's body came to its own end.
    pub complete: bool,
    /// Messages of each side.
    pub messages: [u32; 2],
    /// Bytes of messages in the body that is being read.
    pub(crate) said: u64,
}

impl Exchange {
    /// Bytes of each side that are no content: head and framing.
    pub fn overhead(&self) -> [u64; 2] {
        let head = |side: usize| self.heads[side].map_or(0, |head| u64::from(head.len));
        [head(0) + self.chunking[0], head(1) + self.chunking[1]]
    }
}

/// A message in the body of an exchange.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// Its number, in order of completion.
    pub id: DeliveryId,
    /// The exchange.
    pub exchange: ExchangeId,
    /// The session of that.
    pub session: SessionId,
    /// How it travelled.
    pub transport: Transport,
    /// Who sent it.
    pub side: Side,
    /// The packet that completed it.
    pub packet: PacketId,
    /// The time of that packet.
    pub time: i64,
    /// The stream that is the body's content.
    pub stream: StreamId,
    /// Offset of its first byte in that stream.
    pub at: u64,
    /// Number of bytes there, packed as they may be.
    pub len: u64,
    /// Where the walk back to its bytes begins.
    pub extent: ExtentId,
    /// Whether all its bytes were captured, up to its own end.
    pub complete: bool,
    /// How it is packed.
    pub coding: Coding,
    /// How many frames were complete before it.
    pub frames: u32,
}
