//! The bar on top: what is done most, the way to everything else, and how things look.

use egui::accesskit::Role;
use egui::{Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::gui::command::{Command, When};
use crate::gui::icon::{self, Icon};
use crate::gui::theme::{CONTROL, GRID, ROUND, TOOLBAR, Theme};
use crate::gui::{fonts, widget};

/// What the toolbar says.
pub struct Toolbar<'a> {
    /// The open file's name.
    pub file: Option<&'a str>,
    /// Whether this window captures at all.
    pub captures: bool,
    /// Whether a capture runs.
    pub capturing: bool,
    /// What can be done now.
    pub can: &'a dyn Fn(When) -> bool,
    /// How large everything is.
    pub scale: f32,
    /// Dark or light, in words.
    pub appearance: &'static str,
}

/// Draws the toolbar.
pub fn show(ui: &mut Ui, bar: &Toolbar<'_>, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let rect = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), TOOLBAR));
    ui.painter().rect_filled(rect, 0.0, theme.base);
    ui.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, theme.line));
    let inner = rect.shrink2(vec2(GRID * 2.0, (TOOLBAR - CONTROL) / 2.0));
    let mut left = ui.new_child(
        egui::UiBuilder::new().max_rect(inner).layout(egui::Layout::left_to_right(egui::Align::Center)),
    );
    left.spacing_mut().item_spacing.x = 2.0;
    let mark = left.allocate_exact_size(vec2(CONTROL, CONTROL), Sense::hover()).0;
    icon::program_mark(left.painter(), Rect::from_center_size(mark.center(), Vec2::splat(20.0)));
    left.add_space(GRID);
    let put_all = |left: &mut Ui, all: &[(Icon, Command)], out: &mut Vec<Command>| {
        for (icon, command) in all {
            put(left, *icon, command, bar, out);
        }
    };
    if bar.captures {
        let capture = if bar.capturing { Icon::Stop } else { Icon::Capture };
        put_all(&mut left, &[(capture, Command::Capture), (Icon::Restart, Command::Restart)], out);
        put_all(&mut left, &[(Icon::Options, Command::CaptureOptions)], out);
        left.add_space(GRID * 2.0);
    }
    put_all(&mut left, &[(Icon::Open, Command::Open)], out);
    if bar.captures {
        put_all(&mut left, &[(Icon::Save, Command::Save)], out);
    }
    put_all(&mut left, &[(Icon::Key, Command::AddKeys), (Icon::Reload, Command::Reload)], out);
    if !bar.capturing {
        put_all(&mut left, &[(Icon::Stop, Command::Stop)], out);
    }
    left.add_space(GRID * 2.0);
    put_all(&mut left, &[(Icon::Back, Command::Back), (Icon::Forward, Command::Forward)], out);
    put_all(&mut left, &[(Icon::Search, Command::Find), (Icon::Number, Command::GoTo)], out);
    let mut right = ui.new_child(
        egui::UiBuilder::new().max_rect(inner).layout(egui::Layout::right_to_left(egui::Align::Center)),
    );
    right.spacing_mut().item_spacing.x = 2.0;
    put(&mut right, Icon::Keys, &Command::Keys, bar, out);
    let hint = format!("Change appearance, now {}", bar.appearance);
    if widget::icon_button(&mut right, Icon::Theme, "Change appearance", &hint, true).clicked() {
        out.push(Command::NextTheme);
    }
    right.add_space(GRID * 2.0);
    put(&mut right, Icon::ZoomIn, &Command::ZoomIn, bar, out);
    if widget::quiet_button(&mut right, &format!("{:.0} %", bar.scale * 100.0), "Actual size").clicked() {
        out.push(Command::ZoomReset);
    }
    put(&mut right, Icon::ZoomOut, &Command::ZoomOut, bar, out);
    let width = (rect.width() * 0.36).clamp(220.0, 460.0);
    let center = Rect::from_center_size(rect.center(), vec2(width, CONTROL - 2.0));
    palette_field(ui, theme, center, bar.file, out);
    ui.advance_cursor_after_rect(rect);
}

fn put(ui: &mut Ui, icon: Icon, command: &Command, bar: &Toolbar<'_>, out: &mut Vec<Command>) {
    if let Some(entry) = command.entry() {
        widget::command_button(ui, icon, entry, (bar.can)(entry.when), out);
    }
}

/// Looks like a field, shows the file, opens the palette.
fn palette_field(ui: &Ui, theme: &Theme, rect: Rect, file: Option<&str>, out: &mut Vec<Command>) {
    let response = ui.interact(rect, egui::Id::unique("palette"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "All commands…"));
    let hovered = response.hovered();
    let fill = if hovered { theme.hover } else { theme.panel };
    ui.painter().rect(rect, ROUND + 2, fill, Stroke::new(1.0, theme.line), StrokeKind::Inside);
    let (words, color) = match file {
        Some(file) => (file, theme.text),
        None => ("Search commands", theme.dim),
    };
    let right = widget::key_cap(ui, theme, pos2(rect.max.x - 5.0, rect.center().y), "Ctrl+Shift+P");
    let room = rect.with_max_x(right).shrink2(vec2(4.0, 0.0));
    let glass = Rect::from_center_size(pos2(room.min.x + 12.0, room.center().y), Vec2::splat(14.0));
    icon::paint(ui.painter(), if file.is_some() { Icon::File } else { Icon::Search }, glass, theme.dim);
    crate::gui::table::text(
        ui.painter(),
        room.with_min_x(glass.max.x - 2.0),
        words,
        fonts::body(),
        color,
        false,
    );
    if response.clicked() {
        out.push(Command::Palette);
    }
}
