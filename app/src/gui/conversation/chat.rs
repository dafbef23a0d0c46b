//! The conversation as a chat: the client's bubbles to the left, the server's to the right, the rest in the middle.
//!
//! An item is laid out when its height is asked for, and drawn from that.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{CornerRadius, Galley, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use session::conversation::{Item, Look, Shape, opened};
use session::dissector::ids::Side;
use session::dissector::websocket::opcode::Opcode;
use session::dissector::websocket::registry::close_code;

use super::said::{Says, Words, sender};
use super::stage::Stage;
use super::{ink, marks};
use crate::gui::theme::{GRID, ROUND_LARGE, Theme};
use crate::gui::{fonts, icon};

/// The conversation is no wider than this, however wide the pane: eyes go from one side to the other.
const COLUMN: f32 = 1040.0;
/// Between the edge of the pane and the bubbles.
const MARGIN: f32 = 16.0;
/// Rows of text in a bubble.
const ROWS: usize = 6;
/// Between a bubble's edge and its text.
const PAD: egui::Vec2 = vec2(12.0, 8.0);
/// Above every item.
const ABOVE: f32 = 10.0;
/// Height of the line under a bubble.
const CAPTION: f32 = 20.0;
/// Height of a pause.
const PAUSE: f32 = 30.0;
/// Width of cards in the middle.
const CARD: f32 = 520.0;

/// An item as it is to be drawn.
pub struct Laid {
    /// Its height, with the pause before it.
    pub height: f32,
    /// What is said of it.
    pub words: Words,
    item: Item,
    body: Body,
}

enum Body {
    /// A message's text; whether there is more.
    Bubble(Arc<Galley>, Side, bool),
    /// A control frame in one line, with the beginning of its payload.
    Line(Side, Arc<Galley>),
    /// Lines in the middle; the first of them is the title.
    Card(Option<Side>, Vec<Arc<Galley>>),
    /// The end of the stream.
    End,
}

/// Lays out the item at a place in a pane of this width.
pub fn lay(ui: &Ui, says: &Says<'_>, place: u32, item: Item, look: Option<&Look>, width: f32) -> Laid {
    let theme = Theme::of(ui);
    let words = says.of(place, item, look);
    let width = width.min(COLUMN);
    let body = match (item, sender(says.snapshot, item)) {
        (Item::Message(_), Some(side)) => bubble(ui, theme, says, item, look, side, width),
        (Item::Frame(id), Some(side)) => {
            let opcode = says.snapshot.frame(id).map(|frame| frame.header.opcode);
            match opcode {
                Some(Opcode::CLOSE) => close(ui, theme, says, &words, look, (side, item), width),
                _ => {
                    let job = look.map(|look| match look.excerpt.shape {
                        Shape::Empty => LayoutJob::default(),
                        _ => ink::line(theme, &look.excerpt, width * 0.4),
                    });
                    Body::Line(side, ui.painter().layout_job(job.unwrap_or_default()))
                }
            }
        }
        (Item::Opening, _) => opening(ui, theme, says, &words, width),
        _ => Body::End,
    };
    let tall = match &body {
        Body::Bubble(galley, ..) => galley.size().y + PAD.y * 2.0 + CAPTION,
        Body::Line(..) => 18.0,
        Body::Card(_, lines) => lines.iter().map(|line| line.size().y + 4.0).sum::<f32>() + 16.0,
        Body::End => 44.0,
    };
    let pause = if words.pause.is_some() { PAUSE } else { 0.0 };
    Laid { height: (pause + ABOVE + tall).round(), words, item, body }
}

fn bubble(
    ui: &Ui,
    theme: &Theme,
    says: &Says<'_>,
    item: Item,
    look: Option<&Look>,
    side: Side,
    width: f32,
) -> Body {
    let room = (width * 0.66).min(660.0) - PAD.x * 2.0;
    let Some(look) = look else {
        // As many rows as its text will have, so that nothing moves when it comes.
        let id = if let Item::Message(id) = item { says.snapshot.message(id) } else { None };
        let len = id.map_or(1, |message| message.len.unwrap_or(message.wire_len));
        let digit = ui.fonts_mut(|fonts| fonts.glyph_width(&fonts::mono(), '0'));
        let rows = (len as f32 * digit / room).ceil().clamp(1.0, ROWS as f32) as usize;
        let text = vec!["…"; rows].join("\n");
        let galley = ui
            .painter()
            .layout_job(LayoutJob::single_section(text, TextFormat::simple(fonts::mono(), theme.faint)));
        return Body::Bubble(galley, side, false);
    };
    let galley = ui.painter().layout_job(ink::job(theme, &look.excerpt, room, ROWS));
    let more = look.excerpt.cut || galley.elided;
    Body::Bubble(galley, side, more)
}

