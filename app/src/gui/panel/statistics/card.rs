//! One card: its title, the number that matters, the plot, and values below it that may lead to rows.

use egui::accesskit::Role;
use egui::text::LayoutJob;
use egui::{
    Align, Align2, CursorIcon, Layout, Popup, Rect, Response, Sense, Stroke, StrokeKind, TextWrapMode, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};
use session::dissector::ids::Side;
use session::statistics::polling::INTERVALS;

use super::{go, time};
use crate::gui::command::Command;
use crate::gui::opened::Opened;
use crate::gui::statistics::cards::{Card, Fact};
use crate::gui::statistics::chart::Chart;
use crate::gui::statistics::export::What;
use crate::gui::statistics::plot::Plot;
use crate::gui::table::text;
use crate::gui::theme::{CELL, ROUND_LARGE, Theme};
use crate::gui::{fonts, icon, menu, widget};

/// Height of the first card.
pub(super) const TIME: f32 = 236.0;
/// Space between a card's edge and what is in it.
const INSET: f32 = 14.0;
/// Height of title and number.
const HEAD: f32 = 68.0;
/// Height of a plot over or under a line.
const PLOT: f32 = 128.0;
/// Height of a line of values.
const LINE: f32 = 20.0;
/// Space between plot and values.
const BETWEEN: f32 = 10.0;

/// Where a card is, and what stands in its head.
pub(super) struct Place {
    pub(super) rect: Rect,
    /// Whether it is the one of time, in which a stretch can be chosen.
    pub(super) time: bool,
    /// Whether one can choose how often is polled.
    pub(super) intervals: bool,
}

/// How high a card has to be for its width.
pub(super) fn height(ui: &Ui, card: &Card, width: f32) -> f32 {
    let facts = if card.facts.is_empty() { 0.0 } else { BETWEEN + LINE * (card.facts.len() + 1) as f32 };
    let note = if card.note.is_empty() { 0.0 } else { note(ui, card, width).size().y + BETWEEN };
    (HEAD + card.plot.height(PLOT) + facts + note + INSET * 2.0).ceil()
}

fn note(ui: &Ui, card: &Card, width: f32) -> std::sync::Arc<egui::Galley> {
    let job = LayoutJob::simple(
        card.note.clone(),
        fonts::small(),
        Theme::of(ui).dim,
        (width - INSET * 2.0).clamp(120.0, 860.0),
    );
    ui.painter().layout_job(job)
}

/// Draws a card, if it is in sight.
pub(super) fn show(ui: &mut Ui, opened: &mut Opened, card: &Card, place: Place, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let rect = place.rect;
    let whole = ui.interact(rect, ui.scope_id().with(card.title), Sense::hover());
    whole.widget_info(|| WidgetInfo::labeled(Role::Group, true, format!("{}: {}", card.title, card.says())));
    let painter = ui.painter().clone();
    painter.rect(rect, ROUND_LARGE, theme.header, Stroke::new(1.0, theme.line), StrokeKind::Inside);
    let inner = rect.shrink(INSET);
    head(ui, opened, card, &place, inner, out);

    let facts = if card.facts.is_empty() { 0.0 } else { BETWEEN + LINE * (card.facts.len() + 1) as f32 };
    let said = (!card.note.is_empty()).then(|| note(ui, card, rect.width()));
    let below = facts + said.as_ref().map_or(0.0, |said| said.size().y + BETWEEN);
    let field = Rect::from_min_max(pos2(inner.min.x, inner.min.y + HEAD), inner.max - vec2(0.0, below));
    plot(ui, opened, card, &place, field, out);
    if !card.facts.is_empty() {
        let top = field.max.y + BETWEEN;
        values(ui, card, Rect::from_min_max(pos2(inner.min.x, top), pos2(inner.max.x, top + facts)), out);
    }
    if let Some(said) = said {
        let at = pos2(inner.min.x, inner.max.y - said.size().y);
        let label = ui.interact(
            Rect::from_min_size(at, said.size()),
            ui.scope_id().with((card.title, "note")),
            Sense::hover(),
        );
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &card.note));
        painter.galley(at, said, theme.dim);
    }
}

