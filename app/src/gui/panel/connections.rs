//! The list of connections: who talks to whom, how it stands, how much was said and when.

use egui::{Color32, Pos2, Rect, Stroke, Ui, Vec2, pos2, vec2};
use session::Snapshot;
use session::dissector::decoders::Decoder;
use session::dissector::event::Opening;
use session::dissector::http2::names::ErrorCode;
use session::dissector::ids::{ConnectionId, Side};
use session::dissector::websocket::registry::close_code;
use session::model::{Connection, How};

use super::row_menu;
use crate::gui::command::Command;
use crate::gui::icon::Icon;
use crate::gui::lists::PARTS;
use crate::gui::opened::Opened;
use crate::gui::rows::{Row, VirtualRows};
use crate::gui::state::Selection;
use crate::gui::table::{ground, text};
use crate::gui::theme::{CELL, Level, Theme};
use crate::gui::wireshark::Wireshark;
use crate::gui::{findings, fonts, icon, security_card, words};

/// Where a connection is not so wide, it has no graph.
const NARROW: f32 = 180.0;
/// Room that a path has at least beside what is spoken.
const LEAST: f32 = 88.0;
/// Height of a connection: two lines on the grid.
pub const HEIGHT: f32 = 44.0;

/// How a connection stands.
pub struct Standing {
    /// In a few words.
    pub words: String,
    /// How bad that is, where it is bad.
    pub level: Option<Level>,
    /// Whether it is still open.
    pub open: bool,
}

/// How a connection stands, in a few words.
pub fn standing(connection: &Connection) -> Standing {
    let said = |words: String, level| Standing { words, level, open: false };
    if connection.opening == Opening::Sealed {
        return said("sealed".into(), None);
    }
    if !connection.accepted {
        return match connection.response.as_ref().and_then(|head| head.status()) {
            Some(status) => said(format!("refused {status}"), Some(Level::Error)),
            None => said("no answer".into(), Some(Level::Warn)),
        };
    }
    let closing = &connection.closing;
    match (closing.how(), closing.first()) {
        (How::EndOfCapture, _) => Standing { words: "open".into(), level: None, open: true },
        (How::Fin, _) => said("ended without Close".into(), Some(Level::Warn)),
        (How::Rst, _) => {
            let code = closing.reset.map(|(_, code)| format!("reset {}", ErrorCode(code).name()));
            said(code.unwrap_or_else(|| "reset".into()), Some(Level::Error))
        }
        (How::Close, first) => {
            let code = first.and_then(|(_, close)| close.code);
            let words = code.map_or_else(|| "closed".to_owned(), |code| format!("closed {code}"));
            let fine = matches!(code, None | Some(1000 | 1001));
            said(words, if fine { None } else { Some(Level::Warn) })
        }
    }
}

/// What a close code means, in a few words.
pub fn close_meaning(code: u16) -> &'static str {
    close_code(code).name
}

/// Draws the list.
pub fn show(ui: &mut Ui, opened: &mut Opened, wireshark: &Wireshark, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let snapshot = std::sync::Arc::clone(&opened.snapshot);
    let all = snapshot.connections();
    let selected = opened.lists.only().map_or(0, ConnectionId::number);
    let mut list = opened.connections.clone();
    let focused = ui.memory(|memory| memory.has_focus(VirtualRows::id("Connections")));
    let done = list.show(ui, "Connections", u64::from(all.len()) + 1, Some(selected), |row| {
        ground(theme, &row, focused);
        let line = Stroke::new(1.0, theme.line);
        row.painter.hline(row.rect.x_range(), row.rect.max.y - 0.5, line);
        let connection = row.index.checked_sub(1).and_then(|index| all.row(index as u32));
        match connection {
            Some(connection) => {
                let protocol = opened.inspector.protocol(&snapshot, connection.id);
                let speaks = speaks(connection, protocol);
                one(theme, row, &snapshot, connection, &speaks, opened.lists.activity(connection.id));
            }
            None => everything(theme, row, opened),
        }
    });
    opened.connections = list;
    if let Some(place) = done.chosen {
        let only = place.checked_sub(1).map(|index| ConnectionId::new(index as u32));
        out.push(Command::Only(only));
        if let Some(id) = only {
            out.push(Command::Select(Selection::Connection(id)));
        }
    }
    if let Some(list) = ui.ctx().read_response(VirtualRows::id("Connections"))
        && matches!(opened.selection, Some(Selection::Connection(_)))
    {
        let lines = row_menu::lines(opened, wireshark);
        list.context_menu(|ui| row_menu::show(ui, &lines, out));
    }
}

