//! The head of a table: titles with the arrow of the sorting, edges that can be dragged, titles that can be moved, and
//! the menu behind them.
//!
//! Changes the columns itself; to sort, and to choose columns at leisure, it asks for.

use egui::accesskit::{Role, SortDirection};
use egui::{
    CursorIcon, Id, Key, Order, Painter, Popup, PopupCloseBehavior, Pos2, Rect, Response, Sense, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use super::arranged::{Arranged, Head};
use super::cells::{GUTTER, text};
use super::{By, Wish};
use crate::gui::dialog::form::check;
use crate::gui::theme::{CELL, HEADER, ROUND, SCROLL, Theme};
use crate::gui::{fonts, icon};

/// What the head shows of the sorting.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sorted {
    /// What the rows are to be sorted by.
    pub by: Option<By>,
    /// Whether that is still being done.
    pub busy: bool,
}

/// A head while it is drawn.
pub(super) struct Heads<'a> {
    pub name: &'static str,
    pub columns: &'a mut Arranged,
    /// The title that is being dragged.
    pub dragged: &'a mut Option<usize>,
    pub sorted: Sorted,
    pub wishes: &'a mut Vec<Wish>,
}

/// The left edge of every column and the last right one, where the first begins at `left` and all have `room`.
pub(super) fn edges(columns: &Arranged, left: f32, room: f32) -> Vec<f32> {
    let mut edges = vec![left];
    for slot in 0..columns.shown().len() {
        edges.push(edges[slot] + columns.width(slot, room));
    }
    edges
}

