//! Where each field of each header stands and what it is called: data, one field a line.
//!
//! Names are Wireshark's filter names. How a value is written stands in `show.rs`.

use super::super::Layer;
use super::super::layer::{ETHERTYPES, PROTOCOLS};
use super::show::Show::{self, *};

/// One field of a header.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// Its first bit in the header.
    pub(super) bit: u16,
    pub(super) len: u16,
    pub(super) show: Show,
}

/// A header's fields under its own filter name.
pub(super) struct Header {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) rows: &'static [Row],
}

const fn row(name: &'static str, label: &'static str, byte: u16, bit: u16, len: u16, show: Show) -> Row {
    Row { name, label, bit: byte * 8 + bit, len, show }
}

/// The fields of `layer`.
pub(super) fn header(layer: Layer) -> Header {
    let (name, label, rows): (_, _, &[Row]) = match layer {
        Layer::Ethernet => ("eth", "Ethernet", ETHERNET),
        Layer::Vlan => ("vlan", "802.1Q virtual LAN", VLAN),
        Layer::Mpls => ("mpls", "MPLS label", MPLS),
        Layer::Pseudowire => ("pwethcw", "Pseudowire control word", PSEUDOWIRE),
        Layer::Pppoe => ("pppoes", "PPP over Ethernet session", PPPOE),
        Layer::Ppp => ("ppp", "Point-to-point protocol", &[]),
        Layer::Null => ("null", "Null/loopback", NULL),
        Layer::Loop => ("null", "OpenBSD loopback", LOOP),
        Layer::Cooked => ("sll", "Linux cooked capture", COOKED),
        Layer::Cooked2 => ("sll", "Linux cooked capture v2", COOKED2),
        Layer::Raw => ("raw", "Raw IP", &[]),
        Layer::Ipv4 => ("ip", "Internet protocol version 4", IPV4),
        Layer::Ipv6 => ("ipv6", "Internet protocol version 6", IPV6),
        Layer::Extension => ("ipv6.exthdr", "IPv6 extension header", EXTENSION),
        Layer::Fragment => ("ipv6.fraghdr", "IPv6 fragment header", FRAGMENT),
        Layer::Authentication => ("ah", "Authentication header", AUTHENTICATION),
        Layer::Gre => ("gre", "Generic routing encapsulation", GRE),
        Layer::Udp => ("udp", "User datagram protocol", UDP),
        Layer::Vxlan => ("vxlan", "Virtual extensible LAN", VXLAN),
        Layer::Geneve => ("geneve", "Generic network virtualization encapsulation", GENEVE),
        Layer::Tcp => ("tcp", "Transmission control protocol", TCP),
        Layer::Icmp => ("icmp", "Internet control message protocol", ICMP),
        Layer::Icmpv6 => ("icmpv6", "Internet control message protocol version 6", ICMPV6),
        Layer::Arp => ("arp", "Address resolution protocol", ARP),
    };
    Header { name, label, rows }
}

/// The fields of `layer` that this header of its has: which address a cooked one holds follows from its length.
pub(super) fn there(layer: Layer, header: &[u8]) -> impl Iterator<Item = &'static Row> {
    let len = match layer {
        Layer::Cooked => header.get(5).copied(),
        Layer::Cooked2 => header.get(11).copied(),
        _ => None,
    };
    self::header(layer).rows.iter().filter(move |row| match row.name {
        "sll.src.eth" => len == Some(6),
        "sll.src.other" => !matches!(len, Some(0 | 6)),
        _ => true,
    })
}

