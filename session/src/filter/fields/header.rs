//! Fields of link, IP, TCP and UDP headers, from the dissector's table; and those that stand for several of them.

use std::borrow::Cow;

use dissector::link::{HeaderField, HeaderKind, header_fields};

use crate::filter::field::{Column, Field, Read, Reads};
use crate::filter::value::Kind;

pub(super) fn fields() -> Vec<Field> {
    header_fields()
        .into_iter()
        .filter(|field| !BESIDE.contains(&field.name))
        .map(of_header)
        .chain(SEVERAL.iter().map(|entry| {
            let (name, kind, says, example, of) = *entry;
            Field::new(name, kind, says, example, Reads::Packet, Read::Several(of))
        }))
        .collect()
}

/// What is known without the packet's bytes: see `packet.rs`.
const BESIDE: &[&str] = &["tcp.srcport", "tcp.dstport"];

type Several = (&'static str, Kind, &'static str, &'static str, &'static [&'static str]);

/// Fields that stand for several.
#[rustfmt::skip]
const SEVERAL: &[Several] = &[
    ("eth.addr",  Kind::Mac,     "Ethernet: source or destination",                   "eth.addr == 00:00:5e:00:53:01", &["eth.src", "eth.dst"]),
    ("ip.addr",   Kind::Address, "IPv4: source or destination",                       "ip.addr == 10.0.0.0/8",         &["ip.src", "ip.dst"]),
    ("ipv6.addr", Kind::Address, "IPv6: source or destination",                       "ipv6.addr == 2001:db8::/32",    &["ipv6.src", "ipv6.dst"]),
    ("udp.port",  Kind::Number,  "UDP: source or destination port",                   "udp.port == 443",               &["udp.srcport", "udp.dstport"]),
];

fn of_header(field: HeaderField) -> Field {
    let HeaderField { name, label, header, kind, names } = field;
    let (kind, example) = match kind {
        HeaderKind::Layer => (Kind::Layer, name.to_owned()),
        HeaderKind::Presence => (Kind::Presence, name.to_owned()),
        HeaderKind::Number if names.is_empty() => (Kind::Number, format!("{name} >= 1")),
        HeaderKind::Number => (Kind::Number, format!("{name} == {:#x}", names[0].0)),
        HeaderKind::Flag => (Kind::Flag, format!("{name} == true")),
        HeaderKind::Mac => (Kind::Mac, format!("{name} == 00:00:5e:00:53:01")),
        HeaderKind::Address if name.starts_with("ipv6") => (Kind::Address, format!("{name} == 2001:db8::1")),
        HeaderKind::Address => (Kind::Address, format!("{name} == 10.0.0.1")),
        HeaderKind::Bytes => (Kind::Bytes, format!("{name} contains 01:02")),
    };
    let says = if label == header {
        format!("There is a header of it: {header}")
    } else {
        format!("{header}: {}", lower(label))
    };
    Field {
        name,
        kind,
        says: Cow::Owned(says),
        example: Cow::Owned(example),
        names: names.iter().map(|(number, name)| (i128::from(*number), *name)).collect(),
        reads: Reads::Packet,
        read: Read::Header,
        column: Column::default(),
    }
}

/// `Source port` within a sentence; `TTL` stays.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => label.to_owned(),
    }
}
