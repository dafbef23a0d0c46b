//! WAMP v2, in JSON, MessagePack or CBOR, also batched: a message is a list that begins with its type's code.

use super::decoded::{Exchange, Part, Role};
use super::field::{Field, Value};
use super::input::Input;
use super::packed::{Packing, unpack_for};
use super::table::{Decoder, Key, number, text};
use super::tree::{Base, Tree};

pub(super) const DECODER: Decoder =
    Decoder::new("wamp", "WAMP", "https://wamp-proto.org/wamp_latest_ietf.html", decode)
        .tokens(&[
            "wamp.2.json",
            "wamp.2.msgpack",
            "wamp.2.cbor",
            "wamp.2.json.batched",
            "wamp.2.msgpack.batched",
            "wamp.2.cbor.batched",
        ])
        .keys(KEYS);

const KEYS: &[Key] = &[
    number("wamp.type", "The code of a WAMP message's type: 1 HELLO, 16 PUBLISH, 48 CALL and so on"),
    number("wamp.request", "The id of a request"),
    number("wamp.session", "The id of a session"),
    number("wamp.subscription", "The id of a subscription"),
    number("wamp.publication", "The id of a publication"),
    number("wamp.registration", "The id of a registration"),
    number("wamp.request_type", "The type of the request that an ERROR is about"),
    text("wamp.realm", "The realm of a HELLO"),
    text("wamp.topic", "The topic of a PUBLISH or SUBSCRIBE"),
    text("wamp.procedure", "The procedure of a CALL or REGISTER"),
    text("wamp.error", "The error of an ERROR"),
    text("wamp.reason", "The reason of an ABORT or GOODBYE"),
];

/// An element of a message behind its code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Request,
    Session,
    Subscription,
    Publication,
    Registration,
    RequestType,
    Details,
    Realm,
    Topic,
    Procedure,
    Error,
    Reason,
    Method,
    Extra,
    Signature,
    Args,
    Kwargs,
}

use Slot::*;

impl Slot {
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Request => ("wamp.request", "Request"),
            Session => ("wamp.session", "Session"),
            Subscription => ("wamp.subscription", "Subscription"),
            Publication => ("wamp.publication", "Publication"),
            Registration => ("wamp.registration", "Registration"),
            RequestType => ("wamp.request_type", "Request type"),
            Details => ("", "Details"),
            Realm => ("wamp.realm", "Realm"),
            Topic => ("wamp.topic", "Topic"),
            Procedure => ("wamp.procedure", "Procedure"),
            Error => ("wamp.error", "Error"),
            Reason => ("wamp.reason", "Reason"),
            Method => ("", "AuthMethod"),
            Extra => ("", "Extra"),
            Signature => ("", "Signature"),
            Args => ("", "Arguments"),
            Kwargs => ("", "ArgumentsKw"),
        }
    }
}

/// Codes, names and elements of messages (the WAMP protocol, "Message Definitions"), and the part in an exchange.
#[rustfmt::skip]
const TYPES: &[(i128, &str, &[Slot], Option<Role>)] = &[
    (1,  "HELLO",        &[Realm, Details], Some(Role::Asks)),
    (2,  "WELCOME",      &[Session, Details], Some(Role::Answers)),
    (3,  "ABORT",        &[Details, Reason], Some(Role::Answers)),
    (4,  "CHALLENGE",    &[Method, Extra], None),
    (5,  "AUTHENTICATE", &[Signature, Extra], None),
    (6,  "GOODBYE",      &[Details, Reason], Some(Role::Either)),
    (8,  "ERROR",        &[RequestType, Request, Details, Error, Args, Kwargs], Some(Role::Answers)),
    (16, "PUBLISH",      &[Request, Details, Topic, Args, Kwargs], Some(Role::Asks)),
    (17, "PUBLISHED",    &[Request, Publication], Some(Role::Answers)),
    (32, "SUBSCRIBE",    &[Request, Details, Topic], Some(Role::Asks)),
    (33, "SUBSCRIBED",   &[Request, Subscription], Some(Role::Answers)),
    (34, "UNSUBSCRIBE",  &[Request, Subscription], Some(Role::Asks)),
    (35, "UNSUBSCRIBED", &[Request, Details], Some(Role::Answers)),
    (36, "EVENT",        &[Subscription, Publication, Details, Args, Kwargs], None),
    (48, "CALL",         &[Request, Details, Procedure, Args, Kwargs], Some(Role::Asks)),
    (49, "CANCEL",       &[Request, Details], None),
    (50, "RESULT",       &[Request, Details, Args, Kwargs], Some(Role::Answers)),
    (64, "REGISTER",     &[Request, Details, Procedure], Some(Role::Asks)),
    (65, "REGISTERED",   &[Request, Registration], Some(Role::Answers)),
    (66, "UNREGISTER",   &[Request, Registration], Some(Role::Asks)),
    (67, "UNREGISTERED", &[Request, Details], Some(Role::Answers)),
    (68, "INVOCATION",   &[Request, Registration, Details, Args, Kwargs], Some(Role::Asks)),
    (69, "INTERRUPT",    &[Request, Details], None),
    (70, "YIELD",        &[Request, Details, Args, Kwargs], Some(Role::Answers)),
];

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let token = input.facts.subprotocol.as_deref().unwrap_or_default();
    let packing = match token {
        _ if token.contains("msgpack") => Packing::MessagePack,
        _ if token.contains("cbor") => Packing::Cbor,
        _ => Packing::Json,
    };
    if !token.ends_with(".batched") {
        let end = message(packing, bytes, tree);
        if bytes.get(end..).is_some_and(|rest| !rest.trim_ascii().is_empty()) {
            tree.stop(end, "more comes behind the message");
        }
        return;
    }
    let mut at = 0;
    while at < bytes.len() && tree.more() {
        let rest = bytes.get(at..).unwrap_or_default();
        // Batched JSON ends with 0x1e; batched binary messages have their length before them, in four bytes.
        let (begin, len, end) = if packing == Packing::Json {
            let len = memchr::memchr(0x1e, rest).unwrap_or(rest.len());
            (0, len, len + 1)
        } else {
            let Some(len) = super::read::Reader::new(rest).u32() else {
                return tree.stop(at, "no length of a batched message");
            };
            (4, len as usize, 4 + len as usize)
        };
        let said = rest.get(begin..begin + len);
        if said.is_none() {
            tree.stop(bytes.len(), "the message ends before the batched one does");
        }
        let said = said.or_else(|| rest.get(begin..)).unwrap_or_default();
        tree.within(Base::Shifted((at + begin) as isize), |tree| message(packing, said, tree));
        at += end;
    }
}

