//! Link types: what a packet's first bytes are. The numbers of <https://www.tcpdump.org/linktypes.html>.

use std::fmt;

/// A `LINKTYPE_…` number as capture files use it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: the address family in the byte order of the machine that captured.
    pub const NULL: Self = Self(0);
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// IPv4 or IPv6 without anything before it.
    pub const RAW: Self = Self(101);
    /// OpenBSD loopback: the address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux "cooked" capture, version 1.
    pub const LINUX_SLL: Self = Self(113);
    /// IPv4 only.
    pub const IPV4: Self = Self(228);
    /// IPv6 only.
    pub const IPV6: Self = Self(229);
    /// Linux "cooked" capture, version 2.
    pub const LINUX_SLL2: Self = Self(276);

    /// Its name for people, where it is one of those in use.
    pub fn name(self) -> Option<&'static str> {
        NAMES.iter().find(|(number, _)| *number == self.0).map(|(_, name)| *name)
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "link type {}", self.0),
        }
    }
}

/// 12 and 14 are what BSD systems call raw IP on their own disks; files of theirs are about.
const NAMES: &[(u16, &str)] = &[
    (0, "BSD loopback"),
    (1, "Ethernet"),
    (6, "Token Ring"),
    (8, "SLIP"),
    (9, "PPP"),
    (10, "FDDI"),
    (12, "raw IP"),
    (14, "raw IP"),
    (50, "PPP over HDLC"),
    (51, "PPP over Ethernet"),
    (101, "raw IP"),
    (104, "Cisco HDLC"),
    (105, "Wi-Fi"),
    (107, "Frame Relay"),
    (108, "OpenBSD loopback"),
    (113, "Linux cooked"),
    (114, "LocalTalk"),
    (117, "OpenBSD pflog"),
    (119, "Wi-Fi with Prism header"),
    (127, "Wi-Fi with radiotap header"),
    (147, "private use 0"),
    (149, "Apple PKTAP"),
    (163, "Wi-Fi with AVS header"),
    (187, "Bluetooth HCI"),
    (189, "USB on Linux"),
    (192, "per-packet information"),
    (195, "IEEE 802.15.4"),
    (201, "Bluetooth HCI with direction"),
    (220, "USB on Linux, padded"),
    (227, "SocketCAN"),
    (228, "IPv4"),
    (229, "IPv6"),
    (239, "Linux netfilter log"),
    (240, "Hilscher netANALYZER"),
    (249, "USB on Windows"),
    (252, "Wireshark upper PDU"),
    (253, "Linux netlink"),
    (258, "Apple PKTAP"),
    (276, "Linux cooked v2"),
];