fn lines(ui: &Ui, width: f32, lines: &[(&str, egui::FontId, egui::Color32)]) -> Vec<Arc<Galley>> {
    let line = |(text, font, color): &(&str, egui::FontId, egui::Color32)| {
        let mut job = LayoutJob::single_section((*text).to_owned(), TextFormat::simple(font.clone(), *color));
        job.wrap.max_width = width;
        job.wrap.max_rows = 3;
        ui.painter().layout_job(job)
    };
    lines.iter().map(line).collect()
}

fn close(
    ui: &Ui,
    theme: &Theme,
    says: &Says<'_>,
    words: &Words,
    look: Option<&Look>,
    (side, item): (Side, Item),
    width: f32,
) -> Body {
    let room = CARD.min(width - MARGIN * 2.0) - 24.0;
    let frame = if let Item::Frame(id) = item { says.snapshot.frame(id) } else { None };
    let meaning = frame.and_then(|frame| frame.close_code).map_or("", |code| close_code(code).says);
    let reason = look.map_or("", |look| look.excerpt.text.as_str());
    let reason = if reason.is_empty() { String::new() } else { format!("“{reason}”") };
    let mut said = vec![(words.name.as_str(), fonts::strong(), theme.strong)];
    if !reason.is_empty() {
        said.push((reason.as_str(), fonts::mono(), theme.text));
    }
    if !meaning.is_empty() {
        said.push((meaning, fonts::small(), theme.dim));
    }
    Body::Card(Some(side), lines(ui, room - 24.0, &said))
}

fn opening(ui: &Ui, theme: &Theme, says: &Says<'_>, words: &Words, width: f32) -> Body {
    let room = CARD.min(width - MARGIN * 2.0) - 24.0;
    let opened = opened(says.connection);
    let mut title = LayoutJob::default();
    let mut put = |text: &str, font, color| title.append(text, 0.0, TextFormat::simple(font, color));
    put(&words.name, fonts::strong(), theme.strong);
    if let Some(status) = opened.status {
        let color = if says.connection.accepted { theme.good } else { theme.error };
        put("  →  ", fonts::body(), theme.dim);
        put(&status.to_string(), fonts::strong(), color);
        let meaning = if says.connection.accepted { "  WebSocket" } else { "  refused" };
        put(meaning, fonts::body(), color);
    }
    title.wrap.max_width = room - 96.0;
    title.wrap.max_rows = 2;
    title.wrap.break_anywhere = true;
    let mut card = vec![ui.painter().layout_job(title)];
    let ends = format!("{}  →  {}", says.connection.client, says.connection.server);
    let agreed = opened.agreed("Subprotocol").join("  ·  ");
    let mut said = vec![(ends.as_str(), fonts::mono(), theme.dim)];
    if !agreed.is_empty() {
        said.push((agreed.as_str(), fonts::small(), theme.text));
    }
    card.extend(lines(ui, room, &said));
    Body::Card(None, card)
}

/// Draws an item where it stands; `rect` is as wide as the pane.
pub fn draw(stage: &mut Stage<'_>, place: u32, laid: &Laid, rect: Rect) {
    let width = rect.width().min(COLUMN);
    let left = (rect.center().x - width / 2.0).round() + MARGIN;
    let mut rect = Rect::from_min_max(pos2(left, rect.min.y), pos2(left + width - MARGIN * 2.0, rect.max.y));
    if let Some(words) = &laid.words.pause {
        let (above, below) = rect.split_top_bottom_at_y(rect.min.y + PAUSE);
        marks::pause(stage.painter, stage.theme, above.translate(vec2(0.0, 4.0)), words);
        rect = below;
    }
    rect.min.y += ABOVE;
    match &laid.body {
        Body::Bubble(galley, side, more) => draw_bubble(stage, place, laid, rect, galley, *side, *more),
        Body::Line(side, galley) => draw_line(stage, place, laid, rect, *side, galley),
        Body::Card(side, lines) => draw_card(stage, place, laid, rect, *side, lines),
        Body::End => draw_end(stage, place, laid, rect),
    }
}

