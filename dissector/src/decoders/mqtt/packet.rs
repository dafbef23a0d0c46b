//! One control packet: its fixed header, its variable header, its payload.

use super::super::decoded::{Exchange, Part, Role, short};
use super::super::field::Value;
use super::super::plain::begun;
use super::super::read::Reader;
use super::super::tree::{Base, Tree};
use super::stream::{Fixed, Start, start};
use super::{Context, property, reason};

const TYPES: [&str; 16] = [
    "",
    "CONNECT",
    "CONNACK",
    "PUBLISH",
    "PUBACK",
    "PUBREC",
    "PUBREL",
    "PUBCOMP",
    "SUBSCRIBE",
    "SUBACK",
    "UNSUBSCRIBE",
    "UNSUBACK",
    "PINGREQ",
    "PINGRESP",
    "DISCONNECT",
    "AUTH",
];

/// The version that a CONNECT asks for.
pub(super) fn asked(bytes: &[u8]) -> Option<u8> {
    let Start::Header(fixed) = start(bytes, 4) else { return None };
    let mut reader = Reader::new(bytes);
    reader.go(fixed.header);
    let name = binary(&mut reader)?;
    let known = matches!(name, b"MQTT" | b"MQIsdp");
    reader.u8().filter(|_| known).map(|version| version & 0x7f)
}

/// Two bytes of length, and so many bytes (MQTT 5.0, 1.5.4 and 1.5.6).
pub(super) fn binary<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let mut ahead = *reader;
    let len = ahead.u16()?;
    let bytes = ahead.take(usize::from(len))?;
    *reader = ahead;
    Some(bytes)
}

/// Reads the packet that `bytes` begin with; gives its length where it is whole and a packet.
pub(super) fn packet(context: &Context<'_>, bytes: &[u8], tree: &mut Tree) -> Option<usize> {
    let fixed = match start(bytes, context.version) {
        Start::Header(fixed) => fixed,
        Start::Short => {
            begins(bytes, None, tree);
            return None;
        }
        Start::Wrong(why) => {
            tree.stop(0, why);
            tree.bytes("", "Data", bytes, 0..bytes.len());
            return None;
        }
    };
    let end = fixed.header + fixed.len;
    let Some(body) = bytes.get(fixed.header..end) else {
        begins(bytes, Some(fixed), tree);
        return None;
    };
    let title = TYPES.get(usize::from(fixed.kind)).copied().unwrap_or_default();
    tree.open("", title, Value::Heading, 0..end);
    head(&fixed, title, tree);
    let mut part = Part { kind: title.into(), summary: title.into(), at: 0..end, ..Part::default() };
    let mut reader = Reader::new(body);
    let read = tree.within(Base::Shifted(fixed.header as isize), |tree| {
        let read = variable(context, &fixed, &mut reader, &mut part, tree);
        match read {
            None => tree.stop(reader.at(), "the packet ends inside a field"),
            Some(()) if reader.left() > 0 => {
                let rest = reader.rest();
                tree.bytes("", "Rest", rest, reader.at()..body.len());
                tree.stop(reader.at(), "more bytes than the packet has fields");
            }
            Some(()) => {}
        }
        read
    });
    if read.is_none() {
        part.summary.push_str(" (cut)");
    }
    tree.close();
    tree.part(part);
    Some(end)
}

/// The beginning of a packet that goes on in the next message.
fn begins(bytes: &[u8], fixed: Option<Fixed>, tree: &mut Tree) {
    let kind = bytes.first().map_or(0, |first| first >> 4);
    let title = TYPES.get(usize::from(kind)).copied().unwrap_or_default();
    let of = fixed.map_or(String::new(), |fixed| format!(" of {}", fixed.header + fixed.len));
    let summary = format!("{title} begins: {}{of} bytes", bytes.len());
    tree.open("", "Part of a packet", Value::Heading, 0..bytes.len());
    tree.named("mqtt.msgtype", "Message type", kind, title, 0..1);
    if let Some(fixed) = fixed {
        tree.number("mqtt.len", "Remaining length", fixed.len as i128, 1..fixed.header);
    }
    tree.close();
    tree.part(Part { kind: "part".into(), summary, at: 0..bytes.len(), ..Part::default() });
}

fn head(fixed: &Fixed, title: &str, tree: &mut Tree) {
    tree.named("mqtt.msgtype", "Message type", fixed.kind, title, 0..1);
    if fixed.kind == 3 {
        tree.flag("mqtt.dupflag", "DUP", fixed.flags & 8 != 0, 0..1);
        tree.named("mqtt.qos", "QoS level", fixed.flags >> 1 & 3, reason::qos(fixed.flags >> 1 & 3), 0..1);
        tree.flag("mqtt.retain", "Retain", fixed.flags & 1 != 0, 0..1);
    }
    tree.number("mqtt.len", "Remaining length", fixed.len as i128, 1..fixed.header);
}

