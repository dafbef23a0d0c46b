//! Which message answers which: the ids that subprotocols write into their messages, read scheme by scheme.
//!
//! A scheme is an entry of [`SCHEMES`] and reads the beginning of one message. Knows no window and no capture.

mod shallow;

use std::collections::HashMap;

use dissector::ids::Side;

use self::shallow::{elements, members, word};

/// What a message says of the exchange that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// What question and answer have in common.
    pub key: Box<[u8]>,
    /// Which of the two it is.
    pub role: Role,
}

/// The part that a message plays in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It asks.
    Asks,
    /// It answers what the other side asked.
    Answers,
    /// It answers where the other side asked by this id, and asks where nobody did.
    Either,
}

/// A way to write ids.
#[derive(Debug)]
pub struct Scheme {
    /// What it is called.
    pub name: &'static str,
    /// The subprotocols that use it; none where it is tried on whatever no other scheme claims.
    pub subprotocols: &'static [&'static str],
    /// Reads a message, or the beginning of one.
    pub read: fn(&[u8]) -> Option<Tag>,
}

/// The schemes that are known.
pub const SCHEMES: &[Scheme] = &[
    Scheme { name: "GraphQL", subprotocols: &["graphql-transport-ws", "graphql-ws"], read: graphql },
    Scheme { name: "WAMP", subprotocols: &["wamp.2.json"], read: wamp },
    Scheme { name: "JSON-RPC", subprotocols: &[], read: json_rpc },
];

/// What a message says of its exchange, by the scheme of its connection's subprotocol.
pub fn tag(subprotocol: Option<&str>, payload: &[u8]) -> Option<Tag> {
    let agreed =
        SCHEMES.iter().find(|scheme| subprotocol.is_some_and(|it| scheme.subprotocols.contains(&it)));
    match agreed {
        Some(scheme) => (scheme.read)(payload),
        None => {
            let any = SCHEMES.iter().filter(|scheme| scheme.subprotocols.is_empty());
            any.into_iter().find_map(|scheme| (scheme.read)(payload))
        }
    }
}

/// Questions that wait for their answers, as messages are heard in order.
#[derive(Debug, Default)]
pub struct Waiting {
    asked: HashMap<(usize, Box<[u8]>), u32>,
}

impl Waiting {
    /// Hears the message at `place`, and gives the place of the question that it answers.
    pub fn hear(&mut self, place: u32, side: Side, tag: &Tag) -> Option<u32> {
        let question = self.asked.get(&(side.other().index(), tag.key.clone())).copied();
        match tag.role {
            Role::Answers => question,
            Role::Either if question.is_some() => question,
            Role::Asks | Role::Either => {
                self.asked.insert((side.index(), tag.key.clone()), place);
                None
            }
        }
    }
}

fn tagged(key: &[u8], role: Role) -> Option<Tag> {
    // JSON-RPC 2.0, 4.2: null is the id of an error about a request whose id could not be read.
    (!key.is_empty() && key != b"null").then(|| Tag { key: key.into(), role })
}

/// JSON-RPC 2.0, 4 and 5, and whatever else has an `id` in both directions.
fn json_rpc(payload: &[u8]) -> Option<Tag> {
    let (mut id, mut role) = (None, Role::Either);
    for (name, value) in members(payload) {
        match name {
            b"id" => id = Some(value),
            b"method" => role = Role::Asks,
            b"result" | b"error" if role == Role::Either => role = Role::Answers,
            _ => {}
        }
    }
    tagged(id.filter(|id| !matches!(id.first(), Some(b'{' | b'[')))?, role)
}

/// The types of messages of GraphQL over WebSocket, in its newer and its older form.
#[rustfmt::skip]
const GRAPHQL: &[(&str, Role)] = &[
    ("connection_init",  Role::Asks),
    ("connection_ack",   Role::Answers),
    ("connection_error", Role::Answers),
    ("subscribe",        Role::Asks),
    ("start",            Role::Asks),
    ("next",             Role::Answers),
    ("data",             Role::Answers),
    ("error",            Role::Answers),
    ("complete",         Role::Answers),
    ("ping",             Role::Asks),
    ("pong",             Role::Answers),
];

