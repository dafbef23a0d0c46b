//! A message that HTTP carries: the heads of its exchange, its bytes in the body, unpacked where it was packed, and what
//! it says.

use std::ops::Range;

use dissector::head::{Head, Start};
use dissector::ids::{DeliveryId, Side};
use dissector::tree::Bits;

use super::build::{Parts, count_of, thousands};
use super::layers::{Layers, Wanted};
use super::node::{Node, Place};
use super::packet;
use super::steps::Want;
use super::tab::{Tab, TabKind};
use super::{Detail, Links, Payload, PayloadKind, Subject};
use crate::content::{Content, Patchy, SHOWN, Why};
use crate::decoding::Decoding;
use crate::neighbor::{Coding, Delivery, Exchange};
use crate::snapshot::Snapshot;

/// Everything that is shown of it.
pub(super) fn detail(snapshot: &Snapshot, content: &mut Content, id: DeliveryId) -> Detail {
    let mut parts = Parts { snapshot, content, tabs: Vec::new(), links: Links::default(), tree: Vec::new() };
    let (mut home, mut payload) = (0, Payload::default());
    let found = snapshot.delivery(id);
    if let Some((delivery, exchange)) = found.and_then(|it| Some((it, snapshot.exchange(it.exchange)?))) {
        (home, payload) = put(&mut parts, &delivery, exchange);
    }
    let Parts { tabs, links, tree, .. } = parts;
    Detail { subject: Subject::Delivery(id), tabs, home, tree, links, frames: Vec::new(), payload }
}

fn put(parts: &mut Parts<'_>, delivery: &Delivery, exchange: &Exchange) -> (usize, Payload) {
    let heads = parts.content.heads(parts.snapshot, exchange.id);
    let heads = [(Side::Client, heads.request), (Side::Server, heads.answer)];
    let want = |side: Side| {
        let place = exchange.heads[side.index()]?;
        Some(Want { from: place.extent?, at: place.at, len: place.len.into() })
    };
    let body = Want { from: delivery.extent, at: delivery.at, len: delivery.len.min(SHOWN) };
    let body = Some(body).filter(|body| body.len > 0);
    let stretches: Vec<Want> = [want(Side::Client), want(Side::Server), body].into_iter().flatten().collect();
    let packet = delivery.packet;
    let wanted =
        Wanted { stretches: &stretches, records: Vec::new(), packets: vec![packet], home: Some(packet) };
    let layers = Layers::lay(parts, wanted);

    packet::tree(parts, packet, layers.home);
    for (side, head) in heads {
        let (Some(head), Some(want)) = (head, want(side)) else { continue };
        let title = if side == Side::Client { "Request" } else { "Response" };
        let patchy = Patchy { bytes: head.raw.to_vec(), holes: Vec::new() };
        let tab = parts.tab(Tab::new(TabKind::Head(side), title, patchy));
        let steps = want.steps(parts.snapshot);
        layers.link(parts, &steps, want.at, tab, 0);
        parts.tree.push(head_tree(&head, title, tab));
    }
    let (bytes, why) = match parts.content.delivered(parts.snapshot, delivery.id, SHOWN) {
        Ok((bytes, _)) => (bytes, None),
        Err(why) => (Patchy::default(), Some(why)),
    };
    let why = why.or_else(|| (!bytes.whole()).then_some(Why::NotCaptured));
    let mut tab = parts.tab(Tab::new(TabKind::Body(delivery.id), "Body", bytes).of(delivery.len));
    if let Some(want) = body {
        let steps = want.steps(parts.snapshot);
        layers.link(parts, &steps, want.at, tab, 0);
    }
    let (content, why) = match (why, delivery.coding) {
        (None, Coding::Identity) => (Some(parts.tabs[tab].bytes.to_vec()), None),
        (None, _) => match parts.content.delivery(parts.snapshot, delivery.id, SHOWN) {
            Ok(bytes) => {
                let lower = (tab, 0..parts.tabs[tab].bytes.len());
                let patchy = Patchy { bytes: bytes.clone(), holes: Vec::new() };
                tab = parts.tab(Tab::new(TabKind::Unpacked(delivery.id), "Unpacked", patchy));
                parts.links.whole(lower, (tab, 0..bytes.len()));
                (Some(bytes), None)
            }
            Err(why) => (None, Some(why)),
        },
        (why, _) => (None, why),
    };
    let text = content.as_ref().is_some_and(|bytes| std::str::from_utf8(bytes).is_ok());
    tree(parts, delivery, exchange, tab, content.as_deref(), why.as_ref());
    let kind = if text { PayloadKind::Text } else { PayloadKind::Binary };
    let place = Some((tab, 0..parts.tabs[tab].bytes.len()));
    (tab, Payload { kind, place, why, close_code: None })
}

