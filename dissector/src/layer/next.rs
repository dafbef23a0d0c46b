//! What a front says is to be done, once it has taken some bytes.

use crate::event::Carries;
use crate::ids::End;
use crate::websocket::connection::Opened;

/// What is to be done next, after some bytes were taken.
pub(crate) enum Next {
    /// Go on with what is left.
    Stay,
    /// Hold what this end sends, from this offset on, or from behind what was taken.
    Hold { from: Option<u64> },
    /// Go on with what the end was held back with, then with what is left of this one.
    Release(End),
    /// Nothing that we look into.
    Close(Carries),
    /// TLS begins, or goes on, at this offset.
    Tls { from: u64, told: Option<End>, torn: bool },
    /// HTTP/2 begins: at these offsets, the client's first, or where an end was held back.
    Http2 { from: [Option<u64>; 2], client: End },
    /// Frames follow.
    WebSocket(Switch),
}

/// From here on there are frames.
pub(crate) struct Switch {
    pub(crate) opened: Opened,
    pub(crate) client: End,
    /// Where the bytes of an end are to be looked at again from, and whether a header is known to begin there.
    pub(crate) again: [Option<(u64, bool)>; 2],
}
