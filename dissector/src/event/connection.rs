//! A WebSocket connection as it is told where it begins: who, by what, and how it was met.
//!
//! Knows nothing of what follows.

use std::sync::Arc;

use crate::head::Head;
use crate::ids::{ConnectionId, FlowId, StreamId, TlsId};
use crate::websocket::upgrade::Agreement;

/// A WebSocket connection where it begins.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its number, the next one.
    pub id: ConnectionId,
    /// The TCP connection that carries it.
    pub flow: FlowId,
    /// What the client sends.
    pub client: StreamId,
    /// What the server sends.
    pub server: StreamId,
    /// What stands between TCP and its frames.
    pub carrier: Carrier,
    /// How it was met.
    pub opening: Opening,
    /// The request, where there is one.
    pub request: Option<Arc<Head>>,
    /// What that offers.
    pub agreement: Arc<Agreement>,
}

/// What stands between TCP and a WebSocket's frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carrier {
    /// The innermost TLS around it.
    pub tls: Option<TlsId>,
    /// Its stream of HTTP/2 (RFC 8441).
    pub stream: Option<u32>,
    /// Whether it is QUIC, in place of TCP.
    pub quic: bool,
}

impl Carrier {
    /// `tcp`, `tls`, `h2c`, `h2` or `quic`.
    pub const fn transport(self) -> &'static str {
        match (self.tls, self.stream) {
            _ if self.quic => "quic",
            (None, None) => "tcp",
            (Some(_), None) => "tls",
            (None, Some(_)) => "h2c",
            (Some(_), Some(_)) => "h2",
        }
    }
}

/// How a WebSocket connection was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// By its opening handshake (RFC 6455 4).
    Handshake,
    /// By frames alone: what was agreed is not known.
    MidStream,
    /// The user said that this port carries WebSocket.
    Told,
    /// TLS to which there are no keys, or QUIC: whether it is WebSocket is not known.
    Sealed,
}

impl Opening {
    /// Whether frames come without an answer being waited for.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::MidStream | Self::Told)
    }
}
