//! A table over `VirtualRows`: a head that stays, columns that can be chosen, moved and resized, cells that end in an
//! ellipsis.
//!
//! Knows nothing of packets or frames: see `columns`. What rows are sorted by it shows and asks for: see `sorting`.

pub mod arranged;
pub mod cells;
mod head;

use egui::{Rect, Sense, Ui, pos2, vec2};

pub use self::arranged::{Arranged, Head};
use self::cells::GUTTER;
pub use self::cells::{Cells, text};
use self::head::Heads;
pub use self::head::Sorted;
use super::rows::{Done, Row, VirtualRows};
use super::theme::{HEADER, ROW, SCROLL, Theme};

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By {
    /// The name of the column.
    pub column: &'static str,
    /// The largest first.
    pub descending: bool,
}

impl By {
    /// What a click on a column's head leads to: ascending, descending, the order of the capture.
    pub fn after(column: &'static str, by: Option<Self>) -> Option<Self> {
        match by {
            None => Some(Self { column, descending: false }),
            Some(by) => (!by.descending).then_some(Self { descending: true, ..by }),
        }
    }

    /// The way in a word.
    pub const fn word(self) -> &'static str {
        if self.descending { "descending" } else { "ascending" }
    }
}

/// What the user asks of a table that it cannot do itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Rows in this order, or in that of the capture.
    Sort(Option<By>),
    /// To choose columns.
    Choose,
}

/// A table's own state.
pub struct Table {
    /// What it is called.
    pub name: &'static str,
    /// Where it stands.
    pub rows: VirtualRows,
    /// Its columns.
    pub columns: Arranged,
    /// How far it is scrolled to the right, where the columns have no room.
    across: f32,
    dragged: Option<usize>,
}

impl Table {
    /// A table that stands at its beginning.
    pub fn new(name: &'static str, columns: Vec<&'static Head>) -> Self {
        let columns = Arranged::new(columns);
        Self { name, rows: VirtualRows::new(ROW), columns, across: 0.0, dragged: None }
    }

    /// Takes over the columns of a table of the same kind.
    pub fn keep(&mut self, before: &Self) {
        self.columns.clone_from(&before.columns);
        self.across = before.across;
    }

    /// Draws head and rows in what is left of `ui`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        count: u64,
        selected: Option<u64>,
        sorted: Sorted,
        mut draw: impl FnMut(&mut Cells<'_>),
    ) -> (Done, Vec<Wish>) {
        let theme = Theme::of(ui);
        let all = ui.available_rect_before_wrap();
        let room = all.width() - GUTTER - SCROLL;
        let wide = head::edges(&self.columns, 0.0, room).last().copied().unwrap_or_default() - room;
        self.scroll_across(ui, all, wide);
        let edges = head::edges(&self.columns, head::left(all, self.across), room);
        let shown = |place: &usize| (*place, self.columns.heads()[*place].right);
        let shown: Vec<(usize, bool)> = self.columns.shown().iter().map(shown).collect();
        ui.advance_cursor_after_rect(all.with_max_y(all.min.y + HEADER));
        let below = all.with_min_y(all.min.y + HEADER);
        let focused = ui.memory(|memory| memory.has_focus(VirtualRows::id(self.name)));
        let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(below));
        let done = self.rows.show(&mut inner, self.name, count, selected, |row| {
            ground(theme, &row, focused);
            draw(&mut Cells { row, theme, shown: &shown, edges: &edges, slot: 0 });
        });
        let mut wishes = Vec::new();
        let columns = &mut self.columns;
        let mut heads =
            Heads { name: self.name, columns, dragged: &mut self.dragged, sorted, wishes: &mut wishes };
        heads.show(ui, theme, all, &edges);
        if wide > 0.0 {
            self.bar(ui, theme, below, room, wide);
        }
        (done, wishes)
    }

    /// Columns that have no room are reached by the wheel, with Shift or across.
    fn scroll_across(&mut self, ui: &Ui, all: Rect, wide: f32) {
        if wide > 0.0 && ui.rect_contains_pointer(all) {
            self.across -= ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.x));
        }
        self.across = self.across.clamp(0.0, wide.max(0.0));
    }

    /// A narrow bar at the lower edge that says where the columns in sight lie among all.
    fn bar(&mut self, ui: &Ui, theme: &Theme, below: Rect, room: f32, wide: f32) {
        const HEIGHT: f32 = 8.0;
        let track =
            Rect::from_min_max(pos2(below.min.x, below.max.y - HEIGHT), below.max - vec2(SCROLL, 0.0));
        let bar = ui.interact(track, VirtualRows::id(self.name).with("across"), Sense::DRAG);
        let length = (track.width() * room / (room + wide)).max(28.0).min(track.width());
        let way = (track.width() - length).max(1.0);
        self.across = (self.across + bar.drag_delta().x * wide / way).clamp(0.0, wide);
        let left = track.min.x + way * self.across / wide;
        let thumb = Rect::from_min_size(pos2(left, track.min.y), vec2(length, HEIGHT));
        let color = if bar.hovered() || bar.dragged() { theme.dim } else { theme.outline };
        ui.painter().rect_filled(thumb.shrink2(vec2(2.0, 2.0)), 2.0, color);
    }
}

/// What lies under a row: stripes, the pointer, the selection.
pub fn ground(theme: &Theme, row: &Row<'_>, focused: bool) {
    let fill = match (row.selected, row.hovered) {
        (true, _) if focused => theme.selected,
        (true, _) => theme.selected_weak,
        (_, true) => theme.hover,
        _ if row.index % 2 == 1 => theme.stripe,
        _ => return,
    };
    row.painter.rect_filled(row.rect, 0.0, fill);
    if row.selected {
        let bar = row.rect.with_max_x(row.rect.min.x + 2.0);
        row.painter.rect_filled(bar, 0.0, if focused { theme.accent } else { theme.dim });
    }
}