fn draw_bubble(
    stage: &mut Stage<'_>,
    place: u32,
    laid: &Laid,
    rect: Rect,
    galley: &Arc<Galley>,
    side: Side,
    more: bool,
) {
    let (theme, painter) = (stage.theme, stage.painter);
    let size = vec2((galley.size().x + PAD.x * 2.0).max(44.0), galley.size().y + PAD.y * 2.0);
    let left = if side == Side::Client { rect.min.x } else { rect.max.x - size.x };
    let bubble = Rect::from_min_size(pos2(left.round(), rect.min.y), size);
    let round = match side {
        Side::Client => CornerRadius { nw: 10, ne: 10, sw: 2, se: 10 },
        Side::Server => CornerRadius { nw: 10, ne: 10, sw: 10, se: 2 },
    };
    let stroke = stage.edge(place, theme.side(side).gamma_multiply(0.35));
    painter.rect(bubble, round, theme.side_weak(side), stroke, StrokeKind::Inside);
    painter.galley((bubble.min + PAD).round(), Arc::clone(galley), theme.text);
    if laid.words.missing > 0 {
        let x = if side == Side::Client { bubble.max.x } else { bubble.min.x };
        marks::torn(painter, theme.bytes.missing, pos2(x, bubble.min.y + 6.0), pos2(x, bubble.max.y - 6.0));
    }
    if let Some(severity) = laid.words.worst {
        let beside = if side == Side::Client { bubble.max.x + 14.0 } else { bubble.min.x - 14.0 };
        stage.finding(place, laid.item, severity, pos2(beside, bubble.center().y));
    }
    // The line below: who, which, when, how long, and what it has to do with others.
    let y = bubble.max.y + CAPTION / 2.0 + 1.0;
    let mut parts = vec![
        marks::text(painter, &laid.words.name, fonts::small_strong(), theme.side(side)),
        marks::text(painter, &laid.words.time, fonts::small(), theme.dim),
    ];
    let facts = laid.words.facts.iter();
    parts.extend(facts.map(|fact| marks::text(painter, fact, fonts::small(), theme.dim)));
    let mut links: Vec<(String, Option<u32>)> =
        laid.words.links.iter().map(|(words, to)| (words.clone(), Some(*to))).collect();
    if more {
        links.push(("Show all".to_owned(), None));
    }
    let measured = links.iter().map(|(words, _)| marks::text(painter, words, fonts::small(), theme.accent));
    let wide: f32 = 18.0
        + parts.iter().map(|part| part.size().x + GRID * 2.5).sum::<f32>()
        + measured.map(|part| part.size().x + GRID * 2.5).sum::<f32>()
        - GRID * 2.5;
    let mut x = if side == Side::Client { rect.min.x + 2.0 } else { rect.max.x - 2.0 - wide };
    icon::side(painter, theme, side, pos2(x + 6.0, y));
    x += 18.0;
    for part in parts {
        x = marks::put(painter, part, x, y) + GRID * 2.5;
    }
    for (words, to) in links {
        x = stage.link(place, &words, to, x, y) + GRID * 2.5;
    }
}

