//! The small things that both ways of showing a conversation draw: links, findings, torn edges, pauses.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{
    Color32, CursorIcon, Galley, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};
use session::Snapshot;
use session::dissector::rules::Severity;

use crate::gui::command::Command;
use crate::gui::theme::Theme;
use crate::gui::{findings, fonts, icon};

/// Words on one line.
pub fn text(painter: &Painter, words: &str, font: egui::FontId, color: Color32) -> Arc<Galley> {
    painter.layout_no_wrap(words.to_owned(), font, color)
}

/// Draws a line of text whose middle stands at `y`; gives its right edge.
pub fn put(painter: &Painter, galley: Arc<Galley>, x: f32, y: f32) -> f32 {
    let right = x + galley.size().x;
    let top = (y - galley.size().y / 2.0).round();
    painter.galley(pos2(x.round(), top), galley, Color32::PLACEHOLDER);
    right
}

/// Words that lead somewhere; small, underlined where the pointer is.
pub fn link(ui: &Ui, painter: &Painter, id: egui::Id, words: &str, x: f32, y: f32) -> Response {
    let theme = Theme::of(ui);
    let galley = text(painter, words, fonts::small(), theme.accent);
    let rect = Rect::from_min_size(pos2(x, y - 9.0), vec2(galley.size().x, 18.0));
    let response = ui.interact(rect.intersect(painter.clip_rect()), id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, words));
    put(painter, galley, x, y);
    if response.hovered() || response.has_focus() {
        painter.hline(rect.x_range(), rect.max.y - 2.0, Stroke::new(1.0, theme.accent));
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}

/// The shape of an item's worst finding; it leads to the finding.
pub fn finding(
    ui: &Ui,
    painter: &Painter,
    snapshot: &Snapshot,
    (severity, place): (Severity, Option<u32>),
    center: Pos2,
    id: egui::Id,
    out: &mut Vec<Command>,
) {
    let theme = Theme::of(ui);
    icon::level(painter, theme, findings::level(severity), center, 5.5);
    let rect = Rect::from_center_size(center, vec2(18.0, 18.0));
    let response = ui.interact(rect.intersect(painter.clip_rect()), id, Sense::click());
    let found = place.and_then(|place| snapshot.findings().row(place));
    let words = found.map_or_else(
        || findings::word(severity).to_owned(),
        |found| format!("{}: {}", findings::word(severity), found.finding.sentence()),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(words);
    if let (true, Some(place)) = (response.clicked(), place) {
        out.push(Command::Finding(place));
    }
}

/// A silence: a thin line with how long it was.
pub fn pause(painter: &Painter, theme: &Theme, rect: Rect, words: &str) {
    let galley = text(painter, words, fonts::small(), theme.dim);
    let (center, half) = (rect.center(), galley.size().x / 2.0 + 10.0);
    let stroke = Stroke::new(1.0, theme.edge);
    painter.hline(rect.min.x..=center.x - half, center.y.round() + 0.5, stroke);
    painter.hline(center.x + half..=rect.max.x, center.y.round() + 0.5, stroke);
    put(painter, galley, center.x - half + 10.0, center.y);
}

/// A torn edge from `from` down to `to`: bytes are missing here.
pub fn torn(painter: &Painter, color: Color32, from: Pos2, to: Pos2) {
    let steps = (((to - from).length() / 4.0) as usize).max(2);
    let along = (to - from) / steps as f32;
    let across = along.rot90().normalized() * 2.5;
    let point = |step: usize| {
        let way = if step.is_multiple_of(2) { 1.0 } else { -1.0 };
        from + along * step as f32 + across * way
    };
    painter.add(Shape::line((0..=steps).map(point).collect(), Stroke::new(1.5, color)));
}
