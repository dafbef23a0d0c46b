//! What the user looks at, by id: rows that arrive or are filtered away do not move it.

use serde::{Deserialize, Serialize};
use session::Snapshot;
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

/// Which rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Messages, put together.
    Messages,
    /// Frames, one by one.
    Frames,
    /// Packets of the capture, others than WebSocket's too.
    Packets,
}

impl Tab {
    /// All of them in order.
    pub const ALL: [Self; 3] = [Self::Messages, Self::Frames, Self::Packets];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Messages => "Messages",
            Self::Frames => "Frames",
            Self::Packets => "Packets",
        }
    }

    /// How many rows there are in all.
    pub fn count(self, snapshot: &Snapshot) -> u32 {
        match self {
            Self::Messages => snapshot.message_count(),
            Self::Frames => snapshot.frame_count(),
            Self::Packets => snapshot.packet_count(),
        }
    }

    /// The thing in row `index` of all rows.
    pub const fn selection(self, index: u32) -> Selection {
        match self {
            Self::Messages => Selection::Message(MessageId::new(index)),
            Self::Frames => Selection::Frame(FrameId::new(index)),
            Self::Packets => Selection::Packet(PacketId::new(index)),
        }
    }

    /// The row of all rows that shows a thing, or has to do with it.
    pub fn row_of(self, snapshot: &Snapshot, selection: Selection) -> Option<u32> {
        let frame = match selection {
            Selection::Packet(id) => return (self == Self::Packets).then(|| id.index()),
            Selection::Connection(_) => return None,
            Selection::Message(id) if self == Self::Messages => return Some(id.index()),
            Selection::Message(id) => snapshot.message(id)?.last,
            Selection::Frame(id) => id,
        };
        match self {
            Self::Messages => snapshot.frame(frame)?.message.map(MessageId::index),
            Self::Frames => Some(frame.index()),
            Self::Packets => Some(snapshot.frame(frame)?.packet.index()),
        }
    }

    /// The connection of row `index` of all rows.
    pub fn connection_of(self, snapshot: &Snapshot, index: u32) -> Option<ConnectionId> {
        match self {
            Self::Messages => snapshot.message(MessageId::new(index)).map(|message| message.connection),
            Self::Frames => snapshot.frame(FrameId::new(index)).map(|frame| frame.connection),
            Self::Packets => None,
        }
    }
}

/// How times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Times {
    /// Seconds since the capture's first packet.
    #[default]
    SinceStart,
    /// Seconds since the row above.
    SincePrevious,
    /// The time of day.
    Clock,
}

impl Times {
    /// The one after it.
    pub const fn next(self) -> Self {
        match self {
            Self::SinceStart => Self::SincePrevious,
            Self::SincePrevious => Self::Clock,
            Self::Clock => Self::SinceStart,
        }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SinceStart => "Time since start",
            Self::SincePrevious => "Time since previous",
            Self::Clock => "Time of day",
        }
    }
}
