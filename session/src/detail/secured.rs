//! The lines of TLS records: the header as it stands on the wire, and what it took to open each.

use std::sync::Arc;

use dissector::tls::record::RecordHeader;
use dissector::tls::secured::{Keys, Secured};

use super::build::{Parts, count_of, thousands};
use super::layers::{Layers, Shown, sealed};
use super::node::{Node, Place};
use super::steps::Want;
use crate::keys::CAPTURE;
use crate::snapshot::Snapshot;

/// Records that have a line.
const LISTED: usize = 256;

/// Adds a line for each record, the outermost TLS first; `secured` is the innermost.
pub(super) fn tree(parts: &mut Parts<'_>, layers: &Layers, secured: Option<&Arc<Secured>>) {
    for outer in [true, false] {
        let records: Vec<&Shown> = layers.records.iter().filter(|shown| shown.outer == outer).collect();
        let about = secured.filter(|_| !outer).map(Arc::as_ref);
        let nodes = records.iter().take(LISTED).map(|shown| record(parts, layers, shown, about));
        let mut nodes: Vec<Node> = nodes.collect();
        if records.len() > 1 {
            let plain = records.iter().map(|shown| shown.range.len() as u64).sum();
            let value = format!(
                "{}, {} decrypted",
                count_of(records.len() as u64, "record"),
                count_of(plain, "byte")
            );
            if records.len() > LISTED {
                let more = thousands((records.len() - LISTED) as u64);
                nodes.push(Node::new("", "More", format!("{more} records not listed")));
            }
            let place =
                parts.tabs.get(records[0].tab).map(|tab| Place::bytes(records[0].tab, 0..tab.bytes.len()));
            nodes = vec![Node::new("tls", "TLS records", value).at(place).with(nodes)];
        }
        parts.tree.extend(nodes);
    }
}

fn record(parts: &mut Parts<'_>, layers: &Layers, shown: &Shown, secured: Option<&Secured>) -> Node {
    let snapshot = parts.snapshot;
    let whole = sealed(&shown.record);
    let part = |at: u64, len: u64| layers.place(snapshot, Want { at: whole.at + at, len, ..whole });
    let head = header(parts, whole).unwrap_or([0; RecordHeader::LEN]);
    let mut children = Vec::new();
    let mut value = count_of(u64::from(shown.record.len), "byte");
    if let Some(head) = RecordHeader::parse(&head) {
        let version = secured.and_then(|it| it.version).unwrap_or(head.version);
        value = format!("{}, {}, {value}", version.name(), head.content_type.name());
        children = fields(head, secured, &part);
    }
    children.push(fragment(shown, &part));
    children.push(
        Node::new("", "Plaintext", count_of(shown.range.len() as u64, "byte")).at(Some(Place::bytes(
            shown.tab,
            shown.range.clone(),
        ))
        .filter(|place| place.bits.len > 0)),
    );
    children.push(Node::new("ws.tls.sequence", "Sequence number", thousands(shown.record.sequence)).says(
        "Records are counted from zero with each change of keys; the number is never sent and goes into the \
             nonce or the MAC (RFC 8446 5.3, RFC 5246 6.1)",
    ));
    if let Some(secured) = secured {
        children.extend(secured.suite.map(|suite| {
            Node::new("tls.handshake.ciphersuite", "Cipher suite", suite.name())
                .says("The server chose it from what the client offered (RFC 8446 4.1.3)")
        }));
        children.push(Node::new("ws.tls.keys", "Keys", keys(snapshot, secured.keys)).says(
            "A key log holds what the endpoint derived its keys from; nothing is broken and nothing guessed",
        ));
    }
    let stands = format!("byte {} of its stream", thousands(shown.record.at));
    children.push(Node::new("", "Begins at", stands));
    let plain = Place::bytes(shown.tab, shown.range.clone());
    let place = layers.whole(snapshot, whole).or(Some(plain).filter(|place| place.bits.len > 0));
    Node::new("tls.record", "TLS record", value).at(place).with(children)
}

fn header(parts: &mut Parts<'_>, whole: Want) -> Option<[u8; RecordHeader::LEN]> {
    let bytes = parts.below(Want { len: RecordHeader::LEN as u64, ..whole })?;
    bytes.first_chunk().copied()
}

fn fields(
    head: RecordHeader,
    secured: Option<&Secured>,
    part: &dyn Fn(u64, u64) -> Option<Place>,
) -> Vec<Node> {
    let tls13 = secured.and_then(|it| it.version).is_some_and(|it| it.name() == "TLS 1.3");
    let kind = format!("{} ({})", head.content_type.name(), head.content_type.0);
    let mut kind = Node::new("tls.record.content_type", "Content type", kind).at(part(0, 1));
    let version = format!("{} ({:#06x})", head.version.name(), head.version.0);
    let mut version = Node::new("tls.record.version", "Version", version).at(part(1, 2));
    if tls13 {
        kind = kind.says("TLS 1.3 seals the real type behind the content (RFC 8446 5.2)");
        version = version.says("TLS 1.3 writes that of TLS 1.2 here, for middleboxes (RFC 8446 5.1)");
    }
    let len = Node::new("tls.record.length", "Length", count_of(u64::from(head.len), "byte"))
        .says("Bytes of the fragment, which is what is encrypted with all that goes with it")
        .at(part(3, 2));
    vec![kind, version, len]
}

/// The fragment: what is in front of the content, the content as it is sealed, what is behind it.
fn fragment(shown: &Shown, part: &dyn Fn(u64, u64) -> Option<Place>) -> Node {
    let (head, len) = (RecordHeader::LEN as u64, u64::from(shown.record.len));
    let (brought, plain) = (shown.brought(), shown.range.len() as u64);
    let behind = len.saturating_sub(brought + plain);
    let mut children = Vec::new();
    if brought > 0 {
        let says = "What makes this record's encryption differ from others', sent along (RFC 5246 6.2.3)";
        let node = Node::new("", "Nonce or IV", count_of(brought, "byte")).says(says);
        children.push(node.at(part(head, brought)));
    }
    if behind > 0 {
        let says = "The tag or MAC that proves it unchanged; in TLS 1.3 the content's type, and any padding";
        let node = Node::new("", "Behind the content", count_of(behind, "byte")).says(says);
        children.push(node.at(part(head + brought + plain, behind)));
    }
    Node::new("tls.app_data", "Encrypted", count_of(len, "byte")).at(part(head, len)).with(children)
}

/// Where the keys of a TLS come from.
pub fn keys(snapshot: &Snapshot, keys: Keys) -> String {
    match keys {
        Keys::From(CAPTURE) => "from the capture itself".into(),
        Keys::From(number) => match snapshot.key_logs.get(number as usize) {
            Some(name) => format!("from {name}"),
            None => "from a key log".into(),
        },
        Keys::Resumed => "follow from an earlier session's".into(),
        Keys::Missing => "no key log has them".into(),
        Keys::NoHello => "not known, as the handshake was not captured".into(),
        Keys::Unsupported => "the cipher suite is none that can be read".into(),
        Keys::NotNeeded => "nothing was encrypted".into(),
    }
}
