//! Puts the tabs, the links and the tree of one thing together.

use std::ops::Range;

use dissector::ids::{FrameId, MessageId, PacketId, StreamId};
use dissector::span::Span;
use dissector::websocket::header::FrameHeader;

use super::heads::ShownHead;
use super::http2::Carrying;
use super::layers::{Layers, Wanted};
use super::pieces::{Piece, Pieces};
use super::steps::Want;
use super::tab::{Tab, TabKind};
use super::{Detail, Links, Node, Payload, PayloadKind, ShownFrame, Subject};
use super::{delivery, http2, lower, message, opening, packet, secured, touching};
use crate::content::{Content, SHOWN, Why};
use crate::model::{Frame, Message};
use crate::snapshot::Snapshot;

/// Frames whose bytes are shown together.
pub(super) const FRAMES: usize = 256;
/// Packets whose bytes are shown beside each other.
pub(super) const PACKETS: usize = 64;

/// What is being put together.
pub(super) struct Parts<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) content: &'a mut Content,
    pub(super) tabs: Vec<Tab>,
    pub(super) links: Links,
    pub(super) tree: Vec<Node>,
}

impl Parts<'_> {
    /// Adds a tab and says its index.
    pub(super) fn tab(&mut self, tab: Tab) -> usize {
        self.tabs.push(tab);
        self.tabs.len() - 1
    }

    /// The bytes of a stretch of a stream, where all of them are there.
    pub(super) fn below(&mut self, want: Want) -> Option<Vec<u8>> {
        // Which stream it is says the extent.
        let span = Span { stream: StreamId::new(0), at: want.at, len: want.len };
        let (patchy, _) = self.content.stream(self.snapshot, want.from, span).ok()?;
        patchy.whole().then_some(patchy.bytes)
    }
}

/// What a subject comes to: frames, the message they belong to, the packet to begin with.
struct Scope {
    frames: Vec<Frame>,
    /// Frames that there are beyond those.
    more: usize,
    message: Option<Message>,
    packet: Option<PacketId>,
}

/// Everything that is shown of one thing. Bytes that cannot be had come out as a word in their place.
pub fn detail(snapshot: &Snapshot, content: &mut Content, subject: Subject) -> Detail {
    if let Subject::Delivery(id) = subject {
        return delivery::detail(snapshot, content, id);
    }
    let scope = scope(snapshot, subject);
    let mut parts = Parts { snapshot, content, tabs: Vec::new(), links: Links::default(), tree: Vec::new() };

    let pieces = Pieces::read(&mut parts, &scope.frames);
    let (connection, mut heads) = opening::of(&mut parts, subject, scope.packet, &scope.frames);
    let (layers, carrying) = below(&mut parts, subject, &scope, &pieces, &heads);
    let stream = lower::stream(&mut parts, &pieces, &layers);
    heads.iter_mut().for_each(|head| head.lay(&mut parts, &layers));

    if let Some(id) = scope.packet {
        packet::tree(&mut parts, id, layers.home);
    }
    let secured = connection.as_ref().and_then(|it| snapshot.secured(it.carrier.tls?));
    secured::tree(&mut parts, &layers, secured);
    http2::tree(&mut parts, &layers, &carrying);
    let opened = match connection {
        Some(connection) => opening::tree(&mut parts, subject, &connection, &heads),
        None => Payload::default(),
    };

    let frames = shown(stream, &pieces);
    lower::frame_trees(&mut parts, &pieces, &scope.frames, stream, &layers, scope.more);
    let payload = match stream {
        Some(stream) => message::upper(&mut parts, &pieces, &scope.frames, scope.message.as_ref(), stream),
        None => opened,
    };

    let home = home(subject, layers.home, stream, &parts.tabs);
    let Parts { tabs, links, tree, .. } = parts;
    Detail { subject, tabs, home, tree, links, frames, payload: unread(payload, pieces.why) }
}

