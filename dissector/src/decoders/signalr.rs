//! The hub protocols of ASP.NET Core SignalR: JSON in records that end with 0x1e, or MessagePack with a length before
//! each message; and the handshake, which is JSON in either.

use super::decoded::{Exchange, Part, Role, short};
use super::field::Field;
use super::input::{Facts, Input};
use super::packed::{Packing, Unpacked, unpack_for};
use super::read::Reader;
use super::table::{Decoder, Key, number, text};
use super::tree::{Base, Tree};
use crate::ids::Side;

pub(super) const DECODER: Decoder = Decoder::new(
    "signalr",
    "SignalR",
    "https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md",
    decode,
)
.first(begins)
.keys(KEYS);

const KEYS: &[Key] = &[
    number(
        "signalr.type",
        "The type of a SignalR message: 1 Invocation, 2 StreamItem, 3 Completion, 6 Ping and so on",
    ),
    text("signalr.target", "The method that an invocation calls"),
    text("signalr.invocation_id", "The id by which an invocation and what comes back are paired"),
    text("signalr.error", "The error of a completion, a close or a handshake"),
    text("signalr.protocol", "The hub protocol that a handshake asks for"),
];

/// Names of message types, and the elements of each in MessagePack behind its type.
#[rustfmt::skip]
const TYPES: &[(i128, &str, &[&str])] = &[
    (1, "Invocation",       &["headers", "invocationId", "target", "arguments", "streamIds"]),
    (2, "StreamItem",       &["headers", "invocationId", "item"]),
    (3, "Completion",       &["headers", "invocationId", "resultKind", "result"]),
    (4, "StreamInvocation", &["headers", "invocationId", "target", "arguments", "streamIds"]),
    (5, "CancelInvocation", &["headers", "invocationId"]),
    (6, "Ping",             &[]),
    (7, "Close",            &["error", "allowReconnect"]),
    (8, "Ack",              &["sequenceId"]),
    (9, "Sequence",         &["sequenceId"]),
];

/// The client's first message is a record of JSON that names a hub protocol.
fn begins(facts: &Facts) -> bool {
    facts.first_of(Side::Client).next().is_some_and(|said| {
        let record = memchr::memchr(END, said.bytes).and_then(|end| said.bytes.get(..end));
        let value = record.and_then(super::json::Json::outer);
        value.is_some_and(|value| value.get("protocol").is_some() && value.get("version").is_some())
    })
}

const END: u8 = 0x1e;

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let mut at = 0;
    // A handshake may come in a binary message as well, and what is behind it is not JSON then.
    let handshake = bytes.first() == Some(&b'{') && memchr::memchr(END, bytes).is_some();
    let packed = !input.said.text && !handshake;
    while at < bytes.len() && tree.more() {
        let rest = bytes.get(at..).unwrap_or_default();
        let (begin, len, end) = if packed || !input.said.text && at > 0 {
            let mut reader = Reader::new(rest);
            // Five bytes at most, for lengths up to 2 GiB.
            let Some(len) = reader.varint(5).done() else { return tree.stop(at, "no length of a message") };
            (reader.at(), len as usize, reader.at().saturating_add(len as usize))
        } else {
            let len = memchr::memchr(END, rest).unwrap_or(rest.len());
            (0, len, len + 1)
        };
        let whole = end <= rest.len();
        let said =
            rest.get(begin..begin.saturating_add(len)).or_else(|| rest.get(begin..)).unwrap_or_default();
        if !whole {
            tree.stop(bytes.len(), "the record ends with the message, before its own end");
        }
        let packing = if begin > 0 { Packing::MessagePack } else { Packing::Json };
        tree.within(Base::Shifted((at + begin) as isize), |tree| record(packing, said, tree));
        at = at.saturating_add(end);
    }
}

fn record(packing: Packing, bytes: &[u8], tree: &mut Tree) {
    let mut unpacked: Unpacked = unpack_for(tree, packing, bytes, "Message");
    unpacked.tell(tree);
    let Some(mut value) = unpacked.value.take() else { return };
    if packing == Packing::MessagePack {
        name_elements(&mut value);
    }
    let kind = value.child("type").and_then(Field::whole);
    let title = TYPES.iter().find(|(known, ..)| kind == Some(*known)).map(|(_, title, _)| *title);
    for child in &mut value.children {
        child.key = match child.label.as_ref() {
            "type" => "signalr.type",
            "target" => "signalr.target",
            "invocationId" => "signalr.invocation_id",
            "error" => "signalr.error",
            "protocol" => "signalr.protocol",
            _ => "",
        };
        if child.key == "signalr.type" {
            child.named = title.unwrap_or("unknown").into();
        }
    }
    let word = |label: &str| value.child(label).and_then(Field::word);
    let mut part = Part {
        at: 0..bytes.len(),
        event: word("target"),
        id: word("invocationId"),
        error: word("error"),
        ..Part::default()
    };
    let role = match kind {
        Some(1 | 4) => Some(Role::Asks),
        Some(2) => Some(Role::Continues),
        Some(3) => Some(Role::Answers),
        _ => None,
    };
    part.exchange = role.zip(part.id.clone()).map(|(role, id)| Exchange { key: id.into_bytes(), role });
    part.kind = match (title, kind) {
        (Some(title), _) => title.into(),
        (None, Some(kind)) => format!("type {kind}").into(),
        (None, None) => "Handshake".into(),
    };
    if kind.is_none() {
        let role = if word("protocol").is_some() { Role::Asks } else { Role::Answers };
        part.exchange = Some(Exchange { key: b"handshake".to_vec(), role });
    }
    if tree.tells() {
        let about =
            ["arguments", "item", "result"].into_iter().find_map(|label| value.child(label)).map(Field::line);
        let said =
            [Some(part.kind.to_string()), word("protocol"), part.event.clone(), about, part.error.clone()];
        part.summary = short(&said.into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    tree.part(part);
    tree.graft(value);
}

/// Gives the elements of a MessagePack message the names that JSON has for them.
fn name_elements(value: &mut Field) {
    let kind = value.children.first().and_then(Field::whole);
    let names = TYPES.iter().find(|(known, ..)| kind == Some(*known)).map_or(&[][..], |(.., names)| names);
    for (name, child) in std::iter::once(&"type").chain(names).zip(&mut value.children) {
        child.label = (*name).into();
    }
    // A completion's kind is 1 for an error, 2 for none, 3 for a result.
    if kind == Some(3) {
        let error = value.child("resultKind").and_then(Field::whole) == Some(1);
        for child in value.children.iter_mut().filter(|child| error && child.label == "result") {
            child.label = "error".into();
        }
    }
}
