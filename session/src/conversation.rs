//! A connection as a conversation: its opening, its messages and control frames in order, its ending.
//!
//! ```text
//! place   0          1 … n                                   n + 1
//!         opening    messages (at their first frame),        ending
//!                    control frames
//! ```
//! Items are found a stride at a time, so that whoever looks for them can stop in between; what they say is read
//! around one place only. Knows no window.

mod excerpt;
mod export;
mod look;
#[cfg(test)]
mod tests;

use dissector::event::{Ending, Opening, Part};
use dissector::ids::{ConnectionId, FrameId, MessageId, PacketId, Side};

use crate::column::{Column, Rows};
use crate::model::Connection;
use crate::snapshot::Snapshot;

pub use excerpt::{Excerpt, Shape, excerpt};
pub use export::{Form, export};
pub use look::{Link, Look, Memory, look};

/// A pause that is worth telling, in nanoseconds.
pub const PAUSE: i64 = 1_000_000_000;

/// One thing of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// The opening handshake, or that there was none.
    Opening,
    /// A message, which stands where its first frame does.
    Message(MessageId),
    /// A control frame, or one that belongs to no message.
    Frame(FrameId),
    /// How the stream ended.
    Ending,
}

/// The items of one connection, as far as they are known.
#[derive(Clone, Default)]
pub struct Items {
    frames: Rows<u32>,
    /// Whether every frame of the newest snapshot was looked at.
    pub complete: bool,
}

/// Finds the items of one connection.
pub struct Finder {
    connection: ConnectionId,
    frames: Column<u32>,
    looked_at: u32,
}

impl Finder {
    /// One that has found nothing yet.
    pub fn new(connection: ConnectionId) -> Self {
        Self { connection, frames: Column::default(), looked_at: 0 }
    }

    /// The connection.
    pub const fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Looks at `stride` frames more; whether those were the last.
    pub fn step(&mut self, snapshot: &Snapshot, stride: u32) -> bool {
        let count = snapshot.frame_count();
        let to = count.min(self.looked_at.saturating_add(stride));
        for index in self.looked_at..to {
            let Some(frame) = snapshot.frame(FrameId::new(index)) else { break };
            let begins = frame.message.is_none() || matches!(frame.part, Part::Whole | Part::First);
            if frame.connection == self.connection && begins {
                self.frames.push(index);
            }
        }
        self.looked_at = to;
        to == count
    }

    /// What was found so far.
    pub fn items(&mut self, complete: bool) -> Items {
        Items { frames: self.frames.publish(), complete }
    }
}

impl Items {
    /// Number of items, the opening and the ending among them.
    pub fn len(&self) -> u32 {
        self.frames.len().saturating_add(2)
    }

    /// There are always two.
    pub const fn is_empty(&self) -> bool {
        false
    }

    /// The place of the ending.
    pub fn last(&self) -> u32 {
        self.len() - 1
    }

    /// The item at a place.
    pub fn item(&self, snapshot: &Snapshot, place: u32) -> Option<Item> {
        let Some(row) = place.checked_sub(1) else { return Some(Item::Opening) };
        match self.frames.row(row) {
            Some(frame) => {
                let id = FrameId::new(frame);
                Some(snapshot.frame(id)?.message.map_or(Item::Frame(id), Item::Message))
            }
            None => (place == self.last()).then_some(Item::Ending),
        }
    }

    /// The place of a frame, or of the message that it is a part of, once that is known.
    pub fn place_of_frame(&self, snapshot: &Snapshot, id: FrameId) -> Option<u32> {
        let frame = snapshot.frame(id)?;
        let first = match frame.message {
            Some(message) => snapshot.message(message)?.first,
            None => id,
        };
        let row = self.frames.partition_point(|known| *known < first.index());
        (self.frames.row(row) == Some(first.index())).then_some(row + 1)
    }

    /// When an item began, in nanoseconds since 1970.
    pub fn time(&self, snapshot: &Snapshot, connection: &Connection, place: u32) -> Option<i64> {
        match place.checked_sub(1) {
            None => Some(connection.start),
            Some(row) => match self.frames.row(row) {
                Some(frame) => snapshot.frame(FrameId::new(frame)).map(|frame| frame.time),
                None => (place == self.last()).then_some(connection.end),
            },
        }
    }

    /// The silence before an item, where it is worth telling.
    pub fn pause(&self, snapshot: &Snapshot, connection: &Connection, place: u32) -> Option<i64> {
        let time = |place| self.time(snapshot, connection, place);
        let pause = time(place)?.saturating_sub(time(place.checked_sub(1)?)?);
        (pause >= PAUSE).then_some(pause)
    }
}

/// Frames that are looked at for those of a packet.
const NEAR: u32 = 4096;

/// The first frame that a packet completed, or that was completed after it on the same TCP connection.
pub fn frame_at(snapshot: &Snapshot, packet: PacketId) -> Option<FrameId> {
    let (flow, _) = snapshot.packet(packet)?.flow?;
    // Frames are numbered in order of completion, so that their packets rise.
    let (mut from, mut to) = (0, snapshot.frame_count());
    while from < to {
        let middle = from + (to - from) / 2;
        if snapshot.frame(FrameId::new(middle))?.packet < packet {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    let near = (from..snapshot.frame_count().min(from.saturating_add(NEAR))).map(FrameId::new);
    near.into_iter().find(|id| {
        let frame = snapshot.frame(*id);
        frame.and_then(|frame| snapshot.connection(frame.connection)).is_some_and(|it| it.flow == flow)
    })
}

/// The opening handshake in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// `GET /chat`, or that there was no request.
    pub request: String,
    /// `101`, where there is an answer.
    pub status: Option<u16>,
    /// The subprotocol that was agreed on.
    pub subprotocol: Option<String>,
    /// The extensions that were agreed on, each with its parameters.
    pub extensions: Vec<String>,
}

impl Opened {
    /// What was agreed on: the subprotocol behind `word`, then the extensions.
    pub fn agreed(self, word: &str) -> Vec<String> {
        let subprotocol = self.subprotocol.map(|name| format!("{word} {name}"));
        subprotocol.into_iter().chain(self.extensions).collect()
    }
}

/// How a connection was opened, in a few words.
pub fn opened(connection: &Connection) -> Opened {
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let request = match (&connection.request, connection.opening) {
        (Some(head), _) => format!("{} {}", text(head.method()), text(head.target())),
        (None, Opening::Sealed) => "Encrypted: what it carries is not known".to_owned(),
        (None, _) => "No handshake was captured".to_owned(),
    };
    Opened {
        request,
        status: connection.response.as_ref().and_then(|head| head.status()),
        subprotocol: connection.agreement.subprotocol.clone(),
        extensions: connection.agreement.extensions.iter().map(ToString::to_string).collect(),
    }
}

/// How each side's stream ended, in order, in the words of what carries it; nothing while it is open.
pub fn ended(connection: &Connection) -> Vec<(Side, &'static str)> {
    let words = |how| match (how, connection.carrier.stream) {
        (Ending::Fin, None) => "FIN",
        (Ending::Rst, None) => "RST",
        // RFC 8441 5: in HTTP/2 a half of the stream ends where TCP's would.
        (Ending::Fin, Some(_)) => "END_STREAM",
        (Ending::Rst, Some(_)) => "RST_STREAM",
    };
    connection.closing.tcp.iter().map(|(side, how)| (*side, words(*how))).collect()
}
