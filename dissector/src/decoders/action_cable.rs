//! Action Cable of Ruby on Rails: commands of the client, and messages of the server by type or identifier.

use super::decoded::{Exchange, Role};
use super::input::Input;
use super::json::{self, Json};
use super::table::{Decoder, Key, text};
use super::tree::Tree;
use super::typed::{Members, part, say};

pub(super) const DECODER: Decoder = Decoder::new(
    "actioncable",
    "Action Cable",
    "https://docs.anycable.io/misc/action_cable_protocol",
    decode,
)
.tokens(&["actioncable-v1-json", "actioncable-v1-ext-json"])
.keys(KEYS);

const KEYS: &[Key] = &[
    text("actioncable.command", "The command of a client: subscribe, unsubscribe or message"),
    text("actioncable.type", "The type of a server's message: welcome, ping, confirm_subscription and so on"),
    text("actioncable.identifier", "The channel's identifier, JSON in a string"),
];

const NAMES: json::Names<'_> = &[
    ("command", "actioncable.command"),
    ("type", "actioncable.type"),
    ("identifier", "actioncable.identifier"),
];

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let Some(outer) = Json::outer(bytes) else { return tree.stop(0, "no JSON") };
    let [command, kind, identifier, message, data] =
        outer.several(["command", "type", "identifier", "message", "data"]);
    let reason = outer.get("reason");
    let title = command.or(kind).map_or("message".to_owned(), Json::word);
    // What a client says to a channel is JSON in a string, which names the channel's method.
    let inner = data.and_then(Json::string);
    let inner = inner.as_deref().and_then(|text| Json::outer(text.as_bytes()));
    let action = inner.and_then(|data| data.get("action")).filter(|_| title == "message");
    let members = Members {
        event: action.or(command).or(kind),
        topic: identifier,
        id: None,
        body: inner.or(data).or(message).or(reason),
    };
    let mut part = part(tree, title, outer.at(), members, None);
    let role = match part.kind.as_ref() {
        "subscribe" => Some(Role::Asks),
        "confirm_subscription" | "reject_subscription" => Some(Role::Answers),
        _ => None,
    };
    part.exchange = role.zip(part.topic.clone()).map(|(role, key)| Exchange { key: key.into_bytes(), role });
    if part.kind == "reject_subscription" {
        part.error = Some("subscription rejected".into());
    } else if part.kind == "disconnect" {
        part.error = reason.map(Json::word);
    }
    say(tree, bytes, part, NAMES);
    for (label, string) in [("Identifier", identifier), ("Data", data)] {
        nested(tree, label, string);
    }
}

/// JSON in a string, as a field of its own; applications may have other strings there.
fn nested(tree: &mut Tree, label: &str, string: Option<Json<'_>>) {
    let Some(string) = string.filter(|_| tree.full()) else { return };
    let Some(text) = string.string().filter(|text| json::check(text.as_bytes()).is_ok()) else { return };
    tree.within(json::inside(string.raw(), string.at().start), |tree| {
        json::content(tree, text.as_bytes(), label, &[]);
    });
}
