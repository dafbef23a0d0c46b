//! Facts about the neighbors of WebSocket: HTTP exchanges that carry messages in their bodies, and what they belong to.
//!
//! Polling, long polling, streaming answers and server-sent events, by themselves or as a library's transports. An
//! exchange is a request with its answer; a delivery is one message in a body of it.

use crate::event::Carrier;
use crate::ids::{ConnectionId, DeliveryId, ExchangeId, ExtentId, FlowId, SessionId, Side, StreamId};
use crate::span::Span;

/// One fact.
#[derive(Clone, Debug)]
pub enum Neighbor {
    /// A session was met.
    Session {
        /// Its number, the next one.
        id: SessionId,
        /// Whose way to carry messages it is.
        family: Family,
        /// What its exchanges have in common, as it was written, where that is known already.
        name: Option<Box<str>>,
        /// Who asks.
        client: core::net::SocketAddr,
        /// Who answers.
        server: core::net::SocketAddr,
    },
    /// What a session is called became known: its first answer said it.
    Named {
        /// The session.
        session: SessionId,
        /// Its name.
        name: Box<str>,
    },
    /// A WebSocket belongs to a session: it was upgraded to it.
    Joined {
        /// The WebSocket connection.
        connection: ConnectionId,
        /// The session.
        session: SessionId,
    },
    /// A request that belongs to a session.
    Exchange(Box<Exchange>),
    /// The answer to a request.
    Answer {
        /// The exchange.
        exchange: ExchangeId,
        /// Where its head lies.
        head: Place,
        /// Its status code.
        status: u16,
        /// How its body is packed.
        coding: Coding,
        /// How its messages travel, which only the answer may show.
        transport: Transport,
        /// What its body is made of.
        framing: Framing,
        /// When it was seen, in nanoseconds as packets have it.
        time: i64,
    },
    /// A message in a body is complete, or will never be.
    Delivery(Delivery),
    /// A body is over.
    Over(Over),
}

/// Whose way to carry messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Engine.IO's `polling` transport, which Socket.IO uses.
    EngineIo,
    /// SockJS's transports.
    SockJs,
    /// SignalR's `LongPolling` and `ServerSentEvents`.
    SignalR,
    /// Server-sent events (WHATWG HTML 9.2), nobody's in particular.
    EventStream,
    /// The same target asked for again and again.
    Polling,
}

impl Family {
    /// The word on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EngineIo => "Engine.IO",
            Self::SockJs => "SockJS",
            Self::SignalR => "SignalR",
            Self::EventStream => "Server-sent events",
            Self::Polling => "Polling",
        }
    }
}

/// How messages travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// Each answer brings what there is, at once.
    Polling,
    /// Each answer waits for something to bring.
    LongPolling,
    /// An answer that does not end brings one message after the other.
    HttpStreaming,
    /// The same as server-sent events (WHATWG HTML 9.2).
    EventStream,
    /// Frames (RFC 6455).
    WebSocket,
}

impl Transport {
    /// `polling`, `long-polling`, `http-streaming`, `sse` or `websocket`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Polling => "polling",
            Self::LongPolling => "long-polling",
            Self::HttpStreaming => "http-streaming",
            Self::EventStream => "sse",
            Self::WebSocket => "websocket",
        }
    }
}

/// What a body is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One message, or what its protocol puts together to one.
    Whole,
    /// Events that end with an empty line (WHATWG HTML 9.2.6).
    Events,
    /// Lines.
    Lines,
    /// Script elements.
    Scripts,
}

/// How a body's content is packed (RFC 9110 8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// It is not.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, or RFC 1951 where a peer took the name at its word.
    Deflate,
    /// Another one, or several on each other.
    Other,
}

/// Where a head lies in the stream of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Offset of its first byte.
    pub at: u64,
    /// How long it is, the empty line included.
    pub len: u32,
    /// The extent that it ends in.
    pub extent: Option<ExtentId>,
}

/// An exchange where it begins.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Its number, the next one.
    pub id: ExchangeId,
    /// The session that it belongs to.
    pub session: SessionId,
    /// The TCP connection that carries it.
    pub flow: FlowId,
    /// What stands between TCP and it.
    pub carrier: Carrier,
    /// The streams that the heads lie in, client's first.
    pub streams: [StreamId; 2],
    /// What the client says in the body; what the server says is its pair.
    pub bodies: [StreamId; 2],
    /// How its messages travel.
    pub transport: Transport,
    /// The head of the request.
    pub request: Place,
    /// How the request's body is packed.
    pub coding: Coding,
    /// When it was seen, in nanoseconds as packets have it.
    pub time: i64,
}

/// A message in a body.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// Its number, the next one.
    pub id: DeliveryId,
    /// The exchange.
    pub exchange: ExchangeId,
    /// Who sent it.
    pub side: Side,
    /// The bytes in the stream of the body's content.
    pub span: Span,
    /// The last extent that had been put in order when it was complete.
    pub extent: ExtentId,
    /// Whether all its bytes were captured, up to its own end.
    pub complete: bool,
}

/// How a body came out.
#[derive(Clone, Copy, Debug)]
pub struct Over {
    /// The exchange.
    pub exchange: ExchangeId,
    /// Who sent it.
    pub side: Side,
    /// Bytes of content.
    pub content: u64,
    /// Bytes of framing around the content (RFC 9112 7.1).
    pub framing: u64,
    /// Bytes of content that were never captured.
    pub missing: u64,
    /// The last extent of the stream that carries it.
    pub extent: Option<ExtentId>,
    /// Whether it came to its own end.
    pub complete: bool,
}
