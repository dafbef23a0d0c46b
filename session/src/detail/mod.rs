//! What is shown of one thing: its bytes, a tab for every layer; the tree of its fields; and how the bytes of
//! one layer lie in another.
//!
//! ```text
//! Captured(packet) ◄─► Decrypted ◄─► Stream ◄─ byte for byte ─► Unmasked ◄─► Joined ◄─ as a whole ─► Inflated
//! ```
//! Where there is no TLS, frames lie in packets; frames of HTTP/2 lie beside what they carry and have no tab.
//! Plain data, made from a snapshot on whatever thread asks for it. Knows no window, colors or keys.

mod links;
mod node;
mod steps;
mod tab;

mod build;
mod delivery;
mod finding;
mod heads;
mod http2;
mod layers;
mod lower;
mod message;
mod opening;
mod packet;
mod pieces;
mod said;
mod secured;
mod touching;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::ops::Range;

use dissector::ids::{ConnectionId, DeliveryId, FrameId, MessageId, PacketId};
use dissector::websocket::header::FrameHeader;

use crate::content::Why;
use crate::snapshot::Snapshot;

pub use self::build::detail;
pub use self::finding::Flag;
pub use self::links::Links;
pub(crate) use self::node::walk;
pub use self::node::{Holds, Node, Place};
pub use self::secured::keys;
pub use self::tab::{Tab, TabKind};
pub use self::touching::frames_touching;

/// What details are asked of, and where a line of the tree leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A packet, with every frame that has bytes in it.
    Packet(PacketId),
    /// A frame.
    Frame(FrameId),
    /// A message, with all its frames.
    Message(MessageId),
    /// A message that HTTP carries, with the heads around it.
    Delivery(DeliveryId),
    /// A connection: its opening handshake.
    Connection(ConnectionId),
}

/// Everything that is shown of one thing.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Of what.
    pub subject: Subject,
    /// Its bytes, layer by layer, the lowest first.
    pub tabs: Vec<Tab>,
    /// The tab to look at first.
    pub home: usize,
    /// Its fields, the lowest layer first.
    pub tree: Vec<Node>,
    /// How the tabs lie in each other.
    pub links: Links,
    /// The frames of the stream tab.
    pub frames: Vec<ShownFrame>,
    /// What it says.
    pub payload: Payload,
}

/// A frame whose bytes are shown.
#[derive(Clone, Debug)]
pub struct ShownFrame {
    /// Which.
    pub id: FrameId,
    /// Its header, with the masking key.
    pub header: FrameHeader,
    /// The tab with its bytes as they were on the wire.
    pub tab: usize,
    /// Where its bytes stand there, the header first.
    pub range: Range<usize>,
}

/// What a thing says, and where that stands.
#[derive(Clone, Debug, Default)]
pub struct Payload {
    /// What it is.
    pub kind: PayloadKind,
    /// The tab and the bytes in it that hold it: all of it where `why` is empty, else the best there is.
    pub place: Option<(usize, Range<usize>)>,
    /// Why it cannot be had, or not whole.
    pub why: Option<Why>,
    /// Of a Close: its code, where it has one.
    pub close_code: Option<u16>,
}

/// What a payload is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PayloadKind {
    /// There is none: no WebSocket frame here.
    #[default]
    Nothing,
    /// A text message.
    Text,
    /// A binary message.
    Binary,
    /// A Ping's or a Pong's.
    Control,
    /// A Close's: a code and a reason.
    Close,
    /// The heads of an opening handshake.
    Head,
}

/// The name of the lines that list a frame's segments, Wireshark's.
const SEGMENT: &str = "tcp.segment";

impl Detail {
    /// The bytes that the payload stands in; empty where it cannot be had.
    pub fn payload_bytes(&self) -> &[u8] {
        let place = self.payload.place.as_ref();
        place.and_then(|(tab, range)| self.tabs.get(*tab)?.bytes.get(range.clone())).unwrap_or_default()
    }

    /// Where bytes of one tab lie in another, through every layer between them.
    pub fn map(&self, from: usize, range: Range<usize>, to: usize) -> Option<Range<usize>> {
        self.links.map(from, range, to)
    }