fn pair(key: String, role: Role) -> Option<Exchange> {
    Some(Exchange { key: key.into_bytes(), role })
}

/// The Packet Identifier.
fn identifier(reader: &mut Reader<'_>, part: &mut Part, tree: &mut Tree) -> Option<u16> {
    let at = reader.at();
    let id = reader.u16()?;
    tree.number("mqtt.msgid", "Message identifier", id, reader.since(at));
    part.id = Some(id.to_string());
    Some(id)
}

fn variable(
    context: &Context<'_>,
    fixed: &Fixed,
    reader: &mut Reader<'_>,
    part: &mut Part,
    tree: &mut Tree,
) -> Option<()> {
    let five = context.version >= 5;
    match fixed.kind {
        1 => connect(reader, part, tree),
        2 => {
            let at = reader.at();
            let flags = reader.u8()?;
            tree.flag("mqtt.conack.flags.sp", "Session present", flags & 1 != 0, reader.since(at));
            let at = reader.at();
            let code = reader.u8()?;
            part.exchange = pair("connect".into(), Role::Answers);
            if five {
                code_5(code, reason::key(2), at, fixed.kind, part, tree);
                property::list(reader, tree)?;
            } else {
                let name = reason::connack(code);
                tree.named("mqtt.conack.val", "Return code", code, name, reader.since(at));
                part.summary = format!("CONNACK {name}");
                part.error = (code != 0).then(|| name.to_owned());
            }
            Some(())
        }
        3 => publish(context, fixed, reader, part, tree),
        4..=7 => {
            let id = identifier(reader, part, tree)?;
            let (what, role) = match fixed.kind {
                4 | 5 => ("publish", Role::Answers),
                6 => ("release", Role::Asks),
                _ => ("release", Role::Answers),
            };
            part.exchange = pair(format!("{what} {id}"), role);
            part.summary = format!("{} {id}", part.kind);
            optional(five, fixed, reader, part, tree)
        }
        8 | 10 => {
            let id = identifier(reader, part, tree)?;
            part.exchange = pair(
                format!("{} {id}", if fixed.kind == 8 { "subscribe" } else { "unsubscribe" }),
                Role::Asks,
            );
            if five {
                property::list(reader, tree)?;
            }
            topics(context, fixed, reader, part, tree)
        }
        9 | 11 => {
            let id = identifier(reader, part, tree)?;
            part.exchange = pair(
                format!("{} {id}", if fixed.kind == 9 { "subscribe" } else { "unsubscribe" }),
                Role::Answers,
            );
            part.summary = format!("{} {id}", part.kind);
            if five {
                property::list(reader, tree)?;
            }
            while reader.left() > 0 && (five || fixed.kind == 9) {
                let at = reader.at();
                let code = reader.u8()?;
                if five {
                    code_5(code, reason::key(fixed.kind), at, fixed.kind, part, tree);
                } else {
                    let name = reason::suback(code);
                    tree.named("mqtt.suback.qos", "Granted QoS", code, name, reader.since(at));
                    part.error = part.error.take().or((code == 128).then(|| name.to_owned()));
                    part.summary.push_str(&format!(", {name}"));
                }
            }
            Some(())
        }
        12 | 13 => {
            part.exchange = pair("ping".into(), if fixed.kind == 12 { Role::Asks } else { Role::Answers });
            Some(())
        }
        _ => optional(five, fixed, reader, part, tree),
    }
}

/// A reason code and properties, of which either may be left out (MQTT 5.0, 3.4.2.1).
fn optional(
    five: bool,
    fixed: &Fixed,
    reader: &mut Reader<'_>,
    part: &mut Part,
    tree: &mut Tree,
) -> Option<()> {
    if five && reader.left() > 0 {
        let at = reader.at();
        let code = reader.u8()?;
        code_5(code, reason::key(fixed.kind), at, fixed.kind, part, tree);
        if reader.left() > 0 {
            property::list(reader, tree)?;
        }
    }
    Some(())
}

fn code_5(code: u8, key: &'static str, at: usize, kind: u8, part: &mut Part, tree: &mut Tree) {
    let name = reason::code(code, kind);
    tree.named(key, "Reason code", code, name, at..at + 1);
    part.summary.push_str(&format!(", {name}"));
    // MQTT 5.0, 2.4: codes from 0x80 on report a failure.
    if code >= 0x80 {
        part.error = part.error.take().or(Some(name.to_owned()));
    }
}