/// What a connection speaks: the subprotocol that was agreed on, and the title of what reads it where that is told by
/// something else.
fn speaks(connection: &Connection, protocol: Option<&'static Decoder>) -> String {
    match (connection.agreement.subprotocol.as_deref().filter(|it| !it.is_empty()), protocol) {
        (Some(agreed), Some(protocol)) if !protocol.takes(agreed) => format!("{agreed} · {}", protocol.title),
        (Some(agreed), _) => agreed.to_owned(),
        (None, protocol) => protocol.map_or_else(String::new, |protocol| protocol.title.to_owned()),
    }
}

fn everything(theme: &Theme, row: Row<'_>, opened: &Opened) {
    let snapshot = &opened.snapshot;
    let (first, second) = lines(row.rect);
    text(row.painter, first, "All connections", fonts::strong(), theme.strong, false);
    let connections = words::counted(u64::from(snapshot.connections().len()), "connection", "connections");
    let messages = words::counted(u64::from(snapshot.message_count()), "message", "messages");
    let words = format!("{connections} · {messages}");
    text(row.painter, second, &words, fonts::small(), theme.dim, false);
    *row.name = format!("All connections, {words}");
}

fn one(
    theme: &Theme,
    row: Row<'_>,
    snapshot: &Snapshot,
    connection: &Connection,
    speaks: &str,
    activity: Option<&[[u16; PARTS]; 2]>,
) {
    let (first, second) = lines(row.rect);
    let standing = standing(connection);
    let painter = row.painter;
    let color = match standing.level {
        Some(level) => theme.level(level),
        None if standing.open => theme.good,
        None => theme.dim,
    };
    let galley = painter.layout_no_wrap(standing.words.clone(), fonts::small(), color);
    let width = galley.size().x;
    let right = first.max.x - CELL;
    painter.galley(pos2(right - width, (first.center().y - galley.size().y / 2.0).round()), galley, color);
    let dot = pos2(right - width - 9.0, first.center().y);
    match standing.level {
        Some(level) => icon::level(painter, theme, level, dot, 4.5),
        None if standing.open => drop(painter.circle_filled(dot, 3.5, color)),
        None => drop(painter.circle_stroke(dot, 3.0, Stroke::new(1.0, color))),
    }
    let path = title(snapshot, connection);
    let number = words::count(connection.id.number());
    let number_room = first.with_max_x(first.min.x + CELL * 2.0 + number.len() as f32 * 8.5);
    let quiet = theme.quiet(row.selected);
    text(painter, number_room, &number, fonts::body(), quiet, false);
    let lock = lock(snapshot, connection);
    let mut path_room =
        Rect::from_min_max(pos2(number_room.max.x - CELL, first.min.y), pos2(dot.x - 4.0, first.max.y));
    if let Some((shape, words)) = &lock {
        let center = pos2(path_room.min.x + 13.0, first.center().y - 0.5);
        let color = if *shape == Icon::Locked { theme.warn } else { theme.dim };
        icon::paint(painter, *shape, Rect::from_center_size(center, Vec2::splat(13.0)), color);
        *row.hint = Some((Rect::from_center_size(center, Vec2::splat(20.0)), words.clone()));
        path_room.min.x += 14.0;
    }
    // A long path leaves room for what is spoken.
    let spoken = painter.layout_no_wrap(speaks.to_owned(), fonts::small(), theme.dim).size().x;
    let told = painter.layout_no_wrap(path.clone(), fonts::strong(), theme.strong).size().x + CELL * 2.0;
    let left = path_room.width() - spoken - CELL;
    let path_width = if left >= LEAST.min(told) { told.min(left) } else { path_room.width() };
    let title = path_room.with_max_x(path_room.min.x + path_width);
    text(painter, title, &path, fonts::strong(), theme.strong, false);

    let graph = Rect::from_min_max(
        second.max - vec2((second.width() * 0.2).clamp(32.0, 88.0) + CELL, 16.0),
        second.max - vec2(CELL, 2.0),
    );
    let mut facts = connection.server.to_string();
    if let Some(stream) = connection.carrier.stream {
        facts = format!("HTTP/2 stream {stream} · {facts}");
    }
    let room = path_room.with_min_x((title.max.x - CELL).min(path_room.max.x));
    text(painter, room, speaks, fonts::small(), theme.dim, false);
    let [up, down] = said(snapshot, connection);
    // Of what is sealed nobody knows when it spoke: its numbers take the place of the graph.
    let sealed = connection.opening == Opening::Sealed;
    let bare = sealed || second.width() < NARROW;
    let mut x = if bare { graph.max.x } else { graph.min.x - 10.0 };
    for (count, side) in [(&down, Side::Server), (&up, Side::Client)] {
        let galley = painter.layout_no_wrap(count.clone(), fonts::small(), theme.side(side));
        x -= galley.size().x;
        painter.galley(
            pos2(x, (second.center().y - galley.size().y / 2.0).round()),
            galley,
            theme.side(side),
        );
        icon::side(painter, theme, side, pos2(x - 9.0, second.center().y));
        x -= 24.0;
    }
    let left = badge(painter, theme, second, connection);
    let room = Rect::from_min_max(pos2(left, second.min.y), pos2(x + CELL, second.max.y));
    text(painter, room, &facts, fonts::small(), theme.dim, false);
    if let Some(parts) = activity.filter(|_| !bare) {
        sparkline(painter, theme, graph, parts);
    }
    let unit = if sealed { "" } else { " messages" };
    let locked = lock.map_or_else(String::new, |(_, words)| format!(", {words}"));
    *row.name = format!(
        "Connection {number}, {path} {speaks}, {}, {}, {facts}, {up}{unit} from client, {down} from server{locked}{}",
        standing.words,
        connection.client,
        connection
            .findings
            .worst()
            .map_or_else(String::new, |worst| format!(", worst finding: {}", findings::word(worst)))
    );
}

