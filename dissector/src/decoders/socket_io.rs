//! Socket.IO in Engine.IO (protocol revisions 4 and 5, of Socket.IO 2 and of 3 and later): events, acknowledgements,
//! namespaces, and binary attachments in messages of their own.
//!
//! An attachment says nothing of itself, so the packet that it belongs to is looked for behind it: as many messages back
//! as a packet may announce, never further.

use super::decoded::{Exchange, Part, Role, short};
use super::engine_io::{self, Packet};
use super::input::Input;
use super::json::{self, Json};
use super::plain::begun;
use super::table::{Decoder, Key, number, text};
use super::tree::{Base, Tree};
use crate::ids::Side;

pub(super) const DECODER: Decoder =
    Decoder::new("socket.io", "Socket.IO", "https://socket.io/docs/v4/socket-io-protocol/", decode)
        .path(|facts| facts.path().contains("/socket.io/") || facts.parameter("EIO").is_some())
        .first(engine_io::begins)
        .keys(KEYS);

const KEYS: &[Key] = &[
    number(
        "socketio.type",
        "The type of a Socket.IO packet: 0 CONNECT, 1 DISCONNECT, 2 EVENT, 3 ACK, 4 CONNECT_ERROR, 5 BINARY_EVENT, 6 BINARY_ACK",
    ),
    number("socketio.attachments", "How many binary attachments follow the packet"),
    number("socketio.attachment", "The place of a binary attachment among those of its packet, from 1"),
    text("socketio.namespace", "The namespace that a packet belongs to"),
    number("socketio.ack_id", "The number by which an event and its acknowledgement are paired"),
    text("socketio.event", "The name of an event"),
];

const TYPES: [&str; 7] =
    ["CONNECT", "DISCONNECT", "EVENT", "ACK", "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK"];

/// Messages behind an attachment among which its packet is looked for, and attachments of one packet that are counted.
const BACK: usize = 128;

/// What stands before a packet's payload: `<type>[<attachments>-][<namespace>,][<acknowledgement>]`.
struct Head<'a> {
    kind: u8,
    attachments: Option<(u32, usize, usize)>,
    namespace: Option<(&'a str, usize)>,
    ack: Option<(u64, usize, usize)>,
    /// Where the payload begins.
    payload: usize,
}

impl<'a> Head<'a> {
    fn parse(text: &'a [u8]) -> Option<Self> {
        let kind = text.first()?.checked_sub(b'0').filter(|kind| *kind < 7)?;
        let digits = |from: usize| {
            let rest = text.get(from..).unwrap_or_default();
            from + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
        };
        let number = |from: usize, to: usize| std::str::from_utf8(text.get(from..to)?).ok();
        let (mut at, mut attachments) = (1, None);
        if kind >= 5 {
            let end = digits(at);
            if text.get(end) == Some(&b'-') {
                attachments = number(at, end).and_then(|it| it.parse().ok()).map(|count| (count, at, end));
                at = end + 1;
            }
        }
        let mut namespace = None;
        if text.get(at) == Some(&b'/') {
            let rest = text.get(at..)?;
            let end = rest.iter().position(|byte| *byte == b',').unwrap_or(rest.len());
            namespace = Some((std::str::from_utf8(rest.get(..end)?).ok()?, at));
            at = (at + end + 1).min(text.len());
        }
        let end = digits(at);
        let ack = number(at, end).and_then(|it| it.parse().ok()).map(|id| (id, at, end));
        Some(Self { kind, attachments, namespace, ack, payload: end })
    }

    /// The namespace without the query that revision 4 writes behind it.
    fn name(&self) -> &'a str {
        self.namespace.map_or("/", |(name, _)| name.split_once('?').map_or(name, |(name, _)| name))
    }

    fn title(&self, version: u8) -> &'static str {
        match self.kind {
            4 if version < 4 => "ERROR",
            kind => TYPES.get(usize::from(kind)).copied().unwrap_or_default(),
        }
    }
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    match engine_io::packet(input, tree) {
        Packet::Message { text: true, payload, at } => {
            let whole = at + payload.len();
            tree.within(Base::Shifted(at as isize), |tree| packet(input, payload, tree, whole));
        }
        Packet::Message { text: false, payload, at } => attachment(input, payload, at, tree),
        Packet::Own => {}
    }
}

