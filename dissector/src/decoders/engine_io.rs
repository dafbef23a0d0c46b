//! Engine.IO, versions 3 and 4 of its protocol: one packet a message, its type the first character.
//!
//! What its messages carry is Socket.IO's, or whatever the application sends.

use super::choose::decode_inside;
use super::decoded::{Exchange, Part, Role, short};
use super::input::{Facts, Input};
use super::json::{self, Json};
use super::plain::begun;
use super::table::{Decoder, Key, number, text};
use super::tree::{Base, Tree};
use crate::ids::Side;

/// Engine.IO, and what it carries by its content.
pub(super) const DECODER: Decoder =
    Decoder::new("engine.io", "Engine.IO", "https://socket.io/docs/v4/engine-io-protocol/", decode)
        .path(|facts| facts.path().contains("/engine.io/"))
        .keys(KEYS);

pub(super) const KEYS: &[Key] = &[
    number(
        "engineio.type",
        "The type of an Engine.IO packet: 0 open, 1 close, 2 ping, 3 pong, 4 message, 5 upgrade, 6 noop",
    ),
    text("engineio.sid", "The session's id, as the open packet gives it"),
    number("engineio.ping_interval", "Milliseconds between pings, as the open packet gives them"),
    number("engineio.ping_timeout", "Milliseconds that a ping may wait for its pong"),
];

/// The members of the open packet's payload.
const OPEN: json::Names<'_> = &[
    ("sid", "engineio.sid"),
    ("pingInterval", "engineio.ping_interval"),
    ("pingTimeout", "engineio.ping_timeout"),
];

const TYPES: [&str; 7] = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];

/// The version of the protocol that the request asks for; 4 where it does not say.
pub(super) fn version(facts: &Facts) -> u8 {
    facts.parameter("EIO").and_then(|version| version.parse().ok()).unwrap_or(4)
}

/// Whether a connection's first messages are Engine.IO's: the server opens with the session's id, or a client that
/// comes from polling probes.
pub(super) fn begins(facts: &Facts) -> bool {
    let opens = facts.first_of(Side::Server).next().is_some_and(|said| {
        let sid = said.bytes.strip_prefix(b"0").and_then(Json::outer).and_then(|open| open.get("sid"));
        said.text && sid.is_some()
    });
    opens || facts.first_of(Side::Client).next().is_some_and(|said| said.text && said.bytes == b"2probe")
}

/// What an Engine.IO packet is, once its type was read.
pub(super) enum Packet<'a> {
    /// A message: its payload begins at this place of what was read.
    Message { text: bool, payload: &'a [u8], at: usize },
    /// Anything else, which is said already.
    Own,
}

/// Reads a packet up to its payload.
pub(super) fn packet<'a>(input: &Input<'a>, tree: &mut Tree) -> Packet<'a> {
    let bytes = input.bytes();
    if !input.said.text {
        // Version 3 writes the type of a binary packet as a byte, version 4 only ever sends messages so.
        return match bytes.split_first() {
            Some((4, payload)) if version(input.facts) < 4 => {
                tree.named("engineio.type", "Type", 4, "message", 0..1);
                Packet::Message { text: false, payload, at: 1 }
            }
            _ => Packet::Message { text: false, payload: bytes, at: 0 },
        };
    }
    let Some((first, payload)) = bytes.split_first() else {
        tree.stop(0, "no packet type");
        return Packet::Own;
    };
    if *first == b'b' {
        tree.stop(0, "binary in base64 belongs to polling");
        return Packet::Own;
    }
    let number = first.wrapping_sub(b'0');
    let Some(name) = TYPES.get(usize::from(number)) else {
        tree.stop(0, "no packet type of Engine.IO");
        return Packet::Own;
    };
    tree.named("engineio.type", "Type", number, name, 0..1);
    if number == 4 {
        return Packet::Message { text: true, payload, at: 1 };
    }
    let mut part =
        Part { kind: (*name).into(), summary: (*name).to_owned(), at: 0..bytes.len(), ..Part::default() };
    match number {
        0 => {
            let sid = Json::outer(payload).and_then(|open| open.get("sid")).map(Json::word);
            if tree.tells() {
                part.summary = sid.as_ref().map_or("open".into(), |sid| format!("open, session {sid}"));
                tree.within(Base::Shifted(1), |tree| json::content(tree, payload, "Handshake", OPEN));
            }
            part.id = sid;
        }
        2 | 3 => {
            let role = if number == 2 { Role::Asks } else { Role::Answers };
            part.exchange = Some(Exchange { key: [b"ping ", payload].concat(), role });
            if !payload.is_empty() && tree.tells() {
                part.summary = format!("{name} {}", short(&String::from_utf8_lossy(payload)));
                tree.data("", "Payload", payload, 1..bytes.len());
            }
        }
        _ if !payload.is_empty() => tree.data("", "Payload", payload, 1..bytes.len()),
        _ => {}
    }
    tree.part(part);
    Packet::Own
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let Packet::Message { text, payload, at } = packet(input, tree) else { return };
    let before = tree.parts();
    tree.within(Base::Shifted(at as isize), |tree| {
        if text && tree.tells() {
            decode_inside(&input.within(true, payload), tree);
        } else {
            tree.bytes("", "Payload", payload, 0..payload.len());
        }
    });
    let inside = tree.take_parts(before);
    let mut summary = String::new();
    if tree.tells() {
        let said = inside.first().map_or_else(|| begun(payload), |part| part.summary.clone());
        summary = format!("message {said}");
    }
    tree.part(Part { kind: "message".into(), summary, at: 0..input.bytes().len(), ..Part::default() });
}