const ETHERNET: &[Row] = &[
    row("eth.dst", "Destination", 0, 0, 48, Mac),
    row("eth.src", "Source", 6, 0, 48, Mac),
    row("eth.type", "Type", 12, 0, 16, Named(ETHERTYPES)),
];
const VLAN: &[Row] = &[
    row("vlan.priority", "Priority", 0, 0, 3, Dec),
    row("vlan.dei", "Drop eligible", 0, 3, 1, Flag),
    row("vlan.id", "VLAN", 0, 4, 12, Dec),
    row("vlan.etype", "Type", 2, 0, 16, Named(ETHERTYPES)),
];
const MPLS: &[Row] = &[
    row("mpls.label", "Label", 0, 0, 20, Dec),
    row("mpls.exp", "Traffic class", 2, 4, 3, Dec),
    row("mpls.bottom", "Bottom of stack", 2, 7, 1, Flag),
    row("mpls.ttl", "Time to live", 3, 0, 8, Dec),
];
const PSEUDOWIRE: &[Row] = &[row("pweth.cw.sequence_number", "Sequence number", 2, 0, 16, Dec)];
const PPPOE: &[Row] = &[
    row("pppoe.version", "Version", 0, 0, 4, Dec),
    row("pppoe.type", "Type", 0, 4, 4, Dec),
    row("pppoe.code", "Code", 1, 0, 8, Hex),
    row("pppoe.session_id", "Session", 2, 0, 16, Hex),
    row("pppoe.payload_length", "Payload length", 4, 0, 16, Dec),
];
const NULL: &[Row] = &[row("null.family", "Family, in the order of who captured", 0, 0, 32, Host)];
const LOOP: &[Row] = &[row("null.family", "Family", 0, 0, 32, Dec)];
const COOKED: &[Row] = &[
    row("sll.pkttype", "Packet type", 0, 0, 16, Named(PACKET_TYPES)),
    row("sll.hatype", "ARPHRD type", 2, 0, 16, Dec),
    row("sll.halen", "Address length", 4, 0, 16, Dec),
    row("sll.src.eth", "Address", 6, 0, 48, Mac),
    row("sll.src.other", "Address", 6, 0, 64, Bytes),
    row("sll.etype", "Protocol", 14, 0, 16, Named(ETHERTYPES)),
];
const COOKED2: &[Row] = &[
    row("sll.etype", "Protocol", 0, 0, 16, Named(ETHERTYPES)),
    row("sll.ifindex", "Interface", 4, 0, 32, Dec),
    row("sll.hatype", "ARPHRD type", 8, 0, 16, Dec),
    row("sll.pkttype", "Packet type", 10, 0, 8, Named(PACKET_TYPES)),
    row("sll.halen", "Address length", 11, 0, 8, Dec),
    row("sll.src.eth", "Address", 12, 0, 48, Mac),
    row("sll.src.other", "Address", 12, 0, 64, Bytes),
];
const IPV4: &[Row] = &[
    row("ip.version", "Version", 0, 0, 4, Dec),
    row("ip.hdr_len", "Header length", 0, 4, 4, Times(4)),
    row("ip.dsfield.dscp", "Differentiated services", 1, 0, 6, Dec),
    row("ip.dsfield.ecn", "Congestion notification", 1, 6, 2, Dec),
    row("ip.len", "Total length", 2, 0, 16, Dec),
    row("ip.id", "Identification", 4, 0, 16, Hex),
    row("ip.flags.rb", "Reserved", 6, 0, 1, Flag),
    row("ip.flags.df", "Don't fragment", 6, 1, 1, Flag),
    row("ip.flags.mf", "More fragments", 6, 2, 1, Flag),
    row("ip.frag_offset", "Fragment offset", 6, 3, 13, Units(8)),
    row("ip.ttl", "Time to live", 8, 0, 8, Dec),
    row("ip.proto", "Protocol", 9, 0, 8, Named(PROTOCOLS)),
    row("ip.checksum", "Header checksum", 10, 0, 16, Hex),
    row("ip.src", "Source", 12, 0, 32, Ip4),
    row("ip.dst", "Destination", 16, 0, 32, Ip4),
];
const IPV6: &[Row] = &[
    row("ipv6.version", "Version", 0, 0, 4, Dec),
    row("ipv6.tclass", "Traffic class", 0, 4, 8, Hex),
    row("ipv6.flow", "Flow label", 1, 4, 20, Hex),
    row("ipv6.plen", "Payload length", 4, 0, 16, Dec),
    row("ipv6.nxt", "Next header", 6, 0, 8, Named(PROTOCOLS)),
    row("ipv6.hlim", "Hop limit", 7, 0, 8, Dec),
    row("ipv6.src", "Source", 8, 0, 128, Ip6),
    row("ipv6.dst", "Destination", 24, 0, 128, Ip6),
];
const EXTENSION: &[Row] = &[
    row("ipv6.opt.nxt", "Next header", 0, 0, 8, Named(PROTOCOLS)),
    row("ipv6.opt.len", "Length behind the first 8 bytes", 1, 0, 8, Times(8)),
];
const FRAGMENT: &[Row] = &[
    row("ipv6.fraghdr.nxt", "Next header", 0, 0, 8, Named(PROTOCOLS)),
    row("ipv6.fraghdr.offset", "Offset", 2, 0, 13, Units(8)),
    row("ipv6.fraghdr.more", "More fragments", 3, 7, 1, Flag),
    row("ipv6.fraghdr.ident", "Identification", 4, 0, 32, Hex),
];
const AUTHENTICATION: &[Row] = &[
    row("ah.next_header", "Next header", 0, 0, 8, Named(PROTOCOLS)),
    row("ah.length", "Length in words minus 2", 1, 0, 8, Dec),
    row("ah.spi", "Security parameters index", 4, 0, 32, Hex),
    row("ah.sequence", "Sequence number", 8, 0, 32, Dec),
];
const GRE: &[Row] = &[
    row("gre.flags.checksum", "Checksum present", 0, 0, 1, Flag),
    row("gre.flags.routing", "Routing present", 0, 1, 1, Flag),
    row("gre.flags.key", "Key present", 0, 2, 1, Flag),
    row("gre.flags.sequence_number", "Sequence number present", 0, 3, 1, Flag),
    row("gre.flags.version", "Version", 1, 5, 3, Dec),
    row("gre.proto", "Protocol", 2, 0, 16, Named(ETHERTYPES)),
];
const UDP: &[Row] = &[
    row("udp.srcport", "Source port", 0, 0, 16, Dec),
    row("udp.dstport", "Destination port", 2, 0, 16, Dec),
    row("udp.length", "Length", 4, 0, 16, Dec),
    row("udp.checksum", "Checksum", 6, 0, 16, Hex),
];
const VXLAN: &[Row] =
    &[row("vxlan.flag_i", "VNI is valid", 0, 4, 1, Flag), row("vxlan.vni", "Virtual network", 4, 0, 24, Dec)];
