//! A packet in one line.

use core::net::IpAddr;

use etherparse::{ArpPacketSlice, Icmpv4Slice, Icmpv6Slice, UdpSlice};

use super::super::rest::Rest;
use super::super::tcp::Tcp;
use super::super::walk::{self, Ends, Found};
use super::super::{Layer, Outcome, clamped};
use super::{Notes, Part, trouble};

/// What a packet list shows of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// The innermost source, where there is IP.
    pub source: Option<IpAddr>,
    /// The innermost destination.
    pub destination: Option<IpAddr>,
    /// Source and destination port, where there is TCP or UDP.
    pub ports: Option<(u16, u16)>,
    /// The innermost protocol.
    pub protocol: &'static str,
    /// What the packet says, in a few words.
    pub says: String,
    /// Bytes of the innermost payload on the wire, captured or not.
    pub payload_len: u32,
}

/// One packet in one line.
pub fn brief(link: u16, bytes: &[u8], wire_len: u32) -> Brief {
    let mut brief = Brief {
        source: None,
        destination: None,
        ports: None,
        protocol: "",
        says: String::new(),
        payload_len: clamped(bytes.len().max(wire_len as usize)),
    };
    let Some(first) = walk::first(link) else {
        brief.protocol = Outcome::UnknownLink(link).name();
        brief.says = format!("Link type {link}");
        return brief;
    };
    let mut notes = Notes { captured: bytes.len(), seen: Vec::new() };
    let mut ends = Ends::NONE;
    let found = walk::walk(first, Rest::new(bytes, wire_len), &mut ends, &mut notes);
    if let Some(last) = notes.seen.last() {
        brief.protocol = last.layer.name();
        brief.payload_len = clamped(last.payload_end - last.end + last.cut);
        if notes.seen.iter().any(|part| matches!(part.layer, Layer::Ipv4 | Layer::Ipv6)) {
            (brief.source, brief.destination) = (Some(last.ends.src), Some(last.ends.dst));
        }
    }
    match found {
        Found::Tcp(head, _) => {
            let tcp = Tcp::read(head, &ends);
            brief.ports = Some((tcp.src.port(), tcp.dst.port()));
            let ack = tcp.ack.map_or(String::new(), |ack| format!(" Ack={ack}"));
            brief.says = format!(
                "{} → {} [{}] Seq={}{ack} Win={} Len={}",
                tcp.src.port(),
                tcp.dst.port(),
                tcp.flags,
                tcp.seq,
                tcp.window,
                brief.payload_len
            );
        }
        Found::Fragment(fragment, _) => {
            let at = u32::from(fragment.at);
            let end = at + brief.payload_len;
            let more = if fragment.more { "more follow" } else { "the last" };
            brief.says = format!("Fragment 0x{:x}, bytes {at} to {end}, {more}", fragment.id);
        }
        Found::Stop(_) | Found::Udp(..) => {
            let outcome = if let Found::Stop(outcome) = found { outcome } else { Outcome::Udp };
            brief.says = trouble(outcome).unwrap_or_else(|| outcome.name().to_owned());
            if let Some(last) = notes.seen.last() {
                words(&mut brief, last, outcome, bytes);
            }
        }
    }
    brief
}

/// Words for the protocols that end a walk, as etherparse reads them.
fn words(brief: &mut Brief, part: &Part, outcome: Outcome, bytes: &[u8]) {
    let slice = bytes.get(part.at..part.payload_end).unwrap_or_default();
    match (outcome, part.layer) {
        (Outcome::Udp, _) => {
            if let Ok(udp) = UdpSlice::from_slice_lax(slice) {
                brief.ports = Some((udp.source_port(), udp.destination_port()));
                brief.says =
                    format!("{} → {} Len={}", udp.source_port(), udp.destination_port(), brief.payload_len);
            }
        }
        (Outcome::Icmp, Layer::Icmp) => {
            if let Ok(icmp) = Icmpv4Slice::from_slice(slice) {
                brief.says = format!("Type {} code {}", icmp.type_u8(), icmp.code_u8());
            }
        }
        (Outcome::Icmp, _) => {
            if let Ok(icmp) = Icmpv6Slice::from_slice(slice) {
                brief.says = format!("Type {} code {}", icmp.type_u8(), icmp.code_u8());
            }
        }
        (Outcome::Arp, _) => {
            if let Some(arp) =
                ArpPacketSlice::from_slice(slice).ok().and_then(|arp| arp.to_packet().try_eth_ipv4().ok())
            {
                let (sender, target) = (arp.sender_ipv4_addr(), arp.target_ipv4_addr());
                (brief.source, brief.destination) = (Some(sender.into()), Some(target.into()));
                brief.says = match arp.operation.0 {
                    1 => format!("Who has {target}? Tell {sender}"),
                    _ => format!("{sender} is at {}", super::show::hex(&arp.sender_mac, ":")),
                };
            }
        }
        (Outcome::OtherProtocol(_) | Outcome::OtherEthertype(_) | Outcome::Llc, _) => {
            brief.protocol = outcome.name();
        }
        _ => {}
    }
}