impl Heads<'_> {
    /// Draws the head over the columns at `edges`, at the top of `all`.
    pub(super) fn show(&mut self, ui: &Ui, theme: &Theme, all: Rect, edges: &[f32]) {
        let head = all.with_max_y(all.min.y + HEADER);
        let painter = ui.painter_at(all);
        painter.rect_filled(head, 0.0, theme.header);
        painter.hline(head.x_range(), head.max.y - 0.5, Stroke::new(1.0, theme.line));
        let painter = ui.painter_at(head);
        let count = self.columns.shown().len();
        for slot in 0..count {
            let Some(column) = self.columns.head(slot) else { break };
            let right =
                if slot + 1 < count { edges[slot + 1] } else { edges[slot + 1].max(all.max.x - SCROLL) };
            let cell = Rect::from_min_max(pos2(edges[slot], head.min.y), pos2(right, head.max.y));
            self.title(ui, theme, &painter, cell, slot, column);
        }
        for slot in 0..count - 1 {
            self.edge(ui, theme, &painter, pos2(edges[slot + 1], head.center().y), slot);
        }
        self.carry(ui, theme, all, edges);
    }

    fn title(
        &mut self,
        ui: &Ui,
        theme: &Theme,
        painter: &Painter,
        cell: Rect,
        slot: usize,
        column: &'static Head,
    ) {
        let by = self.sorted.by.filter(|by| by.column == column.name);
        let id = Id::unique((self.name, column.name)).with("head");
        let sight = cell.intersect(painter.clip_rect());
        if !sight.is_positive() {
            return;
        }
        let response = ui.interact(sight, id, Sense::click_and_drag());
        let name = match (by, self.sorted.busy) {
            (None, _) => column.title.to_owned(),
            (Some(_), true) => format!("{}, sorting…", column.title),
            (Some(by), false) => format!("{}, sorted {}", column.title, by.word()),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &name));
        if let Some(by) = by {
            let way = if by.descending { SortDirection::Descending } else { SortDirection::Ascending };
            ui.accesskit_node_builder(id, |node| node.set_sort_direction(way));
        }
        if response.hovered() || response.has_focus() || *self.dragged == Some(slot) {
            painter.rect_filled(cell.shrink2(vec2(1.0, 2.0)), ROUND, theme.hover);
        }
        if response.has_focus() {
            let ring = Stroke::new(1.0, theme.accent);
            painter.rect_stroke(cell.shrink2(vec2(1.0, 2.0)), ROUND, ring, egui::StrokeKind::Inside);
        }
        let (font, color) = match by {
            Some(_) => (fonts::small_strong(), theme.text),
            None => (fonts::small(), theme.dim),
        };
        let mut room = cell;
        if let Some(by) = by {
            // The arrow stands on the side where the words do not begin.
            let x = if column.right { cell.min.x + CELL + 2.0 } else { cell.max.x - CELL - 2.0 };
            if self.sorted.busy {
                text(painter, cell, "…", fonts::small_strong(), theme.accent, !column.right);
            } else {
                icon::sorted(painter, by.descending, pos2(x, cell.center().y), theme.accent);
            }
            if column.right { room.min.x += 10.0 } else { room.max.x -= 10.0 }
        }
        text(painter, room, column.title, font, color, column.right);
        self.answer(&response, slot, column, by);
    }

    fn answer(&mut self, response: &Response, slot: usize, column: &'static Head, by: Option<By>) {
        if response.clicked() && column.sorts {
            self.wishes.push(Wish::Sort(By::after(column.name, by)));
        }
        if response.drag_started_by(egui::PointerButton::Primary) {
            *self.dragged = Some(slot);
        }
        let menu = Popup::context_menu(response).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        menu.show(|ui| self.menu(ui, slot, column, by));
        if !response.dragged() && !response.context_menu_opened() {
            let more = match (column.sorts, by) {
                (false, _) => "Drag to move, right click for more",
                (true, None) => "Click to sort, drag to move, right click for more",
                (true, Some(By { descending: false, .. })) => "Click to sort the other way",
                (true, Some(_)) => "Click for the order of the capture",
            };
            response.clone().on_hover_text(format!("{}\n{more}", column.says));
        }
    }

    fn menu(&mut self, ui: &mut Ui, slot: usize, column: &'static Head, by: Option<By>) {
        ui.set_width(200.0);
        let mut did = false;
        let mut item = |ui: &mut Ui, enabled: bool, words: &str| {
            let clicked = ui.add_enabled(enabled, egui::Button::new(words)).clicked();
            did |= clicked;
            clicked
        };
        if column.sorts {
            for descending in [false, true] {
                let wanted = By { column: column.name, descending };
                if item(ui, by != Some(wanted), &format!("Sort {}", wanted.word())) {
                    self.wishes.push(Wish::Sort(Some(wanted)));
                }
            }
        }
        if self.sorted.by.is_some() && item(ui, true, "Order of the capture") {
            self.wishes.push(Wish::Sort(None));
        }
        if column.sorts || self.sorted.by.is_some() {
            ui.separator();
        }
        let count = self.columns.shown().len();
        if item(ui, slot > 0, "Move left") {
            self.columns.step(slot, false);
        }
        if item(ui, slot + 1 < count, "Move right") {
            self.columns.step(slot, true);
        }
        if item(ui, count > 1, &format!("Hide {}", column.title)) {
            self.columns.toggle(self.columns.shown()[slot]);
        }
        ui.separator();
        if item(ui, true, "Choose columns…") {
            self.wishes.push(Wish::Choose);
        }
        if item(ui, !self.columns.fresh(), "Reset columns") {
            self.columns.reset();
        }
        ui.separator();
        let height = (ui.ctx().content_rect().height() - 320.0).max(96.0);
        let scroll = egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        scroll.show(ui, |ui| {
            crate::gui::widget::scrolls(ui);
            ui.spacing_mut().item_spacing.y = 0.0;
            for place in self.columns.listed() {
                let mut on = self.columns.shown().contains(&place);
                let title = self.columns.heads()[place].title;
                // The menu stays open, as more than one is often chosen.
                if check(ui, title, &mut on) {
                    self.columns.toggle(place);
                }
            }
        });
        if did {
            ui.close();
        }
    }

    fn edge(&mut self, ui: &Ui, theme: &Theme, painter: &Painter, at: Pos2, slot: usize) {
        let Some(column) = self.columns.head(slot) else { return };
        let grip = Rect::from_center_size(at, vec2(7.0, HEADER)).intersect(painter.clip_rect());
        // Not a place for the keyboard to stop at.
        let sense = Sense::CLICK | Sense::DRAG;
        let edge = ui.interact(grip, Id::unique((self.name, column.name)).with("edge"), sense);
        let edge = edge.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
        if edge.dragged() {
            self.columns.resize(slot, edge.drag_delta().x);
        }
        if edge.double_clicked() {
            self.columns.reset_width(slot);
        }
        let (color, reach) =
            if edge.hovered() || edge.dragged() { (theme.accent, 12.0) } else { (theme.line, 6.0) };
        painter.vline(at.x - 0.5, at.y - reach..=at.y + reach, Stroke::new(1.0, color));
    }

    /// A title on its way to another place: where it would come to stand is marked through the whole table.
    fn carry(&mut self, ui: &Ui, theme: &Theme, all: Rect, edges: &[f32]) {
        let Some(from) = *self.dragged else { return };
        let (pointer, released, escape) = ui.input_mut(|input| {
            let escape = input.consume_key(egui::Modifiers::NONE, Key::Escape);
            (input.pointer.latest_pos(), !input.pointer.primary_down(), escape)
        });
        let (Some(pointer), Some(column)) = (pointer, self.columns.head(from)) else {
            *self.dragged = None;
            return;
        };
        let middle = |slot: usize| (edges[slot] + edges[slot + 1].min(all.max.x)) / 2.0;
        let to = (0..edges.len() - 1).filter(|slot| middle(*slot) < pointer.x).count();
        let stays = to == from || to == from + 1;
        if released || escape {
            *self.dragged = None;
            if !escape && !stays {
                self.columns.move_to(from, to);
            }
            return;
        }
        ui.set_cursor_icon(CursorIcon::Grabbing);
        let painter =
            ui.painter().clone().with_layer_id(egui::LayerId::new(Order::Tooltip, Id::unique("carried")));
        if !stays {
            let x = edges[to].clamp(all.min.x + 1.0, all.max.x - SCROLL);
            painter.vline(x, all.y_range(), Stroke::new(2.0, theme.accent));
            painter.circle_filled(pos2(x, all.min.y + 2.0), 4.0, theme.accent);
        }
        let galley = painter.layout_no_wrap(column.title.to_owned(), fonts::small_strong(), theme.strong);
        let size = galley.size() + vec2(CELL * 2.0, 8.0);
        let place = Rect::from_min_size(pos2(pointer.x - size.x / 2.0, all.min.y), size);
        painter.rect(place, ROUND, theme.raised, Stroke::new(1.0, theme.accent), egui::StrokeKind::Inside);
        painter.galley(place.center() - galley.size() / 2.0, galley, theme.strong);
    }
}

/// Where the first column begins.
pub(super) fn left(all: Rect, across: f32) -> f32 {
    all.min.x + GUTTER - across
}
