//! SocketCluster: events with a call's id `cid`, responses with `rid`, channels, and its own pings.

use super::decoded::{Exchange, Part, Role};
use super::input::{Facts, Input};
use super::json::{self, Json};
use super::table::{Decoder, Key, number, text};
use super::tree::Tree;
use super::typed::{Members, part, say};
use crate::ids::Side;

pub(super) const DECODER: Decoder = Decoder::new(
    "socketcluster",
    "SocketCluster",
    "https://github.com/SocketCluster/socketcluster/blob/master/socketcluster-protocol.md",
    decode,
)
.path(|facts| facts.path().ends_with("/socketcluster/"))
.first(begins)
.keys(KEYS);

const KEYS: &[Key] = &[
    text("socketcluster.event", "The event of a SocketCluster message; those of its own begin with #"),
    text("socketcluster.channel", "The channel of a message of SocketCluster's own events"),
    number("socketcluster.cid", "The id of a call"),
    number("socketcluster.rid", "The id of the call that a response answers"),
];

const NAMES: json::Names<'_> = &[
    ("event", "socketcluster.event"),
    ("data.channel", "socketcluster.channel"),
    ("cid", "socketcluster.cid"),
    ("rid", "socketcluster.rid"),
];

fn begins(facts: &Facts) -> bool {
    facts.first_of(Side::Client).next().is_some_and(|said| {
        let event = Json::outer(said.bytes).and_then(|outer| outer.get("event"));
        event.is_some_and(|event| event.raw() == b"\"#handshake\"")
    })
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    // The server pings with #1 or an empty message, and the client answers with #2 or an empty one.
    if matches!(bytes, b"" | b"#1" | b"#2") {
        let (kind, role) = match input.said.side {
            Side::Server => ("ping", Role::Asks),
            Side::Client => ("pong", Role::Answers),
        };
        let exchange = Some(Exchange { key: b"ping".to_vec(), role });
        tree.data("", "Heartbeat", bytes, 0..bytes.len());
        let at = 0..bytes.len();
        return tree.part(Part { kind: kind.into(), summary: kind.into(), exchange, at, ..Part::default() });
    }
    let Some(outer) = Json::outer(bytes) else { return tree.stop(0, "no JSON") };
    let [event, data, cid, rid, error] = outer.several(["event", "data", "cid", "rid", "error"]);
    let own = event.is_some_and(|event| event.raw().starts_with(b"\"#"));
    let channel = data.filter(|_| own).and_then(|data| data.get("channel"));
    let (kind, role) = match (event, rid) {
        (_, Some(_)) if error.is_some() => ("error", Some(Role::Answers)),
        (_, Some(_)) => ("response", Some(Role::Answers)),
        (Some(_), None) if cid.is_some() => ("call", Some(Role::Asks)),
        (Some(event), None) if event.raw() == b"\"#publish\"" => ("publish", None),
        _ => ("transmit", None),
    };
    let members = Members { event, topic: channel, id: rid.or(cid), body: error.or(data) };
    let mut part = part(tree, kind, outer.at(), members, role);
    part.error = error.map(|error| error.get("message").unwrap_or(error).word());
    say(tree, bytes, part, NAMES);
}