/// Title, number, and what can be done.
fn head(ui: &mut Ui, opened: &mut Opened, card: &Card, place: &Place, inner: Rect, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let painter = ui.painter().clone();
    let line = inner.with_max_y(inner.min.y + 20.0);
    painter.text(line.left_center(), Align2::LEFT_CENTER, card.title, fonts::strong(), theme.text);
    let mut bar = ui.new_child(
        UiBuilder::new()
            .id_salt((card.title, "bar"))
            .max_rect(line.with_min_x(line.min.x + 130.0))
            .layout(Layout::right_to_left(Align::Center)),
    );
    bar.spacing_mut().item_spacing.x = 2.0;
    export(&mut bar, card, out);
    if place.time {
        time::choices(&mut bar, opened, out);
    }
    if place.intervals {
        for (at, seconds) in INTERVALS.iter().enumerate().rev() {
            let hint = format!("Poll every {seconds} s");
            let chosen = opened.statistics.choice.interval == at;
            if option(&mut bar, &format!("{seconds} s"), &hint, chosen) {
                opened.statistics.choice.interval = at;
            }
        }
    }
    let base = inner.min.y + 42.0;
    let number = painter.text(
        pos2(inner.min.x, base),
        Align2::LEFT_CENTER,
        &card.number,
        egui::FontId { size: 24.0, ..fonts::display() },
        theme.strong,
    );
    let legend = if card.facts.is_empty() && sided(&card.plot) {
        legend(&painter, theme, inner.max.x, base + 4.0)
    } else {
        inner.max.x
    };
    let room = Rect::from_min_max(pos2(number.max.x, base - 6.0), pos2(legend, base + 14.0));
    text(&painter, room, &card.of, fonts::body(), theme.dim, false);
}

/// Whether a plot tells the sides apart.
fn sided(plot: &Plot) -> bool {
    use crate::gui::statistics::chart::Ink;
    match plot {
        Plot::Rows(rows) => rows.iter().flat_map(|row| &row.bars).any(|bar| matches!(bar.0, Ink::Side(_))),
        _ => true,
    }
}

/// Both sides with their arrows, to the left of `right`; gives the left edge.
fn legend(painter: &egui::Painter, theme: &Theme, right: f32, y: f32) -> f32 {
    let mut x = right;
    for (side, word) in [(Side::Server, "Server"), (Side::Client, "Client")] {
        let galley = painter.layout_no_wrap(word.to_owned(), fonts::small(), theme.side(side));
        x -= galley.size().x;
        painter.galley(pos2(x, (y - galley.size().y / 2.0).round()), galley, theme.side(side));
        icon::side(painter, theme, side, pos2(x - 10.0, y));
        x -= 32.0;
    }
    x
}

/// A word of which one of several holds; whether it was clicked.
pub(super) fn option(ui: &mut Ui, word: &str, hint: &str, chosen: bool) -> bool {
    let theme = Theme::of(ui);
    let font = if chosen { fonts::small_strong() } else { fonts::small() };
    let galley = ui.painter().layout_no_wrap(word.to_owned(), font, theme.dim);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 14.0, 20.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, hint));
    if chosen || response.hovered() {
        let fill = if chosen { theme.accent_weak } else { theme.raised };
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
    }
    let color = if chosen || response.hovered() { theme.strong } else { theme.dim };
    ui.painter().galley_with_override_text_color(rect.center() - galley.size() / 2.0, galley, color);
    response.clicked()
}

/// What has just got the keyboard is scrolled into sight.
fn in_sight(ui: &Ui, response: &Response) {
    if response.gained_focus() {
        ui.scroll_to_rect(response.rect.expand(INSET), None);
    }
}

/// The ways out of a card.
fn export(ui: &mut Ui, card: &Card, out: &mut Vec<Command>) {
    let name = format!("Export {}", card.title.to_lowercase());
    let response = widget::quiet_button(ui, "Export", &name);
    in_sight(ui, &response);
    Popup::menu(&response).show(|ui| {
        ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
        menu::roomy(ui);
        let title = card.title;
        let ways = [
            ("Copy table as CSV", Command::CopyTable(title)),
            ("Save table as CSV…", Command::SaveStatistics(What::Table(title))),
            ("Save plot as SVG…", Command::SaveStatistics(What::Svg(title))),
            ("Save plot as PNG…", Command::SaveStatistics(What::Png(title))),
        ];
        for (words, command) in ways {
            if ui.button(words).clicked() {
                out.push(command);
                ui.close();
            }
        }
    });
}

