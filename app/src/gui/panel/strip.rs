//! The strip above the findings: how many there are by severity, by side, by rule; a click leaves one kind only.

use egui::accesskit::Role;
use egui::{Align2, Popup, Pos2, Rect, Sense, Stroke, StrokeKind, TextWrapMode, Ui, WidgetInfo, pos2, vec2};
use session::dissector::rules::{Accused, Severity, rules};

use crate::gui::command::Command;
use crate::gui::findings::{level, word};
use crate::gui::lists::Narrow;
use crate::gui::opened::Opened;
use crate::gui::theme::{CELL, GRID, ROUND, Theme};
use crate::gui::{fonts, icon, menu, words};

/// Height of the strip.
const STRIP: f32 = 32.0;

/// What a chip of the strip says.
struct Chip<'a> {
    narrow: Narrow,
    word: &'a str,
    count: u32,
}

/// The strip: findings by severity, by side, by rule; a click leaves those of one kind only, another all.
pub fn show(ui: &mut Ui, opened: &Opened, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let all = ui.available_rect_before_wrap();
    let rect = all.with_max_y(all.min.y + STRIP);
    ui.advance_cursor_after_rect(rect);
    ui.painter().rect_filled(rect, 0.0, theme.panel);
    ui.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, theme.line));
    let tally = opened.lists.tally();
    if tally.rules.is_empty() {
        return;
    }
    let now = opened.lists.narrowed();
    let mut at = pos2(rect.min.x + CELL, rect.center().y);
    let mut put = |ui: &Ui, at: &mut Pos2, chip: &Chip<'_>, right: f32| {
        let width = width(ui, chip);
        let there = at.x + width <= right;
        if there {
            let place = Rect::from_min_size(*at - vec2(0.0, 10.0), vec2(width, 20.0));
            if draw(ui, theme, place, chip, now == Some(chip.narrow)) {
                let again = now == Some(chip.narrow);
                out.push(Command::Narrow((!again).then_some(chip.narrow)));
            }
            at.x += width + GRID;
        }
        there
    };
    let edge = rect.max.x - CELL;
    for (severity, count) in &tally.severities {
        let chip =
            Chip { narrow: Narrow::Severity(severity.0), word: plural(severity.0, *count), count: *count };
        put(ui, &mut at, &chip, edge - MORE);
    }
    part(ui, theme, &mut at);
    for (accused, count) in &tally.accused {
        let chip = Chip { narrow: Narrow::Accused(*accused), word: accused.name(), count: *count };
        put(ui, &mut at, &chip, edge - MORE);
    }
    part(ui, theme, &mut at);
    let table: Vec<_> = rules().collect();
    let mut counts: Vec<_> = tally.rules.iter().map(|(rule, count)| (*rule, *count)).collect();
    // The one that is chosen is always there; else the worst and the most frequent come first.
    let rank = |&(place, count): &(u16, u32)| {
        let severity = table.get(usize::from(place)).map(|rule| rule.severity);
        (now == Some(Narrow::Rule(place)), severity, count)
    };
    counts.sort_by_key(|entry| std::cmp::Reverse(rank(entry)));
    let chip = |&(place, count): &(u16, u32)| {
        let word = table.get(usize::from(place)).map_or("", |rule| rule.code);
        Chip { narrow: Narrow::Rule(place), word, count }
    };
    let mut shown = 0;
    for (index, entry) in counts.iter().enumerate() {
        let last = index + 1 == counts.len();
        if !put(ui, &mut at, &chip(entry), if last { edge } else { edge - MORE }) {
            break;
        }
        shown += 1;
    }
    if shown < counts.len() {
        more(ui, at, &counts[shown..].iter().map(chip).collect::<Vec<_>>(), out);
    }
}

/// Room for the word that leads to rules that have no chip.
const MORE: f32 = 72.0;

