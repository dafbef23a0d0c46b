//! What cards are made of: a sheet that scrolls, headings, rows of a name and a value.
//!
//! Knows nothing of handshakes or endings.

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, FontId, Frame, Layout, Margin, Response, Sense, Stroke, Ui, WidgetInfo, vec2};
use session::dissector::rules::Severity;

use super::theme::{GRID, ROUND_LARGE, Theme};
use super::{findings, fonts, icon, widget};

/// A sheet with a margin that scrolls where it is longer than its room.
pub fn sheet(ui: &mut Ui, name: &str, fill: impl FnOnce(&mut Ui)) {
    egui::ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
        widget::scrolls(ui);
        Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing = vec2(GRID * 3.0, GRID * 2.0);
            fill(ui);
        });
    });
}

/// A raised part of a sheet.
pub fn part(ui: &mut Ui, fill: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    let frame = Frame::new()
        .fill(theme.header)
        .stroke(Stroke::new(1.0, theme.line))
        .corner_radius(ROUND_LARGE)
        .inner_margin(Margin::symmetric(12, 10));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(GRID * 2.0, GRID);
        // Where columns are justified, words would be too.
        ui.with_layout(Layout::top_down(Align::LEFT), fill);
    });
}

/// A small heading.
pub fn heading(ui: &mut Ui, text: &str) {
    let theme = Theme::of(ui);
    words(ui, text, fonts::small_strong(), theme.dim);
}

/// Words that wrap.
pub fn words(ui: &mut Ui, text: &str, font: FontId, color: Color32) -> Response {
    ui.add(egui::Label::new(egui::RichText::new(text).font(font).color(color)).wrap())
}

/// A name and what stands beside it, which wraps; `width` points are left to the name.
pub fn row(ui: &mut Ui, width: f32, name: &str, value: &str, font: FontId, color: Color32) {
    row_with(ui, width, name, |ui| drop(words(ui, value, font, color)));
}

/// A name and whatever stands beside it.
pub fn row_with(ui: &mut Ui, width: f32, name: &str, fill: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui);
    ui.horizontal_top(|ui| {
        let galley = ui.painter().layout_no_wrap(name.to_owned(), fonts::small(), theme.dim);
        let (place, label) = ui.allocate_exact_size(vec2(width, galley.size().y + 2.0), Sense::hover());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
        ui.painter().galley(place.min + vec2(0.0, 1.0), galley, theme.dim);
        ui.vertical(fill);
    });
}

/// A finding: its shape, its code, its sentence; it can be clicked.
pub fn finding(ui: &mut Ui, severity: Severity, code: &str, says: &str) -> Response {
    let theme = Theme::of(ui);
    let level = findings::level(severity);
    let row = ui.horizontal_top(|ui| {
        let (place, _) = ui.allocate_exact_size(vec2(14.0, 16.0), Sense::hover());
        icon::level(ui.painter(), theme, level, place.center(), 5.0);
        let text = pieces(&[
            (code, fonts::small_strong(), theme.level(level)),
            ("  ", fonts::small(), theme.dim),
            (says, fonts::small(), theme.text),
        ]);
        ui.add(egui::Label::new(text).wrap().sense(Sense::click()))
    });
    row.inner
}

/// Text in several fonts and colors, as one that wraps.
pub fn pieces(pieces: &[(&str, FontId, Color32)]) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (text, font, color) in pieces {
        job.append(text, 0.0, TextFormat::simple(font.clone(), *color));
    }
    job
}
