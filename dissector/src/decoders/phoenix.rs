//! Phoenix channels: `[join_ref, ref, topic, event, payload]` (version 2), or an object of the same (version 1).

use super::decoded::Role;
use super::input::{Facts, Input};
use super::json::{self, Json};
use super::table::{Decoder, Key, text};
use super::tree::Tree;
use super::typed::{Members, part, say};
use crate::ids::Side;

pub(super) const DECODER: Decoder = Decoder::new(
    "phoenix",
    "Phoenix channels",
    "https://hexdocs.pm/phoenix/writing_a_channels_client.html",
    decode,
)
.tokens(&["phoenix"])
.path(|facts| facts.path().ends_with("/websocket") && facts.parameter("vsn").is_some())
.first(begins)
.keys(KEYS);

const KEYS: &[Key] = &[
    text("phoenix.topic", "The topic of a Phoenix message"),
    text("phoenix.event", "The event of a Phoenix message"),
    text("phoenix.ref", "The reference by which a message and its reply are paired"),
    text("phoenix.join_ref", "The reference of the join that a message belongs to"),
    text("phoenix.status", "The status of a reply"),
];

const NAMES: json::Names<'_> = &[
    ("0", "phoenix.join_ref"),
    ("1", "phoenix.ref"),
    ("2", "phoenix.topic"),
    ("3", "phoenix.event"),
    ("4.status", "phoenix.status"),
    ("join_ref", "phoenix.join_ref"),
    ("ref", "phoenix.ref"),
    ("topic", "phoenix.topic"),
    ("event", "phoenix.event"),
    ("payload.status", "phoenix.status"),
];

fn begins(facts: &Facts) -> bool {
    facts.first_of(Side::Client).next().is_some_and(|said| {
        let [.., event, _] = elements(said.bytes);
        event.is_some_and(|event| event.raw() == b"\"phx_join\"")
    })
}

/// Join reference, reference, topic, event and payload.
fn elements(bytes: &[u8]) -> [Option<Json<'_>>; 5] {
    let Some(outer) = Json::outer(bytes) else { return [None; 5] };
    if !outer.is_array() {
        return outer.several(["join_ref", "ref", "topic", "event", "payload"]);
    }
    let mut elements = outer.elements();
    std::array::from_fn(|_| elements.next())
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    if !input.said.text {
        tree.stop(0, "a binary message of Phoenix is not read");
        return (super::plain::DATA.decode)(input, tree);
    }
    let [_, id, topic, event, payload] = elements(bytes);
    let id = id.filter(|id| !id.is_null());
    let reply = event.is_some_and(|event| event.raw() == b"\"phx_reply\"");
    let (kind, role) = match (reply, input.said.side) {
        (true, _) => ("reply", id.map(|_| Role::Answers)),
        (false, Side::Client) => ("push", id.map(|_| Role::Asks)),
        (false, Side::Server) => ("message", None),
    };
    let members = Members { event, topic, id, body: payload };
    let mut part = part(tree, kind, 0..bytes.len(), members, role);
    let status = payload.filter(|_| reply).and_then(|payload| payload.get("status"));
    if status.is_some_and(|status| status.raw() == b"\"error\"") {
        let reason = payload.and_then(|payload| payload.get("response"));
        part.error = reason.map(|reason| reason.get("reason").unwrap_or(reason).word());
    }
    say(tree, bytes, part, NAMES);
}
