//! The frames of HTTP/2 that hold what is shown: DATA around WebSocket's frames, HEADERS around a head.
//!
//! The index keeps where content lies and not where its frame begins; that is looked for here, one header in front
//! of it (RFC 9113 4.1), and left out where what stands there is none.

use dissector::http2::frame::FrameHeader;
use dissector::http2::kind::{Flag, FrameKind};
use dissector::http2::payload::Parts as Payload;
use dissector::ids::ExtentId;
use dissector::span::Below;

use super::build::{Parts, count_of, thousands};
use super::layers::Layers;
use super::node::{Node, Place};
use super::steps::Want;
use crate::snapshot::Snapshot;

/// A frame of HTTP/2 in the stream that carries it.
#[derive(Clone, Copy, Debug, Eq)]
pub(super) struct Carrying {
    header: FrameHeader,
    payload: Payload,
    /// Where its header begins in that stream.
    at: u64,
    /// Where the walk back to its content begins.
    from: ExtentId,
}

impl PartialEq for Carrying {
    /// Frames of one stream do not overlap.
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.header) == (other.at, other.header)
    }
}

/// Frames that have a line.
const LISTED: usize = 256;
/// Pieces of one DATA frame that are walked over on the way to its header.
const PIECES: usize = 1 << 15;

impl Carrying {
    /// Its header, in the stream that carries it.
    pub(super) fn want(&self) -> Want {
        Want { from: self.from, at: self.at, len: FrameHeader::LEN as u64 }
    }

    /// The frame of this kind whose content begins at `content`; `from` is an extent that reaches there.
    fn around(parts: &mut Parts<'_>, kind: FrameKind, from: ExtentId, content: u64) -> Option<Self> {
        // Pad Length makes one byte more, a priority five (RFC 9113 6.1, 6.2).
        let fronts: &[u64] = if kind == FrameKind::DATA { &[0, 1] } else { &[0, 1, 5, 6] };
        for front in fronts {
            let Some(at) = content.checked_sub(FrameHeader::LEN as u64 + front) else { continue };
            let Some(bytes) = parts.below(Want { from, at, len: FrameHeader::LEN as u64 + front }) else {
                continue;
            };
            let Some(header) = FrameHeader::parse(&bytes).filter(|header| header.kind == kind) else {
                continue;
            };
            let payload = Payload::of(&header, &bytes[FrameHeader::LEN..]);
            let Some(payload) = payload.filter(|it| it.misfit.is_none()) else { continue };
            if u64::from(payload.at) == *front && header.stream != 0 {
                return Some(Self { header, payload, at, from });
            }
        }
        None
    }

    /// The HEADERS frame whose field block begins there.
    pub(super) fn headers(parts: &mut Parts<'_>, from: ExtentId, block: u64) -> Option<Self> {
        Self::around(parts, FrameKind::HEADERS, from, block)
    }

    /// The DATA frames that hold a stretch of a stream of HTTP/2, in order.
    pub(super) fn data(parts: &mut Parts<'_>, want: Want) -> Vec<Self> {
        let mut found = Vec::new();
        let mut end = None;
        for piece in parts.snapshot.pieces(want.from, want.at, want.len) {
            let Some((from, at)) = lower(parts.snapshot, piece.below) else { continue };
            // Content that goes on where the last piece ended is of the same frame: between two is a header.
            if end.replace((from, at + u64::from(piece.len))).is_none_or(|(_, end)| end != at) {
                let begins = first(parts.snapshot, piece.extent).unwrap_or((from, at)).1;
                found.extend(Self::around(parts, FrameKind::DATA, from, begins));
            }
        }
        found
    }