fn plot(ui: &mut Ui, opened: &mut Opened, card: &Card, place: &Place, field: Rect, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let empty = card.plot.is_empty();
    let chart = if empty { Chart::new(field.size()) } else { card.plot.draw(field.size()) };
    let sense = if place.time { Sense::click_and_drag() } else { Sense::click() };
    let response = ui.interact(field, ui.scope_id().with((card.title, "plot")), sense);
    let says = match (&card.plot, empty) {
        (_, true) => card.nothing.to_owned(),
        _ if chart.hits.len() > 40 => format!("{} bars", chart.hits.len()),
        _ => chart.hits.iter().map(|hit| hit.says.as_str()).collect::<Vec<_>>().join("; "),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{} plot: {says}", card.title)));
    in_sight(ui, &response);
    let painter = ui.painter_at(field.expand(2.0));
    if empty {
        painter.text(field.center(), Align2::CENTER_CENTER, card.nothing, fonts::body(), theme.faint);
    }
    let pointer = response.hover_pos().filter(|_| response.hovered() && !response.dragged());
    let hit = pointer.and_then(|at| {
        let at = at - field.min.to_vec2();
        chart.hits.iter().rev().find(|hit| hit.rect.contains(at))
    });
    if let Some(hit) = hit.filter(|_| !matches!(card.plot, Plot::Rows(_))) {
        painter.rect_filled(hit.rect.translate(field.min.to_vec2()), 2.0, theme.hover);
    }
    chart.paint(&painter, theme, field.min);
    if response.has_focus() {
        painter.rect_stroke(field, 2.0, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
    }
    if place.time && !empty {
        time::drag(ui, opened, &chart, &response, field);
    }
    if let Some(hit) = hit {
        if let Some(leads) = hit.go.filter(|_| response.clicked()) {
            go(leads, out);
        }
        let cursor = if hit.go.is_some() { CursorIcon::PointingHand } else { CursorIcon::Default };
        response.on_hover_cursor(cursor).on_hover_text_at_pointer(&hit.says);
    }
}

/// The lines of values, the sides' names above them.
fn values(ui: &mut Ui, card: &Card, place: Rect, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let name = (place.width() * 0.30).clamp(84.0, 150.0);
    let column = (place.width() - name) / 2.0;
    let cell = |line: usize, at: usize, span: usize| {
        let x = place.min.x + name + at as f32 * column;
        let y = place.min.y + line as f32 * LINE;
        Rect::from_min_size(pos2(x, y), vec2(column * span as f32, LINE))
    };
    let painter = ui.painter().clone();
    for (at, side) in [Side::Client, Side::Server].into_iter().enumerate() {
        let rect = cell(0, at, 1);
        let word = if side == Side::Client { "Client" } else { "Server" };
        let galley = painter.layout_no_wrap(word.to_owned(), fonts::small(), theme.side(side));
        let x = rect.max.x - galley.size().x;
        painter.galley(pos2(x, (rect.center().y - galley.size().y / 2.0).round()), galley, theme.side(side));
        icon::side(&painter, theme, side, pos2(x - 10.0, rect.center().y));
    }
    for (line, fact) in card.facts.iter().enumerate() {
        let line = line + 1;
        let y = place.min.y + line as f32 * LINE;
        painter.hline(place.x_range(), y - 0.5, Stroke::new(1.0, theme.line));
        let label = Rect::from_min_size(pos2(place.min.x - CELL, y), vec2(name + CELL, LINE));
        text(&painter, label, fact.name, fonts::small(), theme.dim, false);
        value_line(ui, card, fact, |at, span| cell(line, at, span), out);
    }
}

fn value_line(
    ui: &Ui,
    card: &Card,
    fact: &Fact,
    cell: impl Fn(usize, usize) -> Rect,
    out: &mut Vec<Command>,
) {
    let theme = Theme::of(ui);
    let span = if fact.values.len() == 1 { 2 } else { 1 };
    for (at, value) in fact.values.iter().enumerate() {
        let rect = cell(at, span);
        let of = match (span, at) {
            (2, _) => String::new(),
            (_, 0) => ", client".to_owned(),
            _ => ", server".to_owned(),
        };
        let says = format!("{}: {}{of}: {}", card.title, fact.name, value.words);
        let id = ui.scope_id().with((card.title, fact.name, at));
        let sense = if value.go.is_some() { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, id, sense);
        let role = if value.go.is_some() { Role::Button } else { Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, true, &says));
        let color = match (value.go, response.hovered()) {
            (Some(_), _) => theme.accent,
            _ if value.words == "–" => theme.faint,
            _ => theme.text,
        };
        text(ui.painter(), rect.with_max_x(rect.max.x + CELL), &value.words, fonts::body(), color, true);
        if response.has_focus() {
            ui.painter().rect_stroke(rect, 2.0, Stroke::new(1.0, theme.accent), StrokeKind::Inside);
        }
        in_sight(ui, &response);
        let clicked = response.clicked();
        if value.go.is_some() {
            let y = rect.center().y + 8.0;
            if response.hovered() {
                let galley = ui.painter().layout_no_wrap(value.words.clone(), fonts::body(), theme.accent);
                ui.painter().hline(
                    rect.max.x - galley.size().x..=rect.max.x,
                    y,
                    Stroke::new(1.0, theme.accent),
                );
            }
            response.on_hover_cursor(CursorIcon::PointingHand);
        }
        if let Some(leads) = value.go.filter(|_| clicked) {
            go(leads, out);
        }
    }
}
