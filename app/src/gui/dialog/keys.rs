//! The sheet of keys.

use egui::{Align2, Area, Context, Id, Key, Modifiers, Order, Sense, Stroke, pos2, vec2};

use super::quick::sheet;
use crate::gui::command::COMMANDS;
use crate::gui::theme::Theme;
use crate::gui::{fonts, widget};

/// Keys of tables and fields, which are no commands.
const MORE: &[(&str, &str)] = &[
    ("Row up, down", "Up+Down"),
    ("Page up, down", "PgUp+PgDn"),
    ("First, last row", "Home+End"),
    ("Next pane or button", "Tab"),
    ("Close what is above the window", "Esc"),
];

/// Draws it; whether it stays open.
pub fn show(ctx: &Context) -> bool {
    const COLUMN: f32 = 320.0;
    const LINE: f32 = 26.0;
    let lines: Vec<(&str, String)> = COMMANDS
        .iter()
        .filter(|entry| entry.key.is_some())
        .map(|entry| (entry.text.trim_end_matches('…'), entry.key_words()))
        .chain(MORE.iter().map(|(text, keys)| (*text, (*keys).to_owned())))
        .collect();
    let half = lines.len().div_ceil(2);
    let size = vec2(COLUMN * 2.0 + 40.0, half as f32 * LINE + 56.0);
    let area = Area::new(Id::unique("keys"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -20.0));
    let area = area.show(ctx, |ui| {
        let theme = Theme::of(ui);
        sheet(theme).show(ui, |ui| {
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Dialog, true, "Keys"));
            let at = rect.min + vec2(12.0, 12.0);
            ui.painter().text(at, Align2::LEFT_TOP, "Keys", fonts::title(), theme.strong);
            let rule = Stroke::new(1.0, theme.line);
            ui.painter().hline(rect.min.x + 12.0..=rect.max.x - 12.0, rect.min.y + 42.0, rule);
            for (place, (text, keys)) in lines.iter().enumerate() {
                let (column, line) = (place / half, place % half);
                let x = rect.min.x + 12.0 + column as f32 * (COLUMN + 16.0);
                let y = rect.min.y + 62.0 + line as f32 * LINE;
                ui.painter().text(pos2(x, y), Align2::LEFT_CENTER, text, fonts::body(), theme.text);
                widget::key_cap(ui, theme, pos2(x + COLUMN, y), keys);
            }
        });
    });
    let closed = ctx.input_mut(|input| {
        input.consume_key(Modifiers::NONE, Key::Escape) || input.consume_key(Modifiers::NONE, Key::F1)
    });
    let fresh = area.response.rect.width() < 10.0;
    let beside =
        ctx.input(|input| input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten());
    !closed && (fresh || beside.is_none_or(|at| area.response.rect.contains(at)))
}
