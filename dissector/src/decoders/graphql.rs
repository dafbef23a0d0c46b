//! GraphQL over WebSocket: the graphql-transport-ws protocol, and the older one of subscriptions-transport-ws.

use super::decoded::{Exchange, Role};
use super::input::{Facts, Input};
use super::json::{self, Json};
use super::table::{Decoder, Key, text};
use super::tree::Tree;
use super::typed::{Members, part, say};

pub(super) const TRANSPORT: Decoder = Decoder::new(
    "graphql-transport-ws",
    "GraphQL",
    "https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md",
    decode,
)
.tokens(&["graphql-transport-ws"])
.first(begins)
.keys(KEYS);

pub(super) const LEGACY: Decoder = Decoder::new(
    "graphql-ws",
    "GraphQL (legacy)",
    "https://github.com/apollographql/subscriptions-transport-ws/blob/master/PROTOCOL.md",
    decode,
)
.tokens(&["graphql-ws"]);

const KEYS: &[Key] = &[
    text("graphql.type", "The type of a message of GraphQL over WebSocket"),
    text("graphql.id", "The id of an operation"),
    text("graphql.query", "The document of an operation"),
    text("graphql.operation", "The name of an operation"),
];

const NAMES: json::Names<'_> = &[
    ("type", "graphql.type"),
    ("id", "graphql.id"),
    ("payload.query", "graphql.query"),
    ("payload.operationName", "graphql.operation"),
];

fn begins(facts: &Facts) -> bool {
    facts.first.first().into_iter().flatten().next().is_some_and(|(_, bytes)| {
        let kind = Json::outer(bytes).and_then(|outer| outer.get("type"));
        kind.is_some_and(|kind| kind.raw() == b"\"connection_init\"")
    })
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let Some(outer) = Json::outer(bytes) else { return tree.stop(0, "no JSON") };
    let [kind, id, payload] = outer.several(["type", "id", "payload"]);
    let kind = kind.map_or("message".to_owned(), Json::word);
    let role = match kind.as_str() {
        "subscribe" | "start" | "connection_init" | "ping" => Some(Role::Asks),
        // A subscription is answered as often as something happens, and in the older protocol behind an error too.
        "next" | "data" | "error" => Some(Role::Continues),
        "complete" | "connection_ack" | "connection_error" | "pong" => Some(Role::Answers),
        _ => None,
    };
    let operation = payload.and_then(|payload| payload.get("operationName")).filter(|it| it.is_string());
    let [query, errors] = payload.map_or([None; 2], |payload| payload.several(["query", "errors"]));
    // The older protocol's end of an operation has a payload that is null.
    let body = query.or(payload.filter(|payload| !payload.is_null()));
    let mut part = part(tree, kind, outer.at(), Members { event: operation, id, body, topic: None }, role);
    let failed = match part.kind.as_ref() {
        "error" | "connection_error" => payload.map(|payload| payload.elements().next().unwrap_or(payload)),
        // A result has the errors of its execution in it (GraphQL 7.1).
        "next" | "data" => errors.and_then(|errors| errors.elements().next()),
        _ => None,
    };
    part.error = failed.map(|it| it.get("message").unwrap_or(it).word());
    // Those without an id are about the connection, or a heartbeat.
    if let (None, Some(role)) = (id, role) {
        let about = if part.kind.starts_with('p') { "ping" } else { "connection" };
        part.exchange = Some(Exchange { key: about.into(), role });
    }
    say(tree, bytes, part, NAMES);
}
