//! What the user looks at, by id: rows that arrive or are filtered away do not move it.

use serde::{Deserialize, Serialize};
use session::Snapshot;
use session::dissector::ids::{ConnectionId, DeliveryId, FrameId, MessageId, PacketId};
use session::filter::Of;
use session::verdicts::Found;

/// The thing whose detail is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Selection {
    /// A packet of the capture.
    Packet(PacketId),
    /// A frame.
    Frame(FrameId),
    /// A message.
    Message(MessageId),
    /// A message that HTTP carries.
    Delivery(DeliveryId),
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
    /// What the rules found.
    Findings,
    /// Messages that HTTP carries: polling, long polling, server-sent events. Not offered where there are none.
    Deliveries,
}

impl Tab {
    /// All of them in order.
    pub const ALL: [Self; 5] =
        [Self::Messages, Self::Frames, Self::Packets, Self::Findings, Self::Deliveries];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Messages => "Messages",
            Self::Frames => "Frames",
            Self::Packets => "Packets",
            Self::Findings => "Findings",
            Self::Deliveries => "HTTP",
        }
    }

    /// What its rows are rows of.
    pub const fn of(self) -> Of {
        match self {
            Self::Messages => Of::Messages,
            Self::Frames => Of::Frames,
            Self::Packets => Of::Packets,
            Self::Findings => Of::Findings,
            Self::Deliveries => Of::Deliveries,
        }
    }

    /// How many rows there are in all.
    pub fn count(self, snapshot: &Snapshot) -> u32 {
        match self {
            Self::Messages => snapshot.message_count(),
            Self::Frames => snapshot.frame_count(),
            Self::Packets => snapshot.packet_count(),
            Self::Findings => snapshot.findings().len(),
            Self::Deliveries => snapshot.delivery_count(),
        }
    }

    /// The thing in row `index` of all rows.
    pub fn selection(self, snapshot: &Snapshot, index: u32) -> Option<Selection> {
        Some(match self {
            Self::Messages => Selection::Message(MessageId::new(index)),
            Self::Frames => Selection::Frame(FrameId::new(index)),
            Self::Packets => Selection::Packet(PacketId::new(index)),
            Self::Findings => about(snapshot.findings().row(index)?),
            Self::Deliveries => Selection::Delivery(DeliveryId::new(index)),
        })
    }

    /// The row of all rows that shows a thing, or has to do with it.
    pub fn row_of(self, snapshot: &Snapshot, selection: Selection) -> Option<u32> {
        let frame = match selection {
            Selection::Packet(id) => return (self == Self::Packets).then(|| id.index()),
            Selection::Connection(_) => return None,
            Selection::Delivery(id) => {
                return match self {
                    Self::Deliveries => Some(id.index()),
                    Self::Packets => Some(snapshot.delivery(id)?.packet.index()),
                    _ => None,
                };
            }
            Selection::Message(id) if self == Self::Messages => return Some(id.index()),
            Selection::Message(id) => snapshot.message(id)?.last,
            Selection::Frame(id) => id,
        };
        match self {
            Self::Messages => snapshot.frame(frame)?.message.map(MessageId::index),
            Self::Frames => Some(frame.index()),
            Self::Packets => Some(snapshot.frame(frame)?.packet.index()),
            Self::Findings => snapshot.finding_places(frame).first().copied(),
            Self::Deliveries => None,
        }
    }

    /// The connection of row `index` of all rows.
    pub fn connection_of(self, snapshot: &Snapshot, index: u32) -> Option<ConnectionId> {
        match self {
            Self::Messages => snapshot.connection_of(MessageId::new(index)),
            Self::Frames => snapshot.connection_of_frame(FrameId::new(index)),
            Self::Packets | Self::Deliveries => None,
            Self::Findings => snapshot.findings().row(index)?.finding.connection,
        }
    }
}

/// What a finding is about: a frame, else a connection, else the packet at which it was found.
fn about(found: &Found) -> Selection {
    let finding = &found.finding;
    match (finding.frame, finding.connection) {
        (Some(frame), _) => Selection::Frame(frame),
        (None, Some(connection)) => Selection::Connection(connection),
        (None, None) => Selection::Packet(found.packet),
    }
}

/// How times are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Times {
    /// Seconds since the capture's first packet, or since the latest time reference before the row.
    #[default]
    SinceStart,
    /// Seconds since the row above.
    SincePrevious,
    /// Seconds since the other side's last word: see `session::request`.
    SinceRequest,
    /// The time of day, and the day where there is more than one.
    Clock,
}

impl Times {
    /// The one after it.
    pub const fn next(self) -> Self {
        match self {
            Self::SinceStart => Self::SincePrevious,
            Self::SincePrevious => Self::SinceRequest,
            Self::SinceRequest => Self::Clock,
            Self::Clock => Self::SinceStart,
        }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SinceStart => "Time since start",
            Self::SincePrevious => "Time since previous",
            Self::SinceRequest => "Time since request",
            Self::Clock => "Time of day",
        }
    }
}
