//! What a message says by its protocol: what it is on one line for each thing that it says, what is wrong with it, and
//! the tree of its fields, which lights up the bytes that they stand in and is lit up by them.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, FontId, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use session::dissector::decoders;
use session::dissector::ids::Side;
use session::filter::tree::{Join, quoted};

use super::payload::band;
use crate::gui::content_worker::Shown;
use crate::gui::decoded::Spoken;
use crate::gui::focus::{Focus, Mark, Pane};
use crate::gui::theme::{CELL, GRID, Level, ROUND, Theme};
use crate::gui::tree::{Asked, Part, Tree};
use crate::gui::{fonts, menu, preview, words};

/// What the user did.
#[derive(Debug)]
pub(super) enum Did {
    /// Asked something of a line of the tree.
    Asked(Asked),
    /// Wants a condition put to the display filter.
    Filter(Join, String),
    /// Wants a condition copied.
    CopyFilter(String),
    /// Wants to choose what reads messages.
    DecodeAs,
}

/// Height of a line about one of the things that a message says.
const LINE: f32 = GRID * 7.0;
/// Things that have a line; the tree has all of them.
const LISTED: usize = 4;

/// Draws it.
pub(super) fn show(
    tree: &mut Tree,
    ui: &mut Ui,
    shown: &Shown,
    spoken: &Spoken,
    focus: &mut Focus,
) -> Vec<Did> {
    let detail = &shown.detail;
    let Some((tab, content)) = detail.payload.place.clone() else { return Vec::new() };
    let mut did = Vec::new();
    ui.spacing_mut().item_spacing.y = 0.0;
    let mark = |from: usize, to: usize| {
        let range = content.start + from..content.start + to;
        let path = detail.at(tab, range.start);
        (!range.is_empty()).then_some(Mark { tab, range, path })
    };
    for (index, part) in spoken.parts.iter().take(LISTED).enumerate() {
        let mark = mark(part.at.start, part.at.end);
        said(ui, spoken, index, mark, focus, &mut did);
        if let Some(error) = &part.error {
            band(ui, Level::Error, &preview::line(error.as_bytes()));
        }
    }
    if spoken.parts.len() > LISTED {
        let more = (spoken.parts.len() - LISTED) as u64;
        quiet(ui, &format!("and {} more, all in the tree", words::count(more)));
    }
    if let Some(stopped) = &spoken.stopped {
        let response = band(ui, Level::Warn, &format!("Stopped at byte {}: {}", stopped.at, stopped.why));
        let at = stopped.at.min(content.len().saturating_sub(1));
        if let Some(mark) = mark(at, at + 1).filter(|_| response.hovered()) {
            focus.point(ui.ctx(), mark);
        }
    }
    if let Some(limit) = spoken.limited {
        band(ui, Level::Note, &format!("Not all of it is here: {limit}"));
    }
    let part =
        Part { name: "Decoded fields", root: &[spoken.root], pane: Pane::Payload, from: Some(content.start) };
    did.extend(tree.show(ui, detail, part, focus).map(Did::Asked));
    did
}

/// A line of its own that steps back.
fn quiet(ui: &mut Ui, text: &str) {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), GRID * 5.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    crate::gui::table::text(ui.painter(), rect, text, fonts::small(), theme.dim, false);
}

/// A word of a line: the name that a filter has for it, what it is called in front of it where it is, itself.
struct Word<'a> {
    field: &'static str,
    name: &'static str,
    caption: bool,
    text: &'a str,
}

/// The line about one of the things that a message says.
fn said(
    ui: &mut Ui,
    spoken: &Spoken,
    index: usize,
    mark: Option<Mark>,
    focus: &mut Focus,
    did: &mut Vec<Did>,
) {
    let theme = Theme::of(ui);
    let part: &decoders::Part = &spoken.parts[index];
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, theme.line));
    let right =
        if index == 0 { protocol(ui, &painter, theme, rect, spoken, did) } else { rect.right() - CELL };
    let all = [
        Word { field: "ws.kind", name: "Kind", caption: false, text: &part.kind },
        Word {
            field: "ws.event",
            name: "Event",
            caption: false,
            text: part.event.as_deref().unwrap_or_default(),
        },
        Word {
            field: "ws.topic",
            name: "Topic",
            caption: true,
            text: part.topic.as_deref().unwrap_or_default(),
        },
        Word { field: "ws.id", name: "Id", caption: true, text: part.id.as_deref().unwrap_or_default() },
    ];
    let mut x = rect.left() + CELL;
    for word in all.iter().filter(|word| !word.text.is_empty()) {
        let room = right - x;
        if room < GRID * 6.0 {
            break;
        }
        let place = draw(&painter, theme, rect, x, room, word, spoken.side);
        x = place.right() + CELL * 1.5;
        let response = ui.interact(place, ui.scope_id().with(("said", index, word.name)), Sense::click());
        let name = format!("{}: {}", word.name, word.text);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if let Some(mark) = &mark {
            if response.hovered() {
                focus.point(ui.ctx(), mark.clone());
            }
            if response.clicked() {
                focus.choose(mark.clone(), Some(Pane::Payload));
            }
        }
        response.context_menu(|ui| lines(ui, word, did));
    }
    // What has no kind, event, topic or id has a summary at least.
    if all.iter().all(|word| word.text.is_empty()) {
        let room = Rect::from_min_max(rect.min, pos2(right, rect.max.y));
        crate::gui::table::text(&painter, room, &part.summary, fonts::mono(), theme.text, false);
    }
}

