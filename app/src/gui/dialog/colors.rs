//! The rules by which rows are colored: each with its name, its filter, its color, and whether it is asked.

use egui::accesskit::Role;
use egui::text::CCursor;
use egui::text_edit::TextEditOutput;
use egui::{
    Align2, Area, Context, Id, Key, Margin, Modifiers, Order, Popup, Rect, ScrollArea, Sense, Stroke,
    StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};
use session::filter::{Filter, Mistake};

use super::form;
use super::quick::sheet;
use crate::gui::coloring::{RULES, Rule, first_rules};
use crate::gui::icon::Icon;
use crate::gui::theme::{CONTROL, GRID, ROUND, SCROLL, Theme, Tint};
use crate::gui::{card, fonts, widget};

const WIDTH: f32 = 820.0;
const NAME: f32 = 160.0;
const SWATCH: f32 = 40.0;

/// What was done to a rule.
enum Did {
    Swap(usize, usize),
    Remove(usize),
}

/// Draws it; whether it stays open.
pub fn show(ctx: &Context, rules: &mut Vec<Rule>) -> bool {
    let mut stays = true;
    let area = Area::new(Id::unique("colors"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -20.0));
    let width = WIDTH.min(ctx.content_rect().width() - 64.0);
    let area = area.show(ctx, |ui| {
        let theme = Theme::of(ui);
        sheet(theme).inner_margin(16).show(ui, |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing = vec2(GRID, GRID);
            card::words(ui, "Row colors", fonts::title(), theme.strong);
            let says = "The first rule whose filter holds for a row gives it its color";
            card::words(ui, says, fonts::small(), theme.dim);
            ui.add_space(GRID);
            let height = (ctx.content_rect().height() - 240.0).max(120.0);
            let mut did = None;
            ScrollArea::vertical().max_height(height).show(ui, |ui| {
                widget::scrolls(ui);
                let last = rules.len().saturating_sub(1);
                for (place, rule) in rules.iter_mut().enumerate() {
                    did = line(ui, place, last, rule, width).or(did.take());
                }
            });
            match did {
                Some(Did::Swap(one, other)) => rules.swap(one, other),
                Some(Did::Remove(place)) => drop(rules.remove(place)),
                None => {}
            }
            ui.add_space(GRID * 2.0);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = GRID * 2.0;
                stays &= !widget::button(ui, None, "Done", true).clicked();
                if rules.len() < RULES && widget::button(ui, None, "Add a rule", false).clicked() {
                    let name = format!("Rule {}", rules.len() + 1);
                    ui.memory_mut(|memory| memory.request_focus(filter_id(0)));
                    rules.insert(0, Rule { name, filter: String::new(), tint: Tint::Teal, on: true });
                }
                if *rules != first_rules() && widget::button(ui, None, "Reset", false).clicked() {
                    *rules = first_rules();
                }
            });
        });
    });
    let menu = Popup::is_any_open(ctx);
    let escape = !menu && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    let fresh = area.response.rect.width() < 10.0;
    let beside =
        ctx.input(|input| input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten());
    stays && !escape && (fresh || menu || beside.is_none_or(|at| area.response.rect.contains(at)))
}

