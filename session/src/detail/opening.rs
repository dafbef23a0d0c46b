//! A connection's opening handshake: its line in every tree, and, where it is what is looked at, both heads.

use dissector::event::Opening;
use dissector::ids::{FlowId, PacketId};
use dissector::span::Span;
use dissector::websocket::upgrade::AcceptFact;

use super::build::{Parts, thousands};
use super::finding;
use super::heads::ShownHead;
use super::node::Node;
use super::{Payload, PayloadKind, Subject, keys};
use crate::model::{Connection, Frame};
use crate::snapshot::Snapshot;

/// Connections of one flow that are looked through for one whose heads are in a packet.
const OTHERS: usize = 4096;

/// The connection that a thing is of, and those of its heads that are shown with it.
pub(super) fn of(
    parts: &mut Parts<'_>,
    subject: Subject,
    packet: Option<PacketId>,
    frames: &[Frame],
) -> (Option<Connection>, Vec<ShownHead>) {
    let snapshot = parts.snapshot;
    let (connection, mut heads) = match (subject, frames.first(), packet) {
        (Subject::Connection(id), ..) => {
            let connection = snapshot.connection(id).cloned();
            let heads = connection.as_ref().map(ShownHead::of).unwrap_or_default();
            (connection, heads)
        }
        (_, Some(frame), _) => (snapshot.connection(frame.connection).cloned(), Vec::new()),
        // A packet that carries the request or the answer is looked at for them.
        (Subject::Packet(_), None, Some(packet)) => of_packet(snapshot, packet),
        _ => (None, Vec::new()),
    };
    heads.iter_mut().for_each(|head| head.find_frame(parts));
    (connection, heads)
}

/// Of the connections of a packet's flow the one whose heads are in it, else the first.
fn of_packet(snapshot: &Snapshot, packet: PacketId) -> (Option<Connection>, Vec<ShownHead>) {
    let Some((flow, _)) = snapshot.packet(packet).and_then(|packet| packet.flow) else {
        return (None, Vec::new());
    };
    let mut first = None;
    for connection in connections(snapshot, flow).take(OTHERS) {
        let mut heads = ShownHead::of(connection);
        heads.retain(|head| head.lies_in(snapshot, packet));
        if !heads.is_empty() {
            return (Some(connection.clone()), heads);
        }
        first = first.or(Some(connection));
    }
    (first.cloned(), Vec::new())
}

fn connections(snapshot: &Snapshot, flow: FlowId) -> impl Iterator<Item = &Connection> {
    let all = snapshot.connections();
    (0..all.len()).filter_map(|index| all.row(index)).filter(move |it| it.flow == flow)
}

/// Adds the connection's line, with its heads where they are what is looked at.
pub(super) fn tree(
    parts: &mut Parts<'_>,
    subject: Subject,
    connection: &Connection,
    heads: &[ShownHead],
) -> Payload {
    let mut payload = Payload::default();
    if let Some(head) = heads.first() {
        payload.kind = PayloadKind::Head;
        payload.place = Some(head.whole());
    }
    let mut children = about(parts.snapshot, connection);
    children.extend(heads.iter().map(ShownHead::tree));
    let settle = |span: Option<Span>| heads.iter().find_map(|head| head.settle(span?));
    let found = finding::of_connection(parts.snapshot, subject);
    children.splice(0..0, finding::nodes(parts.snapshot, &found, &settle));
    let label = format!("WebSocket connection {}", thousands(connection.id.number()));
    let label =
        if connection.opening == Opening::Sealed { label.replace("WebSocket", "Sealed") } else { label };
    let target = connection.request.as_ref().and_then(|head| head.target()).map(String::from_utf8_lossy);
    let value = match target {
        Some(target) => format!("{} → {}{target}", connection.client, connection.server),
        None => format!("{} → {}", connection.client, connection.server),
    };
    let mut node =
        Node::new("ws.connection", label, value).leads(Subject::Connection(connection.id)).with(children);
    node.open = matches!(subject, Subject::Connection(_)) || !heads.is_empty();
    parts.tree.push(node);
    payload
}

fn about(snapshot: &Snapshot, connection: &Connection) -> Vec<Node> {
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
    lines.extend(carried(snapshot, connection));
    match &agreement.accept {
        // RFC 8441 5: what checks the key and the accept value "has been superseded by the :protocol
        // pseudo-header field".
        _ if connection.carrier.stream.is_some() => {}
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

/// What stands between TCP and the frames.
fn carried(snapshot: &Snapshot, connection: &Connection) -> Vec<Node> {
    let mut lines = Vec::new();
    if let Some(secured) = connection.carrier.tls.and_then(|id| snapshot.secured(id)) {
        let version = secured.version.map_or("version not known", |version| version.name());
        let suite = secured.suite.map(|suite| format!(", {}", suite.name())).unwrap_or_default();
        let mut children = Vec::new();
        if let Some(name) = &secured.server_name {
            let says = "The name that the client asks for (SNI, RFC 6066 3)";
            let name = Node::new("tls.handshake.extensions_server_name", "Server name", name.clone());
            children.push(name.says(says));
        }
        if let Some(alpn) = &secured.alpn {
            let says = "The protocol that the server chose (ALPN, RFC 7301 3.1)";
            let name = "tls.handshake.extensions_alpn_str";
            children.push(Node::new(name, "Protocol", alpn.clone()).says(says));
        }
        children.push(Node::new("ws.tls.keys", "Keys", keys(snapshot, secured.keys)));
        let opened = format!("{} opened, {} refused", thousands(secured.opened), thousands(secured.refused));
        children.push(Node::new("", "Records", opened));
        lines.push(Node::new("tls", "Protected by", format!("{version}{suite}")).with(children));
    }
    if let Some(stream) = connection.carrier.stream {
        let says = "Its frames are the content of DATA frames on this stream of HTTP/2 (RFC 8441 5)";
        let node = Node::new("http2.streamid", "HTTP/2 stream", thousands(stream.into()));
        lines.push(node.says(says));
    }
    lines
}
