//! The Chrome DevTools Protocol: commands and results paired by id within a session, and events.

use super::decoded::{Exchange, Role};
use super::input::Input;
use super::json::{self, Json};
use super::table::{Decoder, Key, number, text};
use super::tree::Tree;
use super::typed::{Members, part, say};

pub(super) const DECODER: Decoder =
    Decoder::new("cdp", "Chrome DevTools", "https://chromedevtools.github.io/devtools-protocol/", decode)
        .path(|facts| facts.path().starts_with("/devtools/"))
        .keys(KEYS);

const KEYS: &[Key] = &[
    text("cdp.method", "The method of a command or an event, with its domain"),
    number("cdp.id", "The id of a command and of its result"),
    text("cdp.session", "The session of a target"),
    number("cdp.error.code", "The code of an error"),
];

const NAMES: json::Names<'_> = &[
    ("method", "cdp.method"),
    ("id", "cdp.id"),
    ("sessionId", "cdp.session"),
    ("error.code", "cdp.error.code"),
];

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let Some(outer) = Json::outer(bytes) else { return tree.stop(0, "no JSON") };
    let [id, method, params, result, error, session] =
        outer.several(["id", "method", "params", "result", "error", "sessionId"]);
    let (kind, role) = match (method, id) {
        (Some(_), Some(_)) => ("command", Some(Role::Asks)),
        (Some(_), None) => ("event", None),
        (None, _) if error.is_some() => ("error", Some(Role::Answers)),
        _ => ("result", Some(Role::Answers)),
    };
    let members = Members { event: method, topic: session, id, body: error.or(params).or(result) };
    let mut part = part(tree, kind, outer.at(), members, role);
    part.error = error.map(|error| error.get("message").unwrap_or(error).word());
    if let (Some(session), Some(Exchange { key, .. })) = (session, &mut part.exchange) {
        key.extend_from_slice(session.raw());
    }
    say(tree, bytes, part, NAMES);
}