/// The protocol at the right end of the first line, by which another one is chosen; gives where it begins.
fn protocol(
    ui: &Ui,
    painter: &Painter,
    theme: &Theme,
    rect: Rect,
    spoken: &Spoken,
    did: &mut Vec<Did>,
) -> f32 {
    let galley = painter.layout_no_wrap(spoken.decoder.title.to_owned(), fonts::small(), theme.dim);
    let width = galley.size().x + CELL * 2.0;
    let place = Rect::from_min_max(pos2(rect.right() - width, rect.top()), rect.max).shrink2(vec2(0.0, GRID));
    let response = ui.interact(place, ui.scope_id().with("protocol"), Sense::click());
    let name = format!("Decoded as {}: decode as…", spoken.decoder.title);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() {
        painter.rect_filled(place.shrink2(vec2(2.0, 0.0)), ROUND, theme.hover);
    }
    let color = if response.hovered() { theme.strong } else { theme.dim };
    let at = place.center() - galley.size() / 2.0;
    painter.galley_with_override_text_color(pos2(at.x, at.y.round()), galley, color);
    if response.on_hover_text("Decode as…").clicked() {
        did.push(Did::DecodeAs);
    }
    place.left()
}

/// Draws a word; gives its place.
fn draw(
    painter: &Painter,
    theme: &Theme,
    line: Rect,
    x: f32,
    room: f32,
    word: &Word<'_>,
    side: Side,
) -> Rect {
    let middle = line.center().y - 0.5;
    let text = preview::line(word.text.as_bytes());
    let mut job = LayoutJob::default();
    let mut put = |text: &str, font: FontId, color: Color32| {
        job.append(text, 0.0, TextFormat::simple(font, color));
    };
    if word.field == "ws.kind" {
        put(&text, fonts::small_strong(), theme.side(side));
    } else if word.caption {
        put(&word.name.to_lowercase(), fonts::small(), theme.dim);
        put("  ", fonts::small(), theme.dim);
        put(&text, fonts::mono(), theme.text);
    } else {
        put(&text, fonts::mono_strong(), theme.strong);
    }
    let padding = if word.field == "ws.kind" { GRID * 1.5 } else { 0.0 };
    job.wrap = TextWrapping::truncate_at_width((room - padding * 2.0).max(GRID));
    let galley = painter.layout_job(job);
    let place = Rect::from_min_size(pos2(x, middle - 10.0), vec2(galley.size().x + padding * 2.0, 20.0));
    if padding > 0.0 {
        let (ground, edge) = match side {
            Side::Client => (theme.client_weak, theme.client),
            Side::Server => (theme.server_weak, theme.server),
        };
        let stroke = Stroke::new(1.0, edge.gamma_multiply(0.4));
        painter.rect(place, ROUND, ground, stroke, StrokeKind::Inside);
    }
    let y = (middle - galley.size().y / 2.0).round();
    painter.galley(pos2(x + padding, y), galley, theme.text);
    place
}

/// What can be done with a word.
fn lines(ui: &mut Ui, word: &Word<'_>, did: &mut Vec<Did>) {
    menu::roomy(ui);
    let condition = format!("{} == {}", word.field, quoted(word.text));
    if ui.button("Copy value").clicked() {
        ui.ctx().copy_text(word.text.to_owned());
        ui.close();
    }
    ui.separator();
    for (join, words) in Join::ALL {
        if ui.button(words).on_hover_text(&condition).clicked() {
            did.push(Did::Filter(join, condition.clone()));
            ui.close();
        }
    }
    if ui.button("Copy as filter").clicked() {
        did.push(Did::CopyFilter(condition));
        ui.close();
    }
}
