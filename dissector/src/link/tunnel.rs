//! Tunnels that carry whole frames or packets: GRE, VXLAN, GENEVE; and UDP, which carries the latter two.
//!
//! Other UDP is handed on, and not looked into here.

use super::walk::{Found, Step};
use super::{Layer, Outcome, ethernet};
use crate::link::rest::Rest;

/// RFC 2784 2 with the key and sequence of RFC 2890 2; version 1 is RFC 2637 4.1.
pub(super) fn gre<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&[flags, version, high, low]) = rest.take() else { return rest.short(Layer::Gre, 4).into() };
    let (checksum, routing, key, sequence) =
        (flags & 0x80 != 0, flags & 0x40 != 0, flags & 0x20 != 0, flags & 0x10 != 0);
    let acknowledgment = version & 0x80 != 0 && version & 7 == 1;
    // RFC 1701's source routes have been out of use since RFC 2784; version 1 has none.
    if routing || version & 7 > 1 {
        return Outcome::OtherInner { layer: Layer::Gre }.into();
    }
    let words = [checksum, key, sequence, acknowledgment].into_iter().filter(|present| *present).count();
    match rest.skip(words * 4) {
        Some(()) => ethernet::ethertype(u16::from_be_bytes([high, low])),
        None => Outcome::Malformed { layer: Layer::Gre }.into(),
    }
}

/// RFC 768. The length trims only where it can be true: offload leaves it 0.
pub(super) fn udp<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(head) = rest.take::<8>() else {
        return rest.short(Layer::Udp, 8).into();
    };
    let &[_, _, port0, port1, len0, len1, _, _] = head;
    if let Some(len) = usize::from(u16::from_be_bytes([len0, len1])).checked_sub(8) {
        rest.trim(len);
    }
    match (u16::from_be_bytes([port0, port1]), rest.peek::<8>()) {
        // RFC 7348 5: I is set and what is reserved is 0. Linux used port 8472 before there was one.
        (4789 | 8472, Some([0x08, 0, 0, 0, _, _, _, 0])) => Step::Into(Layer::Vxlan),
        // RFC 8926 3.4: version 0.
        (6081, Some([first, ..])) if first >> 6 == 0 => Step::Into(Layer::Geneve),
        _ => Step::Found(Found::Udp(head, *rest)),
    }
}

/// Flags, reserved, VNI, reserved (RFC 7348 5).
pub(super) fn vxlan<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    match rest.take::<8>() {
        Some(_) => Step::Into(Layer::Ethernet),
        None => rest.short(Layer::Vxlan, 8).into(),
    }
}

/// Version and option length in words, flags, protocol, VNI, reserved, options (RFC 8926 3.4).
pub(super) fn geneve<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&[first, _, high, low, ..]) = rest.take::<8>() else {
        return rest.short(Layer::Geneve, 8).into();
    };
    match rest.skip(usize::from(first & 0x3f) * 4) {
        Some(()) => ethernet::ethertype(u16::from_be_bytes([high, low])),
        None => Outcome::Malformed { layer: Layer::Geneve }.into(),
    }
}
