//! Properties of MQTT 5.0 (2.2.2), and the topics that aliases stand for (3.3.2.3.4).

use super::super::field::Value;
use super::super::read::{Reader, Varint};
use super::super::tree::Tree;
use super::Context;
use super::packet::binary;
use super::stream::{Start, start};

/// What a property holds.
#[derive(Clone, Copy)]
enum Holds {
    Byte,
    Two,
    Four,
    Varint,
    Text,
    Binary,
    Pair,
}

/// Identifiers, names and types of properties (MQTT 5.0, table 2-4).
#[rustfmt::skip]
const PROPERTIES: &[(u8, &str, Holds)] = &[
    (0x01, "Payload format indicator", Holds::Byte),
    (0x02, "Message expiry interval", Holds::Four),
    (0x03, "Content type", Holds::Text),
    (0x08, "Response topic", Holds::Text),
    (0x09, "Correlation data", Holds::Binary),
    (0x0b, "Subscription identifier", Holds::Varint),
    (0x11, "Session expiry interval", Holds::Four),
    (0x12, "Assigned client identifier", Holds::Text),
    (0x13, "Server keep alive", Holds::Two),
    (0x15, "Authentication method", Holds::Text),
    (0x16, "Authentication data", Holds::Binary),
    (0x17, "Request problem information", Holds::Byte),
    (0x18, "Will delay interval", Holds::Four),
    (0x19, "Request response information", Holds::Byte),
    (0x1a, "Response information", Holds::Text),
    (0x1c, "Server reference", Holds::Text),
    (0x1f, "Reason string", Holds::Text),
    (0x21, "Receive maximum", Holds::Two),
    (0x22, "Topic alias maximum", Holds::Two),
    (TOPIC_ALIAS, "Topic alias", Holds::Two),
    (0x24, "Maximum QoS", Holds::Byte),
    (0x25, "Retain available", Holds::Byte),
    (0x26, "User property", Holds::Pair),
    (0x27, "Maximum packet size", Holds::Four),
    (0x28, "Wildcard subscription available", Holds::Byte),
    (0x29, "Subscription identifier available", Holds::Byte),
    (0x2a, "Shared subscription available", Holds::Byte),
];

const TOPIC_ALIAS: u8 = 0x23;

/// Reads the properties with their length before them; gives the topic alias among them.
pub(super) fn list(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<Option<u16>> {
    let start = reader.at();
    let Varint::Done(len) = reader.varint(4) else { return None };
    let after = reader.at();
    let end = after.checked_add(usize::try_from(len).ok()?)?;
    if reader.left() < end - after {
        return None;
    }
    tree.number("mqtt.property_len", "Property length", len, start..after);
    if len == 0 {
        return Some(None);
    }
    tree.open("", "Properties", Value::Heading, after..end);
    let mut alias = None;
    let read = loop {
        if reader.at() >= end {
            break Some(());
        }
        match property(reader, tree) {
            Some(found) if reader.at() <= end => alias = found.or(alias),
            _ => break None,
        }
    };
    tree.close();
    if read.is_none() {
        tree.stop(reader.at(), "no property of MQTT 5");
        reader.go(end);
    }
    Some(alias)
}

fn property(reader: &mut Reader<'_>, tree: &mut Tree) -> Option<Option<u16>> {
    let at = reader.at();
    let id = reader.u8()?;
    let (_, label, holds) = PROPERTIES.iter().find(|(known, ..)| *known == id)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut alias = None;
    let value = match holds {
        Holds::Byte => Value::Number(reader.u8()?.into()),
        Holds::Two => {
            let number = reader.u16()?;
            alias = (id == TOPIC_ALIAS).then_some(number);
            Value::Number(number.into())
        }
        Holds::Four => Value::Number(reader.u32()?.into()),
        Holds::Varint => Value::Number(reader.varint(4).done()?.into()),
        Holds::Text => Value::Text(text(binary(reader)?)),
        Holds::Binary => Value::Bytes(binary(reader)?.to_vec()),
        Holds::Pair => {
            let (name, value) = (text(binary(reader)?), text(binary(reader)?));
            Value::Text(format!("{name}: {value}"))
        }
    };
    let key = if id == TOPIC_ALIAS { "mqtt.property.topic_alias" } else { "" };
    tree.value(key, label, value, reader.since(at));
    Some(alias)
}

/// Earlier messages among which the topic of an alias is looked for, where nobody remembers it.
const BACK: usize = 256;

/// The topic that an alias was last given in the same direction.
pub(super) fn topic_of(context: &Context<'_>, alias: u16) -> Option<String> {
    let among = |bytes: &[u8]| packets(bytes).filter_map(given).filter(|it| it.0 == alias).last();
    if let Some((_, topic)) = among(context.before) {
        return Some(topic);
    }
    let earlier = context.input.earlier;
    if let Some(remembered) = earlier.topic(alias) {
        return remembered;
    }
    (0..BACK)
        .map_while(|back| earlier.before(back))
        .find_map(|(_, bytes)| among(&bytes))
        .map(|(_, topic)| topic)
}

/// The whole packets that bytes begin with.
fn packets(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let Start::Header(fixed) = start(rest, 5) else { return None };
        let packet = rest.get(..fixed.header + fixed.len)?;
        at += packet.len();
        Some(packet)
    })
}

/// The alias and the topic that it gets, where a packet is a PUBLISH with both.
pub(super) fn given(packet: &[u8]) -> Option<(u16, String)> {
    let Start::Header(fixed) = start(packet, 5) else { return None };
    if fixed.kind != 3 {
        return None;
    }
    let mut reader = Reader::new(packet.get(fixed.header..)?);
    let topic = binary(&mut reader)?;
    if fixed.flags & 0b110 != 0 {
        reader.u16()?;
    }
    let mut tree = Tree::new("", false);
    let alias = list(&mut reader, &mut tree)??;
    (!topic.is_empty()).then(|| (alias, String::from_utf8_lossy(topic).into_owned()))
}
