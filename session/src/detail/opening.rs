//! A connection's opening handshake: its line in every tree, and, where it is what is looked at, both heads.

use std::sync::Arc;

use dissector::event::Opening;
use dissector::head::Head;
use dissector::ids::{PacketId, Side};
use dissector::span::Span;
use dissector::tree::Bits;
use dissector::websocket::upgrade::AcceptFact;

use super::build::{Parts, count_of, thousands};
use super::finding;
use super::node::{Node, Place};
use super::tab::{Tab, TabKind};
use super::{Payload, PayloadKind, Subject};
use crate::content::Patchy;
use crate::model::{Connection, Frame};

/// Adds the connection's line, with its heads where they are what is looked at.
pub(super) fn tree(
    parts: &mut Parts<'_>,
    subject: Subject,
    packet: Option<PacketId>,
    frames: &[Frame],
    captured: Option<usize>,
) -> Payload {
    let Some(connection) = connection(parts, subject, packet, frames) else { return Payload::default() };
    // A packet that carries the request or the answer is looked at for them.
    let whole = matches!(subject, Subject::Connection(_))
        || matches!(subject, Subject::Packet(_)) && frames.is_empty();
    let mut payload = Payload::default();
    let mut children = about(&connection);
    let mut heads_at = Vec::new();
    if whole {
        let heads = [(Side::Client, &connection.request), (Side::Server, &connection.response)];
        for (side, head) in heads {
            let Some(head) = head else { continue };
            let held = captured.is_some_and(|tab| find(&parts.tabs[tab].bytes, &head.raw).is_some());
            if !held && !matches!(subject, Subject::Connection(_)) {
                continue;
            }
            let (tab, node) = head_tree(parts, side, head, captured);
            heads_at.push((connection.streams[side.index()], head, tab));
            children.push(node);
            if payload.place.is_none() {
                payload.kind = PayloadKind::Head;
                payload.place = Some((tab, 0..head.raw.len()));
            }
        }
    }
    let settle = |span: Option<Span>| {
        let span = span?;
        let inside = |head: &Head| head.at <= span.at && span.end() <= head.at + head.raw.len() as u64;
        let (_, head, tab) =
            heads_at.iter().find(|(stream, head, _)| *stream == span.stream && inside(head))?;
        let start = (span.at - head.at) as usize;
        (span.len > 0).then(|| Place::bytes(*tab, start..start + span.len as usize))
    };
    let found = finding::of_connection(parts.snapshot, subject);
    children.splice(0..0, finding::nodes(parts.snapshot, &found, &settle));
    let label = format!("WebSocket connection {}", thousands(connection.id.number()));
    let target = connection.request.as_ref().and_then(|head| head.target()).map(String::from_utf8_lossy);
    let value = match target {
        Some(target) => format!("{} → {}{target}", connection.client, connection.server),
        None => format!("{} → {}", connection.client, connection.server),
    };
    let mut node =
        Node::new("ws.connection", label, value).leads(Subject::Connection(connection.id)).with(children);
    node.open = whole;
    parts.tree.push(node);
    payload
}

fn connection(
    parts: &Parts<'_>,
    subject: Subject,
    packet: Option<PacketId>,
    frames: &[Frame],
) -> Option<Connection> {
    let snapshot = parts.snapshot;
    if let Subject::Connection(id) = subject {
        return snapshot.connection(id).cloned();
    }
    if let Some(frame) = frames.first() {
        return snapshot.connection(frame.connection).cloned();
    }
    let (flow, _) = snapshot.packet(packet?)?.flow?;
    let connections = snapshot.connections();
    (0..connections.len()).filter_map(|index| connections.row(index)).find(|it| it.flow == flow).cloned()
}

