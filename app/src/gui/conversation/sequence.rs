//! The conversation as a sequence diagram: two lifelines, an arrow for each message and control frame, time at the left.
//!
//! Every item brings its own piece of the lifelines, so that nothing has to be drawn beyond what is in sight.

use egui::{Painter, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};
use session::conversation::{Item, Look, ended, opened};
use session::dissector::ids::Side;
use session::dissector::websocket::opcode::Opcode;

use super::said::{Says, Words, sender};
use super::stage::Stage;
use super::{ink, marks};
use crate::gui::fonts;
use crate::gui::theme::{GRID, ROUND, Theme};

/// Height of the heads that stay above.
pub const HEAD: f32 = 40.0;
/// Height of an arrow with its label.
const ARROW: f32 = 36.0;
/// Height of a folded silence.
const PAUSE: f32 = 28.0;
/// Width of the time axis.
const AXIS: f32 = 116.0;
/// Room at the right edge.
const EDGE: f32 = 16.0;

/// An item as it is to be drawn.
pub struct Laid {
    /// Its height, with the pause before it.
    pub height: f32,
    /// What is said of it.
    pub words: Words,
    item: Item,
}

/// Lays out the item at a place.
pub fn lay(says: &Says<'_>, place: u32, item: Item, look: Option<&Look>) -> Laid {
    let words = says.of(place, item, look);
    let arrows = match item {
        Item::Opening => 1 + usize::from(says.connection.response.is_some()),
        Item::Ending => ended(says.connection).len().max(1),
        Item::Message(_) | Item::Frame(_) => 1,
    };
    let more = match item {
        Item::Opening => 4.0,
        Item::Ending => 20.0,
        _ => 0.0,
    };
    let pause = if words.pause.is_some() { PAUSE } else { 0.0 };
    Laid { height: pause + arrows as f32 * ARROW + more, words, item }
}

/// Where the lifelines stand.
#[derive(Clone, Copy)]
struct Lines {
    client: f32,
    server: f32,
}

impl Lines {
    fn of(rect: Rect, head: f32) -> Self {
        let client = rect.min.x + AXIS + head / 2.0;
        Self { client: client.round() + 0.5, server: (rect.max.x - EDGE - head / 2.0).round() + 0.5 }
    }
    const fn of_side(self, side: Side) -> f32 {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
    /// From whom to whom.
    const fn way(self, side: Side) -> (f32, f32) {
        (self.of_side(side), self.of_side(side.other()))
    }
}

/// Width of the heads: of the longer address.
fn head_width(ui: &Ui, says: &Says<'_>) -> f32 {
    let wide = |address: std::net::SocketAddr| {
        marks::text(ui.painter(), &address.to_string(), fonts::mono(), Theme::of(ui).text).size().x
    };
    (wide(says.connection.client).max(wide(says.connection.server)) + 76.0).min(300.0)
}

/// Draws the heads of the lifelines into `rect`.
pub fn heads(ui: &Ui, says: &Says<'_>, rect: Rect) {
    let (theme, painter) = (Theme::of(ui), ui.painter_at(rect));
    let width = head_width(ui, says);
    let lines = Lines::of(rect, width);
    painter.hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, theme.line));
    let time = marks::text(&painter, "Time", fonts::small(), theme.dim);
    marks::put(&painter, time.clone(), rect.min.x + AXIS - 16.0 - time.size().x, rect.center().y);
    let ends =
        [(Side::Client, "Client", says.connection.client), (Side::Server, "Server", says.connection.server)];
    for (side, name, address) in ends {
        let center = pos2(lines.of_side(side), rect.center().y);
        let place = Rect::from_center_size(center, vec2(width - 4.0, 28.0));
        let stroke = Stroke::new(1.0, theme.side(side).gamma_multiply(0.5));
        painter.rect(place, ROUND, theme.side_weak(side), stroke, StrokeKind::Inside);
        let name = marks::text(&painter, name, fonts::small_strong(), theme.side(side));
        let address = marks::text(&painter, &address.to_string(), fonts::mono(), theme.text);
        let wide = name.size().x + 8.0 + address.size().x;
        let painter = painter.with_clip_rect(place);
        let x = marks::put(&painter, name, center.x - wide / 2.0, center.y);
        marks::put(&painter, address, x + 8.0, center.y);
    }
}

