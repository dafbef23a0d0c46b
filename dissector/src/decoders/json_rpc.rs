//! JSON-RPC 2.0: requests, notifications, responses, and batches of them.

use super::decoded::{Exchange, Part, Role, short};
use super::input::{Input, Said};
use super::json::{self, Json};
use super::table::{Decoder, Key, anything, number, text};
use super::tree::Tree;
use super::typed::say;

pub(super) const DECODER: Decoder =
    Decoder::new("json-rpc", "JSON-RPC", "https://www.jsonrpc.org/specification", decode)
        .tokens(&["jsonrpc", "jsonrpc-2.0", "jsonrpc2.0"])
        .first(|facts| facts.first.iter().flatten().next().is_some_and(|(text, bytes)| *text && is(bytes)))
        .content(|said: Said<'_>| said.text && is(said.bytes))
        .keys(KEYS);

const KEYS: &[Key] = &[
    text("jsonrpc.version", "The version of JSON-RPC"),
    text("jsonrpc.method", "The method of a request or notification"),
    anything("jsonrpc.id", "The id of a request and of its response"),
    number("jsonrpc.error.code", "The code of an error"),
    text("jsonrpc.error.message", "The message of an error"),
];

const NAMES: json::Names<'_> = &[
    ("jsonrpc", "jsonrpc.version"),
    ("method", "jsonrpc.method"),
    ("id", "jsonrpc.id"),
    ("error.code", "jsonrpc.error.code"),
    ("error.message", "jsonrpc.error.message"),
];

/// Whether a message, or the first of a batch, names the protocol's version.
fn is(bytes: &[u8]) -> bool {
    let outer = Json::outer(bytes);
    let first = outer.and_then(|outer| if outer.is_array() { outer.elements().next() } else { Some(outer) });
    first.and_then(|first| first.get("jsonrpc")).is_some_and(|version| version.raw() == b"\"2.0\"")
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let Some(outer) = Json::outer(bytes) else { return tree.stop(0, "no JSON") };
    if !outer.is_array() {
        let part = part(outer, tree);
        return say(tree, bytes, part, NAMES);
    }
    for call in outer.elements() {
        if !tree.more() {
            break;
        }
        let part = part(call, tree);
        tree.part(part);
    }
    if !tree.tells() {
        return;
    }
    if let Err(stopped) = json::check(bytes) {
        tree.stop(stopped.at, stopped.why);
    }
    let full = tree.full();
    for call in outer.elements().take_while(|_| full) {
        // Already told where it is none.
        let _ = json::grow(tree, bytes, call.at().start, "Message", NAMES);
        if tree.is_full() {
            break;
        }
    }
}

fn part(call: Json<'_>, tree: &Tree) -> Part {
    let [method, id, result, error, params, notification] =
        call.several(["method", "id", "result", "error", "params", "notification"]);
    // What the library rpc-websockets calls the method of a server's event.
    let method = method.or(notification);
    let tells = tree.tells();
    let written =
        |value: Json<'_>| String::from_utf8_lossy(value.raw().get(..400).unwrap_or(value.raw())).into_owned();
    let mut part = Part { at: call.at(), event: method.map(Json::word), ..Part::default() };
    // JSON-RPC 2.0, 4: without an id a request is a notification, and 5: null is the id of an error about a request
    // whose id could not be read.
    let id = id.filter(|id| !id.is_null() || method.is_some());
    part.id = id.map(Json::word);
    let (kind, role, said) = match (method, error.filter(|error| !error.is_null()), result) {
        (Some(_), ..) if id.is_some() => ("request", Some(Role::Asks), params.filter(|_| tells).map(written)),
        (Some(_), ..) => ("notification", None, params.filter(|_| tells).map(written)),
        (None, Some(error), _) => {
            let [code, message] = error.several(["code", "message"]);
            let said = [code, message].into_iter().flatten().map(Json::word).collect::<Vec<_>>().join(" ");
            part.error = Some(said.clone());
            ("error", Some(Role::Answers), Some(said))
        }
        (None, None, Some(result)) => ("result", Some(Role::Answers), tells.then(|| written(result))),
        _ => ("message", None, tells.then(|| written(call))),
    };
    part.kind = kind.into();
    // A number and a string that looks like it are two ids.
    part.exchange = role.zip(id.map(|id| id.raw().to_vec())).map(|(role, key)| Exchange { key, role });
    if tells {
        let id = part.id.as_ref().map(|id| format!("#{id}"));
        let words = [Some(kind.to_owned()), part.event.clone(), id, said];
        part.summary = short(&words.into_iter().flatten().collect::<Vec<_>>().join(" "));
    }
    part
}
