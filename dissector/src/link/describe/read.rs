//! Fields of a packet's headers by their filter names, as values and not as words.
//!
//! The names are those of the tables in `rows.rs`, so a filter knows every field that a detail tree shows. Knows no
//! filter.

use super::options;
use super::rows::{self, Row};
use super::show::{self, Show};
use super::{Part, look};
use crate::link::Layer;
use crate::tree::Bits;

/// A field of a header.
#[derive(Clone, Copy, Debug)]
pub struct HeaderField {
    /// Its filter name, Wireshark's.
    pub name: &'static str,
    /// What it is called on screen; of a header its protocol.
    pub label: &'static str,
    /// What the header is called on screen.
    pub header: &'static str,
    /// What its values are.
    pub kind: HeaderKind,
    /// Names of its numbers.
    pub names: &'static [(u16, &'static str)],
}

/// What the values of a header's field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderKind {
    /// That the header is there, and all bytes from its first on.
    Layer,
    /// That it is there.
    Presence,
    /// A number.
    Number,
    /// One bit.
    Flag,
    /// A hardware address.
    Mac,
    /// An IP address.
    Address,
    /// Bytes.
    Bytes,
}

/// A value as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw<'a> {
    /// It is there.
    Present,
    /// A number; of a flag 0 or 1.
    Number(u64),
    /// Bytes; of an address 4, 6 or 16 of them.
    Bytes(&'a [u8]),
}

/// All fields that [`read_header`] knows, header by header.
pub fn header_fields() -> Vec<HeaderField> {
    let mut fields = Vec::new();
    for layer in LAYERS {
        let header = rows::header(*layer);
        let field = |name, label, kind, names| HeaderField { name, label, header: header.label, kind, names };
        fields.push(field(header.name, header.label, HeaderKind::Layer, &[]));
        let flags = if *layer == Layer::Tcp { rows::TCP_FLAGS } else { &[] };
        for row in header.rows.iter().chain(flags) {
            let names = if let Show::Named(names) = row.show { names } else { &[] };
            fields.push(field(row.name, row.label, kind(row), names));
        }
        let more: &[(&str, &str, HeaderKind)] = match layer {
            Layer::Tcp => TCP_MORE,
            Layer::Udp => &[("udp.payload", "Payload", HeaderKind::Bytes)],
            _ => &[],
        };
        fields.extend(more.iter().map(|(name, label, kind)| field(name, label, *kind, &[])));
    }
    // Two layers may share a name: both of Linux's cooked headers are `sll`.
    fields.sort_by_key(|field| field.name);
    fields.dedup_by_key(|field| field.name);
    fields
}

