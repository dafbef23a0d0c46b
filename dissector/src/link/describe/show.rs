//! How a header's bits are written as a value.

use core::fmt::Write;
use core::net::{Ipv4Addr, Ipv6Addr};

use super::rows::Row;
use crate::link::layer::named;
use crate::tree::{Bits, Field};

/// The ways to write a field.
#[derive(Clone, Copy)]
pub(super) enum Show {
    /// A number.
    Dec,
    /// A number whose digits are bits.
    Hex,
    /// A count of units of so many bytes.
    Times(u64),
    /// A number of so many bytes each, known by that number.
    Units(u64),
    /// A small number in the byte order of whoever captured.
    Host,
    /// One bit.
    Flag,
    /// A number and its name.
    Named(&'static [(u16, &'static str)]),
    /// A hardware address.
    Mac,
    /// An IPv4 address.
    Ip4,
    /// An IPv6 address.
    Ip6,
    /// Bytes as they are.
    Bytes,
}

/// The fields of a header that stands at byte `at` of the packet, as far as it was captured.
pub(super) fn fields<'r>(rows: impl IntoIterator<Item = &'r Row>, header: &[u8], at: usize) -> Vec<Field> {
    rows.into_iter().filter_map(|row| field(row, header, at)).collect()
}

fn field(row: &Row, header: &[u8], at: usize) -> Option<Field> {
    let bits = Bits { at: row.bit.into(), len: row.len.into() };
    let (first, len) = bits.touched();
    let bytes = header.get(first..first + len)?;
    let number = number(bits, bytes);
    let value = match row.show {
        Show::Dec => number.to_string(),
        Show::Hex => format!("0x{number:0width$x}", width = usize::from(row.len).div_ceil(4)),
        Show::Times(unit) => format!("{} bytes ({number})", number * unit),
        Show::Units(unit) => format!("{number} ({} bytes)", number * unit),
        Show::Host => small(bytes).to_string(),
        Show::Flag => if number == 0 { "not set" } else { "set" }.to_owned(),
        Show::Named(table) => {
            let digits = usize::from(row.len).div_ceil(4);
            let key = u16::try_from(number).unwrap_or(u16::MAX);
            match (named(table, key, ""), row.len) {
                ("", 16) => format!("0x{number:0digits$x}"),
                ("", _) => number.to_string(),
                (name, 16) => format!("{name} (0x{number:0digits$x})"),
                (name, _) => format!("{name} ({number})"),
            }
        }
        Show::Mac => hex(bytes, ":"),
        Show::Ip4 => Ipv4Addr::from(<[u8; 4]>::try_from(bytes).unwrap_or_default()).to_string(),
        Show::Ip6 => Ipv6Addr::from(<[u8; 16]>::try_from(bytes).unwrap_or_default()).to_string(),
        Show::Bytes => hex(bytes, " "),
    };
    Some(Field::new(row.name, row.label, value, Bits { at: bits.at + at as u64 * 8, ..bits }))
}

/// The number that stands in some bits of the bytes that they touch. Fields of more than 32 bits are addresses, which
/// are read as bytes.
pub(super) fn number(bits: Bits, touched: &[u8]) -> u64 {
    let whole = touched.iter().take(8).fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let below = (touched.len().min(8) as u64 * 8).saturating_sub(bits.at % 8 + bits.len);
    whole >> below & 1u64.checked_shl(bits.len as u32).map_or(u64::MAX, |limit| limit - 1)
}

/// Bytes as pairs of hex digits.
pub(super) fn hex(bytes: &[u8], between: &str) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}{byte:02x}", if index == 0 { "" } else { between });
    }
    text
}

/// A number below 2^16 in 32 bits of either byte order.
pub(super) fn small(bytes: &[u8]) -> u64 {
    let number = bytes.first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    u64::from(number.min(number.swap_bytes()))
}