fn draw_line(stage: &mut Stage<'_>, place: u32, laid: &Laid, rect: Rect, side: Side, said: &Arc<Galley>) {
    let (theme, painter) = (stage.theme, stage.painter);
    let reserved = !matches!(laid.words.name.as_str(), "Ping" | "Pong");
    let color = if reserved { theme.error } else { theme.text };
    let name = marks::text(painter, &laid.words.name, fonts::small_strong(), color);
    let time = marks::text(painter, &laid.words.time, fonts::small(), theme.dim);
    let links: f32 = laid.words.links.iter().map(|(words, _)| stage.width(words) + GRID * 2.5).sum();
    let payload = if said.size().x > 0.0 { said.size().x + GRID * 2.5 } else { 0.0 };
    let wide = 18.0 + name.size().x + payload + time.size().x + GRID * 5.0 + links - GRID * 2.5;
    let (mut x, y) = ((rect.center().x - wide / 2.0).round(), rect.min.y + 9.0);
    let pill = Rect::from_min_max(pos2(x - 10.0, y - 11.0), pos2(x + wide + 10.0, y + 11.0));
    let stroke = stage.edge(place, theme.line);
    painter.rect(pill, 11.0, theme.header, stroke, StrokeKind::Inside);
    if let Some(severity) = laid.words.worst {
        stage.finding(place, laid.item, severity, pos2(pill.min.x - 14.0, y));
    }
    icon::side(painter, theme, side, pos2(x + 6.0, y));
    x = marks::put(painter, name, x + 18.0, y) + GRID * 2.5;
    if payload > 0.0 {
        x = marks::put(painter, Arc::clone(said), x, y) + GRID * 2.5;
    }
    x = marks::put(painter, time, x, y) + GRID * 2.5;
    for (words, to) in &laid.words.links {
        x = stage.link(place, words, Some(*to), x, y) + GRID * 2.5;
    }
}

fn draw_card(
    stage: &mut Stage<'_>,
    place: u32,
    laid: &Laid,
    rect: Rect,
    side: Option<Side>,
    lines: &[Arc<Galley>],
) {
    let (theme, painter) = (stage.theme, stage.painter);
    let width = CARD.min(rect.width());
    let card = Rect::from_min_max(
        pos2((rect.center().x - width / 2.0).round(), rect.min.y),
        pos2((rect.center().x + width / 2.0).round(), rect.max.y),
    );
    let stroke = stage.edge(place, theme.edge);
    painter.rect(card, ROUND_LARGE, theme.header, stroke, StrokeKind::Inside);
    let mut y = card.min.y + 10.0;
    let indent = if side.is_some() { 24.0 } else { 0.0 };
    if let (Some(side), Some(title)) = (side, lines.first()) {
        icon::side(painter, theme, side, pos2(card.min.x + 20.0, y + title.size().y / 2.0));
    }
    if let Some(severity) = laid.words.worst {
        stage.finding(place, laid.item, severity, pos2(card.min.x - 14.0, card.center().y));
    }
    let time = marks::text(painter, &laid.words.time, fonts::small(), theme.dim);
    let title = lines.first().map_or(16.0, |title| title.rows.first().map_or(16.0, |row| row.height()));
    let right = card.max.x - 12.0 - time.size().x;
    marks::put(painter, time, right, y + title / 2.0);
    for line in lines {
        painter.galley(pos2(card.min.x + 12.0 + indent, y), Arc::clone(line), theme.text);
        y += line.size().y + 4.0;
    }
}

fn draw_end(stage: &mut Stage<'_>, place: u32, laid: &Laid, rect: Rect) {
    let (theme, painter) = (stage.theme, stage.painter);
    let reset = laid.words.name.contains("RST");
    let color = if reset { theme.error } else { theme.dim };
    let name = marks::text(painter, &laid.words.name, fonts::small_strong(), color);
    let time = marks::text(painter, &laid.words.time, fonts::small(), theme.dim);
    let wide = name.size().x + GRID * 2.5 + time.size().x;
    let (x, y) = ((rect.center().x - wide / 2.0).round(), rect.min.y + 14.0);
    let area = Rect::from_min_max(pos2(x - 12.0, y - 12.0), pos2(x + wide + 12.0, y + 12.0));
    let stroke = Stroke::new(1.0, theme.edge);
    for (from, to) in [(rect.min.x, area.min.x), (area.max.x, rect.max.x)] {
        // A double line ends it.
        painter.hline(from..=to, y - 1.5, stroke);
        painter.hline(from..=to, y + 1.5, stroke);
    }
    if stage.selected == Some(place) {
        painter.rect_stroke(area, 12.0, stage.edge(place, theme.line), StrokeKind::Inside);
    }
    let x = marks::put(painter, name, x, y) + GRID * 2.5;
    marks::put(painter, time, x, y);
}
