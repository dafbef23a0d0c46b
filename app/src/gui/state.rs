//! What the user looks at, by id: rows that arrive or are filtered away do not move it.

use session::dissector::ids::{ConnectionId, FrameId, MessageId, PacketId};

/// The thing whose detail is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selection {
    /// A packet of the capture.
    Packet(PacketId),
    /// A frame.
    Frame(FrameId),
    /// A message.
    Message(MessageId),
    /// A connection.
    Connection(ConnectionId),
}
