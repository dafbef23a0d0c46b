//! One packet's layers as detail trees, and as the one line of a packet list.
//!
//! Stateless: knows no other packet, so a fragment is described as a fragment, and sequence numbers are those
//! on the wire. The walk is the same as the hot path's; this only looks on.

mod brief;
mod checksum;
mod options;
mod read;
mod rows;
mod show;

use super::rest::Rest;
use super::walk::{self, Ends, Found, Onlooker};
use super::{Layer, Outcome};
use crate::tree::{Bits, Field};

pub use self::brief::{Brief, brief};
pub use self::read::{HeaderField, HeaderKind, Raw, header_fields, read_header};

/// The layers of a packet, one field each, outermost first; the last is what the innermost carries. Bits
/// count from the packet's first byte.
pub fn describe(link: u16, bytes: &[u8], wire_len: u32) -> Vec<Field> {
    let (seen, outcome) = look(link, bytes, wire_len);
    let mut fields: Vec<_> = seen.iter().map(|part| layer(part, bytes)).collect();
    let (innermost, at) = seen.last().map_or((None, 0), |part| (Some(part.layer), part.end));
    let end = seen.last().map_or(bytes.len(), |part| part.payload_end);
    let (name, label) = match innermost {
        Some(Layer::Tcp) => ("tcp.payload", "TCP payload"),
        Some(Layer::Udp) => ("udp.payload", "UDP payload"),
        _ => ("data", "Data"),
    };
    let cut = seen.last().map_or(0, |part| part.cut);
    if end > at || cut > 0 {
        let value = match cut {
            0 => format!("{} bytes", end - at),
            _ => format!("{} bytes captured of {}", end - at, end - at + cut),
        };
        fields.push(Field::new(name, label, value, Bits::bytes(at, end - at)));
    }
    if let (Some(last), Some(says)) = (fields.last_mut(), trouble(outcome)) {
        last.says = says.into();
    }
    fields
}

/// Where the walk saw a header.
struct Part {
    layer: Layer,
    at: usize,
    /// Where the captured part of the header ends: `at <= end <= payload_end`.
    end: usize,
    payload_end: usize,
    /// Bytes on the wire behind `payload_end`, not captured.
    cut: usize,
    ends: Ends,
}

/// Notes where the headers stand.
struct Notes {
    captured: usize,
    seen: Vec<Part>,
}

impl Onlooker for Notes {
    fn header(&mut self, layer: Layer, at: usize, rest: &Rest<'_>, ends: &Ends) {
        let at = at.min(self.captured);
        let end = rest.at().clamp(at, self.captured);
        let payload_end = (end + rest.bytes().len()).min(self.captured);
        if layer != Layer::Raw {
            self.seen.push(Part { layer, at, end, payload_end, cut: rest.cut(), ends: *ends });
        }
    }
}

/// Walks a packet and keeps what was seen on the way. A header that stopped the walk reaches to the packet's
/// end.
fn look(link: u16, bytes: &[u8], wire_len: u32) -> (Vec<Part>, Outcome) {
    let Some(first) = walk::first(link) else { return (Vec::new(), Outcome::UnknownLink(link)) };
    let mut notes = Notes { captured: bytes.len(), seen: Vec::new() };
    let mut ends = Ends::NONE;
    let outcome = match walk::walk(first, Rest::new(bytes, wire_len), &mut ends, &mut notes) {
        Found::Tcp(..) => Outcome::Tcp,
        Found::Fragment(..) => Outcome::Fragment,
        Found::Udp(..) => Outcome::Udp,
        Found::Stop(outcome) => outcome,
    };
    if let (Outcome::Cut { layer } | Outcome::Malformed { layer }, Some(last)) =
        (outcome, notes.seen.last_mut())
        && last.layer == layer
    {
        last.end = last.payload_end;
    }
    (notes.seen, outcome)
}

fn layer(part: &Part, bytes: &[u8]) -> Field {
    let header = bytes.get(part.at..part.end).unwrap_or_default();
    let payload = bytes.get(part.end..part.payload_end).unwrap_or_default();
    let spec = rows::header(part.layer);
    let mut fields = show::fields(rows::there(part.layer, header), header, part.at);
    match part.layer {
        Layer::Tcp => {
            if let Some(flags) = fields.iter_mut().find(|field| field.name == "tcp.flags") {
                flags.children = show::fields(rows::TCP_FLAGS, header, part.at);
            }
            if let Some(options) = header.get(20..).filter(|options| !options.is_empty()) {
                let at = part.at + 20;
                let list = options::options(options, at);
                let value = format!("{} bytes", options.len());
                fields.push(
                    Field::new("tcp.options", "Options", value, Bits::bytes(at, options.len())).with(list),
                );
            }
            if part.cut == 0 {
                checksum::tcp(&mut fields, header, payload, &part.ends);
            }
        }
        Layer::Ipv4 => {
            if let Some(options) = header.get(20..).filter(|options| !options.is_empty()) {
                let at = part.at + 20;
                let value = show::hex(options, " ");
                fields.push(Field::new("ip.options", "Options", value, Bits::bytes(at, options.len())));
            }
            checksum::ipv4(&mut fields, header);
        }
        Layer::Gre => gre(&mut fields, header, part.at),
        _ => {}
    }
    let value = match part.layer {
        Layer::Ipv4 | Layer::Ipv6 => format!("{} → {}", part.ends.src, part.ends.dst),
        _ => String::new(),
    };
    Field::new(spec.name, spec.label, value, Bits::bytes(part.at, part.end - part.at)).with(fields)
}

/// The words of GRE that its flags announce (RFC 2890 2, RFC 2637 4.1).
fn gre(fields: &mut Vec<Field>, header: &[u8], at: usize) {
    let Some(&[flags, version, ..]) = header.first_chunk::<4>() else { return };
    let words = [
        (flags & 0x80 != 0, "gre.checksum", "Checksum"),
        (flags & 0x20 != 0, "gre.key", "Key"),
        (flags & 0x10 != 0, "gre.sequence_number", "Sequence number"),
        (version & 0x80 != 0, "gre.ack_number", "Acknowledgment number"),
    ];
    for (index, (_, name, label)) in words.into_iter().filter(|(present, ..)| *present).enumerate() {
        let from = 4 + index * 4;
        if let Some(word) = header.get(from..from + 4) {
            let value = format!("0x{}", show::hex(word, ""));
            fields.push(Field::new(name, label, value, Bits::bytes(at + from, 4)));
        }
    }
}

/// Why the walk ended early, in a sentence.
fn trouble(outcome: Outcome) -> Option<String> {
    Some(match outcome {
        Outcome::Cut { layer } => {
            format!("The snap length cut this packet within its {} header", layer.name())
        }
        Outcome::Malformed { layer } => {
            format!("This {} header contradicts itself or the packet", layer.name())
        }
        Outcome::Fragment => "A fragment: the rest of the datagram came in other packets".to_owned(),
        Outcome::TooDeep => "More headers inside of each other than are followed".to_owned(),
        _ => return None,
    })
}