/// Every value of the field `name` in a packet, the outermost header first.
pub fn read_header(link: u16, bytes: &[u8], wire_len: u32, name: &str, visit: &mut dyn FnMut(Raw<'_>)) {
    for part in look(link, bytes, wire_len).0 {
        let spec = rows::header(part.layer);
        if spec.name == name {
            visit(Raw::Bytes(bytes.get(part.at..part.payload_end).unwrap_or_default()));
        }
        let header = bytes.get(part.at..part.end).unwrap_or_default();
        let flags = if part.layer == Layer::Tcp { rows::TCP_FLAGS } else { &[] };
        // The version of either is an IP version.
        let name = if (part.layer, name) == (Layer::Ipv6, "ip.version") { "ipv6.version" } else { name };
        for row in rows::there(part.layer, header).chain(flags).filter(|row| row.name == name) {
            if let Some(raw) = value(row, header) {
                visit(raw);
            }
        }
        beside(&part, bytes, name, visit);
    }
}

/// What stands in no table of rows: payloads and options.
fn beside(part: &Part, bytes: &[u8], name: &str, visit: &mut dyn FnMut(Raw<'_>)) {
    let payload = bytes.get(part.end..part.payload_end).unwrap_or_default();
    match (part.layer, name) {
        (Layer::Tcp, "tcp.len") => visit(Raw::Number((payload.len() + part.cut) as u64)),
        (Layer::Tcp, "tcp.payload") | (Layer::Udp, "udp.payload") if !payload.is_empty() => {
            visit(Raw::Bytes(payload));
        }
        (Layer::Tcp, "tcp.options") => {
            let options = bytes.get(part.at + 20..part.end).unwrap_or_default();
            if !options.is_empty() {
                visit(Raw::Bytes(options));
            }
        }
        (Layer::Tcp, name) if name.starts_with("tcp.options.") => {
            let at = part.at + 20;
            let list = options::options(bytes.get(at..part.end).unwrap_or_default(), at);
            for option in list.iter().filter(|option| option.name == name) {
                let (first, len) = option.bits.touched();
                let body = bytes.get(first + 2..first + len).unwrap_or_default();
                match name {
                    "tcp.options.mss_val" | "tcp.options.wscale.shift" => visit(Raw::Number(number(body))),
                    // Kind and length belong to it, as in Wireshark.
                    "tcp.options.timestamp" | "tcp.options.sack" => {
                        visit(Raw::Bytes(bytes.get(first..first + len).unwrap_or_default()));
                    }
                    _ => visit(Raw::Present),
                }
            }
        }
        _ => {}
    }
}

fn kind(row: &Row) -> HeaderKind {
    match row.show {
        Show::Dec | Show::Hex | Show::Times(_) | Show::Units(_) | Show::Host | Show::Named(_) => {
            HeaderKind::Number
        }
        Show::Flag => HeaderKind::Flag,
        Show::Mac => HeaderKind::Mac,
        Show::Ip4 | Show::Ip6 => HeaderKind::Address,
        Show::Bytes => HeaderKind::Bytes,
    }
}

fn value<'a>(row: &Row, header: &'a [u8]) -> Option<Raw<'a>> {
    let bits = Bits { at: row.bit.into(), len: row.len.into() };
    let (first, len) = bits.touched();
    let bytes = header.get(first..first + len)?;
    Some(match (kind(row), row.show) {
        (HeaderKind::Number, Show::Times(unit)) => Raw::Number(show::number(bits, bytes) * unit),
        (HeaderKind::Number, Show::Host) => Raw::Number(show::small(bytes)),
        (HeaderKind::Number | HeaderKind::Flag, _) => Raw::Number(show::number(bits, bytes)),
        _ => Raw::Bytes(bytes),
    })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Fields of TCP that stand in no table of rows.
const TCP_MORE: &[(&str, &str, HeaderKind)] = &[
    ("tcp.len", "Payload length", HeaderKind::Number),
    ("tcp.payload", "Payload", HeaderKind::Bytes),
    ("tcp.options", "Options", HeaderKind::Bytes),
    ("tcp.options.mss_val", "Maximum segment size", HeaderKind::Number),
    ("tcp.options.wscale.shift", "Window scale", HeaderKind::Number),
    ("tcp.options.sack_perm", "SACK permitted", HeaderKind::Presence),
    ("tcp.options.sack", "SACK blocks", HeaderKind::Bytes),
    ("tcp.options.timestamp", "Timestamps", HeaderKind::Bytes),
    ("tcp.options.nop", "No operation", HeaderKind::Presence),
    ("tcp.options.eol", "End of options", HeaderKind::Presence),
    ("tcp.options.unknown", "An option that is not known", HeaderKind::Presence),
];

/// Layers with a header of their own.
const LAYERS: &[Layer] = &[
    Layer::Ethernet,
    Layer::Vlan,
    Layer::Mpls,
    Layer::Pseudowire,
    Layer::Pppoe,
    Layer::Ppp,
    Layer::Null,
    Layer::Loop,
    Layer::Cooked,
    Layer::Cooked2,
    Layer::Ipv4,
    Layer::Ipv6,
    Layer::Extension,
    Layer::Fragment,
    Layer::Authentication,
    Layer::Gre,
    Layer::Udp,
    Layer::Vxlan,
    Layer::Geneve,
    Layer::Tcp,
    Layer::Icmp,
    Layer::Icmpv6,
    Layer::Arp,
];
