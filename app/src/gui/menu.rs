//! Menus under a button: lines with a tick, a key, a heading between them. Arrows move, Enter takes, Escape leaves.

use egui::accesskit::Role;
use egui::{Id, Popup, Rect, Response, ScrollArea, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::table::text;
use super::theme::{CELL, ROUND, Theme};
use super::{fonts, widget};

const LINE: f32 = 26.0;
/// Room for a tick in front of every line.
const LEAD: f32 = 20.0;

/// One line.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// What it does.
    pub text: &'a str,
    /// More about it, or why it cannot be done.
    pub note: &'a str,
    /// Its key.
    pub key: &'a str,
    /// Whether it holds, where it is something that holds or not.
    pub ticked: Option<bool>,
    /// Whether it can be done.
    pub enabled: bool,
}

impl<'a> Line<'a> {
    /// A line that can be done.
    pub const fn new(text: &'a str) -> Self {
        Self { text, note: "", key: "", ticked: None, enabled: true }
    }
}

/// Shows a menu under a button while it is open. Its first line gets the keyboard as it opens.
pub fn show(button: &Response, width: f32, fill: impl FnOnce(&mut Ui)) {
    let opens = button.clicked();
    Popup::menu(button).show(|ui| {
        let most = ui.ctx().content_rect().height() - 80.0;
        let width = width.min(ui.ctx().content_rect().width() - 32.0);
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().max_height(most).show(ui, |ui| {
            widget::scrolls(ui);
            ui.set_width(width);
            if opens {
                ui.data_mut(|data| data.insert_temp(opening(), true));
            }
            fill(ui);
        });
    });
}

/// Gives the lines that egui draws in a menu the room around their words that ours have.
pub fn roomy(ui: &mut Ui) {
    ui.spacing_mut().button_padding = vec2(CELL, 2.0);
}

/// Where it is told that a menu opens, until its first line has the keyboard.
fn opening() -> Id {
    Id::unique("menu opens")
}

/// A small heading, with a line above it where it is not the first.
pub fn heading(ui: &mut Ui, words: &str, first: bool) {
    let theme = Theme::of(ui);
    if !first {
        let (rule, _) = ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::empty());
        ui.painter().hline(rule.x_range(), rule.center().y, Stroke::new(1.0, theme.line));
    }
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 22.0), Sense::empty());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    text(ui.painter(), rect, words, fonts::small_strong(), theme.dim, false);
}

/// A line; whether it was taken, which closes the menu.
pub fn line(ui: &mut Ui, line: &Line<'_>) -> bool {
    let theme = Theme::of(ui);
    let sense = if line.enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), sense);
    response.widget_info(|| match line.ticked {
        Some(ticked) => WidgetInfo::selected(Role::MenuItemCheckBox, line.enabled, ticked, line.text),
        None => WidgetInfo::labeled(Role::MenuItem, line.enabled, line.text),
    });
    if line.enabled && ui.data_mut(|data| data.remove_temp::<bool>(opening())).is_some() {
        response.request_focus();
    }
    if line.enabled && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect, ROUND, theme.hover);
    }
    if line.ticked == Some(true) {
        let place = Rect::from_center_size(pos2(rect.min.x + 14.0, rect.center().y), Vec2::splat(14.0));
        tick(ui, place, Stroke::new(1.6, theme.accent));
    }
    let color = if line.enabled { theme.text } else { theme.faint };
    let mut right = rect.max.x - CELL;
    if !line.key.is_empty() {
        right = widget::key_cap(ui, theme, pos2(right, rect.center().y), line.key);
    }
    let room = rect.with_min_x(rect.min.x + LEAD).with_max_x(right);
    text(ui.painter(), room, line.text, fonts::body(), color, false);
    let width = ui.painter().layout_no_wrap(line.text.to_owned(), fonts::body(), color).size().x;
    text(
        ui.painter(),
        room.with_min_x(room.min.x + width + CELL),
        line.note,
        fonts::small(),
        theme.faint,
        false,
    );
    let taken = response.clicked();
    if taken {
        ui.close();
    }
    taken
}

/// A tick in a square of 14 points.
pub fn tick(ui: &Ui, place: Rect, stroke: Stroke) {
    let at = |x: f32, y: f32| place.min + vec2(x, y);
    ui.painter().add(Shape::line(vec![at(3.5, 7.5), at(6.0, 10.0), at(10.5, 4.5)], stroke));
}
