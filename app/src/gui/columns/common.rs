//! What rows of every kind have: a number, a time, signs in front, what was written beside them.

use session::Snapshot;
use session::dissector::ids::{ConnectionId, FrameId, MessageId, PacketId, Side};
use session::dissector::rules::Severity;
use session::model::{Frame, Message, Packet};

use super::{Listed, View};
use crate::gui::decoded::Line;
use crate::gui::inspector;
use crate::gui::state::{Selection, Times};
use crate::gui::table::Cells;
use crate::gui::theme::Level;
use crate::gui::{findings, fonts, icon, preview, words};

impl Listed for Message {
    fn of(snapshot: &Snapshot, row: u32) -> Option<Self> {
        snapshot.message(MessageId::new(row))
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
        Some(Selection::Message(self.id))
    }
}

impl Listed for Frame {
    fn of(snapshot: &Snapshot, row: u32) -> Option<Self> {
        snapshot.frame(FrameId::new(row))
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
        Some(Selection::Frame(self.id))
    }
}

impl Listed for Packet {
    fn of(snapshot: &Snapshot, row: u32) -> Option<Self> {
        snapshot.packet(PacketId::new(row))
    }
    fn number(&self) -> u64 {
        self.id.number()
    }
    fn time(&self) -> i64 {
        self.time
    }
    fn packet(&self) -> PacketId {
        self.id
    }
    fn selection(&self) -> Option<Selection> {
        Some(Selection::Packet(self.id))
    }
}

/// A time as a number that rises with it.
pub const fn rising(time: i64) -> u64 {
    (time as u64) ^ (1 << 63)
}

/// Its number.
pub fn number<R: Listed>(cells: &mut Cells<'_>, _: &mut View<'_>, it: &R) {
    cells.text(&words::count(it.number()), fonts::body(), cells.theme.dim);
}

/// Its time, told as the user wants it.
pub fn time<R: Listed>(cells: &mut Cells<'_>, view: &mut View<'_>, it: &R) {
    let around = view.around;
    let since = |from: i64| words::seconds(it.time().saturating_sub(from));
    let snapshot = &view.opened.snapshot;
    let words = match around.times {
        Times::Clock if around.days => words::day_clock(it.time(), around.zone),
        Times::Clock => words::clock(it.time(), around.zone),
        Times::SinceStart => {
            let notes = &view.opened.notes;
            if it.selection().is_some_and(|selection| notes.of(selection).is_some_and(|note| note.reference))
            {
                return cells.text("REF", fonts::small_strong(), cells.theme.marked);
            }
            let first = || snapshot.totals.times.map_or(it.time(), |(first, _)| first);
            since(notes.reference_before(it.packet()).unwrap_or_else(first))
        }
        Times::SincePrevious => since(around.previous.unwrap_or_else(|| it.time())),
        Times::SinceRequest => return answer(cells, view, it),
    };
    cells.text(&words, fonts::body(), cells.theme.dim);
}

/// The time since the row before it in the capture, shown or not.
pub fn delta<R: Listed>(cells: &mut Cells<'_>, view: &mut View<'_>, it: &R) {
    if let Some(since) = since_before(&view.opened.snapshot, view.row, it) {
        cells.text(&words::seconds(since), fonts::body(), cells.theme.dim);
    }
}

/// The time since the row before it in the capture.
pub(super) fn since_before<R: Listed>(snapshot: &Snapshot, row: u32, it: &R) -> Option<i64> {
    let before = R::of(snapshot, row.checked_sub(1)?)?;
    Some(it.time().saturating_sub(before.time()))
}

/// The time since the other side's last word.
pub(super) fn answer<R: Listed>(cells: &mut Cells<'_>, view: &mut View<'_>, it: &R) {
    let Some(selection) = it.selection() else { return };
    let opened = &mut *view.opened;
    match opened.inspector.since_request(&opened.snapshot, inspector::subject(selection)) {
        None => cells.text("…", fonts::body(), cells.theme.quiet(cells.row.selected)),
        Some(None) => {}
        Some(Some(since)) => cells.text(&words::seconds(since), fonts::body(), cells.theme.dim),
    }
}

/// What the user wrote beside it, and for packets what stands in the capture file.
pub fn comment<R: Listed>(cells: &mut Cells<'_>, view: &mut View<'_>, it: &R) {
    let words = it.selection().and_then(|selection| view.opened.comment(selection));
    if let Some(words) = words {
        // What it says was said with the sign in front of the row.
        let (cell, theme) = (cells.cell(), cells.theme);
        let line = words.lines().next().unwrap_or_default();
        crate::gui::table::text(cells.row.painter, cell, line, fonts::body(), theme.text, false);
    }
}

/// Who sent it.
pub(super) fn from(cells: &mut Cells<'_>, side: Side) {
    icon::side(cells.row.painter, cells.theme, side, cells.cell().center());
    cells.say(match side {
        Side::Client => "from client",
        Side::Server => "from server",
    });
}

/// The number of a thing that a row has to do with.
pub(super) fn other(cells: &mut Cells<'_>, number: u64) {
    cells.text(&words::count(number), fonts::body(), cells.theme.dim);
}

/// A number that counts something of the row's own.
pub(super) fn amount(cells: &mut Cells<'_>, number: u64) {
    cells.text(&words::count(number), fonts::body(), cells.theme.text);
}

/// The client's or the server's address.
pub(super) fn address(cells: &mut Cells<'_>, view: &View<'_>, id: ConnectionId, side: Side) {
    if let Some(connection) = view.opened.snapshot.connection(id) {
        let address = match side {
            Side::Client => connection.client,
            Side::Server => connection.server,
        };
        cells.text(&address.to_string(), fonts::mono(), cells.theme.dim);
    }
}

