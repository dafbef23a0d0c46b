//! Fields of packets as the capture keeps them: number, time, lengths, comment; and their TCP connection.

use std::sync::Arc;

use dissector::event::Carries;
use dissector::ids::{FlowId, PacketId};

use crate::filter::field::{Field, Read, Reads, Take};
use crate::filter::look::Look;
use crate::filter::value::{Kind, Value};
use crate::model::Packet;

#[rustfmt::skip]
pub(super) fn fields() -> Vec<Field> {
    vec![
        Field::new("frame", Kind::Layer, "Every packet, and its bytes: Wireshark's frame is a packet, not a frame of WebSocket", "frame contains \"token\"", Reads::Packet, Read::Packet(|look, packet, take| look.captured(packet, take)))
            .in_packets(|_, _| 1),
        packet("frame.number", Kind::Number, "The packet's number, from 1, as in Wireshark", "frame.number > 100", |_, packet, take| take(Value::number(packet.id.number())))
            .in_packets(|index, _| u64::from(index) + 1),
        packet("frame.time", Kind::Time, "When it was captured, in UTC", "frame.time >= \"2025-03-01 12:00:00\"", time),
        packet("frame.time_epoch", Kind::Time, "When it was captured, in seconds since 1970-01-01 00:00 UTC", "frame.time_epoch >= 1740830400.5", time),
        packet("frame.time_relative", Kind::Duration, "Time since the capture's first packet", "frame.time_relative > 1.5", |look, packet, take| {
            let first = look.snapshot.packet(PacketId::new(0)).map_or(packet.time, |first| first.time);
            take(Value::number(packet.time.saturating_sub(first)));
        }),
        packet("frame.time_delta", Kind::Duration, "Time since the packet before", "frame.time_delta > 250ms", |look, packet, take| {
            let before = packet.id.index().checked_sub(1).and_then(|index| look.snapshot.packet(PacketId::new(index)));
            take(Value::number(packet.time.saturating_sub(before.map_or(packet.time, |before| before.time))));
        }),
        packet("frame.cap_len", Kind::Number, "Bytes of it that were captured", "frame.cap_len < 60", |_, packet, take| take(Value::number(packet.span.len)))
            .in_packets(|_, row| u64::from(row.len())),
        Field::new("frame.len", Kind::Number, "Bytes of it on the wire", "frame.len > 1500", Reads::Index, Read::Packet(|look, packet, take| {
            if let Some(len) = look.wire_len(packet) { take(Value::number(len)); }
        })),
        packet("frame.cut", Kind::Flag, "The snap length cut it", "frame.cut == true", |_, packet, take| take(Value::Flag(packet.cut)))
            .in_packets(|_, row| u64::from(row.cut())),
        packet("frame.link", Kind::Number, "The link type of its interface, by the number that capture files use", "frame.link == 1", |_, packet, take| take(Value::number(packet.link))),
        packet("frame.offset", Kind::Number, "Where its first byte stands in the capture, in the unpacked one if it is compressed", "frame.offset > 1000000", |_, packet, take| take(Value::number(packet.span.at)))
            .in_packets(|_, row| row.at),
        packet("frame.comment", Kind::Text, "What somebody wrote beside it in the capture file", "frame.comment contains \"retry\"", |look, packet, take| {
            if let Some(comment) = look.snapshot.comment(packet.id) {
                let comment: Arc<str> = Arc::clone(comment);
                take(Value::run(comment.as_bytes()));
            }
        }),
        packet("tcp.stream", Kind::Number, "Its TCP connection, from 0, as in Wireshark", "tcp.stream == 0", |look, packet, take| {
            if let Some(number) = packet.flow.and_then(|(flow, _)| look.tcp_stream(flow)) {
                take(Value::number(number));
            }
        }),
        packet("tcp.srcport", Kind::Number, "TCP: source port", "tcp.srcport == 8080", |look, packet, take| ports(look, packet, take, true, false)),
        packet("tcp.dstport", Kind::Number, "TCP: destination port", "tcp.dstport == 8080", |look, packet, take| ports(look, packet, take, false, true)),
        packet("tcp.port", Kind::Number, "TCP: source or destination port", "tcp.port == 8080", |look, packet, take| ports(look, packet, take, true, true)),
    ]
}

fn packet(
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&mut Look<'_>, &Packet, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Index, Read::Packet(read))
}

fn time(_: &mut Look<'_>, packet: &Packet, take: Take<'_>) {
    take(Value::number(packet.time));
}

/// A packet of a TCP connection has that one's ports; of others its header says them, where it was captured.
fn ports(look: &mut Look<'_>, packet: &Packet, take: Take<'_>, source: bool, destination: bool) {
    let of = |flow: FlowId| look.snapshot.flow(flow).filter(|flow| flow.carries != Carries::Quic);
    if let Some((flow, end)) = packet.flow.and_then(|(flow, end)| Some((of(flow)?, end))) {
        let ends = [flow.a.port(), flow.b.port()];
        if source {
            take(Value::number(ends[end.index()]));
        }
        if destination {
            take(Value::number(ends[end.other().index()]));
        }
        return;
    }
    for (wanted, name) in [(source, "tcp.srcport"), (destination, "tcp.dstport")] {
        if wanted {
            look.header(packet, name, take);
        }
    }
}
