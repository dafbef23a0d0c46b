//! The few widgets of the shell: icon buttons, text buttons, a segmented switch, key caps.

use egui::accesskit::Role;
use egui::{Color32, FontId, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use super::command::{Command, Entry};
use super::copying::Form;
use super::icon::{self, Icon};
use super::theme::{CONTROL, GRID, ROUND, Theme};
use super::{fonts, words};

/// A square button with an icon; its name is its tooltip.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, key: &str, enabled: bool) -> Response {
    let theme = Theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(CONTROL), sense(enabled));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    hover_ground(ui, theme, rect, &response, enabled);
    let color = match (enabled, response.hovered()) {
        (false, _) => theme.faint,
        (true, true) => theme.strong,
        (true, false) => theme.dim,
    };
    icon::paint(ui.painter(), icon, Rect::from_center_size(rect.center(), Vec2::splat(16.0)), color);
    if key.is_empty() {
        response.on_hover_text(name)
    } else {
        response.on_hover_text(format!("{name}   {key}"))
    }
}

/// The icon button of a command.
pub fn command_button(ui: &mut Ui, icon: Icon, entry: &Entry, enabled: bool, out: &mut Vec<Command>) {
    if icon_button(ui, icon, entry.text, &entry.key_words(), enabled).clicked() {
        out.push(entry.command.clone());
    }
}

/// A button with words on it. The chief one of its place carries the accent.
pub fn button(ui: &mut Ui, icon: Option<Icon>, text: &str, chief: bool) -> Response {
    let theme = Theme::of(ui);
    let color = if chief { theme.on_accent } else { theme.text };
    let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::body(), color);
    let lead = if icon.is_some() { 22.0 } else { 0.0 };
    let size = vec2(galley.size().x + lead + GRID * 6.0, CONTROL);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
    let (fill, edge) = match (chief, response.hovered()) {
        (true, false) => (theme.accent, theme.accent),
        (true, true) => (theme.accent.gamma_multiply(0.9), theme.accent),
        (false, false) => (theme.raised, theme.edge),
        (false, true) => (theme.hover, theme.edge),
    };
    ui.painter().rect(rect, ROUND, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    let left = rect.min.x + GRID * 3.0;
    if let Some(icon) = icon {
        let place = Rect::from_center_size(egui::pos2(left + 8.0, rect.center().y), Vec2::splat(16.0));
        icon::paint(ui.painter(), icon, place, color);
    }
    let y = (rect.center().y - galley.size().y / 2.0).round();
    ui.painter().galley(egui::pos2(left + lead, y), galley, color);
    response
}

/// A small word that can be clicked, in a bar.
pub fn quiet_button(ui: &mut Ui, text: &str, hint: &str) -> Response {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::small(), theme.dim);
    let size = vec2(galley.size().x + GRID * 3.0, 20.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response
        .widget_info(|| WidgetInfo::labeled(Role::Button, true, if hint.is_empty() { text } else { hint }));
    hover_ground(ui, theme, rect, &response, true);
    let color = if response.hovered() { theme.strong } else { theme.dim };
    ui.painter().galley_with_override_text_color(rect.center() - galley.size() / 2.0, galley, color);
    if hint.is_empty() { response } else { response.on_hover_text(hint) }
}

