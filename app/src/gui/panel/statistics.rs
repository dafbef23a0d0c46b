//! The statistics: a bar above, and cards in a grid that scrolls.
//!
//! Draws what `gui::statistics` has made; what a card says is decided there.

mod card;
mod time;

use egui::{Align, Layout, Rect, Stroke, Ui, pos2, vec2};

use super::statistics::card::Place;
use crate::gui::command::Command;
use crate::gui::layout::Pane;
use crate::gui::opened::Opened;
use crate::gui::statistics::chart::Go;
use crate::gui::statistics::export::What;
use crate::gui::theme::{GRID, Theme};
use crate::gui::{fonts, widget, words};

/// Height of the bar.
const BAR: f32 = 36.0;
/// Space around and between cards.
const SPACE: f32 = 12.0;

/// Draws the pane.
pub fn show(ui: &mut Ui, opened: &mut Opened, out: &mut Vec<Command>) {
    opened.statistics.refresh(opened.lists.only(), &opened.snapshot);
    bar(ui, opened, out);
    egui::ScrollArea::vertical().id_salt("Statistics").auto_shrink(false).show(ui, |ui| {
        widget::scrolls(ui);
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        cards(ui, opened, out);
    });
}

/// What the numbers are of, how far they have come, and the way to files.
fn bar(ui: &mut Ui, opened: &Opened, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let all = ui.available_rect_before_wrap();
    let rect = all.with_max_y(all.min.y + BAR);
    ui.advance_cursor_after_rect(rect);
    ui.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, theme.line));
    let inside = rect.shrink2(vec2(SPACE, 0.0));
    let mut bar =
        ui.new_child(egui::UiBuilder::new().max_rect(inside).layout(Layout::left_to_right(Align::Center)));
    match opened.lists.only() {
        Some(only) => {
            let text = format!("Connection {} only  ×", words::count(only.number()));
            bar.add_space(-GRID * 1.5);
            if widget::quiet_button(&mut bar, &text, "Show all connections").clicked() {
                out.push(Command::Only(None));
            }
        }
        None => drop(widget::label(&mut bar, "All connections", fonts::small_strong(), theme.text)),
    }
    if let Some((done, of)) = opened.statistics.progress() {
        let share = done as f64 / of.max(1) as f64 * 100.0;
        widget::label(&mut bar, &format!("Counting, {share:.0} %"), fonts::small(), theme.dim);
    } else if opened.reading() {
        widget::label(&mut bar, "More is being read", fonts::small(), theme.dim);
    }
    bar.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if !opened.statistics.cards().is_empty() && widget::quiet_button(ui, "Save statistics…", "").clicked()
        {
            out.push(Command::SaveStatistics(What::All));
        }
    });
}

/// The first card over the whole width, then a grid, then the last over the whole width.
fn cards(ui: &mut Ui, opened: &mut Opened, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let cards = std::sync::Arc::clone(opened.statistics.cards());
    let all = ui.available_rect_before_wrap();
    let [first, grid @ .., last] = cards.as_slice() else {
        let at = pos2(all.center().x, all.min.y + 80.0);
        let font = fonts::body();
        ui.painter().text(at, egui::Align2::CENTER_CENTER, "Counting…", font, theme.faint);
        return;
    };
    let width = (all.width() - SPACE * 2.0).max(200.0);
    let columns = match width {
        width if width < 620.0 => 1,
        width if width < 1240.0 => 2,
        _ => 3,
    };
    let left = all.min.x + SPACE;
    let mut y = all.min.y + SPACE;
    let place =
        |x: f32, y: f32, width: f32, height: f32| Rect::from_min_size(pos2(x, y), vec2(width, height));
    let rect = place(left, y, width, card::TIME);
    card::show(ui, opened, first, Place { rect, time: true, intervals: false }, out);
    y = rect.max.y + SPACE;
    let one = ((width - SPACE * (columns as f32 - 1.0)) / columns as f32).floor();
    for row in grid.chunks(columns) {
        let tall = row.iter().map(|card| card::height(ui, card, one)).fold(0.0, f32::max);
        for (at, card) in row.iter().enumerate() {
            let mut rect = place(left + at as f32 * (one + SPACE), y, one, tall);
            if at + 1 == columns {
                rect.max.x = left + width;
            }
            card::show(ui, opened, card, Place { rect, time: false, intervals: false }, out);
        }
        y += tall + SPACE;
    }
    let rect = place(left, y, width, card::height(ui, last, width));
    card::show(ui, opened, last, Place { rect, time: false, intervals: true }, out);
    ui.advance_cursor_after_rect(Rect::from_min_max(all.min, pos2(all.max.x, rect.max.y + SPACE)));
}

/// Goes where something leads, with the table in sight.
fn go(go: Go, out: &mut Vec<Command>) {
    out.push(Command::ShowPane(Pane::Rows));
    match go {
        Go::To(selection) => out.push(Command::Follow(selection)),
        Go::Finding(row) => {
            out.push(Command::Show(crate::gui::state::Tab::Findings));
            out.push(Command::Finding(row));
        }
    }
}
