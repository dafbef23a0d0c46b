//! The columns of messages.

use session::dissector::event::Outcome;
use session::dissector::ids::Side;
use session::model::{Kind, Message};

use super::common::{self, address, address_key, amount, other, rising};
use super::{Column, Key, View, column, comment, delta, left, more, number, right, time};
use crate::gui::latency::Latency;
use crate::gui::table::Cells;
use crate::gui::{findings, fonts, words};

/// The columns of messages.
pub(super) const COLUMNS: &[Column<Message>] = &[
    column(
        right("number", "#", 48.0, "Its number among messages, in the order of their first frames"),
        number,
        Key::Number(|_, it| Some(it.id.number())),
    ),
    column(
        right("time", "Time", 104.0, "When its last frame was complete; Ctrl+T changes how times are told"),
        time,
        Key::Number(|_, it| Some(rising(it.time))),
    ),
    column(
        more(right("delta", "Delta", 88.0, "Seconds since the message before it in the capture")),
        delta,
        Key::Number(|snapshot, it| common::since_before(snapshot, it.id.index(), it).map(rising)),
    ),
    column(
        more(right("answer", "Answer time", 96.0, "Seconds since the other side's last message before it")),
        common::answer,
        Key::None,
    ),
    column(
        more(right(
            "latency",
            "Latency",
            88.0,
            "Seconds since the question that it answers, or from it to its first answer",
        )),
        latency,
        Key::None,
    ),
    column(
        left("from", "From", 48.0, "Who sent it: the client's arrow points to the right"),
        |cells, _, it| common::from(cells, it.side),
        Key::Number(|_, it| Some(it.side.index() as u64)),
    ),
    column(
        right("connection", "Conn.", 60.0, "The number of its connection"),
        |cells, _, it| other(cells, it.connection.number()),
        Key::Number(|_, it| Some(it.connection.number())),
    ),
    column(
        left("type", "Type", 64.0, "Text or binary (RFC 6455 5.6)"),
        |cells, _, it| {
            let color = if it.kind == Kind::Text { cells.theme.text } else { cells.theme.bytes.high };
            cells.text(it.kind.name(), fonts::body(), color);
        },
        Key::Words(|_, it, words| words.push_str(it.kind.name())),
    ),
    column(
        more(right("frames", "Frames", 64.0, "How many frames it was sent in")),
        |cells, _, it| amount(cells, u64::from(it.frames)),
        Key::Number(|_, it| Some(u64::from(it.frames))),
    ),
    column(
        right("length", "Length", 80.0, "Bytes of its content, after inflating"),
        |cells, _, it| amount(cells, it.len.unwrap_or(it.wire_len)),
        Key::Number(|_, it| Some(it.len.unwrap_or(it.wire_len))),
    ),
    column(
        more(right("wire-length", "On the wire", 88.0, "Payload bytes as they were sent")),
        |cells, _, it| amount(cells, it.wire_len),
        Key::Number(|_, it| Some(it.wire_len)),
    ),
    column(
        more(left("compressed", "Compressed", 88.0, "Whether it was sent compressed (RFC 7692 6)")),
        |cells, _, it| cells.text(if it.compressed { "deflate" } else { "" }, fonts::body(), cells.theme.dim),
        Key::Number(|_, it| it.compressed.then_some(1)),
    ),
    column(
        right(
            "ratio",
            "Ratio",
            56.0,
            "How many times longer it is than what was sent, where it was compressed",
        ),
        ratio,
        Key::Number(|_, it| {
            let (true, Some(len)) = (it.compressed, it.len) else { return None };
            Some((u128::from(len) * 1_000_000 / u128::from(it.wire_len.max(1))).min(u64::MAX.into()) as u64)
        }),
    ),
    column(
        more(left("subprotocol", "Subprotocol", 104.0, "What its connection speaks (RFC 6455 1.9)")),
        |cells, view, it| common::subprotocol(cells, view, it.connection),
        Key::Words(|snapshot, it, words| common::subprotocol_key(snapshot, it.connection, words)),
    ),
    column(
        more(right("packet", "Packet", 72.0, "The packet that completed it")),
        |cells, _, it| other(cells, it.packet.number()),
        Key::Number(|_, it| Some(it.packet.number())),
    ),
    column(
        more(left("client", "Client", 160.0, "Address and port of the client")),
        |cells, view, it| address(cells, view, it.connection, Side::Client),
        Key::Words(|snapshot, it, words| address_key(snapshot, it.connection, Side::Client, words)),
    ),
    column(
        more(left("server", "Server", 160.0, "Address and port of the server")),
        |cells, view, it| address(cells, view, it.connection, Side::Server),
        Key::Words(|snapshot, it, words| address_key(snapshot, it.connection, Side::Server, words)),
    ),
    column(
        more(right(
            "findings",
            "Findings",
            72.0,
            "How many findings there are about its frames, in the color of the worst",
        )),
        |cells, view, it| {
            let (worst, count) = findings::about(&view.opened.snapshot, it);
            common::found(cells, worst, count);
        },
        Key::Number(|snapshot, it| {
            let (worst, count) = findings::about(snapshot, it);
            common::found_key(worst, count)
        }),
    ),
    column(
        more(left("comment", "Comment", 200.0, "What you wrote beside it: Ctrl+Alt+C")),
        comment,
        Key::None,
    ),
    column(
        more(left(
            "protocol",
            "Protocol",
            104.0,
            "What its connection speaks, as its first messages tell or you say",
        )),
        |cells, view, it| common::said(cells, view, it.id, |line| Some(line.protocol?.title)),
        Key::None,
    ),
    column(
        more(left("event", "Event", 136.0, "The event, method or command that it names")),
        |cells, view, it| common::said(cells, view, it.id, |line| line.part.as_ref()?.event.as_deref()),
        Key::None,
    ),
    column(
        more(left("topic", "Topic", 136.0, "The topic, channel, destination or namespace that it is about")),
        |cells, view, it| common::said(cells, view, it.id, |line| line.part.as_ref()?.topic.as_deref()),
        Key::None,
    ),
    column(
        more(left("id", "Id", 72.0, "The id by which it is told from others or paired with them")),
        |cells, view, it| common::said(cells, view, it.id, |line| line.part.as_ref()?.id.as_deref()),
        Key::None,
    ),
    column(
        left("preview", "Preview", 400.0, "What it says, or how its content begins, or why it cannot be had"),
        |cells, view, it| match trouble(it) {
            Some(words) => common::warning(cells, words),
            None => common::preview(cells, view, it.id),
        },
        Key::None,
    ),
];