/// A switch of several words of which one holds; gives the one that was clicked.
pub fn segments<T: Copy + PartialEq>(ui: &mut Ui, items: &[(T, &str, Option<u64>)], now: T) -> Option<T> {
    let theme = Theme::of(ui);
    let mut chosen = None;
    let layout = |ui: &Ui, text: String, font: FontId, color| ui.painter().layout_no_wrap(text, font, color);
    for (value, name, count) in items {
        let active = *value == now;
        let (font, color) =
            if active { (fonts::small_strong(), theme.strong) } else { (fonts::small(), theme.dim) };
        let label = layout(ui, (*name).to_owned(), font, color);
        let number = count.map(|count| layout(ui, words::count(count), fonts::small(), theme.faint));
        let tail = number.as_ref().map_or(0.0, |galley| galley.size().x + 6.0);
        let size = vec2(label.size().x + tail + GRID * 5.0, ui.available_height());
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, active, *name));
        let color = if active || response.hovered() { theme.strong } else { theme.dim };
        let at = |width: f32, height: f32| egui::pos2(width, (rect.center().y - height / 2.0).round());
        let (x, height) = (rect.min.x + GRID * 2.5, label.size().y);
        let after = x + label.size().x + 6.0;
        ui.painter().galley_with_override_text_color(at(x, height), label, color);
        if let Some(number) = number {
            ui.painter().galley(at(after, number.size().y), number, theme.faint);
        }
        if active {
            underline(ui, theme, rect);
        }
        if response.clicked() {
            chosen = Some(*value);
        }
    }
    chosen
}

/// The accent under an active tab.
pub fn underline(ui: &Ui, theme: &Theme, rect: Rect) {
    let line = Rect::from_min_max(
        egui::pos2(rect.min.x + 8.0, rect.max.y - 2.0),
        egui::pos2(rect.max.x - 8.0, rect.max.y),
    );
    ui.painter().rect_filled(line, 1.0, theme.accent);
}

/// Words at a place in a bar.
pub fn label(ui: &mut Ui, text: &str, font: FontId, color: Color32) -> Response {
    ui.add(egui::Label::new(egui::RichText::new(text).font(font).color(color)).extend())
}

/// Tells those who do not see it that what is in `ui` scrolls, and how much of it is in sight.
pub fn scrolls(ui: &Ui) {
    let sight = ui.clip_rect();
    ui.ctx().accesskit_node_builder(ui.unique_id(), |node| {
        node.set_role(Role::ScrollView);
        node.set_bounds(egui::accesskit::Rect {
            x0: sight.min.x.into(),
            y0: sight.min.y.into(),
            x1: sight.max.x.into(),
            y1: sight.max.y.into(),
        });
    });
}

/// A key as it stands on the keyboard, drawn to the left of `right`; gives the left edge.
pub fn key_cap(ui: &Ui, theme: &Theme, right: egui::Pos2, words: &str) -> f32 {
    let mut x = right.x;
    let parts: Vec<&str> = words
        .split_inclusive('+')
        .map(|part| if part.len() > 1 { part.trim_end_matches('+') } else { part })
        .collect();
    for part in parts.iter().rev() {
        let galley = ui.painter().layout_no_wrap((*part).to_owned(), fonts::small(), theme.dim);
        let width = (galley.size().x + 10.0).max(20.0);
        let rect = Rect::from_min_size(egui::pos2(x - width, right.y - 9.0), vec2(width, 18.0));
        ui.painter().rect(rect, 3.0, theme.header, Stroke::new(1.0, theme.edge), StrokeKind::Inside);
        ui.painter().galley(rect.center() - galley.size() / 2.0, galley, theme.dim);
        x -= width + 3.0;
    }
    x
}

/// The forms in which something can be copied, as lines of a menu; the one that was chosen. `talks`: also the
/// commands that say the same again.
pub fn forms(ui: &mut Ui, talks: bool) -> Option<Form> {
    super::menu::roomy(ui);
    let mut chosen = None;
    for form in Form::ALL.into_iter().filter(|form| talks || !form.talks()) {
        if form == Form::Websocat {
            ui.separator();
        }
        if ui.button(form.name()).clicked() {
            chosen = Some(form);
            ui.close();
        }
    }
    chosen
}

fn sense(enabled: bool) -> Sense {
    if enabled { Sense::click() } else { Sense::hover() }
}

fn hover_ground(ui: &Ui, theme: &Theme, rect: Rect, response: &Response, enabled: bool) {
    if enabled && response.is_pointer_button_down_on() {
        ui.painter().rect_filled(rect, ROUND, theme.accent_weak);
    } else if enabled && response.hovered() {
        ui.painter().rect_filled(rect, ROUND, theme.raised);
    }
}
