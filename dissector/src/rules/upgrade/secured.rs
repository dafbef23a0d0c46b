//! What the TLS around a handshake says, held against the handshake.

use core::net::{IpAddr, Ipv6Addr};

use crate::ids::Side;
use crate::rules::Report;
use crate::rules::facts::Requested;
use crate::rules::heads::{Place, quoted, seen};

/// RFC 6455 4.1: a client has to use SNI. RFC 6066 3: which names hosts, and no addresses.
pub(super) fn sni(facts: &Requested<'_>, report: &mut Report<'_>) {
    let Some(secured) = &facts.ledger.secured else { return };
    if !secured.hello || secured.server_name.is_some() {
        return;
    }
    let place = Place::request(facts.ledger, facts.head);
    let Some(line) = place.line(":authority").or(place.line("host")) else { return };
    let host = facts.head.bytes(&line.value);
    if !is_address(host) {
        let told = format!("no server_name for {}", quoted(host));
        report.against(Side::Client, seen(place.at(&line.value), told));
    }
}

/// Whether a host, with its port, is an address and no name.
fn is_address(host: &[u8]) -> bool {
    let Ok(host) = core::str::from_utf8(host) else { return false };
    if let Some(inside) = host.strip_prefix('[') {
        return inside.split(']').next().is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.is_empty() || name.parse::<IpAddr>().is_ok()
}
