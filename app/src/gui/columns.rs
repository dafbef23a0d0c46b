//! What stands in the rows of messages, frames and packets, cell by cell.

use egui::{Color32, Stroke, pos2};
use session::Snapshot;
use session::dissector::event::{Outcome, Part};
use session::dissector::ids::{FrameId, MessageId, PacketId, Side};
use session::dissector::rules::Severity;
use session::dissector::websocket::opcode::Opcode;
use session::model::{Frame, Kind, Message};

use super::findings;
use super::opened::Opened;
use super::state::{Tab, Times};
use super::table::{Cells, Column};
use super::theme::{CELL, Level, Theme};
use super::{fonts, icon, words};

const fn left(title: &'static str, width: f32) -> Column {
    Column { title, width, right: false }
}
const fn right(title: &'static str, width: f32) -> Column {
    Column { title, width, right: true }
}

/// Columns of messages.
pub const MESSAGES: &[Column] = &[
    right("#", 64.0),
    right("Time", 104.0),
    left("", 30.0),
    right("Conn.", 52.0),
    left("Type", 64.0),
    right("Length", 80.0),
    right("Ratio", 56.0),
    left("Preview", 400.0),
];

/// Columns of frames.
pub const FRAMES: &[Column] = &[
    right("#", 64.0),
    right("Time", 104.0),
    left("", 30.0),
    right("Conn.", 52.0),
    left("Opcode", 76.0),
    left("FIN", 40.0),
    left("RSV", 52.0),
    left("Mask", 48.0),
    right("Length", 80.0),
    left("Info", 400.0),
];

/// Columns of packets.
pub const PACKETS: &[Column] = &[
    right("#", 64.0),
    right("Time", 104.0),
    left("Source", 160.0),
    left("Destination", 160.0),
    left("Protocol", 84.0),
    right("Length", 72.0),
    left("Info", 400.0),
];

/// What the cells of a row need to know beside its number.
pub struct Around<'a> {
    /// How times are shown.
    pub times: Times,
    /// The time of the row above, where it is shown.
    pub previous: Option<i64>,
    /// The user's time zone.
    pub zone: &'a jiff::tz::TimeZone,
}

/// The time of row `row` of all rows.
pub fn time_of(snapshot: &Snapshot, tab: Tab, row: u32) -> Option<i64> {
    match tab {
        Tab::Messages => snapshot.message(MessageId::new(row)).map(|message| message.time),
        Tab::Frames => snapshot.frame(FrameId::new(row)).map(|frame| frame.time),
        Tab::Packets => snapshot.packet(PacketId::new(row)).map(|packet| packet.time),
        Tab::Findings => snapshot.findings().row(row).map(|found| found.time),
    }
}

impl Around<'_> {
    /// A time in words.
    pub fn words(&self, snapshot: &Snapshot, time: i64) -> String {
        let since = |from: i64| words::seconds(time.saturating_sub(from));
        match self.times {
            Times::Clock => words::clock(time, self.zone),
            Times::SinceStart => since(snapshot.totals.times.map_or(time, |(first, _)| first)),
            Times::SincePrevious => self.previous.map_or_else(|| since(time), since),
        }
    }
}

/// Draws the cells of row `row` of all rows.
pub fn draw(cells: &mut Cells<'_>, opened: &mut Opened, row: u32, around: &Around<'_>) {
    match opened.tab {
        Tab::Messages => message(cells, opened, MessageId::new(row), around),
        Tab::Frames => frame(cells, opened, FrameId::new(row), around),
        Tab::Packets => packet(cells, opened, PacketId::new(row), around),
        Tab::Findings => findings::row(cells, opened, row, around),
    }
}

/// Number and time.
pub fn front(cells: &mut Cells<'_>, number: u64, time: &str) {
    let theme = cells.theme;
    cells.text(0, &words::count(number), fonts::body(), theme.dim);
    cells.text(1, time, fonts::body(), theme.dim);
}

/// The shape of the worst finding, in front of the number.
fn badge(cells: &mut Cells<'_>, worst: Option<Severity>) {
    let Some(severity) = worst else { return };
    let rect = cells.row.rect;
    let center = pos2(rect.min.x + CELL + 4.0, rect.center().y);
    icon::level(cells.row.painter, cells.theme, findings::level(severity), center, 4.5);
    cells.say(findings::word(severity));
}

fn sender(cells: &mut Cells<'_>, side: Side, connection: u64) {
    let theme = cells.theme;
    icon::side(cells.row.painter, theme, side, cells.cell(2).center());
    cells.say(match side {
        Side::Client => "from client",
        Side::Server => "from server",
    });
    cells.text(3, &words::count(connection), fonts::body(), theme.dim);
}

fn message(cells: &mut Cells<'_>, opened: &mut Opened, id: MessageId, around: &Around<'_>) {
    let Some(message) = opened.snapshot.message(id) else { return };
    let theme = cells.theme;
    front(cells, id.number(), &around.words(&opened.snapshot, message.time));
    badge(cells, findings::worst_of(&opened.snapshot, &message));
    sender(cells, message.side, message.connection.number());
    let kind_color = if message.kind == Kind::Text { theme.text } else { theme.bytes.high };
    cells.text(4, message.kind.name(), fonts::body(), kind_color);
    cells.text(5, &words::count(message.len.unwrap_or(message.wire_len)), fonts::body(), theme.text);
    if let (true, Some(len)) = (message.compressed, message.len) {
        cells.text(
            6,
            &format!("{:.1}×", len as f64 / message.wire_len.max(1) as f64),
            fonts::small(),
            theme.dim,
        );
    }
    match trouble(&message) {
        Some(words) => warning(cells, 7, words),
        None => preview(cells, 7, opened, id),
    }
}

