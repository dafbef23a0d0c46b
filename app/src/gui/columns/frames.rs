//! The columns of frames.

use egui::{Color32, Stroke, pos2};
use session::dissector::event::Part;
use session::dissector::ids::{MessageId, Side};
use session::dissector::websocket::opcode::Opcode;
use session::model::Frame;

use super::common::{self, address, address_key, amount, other, rising};
use super::{Column, Key, View, column, comment, delta, left, more, number, right, time};
use crate::gui::table::Cells;
use crate::gui::theme::{CELL, Theme};
use crate::gui::{fonts, words};

/// The columns of frames.
pub(super) const COLUMNS: &[Column<Frame>] = &[
    column(
        right("number", "#", 48.0, "Its number among frames, in the order of completion"),
        number,
        Key::Number(|_, it| Some(it.id.number())),
    ),
    column(
        right("time", "Time", 104.0, "When its last byte was there; Ctrl+T changes how times are told"),
        time,
        Key::Number(|_, it| Some(rising(it.time))),
    ),
    column(
        more(right("delta", "Delta", 88.0, "Seconds since the frame before it in the capture")),
        delta,
        Key::Number(|snapshot, it| common::since_before(snapshot, it.id.index(), it).map(rising)),
    ),
    column(
        more(right("answer", "Answer time", 96.0, "Seconds since the other side's last frame before it")),
        common::answer,
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
        more(right("packet", "Packet", 72.0, "The packet that completed it")),
        |cells, _, it| other(cells, it.packet.number()),
        Key::Number(|_, it| Some(it.packet.number())),
    ),
    column(
        more(right("message", "Message", 76.0, "The number of the message that it is a part of")),
        |cells, _, it| {
            if let Some(id) = it.message {
                other(cells, id.number());
            }
        },
        Key::Number(|_, it| it.message.map(MessageId::number)),
    ),
    column(
        left("opcode", "Opcode", 76.0, "What kind of frame it is (RFC 6455 5.2)"),
        opcode,
        Key::Number(|_, it| Some(it.header.opcode.0.into())),
    ),
    column(
        left("fin", "FIN", 40.0, "Whether it is the last of its message"),
        |cells, _, it| flag(cells, it.header.fin, "FIN"),
        Key::Number(|_, it| Some(it.header.fin.into())),
    ),
    column(
        left("rsv", "RSV", 52.0, "Which of the reserved bits are set; RSV1 says compressed (RFC 7692 6)"),
        rsv,
        Key::Number(|_, it| Some(it.header.rsv.into())),
    ),
    column(
        left("mask", "Mask", 52.0, "Whether its payload is masked, as a client's has to be (RFC 6455 5.3)"),
        |cells, _, it| flag(cells, it.header.mask.is_some(), "masked"),
        Key::Number(|_, it| Some(it.header.mask.is_some().into())),
    ),
    column(
        more(right("header", "Header", 68.0, "Bytes of its header")),
        |cells, _, it| other(cells, it.header.len() as u64),
        Key::Number(|_, it| Some(it.header.len() as u64)),
    ),
    column(
        right("length", "Length", 80.0, "Bytes of its payload as they were sent"),
        |cells, _, it| amount(cells, it.header.payload_len),
        Key::Number(|_, it| Some(it.header.payload_len)),
    ),
    column(
        more(right("offset", "Offset", 96.0, "Where its header stands in what its side sent")),
        |cells, _, it| other(cells, it.at),
        Key::Number(|_, it| Some(it.at)),
    ),
    column(
        more(right("close-code", "Close code", 84.0, "The status code of a Close (RFC 6455 7.4)")),
        |cells, _, it| {
            let code = it.close_code.map(|code| code.to_string()).unwrap_or_default();
            cells.text(&code, fonts::body(), cells.theme.text);
        },
        Key::Number(|_, it| it.close_code.map(u64::from)),
    ),
    column(
        more(right("missing", "Missing", 72.0, "Bytes of its payload that were never captured")),
        |cells, _, it| {
            if it.missing > 0 {
                cells.text(&words::count(it.missing), fonts::body(), cells.theme.warn);
            }
        },
        Key::Number(|_, it| (it.missing > 0).then_some(it.missing)),
    ),
    column(
        more(left("subprotocol", "Subprotocol", 104.0, "What its connection speaks (RFC 6455 1.9)")),
        |cells, view, it| common::subprotocol(cells, view, it.connection),
        Key::Words(|snapshot, it, words| common::subprotocol_key(snapshot, it.connection, words)),
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
            "How many findings there are about it, in the color of the worst",
        )),
        |cells, view, it| {
            let snapshot = &view.opened.snapshot;
            common::found(cells, snapshot.worst_of(it.id), snapshot.finding_places(it.id).len());
        },
        Key::Number(|snapshot, it| {
            common::found_key(snapshot.worst_of(it.id), snapshot.finding_places(it.id).len())
        }),
    ),
    column(
        more(left("comment", "Comment", 200.0, "What you wrote beside it: Ctrl+Alt+C")),
        comment,
        Key::None,
    ),
    column(
        left("info", "Info", 400.0, "How its message begins, or what there is to be said of it"),
        info,
        Key::None,
    ),
];

