//! The bar with the display filter: the field, whether it is understood, what is shown of all.

use egui::accesskit::Role;
use egui::{
    Align, Id, Layout, Popup, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::filter_field;
use crate::gui::command::Command;
use crate::gui::filtering::{Filtering, Filters};
use crate::gui::icon::{self, Icon};
use crate::gui::opened::Opened;
use crate::gui::theme::{CONTROL, GRID, Level, ROUND, Theme};
use crate::gui::{fonts, menu, widget, words};

/// Height of the bar.
pub const BAR: f32 = 36.0;

/// How a filter stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Empty,
    /// No filter yet, and nothing wrong with it so far.
    Begun,
    Good,
    Applied,
    Wrong,
}

/// Draws the bar.
pub fn show(ui: &mut Ui, opened: &mut Opened, filters: &Filters, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let rect = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), BAR));
    ui.painter().rect_filled(rect, 0.0, theme.base);
    ui.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, theme.line));
    let inner = rect.shrink2(vec2(GRID * 2.0, (BAR - CONTROL) / 2.0));
    let builder = |rect| UiBuilder::new().max_rect(rect);
    let mut right = ui.new_child(builder(inner).layout(Layout::right_to_left(Align::Center)));
    right.spacing_mut().item_spacing.x = GRID;
    outcome(&mut right, theme, opened, out);
    let gap = if opened.filtering.applied().is_empty() { 0.0 } else { GRID * 2.0 };
    let field = inner.with_max_x(right.min_rect().min.x - gap);
    draw_field(ui, theme, field, opened, filters, out);
    ui.advance_cursor_after_rect(rect);
}

/// From the right: how many rows are shown of how many, and how far filtering has come.
fn outcome(ui: &mut Ui, theme: &Theme, opened: &Opened, out: &mut Vec<Command>) {
    if opened.filtering.applied().is_empty() {
        return;
    }
    let (tab, lists) = (opened.tab, &opened.lists);
    let all = u64::from(tab.count(&opened.snapshot));
    let held = lists.len(tab, &opened.snapshot);
    let words = match lists.progress(tab, &opened.snapshot) {
        Some(share) => {
            if widget::quiet_button(ui, "Stop", "Stop filtering").clicked() {
                out.push(Command::ClearFilter);
            }
            format!("Filtering {:.0} %, {} so far", share * 100.0, words::count(held))
        }
        None => format!("{} of {} {}", words::count(held), words::count(all), tab.name().to_lowercase()),
    };
    widget::label(ui, &words, fonts::small(), theme.dim);
}

fn state(filtering: &Filtering) -> State {
    match filtering.mistake() {
        Some(_) => State::Wrong,
        None if filtering.text.trim().is_empty() => State::Empty,
        None if filtering.unfinished() => State::Begun,
        None if filtering.is_applied() => State::Applied,
        None => State::Good,
    }
}

/// What egui knows the field by.
pub fn field() -> Id {
    Id::unique("display filter")
}