/// The rules that the strip has no room for, as a menu.
fn more(ui: &Ui, at: Pos2, chips: &[Chip<'_>], out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let place = Rect::from_min_size(at - vec2(0.0, 10.0), vec2(MORE, 20.0));
    let text = format!("{} more…", chips.len());
    let response = ui.interact(place, ui.scope_id().with("more rules"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
    let color = if response.hovered() { theme.strong } else { theme.dim };
    ui.painter().text(place.center(), Align2::CENTER_CENTER, &text, fonts::small(), color);
    Popup::menu(&response).show(|ui| {
        egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
            menu::roomy(ui);
            for chip in chips {
                let text = format!("{}  {}", words::count(u64::from(chip.count)), chip.word);
                if ui.button(text).clicked() {
                    out.push(Command::Narrow(Some(chip.narrow)));
                    ui.close();
                }
            }
        });
    });
}

fn plural(severity: Severity, count: u32) -> &'static str {
    match (severity, count) {
        (severity, 1) => word(severity),
        (Severity::Error, _) => "Errors",
        (Severity::Warn, _) => "Warnings",
        (Severity::Note, _) => "Notes",
    }
}

fn part(ui: &Ui, theme: &Theme, at: &mut Pos2) {
    at.x += GRID;
    ui.painter().vline(at.x, at.y - 7.0..=at.y + 7.0, Stroke::new(1.0, theme.line));
    at.x += GRID * 2.0;
}

/// Room for a chip's shape.
fn lead(narrow: Narrow) -> f32 {
    match narrow {
        Narrow::Severity(_) => 16.0,
        Narrow::Accused(Accused::Side(_)) => 18.0,
        Narrow::Accused(Accused::Observer) | Narrow::Rule(_) => 0.0,
    }
}

fn width(ui: &Ui, chip: &Chip<'_>) -> f32 {
    let measure =
        |text: String| ui.painter().layout_no_wrap(text, fonts::small(), egui::Color32::PLACEHOLDER).size().x;
    let count = words::count(u64::from(chip.count));
    lead(chip.narrow) + measure(count) + 5.0 + measure(chip.word.to_owned()) + CELL * 2.0
}

/// Draws a chip; whether it was clicked.
fn draw(ui: &Ui, theme: &Theme, place: Rect, chip: &Chip<'_>, active: bool) -> bool {
    let id = ui.scope_id().with(("chip", chip.word));
    let response = ui.interact(place, id, Sense::click());
    let count = words::count(u64::from(chip.count));
    let name = format!("Only {}: {count}", chip.word);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, active, &name));
    let (fill, edge) = match (active, response.hovered()) {
        (true, _) => (theme.accent_weak, theme.accent),
        (false, true) => (theme.hover, theme.edge),
        (false, false) => (theme.header, theme.line),
    };
    ui.painter().rect(place, ROUND, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    let mut x = place.min.x + CELL;
    let middle = place.center().y;
    let mut color = theme.dim;
    match chip.narrow {
        Narrow::Severity(severity) => {
            icon::level(ui.painter(), theme, level(severity), pos2(x + 5.0, middle), 5.0);
            color = theme.level(level(severity));
        }
        Narrow::Accused(Accused::Side(side)) => {
            icon::side(ui.painter(), theme, side, pos2(x + 6.0, middle));
            color = theme.side(side);
        }
        Narrow::Accused(Accused::Observer) | Narrow::Rule(_) => {}
    }
    x += lead(chip.narrow);
    let parts = [(count, fonts::small_strong(), if active { theme.strong } else { theme.text })];
    for (text, font, color) in parts.into_iter().chain([(chip.word.to_owned(), fonts::small(), color)]) {
        let galley = ui.painter().layout_no_wrap(text, font, color);
        let y = (middle - galley.size().y / 2.0).round();
        let width = galley.size().x;
        ui.painter().galley(pos2(x, y), galley, color);
        x += width + 5.0;
    }
    if let Narrow::Rule(rule) = chip.narrow
        && let Some(rule) = rules().nth(usize::from(rule))
    {
        return response.on_hover_text(rule.says).clicked();
    }
    response.clicked()
}