fn about(connection: &Connection) -> Vec<Node> {
    let agreement = &connection.agreement;
    let mut lines = Vec::new();
    let (value, says) = match connection.opening {
        Opening::Handshake => ("handshake", "Its opening handshake was captured (RFC 6455 4)"),
        Opening::MidStream => {
            ("frames alone", "The capture began later than the connection: what was agreed is not known")
        }
        Opening::Sealed => {
            ("TLS", "It is encrypted and no key log has its keys: what it carries is not known")
        }
        Opening::Told => ("as told", "This port was said to carry WebSocket: what was agreed is not known"),
    };
    lines.push(Node::new("ws.opening", "Met by", value).says(says));
    match &agreement.accept {
        AcceptFact::Valid => lines.push(
            Node::new("ws.accept", "Accept value", "valid")
                .says("Sec-WebSocket-Accept is the hash of Sec-WebSocket-Key with the GUID of RFC 6455 1.3"),
        ),
        AcceptFact::Mismatch { expected, seen } => lines.push(
            Node::new("ws.accept", "Accept value", format!("{seen}, where {expected} was expected"))
                .says("The answer does not prove that the server read this request (RFC 6455 4.1)"),
        ),
        AcceptFact::Missing => lines.push(Node::new("ws.accept", "Accept value", "missing")),
        AcceptFact::Unknown => {}
    }
    if let Some(subprotocol) = &agreement.subprotocol {
        lines.push(Node::new("ws.subprotocol", "Subprotocol", subprotocol.clone()));
    }
    for extension in &agreement.extensions {
        lines.push(Node::new("ws.extension", "Extension", extension.name.clone()));
    }
    lines
}

/// A tab with a head's bytes and a line for each of its lines.
fn head_tree(parts: &mut Parts<'_>, side: Side, head: &Arc<Head>, captured: Option<usize>) -> (usize, Node) {
    let title = if side == Side::Client { "Request" } else { "Response" };
    let patchy = Patchy { bytes: head.raw.to_vec(), holes: Vec::new() };
    let tab = parts.tab(Tab::new(TabKind::Head(side), title, patchy));
    if let Some(captured) = captured
        && let Some(at) = find(&parts.tabs[captured].bytes, &head.raw)
    {
        parts.links.exact((captured, at), (tab, 0), head.raw.len());
    }
    let text = |range: &std::ops::Range<usize>| String::from_utf8_lossy(head.bytes(range)).into_owned();
    let first = head.raw.iter().position(|byte| *byte == b'\n').map_or(head.raw.len(), |at| at + 1);
    let start = String::from_utf8_lossy(&head.raw[..first]).trim_end().to_owned();
    let mut children = vec![
        Node::new("http.request.line", "Start line", start.clone()).at(Some(Place::bytes(tab, 0..first))),
    ];
    for line in &head.lines {
        let bits = Bits::bytes(line.name.start, line.value.end.max(line.name.end) - line.name.start);
        let node = Node::new("http.header", text(&line.name), text(&line.value));
        children.push(node.at(Some(Place { tab, bits })).says(header_says(&text(&line.name))));
    }
    let name = if side == Side::Client { "http.request" } else { "http.response" };
    let value = format!("{start} ({})", count_of(head.raw.len() as u64, "byte"));
    let place = Some(Place::bytes(tab, 0..head.raw.len()));
    (tab, Node::new(name, title, value).at(place).with(children).open())
}

/// Where a head's bytes stand in a packet, if they lie in it whole.
fn find(bytes: &[u8], head: &[u8]) -> Option<usize> {
    let first = *head.first()?;
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == first);
    starts.map(|(at, _)| at).find(|at| bytes[*at..].starts_with(head))
}

/// What the headers of the handshake are for.
#[rustfmt::skip]
const HEADERS: &[(&str, &str)] = &[
    ("host",                     "The authority that the request is for (RFC 6455 4.1, point 4)"),
    ("upgrade",                  "Must name websocket (RFC 6455 4.1, point 5)"),
    ("connection",               "Must name Upgrade (RFC 6455 4.1, point 6)"),
    ("sec-websocket-key",        "16 random bytes in base64, hashed into the accept value (RFC 6455 4.1, point 7)"),
    ("origin",                   "The page that opens the connection; browsers send it (RFC 6455 4.1, point 8)"),
    ("sec-websocket-version",    "13 is the standard (RFC 6455 4.1, point 9)"),
    ("sec-websocket-protocol",   "Subprotocols: the client offers, the server takes one (RFC 6455 1.9)"),
    ("sec-websocket-extensions", "Extensions: the client offers, the server takes some (RFC 6455 9.1)"),
    ("sec-websocket-accept",     "Proves that the server read the request's key (RFC 6455 4.2.2, point 5)"),
];

fn header_says(name: &str) -> &'static str {
    HEADERS.iter().find(|(header, _)| name.eq_ignore_ascii_case(header)).map_or("", |(_, says)| says)
}