fn draw_field(
    ui: &mut Ui,
    theme: &'static Theme,
    rect: Rect,
    opened: &mut Opened,
    filters: &Filters,
    out: &mut Vec<Command>,
) {
    let id = field();
    let state = state(&opened.filtering);
    let (fill, edge) = match state {
        State::Empty | State::Begun => (theme.sunken, theme.edge),
        State::Good | State::Applied => (theme.good_weak, theme.good),
        State::Wrong => (theme.error_weak, theme.error),
    };
    let focused = ui.memory(|memory| memory.has_focus(id));
    let stroke = if focused && matches!(state, State::Empty | State::Begun) {
        Stroke::new(1.0, theme.accent)
    } else {
        Stroke::new(1.0, edge)
    };
    ui.painter().rect(rect, ROUND, fill, stroke, StrokeKind::Inside);
    let sign = pos2(rect.min.x + 16.0, rect.center().y);
    match state {
        State::Wrong => icon::level(ui.painter(), theme, Level::Error, sign, 5.5),
        State::Empty | State::Begun => {
            icon::paint(ui.painter(), Icon::Filter, Rect::from_center_size(sign, vec2(14.0, 14.0)), theme.dim)
        }
        State::Good | State::Applied => {
            icon::paint(
                ui.painter(),
                Icon::Filter,
                Rect::from_center_size(sign, vec2(14.0, 14.0)),
                theme.good,
            );
        }
    }
    let mut buttons = ui.new_child(
        UiBuilder::new().max_rect(rect.shrink2(vec2(2.0, 0.0))).layout(Layout::right_to_left(Align::Center)),
    );
    buttons.spacing_mut().item_spacing.x = 0.0;
    remembered(&mut buttons, theme, &opened.filtering, filters, out);
    if !opened.filtering.text.is_empty() || !opened.filtering.applied().is_empty() {
        if widget::icon_button(&mut buttons, Icon::Close, "Clear filter", "", true).clicked() {
            out.push(Command::ClearFilter);
        }
        if state == State::Good && widget::quiet_button(&mut buttons, "Apply", "Apply filter").clicked() {
            out.push(Command::Filter(opened.filtering.text.clone()));
        }
    }
    let room = Rect::from_min_max(
        pos2(rect.min.x + 30.0, rect.min.y),
        pos2(buttons.min_rect().min.x - GRID, rect.max.y),
    );
    filter_field::show(ui, theme, room, id, opened, out);
    if let Some(mistake) = opened.filtering.mistake().filter(|_| !opened.filtering.text.trim().is_empty()) {
        let says = mistake.says.clone();
        let anchor = ui.interact(rect, id.with("mistake"), Sense::hover());
        anchor.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &says));
    }
}

/// Recent and saved filters, in a menu.
fn remembered(ui: &mut Ui, theme: &Theme, filtering: &Filtering, filters: &Filters, out: &mut Vec<Command>) {
    let button = widget::icon_button(ui, Icon::Bookmark, "Recent and saved filters", "", true);
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(320.0);
        ui.set_max_width(520.0);
        menu::roomy(ui);
        let text = filtering.text.trim();
        if filtering.mistake().is_none() && !text.is_empty() && ui.button("Save this filter…").clicked() {
            out.push(Command::SaveFilter(text.to_owned()));
        }
        heading(ui, theme, "Saved");
        for saved in &filters.saved {
            ui.horizontal(|ui| {
                if widget::icon_button(ui, Icon::Close, &format!("Forget {}", saved.name), "", true).clicked()
                {
                    out.push(Command::ForgetFilter(saved.name.clone()));
                }
                let label = egui::RichText::new(&saved.name).color(theme.strong);
                if ui.button(label).on_hover_text(&saved.filter).clicked() {
                    out.push(Command::Filter(saved.filter.clone()));
                    ui.close();
                }
            });
        }
        for (name, filter) in EXAMPLES {
            if ui.button(*name).on_hover_text(*filter).clicked() {
                out.push(Command::Filter((*filter).to_owned()));
                ui.close();
            }
        }
        if !filters.recent.is_empty() {
            heading(ui, theme, "Recent");
        }
        for recent in filters.recent.iter().take(12) {
            let label = egui::RichText::new(recent).font(fonts::mono());
            if ui.add(egui::Button::new(label).truncate()).clicked() {
                out.push(Command::Filter(recent.clone()));
                ui.close();
            }
        }
    });
}

fn heading(ui: &mut Ui, theme: &Theme, words: &str) {
    ui.add_space(GRID);
    widget::label(ui, words, fonts::small_strong(), theme.dim);
}

/// Filters that everybody needs once.
const EXAMPLES: &[(&str, &str)] = &[
    ("Without Pings and Pongs", "!(websocket.opcode in {ping, pong})"),
    ("Close frames", "websocket.opcode == close"),
    ("Connections that ended badly", "ws.close.clean == false"),
    ("Errors and warnings", "ws.severity >= warn"),
    ("Long messages", "ws.length > 16384"),
    ("From the client", "ws.direction == client"),
];
