//! What forms are made of: a named field, a box to tick.

use egui::accesskit::Role;
use egui::{
    FontId, Margin, Rect, Response, RichText, Sense, Shape, Stroke, StrokeKind, TextEdit, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use crate::gui::table::text;
use crate::gui::theme::{CONTROL, GRID, ROUND, Theme};
use crate::gui::{card, fonts};

/// What egui knows the field called `name` by: who has it can give it the keyboard.
pub fn id(name: &str) -> egui::Id {
    egui::Id::unique(("form", name))
}

/// A field under its name; whether its text has changed.
pub fn field(ui: &mut Ui, name: &str, text: &mut String, hint: &str, width: f32, font: FontId) -> bool {
    let theme = Theme::of(ui);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        card::heading(ui, name);
        let edit = TextEdit::singleline(text)
            .id(id(name))
            .font(font)
            .hint_text(RichText::new(hint).color(theme.faint))
            .desired_width(width)
            .margin(Margin::symmetric(8, 5))
            .min_size(vec2(0.0, CONTROL));
        edit.show(ui).response.response.accessible_name(name).changed()
    })
    .inner
}

/// A box alone, with a name for those who do not see what it stands beside; whether it was clicked.
pub fn tick(ui: &mut Ui, name: &str, on: &mut bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(28.0, CONTROL), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *on, name));
    draw_box(ui, rect, &response, *on);
    if response.clicked() {
        *on = !*on;
    }
    response.clicked()
}

/// One of a few words under a name; whether another one was chosen.
pub fn choose<T: Copy + PartialEq>(ui: &mut Ui, name: &str, all: &[(T, &str)], now: &mut T) -> bool {
    let theme = Theme::of(ui);
    let before = *now;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, GRID);
        card::heading(ui, name);
        ui.horizontal_wrapped(|ui| {
            for (value, words) in all {
                let active = *value == before;
                let color = if active { theme.strong } else { theme.text };
                let galley = ui.painter().layout_no_wrap((*words).to_owned(), fonts::body(), color);
                let size = vec2(galley.size().x + GRID * 6.0, CONTROL);
                let (rect, response) = ui.allocate_exact_size(size, Sense::click());
                response.widget_info(|| {
                    WidgetInfo::selected(Role::RadioButton, true, active, format!("{name}: {words}"))
                });
                let (fill, edge) = match (active, response.hovered()) {
                    (true, _) => (theme.accent_weak, theme.accent),
                    (false, true) => (theme.hover, theme.outline),
                    (false, false) => (theme.sunken, theme.edge),
                };
                ui.painter().rect(rect, ROUND, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
                ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
                if response.clicked() {
                    *now = *value;
                }
            }
        });
    });
    *now != before
}

/// A box with words beside it; whether it was clicked.
pub fn check(ui: &mut Ui, words: &str, on: &mut bool) -> bool {
    check_with(ui, words, "", on)
}

/// The same with a quieter word behind it.
pub fn check_with(ui: &mut Ui, words: &str, note: &str, on: &mut bool) -> bool {
    const LINE: f32 = 26.0;
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *on, words));
    let place = draw_box(ui, rect, &response, *on);
    let room = rect.with_min_x(place.max.x);
    text(ui.painter(), room, words, fonts::body(), theme.text, false);
    let width = ui.painter().layout_no_wrap(words.to_owned(), fonts::body(), theme.text).size().x;
    text(ui.painter(), room.with_min_x(room.min.x + width + 12.0), note, fonts::small(), theme.dim, false);
    if response.clicked() {
        *on = !*on;
    }
    response.clicked()
}

/// The box itself, at the left edge of `rect`; gives its place.
fn draw_box(ui: &Ui, rect: Rect, response: &Response, on: bool) -> Rect {
    const BOX: f32 = 14.0;
    let theme = Theme::of(ui);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, ROUND, theme.hover);
    }
    let place = Rect::from_center_size(pos2(rect.min.x + 14.0, rect.center().y), Vec2::splat(BOX));
    let (fill, edge) = if on { (theme.accent, theme.accent) } else { (theme.sunken, theme.outline) };
    ui.painter().rect(place, 3.0, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    if on {
        let at = |x: f32, y: f32| place.min + vec2(x, y);
        let tick = vec![at(3.5, 7.5), at(6.0, 10.0), at(10.5, 4.5)];
        ui.painter().add(Shape::line(tick, Stroke::new(1.6, theme.on_accent)));
    }
    place
}