fn connect(reader: &mut Reader<'_>, part: &mut Part, tree: &mut Tree) -> Option<()> {
    let field = |reader: &mut Reader<'_>, key, label: &str, tree: &mut Tree| {
        let at = reader.at();
        let bytes = binary(reader)?;
        tree.data(key, label, bytes, reader.since(at));
        Some(String::from_utf8_lossy(bytes).into_owned())
    };
    field(reader, "mqtt.protoname", "Protocol name", tree)?;
    let at = reader.at();
    let version = reader.u8()?;
    tree.named("mqtt.ver", "Version", version, reason::version(version), reader.since(at));
    let at = reader.at();
    let flags = reader.u8()?;
    tree.open("mqtt.conflags", "Connect flags", Value::Number(flags.into()), reader.since(at));
    for (bit, label) in
        [(7, "User name"), (6, "Password"), (5, "Will retain"), (2, "Will"), (1, "Clean session")]
    {
        tree.flag("", label, flags >> bit & 1 == 1, at..at + 1);
    }
    tree.number("", "Will QoS", flags >> 3 & 3, at..at + 1);
    tree.close();
    let at = reader.at();
    let alive = reader.u16()?;
    tree.number("mqtt.kalive", "Keep alive, seconds", alive, reader.since(at));
    if version >= 5 {
        property::list(reader, tree)?;
    }
    part.exchange = pair("connect".into(), Role::Asks);
    let client = field(reader, "mqtt.clientid", "Client identifier", tree)?;
    part.summary = format!("CONNECT {}, {}", reason::version(version), short(&client));
    part.id = Some(client);
    if flags & 4 != 0 {
        if version >= 5 {
            property::list(reader, tree)?;
        }
        part.topic = Some(field(reader, "mqtt.willtopic", "Will topic", tree)?);
        field(reader, "mqtt.willmsg", "Will message", tree)?;
    }
    if flags & 0x80 != 0 {
        field(reader, "mqtt.username", "User name", tree)?;
    }
    if flags & 0x40 != 0 {
        field(reader, "mqtt.passwd", "Password", tree)?;
    }
    Some(())
}

fn publish(
    context: &Context<'_>,
    fixed: &Fixed,
    reader: &mut Reader<'_>,
    part: &mut Part,
    tree: &mut Tree,
) -> Option<()> {
    let at = reader.at();
    let topic = binary(reader)?;
    tree.number("mqtt.topic_len", "Topic length", topic.len() as i128, at..at + 2);
    let topic_at = at + 2..reader.at();
    let mut topic = String::from_utf8_lossy(topic).into_owned();
    if !topic.is_empty() {
        tree.text("mqtt.topic", "Topic", &topic, topic_at);
    }
    let qos = fixed.flags >> 1 & 3;
    if qos > 0 {
        let id = identifier(reader, part, tree)?;
        part.exchange = pair(format!("publish {id}"), Role::Asks);
    }
    if context.version >= 5 {
        let alias = property::list(reader, tree)?;
        if let Some(alias) = alias.filter(|_| topic.is_empty()) {
            topic = match property::topic_of(context, alias) {
                Some(topic) => {
                    tree.text("mqtt.topic", "Topic, by its alias", &topic, 0..0);
                    topic
                }
                None => format!("(alias {alias})"),
            };
        }
    }
    let at = reader.at();
    let payload = reader.take(reader.left())?;
    tree.data("mqtt.msg", "Message", payload, reader.since(at));
    if tree.tells() {
        let said = match std::str::from_utf8(payload.get(..400).unwrap_or(payload)) {
            Ok(text) => short(text),
            Err(_) => begun(payload),
        };
        let retain = if fixed.flags & 1 != 0 { ", retained" } else { "" };
        part.summary = format!("PUBLISH {} {said} (QoS {qos}{retain})", short(&topic));
    }
    part.topic = Some(topic);
    Some(())
}

/// The topics of a SUBSCRIBE, each with its options, or of an UNSUBSCRIBE.
fn topics(
    context: &Context<'_>,
    fixed: &Fixed,
    reader: &mut Reader<'_>,
    part: &mut Part,
    tree: &mut Tree,
) -> Option<()> {
    let mut names = Vec::new();
    while reader.left() > 0 {
        let at = reader.at();
        let topic = String::from_utf8_lossy(binary(reader)?).into_owned();
        tree.number("mqtt.topic_len", "Topic length", topic.len() as i128, at..at + 2);
        tree.text("mqtt.topic", "Topic", &topic, at + 2..reader.at());
        if fixed.kind == 8 {
            let at = reader.at();
            let options = reader.u8()?;
            let key = if context.version >= 5 { "mqtt.subscription_options_qos" } else { "mqtt.sub.qos" };
            tree.named(key, "Requested QoS", options & 3, reason::qos(options & 3), at..at + 1);
            if context.version >= 5 {
                tree.flag("", "No local", options & 4 != 0, at..at + 1);
                tree.flag("", "Retain as published", options & 8 != 0, at..at + 1);
                tree.number("", "Retain handling", options >> 4 & 3, at..at + 1);
            }
        }
        part.topic = part.topic.take().or(Some(topic.clone()));
        names.push(topic);
    }
    part.summary = format!("{} {}", part.kind, short(&names.join(", ")));
    Some(())
}