fn latency(cells: &mut Cells<'_>, view: &mut View<'_>, it: &Message) {
    match view.opened.latency(it.id) {
        Latency::Unknown => cells.text("…", fonts::body(), cells.theme.quiet(cells.row.selected)),
        Latency::None => {}
        Latency::Took(time) => cells.text(&words::seconds(time), fonts::body(), cells.theme.dim),
        Latency::Unanswered => common::warning(cells, "unanswered"),
    }
}

fn ratio(cells: &mut Cells<'_>, _: &mut View<'_>, it: &Message) {
    if let (true, Some(len)) = (it.compressed, it.len) {
        let words = format!("{:.1}×", len as f64 / it.wire_len.max(1) as f64);
        cells.text(&words, fonts::small(), cells.theme.dim);
    }
}

/// Why a message's content cannot be had, in the words of a row.
fn trouble(message: &Message) -> Option<&'static str> {
    match message.outcome {
        Some(Outcome::Whole) => None,
        None => Some("Not finished yet"),
        Some(Outcome::Missing) => Some("Not captured whole"),
        Some(Outcome::Unfinished) => Some("Its last fragment was never seen"),
        Some(Outcome::ContextLost) => Some("Compression context lost"),
        Some(Outcome::Broken) => Some("Not a DEFLATE stream"),
        Some(Outcome::TooLarge) => Some("Too large to be inflated"),
    }
}