/// An address as words that stand in its order.
pub(super) fn address_key(snapshot: &Snapshot, id: ConnectionId, side: Side, words: &mut String) {
    use std::fmt::Write as _;
    let Some(connection) = snapshot.connection(id) else { return };
    let address = if side == Side::Client { connection.client } else { connection.server };
    let ip = match address.ip() {
        std::net::IpAddr::V4(ip) => u128::from(ip.to_bits()),
        std::net::IpAddr::V6(ip) => ip.to_bits(),
    };
    // Writing into a string does not fail.
    let _ = write!(words, "{ip:032x}{:04x}", address.port());
}

/// The subprotocol of its connection.
pub(super) fn subprotocol(cells: &mut Cells<'_>, view: &View<'_>, id: ConnectionId) {
    let agreed = view.opened.snapshot.connection(id).and_then(|it| it.agreement.subprotocol.clone());
    cells.text(agreed.as_deref().unwrap_or_default(), fonts::body(), cells.theme.dim);
}

/// The same as words to sort by.
pub(super) fn subprotocol_key(snapshot: &Snapshot, id: ConnectionId, words: &mut String) {
    if let Some(agreed) = snapshot.connection(id).and_then(|it| it.agreement.subprotocol.as_deref()) {
        words.push_str(agreed);
    }
}

/// How many findings there are, in the color of the worst.
pub(super) fn found(cells: &mut Cells<'_>, worst: Option<Severity>, count: usize) {
    if let Some(severity) = worst {
        let color = cells.theme.level(findings::level(severity));
        cells.text(&words::count(count as u64), fonts::small_strong(), color);
    }
}

/// The worst first, and among those the most.
pub(super) fn found_key(worst: Option<Severity>, count: usize) -> Option<u64> {
    Some(((findings::level(worst?) as u64) << 32) | count as u64)
}

/// The shape of the worst finding about a row.
pub(super) fn badge(cells: &mut Cells<'_>, worst: Option<Severity>) {
    let Some(severity) = worst else { return };
    let center = cells.sign(0);
    icon::level(cells.row.painter, cells.theme, findings::level(severity), center, 4.5);
    cells.say(findings::word(severity));
}

/// What stands in front of the first column: the worst finding, the user's mark, the sign of a comment.
pub(super) fn signs<R: Listed>(cells: &mut Cells<'_>, view: &View<'_>, it: &R) {
    let Some(selection) = it.selection() else { return };
    let (snapshot, theme) = (&view.opened.snapshot, cells.theme);
    let note = view.opened.notes.of(selection);
    if let Some(rule) = view.opened.coloring.rule(view.opened.tab, view.row) {
        cells.tint(theme.tint(rule.tint));
        cells.say(&rule.name);
    }
    if note.is_some_and(|note| note.mark) {
        cells.tint(theme.marked_weak);
    }
    badge(cells, worst_of(snapshot, view, selection));
    if note.is_some_and(|note| note.mark) {
        icon::marked(cells.row.painter, cells.sign(1), theme.marked);
        cells.say("marked");
    }
    if let Some(words) = view.opened.comment(selection) {
        let center = cells.sign(2);
        icon::comment(cells.row.painter, center, theme.marked);
        cells.say(&format!("comment: {words}"));
        *cells.row.hint = Some((cells.row.rect.with_max_x(center.x + 8.0), words));
    }
}

fn worst_of(snapshot: &Snapshot, view: &View<'_>, selection: Selection) -> Option<Severity> {
    use crate::gui::state::Tab;
    match selection {
        // A finding's own row has a column for it.
        _ if view.opened.tab == Tab::Findings => None,
        Selection::Message(id) => findings::about(snapshot, &snapshot.message(id)?).0,
        Selection::Frame(id) => snapshot.worst_of(id),
        Selection::Packet(_) | Selection::Delivery(_) | Selection::Connection(_) => None,
    }
}

/// A sentence of a warning, with its triangle.
pub(super) fn warning(cells: &mut Cells<'_>, words: &str) {
    let (theme, rect) = (cells.theme, cells.cell());
    let center = egui::pos2(rect.min.x + crate::gui::theme::CELL + 5.0, rect.center().y);
    icon::level(cells.row.painter, theme, Level::Warn, center, 5.0);
    cells.say(words);
    let rect = rect.with_min_x(rect.min.x + 16.0);
    crate::gui::table::text(cells.row.painter, rect, words, fonts::body(), theme.warn, false);
}

/// A message in one line, once it was read.
pub(super) fn preview(cells: &mut Cells<'_>, view: &mut View<'_>, id: MessageId) {
    let (theme, opened) = (cells.theme, &mut *view.opened);
    match opened.inspector.preview(&opened.snapshot, id) {
        Some(line) => cells.text(&line.words, fonts::mono(), theme.text),
        None => cells.text("…", fonts::mono(), theme.quiet(cells.row.selected)),
    }
}

/// A word of what a message says, once it was read.
pub(super) fn said(
    cells: &mut Cells<'_>,
    view: &mut View<'_>,
    id: MessageId,
    word: fn(&Line) -> Option<&str>,
) {
    let (theme, opened) = (cells.theme, &mut *view.opened);
    match opened.inspector.preview(&opened.snapshot, id) {
        Some(line) => {
            let word = preview::line(word(line).unwrap_or_default().as_bytes());
            cells.text(&word, fonts::body(), theme.text);
        }
        None => cells.text("…", fonts::body(), theme.quiet(cells.row.selected)),
    }
}