    fn node(&self, snapshot: &Snapshot, layers: &Layers) -> Node {
        let Self { header, payload, at, from } = *self;
        let place = |at: u64, len: u64| layers.place(snapshot, Want { from, at, len });
        let whole = Want { from, at, len: header.frame_len() };
        let (name, kind) = (header.kind.name(), header.kind.0);
        let mut children = vec![
            Node::new("http2.length", "Length", count_of(u64::from(header.len), "byte"))
                .says("Bytes of payload behind the header, padding included")
                .at(place(at, 3)),
            Node::new("http2.type", "Type", format!("{name} ({kind})")).at(place(at + 3, 1)),
            flags(&header, place(at + 4, 1)),
            Node::new("http2.streamid", "Stream", thousands(u64::from(header.stream)))
                .says("Each WebSocket connection has a stream of its own (RFC 8441 5)")
                .at(place(at + 5, 4)),
        ];
        if let Some(pad) = payload.pad_len {
            let behind = at + header.frame_len() - u64::from(pad);
            let says = "Bytes that only hide how long the content is (RFC 9113 6.1)";
            children.push(
                Node::new("http2.padding", "Padding", count_of(u64::from(pad), "byte")).says(says).at(place(
                    behind,
                    u64::from(pad),
                )
                .or(place(at + FrameHeader::LEN as u64, 1))),
            );
        }
        let value =
            format!("stream {}, {}", thousands(header.stream.into()), count_of(header.len.into(), "byte"));
        let stands = layers.whole(snapshot, whole).or(place(at, FrameHeader::LEN as u64));
        Node::new("http2", format!("HTTP/2 {name}"), value).at(stands).with(children)
    }
}

fn flags(header: &FrameHeader, place: Option<Place>) -> Node {
    let known = header.kind.shape().map(|shape| shape.flags).unwrap_or_default();
    let set: Vec<&str> = known.iter().filter(|flag| header.has(**flag)).map(|flag| flag.name).collect();
    let value = if set.is_empty() { "none".to_owned() } else { set.join(", ") };
    let children = known.iter().map(|flag| {
        let mut place = place;
        if let Some(place) = &mut place {
            place.bits.at += u64::from(flag.bit.leading_zeros());
            place.bits.len = 1;
        }
        let value = if header.has(*flag) { "set" } else { "not set" };
        Node::new(flag_name(*flag), flag.name, value).at(place)
    });
    Node::new("http2.flags", "Flags", format!("{value} ({:#04x})", header.flags))
        .at(place)
        .with(children.collect())
}

/// The names that Wireshark has.
const fn flag_name(flag: Flag) -> &'static str {
    match flag.bit {
        0x01 => "http2.flags.end_stream",
        0x04 => "http2.flags.eh",
        0x08 => "http2.flags.padded",
        0x20 => "http2.flags.priority",
        _ => "",
    }
}

/// Adds a line for each frame.
pub(super) fn tree(parts: &mut Parts<'_>, layers: &Layers, frames: &[Carrying]) {
    let mut nodes: Vec<Node> = frames.iter().take(LISTED).map(|it| it.node(parts.snapshot, layers)).collect();
    if frames.len() > 1 {
        if frames.len() > LISTED {
            let more = thousands((frames.len() - LISTED) as u64);
            nodes.push(Node::new("", "More", format!("{more} frames not listed")));
        }
        let value = count_of(frames.len() as u64, "frame");
        nodes = vec![Node::new("http2", "HTTP/2", value).with(nodes)];
    }
    parts.tree.extend(nodes);
}

/// The extent and the offset of the stream below in which content of HTTP/2 lies.
fn lower(snapshot: &Snapshot, below: Below) -> Option<(ExtentId, u64)> {
    let Below::Extent { id, offset } = below else { return None };
    Some((id, snapshot.extent(id)?.at + u64::from(offset)))
}

/// Where the content of a DATA frame begins that an extent is a part of.
fn first(snapshot: &Snapshot, id: ExtentId) -> Option<(ExtentId, u64)> {
    let mut extent = snapshot.extent(id)?;
    let mut begins = lower(snapshot, extent.below)?;
    for _ in 0..PIECES {
        let Some(before) = extent.prev.and_then(|id| snapshot.extent(id)) else { break };
        match lower(snapshot, before.below) {
            Some((from, at)) if at + u64::from(before.len) == begins.1 => begins = (from, at),
            _ => break,
        }
        extent = before;
    }
    Some(begins)
}
