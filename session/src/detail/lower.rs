//! The frames as they were on the wire, and the frames' fields.

use std::ops::Range;

use dissector::ids::PacketId;
use dissector::span::Span;
use dissector::tree::Bits;
use dissector::websocket::describe;

use super::build::{PACKETS, Parts, count_of, frame_name, thousands};
use super::finding;
use super::layers::Layers;
use super::node::{Node, Place};
use super::pieces::{Piece, Pieces};
use super::tab::{Tab, TabKind};
use super::{Links, SEGMENT, Subject};
use crate::model::Frame;

/// The tab of the frames as they were on the wire, linked to what they lie in.
pub(super) fn stream(parts: &mut Parts<'_>, pieces: &Pieces, layers: &Layers) -> Option<usize> {
    let first = pieces.list.first()?;
    let title = match pieces.list.len() {
        1 => frame_name(first.id),
        count => count_of(count as u64, "frame"),
    };
    let tab = Tab::new(TabKind::Stream(first.id), title, pieces.wire.clone()).of(pieces.wire_total);
    let stream = parts.tab(tab);
    for piece in &pieces.list {
        let steps = piece.want.steps(parts.snapshot);
        layers.link(parts, &steps, piece.want.at, stream, piece.at);
    }
    Some(stream)
}

/// A subtree for each frame.
pub(super) fn frame_trees(
    parts: &mut Parts<'_>,
    pieces: &Pieces,
    frames: &[Frame],
    stream: Option<usize>,
    layers: &Layers,
    more: usize,
) {
    let Some(stream) = stream else { return };
    let one = pieces.list.len() == 1;
    for piece in &pieces.list {
        let Some(frame) = frames.iter().find(|frame| frame.id == piece.id) else { continue };
        let mut node = frame_tree(parts, pieces, piece, frame, stream, layers);
        node.open = one;
        parts.tree.push(node);
    }
    if more > 0 {
        let says = "A message of very many frames is shown with its first ones only";
        parts.tree.push(
            Node::new("", "More frames", format!("{} not shown here", thousands(more as u64))).says(says),
        );
    }
}

fn frame_tree(
    parts: &Parts<'_>,
    pieces: &Pieces,
    piece: &Piece,
    frame: &Frame,
    stream: usize,
    layers: &Layers,
) -> Node {
    let bytes = pieces.wire.bytes.get(piece.range()).unwrap_or_default();
    let settle = |bits: Bits| settle(&parts.links, parts.tabs.len(), stream, piece, bits, layers);
    let mut node = Node::from_field(describe::frame(bytes), &settle);
    let whole = Span { stream: frame.stream, at: frame.at, len: piece.len as u64 };
    let at = |span: Option<Span>| settle(within(frame, piece, span.unwrap_or(whole))?);
    let found = finding::nodes(parts.snapshot, &parts.snapshot.finding_places(frame.id), &at);
    node.children.splice(0..0, found);
    node.label = format!("WebSocket frame {}", thousands(frame.id.number())).into();
    let side = frame.side.name();
    let number = Node::new("ws.frame", "Number", thousands(frame.id.number()))
        .says("Frames are numbered in the order in which they were complete")
        .leads(Subject::Frame(frame.id));
    let mut about = vec![number, Node::new("ws.direction", "Sent by", side)];
    about.extend(packets(piece, frame, stream, layers));
    if frame.missing > 0 {
        let says = "The capture lacks these bytes; they are drawn as holes";
        about.push(Node::new("ws.missing", "Missing", count_of(frame.missing, "byte")).says(says));
    }
    if frame.truncated {
        let says = "The stream or the capture ended before the frame was complete";
        about.push(Node::new("ws.truncated", "Cut off", "yes").says(says));
    }
    if frame.resynchronized {
        let says = "Its header was looked for behind a gap: four headers in a row made sense from here";
        about.push(Node::new("ws.resynchronized", "Found again", "yes").says(says));
    }
    node.children.extend(about);
    node
}

/// Where a span of the frame's stream lies in the frame, as far as it does.
fn within(frame: &Frame, piece: &Piece, span: Span) -> Option<Bits> {
    let first = span.at.max(frame.at);
    let end = span.end().min(frame.at.saturating_add(piece.len as u64));
    let there = span.stream == frame.stream && first < end;
    there.then(|| Bits::bytes((first - frame.at) as usize, (end - first) as usize))
}

/// Where bits of a frame stand: below it if they lie there whole and can be read there, in the packet that the thing
/// is met in before others; else in the stream.
fn settle(
    links: &Links,
    tabs: usize,
    stream: usize,
    piece: &Piece,
    bits: Bits,
    layers: &Layers,
) -> Option<Place> {
    let (first, len) = bits.touched();
    let range = piece.at + first..piece.at + first + len;
    if range.end > piece.at + piece.len {
        // Described, but cut away: what is there of it.
        let there = range.start..(piece.at + piece.len).max(range.start);
        return (!there.is_empty()).then(|| Place::bytes(stream, there));
    }
    let spread = links.spread(stream, range.clone(), tabs);
    let fits = |tab: usize, there: &Range<usize>| tab != stream && there.len() == len && layers.readable(tab);
    let whole = |tab: usize| spread.get(tab)?.clone().filter(|there| fits(tab, there));
    let found = layers.home.and_then(|home| Some((home, whole(home)?)));
    let found = found.or_else(|| (0..tabs).find_map(|tab| Some((tab, whole(tab)?))));
    let (tab, start) = found.map_or((stream, range.start), |(tab, there)| (tab, there.start));
    Some(Place { tab, bits: Bits { at: start as u64 * 8 + bits.at % 8, len: bits.len } })
}

/// Which packets hold the frame.
fn packets(piece: &Piece, frame: &Frame, stream: usize, layers: &Layers) -> Option<Node> {
    if let [run] = piece.runs[..] {
        let node = Node::new("", "Packet", thousands(run.packet.number()));
        return Some(node.leads(Subject::Packet(run.packet)));
    }
    let label = if piece.runs.is_empty() { "Completed by" } else { "In segments" };
    let shown = piece.runs.len().min(PACKETS);
    let mut children: Vec<Node> = piece
        .runs
        .iter()
        .take(shown)
        .map(|run| {
            let range = run.at as usize..run.at as usize + run.len as usize;
            let from = range.start - piece.at;
            let value = format!(
                "{} of the frame from byte {}",
                count_of(u64::from(run.len), "byte"),
                thousands(from as u64)
            );
            Node::new(SEGMENT, format!("Packet {}", thousands(run.packet.number())), value)
                .at(Some(Place::bytes(stream, range)))
                .leads(Subject::Packet(run.packet))
        })
        .collect();
    if piece.runs.len() > shown {
        children.push(Node::new(
            "",
            "More",
            format!("{} segments not listed", thousands((piece.runs.len() - shown) as u64)),
        ));
    }
    if layers.left_out > 0 {
        let value = format!("{} packets have no tab of bytes", thousands(layers.left_out as u64));
        children.push(Node::new("", "Left out", value));
    }
    let mut seen: Vec<PacketId> = piece.runs.iter().map(|run| run.packet).collect();
    seen.sort_unstable();
    seen.dedup();
    let value = match seen.len() {
        0 => format!("Packet {}", thousands(frame.packet.number())),
        count => count_of(count as u64, "packet"),
    };
    Some(Node::new("tcp.segments", label, value).leads(Subject::Packet(frame.packet)).with(children))
}
