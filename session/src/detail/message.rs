//! The layers above the frames: payloads unmasked, joined, inflated; what they say.

use dissector::event::Outcome;
use dissector::tree::Bits;

use super::build::{FRAMES, Parts, count_of, kind_of, room, thousands};
use super::node::{Node, Place};
use super::pieces::{Pieces, join};
use super::tab::{Tab, TabKind};
use super::{Payload, PayloadKind, Subject};
use crate::content::{Patchy, SHOWN, Why};
use crate::model::{Frame, Message};

/// Adds the tabs above `stream` and the lines about them.
pub(super) fn upper(
    parts: &mut Parts<'_>,
    pieces: &Pieces,
    frames: &[Frame],
    message: Option<&Message>,
    stream: usize,
) -> Payload {
    let plain = unmasked(parts, pieces, frames, message, stream);
    if let Some(message) = message {
        return of_message(parts, pieces, message, stream, plain);
    }
    let (Some(piece), [frame]) = (pieces.list.first(), frames) else {
        return Payload::default();
    };
    let place = match plain {
        Some(tab) => (tab, 0..pieces.payloads.bytes.len()),
        None => (stream, piece.payload()),
    };
    let kind = kind_of(&piece.header);
    Payload { kind, place: Some(place), why: None, close_code: frame.close_code }
}

/// The payloads behind their masks; or, where all fragments of a message are shown, its payload joined.
fn unmasked(
    parts: &mut Parts<'_>,
    pieces: &Pieces,
    frames: &[Frame],
    message: Option<&Message>,
    stream: usize,
) -> Option<usize> {
    let first = pieces.list.first()?;
    if pieces.payloads.bytes.is_empty() {
        return None;
    }
    let joined =
        message.filter(|it| it.frames > 1 && it.frames as usize == pieces.list.len() && frames.len() > 1);
    let tab = match joined {
        Some(message) => {
            Tab::new(TabKind::Joined(message.id), joined_title(message), pieces.payloads.clone())
        }
        None if pieces.masked() => Tab::new(TabKind::Unmasked(first.id), "Unmasked", pieces.payloads.clone()),
        None => return None,
    };
    let tab = parts.tab(tab.of(pieces.payload_total));
    for piece in &pieces.list {
        let range = piece.payload();
        parts.links.exact((stream, range.start), (tab, piece.payload_at), range.len());
    }
    Some(tab)
}

fn joined_title(message: &Message) -> &'static str {
    if message.compressed { "Joined" } else { "Message" }
}

fn of_message(
    parts: &mut Parts<'_>,
    pieces: &Pieces,
    message: &Message,
    stream: usize,
    plain: Option<usize>,
) -> Payload {
    let is_joined = |tab: &usize| matches!(parts.tabs[*tab].kind, TabKind::Joined(_));
    let mut whole = plain.filter(is_joined);
    if whole.is_none() && message.frames > 1 {
        whole = joined(parts, pieces, message, stream, plain);
    }
    let place = match (whole, plain, pieces.list.first()) {
        (Some(tab), _, _) => (tab, 0..parts.tabs[tab].bytes.len()),
        (None, Some(tab), _) => (tab, 0..parts.tabs[tab].bytes.len()),
        (None, None, Some(piece)) => (stream, piece.payload()),
        (None, None, None) => (stream, 0..0),
    };
    let mut payload = Payload { place: Some(place.clone()), why: why(message), ..Payload::default() };
    payload.kind = match message.kind {
        crate::model::Kind::Text => PayloadKind::Text,
        crate::model::Kind::Binary => PayloadKind::Binary,
    };
    let mut content = place.clone();
    if message.compressed && payload.why.is_none() {
        match parts.content.message(parts.snapshot, message.id, SHOWN) {
            Ok(bytes) => {
                let len = bytes.len();
                let patchy = Patchy { bytes, holes: Vec::new() };
                let tab = parts.tab(Tab::new(TabKind::Inflated(message.id), "Inflated", patchy));
                parts.links.whole(place, (tab, 0..len));
                content = (tab, 0..len);
                payload.place = Some(content.clone());
            }
            Err(why) => payload.why = Some(why),
        }
    }
    tree(parts, message, content, payload.why.as_ref());
    payload
}

fn why(message: &Message) -> Option<Why> {
    match message.outcome {
        Some(Outcome::Whole) => None,
        Some(Outcome::Missing) => Some(Why::NotCaptured),
        Some(Outcome::ContextLost) => Some(Why::ContextLost),
        Some(Outcome::Broken) => Some(Why::Broken),
        Some(Outcome::TooLarge) => Some(Why::TooLarge),
        Some(Outcome::Unfinished) | None => Some(Why::Unfinished),
    }
}

