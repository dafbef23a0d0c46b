//! What is said of a connection that speaks HTTP/2, beside the WebSockets in its streams.

use crate::http2::hpack::Malformed;
use crate::http2::names::Setting;
use crate::ids::Side;
use crate::span::Span;

/// Something about a connection that speaks HTTP/2.
#[derive(Clone, Debug)]
pub enum Http2 {
    /// A side set parameters (RFC 9113 6.5).
    Settings {
        /// Who.
        side: Side,
        /// Which, and to what.
        values: Vec<(Setting, u32)>,
        /// The payload: six bytes each.
        span: Span,
    },
    /// A stream became a tunnel for a protocol that is not WebSocket (RFC 8441 4).
    Tunnel {
        /// The stream.
        stream: u32,
        /// What `:protocol` says.
        protocol: String,
        /// The request's fields.
        span: Span,
    },
    /// A side says that it takes no more streams (RFC 9113 6.8).
    GoAway {
        /// Who.
        side: Side,
        /// The error code.
        code: u32,
        /// The frame.
        span: Span,
    },
    /// A field block cannot be read (RFC 7541): later ones refer to what it said.
    Fields {
        /// Who sent it.
        side: Side,
        /// What is wrong with it.
        why: Malformed,
        /// The block, or its frame.
        span: Span,
    },
    /// Something is more than this program follows; it goes by unread.
    Limit {
        /// Who sent it.
        side: Side,
        /// What.
        what: Limit,
        /// Where that began.
        span: Span,
    },
}

/// What is more than this program follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// A field block over any number of frames.
    Block,
    /// WebSockets that are open at once.
    Streams,
    /// The text of requests and answers.
    Heads,
}

impl Limit {
    /// What it is, for a sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Block => "a field block of more than 256 KiB",
            Self::Streams => "more than 4,096 WebSockets open at once",
            Self::Heads => "more than 16 MiB of header fields",
        }
    }
}
