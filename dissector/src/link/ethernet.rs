//! Ethernet and what may stand between it and IP: 802.1Q tags, MPLS labels, PPPoE and PPP.
//!
//! Knows the numbers that say what comes next, nothing of what the addresses and tags mean.

use super::walk::Step;
use super::{Layer, Outcome};
use crate::link::rest::Rest;

/// Destination, source, type (IEEE 802.3 3.1.1). Trailing padding is the IP length's to find.
#[inline(always)]
pub(super) fn ethernet<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&[.., high, low]) = rest.take::<14>() else {
        return rest.short(Layer::Ethernet, 14).into();
    };
    ethertype(u16::from_be_bytes([high, low]))
}

/// What an EtherType stands for.
#[inline(always)]
pub(super) fn ethertype<'a>(number: u16) -> Step<'a> {
    Step::Into(match number {
        0x0800 => Layer::Ipv4,
        0x86dd => Layer::Ipv6,
        0x8100 | 0x88a8 | 0x9100 | 0x9200 => Layer::Vlan,
        0x8847 | 0x8848 => Layer::Mpls,
        0x8864 => Layer::Pppoe,
        0x880b => Layer::Ppp,
        0x6558 => Layer::Ethernet,
        0x0806 => Layer::Arp,
        // IEEE 802.3 3.2.6: up to 1500 the field is a length and the frame holds LLC.
        0..=1500 => return Outcome::Llc.into(),
        _ => return Outcome::OtherEthertype(number).into(),
    })
}

/// Tag control information, then the type of what is tagged (IEEE 802.1Q 9.6).
pub(super) fn vlan<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&[_, _, high, low]) = rest.take() else { return rest.short(Layer::Vlan, 4).into() };
    ethertype(u16::from_be_bytes([high, low]))
}

/// One label; the last has bit S (RFC 3032 2.1), and nothing says what follows it.
pub(super) fn mpls<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&[_, _, bottom, _]) = rest.take() else { return rest.short(Layer::Mpls, 4).into() };
    if bottom & 1 == 0 {
        return Step::Into(Layer::Mpls);
    }
    match rest.peek::<1>() {
        Some([first]) => match first >> 4 {
            4 => Step::Into(Layer::Ipv4),
            6 => Step::Into(Layer::Ipv6),
            // RFC 4385 3: a first nibble of 0 keeps a pseudowire's packets from being taken for IP.
            0 => Step::Into(Layer::Pseudowire),
            _ => Outcome::OtherInner { layer: Layer::Mpls }.into(),
        },
        None => rest.short(Layer::Mpls, 1).into(),
    }
}

/// The control word, then an Ethernet frame (RFC 4448 4.6).
pub(super) fn pseudowire<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    match rest.take::<4>() {
        Some(_) => Step::Into(Layer::Ethernet),
        None => rest.short(Layer::Pseudowire, 4).into(),
    }
}

/// Version and type, code, session, length (RFC 2516 4).
pub(super) fn pppoe<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    let Some(&[version, code, _, _, high, low]) = rest.take() else {
        return rest.short(Layer::Pppoe, 6).into();
    };
    if version != 0x11 {
        return Outcome::Malformed { layer: Layer::Pppoe }.into();
    }
    if code != 0 {
        return Outcome::OtherInner { layer: Layer::Pppoe }.into();
    }
    rest.trim(usize::from(u16::from_be_bytes([high, low])));
    Step::Into(Layer::Ppp)
}

/// The protocol in one or two bytes (RFC 1661 2), behind HDLC's address and control where they were kept.
pub(super) fn ppp<'a>(rest: &mut Rest<'a>) -> Step<'a> {
    if rest.peek() == Some(&[0xff, 0x03]) {
        rest.take::<2>();
    }
    let Some(&[first]) = rest.take() else { return rest.short(Layer::Ppp, 1).into() };
    // RFC 1661 6.5: a compressed protocol field is one byte, and that one is odd.
    let second = match first & 1 {
        1 => None,
        _ => match rest.take::<1>() {
            Some([second]) => Some(*second),
            None => return rest.short(Layer::Ppp, 1).into(),
        },
    };
    match second.map_or(u16::from(first), |second| u16::from_be_bytes([first, second])) {
        0x0021 => Step::Into(Layer::Ipv4),
        0x0057 => Step::Into(Layer::Ipv6),
        0x0281 => Step::Into(Layer::Mpls),
        _ => Outcome::OtherInner { layer: Layer::Ppp }.into(),
    }
}
