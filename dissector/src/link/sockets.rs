//! The two sockets of a segment (RFC 9293 3.3.1): who sent it to whom, and which connection that makes it one of.

use core::hash::{Hash, Hasher};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};

/// Sender and receiver of a segment.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sockets {
    pair: Pair,
    sent_by_lower: bool,
}

/// A pair of sockets as numbers, in an order that does not depend on who speaks: the lower one first. Words, because a word
/// that was just written can be read again at once, and a part of two cannot.
#[derive(Clone, Copy)]
pub(crate) struct Pair([u64; 5]);

/// Set in the last word where the addresses are those of IPv6: the first four are their halves then, and the last one has
/// the ports. With IPv4 the first two have all.
const V6: u64 = 1 << 32;

impl Sockets {
    /// Who sent it, and whom it is for.
    #[inline(always)]
    pub fn new(src: SocketAddr, dst: SocketAddr) -> Self {
        if let (SocketAddr::V4(src), SocketAddr::V4(dst)) = (src, dst) {
            let number = |end: SocketAddrV4| u64::from(end.ip().to_bits()) << 16 | u64::from(end.port());
            let (src, dst) = (number(src), number(dst));
            return Self { pair: Pair([src.min(dst), src.max(dst), 0, 0, 0]), sent_by_lower: src <= dst };
        }
        let number = |end: SocketAddr| match end.ip() {
            IpAddr::V4(ip) => (ip.to_ipv6_mapped().to_bits(), u64::from(end.port())),
            IpAddr::V6(ip) => (ip.to_bits(), u64::from(end.port())),
        };
        let (src, dst) = (number(src), number(dst));
        let (low, high) = (src.min(dst), src.max(dst));
        let halves = |address: u128| [(address >> 64) as u64, address as u64];
        let ([a, b], [c, d]) = (halves(low.0), halves(high.0));
        Self { pair: Pair([a, b, c, d, V6 | low.1 << 16 | high.1]), sent_by_lower: src <= dst }
    }

    /// Who sent it.
    pub fn src(&self) -> SocketAddr {
        if self.sent_by_lower { self.pair.lower() } else { self.pair.higher() }
    }

    /// Whom it is for.
    pub fn dst(&self) -> SocketAddr {
        if self.sent_by_lower { self.pair.higher() } else { self.pair.lower() }
    }

    /// Both, whoever speaks.
    #[inline]
    pub(crate) fn pair(&self) -> &Pair {
        &self.pair
    }

    /// Whether the lower one of them is the sender.
    #[inline]
    pub(crate) fn sent_by_lower(&self) -> bool {
        self.sent_by_lower
    }
}

impl Pair {
    fn lower(&self) -> SocketAddr {
        let [a, b, .., last] = self.0;
        if last & V6 == 0 { v4(a) } else { v6(a, b, (last >> 16) as u16) }
    }

    fn higher(&self) -> SocketAddr {
        let [_, b, c, d, last] = self.0;
        if last & V6 == 0 { v4(b) } else { v6(c, d, last as u16) }
    }
}

fn v4(number: u64) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::from_bits((number >> 16) as u32).into(), number as u16)
}

fn v6(high: u64, low: u64, port: u16) -> SocketAddr {
    SocketAddr::new(Ipv6Addr::from_bits(u128::from(high) << 64 | u128::from(low)).into(), port)
}

impl core::fmt::Debug for Sockets {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} to {}", self.src(), self.dst())
    }
}

impl PartialEq for Pair {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }
}

impl Eq for Pair {}

impl Hash for Pair {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d, last] = self.0;
        state.write_u64(a);
        state.write_u64(b);
        if last != 0 {
            state.write_u64(c);
            state.write_u64(d);
            state.write_u64(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use core::hash::BuildHasher;

    use foldhash::fast::RandomState;

    use super::*;

    /// Both ways of a connection are one pair with different senders; other sockets are another, an IPv4 address in IPv6's
    /// clothes among them; and they come out as they went in.
    #[test]
    fn a_pair_is_of_two_sockets() {
        let sockets =
            ["10.0.0.1:80", "10.0.0.1:81", "9.0.0.2:80", "[::ffff:10.0.0.1]:80", "[::1]:80", "[::1]:81"];
        let sockets = sockets.map(|it| it.parse::<SocketAddr>().unwrap());
        let hasher = RandomState::default();
        let mut seen: Vec<Pair> = Vec::new();
        for (place, a) in sockets.iter().enumerate() {
            // An IPv4 packet has two such addresses.
            for b in sockets[place..].iter().filter(|b| a.is_ipv4() == b.is_ipv4()) {
                let (there, back) = (Sockets::new(*a, *b), Sockets::new(*b, *a));
                assert_eq!([there.src(), there.dst(), back.src(), back.dst()], [*a, *b, *b, *a]);
                assert!(there.pair() == back.pair());
                assert_eq!(hasher.hash_one(there.pair()), hasher.hash_one(back.pair()));
                assert_eq!(there.sent_by_lower() != back.sent_by_lower(), a != b, "{a} {b}");
                assert!(there.sent_by_lower() || a != b, "who talks to itself is one and the same");
                assert!(seen.iter().all(|pair| pair != there.pair()), "{a} {b}");
                seen.push(*there.pair());
            }
        }
        assert_eq!(seen.len(), 12);
    }
}