/// What a connection is called: the target of its request, else the name that TLS was asked for.
fn title(snapshot: &Snapshot, connection: &Connection) -> String {
    if let Some(target) = connection.request.as_ref().and_then(|head| head.target()) {
        return String::from_utf8_lossy(target).into_owned();
    }
    if connection.opening != Opening::Sealed {
        return "(no handshake seen)".into();
    }
    let secured = connection.carrier.tls.and_then(|id| snapshot.secured(id));
    let name = secured.and_then(|secured| secured.server_name.clone());
    name.unwrap_or_else(|| if connection.carrier.quic { "QUIC".into() } else { "TLS".into() })
}

/// The lock of a connection in TLS, and what is said of it.
fn lock(snapshot: &Snapshot, connection: &Connection) -> Option<(Icon, String)> {
    if connection.carrier.quic {
        return Some((Icon::Locked, "QUIC, which is not decrypted here".into()));
    }
    let secured = snapshot.secured(connection.carrier.tls?)?;
    let version = secured.version.map_or("TLS", |version| version.name());
    let words = match secured.keys {
        keys if keys.are_known() => format!("{version}, keys {}", session::detail::keys(snapshot, keys)),
        keys => format!("{version}, no keys: {}", session::detail::keys(snapshot, keys)),
    };
    Some((security_card::lock(secured.keys), words))
}

/// How much each side said, the client first: messages, or bytes where nothing else is known.
fn said(snapshot: &Snapshot, connection: &Connection) -> [String; 2] {
    match snapshot.flow(connection.flow).filter(|_| connection.opening == Opening::Sealed) {
        Some(flow) => connection.streams.map(|stream| words::size(flow.bytes[stream.end().index()])),
        None => connection.messages.map(|count| words::count(u64::from(count))),
    }
}

/// The shape of the worst finding with the number of all, in front of the second line; gives where the line goes on.
fn badge(painter: &egui::Painter, theme: &Theme, line: Rect, connection: &Connection) -> f32 {
    let Some(worst) = connection.findings.worst() else { return line.min.x };
    let level = findings::level(worst);
    let center = pos2(line.min.x + CELL + 4.0, line.center().y);
    icon::level(painter, theme, level, center, 4.5);
    let count = words::count(connection.findings.total());
    let galley = painter.layout_no_wrap(count, fonts::small(), theme.level(level));
    let (at, width) =
        (pos2(center.x + 8.0, (line.center().y - galley.size().y / 2.0).round()), galley.size().x);
    painter.galley(at, galley, theme.level(level));
    at.x + width
}

fn lines(rect: Rect) -> (Rect, Rect) {
    let rect = rect.shrink2(vec2(4.0, 3.0));
    let middle = rect.center().y;
    (rect.with_max_y(middle), rect.with_min_y(middle))
}

/// The client's frames upwards, the server's downwards.
fn sparkline(painter: &egui::Painter, theme: &Theme, rect: Rect, parts: &[[u16; PARTS]; 2]) {
    let most = parts.iter().flatten().copied().max().unwrap_or(0);
    let middle = rect.center().y.round();
    painter.hline(rect.x_range(), middle, Stroke::new(1.0, theme.line));
    let step = rect.width() / PARTS as f32;
    let tall = rect.height() / 2.0 - 0.5;
    let bar = |at: usize, count: u16, up: f32, color: Color32| {
        if count > 0 {
            // By the logarithm, so that one ping is seen beside a thousand messages.
            let height = (1.0 + f32::from(count)).ln() / (1.0 + f32::from(most)).ln() * tall;
            let x = rect.min.x + at as f32 * step;
            let from: Pos2 = pos2(x, middle - up * 0.5);
            let bar = Rect::from_two_pos(
                from,
                pos2(x + (step - 0.5).max(1.0), middle - up * (0.5 + height.max(1.5))),
            );
            painter.rect_filled(bar, 0.0, color);
        }
    };
    for (side, up, color) in [(Side::Client, 1.0, theme.client), (Side::Server, -1.0, theme.server)] {
        for (at, count) in parts[side.index()].iter().enumerate() {
            bar(at, *count, up, color);
        }
    }
}
