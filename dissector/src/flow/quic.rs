//! QUIC, as far as its first bytes tell it (RFC 8999): that it is there, between whom, and how much of it.
//!
//! What it carries is not read: packets would have to be decrypted before they can even be put in order.

use core::net::SocketAddr;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::event::{Carrier, Carries, Connection, Event, Flow, Opening};
use crate::ids::{End, FlowId, StreamId};
use crate::layer::Up;
use crate::link::Datagram;

/// Connections that are told apart; more are not looked for.
const MOST: usize = 100_000;

/// Versions of QUIC: 1 (RFC 9000 15), 2 (RFC 9369 3.1), and the last drafts.
const VERSIONS: [u32; 4] = [1, 0x6b33_43cf, 0xff00_001d, 0xff00_0020];

/// The QUIC connections so far, by their ends.
#[derive(Default)]
pub(super) struct Quic(HashMap<(SocketAddr, SocketAddr), (FlowId, End), RandomState>);

impl Quic {
    /// Whose a datagram is, where it is known to be QUIC's.
    pub(super) fn datagram(
        &mut self,
        datagram: &Datagram,
        next: impl FnOnce() -> FlowId,
        up: &mut Up<'_>,
    ) -> Option<(FlowId, End)> {
        let Datagram { src, dst, .. } = *datagram;
        if let Some(known) = self.0.get(&(src, dst)) {
            return Some(*known);
        }
        if self.0.len() >= 2 * MOST || !begins(datagram) {
            return None;
        }
        let id = next();
        self.0.insert((src, dst), (id, End::A));
        self.0.insert((dst, src), (id, End::B));
        up.say(Event::Flow(Flow { id, a: src, b: dst, from_start: true }));
        up.say(Event::Carries { flow: id, what: Carries::Quic });
        let (pair, connection) = (up.ids.pair(), up.ids.connection());
        up.say(Event::Connection(Box::new(Connection {
            id: connection,
            flow: id,
            client: StreamId::of(pair, End::A),
            server: StreamId::of(pair, End::B),
            carrier: Carrier { quic: true, ..Carrier::default() },
            opening: Opening::Sealed,
            request: None,
            agreement: Arc::default(),
        })));
        Some((id, End::A))
    }
}

/// Whether a datagram begins a connection: an Initial packet with a long header of a known version (RFC 9000 17.2.2),
/// which fills 1,200 bytes (RFC 9000 14.1).
fn begins(datagram: &Datagram) -> bool {
    let [first, version @ ..] = datagram.first;
    let version = u32::from_be_bytes(version);
    // RFC 9369 3.2: version 2 numbers its packet types anew.
    let initial = if version == 0x6b33_43cf { 0xd0 } else { 0xc0 };
    datagram.len >= 1200 && first & 0xf0 == initial && VERSIONS.contains(&version)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An Initial packet is told; DNS, STUN, DTLS and packets behind the handshake are not.
    #[test]
    fn rfc9000_17_2_2_initial() {
        let datagram = |first: [u8; 5], len| Datagram {
            src: "10.0.0.1:50000".parse().unwrap(),
            dst: "10.0.0.2:443".parse().unwrap(),
            len,
            first,
        };
        assert!(begins(&datagram([0xc3, 0, 0, 0, 1], 1200)));
        assert!(begins(&datagram([0xd3, 0x6b, 0x33, 0x43, 0xcf], 1252)));
        for (first, len) in [
            ([0xc3, 0, 0, 0, 1], 500),
            ([0xe3, 0, 0, 0, 1], 1200),
            ([0x43, 0, 0, 0, 1], 1200),
            ([0xc3, 0, 0, 0, 9], 1200),
            ([0x16, 0xfe, 0xfd, 0, 0], 1200),
        ] {
            assert!(!begins(&datagram(first, len)), "{first:?}");
        }
    }
}