const GENEVE: &[Row] = &[
    row("geneve.version", "Version", 0, 0, 2, Dec),
    row("geneve.option.length", "Options' length", 0, 2, 6, Times(4)),
    row("geneve.flags.oam", "Control packet", 1, 0, 1, Flag),
    row("geneve.flags.critical", "Critical options", 1, 1, 1, Flag),
    row("geneve.proto_type", "Protocol", 2, 0, 16, Named(ETHERTYPES)),
    row("geneve.vni", "Virtual network", 4, 0, 24, Dec),
];
const TCP: &[Row] = &[
    row("tcp.srcport", "Source port", 0, 0, 16, Dec),
    row("tcp.dstport", "Destination port", 2, 0, 16, Dec),
    row("tcp.seq_raw", "Sequence number", 4, 0, 32, Dec),
    row("tcp.ack_raw", "Acknowledgment number", 8, 0, 32, Dec),
    row("tcp.hdr_len", "Header length", 12, 0, 4, Times(4)),
    row("tcp.flags", "Flags", 12, 4, 12, Hex),
    row("tcp.window_size_value", "Window", 14, 0, 16, Dec),
    row("tcp.checksum", "Checksum", 16, 0, 16, Hex),
    row("tcp.urgent_pointer", "Urgent pointer", 18, 0, 16, Dec),
];
/// What `tcp.flags` is made of.
pub(super) const TCP_FLAGS: &[Row] = &[
    row("tcp.flags.res", "Reserved", 12, 4, 3, Dec),
    row("tcp.flags.ae", "Accurate ECN", 12, 7, 1, Flag),
    row("tcp.flags.cwr", "Congestion window reduced", 13, 0, 1, Flag),
    row("tcp.flags.ece", "ECN echo", 13, 1, 1, Flag),
    row("tcp.flags.urg", "Urgent", 13, 2, 1, Flag),
    row("tcp.flags.ack", "Acknowledgment", 13, 3, 1, Flag),
    row("tcp.flags.push", "Push", 13, 4, 1, Flag),
    row("tcp.flags.reset", "Reset", 13, 5, 1, Flag),
    row("tcp.flags.syn", "Syn", 13, 6, 1, Flag),
    row("tcp.flags.fin", "Fin", 13, 7, 1, Flag),
];
const ICMP: &[Row] = &[
    row("icmp.type", "Type", 0, 0, 8, Dec),
    row("icmp.code", "Code", 1, 0, 8, Dec),
    row("icmp.checksum", "Checksum", 2, 0, 16, Hex),
];
const ICMPV6: &[Row] = &[
    row("icmpv6.type", "Type", 0, 0, 8, Dec),
    row("icmpv6.code", "Code", 1, 0, 8, Dec),
    row("icmpv6.checksum", "Checksum", 2, 0, 16, Hex),
];
const ARP: &[Row] = &[
    row("arp.hw.type", "Hardware type", 0, 0, 16, Dec),
    row("arp.proto.type", "Protocol type", 2, 0, 16, Named(ETHERTYPES)),
    row("arp.hw.size", "Hardware address length", 4, 0, 8, Dec),
    row("arp.proto.size", "Protocol address length", 5, 0, 8, Dec),
    row("arp.opcode", "Operation", 6, 0, 16, Named(OPERATIONS)),
    row("arp.src.hw_mac", "Sender's hardware", 8, 0, 48, Mac),
    row("arp.src.proto_ipv4", "Sender", 14, 0, 32, Ip4),
    row("arp.dst.hw_mac", "Target's hardware", 18, 0, 48, Mac),
    row("arp.dst.proto_ipv4", "Target", 24, 0, 32, Ip4),
];

/// `LINKTYPE_LINUX_SLL`: who the packet was for.
const PACKET_TYPES: &[(u16, &str)] =
    &[(0, "to us"), (1, "broadcast"), (2, "multicast"), (3, "to somebody else"), (4, "sent by us")];

/// RFC 826, "Packet format".
const OPERATIONS: &[(u16, &str)] = &[(1, "request"), (2, "reply")];