fn head_tree(head: &Head, title: &'static str, tab: usize) -> Node {
    let shown = |range: &Range<usize>| String::from_utf8_lossy(head.bytes(range)).into_owned();
    let at = |range: Range<usize>| Some(Place::bytes(tab, range)).filter(|place| place.bits.len > 0);
    let (value, end) = match &head.start {
        Start::Request { method, target, version } => {
            (format!("{} {}", shown(method), shown(target)), version.end)
        }
        Start::Response { status, reason, .. } => (format!("{status} {}", shown(reason)), reason.end),
    };
    let lines = head.lines.iter().map(|line| {
        let place = at(line.name.start..line.value.end.max(line.name.end));
        Node::new("", shown(&line.name), shown(&line.value)).at(place)
    });
    let start = Node::new("", if title == "Request" { "Request line" } else { "Status line" }, value.clone());
    let children = std::iter::once(start.at(at(0..end))).chain(lines).collect();
    let label = if title == "Request" { "HTTP request" } else { "HTTP response" };
    Node::new("", label, value).at(at(0..head.raw.len())).with(children)
}

fn tree(
    parts: &mut Parts<'_>,
    delivery: &Delivery,
    exchange: &Exchange,
    tab: usize,
    content: Option<&[u8]>,
    why: Option<&Why>,
) {
    let bytes = |count: u64| count_of(count, "byte");
    let len = parts.tabs[tab].bytes.len();
    let place = Some(Place::bytes(tab, 0..len)).filter(|_| len > 0);
    let mut children = vec![
        Node::new("ws.delivery", "Number", thousands(delivery.id.number()))
            .says("Messages in HTTP bodies are numbered in the order in which they were complete")
            .leads(Subject::Delivery(delivery.id)),
        Node::new("ws.transport", "Transport", delivery.transport.name()),
        Node::new("ws.direction", "Sent by", delivery.side.name()),
    ];
    if let Some(session) = parts.snapshot.push_session(delivery.session) {
        let name = session.name.as_deref().unwrap_or_default();
        let ways: Vec<&str> = session.transports.iter().map(|transport| transport.name()).collect();
        let value = format!("{}, {} {name}", thousands(session.id.number()), session.family.name());
        let ways = Node::new("", "By", ways.join(", then "));
        let mut below = vec![ways, Node::new("", "Exchanges", thousands(u64::from(session.exchanges)))];
        for id in session.connections.iter().take(super::build::FRAMES) {
            let number = thousands(id.number());
            below.push(
                Node::new("", "WebSocket", format!("connection {number}")).leads(Subject::Connection(*id)),
            );
        }
        children.push(Node::new("ws.session", "Session", value).with(below));
    }
    let [up, down] = exchange.overhead();
    children.push(
        Node::new("", "Around it", format!("{} of the request, {} of the answer", bytes(up), bytes(down)))
            .says("Bytes of heads and of the framing of bodies in its exchange"),
    );
    if delivery.coding != Coding::Identity {
        children.push(Node::new("ws.wire_length", "Packed", bytes(delivery.len)));
    }
    if !delivery.complete {
        let says = "Bytes of it were never captured, or it had not come to its own end";
        children.push(Node::new("ws.complete", "Complete", "no").says(says));
    }
    let value = why.map_or_else(|| bytes(len as u64), Why::says);
    children.push(Node::new("ws.content", "Content", value.clone()).at(place));
    let label = format!("Message {} over HTTP", thousands(delivery.id.number()));
    parts.tree.push(Node::new("", label, value).at(place).with(children).open());
    let Some(content) = content else { return };
    let (snapshot, reader) = (parts.snapshot, &mut *parts.content);
    let decoded = Decoding::default().delivered(reader, snapshot, delivery, content, true);
    let settle = |bits: Bits| {
        let end = len as u64 * 8;
        (bits.at.saturating_add(bits.len) <= end).then_some(Place { tab, bits })
    };
    let summary = decoded.summary();
    let fields = decoded.fields.into_iter().map(|field| Node::from_field(field.into_tree(), &settle));
    let protocol = Node::new("ws.protocol", "Protocol", decoded.protocol);
    let fields = std::iter::once(protocol).chain(fields).collect();
    parts.tree.push(Node::new("", decoded.protocol, summary).at(place).with(fields).open());
}