fn packet(input: &Input<'_>, text: &[u8], tree: &mut Tree, whole: usize) {
    let Some(head) = Head::parse(text) else {
        tree.stop(0, "no packet type of Socket.IO");
        let summary = match tree.tells() {
            true => format!("message {}", short(&String::from_utf8_lossy(text))),
            false => String::new(),
        };
        tree.part(Part { kind: "message".into(), summary, at: 0..text.len(), ..Part::default() });
        return;
    };
    let title = head.title(engine_io::version(input.facts));
    let payload = text.get(head.payload..).unwrap_or_default();
    let value = Json::outer(payload);
    let mut part =
        Part { kind: title.into(), topic: Some(head.name().to_owned()), at: 0..whole - 1, ..Part::default() };
    let first = value.and_then(|value| value.elements().next());
    if matches!(head.kind, 2 | 5) {
        part.event = first.map(Json::word);
    } else if head.kind == 4 {
        part.error = value.map(|value| value.get("message").unwrap_or(value).word());
    }
    let key = |what: &[u8], id: &str| [what, head.name().as_bytes(), b" ", id.as_bytes()].concat();
    if let Some((id, ..)) = head.ack {
        let role = if matches!(head.kind, 3 | 6) { Role::Answers } else { Role::Asks };
        let id = id.to_string();
        part.exchange = Some(Exchange { key: key(b"ack ", &id), role });
        part.id = Some(id);
    } else if matches!(head.kind, 0 | 4) {
        // Revision 5: the client asks for a namespace, the server answers with CONNECT or CONNECT_ERROR. In revision 4
        // the server speaks of the main namespace unasked.
        let role = if input.said.side == Side::Client { Role::Asks } else { Role::Answers };
        part.exchange = Some(Exchange { key: key(b"connect ", ""), role });
    }
    if tree.tells() {
        let of = first.map_or(payload, |first| payload.get(first.at().end..).unwrap_or_default());
        part.summary = line(&head, title, &part, of, payload);
    }
    tree.part(part);
    fields(&head, title, payload, tree);
}

/// `rest` is what stands behind an event's name.
fn line(head: &Head<'_>, title: &str, part: &Part, rest: &[u8], payload: &[u8]) -> String {
    let mut summary = match head.kind {
        2 | 5 => {
            format!("{title} {} {}", part.event.as_deref().unwrap_or("?"), short(&arguments(rest)))
        }
        4 => format!("{title} {}", short(part.error.as_deref().unwrap_or_default())),
        _ if Json::outer(payload).is_some() => {
            format!("{title} {}", short(&String::from_utf8_lossy(payload)))
        }
        _ => title.to_owned(),
    };
    if let Some((id, ..)) = head.ack {
        summary.push_str(&format!(" (ack {id})"));
    }
    if let Some((count, ..)) = head.attachments {
        summary.push_str(&format!(" with {count} attachment{}", if count == 1 { "" } else { "s" }));
    }
    if head.name() != "/" {
        summary = format!("{} {summary}", head.name());
    }
    summary.trim_end().to_owned()
}

/// What stands between an event's name and the end of the array around it.
fn arguments(rest: &[u8]) -> String {
    let begin = rest.get(..400).unwrap_or(rest);
    let text = String::from_utf8_lossy(begin);
    let text = text.trim_start_matches([',', ' ']);
    if begin.len() == rest.len() {
        text.strip_suffix(']').unwrap_or(text).to_owned()
    } else {
        text.to_owned()
    }
}

fn fields(head: &Head<'_>, title: &str, payload: &[u8], tree: &mut Tree) {
    if !tree.full() {
        return;
    }
    tree.named("socketio.type", "Packet type", head.kind, title, 0..1);
    if let Some((count, at, end)) = head.attachments {
        tree.number("socketio.attachments", "Attachments", count, at..end);
    }
    match head.namespace {
        Some((name, at)) => tree.text("socketio.namespace", "Namespace", head.name(), at..at + name.len()),
        None => tree.text("socketio.namespace", "Namespace", "/", 0..0),
    }
    if let Some((id, at, end)) = head.ack {
        tree.number("socketio.ack_id", "Acknowledgement", id, at..end);
    }
    if payload.is_empty() {
        return;
    }
    let names: json::Names<'_> = if matches!(head.kind, 2 | 5) { &[("0", "socketio.event")] } else { &[] };
    tree.within(Base::Shifted(head.payload as isize), |tree| json::content(tree, payload, "Payload", names));
}

/// A binary message: one of the attachments that an earlier packet announced.
fn attachment(input: &Input<'_>, payload: &[u8], at: usize, tree: &mut Tree) {
    let mut part = Part { kind: "attachment".into(), at: 0..input.bytes().len(), ..Part::default() };
    let said = if tree.tells() { begun(payload) } else { String::new() };
    part.summary = format!("attachment {said}");
    let mut place = 1;
    for back in 0..BACK {
        let Some((is_text, bytes)) = input.earlier.before(back) else { break };
        if !is_text {
            place += 1;
            continue;
        }
        // A ping or pong may come in between.
        let Some(head) = bytes.strip_prefix(b"4").and_then(Head::parse) else { continue };
        let Some((count, ..)) = head.attachments.filter(|(count, ..)| place <= *count) else { break };
        let value = bytes.get(1 + head.payload..).and_then(Json::outer);
        let event = value.and_then(|value| value.elements().next()).map(Json::word);
        let event = event.filter(|_| head.kind == 5);
        let of = event.clone().unwrap_or_else(|| head.title(4).to_owned());
        part.summary = format!("attachment {place} of {count} of {of}: {said}");
        part.topic = Some(head.name().to_owned());
        part.id = head.ack.map(|(id, ..)| id.to_string());
        tree.number("socketio.attachment", "Attachment", place, 0..0);
        tree.number("socketio.attachments", "Attachments", count, 0..0);
        tree.text("socketio.namespace", "Namespace", head.name(), 0..0);
        if let Some(event) = &event {
            tree.text("socketio.event", "Event", event, 0..0);
        }
        part.event = event;
        break;
    }
    tree.bytes("", "Data", payload, at..at + payload.len());
    tree.part(part);
}