/// The whole message's payload, of which the frames that are shown are a part.
fn joined(
    parts: &mut Parts<'_>,
    pieces: &Pieces,
    message: &Message,
    stream: usize,
    plain: Option<usize>,
) -> Option<usize> {
    let mut all = Patchy::default();
    let mut places = Vec::new();
    for frame in parts.snapshot.frames_of(message) {
        let bytes = parts.content.frame(parts.snapshot, frame.id, room(all.bytes.len())).ok()?;
        if let Some(piece) = pieces.list.iter().find(|piece| piece.id == frame.id) {
            places.push((piece, all.bytes.len()));
        }
        join(&mut all, bytes.payload);
    }
    if all.bytes.is_empty() {
        return None;
    }
    let len = all.bytes.len();
    let tab = Tab::new(TabKind::Joined(message.id), joined_title(message), all).of(message.wire_len);
    let tab = parts.tab(tab);
    for (piece, at) in places {
        let range = piece.payload();
        let count = range.len().min(len - at);
        match plain {
            Some(plain) => parts.links.exact((plain, piece.payload_at), (tab, at), count),
            None => parts.links.exact((stream, range.start), (tab, at), count),
        }
    }
    Some(tab)
}

fn tree(
    parts: &mut Parts<'_>,
    message: &Message,
    content: (usize, std::ops::Range<usize>),
    why: Option<&Why>,
) {
    let count = |bytes: u64| count_of(bytes, "byte");
    let mut children = vec![
        Node::new("ws.message", "Number", thousands(message.id.number()))
            .says("Messages are numbered in the order of their first frames")
            .leads(Subject::Message(message.id)),
        Node::new("ws.type", "Type", message.kind.name())
            .says("The opcode of the first frame says it for the whole message (RFC 6455 5.4)"),
    ];
    if message.frames > 1 {
        children.push(fragments(parts, message));
    }
    children.push(
        Node::new("ws.wire_length", "On the wire", count(message.wire_len))
            .says("Payload bytes of all its frames"),
    );
    if message.compressed {
        let says =
            "RSV1 of its first frame is set: the message is compressed with permessage-deflate (RFC 7692 6)";
        let mut node = Node::new("ws.compressed", "Compressed", "permessage-deflate").says(says);
        if let Some(len) = message.len {
            let share = if len == 0 { 0.0 } else { message.wire_len as f64 * 100.0 / len as f64 };
            node.value = format!("permessage-deflate, {share:.0} % of {}", count(len));
        }
        if let Some(context) = message.context {
            let earlier = Node::new("ws.context", "May refer to", format!("message {}", thousands(context.number())))
                .says("Without no_context_takeover it may repeat what earlier messages of its direction said (RFC 7692 7.2.2)")
                .leads(Subject::Message(context));
            node = node.with(vec![earlier]);
        }
        children.push(node);
    }
    let place = Some(Place::bytes(content.0, content.1)).filter(|place| place.bits.len > 0);
    let value = match (why, message.len) {
        (Some(why), _) => why.says(),
        (None, Some(len)) => count(len),
        (None, None) => String::new(),
    };
    children.push(Node::new("ws.text", "Content", value).at(place));
    if message.text == Some(false) {
        let says = "RFC 6455 8.1: an endpoint that gets text which is not UTF-8 fails the connection";
        children.push(Node::new("ws.utf8", "UTF-8", "not valid").says(says));
    }
    let label = format!("Message {}", thousands(message.id.number()));
    let value = match message.len {
        Some(len) => format!("{}, {}", message.kind.name(), count(len)),
        None => format!("{}, {} on the wire", message.kind.name(), count(message.wire_len)),
    };
    parts.tree.push(Node::new("ws.message", label, value).at(place).with(children).open());
}

fn fragments(parts: &Parts<'_>, message: &Message) -> Node {
    let frames = parts.snapshot.frames_of(message);
    let joined = parts.tabs.iter().position(|tab| matches!(tab.kind, TabKind::Joined(_)));
    let mut at = 0_u64;
    let mut children = Vec::new();
    for (index, frame) in frames.iter().enumerate().take(FRAMES) {
        let label = format!("{} of {}, frame {}", index + 1, frames.len(), thousands(frame.id.number()));
        let place = joined.and_then(|tab| {
            let end = at.saturating_add(frame.header.payload_len).min(parts.tabs[tab].bytes.len() as u64);
            (at < end).then(|| Place { tab, bits: Bits { at: at * 8, len: (end - at) * 8 } })
        });
        at = at.saturating_add(frame.header.payload_len);
        let node = Node::new("ws.frame", label, count_of(frame.header.payload_len, "byte"));
        children.push(node.at(place).leads(Subject::Frame(frame.id)));
    }
    if frames.len() > FRAMES {
        let more = thousands((frames.len() - FRAMES) as u64);
        children.push(Node::new("", "More", format!("{more} fragments not listed")));
    }
    let value = count_of(u64::from(message.frames), "frame");
    Node::new("ws.fragments", "Fragments", value)
        .says("The payloads of the frames, joined in order, are the message (RFC 6455 5.4)")
        .with(children)
}
