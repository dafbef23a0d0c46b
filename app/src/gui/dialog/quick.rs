//! A line to type in with a list below it: the palette, the path of a file, a number.

use egui::accesskit::Role;
use egui::{
    Align2, Area, Context, FontId, Frame, Id, Key, Modifiers, Order, Rect, Sense, Shadow, Stroke, StrokeKind,
    Ui, WidgetInfo,
};
use egui::{Margin, TextEdit, pos2, vec2};

use crate::gui::table::text;
use crate::gui::theme::{CONTROL, ROUND, ROUND_LARGE, TOOLBAR, Theme};
use crate::gui::{fonts, widget};

/// What was typed and where the list stands.
#[derive(Default)]
pub struct Quick {
    /// What was typed.
    pub text: String,
    chosen: usize,
    first: usize,
    shown: bool,
    at_end: bool,
    /// Whether what stands below the list is a complaint.
    pub complains: bool,
}

/// One line of the list.
pub struct Item {
    /// What it is.
    pub text: String,
    /// More about it.
    pub note: String,
    /// Its key, to the right.
    pub key: String,
    /// Whether it can be chosen.
    pub enabled: bool,
}

/// What the user did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Still typing.
    Typing,
    /// What was typed has changed.
    Changed,
    /// Took this line, by Enter or a click.
    Chosen(usize),
    /// Took this line into the text, by Tab.
    Completed(usize),
    /// Pressed Enter with no line to take.
    Entered,
    /// Closed it.
    Closed,
}

const WIDTH: f32 = 600.0;
const LINE: f32 = 28.0;
const LINES: usize = 12;

impl Quick {
    /// Writes into the line and puts the cursor behind it.
    pub fn write(&mut self, text: String) {
        self.text = text;
        (self.chosen, self.first, self.at_end) = (0, 0, true);
    }

    /// The line that Enter takes.
    pub const fn chosen(&self) -> usize {
        self.chosen
    }

    /// Makes another line the one that Enter takes.
    pub const fn choose(&mut self, line: usize) {
        self.chosen = line;
    }

    /// Draws it. `name` is for those who do not see it, `hint` stands in the empty line, `foot` below the list.
    pub fn show(
        &mut self,
        ctx: &Context,
        name: &str,
        hint: &str,
        font: FontId,
        items: &[Item],
        foot: &str,
    ) -> Outcome {
        self.show_with(ctx, name, hint, font, items, foot, &mut |_| {})
    }

