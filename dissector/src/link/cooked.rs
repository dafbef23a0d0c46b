//! Links without addresses: Linux's cooked captures and the BSDs' loopback.
//!
//! Knows only which network protocol follows.

use super::walk::Step;
use super::{Layer, Outcome, ethernet};
use crate::link::rest::Rest;

/// `LINKTYPE_LINUX_SLL`: packet type, ARPHRD type, address length, address, protocol.
pub(super) fn cooked<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&[_, _, arphrd_high, arphrd_low, .., high, low]) = rest.take::<16>() else {
        return rest.short(Layer::Cooked, 16).into();
    };
    protocol(Layer::Cooked, u16::from_be_bytes([arphrd_high, arphrd_low]), u16::from_be_bytes([high, low]))
}

/// `LINKTYPE_LINUX_SLL2`: protocol, reserved, interface, ARPHRD type, packet type, address length, address.
pub(super) fn cooked2<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&[high, low, _, _, _, _, _, _, arphrd_high, arphrd_low, ..]) = rest.take::<20>() else {
        return rest.short(Layer::Cooked2, 20).into();
    };
    protocol(Layer::Cooked2, u16::from_be_bytes([arphrd_high, arphrd_low]), u16::from_be_bytes([high, low]))
}

/// What the protocol field of a cooked capture stands for.
fn protocol<'a>(layer: Layer, arphrd: u16, number: u16) -> Step<'a> {
    match arphrd {
        // Frame relay, 802.11 in three forms, and netlink number their protocols otherwise.
        770 | 801..=803 | 824 => Outcome::OtherInner { layer }.into(),
        _ => ethernet::ethertype(number),
    }
}

/// `LINKTYPE_NULL`: the address family in the byte order of the machine that captured.
pub(super) fn null<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&family) = rest.take::<4>() else { return rest.short(Layer::Null, 4).into() };
    // Families are small numbers, so only one of the two orders makes sense.
    let little = u32::from_le_bytes(family);
    inet(Layer::Null, if little < 0x1_0000 { little } else { u32::from_be_bytes(family) })
}

/// `LINKTYPE_LOOP`: the address family in network byte order.
pub(super) fn openbsd_loop<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&family) = rest.take::<4>() else { return rest.short(Layer::Loop, 4).into() };
    inet(Layer::Loop, u32::from_be_bytes(family))
}

/// IPv4 is 2 everywhere; IPv6 is 10 on Linux, 23 on Windows, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on
/// macOS.
fn inet<'a>(layer: Layer, family: u32) -> Step<'a> {
    match family {
        2 => Step::Into(Layer::Ipv4),
        10 | 23 | 24 | 28 | 30 => Step::Into(Layer::Ipv6),
        _ => Outcome::OtherInner { layer }.into(),
    }
}