fn line(ui: &mut Ui, place: usize, last: usize, rule: &mut Rule, width: f32) -> Option<Did> {
    let theme = Theme::of(ui);
    let mut did = None;
    let called = rule.name.clone();
    let mistake = Filter::parse(&rule.filter).err();
    let mut left = 0.0;
    ui.horizontal(|ui| {
        ui.allocate_ui(vec2(28.0, CONTROL), |ui| form::tick(ui, &format!("Use {called}"), &mut rule.on));
        field(ui, Id::unique(("rule", place)), "Name of a rule", &mut rule.name, NAME, fonts::body());
        let room = width - 28.0 - NAME - SWATCH - 3.0 * CONTROL - 6.0 * GRID - SCROLL;
        left = ui.cursor().min.x;
        let name = format!("Filter of {called}");
        let output = field(ui, filter_id(place), &name, &mut rule.filter, room, fonts::mono());
        if let Some(mistake) = &mistake {
            underline(ui, theme, &rule.filter, mistake, &output);
        }
        swatch(ui, theme, &called, &mut rule.tint);
        let moves = [(Icon::Up, "up", place.checked_sub(1)), (Icon::Down, "down", Some(place + 1))];
        for (icon, way, to) in moves {
            let to = to.filter(|to| *to <= last);
            if widget::icon_button(ui, icon, &format!("Move {called} {way}"), "", to.is_some()).clicked() {
                did = to.map(|to| Did::Swap(place, to));
            }
        }
        if widget::icon_button(ui, Icon::Close, &format!("Remove {called}"), "", true).clicked() {
            did = Some(Did::Remove(place));
        }
    });
    if let Some(mistake) = mistake {
        ui.horizontal(|ui| {
            ui.add_space(left - ui.cursor().min.x + GRID * 2.0);
            widget::label(ui, &mistake.says, fonts::small(), theme.error);
        });
    }
    did
}

fn filter_id(place: usize) -> Id {
    Id::unique(("filter", place))
}

fn field(
    ui: &mut Ui,
    id: Id,
    name: &str,
    text: &mut String,
    width: f32,
    font: egui::FontId,
) -> TextEditOutput {
    let edit = TextEdit::singleline(text)
        .id(id)
        .font(font)
        .desired_width(width)
        .margin(Margin::symmetric(8, 5))
        .min_size(vec2(0.0, CONTROL));
    let output = edit.show(ui);
    output.response.response.clone().accessible_name(name);
    output
}

/// The mistake is underlined where it stands; what is missing at the end, behind the last character.
fn underline(ui: &Ui, theme: &Theme, text: &str, mistake: &Mistake, output: &TextEditOutput) {
    let chars = |at: usize| text.get(..at.min(text.len())).unwrap_or(text).chars().count();
    let at =
        |place: usize| output.galley.pos_from_cursor(CCursor::new(place)).max + output.galley_pos.to_vec2();
    let (from, to) = (at(chars(mistake.at.start)), at(chars(mistake.at.end)));
    let to = pos2(to.x.max(from.x + 6.0), from.y);
    let painter = ui.painter().with_clip_rect(output.response.response.rect);
    painter.hline(from.x..=to.x, from.y + 1.0, Stroke::new(2.0, theme.error));
}

/// The color, which opens a list of all of them.
fn swatch(ui: &mut Ui, theme: &Theme, called: &str, tint: &mut Tint) {
    let (rect, response) = ui.allocate_exact_size(vec2(SWATCH, CONTROL), Sense::click());
    let name = format!("Color of {called}: {}", tint.name());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let edge = if response.hovered() || response.has_focus() { theme.accent } else { theme.edge };
    ui.painter().rect(rect, ROUND, theme.tint(*tint), Stroke::new(1.0, edge), StrokeKind::Inside);
    Popup::menu(&response).show(|ui| {
        ui.set_width(120.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        for other in Tint::ALL {
            let (line, choice) = ui.allocate_exact_size(vec2(120.0, 24.0), Sense::click());
            let chosen = other == *tint;
            choice.widget_info(|| WidgetInfo::selected(Role::MenuItem, true, chosen, other.name()));
            let edge = match (chosen, choice.hovered() || choice.has_focus()) {
                (true, _) => theme.accent,
                (_, true) => theme.dim,
                _ => theme.edge,
            };
            ui.painter().rect(line, ROUND, theme.tint(other), Stroke::new(1.0, edge), StrokeKind::Inside);
            let words = Rect::from_min_max(line.min, line.max);
            crate::gui::table::text(ui.painter(), words, other.name(), fonts::small(), theme.text, false);
            if choice.clicked() {
                *tint = other;
                ui.close();
            }
        }
    });
    response.on_hover_text(tint.name());
}
