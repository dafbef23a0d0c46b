//! MQTT 3.1, 3.1.1 and 5.0 over WebSocket: control packets, several in a message or one over several.
//!
//! Messages need not begin where packets do (MQTT 5.0, 6.0), and Mosquitto's rarely do; where one begins inside a
//! packet is found by a bounded look back: [`stream`]. The version is the one that CONNECT asks for, 3.1.1 without it.

mod aliases;
mod packet;
mod property;
mod reason;
mod stream;

pub use self::aliases::Aliases;

use super::decoded::Part;
use super::input::{Facts, Input};
use super::table::{Decoder, Key, anything, flag, number, text};
use super::tree::{Base, Tree};
use crate::ids::Side;

pub(super) const DECODER: Decoder =
    Decoder::new("mqtt", "MQTT", "https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html", decode)
        .tokens(&["mqtt", "mqttv3.1", "mqttv3.1.1"])
        .first(|facts| version(facts).is_some())
        .keys(KEYS);

/// The names are Wireshark's.
const KEYS: &[Key] = &[
    number("mqtt.msgtype", "The type of an MQTT control packet: 1 CONNECT, 3 PUBLISH, 8 SUBSCRIBE and so on"),
    flag("mqtt.dupflag", "DUP: the packet may be sent again"),
    number("mqtt.qos", "The QoS level of a PUBLISH"),
    flag("mqtt.retain", "RETAIN: the message is to be kept"),
    number("mqtt.len", "The Remaining Length: bytes behind the fixed header"),
    text("mqtt.protoname", "The protocol's name in CONNECT"),
    number("mqtt.ver", "The protocol's version in CONNECT: 3, 4 (3.1.1) or 5"),
    number("mqtt.conflags", "The flags of CONNECT"),
    number("mqtt.kalive", "Seconds between packets at most (Keep Alive)"),
    text("mqtt.clientid", "The client's identifier"),
    text("mqtt.willtopic", "The topic of the will"),
    anything("mqtt.willmsg", "The will's payload"),
    text("mqtt.username", "The user's name"),
    text("mqtt.passwd", "The password, as it was sent"),
    flag("mqtt.conack.flags.sp", "Session Present"),
    number("mqtt.conack.val", "The return code of a CONNACK (MQTT 3.1.1)"),
    number("mqtt.connack.reason_code", "The reason code of a CONNACK (MQTT 5)"),
    number("mqtt.msgid", "The Packet Identifier"),
    text(
        "mqtt.topic",
        "The topic of a PUBLISH, a SUBSCRIBE or an UNSUBSCRIBE; one that an alias stands for as well",
    ),
    number("mqtt.topic_len", "Bytes of the topic"),
    number("mqtt.sub.qos", "The QoS that a subscription asks for"),
    number("mqtt.suback.qos", "The QoS that was granted, or 128 (MQTT 3.1.1)"),
    number("mqtt.subscription_options_qos", "The QoS that a subscription asks for (MQTT 5)"),
    number("mqtt.puback.reason_code", "The reason code of a PUBACK"),
    number("mqtt.pubrec.reason_code", "The reason code of a PUBREC"),
    number("mqtt.pubrel.reason_code", "The reason code of a PUBREL"),
    number("mqtt.pubcomp.reason_code", "The reason code of a PUBCOMP"),
    number("mqtt.suback.reason_code", "A reason code of a SUBACK (MQTT 5)"),
    number("mqtt.unsuback.reason_code", "A reason code of an UNSUBACK"),
    number("mqtt.disconnect.reason_code", "The reason code of a DISCONNECT"),
    number("mqtt.auth.reason_code", "The reason code of an AUTH"),
    anything("mqtt.msg", "The payload of a PUBLISH"),
    number("mqtt.property_len", "Bytes of the properties (MQTT 5)"),
    number("mqtt.property.topic_alias", "The number that stands for a topic (MQTT 5)"),
];

/// The version that the first CONNECT of the client asks for.
fn version(facts: &Facts) -> Option<u8> {
    let binary = || facts.first_of(Side::Client).filter(|said| !said.text);
    // As a rule the first message tells.
    if let Some(version) =
        binary().next().filter(|it| it.bytes.first() == Some(&0x10)).and_then(|it| packet::asked(it.bytes))
    {
        return Some(version);
    }
    let mut begin = Vec::new();
    binary().for_each(|said| begin.extend_from_slice(said.bytes));
    (begin.first() == Some(&0x10)).then(|| packet::asked(&begin)).flatten()
}

/// What a packet is read with.
struct Context<'a> {
    input: &'a Input<'a>,
    version: u8,
    /// The packets before it in the same message.
    before: &'a [u8],
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    if input.said.text {
        tree.stop(0, "MQTT is sent in binary messages (MQTT 5.0, 6.0)");
        return (super::plain::TEXT.decode)(input, tree);
    }
    let version = version(input.facts).unwrap_or(4);
    let open = stream::open(input, version);
    if open.lost {
        tree.stop(0, "inside a packet whose beginning is too far back");
        tree.bytes("", "Data", bytes, 0..bytes.len());
        let summary = format!("part of a packet, {}", super::plain::begun(bytes));
        return tree.part(Part { kind: "part".into(), summary, at: 0..bytes.len(), ..Part::default() });
    }
    let known = open.bytes.len();
    let joined;
    let whole: &[u8] = if known == 0 {
        bytes
    } else {
        joined = [open.bytes.as_slice(), bytes].concat();
        &joined
    };
    tree.within(Base::Shifted(-(known as isize)), |tree| {
        let mut at = 0;
        while at < whole.len() && tree.more() {
            let rest = whole.get(at..).unwrap_or_default();
            let context = Context { input, version, before: whole.get(..at).unwrap_or_default() };
            let next = tree.within(Base::Shifted(at as isize), |tree| packet::packet(&context, rest, tree));
            match next {
                Some(len) => at += len,
                None => break,
            }
        }
    });
}
