//! A sheet in the middle of the window that scrolls where the window is smaller than it. Escape closes it, and so does a
//! click beside it.

use egui::{Align2, Area, Context, Id, Key, Modifiers, Order, ScrollArea, Ui, vec2};

use super::quick::sheet;
use crate::gui::theme::{GRID, Theme};
use crate::gui::{card, fonts, widget};

/// Room that is left around the sheet.
const AROUND: f32 = 24.0;
const MARGIN: f32 = 16.0;

/// Draws it, `width` points wide where there is room; whether it stays open.
pub fn show(ctx: &Context, title: &str, width: f32, fill: impl FnOnce(&mut Ui)) -> bool {
    let screen = ctx.content_rect();
    let area = Area::new(Id::unique(("modal", title)))
        .order(Order::Foreground)
        .default_size(screen.size() - vec2(AROUND, AROUND) * 2.0)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0));
    let area = area.show(ctx, |ui| {
        let theme = Theme::of(ui);
        sheet(theme).inner_margin(MARGIN).show(ui, |ui| {
            ui.set_width(width.min(screen.width() - (AROUND + MARGIN) * 2.0));
            ui.spacing_mut().item_spacing = vec2(GRID * 2.0, GRID * 2.0);
            card::words(ui, title, fonts::title(), theme.strong);
            let room = screen.height() - (AROUND + MARGIN) * 2.0 - 32.0;
            ScrollArea::vertical().id_salt(title).max_height(room).show(ui, |ui| {
                widget::scrolls(ui);
                ui.set_width(ui.available_width());
                fill(ui);
            });
        });
    });
    let escape = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    // On its first frame its size is not known yet.
    let fresh = area.response.rect.width() < 32.0;
    let pressed =
        ctx.input(|input| input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten());
    !escape && (fresh || pressed.is_none_or(|at| area.response.rect.contains(at)))
}
