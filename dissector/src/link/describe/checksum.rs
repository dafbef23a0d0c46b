//! Whether the checksums are right: told in the detail tree, asked nowhere else.

use core::net::IpAddr;

use etherparse::{Ipv4HeaderSlice, TcpHeaderSlice};

use super::super::walk::Ends;
use crate::tree::Field;

/// Says of `ip.checksum` whether it is right (RFC 791 3.1).
pub(super) fn ipv4(fields: &mut [Field], header: &[u8]) {
    if let Ok(slice) = Ipv4HeaderSlice::from_slice(header) {
        say(fields, "ip.checksum", slice.header_checksum(), slice.to_header().calc_header_checksum());
    }
}

/// Says of `tcp.checksum` whether it is right (RFC 9293 3.1), for a payload that was captured whole.
pub(super) fn tcp(fields: &mut [Field], header: &[u8], payload: &[u8], ends: &Ends) {
    let Ok(slice) = TcpHeaderSlice::from_slice(header) else { return };
    let expected = match (ends.src, ends.dst) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => {
            slice.calc_checksum_ipv4_raw(src.octets(), dst.octets(), payload).ok()
        }
        (IpAddr::V6(src), IpAddr::V6(dst)) => {
            slice.calc_checksum_ipv6_raw(src.octets(), dst.octets(), payload).ok()
        }
        _ => None,
    };
    if let Some(expected) = expected {
        say(fields, "tcp.checksum", slice.checksum(), expected);
    }
}

fn say(fields: &mut [Field], name: &str, there: u16, expected: u16) {
    if let Some(field) = fields.iter_mut().find(|field| field.name == name) {
        field.says = if there == expected {
            "Correct".into()
        } else {
            format!("The bytes give 0x{expected:04x}: usual where the network card fills it in").into()
        };
    }
}
