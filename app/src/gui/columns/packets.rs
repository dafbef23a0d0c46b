//! The columns of packets. What stands in a packet is read again when it is in sight, so rows are not sorted by it.

use std::net::{IpAddr, SocketAddr};

use session::dissector::link::Brief;
use session::model::Packet;

use super::common::{self, amount, other, rising};
use super::{Column, Key, View, column, comment, delta, left, more, number, right, time};
use crate::gui::fonts;
use crate::gui::table::Cells;

/// The columns of packets.
pub(super) const COLUMNS: &[Column<Packet>] = &[
    column(
        right("number", "#", 48.0, "Its number in the capture"),
        number,
        Key::Number(|_, it| Some(it.id.number())),
    ),
    column(
        right("time", "Time", 104.0, "When it was captured; Ctrl+T changes how times are told"),
        time,
        Key::Number(|_, it| Some(rising(it.time))),
    ),
    column(
        more(right("delta", "Delta", 88.0, "Seconds since the packet before it in the capture")),
        delta,
        Key::Number(|snapshot, it| common::since_before(snapshot, it.id.index(), it).map(rising)),
    ),
    column(
        more(right(
            "answer",
            "Answer time",
            96.0,
            "Seconds since the last packet of the other end of its TCP connection",
        )),
        common::answer,
        Key::None,
    ),
    column(
        more(right("stream", "Stream", 68.0, "The number of its TCP connection")),
        |cells, _, it| {
            if let Some((flow, _)) = it.flow {
                other(cells, flow.number());
            }
        },
        Key::Number(|_, it| it.flow.map(|(flow, _)| flow.number())),
    ),
    column(
        left("source", "Source", 160.0, "Who sent it"),
        |cells, view, it| {
            with_brief(cells, view, it, |cells, _, brief| {
                let source = end(brief.source, brief.ports.map(|ports| ports.0));
                cells.text(&source, fonts::mono(), cells.theme.text);
            });
        },
        Key::None,
    ),
    column(
        left("destination", "Destination", 160.0, "Whom it was sent to"),
        |cells, view, it| {
            with_brief(cells, view, it, |cells, _, brief| {
                let destination = end(brief.destination, brief.ports.map(|ports| ports.1));
                cells.text(&destination, fonts::mono(), cells.theme.text);
            });
        },
        Key::None,
    ),
    column(
        left("protocol", "Protocol", 84.0, "The innermost protocol that its headers name"),
        |cells, view, it| {
            with_brief(cells, view, it, |cells, it, brief| {
                let color = if it.flow.is_some() { cells.theme.text } else { cells.theme.dim };
                cells.text(brief.protocol, fonts::body(), color);
            });
        },
        Key::None,
    ),
    column(
        right("length", "Length", 72.0, "Bytes that were captured of it"),
        |cells, _, it| amount(cells, u64::from(it.span.len)),
        Key::Number(|_, it| Some(u64::from(it.span.len))),
    ),
    column(
        more(right("payload", "Payload", 72.0, "Bytes behind its innermost header, as they were sent")),
        |cells, view, it| {
            with_brief(cells, view, it, |cells, _, brief| amount(cells, brief.payload_len.into()));
        },
        Key::None,
    ),
    column(
        more(right("offset", "Offset", 104.0, "Where its bytes begin in the capture file, unpacked")),
        |cells, _, it| other(cells, it.span.at),
        Key::Number(|_, it| Some(it.span.at)),
    ),
    column(
        more(left("cut", "Cut", 48.0, "Whether the snap length cut it")),
        |cells, _, it| cells.text(if it.cut { "cut" } else { "" }, fonts::body(), cells.theme.warn),
        Key::Number(|_, it| it.cut.then_some(1)),
    ),
    column(
        more(left(
            "comment",
            "Comment",
            200.0,
            "What stands beside it in the file, or you wrote: Ctrl+Alt+C",
        )),
        comment,
        Key::None,
    ),
    column(
        left("info", "Info", 400.0, "What it says, in a few words"),
        |cells, view, it| {
            let read = with_brief(cells, view, it, |cells, it, brief| {
                let color = if it.flow.is_some() { cells.theme.text } else { cells.theme.dim };
                cells.text(&brief.says, fonts::mono(), color);
            });
            if !read {
                cells.text("…", fonts::body(), cells.theme.quiet(cells.row.selected));
            }
        },
        Key::None,
    ),
];

/// Draws from what was read of a packet; whether that is there.
fn with_brief(
    cells: &mut Cells<'_>,
    view: &mut View<'_>,
    packet: &Packet,
    draw: fn(&mut Cells<'_>, &Packet, &Brief),
) -> bool {
    let opened = &mut *view.opened;
    let brief = opened.inspector.packet_brief(&opened.snapshot, packet.id);
    brief.inspect(|brief| draw(cells, packet, brief)).is_some()
}

fn end(address: Option<IpAddr>, port: Option<u16>) -> String {
    match (address, port) {
        (Some(address), Some(port)) => SocketAddr::new(address, port).to_string(),
        (Some(address), None) => address.to_string(),
        _ => String::new(),
    }
}