fn message(packing: Packing, bytes: &[u8], tree: &mut Tree) -> usize {
    let mut unpacked = unpack_for(tree, packing, bytes, "Message");
    unpacked.tell(tree);
    let Some(mut value) = unpacked.value.take() else { return unpacked.end };
    let code = value.children.first().and_then(Field::whole);
    let known = TYPES.iter().find(|(known, ..)| code == Some(*known));
    let Some((code, title, slots, role)) = known else {
        tree.stop(0, "no message type of WAMP");
        let summary = value.line();
        tree.graft(value);
        tree.part(Part { kind: "message".into(), summary, at: 0..unpacked.end, ..Part::default() });
        return unpacked.end;
    };
    let mut part = Part { kind: (*title).into(), at: 0..unpacked.end, ..Part::default() };
    let mut said = vec![(*title).to_owned()];
    let (mut request_type, mut role) = (*code, *role);
    if let Some(first) = value.children.first_mut() {
        (first.key, first.label, first.named) = ("wamp.type", "Type".into(), (*title).into());
    }
    for (slot, element) in slots.iter().zip(value.children.iter_mut().skip(1)) {
        let (key, label) = slot.names();
        (element.key, element.label) = (key, label.into());
        let word = element.word();
        match slot {
            Request => part.id = word.clone(),
            Session | Publication | Registration if part.id.is_none() => part.id = word.clone(),
            RequestType => request_type = element.whole().unwrap_or_default(),
            Topic | Realm => part.topic = word.clone(),
            Subscription => part.topic = part.topic.take().or(word.clone()),
            Procedure => part.event = word.clone(),
            Error => part.error = word.clone(),
            Reason if *code == 3 => part.error = word.clone(),
            // Whether it is acknowledged, and whether more results follow, stands in a message's options.
            Details => {
                let set = |name: &str| element.child(name).is_some_and(|it| it.value == Value::Flag(true));
                role = match *code {
                    16 if !set("acknowledge") => None,
                    50 | 70 if set("progress") => Some(Role::Continues),
                    _ => role,
                };
            }
            _ => {}
        }
        if !tree.tells() {
            continue;
        }
        match slot {
            Topic | Realm | Procedure | Error | Reason => said.extend(word),
            Args | Kwargs if !element.children.is_empty() => said.push(element.line()),
            _ => {}
        }
    }
    // Sessions are opened and closed without an id of a request.
    let about = match code {
        1..=3 => Some("session".to_owned()),
        6 => Some("goodbye".to_owned()),
        _ => part.id.clone().map(|id| format!("{} {id}", family(request_type))),
    };
    part.exchange = role.zip(about).map(|(role, about)| Exchange { key: about.into_bytes(), role });
    part.summary = super::decoded::short(&said.join(" "));
    tree.part(part);
    tree.graft(value);
    unpacked.end
}

/// The type of the question in whose exchange a message of this type is.
const fn family(code: i128) -> i128 {
    match code {
        17 => 16,
        33 => 32,
        35 => 34,
        50 => 48,
        65 => 64,
        67 => 66,
        70 => 68,
        other => other,
    }
}