    /// The tab with the same bytes as one of another pass over the capture, where that can be told.
    pub fn same_tab(&self, tab: &Tab) -> Option<usize> {
        let holds = matches!(tab.kind, TabKind::Captured(_) | TabKind::Head(_));
        self.tabs.iter().position(|other| holds && other.kind == tab.kind)
    }

    /// The line of the tree for a byte of a tab: the innermost field that holds it, by its path.
    pub fn at(&self, tab: usize, byte: usize) -> Option<Vec<usize>> {
        let spread = self.links.spread(tab, byte..byte + 1, self.tabs.len());
        let mut best = None;
        node::walk(&self.tree, &mut |path, node| {
            // A list of segments says where bytes came from, a finding what is wrong with them: not what they are.
            let is_field = node.name != SEGMENT && !path_in_finding(&self.tree, path);
            let Some(place) = node.place.filter(|place| place.bits.len > 0 && is_field) else {
                return;
            };
            let touched = place.touched();
            let inside = spread.get(place.tab).and_then(Option::as_ref);
            if inside.is_some_and(|range| touched.start <= range.start && range.end <= touched.end) {
                // The one of fewest bytes. Of several in one byte the widest: whoever points at 0x81 means the opcode.
                let rank = (Reverse(touched.len()), place.bits.len, path.len());
                if best.as_ref().is_none_or(|(known, _)| rank > *known) {
                    best = Some((rank, path.to_vec()));
                }
            }
        });
        best.map(|(_, path)| path)
    }

    /// The line of a field that holds bytes of a tab, by its filter name.
    pub fn path_of(&self, tab: usize, bytes: Range<usize>, name: &str) -> Option<Vec<usize>> {
        let spread = self.links.spread(tab, bytes, self.tabs.len());
        let mut found = None;
        node::walk(&self.tree, &mut |path, node| {
            let Some(place) = node.place.filter(|_| found.is_none() && node.name == name) else { return };
            let (touched, inside) = (place.touched(), spread.get(place.tab).and_then(Option::as_ref));
            if inside.is_some_and(|range| touched.start <= range.start && range.end <= touched.end) {
                found = Some(path.to_vec());
            }
        });
        found
    }

    /// The line of the tree at a path.
    pub fn node(&self, path: &[usize]) -> Option<&Node> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.tree.get(*first)?, |node, index| node.children.get(*index))
    }
}

/// Whether a line is a finding's, or below one.
fn path_in_finding(tree: &[Node], path: &[usize]) -> bool {
    let mut nodes = tree;
    path.iter().any(|index| {
        let Some(node) = nodes.get(*index) else { return false };
        nodes = &node.children;
        node.flag.is_some()
    })
}

impl Why {
    /// One sentence for people, without a final period.
    pub fn says(&self) -> String {
        match self {
            Self::NotCaptured => "Not captured: bytes of it are missing in the capture".into(),
            Self::NoKeys => "Encrypted, and no key for it is known".into(),
            Self::ContextLost => {
                "Compression context lost: it refers to bytes that were never captured or could not be inflated \
                 (RFC 7692 7.2.2)"
                    .into()
            }
            Self::Broken => "Not a DEFLATE stream, although RSV1 says that it is compressed (RFC 7692 6)".into(),
            Self::TooLarge => "Too large to be shown".into(),
            Self::Packed => "Its Content-Encoding is not one that is undone, or is broken (RFC 9110 8.4)".into(),
            Self::Unfinished => "Not complete: its last bytes were not seen".into(),
            Self::Unreadable(says) => format!("The capture file cannot be read there: {says}"),
        }
    }
}

impl Snapshot {
    /// Whether both are moments of one open capture, so that a packet's number means the same packet.
    pub fn of_same_capture(&self, other: &Self) -> bool {
        std::sync::Arc::ptr_eq(&self.bytes, &other.bytes)
    }

    /// Whether both are also moments of one pass over it, so that every number means the same thing.
    pub fn of_same_pass(&self, other: &Self) -> bool {
        self.of_same_capture(other) && self.generation == other.generation
    }
}
