//! Pairs of sockets that are used more than once: which TCP connection a packet is counted to.

use std::net::SocketAddr;

use dissector::ids::{End, PacketId};
use wscope_tests::packets::{ACK, FIN, RAW_IP, RST, SYN, Segment};
use wscope_tests::replay::{self, Packets};

/// A segment by its flags, sequence number and the number of its bytes. The client's are true.
type Said = (bool, u8, u32, usize);

/// The connection and the end that each of these segments is counted to.
fn counted(said: &[Said]) -> Vec<(u32, End)> {
    let [client, server] = [("10.0.0.1", 40_000), ("10.0.0.2", 80)]
        .map(|(address, port)| SocketAddr::new(address.parse().expect("an address"), port));
    let mut packets = Packets::new(RAW_IP);
    for (number, (by_client, flags, seq, len)) in said.iter().enumerate() {
        let (from, to) = if *by_client { (client, server) } else { (server, client) };
        let payload = vec![b'x'; *len];
        let segment = Segment { from, to, seq: *seq, ack: 1, flags: *flags, payload: &payload };
        packets.push(number as i64 * 1_000_000, &segment.packet());
    }
    let snapshot = replay::memory(packets);
    let packets = (0..snapshot.packet_count()).filter_map(|index| snapshot.packet(PacketId::new(index)));
    let flows = packets.map(|packet| packet.flow.expect("all are TCP's"));
    flows.map(|(flow, end)| (flow.index(), end)).collect()
}

/// Those of `said` that are counted to each connection, which come one after the other.
fn shares(said: &[Said]) -> Vec<usize> {
    let counted = counted(said);
    let ends = said.iter().map(|(by_client, ..)| if *by_client { End::A } else { End::B });
    assert!(counted.iter().map(|(_, end)| *end).eq(ends), "{counted:?}");
    counted.chunk_by(|(before, _), (after, _)| before == after).map(<[_]>::len).collect()
}

const OPENED: [Said; 3] = [(true, SYN, 100, 0), (false, SYN | ACK, 500, 0), (true, ACK, 101, 0)];
const CLOSED: [Said; 3] = [(true, FIN | ACK, 101, 0), (false, FIN | ACK, 501, 0), (true, ACK, 102, 0)];

/// What comes late, or again, of a connection that is over is its own; a SYN begins another one (RFC 9293 3.6.1), also
/// with the sequence number of before.
#[test]
fn rfc9293_3_6_a_connection_that_is_over() {
    let late: [Said; 3] = [(false, FIN | ACK, 501, 0), (true, ACK, 102, 0), (false, SYN | ACK, 500, 0)];
    let once = [&OPENED[..], &CLOSED, &late].concat();
    assert_eq!(shares(&once), [9]);
    for seq in [100, 70_000] {
        let anew: [Said; 2] = [(true, SYN, seq, 0), (false, SYN | ACK, 9000, 0)];
        assert_eq!(shares(&[&once[..], &anew].concat()), [9, 2], "{seq}");
    }
    let often = std::iter::repeat_n(once, 5).collect::<Vec<_>>().concat();
    assert_eq!(shares(&often), [9; 5]);
}

/// A SYN that is sent again is that of the same connection; one with another sequence number begins another one, whatever
/// became of the first.
#[test]
fn rfc9293_3_6_1_a_connection_that_lives() {
    let again: [Said; 2] = [(true, SYN, 100, 0), (true, ACK, 101, 5)];
    assert_eq!(shares(&[&OPENED[..], &again].concat()), [5]);
    let other: [Said; 2] = [(true, SYN, 101 + 5, 0), (false, SYN | ACK, 70_000, 0)];
    assert_eq!(shares(&[&OPENED[..], &again, &other].concat()), [5, 2]);
}

/// What comes soon after a reset is of the connection that was reset, and so is what comes long after, but for a SYN.
#[test]
fn a_connection_that_was_reset() {
    let reset: [Said; 2] = [(false, RST | ACK, 501, 0), (true, ACK, 101, 3)];
    let soon = [&OPENED[..], &reset, &[(true, SYN, 100, 0)]].concat();
    assert_eq!(shares(&soon), [6]);
    let long = vec![(true, ACK, 104, 1); 10_001];
    let after = [&soon[..], &long, &[(true, SYN, 100, 0)]].concat();
    assert_eq!(shares(&after), [6 + long.len(), 1]);
}