/// Draws an item where it stands; `rect` is as wide as the pane.
pub fn draw(stage: &mut Stage<'_>, place: u32, laid: &Laid, look: Option<&Look>, rect: Rect) {
    let theme = stage.theme;
    let lines = Lines::of(rect, head_width(stage.ui, stage.says));
    let mut rest = rect;
    if let Some(words) = &laid.words.pause {
        let (above, below) = rect.split_top_bottom_at_y(rect.min.y + PAUSE);
        fold(stage, lines, above, words);
        rest = below;
    }
    let ground = match (stage.selected == Some(place), stage.hovered == Some(place)) {
        (true, _) if stage.focused => Some(theme.selected),
        (true, _) => Some(theme.selected_weak),
        (_, true) => Some(theme.hover),
        _ => None,
    };
    if let Some(color) = ground {
        stage.painter.rect_filled(rest, 0.0, color);
    }
    let time = marks::text(stage.painter, &laid.words.time, fonts::small(), theme.dim);
    let left = rect.min.x + AXIS - 16.0 - time.size().x;
    marks::put(stage.painter, time, left, rest.min.y + 26.0);
    match laid.item {
        Item::Opening => opening(stage, lines, rest, &laid.words),
        Item::Ending => ending(stage, lines, rest, &laid.words),
        item => arrow(stage, lines, rest, place, item, laid, look),
    }
}

fn lifelines(stage: &Stage<'_>, lines: Lines, from: f32, to: f32) {
    for side in [Side::Client, Side::Server] {
        let stroke = Stroke::new(1.0, stage.theme.side(side).gamma_multiply(0.55));
        stage.painter.vline(lines.of_side(side), from..=to, stroke);
    }
}

/// A silence that is folded: the lifelines are dotted.
fn fold(stage: &Stage<'_>, lines: Lines, rect: Rect, words: &str) {
    for side in [Side::Client, Side::Server] {
        let x = lines.of_side(side);
        let stroke = Stroke::new(1.0, stage.theme.side(side).gamma_multiply(0.55));
        let ends = [pos2(x, rect.min.y), pos2(x, rect.max.y)];
        stage.painter.extend(Shape::dashed_line(&ends, stroke, 2.0, 4.0));
    }
    let words = format!("·  {words}  ·");
    let galley = marks::text(stage.painter, &words, fonts::small(), stage.theme.dim);
    let middle = f32::midpoint(lines.client, lines.server) - galley.size().x / 2.0;
    marks::put(stage.painter, galley, middle, rect.center().y);
}

fn opening(stage: &Stage<'_>, lines: Lines, rect: Rect, said: &Words) {
    let theme = stage.theme;
    lifelines(stage, lines, rect.min.y, rect.max.y);
    let opened = opened(stage.says.connection);
    label(stage, lines, Side::Client, rect.min.y + 15.0, &[(&said.name, true)]);
    let request = stage.says.connection.request.is_some();
    if request {
        shaft(stage, lines, Side::Client, rect.min.y + 27.0, 1, false, theme.client, false);
    }
    if let Some(status) = opened.status {
        let y = rect.min.y + ARROW;
        let status = status.to_string();
        let agreed = opened.agreed("subprotocol").join(" · ");
        label(stage, lines, Side::Server, y + 15.0, &[(&status, true), (&agreed, false)]);
        let color = if stage.says.connection.accepted { theme.server } else { theme.error };
        shaft(stage, lines, Side::Server, y + 27.0, 1, false, color, false);
    }
}

fn ending(stage: &Stage<'_>, lines: Lines, rect: Rect, said: &Words) {
    let theme = stage.theme;
    let ends = ended(stage.says.connection);
    let end = rect.max.y - 14.0;
    if ends.is_empty() {
        for side in [Side::Client, Side::Server] {
            let x = lines.of_side(side);
            let stroke = Stroke::new(1.0, theme.side(side).gamma_multiply(0.55));
            stage.painter.extend(Shape::dashed_line(&[pos2(x, rect.min.y), pos2(x, end)], stroke, 3.0, 3.0));
        }
        let galley = marks::text(stage.painter, &said.name, fonts::small(), theme.dim);
        let middle = f32::midpoint(lines.client, lines.server) - galley.size().x / 2.0;
        marks::put(stage.painter, galley, middle, rect.min.y + 26.0);
        return;
    }
    lifelines(stage, lines, rect.min.y, end);
    for (row, (side, words)) in ends.iter().enumerate() {
        let y = rect.min.y + row as f32 * ARROW;
        let color = if words.starts_with("RST") { theme.error } else { theme.dim };
        label(stage, lines, *side, y + 15.0, &[(words, true)]);
        shaft(stage, lines, *side, y + 27.0, 1, false, color, true);
    }
    for side in [Side::Client, Side::Server] {
        let x = lines.of_side(side);
        stage.painter.hline(x - 8.0..=x + 8.0, end, Stroke::new(2.0, theme.side(side)));
    }
}

/// Words over an arrow, at its sender's end: the first stand out where they are to.
fn label(stage: &Stage<'_>, lines: Lines, side: Side, y: f32, parts: &[(&str, bool)]) {
    let theme = stage.theme;
    let room = lines.server - lines.client - 32.0;
    let mut job = egui::text::LayoutJob::default();
    for (words, strong) in parts.iter().filter(|(words, _)| !words.is_empty()) {
        let (font, color) =
            if *strong { (fonts::small_strong(), theme.side(side)) } else { (fonts::small(), theme.dim) };
        job.append(
            words,
            if job.text.is_empty() { 0.0 } else { 10.0 },
            egui::TextFormat::simple(font, color),
        );
    }
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    let galley = stage.painter.layout_job(job);
    let x = match side {
        Side::Client => lines.client + 16.0,
        Side::Server => lines.server - 16.0 - galley.size().x,
    };
    marks::put(stage.painter, galley, x, y);
}

