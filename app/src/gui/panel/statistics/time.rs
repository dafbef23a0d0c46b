//! The plot over time: a stretch of it is chosen by dragging, or with the keyboard.

use egui::{EventFilter, Key, Modifiers, Rect, Response, Stroke, Ui, pos2};

use super::card::option;
use crate::gui::command::Command;
use crate::gui::opened::Opened;
use crate::gui::statistics::chart::Chart;
use crate::gui::theme::Theme;
use crate::gui::widget;

/// What can be chosen in the head of the card.
pub(super) fn choices(ui: &mut Ui, opened: &mut Opened, out: &mut Vec<Command>) {
    let statistics = &mut opened.statistics;
    if option(ui, "Bytes", "Bytes over time", statistics.choice.bytes) {
        statistics.choice.bytes = true;
    }
    if option(ui, "Frames", "Frames over time", !statistics.choice.bytes) {
        statistics.choice.bytes = false;
    }
    if statistics.range.is_some() {
        ui.add_space(8.0);
        if widget::quiet_button(ui, "Zoom out", "").clicked() {
            statistics.zoom_out();
        }
        if widget::quiet_button(ui, "Filter to this range", "").clicked() {
            out.extend(statistics.filter().map(Command::Filter));
        }
    }
}

/// Chooses a stretch: a drag or the plus sign looks closer, a double click or the minus sign looks at more, arrows
/// move it.
pub(super) fn drag(ui: &Ui, opened: &mut Opened, chart: &Chart, response: &Response, at: Rect) {
    let theme = Theme::of(ui);
    let Some(field) = chart.field.map(|field| field.translate(at.min.to_vec2())) else { return };
    let share = |x: f32| ((x - field.min.x) / field.width().max(1.0)).clamp(0.0, 1.0);
    let statistics = &mut opened.statistics;
    if response.drag_started() {
        let origin = ui.input(|input| input.pointer.press_origin());
        statistics.dragged = origin.map(|origin| share(origin.x));
    }
    let now = response.interact_pointer_pos().map(|at| share(at.x));
    if let (Some(from), Some(to)) = (statistics.dragged, now) {
        let x = |share: f32| field.min.x + share * field.width();
        let chosen = Rect::from_two_pos(pos2(x(from), at.min.y), pos2(x(to), field.max.y));
        ui.painter().rect_filled(chosen, 0.0, theme.accent.gamma_multiply(0.18));
        for edge in [chosen.min.x, chosen.max.x] {
            ui.painter().vline(edge, chosen.y_range(), Stroke::new(1.0, theme.accent));
        }
        if response.drag_stopped() && (to - from).abs() * field.width() > 4.0 {
            statistics.zoom_to(from, to);
        }
    }
    if response.drag_stopped() {
        statistics.dragged = None;
    }
    if response.double_clicked() {
        statistics.zoom_out();
    }
    if response.clicked() {
        response.request_focus();
    }
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, escape: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::Plus) || pressed(Key::Equals) {
            statistics.zoom_to(0.25, 0.75);
        }
        if pressed(Key::Minus) {
            statistics.zoom_out();
        }
        if pressed(Key::Escape) {
            statistics.range = None;
        }
        if pressed(Key::ArrowLeft) {
            statistics.shift(-0.25);
        }
        if pressed(Key::ArrowRight) {
            statistics.shift(0.25);
        }
    }
}
