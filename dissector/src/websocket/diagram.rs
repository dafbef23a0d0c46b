//! The figure of RFC 6455 5.2, drawn with a frame's own bits: 32 to a row.
//!
//! What stands in the cells is here, for the window as for text; how text draws them is in `text`.

mod text;

pub use text::draw;

use crate::tree::Bits;
use crate::websocket::describe::{payload, read};
use crate::websocket::header::{FrameHeader, Parsed};
use crate::websocket::layout::{Kind, Part, parts};
use crate::websocket::opcode::Opcode;

/// The bits of a row.
pub const ROW: u64 = 32;

/// One frame's figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// Its rows, each full but perhaps the last.
    pub rows: Vec<Vec<Cell>>,
    /// Bytes of payload that are there and were not drawn.
    pub left_out: u64,
    /// Bytes that are not there, in header and payload, as far as their number is known.
    pub missing: u64,
}

/// A part of a frame, or as much of it as stands in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Where it stands in the frame. It never crosses a row.
    pub bits: Bits,
    /// What it is called, for readers of the figure.
    pub label: String,
    /// What it holds, ready to read; empty where it is missing.
    pub value: String,
    /// Which part of the frame it belongs to.
    pub kind: Kind,
    /// Whether the bytes end before it.
    pub missing: bool,
}

/// The figure of the frame at the start of `bytes`, with at most `payload_rows` rows that begin in payload.
pub fn diagram(bytes: &[u8], payload_rows: usize) -> Diagram {
    let parts = parts(bytes);
    let there = bytes.len() as u64 * 8;
    let header = match FrameHeader::parse(bytes) {
        Parsed::Done { value, .. } => Some(value),
        Parsed::Short { .. } => None,
    };
    let shown = header.map(|header| payload(bytes, &header, (payload_rows + 1) * 4)).unwrap_or_default();
    let mut cells = Vec::new();
    let mut drawn = 0;
    for part in parts.iter().copied() {
        let end = part.bits.at + part.bits.len;
        let last = match part.kind {
            // The payload may begin within a row of the header's, which is filled in any case.
            Kind::Payload => end.min((part.bits.at.div_ceil(ROW) + payload_rows as u64) * ROW),
            _ => end,
        };
        let mut at = part.bits.at;
        while at < last {
            let missing = at >= there;
            let edge = if missing { last } else { last.min(there) };
            let len = edge.min((at / ROW + 1) * ROW) - at;
            cells.push(cell(bytes, part, Bits { at, len }, missing, header.as_ref(), &shown));
            at += len;
            drawn = at;
            if missing && part.kind == Kind::Payload {
                break;
            }
        }
    }
    let end = parts.last().map_or(0, |part| part.bits.at + part.bits.len);
    Diagram {
        rows: cells.chunk_by(|a, b| a.bits.at / ROW == b.bits.at / ROW).map(<[Cell]>::to_vec).collect(),
        left_out: end.min(there).saturating_sub(drawn) / 8,
        missing: end.saturating_sub(there).div_ceil(8),
    }
}

fn cell(
    bytes: &[u8],
    part: Part,
    bits: Bits,
    missing: bool,
    header: Option<&FrameHeader>,
    shown: &[u8],
) -> Cell {
    let continued = if bits.at > part.bits.at { " (continued)" } else { "" };
    let whole = bits == part.bits;
    let (first, len) = bits.touched();
    let raw = bytes.get(first..).unwrap_or_default().iter().take(len);
    let value = match (part.kind, header) {
        _ if missing => String::new(),
        (Kind::Opcode, _) => Opcode(read(bytes, bits) as u8).name().to_owned(),
        (Kind::Payload, Some(header)) => {
            let at = first.saturating_sub(header.len());
            let plain = shown.get(at..).unwrap_or_default();
            let plain = plain.iter().take(len);
            match (header.rsv1(), header.mask) {
                (false, _) => {
                    format!("{} = {}", hex(raw), plain.map(|&byte| glyph(byte)).collect::<String>())
                }
                // Compressed bytes are no text; unmasked, they are what RFC 7692 speaks of.
                (true, Some(_)) => format!("{} = {}", hex(raw), hex(plain)),
                (true, None) => hex(raw),
            }
        }
        (Kind::MaskingKey | Kind::Payload, _) => hex(raw),
        _ if !whole => hex(raw),
        _ => read(bytes, bits).to_string(),
    };
    Cell { bits, label: format!("{}{continued}", part.kind.label()), value, kind: part.kind, missing }
}

fn hex<'a>(bytes: impl Iterator<Item = &'a u8>) -> String {
    bytes.map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// A byte as ASCII shows it.
fn glyph(byte: u8) -> char {
    if byte == b' ' || byte.is_ascii_graphic() { char::from(byte) } else { '·' }
}
