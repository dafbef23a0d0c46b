//! The protocols that a packet is walked through, and what the walk can come to.
//!
//! Knows their names only; how each header is read stands in the file of its family.

/// A protocol whose header the walk passes or stops at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Ethernet II or IEEE 802.3.
    Ethernet,
    /// An IEEE 802.1Q tag, also one of several (802.1ad).
    Vlan,
    /// One MPLS label (RFC 3032).
    Mpls,
    /// The control word of an Ethernet pseudowire (RFC 4448 4.6).
    Pseudowire,
    /// A PPPoE session (RFC 2516).
    Pppoe,
    /// PPP (RFC 1661), with or without HDLC's address and control.
    Ppp,
    /// BSD loopback, family in the byte order of whoever captured.
    Null,
    /// OpenBSD loopback, family in network byte order.
    Loop,
    /// Linux cooked capture.
    Cooked,
    /// Linux cooked capture, version 2.
    Cooked2,
    /// IP of the version that its first four bits name; has no header of its own.
    Raw,
    /// IPv4 (RFC 791).
    Ipv4,
    /// IPv6 (RFC 8200).
    Ipv6,
    /// An IPv6 extension header: hop-by-hop, routing, destination options, and those shaped like them.
    Extension,
    /// The IPv6 fragment header (RFC 8200 4.5).
    Fragment,
    /// The authentication header (RFC 4302).
    Authentication,
    /// GRE (RFC 2784, 2890, 2637).
    Gre,
    /// UDP (RFC 768).
    Udp,
    /// VXLAN (RFC 7348).
    Vxlan,
    /// GENEVE (RFC 8926).
    Geneve,
    /// TCP (RFC 9293).
    Tcp,
    /// ICMP (RFC 792).
    Icmp,
    /// ICMPv6 (RFC 4443).
    Icmpv6,
    /// ARP (RFC 826).
    Arp,
}

impl Layer {
    /// What the protocol is called on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ethernet => "Ethernet",
            Self::Vlan => "802.1Q",
            Self::Mpls => "MPLS",
            Self::Pseudowire => "PW control word",
            Self::Pppoe => "PPPoE",
            Self::Ppp => "PPP",
            Self::Null => "Null",
            Self::Loop => "Loopback",
            Self::Cooked => "SLL",
            Self::Cooked2 => "SLL2",
            Self::Raw => "IP",
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
            Self::Extension => "IPv6 extension",
            Self::Fragment => "IPv6 fragment",
            Self::Authentication => "AH",
            Self::Gre => "GRE",
            Self::Udp => "UDP",
            Self::Vxlan => "VXLAN",
            Self::Geneve => "GENEVE",
            Self::Tcp => "TCP",
            Self::Icmp => "ICMP",
            Self::Icmpv6 => "ICMPv6",
            Self::Arp => "ARP",
        }
    }
}

/// What a packet was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// TCP; its segment was given.
    Tcp,
    /// UDP that is no tunnel we know.
    Udp,
    /// ICMP or ICMPv6.
    Icmp,
    /// ARP.
    Arp,
    /// A fragment that waits for the rest of its datagram, or repeats one that is complete.
    Fragment,
    /// An IEEE 802.3 frame with a length where Ethernet II has a type: no IP.
    Llc,
    /// IP with another protocol, by its number (IANA, Protocol Numbers).
    OtherProtocol(u8),
    /// Another network protocol, by its EtherType.
    OtherEthertype(u16),
    /// Another protocol inside of a link or tunnel whose numbers are not EtherTypes.
    OtherInner {
        /// The link or tunnel.
        layer: Layer,
    },
    /// A link type that we cannot read (`LINKTYPE_…`).
    UnknownLink(u16),
    /// The snap length cut the packet before the end of this header.
    Cut {
        /// The header.
        layer: Layer,
    },
    /// This header contradicts itself or the packet's length.
    Malformed {
        /// The header.
        layer: Layer,
    },
    /// More headers inside of each other than we follow.
    TooDeep,
}

impl Outcome {
    /// A name to count it under.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Icmp => "ICMP",
            Self::Arp => "ARP",
            Self::Fragment => "IP fragment",
            Self::Llc => "802.3 LLC",
            Self::OtherProtocol(number) => named(PROTOCOLS, number.into(), "other IP protocol"),
            Self::OtherEthertype(number) => named(ETHERTYPES, number, "other EtherType"),
            Self::OtherInner { .. } => "other encapsulated protocol",
            Self::UnknownLink(_) => "unknown link type",
            Self::Cut { .. } => "cut by the snap length",
            Self::Malformed { .. } => "malformed",
            Self::TooDeep => "nested too deep",
        }
    }
}

/// The name that `table` has for `number`.
pub(super) fn named(table: &[(u16, &'static str)], number: u16, otherwise: &'static str) -> &'static str {
    table.iter().find(|(key, _)| *key == number).map_or(otherwise, |(_, name)| name)
}

/// IANA, Protocol Numbers: those met in practice.
pub(super) const PROTOCOLS: &[(u16, &str)] = &[
    (0, "IPv6 hop-by-hop options"),
    (1, "ICMP"),
    (2, "IGMP"),
    (4, "IPv4"),
    (6, "TCP"),
    (17, "UDP"),
    (41, "IPv6"),
    (43, "IPv6 routing"),
    (44, "IPv6 fragment"),
    (47, "GRE"),
    (50, "ESP"),
    (51, "AH"),
    (58, "ICMPv6"),
    (59, "no next header"),
    (60, "IPv6 destination options"),
    (89, "OSPF"),
    (103, "PIM"),
    (112, "VRRP"),
    (115, "L2TP"),
    (132, "SCTP"),
    (135, "Mobility"),
    (139, "HIP"),
    (140, "Shim6"),
];

/// IANA, IEEE 802 Numbers: those met in practice.
pub(super) const ETHERTYPES: &[(u16, &str)] = &[
    (0x0800, "IPv4"),
    (0x0806, "ARP"),
    (0x6558, "transparent Ethernet bridging"),
    (0x8100, "802.1Q"),
    (0x86dd, "IPv6"),
    (0x8808, "Ethernet flow control"),
    (0x8809, "LACP"),
    (0x880b, "PPP"),
    (0x8847, "MPLS"),
    (0x8848, "MPLS multicast"),
    (0x8863, "PPPoE discovery"),
    (0x8864, "PPPoE"),
    (0x888e, "EAPOL"),
    (0x88a8, "802.1ad"),
    (0x88cc, "LLDP"),
    (0x88e5, "MACsec"),
    (0x88f7, "PTP"),
    (0x9100, "802.1 QinQ"),
];
