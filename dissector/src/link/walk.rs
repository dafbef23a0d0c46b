//! From header to header down to the one that ends the way: the only loop over a packet's layers.
//!
//! The same walk serves the hot path, where nobody looks on, and the detail tree, which notes where each
//! header stands. It neither copies nor allocates, asks for no checksum, and knows nothing of earlier
//! packets.
//!
//! The headers are read by constant offsets of our own. etherparse 0.21's `LaxSlicedPacket` reads Ethernet,
//! 802.1Q, IP and TCP as well, but none of null, SLL2, MPLS, PPPoE, GRE, VXLAN or IP in IP, drops what the
//! snap length left of a TCP header, and takes three to four times as long: 26 to 47 ns a packet here, 81 to
//! 170 there, over the same captures on the same busy machine. What a step gives back is kept small for that.

use core::net::{IpAddr, Ipv4Addr};

use super::fragment::Fragment;
use super::{Layer, Outcome, cooked, ethernet, ip, tcp, tunnel};
use crate::link::rest::Rest;

/// Source and destination of the innermost IP header so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
}

impl Ends {
    pub(super) const NONE: Self =
        Self { src: IpAddr::V4(Ipv4Addr::UNSPECIFIED), dst: IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
}

/// Where the walk goes from a header.
pub(super) enum Step<'a> {
    Into(Layer),
    Found(Found<'a>),
}

/// What the walk came to.
pub(super) enum Found<'a> {
    /// A TCP header and what it carries.
    Tcp(&'a [u8; tcp::HEAD], Rest<'a>),
    /// A UDP header (RFC 768) and what it carries.
    Udp(&'a [u8; 8], Rest<'a>),
    /// A piece of an IP datagram.
    Fragment(Fragment, Rest<'a>),
    /// Neither.
    Stop(Outcome),
}

impl From<Outcome> for Step<'_> {
    #[inline]
    fn from(outcome: Outcome) -> Self {
        Self::Found(Found::Stop(outcome))
    }
}

/// Whoever looks on while a packet is walked.
pub(super) trait Onlooker {
    /// The header of `layer` stands from byte `at` to `end`, and `rest` is what it carries.
    fn header(&mut self, layer: Layer, at: usize, rest: &Rest<'_>, ends: &Ends);
}

/// Nobody looks on.
impl Onlooker for () {
    #[inline(always)]
    fn header(&mut self, _: Layer, _: usize, _: &Rest<'_>, _: &Ends) {}
}

/// The layer that a link type (`LINKTYPE_…`) begins with.
#[inline]
pub(super) fn first(link: u16) -> Option<Layer> {
    Some(match link {
        1 => Layer::Ethernet,
        0 => Layer::Null,
        9 | 50 => Layer::Ppp,
        51 => Layer::Pppoe,
        // 12 and 14 are DLT_RAW of different systems, which some of them wrote into files.
        12 | 14 | 101 => Layer::Raw,
        108 => Layer::Loop,
        113 => Layer::Cooked,
        228 => Layer::Ipv4,
        229 => Layer::Ipv6,
        276 => Layer::Cooked2,
        _ => return None,
    })
}

/// Walks from `layer` on. Each step passes at least one byte or is the last but [`Layer::Raw`], and there
/// are at most [`DEPTH`]. A call for each packet would cost some 3 % of chat.
#[inline(always)]
pub(super) fn walk<'a>(
    mut layer: Layer,
    mut rest: Rest<'a>,
    ends: &mut Ends,
    onlooker: &mut impl Onlooker,
) -> Found<'a> {
    for _ in 0..DEPTH {
        let at = rest.at();
        let step = match layer {
            Layer::Ethernet => ethernet::ethernet(&mut rest),
            Layer::Ipv4 => ip::v4(&mut rest, ends),
            Layer::Ipv6 => ip::v6(&mut rest, ends),
            Layer::Tcp => tcp::segment(&mut rest),
            Layer::Vlan => ethernet::vlan(&mut rest),
            Layer::Mpls => ethernet::mpls(&mut rest),
            Layer::Pseudowire => ethernet::pseudowire(&mut rest),
            Layer::Pppoe => ethernet::pppoe(&mut rest),
            Layer::Ppp => ethernet::ppp(&mut rest),
            Layer::Null => cooked::null(&mut rest),
            Layer::Loop => cooked::openbsd_loop(&mut rest),
            Layer::Cooked => cooked::cooked(&mut rest),
            Layer::Cooked2 => cooked::cooked2(&mut rest),
            Layer::Raw => ip::either(&rest),
            Layer::Extension => ip::extension(&mut rest, ends),
            Layer::Fragment => ip::fragment(&mut rest, ends),
            Layer::Authentication => ip::authentication(&mut rest, ends),
            Layer::Gre => tunnel::gre(&mut rest),
            Layer::Udp => tunnel::udp(&mut rest),
            Layer::Vxlan => tunnel::vxlan(&mut rest),
            Layer::Geneve => tunnel::geneve(&mut rest),
            Layer::Icmp | Layer::Icmpv6 => Outcome::Icmp.into(),
            Layer::Arp => Outcome::Arp.into(),
        };
        onlooker.header(layer, at, &rest, ends);
        match step {
            Step::Into(next) => layer = next,
            Step::Found(found) => return found,
        }
    }
    Found::Stop(Outcome::TooDeep)
}

/// How many headers are followed: some tags, two tunnels, and extension headers in each.
const DEPTH: usize = 32;