    /// The same with something between the line and the list.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one thing that is shown, in the order of the screen"
    )]
    pub fn show_with(
        &mut self,
        ctx: &Context,
        name: &str,
        hint: &str,
        font: FontId,
        items: &[Item],
        foot: &str,
        between: &mut dyn FnMut(&mut Ui),
    ) -> Outcome {
        let screen = ctx.content_rect();
        let width = WIDTH.min(screen.width() - 32.0);
        let mut outcome = Outcome::Typing;
        let area = Area::new(Id::unique("quick")).order(Order::Foreground).constrain(true);
        let area = area.fixed_pos(pos2(screen.center().x - width / 2.0, TOOLBAR + 8.0));
        let response = area.show(ctx, |ui| {
            let theme = Theme::of(ui);
            sheet(theme).show(ui, |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 0.0;
                outcome = self.field(ui, theme, name, hint, font, items);
                between(ui);
                if !items.is_empty() {
                    ui.add_space(4.0);
                    if let Some(clicked) = self.list(ui, theme, items) {
                        outcome = Outcome::Chosen(clicked);
                    }
                }
                if !foot.is_empty() {
                    let (rect, said) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
                    said.widget_info(|| WidgetInfo::labeled(Role::Label, true, foot));
                    let at = rect.left_center() + vec2(8.0, 2.0);
                    let color = if self.complains { theme.warn } else { theme.dim };
                    let place = ui.painter().text(at, Align2::LEFT_CENTER, foot, fonts::small(), color);
                    let said = ui.interact(place, Id::unique("foot"), Sense::hover());
                    said.widget_info(|| WidgetInfo::labeled(Role::Status, true, foot));
                }
            });
        });
        let beside = ctx.input(|input| input.pointer.any_pressed())
            && ctx
                .input(|input| input.pointer.interact_pos())
                .is_some_and(|at| !response.response.rect.contains(at));
        if self.shown && beside {
            outcome = Outcome::Closed;
        }
        self.shown = true;
        outcome
    }

    fn field(
        &mut self,
        ui: &mut Ui,
        theme: &Theme,
        name: &str,
        hint: &str,
        font: FontId,
        items: &[Item],
    ) -> Outcome {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (up, down) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
        let (enter, tab, escape) = (pressed(Key::Enter), pressed(Key::Tab), pressed(Key::Escape));
        if let Some(last) = items.len().checked_sub(1) {
            self.chosen = (self.chosen + usize::from(down)).min(last).saturating_sub(usize::from(up));
        }
        let id = Id::unique(("quick", name));
        let edit = TextEdit::singleline(&mut self.text)
            .id(id)
            .font(font)
            .hint_text(egui::RichText::new(hint).color(theme.faint))
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(8, 6))
            .min_size(vec2(0.0, CONTROL + 4.0));
        let output = edit.show(ui);
        if self.at_end {
            let mut state = output.state.clone();
            let end = egui::text::CCursor::new(self.text.chars().count());
            state.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
            state.store(ui.ctx(), id);
            self.at_end = false;
        }
        let response = output.response.response.accessible_name(name);
        response.request_focus();
        if response.changed() {
            (self.chosen, self.first) = (0, 0);
            return Outcome::Changed;
        }
        match items.get(self.chosen) {
            _ if escape => Outcome::Closed,
            Some(item) if enter && item.enabled => Outcome::Chosen(self.chosen),
            Some(_) if tab => Outcome::Completed(self.chosen),
            _ if enter => Outcome::Entered,
            _ => Outcome::Typing,
        }
    }

    fn list(&mut self, ui: &mut Ui, theme: &Theme, items: &[Item]) -> Option<usize> {
        let room = ((ui.ctx().content_rect().height() - TOOLBAR - 96.0) / LINE).max(2.0) as usize;
        let lines = items.len().min(LINES).min(room);
        let (rect, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), lines as f32 * LINE), Sense::hover());
        if ui.rect_contains_pointer(rect) {
            let delta = ui.input(|input| input.smooth_scroll_delta().y);
            let moved = self.first as f32 - (delta / LINE).round();
            self.first = (moved.max(0.0) as usize).min(items.len() - lines);
        } else {
            self.first = self.first.min(self.chosen).max((self.chosen + 1).saturating_sub(lines));
        }
        let mut clicked = None;
        for (line, item) in items.iter().enumerate().skip(self.first).take(lines) {
            let top = rect.min.y + (line - self.first) as f32 * LINE;
            let row = Rect::from_min_size(pos2(rect.min.x, top), vec2(rect.width(), LINE));
            let response = ui.interact(row, Id::unique(("line", line)), Sense::click());
            response.widget_info(|| {
                let says =
                    if item.enabled { item.text.clone() } else { format!("{}: {}", item.text, item.note) };
                WidgetInfo::selected(Role::ListBoxOption, item.enabled, line == self.chosen, says)
            });
            if line == self.chosen {
                ui.painter().rect_filled(row, ROUND, theme.selected);
            } else if response.hovered() {
                ui.painter().rect_filled(row, ROUND, theme.hover);
            }
            let color = if item.enabled { theme.text } else { theme.faint };
            let mut right = row.max.x - 8.0;
            if !item.key.is_empty() {
                right = widget::key_cap(ui, theme, pos2(right, row.center().y), &item.key);
            }
            text(ui.painter(), row.with_max_x(right), &item.text, fonts::body(), color, false);
            let label = ui.painter().layout_no_wrap(item.text.clone(), fonts::body(), color).size().x;
            let note = Rect::from_min_max(pos2(row.min.x + label + 12.0, row.min.y), pos2(right, row.max.y));
            text(ui.painter(), note, &item.note, fonts::small(), theme.dim, false);
            if response.clicked() && item.enabled {
                clicked = Some(line);
            }
        }
        clicked
    }
}

/// The ground of everything that lies above the window.
pub fn sheet(theme: &Theme) -> Frame {
    Frame::new()
        .fill(theme.raised)
        .stroke(Stroke::new(1.0, theme.edge))
        .corner_radius(ROUND_LARGE)
        .inner_margin(6)
        .shadow(Shadow { offset: [0, 12], blur: 32, spread: 0, color: theme.shadow })
}

/// The window behind a dropped file or a sheet steps back.
pub fn veil(ctx: &Context, theme: &Theme, words: &str) {
    let painter = ctx.layer_painter(egui::LayerId::new(Order::Foreground, Id::unique("veil")));
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, theme.base.gamma_multiply(0.86));
    painter.rect_stroke(rect.shrink(8.0), ROUND_LARGE, Stroke::new(2.0, theme.accent), StrokeKind::Inside);
    painter.text(rect.center(), Align2::CENTER_CENTER, words, fonts::title(), theme.strong);
}
