//! Centrifugo's client protocol in JSON: commands and replies paired by id, pushes, and empty objects as pings;
//! several in a message, each on a line of its own.

use super::decoded::{Exchange, Part, Role};
use super::input::Input;
use super::json::{self, Json};
use super::table::{Decoder, Key, number, text};
use super::tree::{Base, Tree};
use super::typed::{Members, part, say};
use crate::ids::Side;

pub(super) const DECODER: Decoder = Decoder::new(
    "centrifugo",
    "Centrifugo",
    "https://centrifugal.dev/docs/transports/client_protocol",
    decode,
)
.tokens(&["centrifuge-json"])
.path(|facts| facts.path().ends_with("/connection/websocket"))
.keys(KEYS);

const KEYS: &[Key] = &[
    number("centrifugo.id", "The id of a command and of its reply"),
    number("centrifugo.error.code", "The code of an error"),
    text("centrifugo.channel", "The channel of a push"),
];

const NAMES: json::Names<'_> = &[
    ("id", "centrifugo.id"),
    ("error.code", "centrifugo.error.code"),
    ("push.channel", "centrifugo.channel"),
];

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let mut at = 0;
    for line in input.bytes().split_inclusive(|byte| *byte == b'\n') {
        if let Some(outer) = Json::outer(line) {
            tree.within(Base::Shifted(at as isize), |tree| {
                let part = command(input.said.side, outer, tree);
                say(tree, line, part, NAMES);
            });
        }
        at += line.len();
    }
}

fn command(side: Side, outer: Json<'_>, tree: &Tree) -> Part {
    let Some((name, body)) = outer.members().find(|(name, _)| name.raw() != b"\"id\"") else {
        // The server pings with an empty reply, and the client answers with an empty command.
        let id = outer.get("id");
        let (kind, role) = match side {
            Side::Server if id.is_none() => ("ping", Role::Asks),
            Side::Client if id.is_none() => ("pong", Role::Answers),
            _ => ("reply", Role::Answers),
        };
        let mut part = part(tree, kind, outer.at(), Members { id, ..Members::default() }, Some(role));
        part.exchange = part.exchange.or(Some(Exchange { key: b"ping".to_vec(), role }));
        return part;
    };
    let (id, kind) = (outer.get("id"), name.word());
    let role = if side == Side::Client { Role::Asks } else { Role::Answers };
    let channel = body.get("channel");
    // A push says in its second member what it is.
    let event = if kind == "push" {
        body.members().map(|(name, _)| name).find(|name| name.raw() != b"\"channel\"")
    } else {
        // A call says whom it calls.
        body.get("method").filter(|method| kind == "rpc" && method.is_string()).or(Some(name))
    };
    let error = (kind == "error").then(|| body.get("message").unwrap_or(body).word());
    let mut part =
        part(tree, kind, outer.at(), Members { event, topic: channel, id, body: Some(body) }, Some(role));
    part.error = error;
    part
}
