//! Fragments in any order are the segment that they were.

use super::build::*;
use super::*;

/// The bytes of consecutive segments, after checking that they are consecutive.
fn joined(seen: &[Seen]) -> Vec<u8> {
    let Some(first) = seen.first() else { return Vec::new() };
    let mut next = first.seq;
    for (index, one) in seen.iter().enumerate() {
        assert_eq!((one.seq, one.flags.syn(), one.flags.fin()), (next, index == 0, index + 1 == seen.len()));
        next = next.wrapping_add(one.payload.len() as u32 + one.cut + u32::from(index == 0));
    }
    seen.iter().flat_map(|one| one.payload.clone()).collect()
}

fn cut_up(datagram: &[u8], sizes: &[usize], make: impl Fn(usize, bool, &[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    let (mut at, mut out) = (0usize, Vec::new());
    for size in sizes.iter().copied().chain([usize::MAX]) {
        let end = at.saturating_add(size).min(datagram.len());
        out.push(make(at, end < datagram.len(), &datagram[at..end]));
        at = end;
    }
    out
}

fn orders(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![vec![]];
    }
    let insert = |order: Vec<usize>| (0..of).map(move |at| [&order[..at], &[of - 1], &order[at..]].concat());
    orders(of - 1).into_iter().flat_map(insert).collect()
}

/// The first fragment holds 8 bytes: ports and sequence number, not the rest of the header.
#[test]
fn every_order_gives_the_same() {
    let payload: Vec<u8> = (0..90).collect();
    let segment = tcp(u32::MAX - 3, 0x03, &payload);
    let tunneled = udp(4789, &before(&[8, 0, 0, 0, 0, 0, 5, 0], &ethernet(0x0800, &v4(6, 0, &segment))));
    let inner =
        cut_up(&segment, &[48], |at, more, part| v4(6, (at as u16 / 8) | (u16::from(more) << 13), part));
    let nested: Vec<_> = inner.iter().map(|packet| before(&[0, 0, 8, 0], packet)).collect();
    let four = |protocol| {
        move |at: usize, more: bool, part: &[u8]| {
            v4(protocol, (at as u16 / 8) | (u16::from(more) << 13), part)
        }
    };
    let six = |at: usize, more: bool, part: &[u8]| v6_fragment(6, at as u16, more, part);
    let mut nested_outer = cut_up(&nested[0], &[40], |at, more, part| {
        let mut packet = v4(47, (at as u16 / 8) | (u16::from(more) << 13), part);
        packet[4] = 0x77;
        packet
    });
    nested_outer.extend(cut_up(&nested[1], &[40], four(47)));
    let kinds = [
        ("IPv4", cut_up(&segment, &[8, 32, 24], four(6))),
        ("IPv6", cut_up(&segment, &[8, 32, 24], six)),
        ("VXLAN", cut_up(&tunneled, &[16, 56, 48], four(17))),
        ("fragments of fragments", nested_outer),
    ];
    for (name, packets) in kinds {
        for order in orders(packets.len()) {
            let given: Vec<_> = order.iter().map(|index| packets[*index].clone()).collect();
            let (outcomes, seen) = Capture::new(101, given.clone()).walk();
            assert_eq!(outcomes.last(), Some(&Outcome::Tcp), "{name} {order:?}");
            assert_eq!(joined(&seen), payload, "{name} {order:?}");
            // A capture that holds each packet twice gives each segment once.
            let twice: Vec<_> = given.into_iter().flat_map(|packet| [packet.clone(), packet]).collect();
            assert_eq!(joined(&Capture::new(101, twice).walk().1), payload, "{name} twice {order:?}");
        }
    }
}

/// Where fragments disagree, the bytes that came first stay.
#[test]
fn first_bytes_win() {
    let segment = tcp(7, 0x03, b"AAAAAAAAAAAAAAAAAAAA");
    let other = tcp(7, 0x03, b"BBBBBBBBBBBBBBBBBBBB");
    let packets =
        vec![v4(6, 3, &segment[24..]), v4(6, 0x2000, &other[..32]), v4(6, 0x2000 | 2, &other[16..32])];
    let (_, seen) = Capture::new(101, packets).walk();
    assert_eq!(joined(&seen), b"BBBBAAAAAAAAAAAAAAAA");
}

proptest! {
    /// The pool against a byte map: whatever fragments come, whole datagrams are what first came for each byte.
    #[test]
    fn the_pool_is_a_byte_map(
        parts in prop::collection::vec((1usize..12, 1usize..12, any::<bool>()), 1..30),
    ) {
        let segment = tcp(7, 0x03, &(0..76).collect::<Vec<u8>>());
        let packets: Vec<_> = parts
            .iter()
            .map(|(at, len, last)| {
                let (at, more) = if *last { (*at, false) } else { (*at - 1, true) };
                let end = if more { (at * 8 + len * 8).min(88) } else { segment.len() };
                v4(6, at as u16 | (u16::from(more) << 13), &segment[at * 8..end])
            })
            .collect();
        let mut map = [false; 96];
        let whole = parts.iter().zip(&packets).any(|((at, _, last), packet)| {
            let at = if *last { *at } else { *at - 1 } * 8;
            map[at..at + packet.len() - 20].fill(true);
            map.iter().all(|there| *there)
        });
        let (_, seen) = Capture::new(101, packets).walk();
        prop_assert_eq!(!seen.is_empty(), whole);
        prop_assert_eq!(joined(&seen), if whole { segment[20..].to_vec() } else { Vec::new() });
    }
}
