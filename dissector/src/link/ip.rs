//! IPv4 and IPv6 down to what they carry, through options and extension headers.
//!
//! Does not put fragments together: it says that something is one.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::fragment::Fragment;
use super::walk::{Ends, Found, Step};
use super::{Layer, Outcome};
use crate::link::rest::Rest;

/// IP of the version in its first four bits.
pub(super) fn either<'a>(rest: &Rest<'a>) -> Step<'a> {
    match rest.peek::<1>() {
        Some([first]) if first >> 4 == 4 => Step::Into(Layer::Ipv4),
        Some([first]) if first >> 4 == 6 => Step::Into(Layer::Ipv6),
        Some(_) => Outcome::Malformed { layer: Layer::Raw }.into(),
        None => rest.short(Layer::Raw, 1).into(),
    }
}

/// RFC 791 3.1.
#[inline(always)]
pub(super) fn v4<'a>(rest: &mut Rest<'a>, ends: &mut Ends) -> Step<'a> {
    let Some(&[first, _, len0, len1, id0, id1, frag0, frag1, _, next, _, _, s0, s1, s2, s3, d0, d1, d2, d3]) =
        rest.peek::<20>()
    else {
        return rest.short(Layer::Ipv4, 20).into();
    };
    let header = usize::from(first & 0x0f) * 4;
    let total = usize::from(u16::from_be_bytes([len0, len1]));
    // Segmentation offload leaves the total length 0; then the packet's own length holds.
    if first >> 4 != 4 || header < 20 || (total != 0 && total < header) {
        return Outcome::Malformed { layer: Layer::Ipv4 }.into();
    }
    if total != 0 {
        rest.trim(total);
    }
    if rest.skip(header).is_none() {
        return Outcome::Malformed { layer: Layer::Ipv4 }.into();
    }
    ends.src = IpAddr::V4(Ipv4Addr::new(s0, s1, s2, s3));
    ends.dst = IpAddr::V4(Ipv4Addr::new(d0, d1, d2, d3));

    let fragment = u16::from_be_bytes([frag0, frag1]);
    if fragment & 0x3fff != 0 {
        let id = u32::from(u16::from_be_bytes([id0, id1]));
        return fragmented(rest, ends, id, next, usize::from(fragment & 0x1fff) * 8, fragment & 0x2000 != 0);
    }
    match next {
        6 => Step::Into(Layer::Tcp),
        _ => protocol(next, ends),
    }
}

/// RFC 8200 3.
#[inline(always)]
pub(super) fn v6<'a>(rest: &mut Rest<'a>, ends: &mut Ends) -> Step<'a> {
    if rest.bytes().len() < 40 {
        return rest.short(Layer::Ipv6, 40).into();
    }
    let (Some(&[first, _, _, _, len0, len1, next, _]), Some(&src), Some(&dst)) =
        (rest.take::<8>(), rest.take::<16>(), rest.take::<16>())
    else {
        return rest.short(Layer::Ipv6, 40).into();
    };
    if first >> 4 != 6 {
        return Outcome::Malformed { layer: Layer::Ipv6 }.into();
    }
    // 0 is a jumbogram (RFC 2675 3) or segmentation offload; then the packet's own length holds.
    let len = usize::from(u16::from_be_bytes([len0, len1]));
    if len != 0 {
        rest.trim(len);
    }
    ends.src = IpAddr::V6(Ipv6Addr::from(src));
    ends.dst = IpAddr::V6(Ipv6Addr::from(dst));
    protocol(next, ends)
}

/// What a protocol or next header number stands for. Extension headers are IPv6's; AH is both's.
#[inline]
pub(super) fn protocol<'a>(number: u8, ends: &Ends) -> Step<'a> {
    Step::Into(match number {
        6 => Layer::Tcp,
        17 => Layer::Udp,
        1 => Layer::Icmp,
        58 => Layer::Icmpv6,
        4 => Layer::Ipv4,
        41 => Layer::Ipv6,
        47 => Layer::Gre,
        51 => Layer::Authentication,
        0 | 43 | 60 | 135 | 139 | 140 if ends.src.is_ipv6() => Layer::Extension,
        44 if ends.src.is_ipv6() => Layer::Fragment,
        _ => return Outcome::OtherProtocol(number).into(),
    })
}

/// RFC 6564 4: next header, length in units of 8 bytes behind the first 8.
pub(super) fn extension<'a>(rest: &mut Rest<'a>, ends: &Ends) -> Step<'a> {
    let Some(&[next, len]) = rest.peek() else { return rest.short(Layer::Extension, 8).into() };
    match rest.skip(8 + usize::from(len) * 8) {
        Some(()) => protocol(next, ends),
        None => Outcome::Malformed { layer: Layer::Extension }.into(),
    }
}

/// RFC 4302 2: next header, length in units of 4 bytes minus 2.
pub(super) fn authentication<'a>(rest: &mut Rest<'a>, ends: &Ends) -> Step<'a> {
    let Some(&[next, len]) = rest.peek() else { return rest.short(Layer::Authentication, 12).into() };
    match rest.skip((usize::from(len) + 2) * 4) {
        Some(()) if len > 0 => protocol(next, ends),
        _ => Outcome::Malformed { layer: Layer::Authentication }.into(),
    }
}

/// RFC 8200 4.5.
pub(super) fn fragment<'a>(rest: &mut Rest<'a>, ends: &Ends) -> Step<'a> {
    let Some(&[next, _, off0, off1, id0, id1, id2, id3]) = rest.take() else {
        return rest.short(Layer::Fragment, 8).into();
    };
    let offset = u16::from_be_bytes([off0, off1]);
    // RFC 6946 4: a fragment that is the whole datagram is taken on its own.
    if offset & 0xfff9 == 0 {
        return protocol(next, ends);
    }
    let id = u32::from_be_bytes([id0, id1, id2, id3]);
    fragmented(rest, ends, id, next, usize::from(offset & 0xfff8), offset & 1 != 0)
}

#[cold]
fn fragmented<'a>(rest: &Rest<'a>, ends: &Ends, id: u32, next: u8, at: usize, more: bool) -> Step<'a> {
    // RFC 791 3.2, RFC 8200 4.5: no datagram ends behind byte 65,535.
    match (u16::try_from(at), u16::try_from(at + rest.wire())) {
        (Ok(at), Ok(_)) => {
            Step::Found(Found::Fragment(Fragment { ends: *ends, id, protocol: next, at, more }, *rest))
        }
        _ => {
            let layer = if ends.src.is_ipv6() { Layer::Fragment } else { Layer::Ipv4 };
            Outcome::Malformed { layer }.into()
        }
    }
}
