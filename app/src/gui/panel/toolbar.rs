//! The bar on top: what is done most, the way to everything else, and how things look.

use egui::accesskit::Role;
use egui::{Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::view;
use crate::gui::command::{Command, When};
use crate::gui::icon::{self, Icon};
use crate::gui::layout::Layout;
use crate::gui::theme::{CONTROL, GRID, ROUND, TOOLBAR, Theme};
use crate::gui::{fonts, menu, widget};

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
    /// Where the panes are.
    pub layout: &'a Layout,
    /// Layouts that were saved.
    pub layouts: &'a [(String, Layout)],
}

/// A button of the bar. Where there is no room, those with the lowest rank go into the menu first.
struct Slot {
    icon: Icon,
    command: Command,
    rank: u8,
}

const fn slot(icon: Icon, command: Command, rank: u8) -> Slot {
    Slot { icon, command, rank }
}

/// A rank that never goes.
const STAYS: u8 = u8::MAX;
/// What a button takes.
const BUTTON: f32 = CONTROL + 2.0;
/// What the words of the zoom take.
const PERCENT: f32 = 52.0;
/// What the field in the middle takes at least.
const FIELD: f32 = 120.0;

/// The buttons to the left: captures, then files, then ways through what is open.
fn left_slots(bar: &Toolbar<'_>) -> [Vec<Slot>; 3] {
    let mut captures = Vec::new();
    let mut files = vec![slot(Icon::Open, Command::Open, STAYS)];
    if bar.captures {
        let capture = if bar.capturing { Icon::Stop } else { Icon::Capture };
        captures.push(slot(capture, Command::Capture, STAYS));
        captures.push(slot(Icon::Restart, Command::Restart, 8));
        captures.push(slot(Icon::Options, Command::CaptureOptions, 9));
        files.push(slot(Icon::Save, Command::Save, 10));
    }
    files.push(slot(Icon::Key, Command::AddKeys, 6));
    files.push(slot(Icon::Reload, Command::Reload, 5));
    if !bar.capturing {
        files.push(slot(Icon::Stop, Command::Stop, 4));
    }
    let ways = vec![
        slot(Icon::Back, Command::Back, 6),
        slot(Icon::Forward, Command::Forward, 5),
        slot(Icon::Search, Command::Find, 8),
        slot(Icon::Number, Command::GoTo, 7),
    ];
    [captures, files, ways]
}

/// The buttons to the right, from the right; the zoom's words stand between its two.
fn right_slots() -> Vec<Slot> {
    vec![
        slot(Icon::Keys, Command::Keys, 3),
        slot(Icon::Cog, Command::Preferences, 11),
        slot(Icon::Theme, Command::NextTheme, 2),
        slot(Icon::ZoomIn, Command::ZoomIn, 1),
        slot(Icon::ZoomOut, Command::ZoomOut, 1),
    ]
}

/// The lowest rank that there is room for.
fn fitting(slots: &[&Slot], room: f32) -> u8 {
    let needs = |least: u8| {
        let shown = slots.iter().filter(|slot| slot.rank >= least);
        let percent = if least <= 1 { PERCENT } else { 0.0 };
        let more = if least > 1 { BUTTON } else { 0.0 };
        shown.count() as f32 * BUTTON + percent + more
    };
    (0..STAYS).find(|least| needs(*least) <= room).unwrap_or(STAYS)
}

/// Draws the toolbar.
pub fn show(ui: &mut Ui, bar: &Toolbar<'_>, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let rect = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), TOOLBAR));
    ui.painter().rect_filled(rect, 0.0, theme.base);
    ui.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, theme.line));
    let inner = rect.shrink2(vec2(GRID * 2.0, (TOOLBAR - CONTROL) / 2.0));
    let (lefts, rights) = (left_slots(bar), right_slots());
    let all: Vec<&Slot> = lefts.iter().flatten().chain(&rights).collect();
    // The mark, the menu of panes, the gaps.
    let least = fitting(&all, inner.width() - FIELD - BUTTON * 2.0 - GRID * 14.0);

    let mut left = ui.new_child(
        egui::UiBuilder::new().max_rect(inner).layout(egui::Layout::left_to_right(egui::Align::Center)),
    );
    left.spacing_mut().item_spacing.x = 2.0;
    let mark = left.allocate_exact_size(vec2(CONTROL, CONTROL), Sense::hover()).0;
    icon::program_mark(left.painter(), Rect::from_center_size(mark.center(), Vec2::splat(20.0)));
    left.add_space(GRID);
    for (place, group) in lefts.iter().filter(|group| !group.is_empty()).enumerate() {
        if place > 0 {
            left.add_space(GRID * 2.0);
        }
        for slot in group.iter().filter(|slot| slot.rank >= least) {
            put(&mut left, slot, bar, out);
        }
    }
    let mut right = ui.new_child(
        egui::UiBuilder::new().max_rect(inner).layout(egui::Layout::right_to_left(egui::Align::Center)),
    );
    right.spacing_mut().item_spacing.x = 2.0;
    if least > 1 {
        let hidden: Vec<&Slot> = all.iter().copied().filter(|slot| slot.rank < least).collect();
        more(&mut right, &hidden, bar, out);
    }
    for slot in rights.iter().filter(|slot| slot.rank >= least) {
        put(&mut right, slot, bar, out);
        if slot.icon == Icon::ZoomIn {
            let percent = format!("{:.0} %", bar.scale * 100.0);
            if widget::quiet_button(&mut right, &percent, "Actual size").clicked() {
                out.push(Command::ZoomReset);
            }
        }
    }
    right.add_space(GRID * 2.0);
    view::button(&mut right, bar, out);

    let room = left.min_rect().max.x + GRID * 3.0..=right.min_rect().min.x - GRID * 3.0;
    let free = room.end() - room.start();
    let width = (rect.width() * 0.36).clamp(FIELD, 460.0).min(free);
    // In the middle of the window where that is free, else of what is left.
    let half = width / 2.0;
    let x = rect.center().x.clamp(room.start() + half, (room.end() - half).max(room.start() + half));
    let field = Rect::from_center_size(pos2(x, rect.center().y), vec2(width, CONTROL - 2.0));
    palette_field(ui, theme, field, bar.file, out);
    ui.advance_cursor_after_rect(rect);
}

fn put(ui: &mut Ui, slot: &Slot, bar: &Toolbar<'_>, out: &mut Vec<Command>) {
    let Some(entry) = slot.command.entry() else { return };
    if slot.command == Command::NextTheme {
        let hint = format!("{}, now {}", entry.key_words(), bar.appearance);
        if widget::icon_button(ui, slot.icon, entry.text, &hint, true).clicked() {
            out.push(Command::NextTheme);
        }
        return;
    }
    widget::command_button(ui, slot.icon, entry, (bar.can)(entry.when), out);
}

/// What there is no room for.
fn more(ui: &mut Ui, hidden: &[&Slot], bar: &Toolbar<'_>, out: &mut Vec<Command>) {
    let button = widget::icon_button(ui, Icon::More, "More…", "", true);
    menu::show(&button, 260.0, |ui| {
        for entry in hidden.iter().filter_map(|slot| slot.command.entry()) {
            let (key, enabled) = (entry.key_words(), (bar.can)(entry.when));
            let line = menu::Line { key: &key, enabled, ..menu::Line::new(entry.text) };
            if menu::line(ui, &line) {
                out.push(entry.command.clone());
            }
        }
    });
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
    let end = pos2(rect.max.x - 5.0, rect.center().y);
    let right = if rect.width() < 260.0 { end.x } else { widget::key_cap(ui, theme, end, "Ctrl+Shift+P") };
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
