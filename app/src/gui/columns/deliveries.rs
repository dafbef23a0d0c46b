//! The columns of messages that HTTP carries.

use session::Snapshot;
use session::dissector::ids::{DeliveryId, PacketId};
use session::neighbor::Delivery;

use super::common::{self, amount, other, rising};
use super::{Column, Key, Listed, column, comment, delta, left, more, number, right, time};
use crate::gui::fonts;
use crate::gui::state::Selection;

impl Listed for Delivery {
    fn of(snapshot: &Snapshot, row: u32) -> Option<Self> {
        snapshot.delivery(DeliveryId::new(row))
    }
    fn number(&self) -> u64 {
        self.id.number()
    }
    fn time(&self) -> i64 {
        self.time
    }
    fn packet(&self) -> PacketId {
        self.packet
    }
    fn selection(&self) -> Option<Selection> {
        Some(Selection::Delivery(self.id))
    }
}

/// The columns of messages that HTTP carries.
pub(super) const COLUMNS: &[Column<Delivery>] = &[
    column(
        right(
            "number",
            "#",
            48.0,
            "Its number among messages that HTTP carries, in the order of their completion",
        ),
        number,
        Key::Number(|_, it| Some(it.id.number())),
    ),
    column(
        right("time", "Time", 104.0, "When it was complete; Ctrl+T changes how times are told"),
        time,
        Key::Number(|_, it| Some(rising(it.time))),
    ),
    column(
        more(right("delta", "Delta", 88.0, "Seconds since the message over HTTP before it in the capture")),
        delta,
        Key::Number(|snapshot, it| common::since_before(snapshot, it.id.index(), it).map(rising)),
    ),
    column(
        right(
            "answer",
            "Answer time",
            96.0,
            "Seconds since the request of its exchange, where the server sent it",
        ),
        common::answer,
        Key::None,
    ),
    column(
        left("from", "From", 48.0, "Who sent it: the client's arrow points to the right"),
        |cells, _, it| common::from(cells, it.side),
        Key::Number(|_, it| Some(it.side.index() as u64)),
    ),
    column(
        right(
            "session",
            "Session",
            64.0,
            "The number of its session: what belongs together over several exchanges",
        ),
        |cells, _, it| other(cells, it.session.number()),
        Key::Number(|_, it| Some(it.session.number())),
    ),
    column(
        left(
            "transport",
            "Transport",
            104.0,
            "How it travelled: polling, long-polling, http-streaming or sse",
        ),
        |cells, _, it| cells.text(it.transport.name(), fonts::body(), cells.theme.text),
        Key::Words(|_, it, words| words.push_str(it.transport.name())),
    ),
    column(
        right("length", "Length", 80.0, "Bytes of it in the body, packed as they may be"),
        |cells, _, it| amount(cells, it.len),
        Key::Number(|_, it| Some(it.len)),
    ),
    column(
        more(right(
            "exchange",
            "Exchange",
            80.0,
            "The number of the request and answer that it is in the body of",
        )),
        |cells, _, it| other(cells, it.exchange.number()),
        Key::Number(|_, it| Some(it.exchange.number())),
    ),
    column(
        more(right("packet", "Packet", 72.0, "The packet that completed it")),
        |cells, _, it| other(cells, it.packet.number()),
        Key::Number(|_, it| Some(it.packet.number())),
    ),
    column(
        more(left("comment", "Comment", 200.0, "What you wrote beside it: Ctrl+Alt+C")),
        comment,
        Key::None,
    ),
    column(
        left("preview", "Preview", 400.0, "What it says, or why it cannot be had"),
        |cells, view, it| {
            if !it.complete {
                return common::warning(cells, "Not captured whole, or not ended");
            }
            let (theme, opened) = (cells.theme, &mut *view.opened);
            match opened.inspector.delivered(&opened.snapshot, it.id) {
                Some(words) => cells.text(words, fonts::mono(), theme.text),
                None => cells.text("…", fonts::mono(), theme.quiet(cells.row.selected)),
            }
        },
        Key::None,
    ),
];
