//! Phoenix channels: `[join_ref, ref, topic, event, payload]` (version 2), or an object of the same (version 1); and
//! the binary messages of version 2, which have sizes, the words of these sizes, and a payload.

use super::decoded::{Exchange, Part, Role, short};
use super::input::{Facts, Input};
use super::json::{self, Json};
use super::read::Reader;
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
        return binary(input, tree);
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
    if event.is_some_and(|event| event.raw() == b"\"phx_error\"") {
        part.error = Some("the channel crashed".into());
    }
    say(tree, bytes, part, NAMES);
}

/// A word of a binary message: its key and what it is called.
type Word = (&'static str, &'static str);

const JOIN_REF: Word = ("phoenix.join_ref", "Join reference");
const REF: Word = ("phoenix.ref", "Reference");
const TOPIC: Word = ("phoenix.topic", "Topic");
const EVENT: Word = ("phoenix.event", "Event");
const STATUS: Word = ("phoenix.status", "Status");

/// What a binary message of this kind is called, and its words.
fn layout(kind: u8, side: Side) -> Option<(&'static str, &'static [Word])> {
    match (kind, side) {
        (0, Side::Client) => Some(("push", &[JOIN_REF, REF, TOPIC, EVENT])),
        (0, Side::Server) => Some(("message", &[JOIN_REF, TOPIC, EVENT])),
        (1, _) => Some(("reply", &[JOIN_REF, REF, TOPIC, STATUS])),
        (2, _) => Some(("broadcast", &[TOPIC, EVENT])),
        _ => None,
    }
}

fn binary(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let mut reader = Reader::new(bytes);
    let read = reader.u8().and_then(|kind| layout(kind, input.said.side));
    let Some((kind, words)) = read else {
        tree.stop(0, "no kind of Phoenix's binary messages");
        return (super::plain::DATA.decode)(input, tree);
    };
    tree.named("", "Kind", bytes.first().copied().unwrap_or_default(), kind, 0..1);
    let mut part = Part { kind: kind.into(), at: 0..bytes.len(), ..Part::default() };
    let sizes = reader.take(words.len());
    if sizes.is_none() {
        tree.stop(1, "the sizes are cut off");
    }
    let mut status = None;
    for (field, size) in words.iter().zip(sizes.unwrap_or_default()) {
        let start = reader.at();
        let Some(word) = reader.take(usize::from(*size)) else {
            tree.stop(start, "a word is cut off");
            part.summary = short(kind);
            return tree.part(part);
        };
        let word = String::from_utf8_lossy(word).into_owned();
        tree.text(field.0, field.1, &word, start..reader.at());
        // Nothing is written where there is no reference.
        let word = Some(word).filter(|word| !word.is_empty());
        match *field {
            REF => part.id = word,
            TOPIC => part.topic = word,
            EVENT => part.event = word,
            STATUS => status = word,
            _ => {}
        }
    }
    let payload = reader.rest();
    if sizes.is_some() {
        tree.data("", "Payload", payload, reader.at()..bytes.len());
    }
    let role = match kind {
        "push" => Some(Role::Asks),
        "reply" => Some(Role::Answers),
        _ => None,
    };
    // References are strings in JSON: a message of text may be answered by one of bytes.
    part.exchange =
        role.zip(part.id.as_ref()).map(|(role, id)| Exchange { key: format!("\"{id}\"").into_bytes(), role });
    if kind == "reply" {
        part.event = Some("phx_reply".into());
        part.error = status.clone().filter(|status| status == "error");
    }
    if tree.tells() {
        let numbered = part.id.as_ref().map(|id| format!("#{id}"));
        let said = super::plain::begun(payload);
        let words = [part.event.as_deref(), part.topic.as_deref(), numbered.as_deref(), status.as_deref()];
        let words: Vec<&str> =
            [Some(kind)].into_iter().chain(words).chain([Some(&*said)]).flatten().collect();
        part.summary = short(words.join(" ").trim_end());
    }
    tree.part(part);
}