/// Adds the tabs below frames and heads; gives them with the frames of HTTP/2 in between.
fn below(
    parts: &mut Parts<'_>,
    subject: Subject,
    scope: &Scope,
    pieces: &Pieces,
    heads: &[ShownHead],
) -> (Layers, Vec<Carrying>) {
    let mut carrying = Vec::new();
    for piece in &pieces.list {
        for frame in Carrying::data(parts, piece.want) {
            // Several frames of WebSocket may lie in one of HTTP/2.
            if !carrying.contains(&frame) {
                carrying.push(frame);
            }
        }
    }
    carrying.extend(heads.iter().filter_map(|head| head.carrying));
    let stretches: Vec<Want> = pieces
        .list
        .iter()
        .map(|piece| piece.want)
        .chain(heads.iter().filter_map(|head| head.want))
        .chain(carrying.iter().map(Carrying::want))
        .collect();
    let records = match subject {
        Subject::Packet(id) if stretches.is_empty() => touching::records_touching(parts.snapshot, id, FRAMES),
        _ => Vec::new(),
    };
    let packets = scope.frames.iter().map(|frame| frame.packet).collect();
    let wanted = Wanted { stretches: &stretches, records, packets, home: scope.packet };
    (Layers::lay(parts, wanted), carrying)
}

fn scope(snapshot: &Snapshot, subject: Subject) -> Scope {
    match subject {
        Subject::Packet(id) => {
            let frames = touching::frames_touching(snapshot, id, FRAMES);
            let mut messages: Vec<MessageId> = frames.iter().filter_map(|frame| frame.message).collect();
            messages.dedup();
            // Of a packet with several messages, each has a line of its own and none is the packet's.
            let message = if let [one] = messages[..] { snapshot.message(one) } else { None };
            Scope { frames, more: 0, message, packet: Some(id) }
        }
        Subject::Frame(id) => {
            let frame = snapshot.frame(id);
            let message = frame.and_then(|frame| snapshot.message(frame.message?));
            let packet = frame.map(|frame| frame.packet);
            Scope { frames: frame.into_iter().collect(), more: 0, message, packet }
        }
        Subject::Message(id) => {
            let message = snapshot.message(id);
            let mut frames = message.as_ref().map(|it| snapshot.frames_of(it)).unwrap_or_default();
            let more = frames.len().saturating_sub(FRAMES);
            frames.truncate(FRAMES);
            let packet = message.as_ref().map(|message| message.packet);
            Scope { frames, more, message, packet }
        }
        Subject::Delivery(_) => Scope { frames: Vec::new(), more: 0, message: None, packet: None },
        Subject::Connection(id) => {
            let packet = snapshot.connection(id).map(|connection| connection.packet);
            Scope { frames: Vec::new(), more: 0, message: None, packet }
        }
    }
}

fn shown(stream: Option<usize>, pieces: &Pieces) -> Vec<ShownFrame> {
    let Some(tab) = stream else { return Vec::new() };
    let shown = |piece: &Piece| ShownFrame { id: piece.id, header: piece.header, tab, range: piece.range() };
    pieces.list.iter().map(shown).collect()
}

/// A packet is looked at as it was captured; a frame or message where its bytes are together.
fn home(subject: Subject, captured: Option<usize>, stream: Option<usize>, tabs: &[Tab]) -> usize {
    let head = tabs.iter().position(|tab| matches!(tab.kind, TabKind::Head(_)));
    match subject {
        Subject::Packet(_) => captured.or(stream),
        Subject::Frame(_) | Subject::Message(_) | Subject::Delivery(_) => stream.or(captured),
        Subject::Connection(_) => head.or(captured),
    }
    .unwrap_or(0)
}

fn unread(mut payload: Payload, why: Option<Why>) -> Payload {
    if payload.why.is_none() {
        payload.why = why;
    }
    payload
}

/// How many more bytes may be put into memory.
pub(super) fn room(used: usize) -> u64 {
    SHOWN.saturating_sub(used as u64)
}

/// What a frame's payload is by its opcode.
pub(super) fn kind_of(header: &FrameHeader) -> PayloadKind {
    use dissector::websocket::opcode::Opcode;
    match header.opcode {
        Opcode::TEXT => PayloadKind::Text,
        Opcode::CLOSE => PayloadKind::Close,
        Opcode(8..) => PayloadKind::Control,
        _ => PayloadKind::Binary,
    }
}

/// The place of a range within a longer one.
pub(super) fn offset(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// A frame as a line's label has it.
pub(super) fn frame_name(id: FrameId) -> String {
    format!("Frame {}", thousands(id.number()))
}

/// 1,204
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 byte`, `1,204 bytes`
pub(super) fn count_of(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", thousands(number), if number == 1 { "" } else { "s" })
}