fn opcode(cells: &mut Cells<'_>, _: &mut View<'_>, frame: &Frame) {
    let (color, ground) = opcode_colors(cells.theme, frame.header.opcode, frame.side);
    cells.badge(opcode_word(frame.header.opcode), color, ground);
}

/// An opcode as it stands in a badge.
fn opcode_word(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::CONTINUATION => "cont",
        Opcode::TEXT => "text",
        Opcode::BINARY => "binary",
        Opcode::CLOSE => "close",
        Opcode::PING => "ping",
        Opcode::PONG => "pong",
        _ => "reserved",
    }
}

/// Data speaks in its sender's color; control frames step back; what is reserved stands out.
fn opcode_colors(theme: &Theme, opcode: Opcode, side: Side) -> (Color32, Color32) {
    match opcode {
        Opcode::CLOSE => (theme.strong, theme.raised),
        opcode if opcode.is_reserved() => (theme.error, theme.error_weak),
        opcode if opcode.is_control() => (theme.dim, theme.header),
        _ => (theme.side(side), theme.side_weak(side)),
    }
}

fn rsv(cells: &mut Cells<'_>, _: &mut View<'_>, frame: &Frame) {
    let bits = [(4, "1"), (2, "2"), (1, "3")].into_iter();
    let set: Vec<&str> = bits.filter(|(bit, _)| frame.header.rsv & bit != 0).map(|(_, name)| name).collect();
    if set.is_empty() {
        mark(cells, false);
    } else {
        cells.text(&set.join(" "), fonts::body(), cells.theme.text);
    }
}

fn flag(cells: &mut Cells<'_>, set: bool, name: &str) {
    if set {
        cells.say(name);
    }
    mark(cells, set);
}

fn mark(cells: &Cells<'_>, set: bool) {
    let cell = cells.cell();
    let center = pos2(cell.min.x + CELL + 5.0, cell.center().y);
    if set {
        cells.row.painter.circle_filled(center, 3.0, cells.theme.dim);
    } else {
        let stroke = Stroke::new(1.0, cells.theme.quiet(cells.row.selected));
        cells.row.painter.hline(center.x - 3.0..=center.x + 3.0, center.y, stroke);
    }
}

fn info(cells: &mut Cells<'_>, view: &mut View<'_>, frame: &Frame) {
    let theme = cells.theme;
    if frame.missing > 0 {
        let lost = words::counted(frame.missing, "byte", "bytes");
        let words = if frame.truncated {
            format!("Ends early: {lost} of its payload were never seen")
        } else {
            format!("{lost} of its payload were never captured")
        };
        return common::warning(cells, &words);
    }
    if frame.resynchronized {
        return common::warning(cells, "Found again behind a gap, or without a handshake");
    }
    match (frame.part, frame.message, frame.close_code) {
        (Part::Whole, Some(message), _) => common::preview(cells, view, message),
        (part, Some(message), _) => {
            let part = match part {
                Part::First => "First fragment",
                Part::Last => "Last fragment",
                _ => "Fragment",
            };
            let words = format!("{part} of message {}", words::count(message.number()));
            cells.text(&words, fonts::body(), theme.dim);
        }
        (_, None, Some(code)) => {
            let meaning = crate::gui::panel::connections::close_meaning(code);
            cells.text(&format!("{code} {meaning}"), fonts::body(), theme.text);
        }
        _ => {}
    }
}