/// An arrow from one lifeline to the other, in as many pieces as there are fragments; torn where bytes are missing.
#[expect(clippy::too_many_arguments, reason = "what an arrow looks like is these")]
fn shaft(
    stage: &Stage<'_>,
    lines: Lines,
    side: Side,
    y: f32,
    pieces: u32,
    missing: bool,
    color: egui::Color32,
    dashed: bool,
) {
    let painter: &Painter = stage.painter;
    let (from, to) = lines.way(side);
    let way = (to - from).signum();
    let y = y.round() + 0.5;
    let stroke = Stroke::new(1.5, color);
    let (begin, tip) = (pos2(from + way * 3.0, y), pos2(to - way * 2.0, y));
    let middle = f32::midpoint(begin.x, tip.x);
    if dashed {
        painter.extend(Shape::dashed_line(&[begin, tip], stroke, 5.0, 4.0));
    } else if missing {
        painter.line_segment([begin, pos2(middle - way * 10.0, y)], stroke);
        painter.line_segment([pos2(middle + way * 10.0, y), tip], stroke);
        for x in [middle - way * 10.0, middle + way * 10.0] {
            marks::torn(painter, stage.theme.bytes.missing, pos2(x, y - 7.0), pos2(x, y + 7.0));
        }
    } else {
        painter.line_segment([begin, tip], stroke);
    }
    painter.circle_filled(pos2(from, y), 3.0, color);
    let back = |up: f32| pos2(tip.x - way * 8.0, y + up);
    painter.add(Shape::convex_polygon(vec![back(-4.5), tip, back(4.5)], color, Stroke::NONE));
    let marks = pieces.min(MARKED);
    for mark in 1..marks {
        let x = begin.x + (tip.x - begin.x) * mark as f32 / marks as f32;
        painter.vline(x.round() + 0.5, y - 4.0..=y + 4.0, stroke);
    }
}

/// Fragments that are told apart on an arrow.
const MARKED: u32 = 12;

fn arrow(
    stage: &mut Stage<'_>,
    lines: Lines,
    rect: Rect,
    place: u32,
    item: Item,
    laid: &Laid,
    look: Option<&Look>,
) {
    let Some(side) = sender(stage.snapshot, item) else { return };
    let (theme, painter, said) = (stage.theme, stage.painter, &laid.words);
    lifelines(stage, lines, rect.min.y, rect.max.y);
    let opcode = match item {
        Item::Frame(id) => stage.snapshot.frame(id).map(|frame| frame.header.opcode),
        _ => None,
    };
    let color = match opcode {
        Some(Opcode::CLOSE) => theme.text,
        Some(opcode) if opcode.is_reserved() => theme.error,
        Some(_) => theme.dim,
        None => theme.side(side),
    };
    let fragments = said.frames;
    shaft(stage, lines, side, rect.min.y + 27.0, fragments, said.missing > 0, color, false);
    if let Some(severity) = said.worst {
        let beside = if side == Side::Client { lines.client - 14.0 } else { lines.server + 14.0 };
        stage.finding(place, item, severity, pos2(beside, rect.min.y + 27.0));
    }
    let y = rect.min.y + 14.0;
    let kind = match item {
        Item::Message(id) => stage.snapshot.message(id).map(|message| message.kind.name()),
        _ => None,
    };
    let mut parts = vec![marks::text(painter, &said.name, fonts::small_strong(), color)];
    let facts = kind.into_iter().chain(said.facts.iter().map(String::as_str));
    parts.extend(facts.map(|fact| marks::text(painter, fact, fonts::small(), theme.dim)));
    let gap = GRID * 2.0;
    let links: f32 = said.links.iter().map(|(words, _)| stage.width(words) + gap).sum();
    let front: f32 = parts.iter().map(|part| part.size().x + gap).sum();
    let room = lines.server - lines.client - 32.0 - links - if links > 0.0 { GRID * 4.0 } else { 0.0 };
    let preview = look.filter(|look| !look.excerpt.text.is_empty()).filter(|_| room - front > 24.0);
    let preview = preview.map(|look| painter.layout_job(ink::line(theme, &look.excerpt, room - front)));
    let wide = front + preview.as_ref().map_or(-gap, |preview| preview.size().x);
    // Each side's labels stand at its own end, and what they have to do with others at the far one.
    let mut x = if side == Side::Client { lines.client + 16.0 } else { lines.server - 16.0 - wide };
    for part in parts.into_iter().chain(preview) {
        x = marks::put(painter, part, x, y) + gap;
    }
    let mut x = if side == Side::Client { lines.server - 16.0 + gap - links } else { lines.client + 16.0 };
    for (words, to) in &said.links {
        x = stage.link(place, words, Some(*to), x, y) + gap;
    }
}
