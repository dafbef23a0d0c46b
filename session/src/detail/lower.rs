//! The captured packets, the frames as they were on the wire, and the frames' fields.

use std::collections::HashMap;

use dissector::ids::PacketId;
use dissector::span::Span;
use dissector::tree::Bits;
use dissector::websocket::describe;

use super::build::{PACKETS, Parts, count_of, frame_name, thousands};
use super::finding;
use super::node::{Node, Place};
use super::pieces::{Piece, Pieces};
use super::tab::{Tab, TabKind};
use super::{Links, SEGMENT, Subject};
use crate::content::Patchy;
use crate::model::Frame;

/// The tabs of captured packets.
pub(super) struct Captured {
    tabs: HashMap<PacketId, usize>,
    /// The packet that the thing is met in.
    pub(super) home: Option<usize>,
    /// Packets that have none.
    left_out: usize,
}

/// A tab for each packet that holds some of the frames: the first ones, the last ones and `home`.
pub(super) fn captured(
    parts: &mut Parts<'_>,
    frames: &[Frame],
    pieces: &Pieces,
    home: Option<PacketId>,
) -> Captured {
    let mut packets: Vec<PacketId> =
        pieces.list.iter().flat_map(|it| &it.runs).map(|run| run.packet).collect();
    packets.extend(frames.iter().map(|frame| frame.packet).chain(home));
    packets.sort_unstable();
    packets.dedup();
    let all = packets.len();
    if all > PACKETS {
        let last = packets.split_off(all - PACKETS / 2);
        packets.truncate(PACKETS / 2);
        packets.extend(last);
        if let Some(home) = home.filter(|home| packets.binary_search(home).is_err()) {
            packets.push(home);
            packets.sort_unstable();
        }
    }
    let mut captured = Captured { tabs: HashMap::new(), home: None, left_out: all - packets.len().min(all) };
    for id in packets {
        let Ok(bytes) = parts.content.packet(parts.snapshot, id) else { continue };
        let title = format!("Packet {}", thousands(id.number()));
        let tab = parts.tab(Tab::new(TabKind::Captured(id), title, Patchy { bytes, holes: Vec::new() }));
        captured.tabs.insert(id, tab);
        if home == Some(id) {
            captured.home = Some(tab);
        }
    }
    captured
}

/// The tab of the frames as they were on the wire, linked to the packets.
pub(super) fn stream(parts: &mut Parts<'_>, pieces: &Pieces, captured: &Captured) -> Option<usize> {
    let first = pieces.list.first()?;
    let title = match pieces.list.len() {
        1 => frame_name(first.id),
        count => count_of(count as u64, "frame"),
    };
    let tab = Tab::new(TabKind::Stream(first.id), title, pieces.wire.clone()).of(pieces.wire_total);
    let stream = parts.tab(tab);
    for run in pieces.list.iter().flat_map(|piece| &piece.runs) {
        if let Some(packet) = captured.tabs.get(&run.packet) {
            parts.links.exact((*packet, run.in_packet as usize), (stream, run.at as usize), run.len as usize);
        }
    }
    Some(stream)
}

/// A subtree for each frame.
pub(super) fn frame_trees(
    parts: &mut Parts<'_>,
    pieces: &Pieces,
    frames: &[Frame],
    stream: Option<usize>,
    captured: &Captured,
    more: usize,
) {
    let Some(stream) = stream else { return };
    let one = pieces.list.len() == 1;
    for piece in &pieces.list {
        let Some(frame) = frames.iter().find(|frame| frame.id == piece.id) else { continue };
        let mut node = frame_tree(parts, pieces, piece, frame, stream, captured);
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
    captured: &Captured,
) -> Node {
    let bytes = pieces.wire.bytes.get(piece.range()).unwrap_or_default();
    let links = &parts.links;
    let settle = |bits: Bits| settle(links, parts.tabs.len(), stream, piece, bits, captured.home);
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
    about.extend(packets(piece, frame, stream, captured));
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

/// Where bits of a frame stand: in a packet if they lie in one whole, in `home` before others; else in the stream.
fn settle(
    links: &Links,
    tabs: usize,
    stream: usize,
    piece: &Piece,
    bits: Bits,
    home: Option<usize>,
) -> Option<Place> {
    let (first, len) = bits.touched();
    let range = piece.at + first..piece.at + first + len;
    if range.end > piece.at + piece.len {
        // Described, but cut away: what is there of it.
        let there = range.start..(piece.at + piece.len).max(range.start);
        return (!there.is_empty()).then(|| Place::bytes(stream, there));
    }
    let spread = links.spread(stream, range.clone(), tabs);
    let whole = |tab: usize| spread.get(tab)?.clone().filter(|there| tab != stream && there.len() == len);
    let found = home.and_then(|home| Some((home, whole(home)?)));
    let found = found.or_else(|| (0..tabs).find_map(|tab| Some((tab, whole(tab)?))));
    let (tab, start) = found.map_or((stream, range.start), |(tab, there)| (tab, there.start));
    Some(Place { tab, bits: Bits { at: start as u64 * 8 + bits.at % 8, len: bits.len } })
}

/// Which packets hold the frame.
fn packets(piece: &Piece, frame: &Frame, stream: usize, captured: &Captured) -> Option<Node> {
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
    if captured.left_out > 0 {
        let value = format!("{} packets have no tab of bytes", thousands(captured.left_out as u64));
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