fn graphql(payload: &[u8]) -> Option<Tag> {
    let (mut id, mut kind): (Option<&[u8]>, Option<&str>) = (None, None);
    for (name, value) in members(payload) {
        match name {
            b"id" => id = Some(value),
            b"type" => kind = word(value),
            _ => {}
        }
    }
    let (kind, role) = GRAPHQL.iter().find(|(known, _)| kind == Some(known))?;
    // Those without an id are about the connection, or a heartbeat.
    let about: &[u8] = if kind.starts_with('p') { b"ping" } else { b"connection" };
    tagged(id.unwrap_or(about), *role)
}

/// Codes of WAMP's messages: what asks and where its id stands, and what answers it (the WAMP protocol, 6.5).
#[rustfmt::skip]
const WAMP: &[(&[u8], usize, Role)] = &[
    (b"48", 1, Role::Asks),     // CALL
    (b"50", 1, Role::Answers),  // RESULT
    (b"32", 1, Role::Asks),     // SUBSCRIBE
    (b"33", 1, Role::Answers),  // SUBSCRIBED
    (b"34", 1, Role::Asks),     // UNSUBSCRIBE
    (b"35", 1, Role::Answers),  // UNSUBSCRIBED
    (b"16", 1, Role::Asks),     // PUBLISH
    (b"17", 1, Role::Answers),  // PUBLISHED
    (b"64", 1, Role::Asks),     // REGISTER
    (b"65", 1, Role::Answers),  // REGISTERED
    (b"66", 1, Role::Asks),     // UNREGISTER
    (b"67", 1, Role::Answers),  // UNREGISTERED
    (b"68", 1, Role::Asks),     // INVOCATION
    (b"70", 1, Role::Answers),  // YIELD
    (b"8",  2, Role::Answers),  // ERROR
];

fn wamp(payload: &[u8]) -> Option<Tag> {
    let parts: Vec<&[u8]> = elements(payload).take(3).collect();
    let (_, at, role) = WAMP.iter().find(|(code, ..)| parts.first() == Some(code))?;
    tagged(parts.get(*at).copied()?, *role)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(subprotocol: &str, payload: &str) -> Option<(String, Role)> {
        let subprotocol = Some(subprotocol).filter(|it| !it.is_empty());
        let tag = tag(subprotocol, payload.as_bytes())?;
        Some((String::from_utf8_lossy(&tag.key).into_owned(), tag.role))
    }

    /// Each scheme finds the id and the role, also where the message is only begun, and keeps numbers and strings
    /// apart.
    #[test]
    fn ids_are_read() {
        let tag = |key: &str, role| Some((key.to_owned(), role));
        assert_eq!(said("", r#"{"jsonrpc":"2.0","method":"sum","id":1}"#), tag("1", Role::Asks));
        assert_eq!(said("", r#"{ "result" : {"id": 9} , "id" : "1" }"#), tag("\"1\"", Role::Answers));
        assert_eq!(said("", r#"{"error":{},"id":null}"#), None);
        assert_eq!(said("", r#"{"id":7,"payload":"never finis"#), tag("7", Role::Either));
        assert_eq!(said("graphql-ws", r#"{"type":"next","id":"a"}"#), tag("\"a\"", Role::Answers));
        assert_eq!(said("graphql-ws", r#"{"type":"connection_ack"}"#), tag("connection", Role::Answers));
        assert_eq!(said("wamp.2.json", "[48, 77, {}, \"sum\", [1, 2]]"), tag("77", Role::Asks));
        assert_eq!(said("wamp.2.json", "[8,48,77,{},\"no\"]"), tag("77", Role::Answers));
        for rubbish in ["", "{", "{\"id\"", "[[[[", "{\"id\":", "\u{0}", "{]}", "{\"id\":{\"id\":1}}"] {
            assert_eq!(said("", rubbish), None, "{rubbish}");
        }
    }

    /// An answer finds the other side's question and not its own, and a question may have many answers.
    #[test]
    fn answers_find_their_question() {
        let mut waiting = Waiting::default();
        let tag = |role| Tag { key: (*b"1").into(), role };
        assert_eq!(waiting.hear(1, Side::Client, &tag(Role::Asks)), None);
        assert_eq!(waiting.hear(2, Side::Client, &tag(Role::Answers)), None);
        assert_eq!(waiting.hear(3, Side::Server, &tag(Role::Answers)), Some(1));
        assert_eq!(waiting.hear(4, Side::Server, &tag(Role::Either)), Some(1));
    }
}
