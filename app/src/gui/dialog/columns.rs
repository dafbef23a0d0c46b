//! Which columns a table has, and in which order: ticked, and moved by buttons, so that no pointer is needed.

use egui::{Align2, Area, Context, Id, Key, Modifiers, Order, ScrollArea, vec2};

use super::form;
use super::quick::sheet;
use crate::gui::icon::Icon;
use crate::gui::table::{Table, text};
use crate::gui::theme::{CONTROL, GRID, Theme};
use crate::gui::{card, fonts, widget};

const WIDTH: f32 = 640.0;
/// Room for a title in front of what is said of it.
const TITLE: f32 = 140.0;

/// Draws it; whether it stays open.
pub fn show(ctx: &Context, table: &mut Table) -> bool {
    let mut stays = true;
    let area = Area::new(Id::unique("columns"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -20.0));
    let area = area.show(ctx, |ui| {
        let theme = Theme::of(ui);
        sheet(theme).inner_margin(16).show(ui, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing = vec2(GRID, GRID);
            let title = format!("Columns of {}", table.name.to_lowercase());
            card::words(ui, &title, fonts::title(), theme.strong);
            ui.add_space(GRID);
            let height = (ctx.content_rect().height() - 220.0).max(120.0);
            ScrollArea::vertical().max_height(height).show(ui, |ui| {
                widget::scrolls(ui);
                ui.spacing_mut().item_spacing.y = 0.0;
                for place in table.columns.listed() {
                    line(ui, table, place);
                }
            });
            ui.add_space(GRID * 2.0);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = GRID * 2.0;
                stays &= !widget::button(ui, None, "Done", true).clicked();
                if !table.columns.fresh() && widget::button(ui, None, "Reset", false).clicked() {
                    table.columns.reset();
                }
            });
        });
    });
    let escape = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    let fresh = area.response.rect.width() < 10.0;
    let beside =
        ctx.input(|input| input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten());
    stays && !escape && (fresh || beside.is_none_or(|at| area.response.rect.contains(at)))
}

fn line(ui: &mut egui::Ui, table: &mut Table, place: usize) {
    let columns = &mut table.columns;
    let head = columns.heads()[place];
    let slot = columns.slot(head.name);
    let last = columns.shown().len() - 1;
    ui.horizontal(|ui| {
        let mut on = slot.is_some();
        let room = vec2(WIDTH - 2.0 * (CONTROL + GRID) - 16.0, CONTROL);
        let changed = ui.allocate_ui(room, |ui| form::check(ui, head.title, &mut on));
        let says = changed.response.rect.with_min_x(changed.response.rect.min.x + TITLE);
        text(ui.painter(), says, head.says, fonts::small(), Theme::of(ui).dim, false);
        let changed = changed.inner;
        if changed {
            columns.toggle(place);
        }
        for (icon, way, right) in [(Icon::Up, "to the left", false), (Icon::Down, "to the right", true)] {
            let enabled = slot.is_some_and(|slot| if right { slot < last } else { slot > 0 });
            let name = format!("Move {} {way}", head.title);
            if widget::icon_button(ui, icon, &name, "", enabled).clicked()
                && let Some(slot) = slot
            {
                columns.step(slot, right);
            }
        }
    });
}