fn preview(cells: &mut Cells<'_>, column: usize, opened: &mut Opened, id: MessageId) {
    let theme = cells.theme;
    match opened.inspector.preview(&opened.snapshot, id) {
        Some(words) => cells.text(column, words, fonts::mono(), theme.text),
        None => cells.text(column, "…", fonts::mono(), theme.faint),
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

fn warning(cells: &mut Cells<'_>, column: usize, words: &str) {
    let theme = cells.theme;
    let rect = cells.cell(column);
    icon::level(cells.row.painter, theme, Level::Warn, pos2(rect.min.x + CELL + 5.0, rect.center().y), 5.0);
    cells.say(words);
    let rect = rect.with_min_x(rect.min.x + 16.0);
    super::table::text(cells.row.painter, rect, words, fonts::body(), theme.warn, false);
}

fn frame(cells: &mut Cells<'_>, opened: &mut Opened, id: FrameId, around: &Around<'_>) {
    let Some(frame) = opened.snapshot.frame(id) else { return };
    let theme = cells.theme;
    let header = &frame.header;
    front(cells, id.number(), &around.words(&opened.snapshot, frame.time));
    badge(cells, opened.snapshot.worst_of(id));
    sender(cells, frame.side, frame.connection.number());
    let (color, ground) = opcode_colors(theme, frame.header.opcode, frame.side);
    cells.badge(4, opcode_word(header.opcode), color, ground);
    flag(cells, 5, header.fin, "FIN");
    let rsv: Vec<&str> = [(4, "1"), (2, "2"), (1, "3")]
        .into_iter()
        .filter(|(bit, _)| header.rsv & bit != 0)
        .map(|(_, name)| name)
        .collect();
    if rsv.is_empty() {
        mark(cells, 6, false);
    } else {
        cells.text(6, &rsv.join(" "), fonts::body(), theme.text);
    }
    flag(cells, 7, header.mask.is_some(), "masked");
    cells.text(8, &words::count(header.payload_len), fonts::body(), theme.text);
    info(cells, opened, &frame);
}

fn info(cells: &mut Cells<'_>, opened: &mut Opened, frame: &Frame) {
    let theme = cells.theme;
    if frame.missing > 0 {
        let lost = words::counted(frame.missing, "byte", "bytes");
        let words = if frame.truncated {
            format!("Ends early: {lost} of its payload were never seen")
        } else {
            format!("{lost} of its payload were never captured")
        };
        return warning(cells, 9, &words);
    }
    if frame.resynchronized {
        return warning(cells, 9, "Found again behind a gap, or without a handshake");
    }
    match (frame.part, frame.message, frame.close_code) {
        (Part::Whole, Some(message), _) => preview(cells, 9, opened, message),
        (part, Some(message), _) => {
            let part = match part {
                Part::First => "First fragment",
                Part::Last => "Last fragment",
                _ => "Fragment",
            };
            let words = format!("{part} of message {}", words::count(message.number()));
            cells.text(9, &words, fonts::body(), theme.dim);
        }
        (_, None, Some(code)) => {
            let meaning = super::panel::connections::close_meaning(code);
            cells.text(9, &format!("{code} {meaning}"), fonts::body(), theme.text);
        }
        _ => {}
    }
}

/// An opcode as it stands in a badge.
pub fn opcode_word(opcode: Opcode) -> &'static str {
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

fn flag(cells: &mut Cells<'_>, column: usize, set: bool, name: &str) {
    if set {
        cells.say(name);
    }
    mark(cells, column, set);
}

fn mark(cells: &Cells<'_>, column: usize, set: bool) {
    let cell = cells.cell(column);
    let center = pos2(cell.min.x + CELL + 5.0, cell.center().y);
    if set {
        cells.row.painter.circle_filled(center, 3.0, cells.theme.dim);
    } else {
        let stroke = Stroke::new(1.0, cells.theme.faint);
        cells.row.painter.hline(center.x - 3.0..=center.x + 3.0, center.y, stroke);
    }
}

fn packet(cells: &mut Cells<'_>, opened: &mut Opened, id: PacketId, around: &Around<'_>) {
    let Some(packet) = opened.snapshot.packet(id) else { return };
    let theme = cells.theme;
    front(cells, id.number(), &around.words(&opened.snapshot, packet.time));
    let Some(brief) = opened.inspector.packet_brief(&opened.snapshot, id) else {
        cells.text(5, &words::count(u64::from(packet.span.len)), fonts::body(), theme.text);
        return cells.text(6, "…", fonts::body(), theme.faint);
    };
    let end = |address: Option<std::net::IpAddr>, port: Option<u16>| match (address, port) {
        (Some(address), Some(port)) => std::net::SocketAddr::new(address, port).to_string(),
        (Some(address), None) => address.to_string(),
        _ => String::new(),
    };
    let (source, destination) = brief.ports.unzip();
    cells.text(2, &end(brief.source, source), fonts::mono(), theme.text);
    cells.text(3, &end(brief.destination, destination), fonts::mono(), theme.text);
    let protocol = brief.protocol;
    let color = if packet.flow.is_some() { theme.text } else { theme.dim };
    cells.text(4, protocol, fonts::body(), color);
    cells.text(6, &brief.says, fonts::mono(), color);
    cells.text(5, &words::count(u64::from(packet.span.len)), fonts::body(), theme.text);
}
