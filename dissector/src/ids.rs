//! Names for rows: dense numbers in order of emission.
//!
//! The n-th thing of a kind that is reported *is* number n, so that layers can refer to each other
//! without asking whoever keeps the rows. Users count from one; [`number`](PacketId::number) does that.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// The id of the row at `index`, counted from zero.
            pub const fn new(index: u32) -> Self {
                Self(index)
            }
            /// Where the row stands in its column, from zero.
            pub const fn index(self) -> u32 {
                self.0
            }
            /// The number that users see, from one.
            pub const fn number(self) -> u64 {
                self.0 as u64 + 1
            }
            /// The id after this one; the last id stays where it is.
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", stringify!($name).trim_end_matches("Id").to_ascii_lowercase(), self.number())
            }
        }
    };
}

id! {
    /// A packet of the capture, numbered as Wireshark does: every record counts, TCP or not.
    PacketId
}
id! {
    /// A TCP connection: one use of a 5-tuple.
    FlowId
}
id! {
    /// One direction of a reliable byte stream. Streams come in pairs: see [`StreamId::of`].
    StreamId
}
id! {
    /// A run of stream bytes that lies in one piece below.
    ExtentId
}
id! {
    /// A TLS record that was opened and carries a part of a stream.
    RecordId
}
id! {
    /// TLS on a TCP connection, or inside another TLS.
    TlsId
}
id! {
    /// The keys of one direction of TLS, from one change of keys to the next.
    EpochId
}
id! {
    /// A WebSocket connection, from its opening handshake (RFC 6455 4) or from where the capture met it.
    ConnectionId
}
id! {
    /// A WebSocket frame, in order of completion.
    FrameId
}
id! {
    /// A WebSocket message, in order of its first frame.
    MessageId
}

id! {
    /// An HTTP exchange that carries messages in its bodies, in order of recognition.
    ExchangeId
}
id! {
    /// A message in the body of an HTTP exchange, in order of completion.
    DeliveryId
}
id! {
    /// What exchanges, and the WebSocket that they are upgraded to, belong to together.
    SessionId
}

/// One of the two ends of a transport: TCP knows no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Whoever sent the SYN, or, where none was seen, the first packet.
    A,
    /// The other one.
    B,
}

impl End {
    /// The end across.
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
    /// 0 for A, 1 for B.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A role in the WebSocket protocol (RFC 6455 1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Sent the opening handshake; masks what it sends.
    Client,
    /// Answered it.
    Server,
}

impl Side {
    /// The peer.
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
    /// 0 for the client, 1 for the server.
    pub const fn index(self) -> usize {
        self as usize
    }
    /// `client` or `server`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

impl StreamId {
    /// What `end` sends in the `pair`-th two-way stream.
    pub const fn of(pair: u32, end: End) -> Self {
        Self(pair * 2 + end as u32)
    }
    /// Which end sends it.
    pub const fn end(self) -> End {
        if self.0 & 1 == 0 { End::A } else { End::B }
    }
    /// The number of its pair.
    pub const fn pair(self) -> u32 {
        self.0 / 2
    }
}
