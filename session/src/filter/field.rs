//! A field: its name, what its values are, a sentence, an example, and how it is read.

use std::borrow::Cow;

use dissector::decoders::Decoded;
use dissector::head::Head;
use dissector::ids::Side;

use super::look::Look;
use super::value::{Kind, Value};
use crate::decoding::Depth;
use crate::model::{Connection, Frame, Message, Packet};
use crate::pairing::Pairing;
use crate::row::{FrameRow, PacketRow};
use crate::snapshot::Snapshot;
use crate::verdicts::Found;

/// A field of the filter language.
#[derive(Debug)]
pub struct Field {
    /// Its name, Wireshark's where it has one.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// One sentence, without a final period.
    pub says: Cow<'static, str>,
    /// A filter with it.
    pub example: Cow<'static, str>,
    /// Names of its numbers.
    pub names: Cow<'static, [(i128, &'static str)]>,
    /// What reading it costs.
    pub reads: Reads,
    pub(super) read: Read,
    pub(super) column: Column,
}

/// Takes the values of a field, one by one.
pub(super) type Take<'t> = &'t mut dyn FnMut(Value<'_>);

/// How a field is read.
pub(super) enum Read {
    /// Of the packet.
    Packet(fn(&mut Look<'_>, &Packet, Take<'_>)),
    /// Of the packet's headers, by its name.
    Header,
    /// Of frames.
    Frame(fn(&mut Look<'_>, &Frame, Take<'_>)),
    /// Of messages.
    Message(fn(&mut Look<'_>, &Message, Take<'_>)),
    /// Of messages whose content is read.
    Content(fn(&[u8], &Message, &Path, Take<'_>)),
    /// Of what messages say by their protocols, by the field's name, and how deep is to be looked for it.
    Said(Depth, fn(&Decoded, &str, Take<'_>)),
    /// Of messages that ask and answer.
    Pair(fn(&Pairing, &Snapshot, &Message, Take<'_>)),
    /// Of messages that HTTP carries.
    Delivery,
    /// Of connections.
    Connection(fn(&Look<'_>, &Connection, Take<'_>)),
    /// Of a head of the opening handshake.
    Head(Side, fn(&Head, Take<'_>)),
    /// Of findings.
    Finding(fn(&Found, Take<'_>)),
    /// Of several others.
    Several(&'static [&'static str]),
}

/// A path into a JSON document: names, numbers of elements, or `*` for all.
pub(super) type Path = [String];

impl std::fmt::Debug for Read {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.level())
    }
}

impl Read {
    const fn level(&self) -> &'static str {
        match self {
            Self::Packet(_) | Self::Header | Self::Several(_) => "packet",
            Self::Frame(_) => "frame",
            Self::Message(_) | Self::Content(_) | Self::Said(..) | Self::Pair(_) => "message",
            Self::Delivery => "delivery",
            Self::Connection(_) | Self::Head(..) => "connection",
            Self::Finding(_) => "finding",
        }
    }
}

/// What of a field stands in the rows themselves, to be read by the thousands; with each its number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Column {
    /// Of every packet.
    pub(super) packet: Option<fn(u32, PacketRow) -> u64>,
    /// Of every frame.
    pub(super) frame: Option<fn(u32, FrameRow) -> u64>,
    /// Of every message that is one frame, not compressed and captured whole; with that frame.
    pub(super) message: Option<fn(u32, FrameRow) -> u64>,
}

impl Column {
    /// Whether rows tell anything of it.
    pub(super) const fn any(self) -> bool {
        self.packet.is_some() || self.frame.is_some() || self.message.is_some()
    }
}

/// What reading a field costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reads {
    /// Rows of the index.
    Columns,
    /// What is kept of connections, findings and messages.
    Index,
    /// The bytes of a packet or of a frame's header.
    Packet,
    /// The content of messages.
    Content,
}

impl Field {
    pub(super) fn new(
        name: &'static str,
        kind: Kind,
        says: &'static str,
        example: &'static str,
        reads: Reads,
        read: Read,
    ) -> Self {
        let (says, example) = (Cow::Borrowed(says), Cow::Borrowed(example));
        let column = Column::default();
        Self { name, kind, says, example, names: Cow::Borrowed(&[]), reads, read, column }
    }
    /// Its numbers have names.
    pub(super) fn named(mut self, names: &'static [(i128, &'static str)]) -> Self {
        self.names = Cow::Borrowed(names);
        self
    }
    /// It stands in every frame's row.
    pub(super) fn in_frames(mut self, column: fn(u32, FrameRow) -> u64) -> Self {
        self.column.frame = Some(column);
        self
    }
    /// Of a plain message it stands in its frame's row.
    pub(super) fn in_messages(mut self, column: fn(u32, FrameRow) -> u64) -> Self {
        self.column.message = Some(column);
        self
    }
    /// It stands in every packet's row.
    pub(super) fn in_packets(mut self, column: fn(u32, PacketRow) -> u64) -> Self {
        self.column.packet = Some(column);
        self
    }

    /// What it is a field of: packets, frames, messages, deliveries, connections or findings.
    pub fn of(&self) -> &'static str {
        self.read.level()
    }

    /// Whether a row may get other values of it while more is read.
    pub(super) fn settles_late(&self) -> bool {
        matches!(self.of(), "finding" | "message") || self.name.starts_with("ws.close.")
    }

    /// Whether it is of what answers what.
    pub(super) fn of_pairs(&self) -> bool {
        matches!(self.read, Read::Pair(_))
    }

    /// Whether paths lead into it, as in `ws.json.user.id`.
    pub fn has_paths(&self) -> bool {
        matches!(self.kind, Kind::Json)
    }
}
