//! A table over `VirtualRows`: a head that stays, columns that can be resized, cells that end in an ellipsis.
//!
//! Knows nothing of packets or frames: see `columns`.

use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Color32, CursorIcon, FontId, Painter, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::fonts;
use super::rows::{Done, Row, VirtualRows};
use super::theme::{CELL, HEADER, ROW, SCROLL, Theme};

/// A column as it is before anybody resized it. The last one of a table takes what is left.
#[derive(Debug)]
pub struct Column {
    /// What stands in the head.
    pub title: &'static str,
    /// Width in points.
    pub width: f32,
    /// Numbers stand to the right.
    pub right: bool,
}

/// A table's own state.
pub struct Table {
    /// What it is called.
    pub name: &'static str,
    /// Where it stands.
    pub rows: VirtualRows,
    columns: &'static [Column],
    widths: Vec<f32>,
}

/// One row, cell by cell.
pub struct Cells<'a> {
    /// The row.
    pub row: Row<'a>,
    /// The tokens that hold here.
    pub theme: &'static Theme,
    columns: &'static [Column],
    edges: &'a [f32],
}

/// Width of a digit in the font of rows, rounded up.
const DIGIT: f32 = 8.5;

impl Table {
    /// A table that stands at its beginning.
    pub fn new(name: &'static str, columns: &'static [Column]) -> Self {
        let widths = columns.iter().map(|column| column.width).collect();
        Self { name, rows: VirtualRows::new(ROW), columns, widths }
    }

    /// Takes over column widths from a table of the same kind.
    pub fn keep(&mut self, before: &Self) {
        if before.widths.len() == self.widths.len() {
            self.widths.clone_from(&before.widths);
        }
    }

    /// Makes a column wide enough for that many digits: a number that ends in an ellipsis is none.
    pub fn fit(&mut self, column: usize, digits: usize) {
        let widest = digits as f32 * DIGIT + CELL * 2.0 + 4.0;
        if let Some(width) = self.widths.get_mut(column) {
            *width = width.max(widest.ceil());
        }
    }

    /// Draws head and rows in what is left of `ui`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        count: u64,
        selected: Option<u64>,
        mut draw: impl FnMut(&mut Cells<'_>),
    ) -> Done {
        let theme = Theme::of(ui);
        let all = ui.available_rect_before_wrap();
        let edges = self.head(ui, theme, all);
        ui.advance_cursor_after_rect(all.with_max_y(all.min.y + HEADER));
        let below = all.with_min_y(all.min.y + HEADER);
        let columns = self.columns;
        let focused = ui.memory(|memory| memory.has_focus(VirtualRows::id(self.name)));
        let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(below));
        self.rows.show(&mut inner, self.name, count, selected, |row| {
            ground(theme, &row, focused);
            draw(&mut Cells { row, theme, columns, edges: &edges });
        })
    }

    /// Draws the head, lets its edges be dragged, and gives the left edge of every column and the last right one.
    fn head(&mut self, ui: &Ui, theme: &Theme, all: Rect) -> Vec<f32> {
        let head = all.with_max_y(all.min.y + HEADER);
        let painter = ui.painter_at(all);
        painter.rect_filled(head, 0.0, theme.header);
        painter.hline(head.x_range(), head.max.y - 0.5, Stroke::new(1.0, theme.line));
        let last = self.columns.len() - 1;
        let mut edges = vec![all.min.x + 4.0];
        for (place, column) in self.columns.iter().enumerate() {
            let left = edges[place];
            let right = if place == last { all.max.x - SCROLL } else { left + self.widths[place] };
            let cell = Rect::from_min_max(pos2(left, head.min.y), pos2(right, head.max.y));
            text(&painter, cell, column.title, fonts::small(), theme.dim, column.right);
            let id = egui::Id::unique((self.name, column.title));
            let response = ui.interact(cell, id.with("head"), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, column.title));
            if place < last {
                self.edge(ui, theme, &painter, id, pos2(right, head.center().y), place);
            }
            edges.push(right);
        }
        edges
    }

    fn edge(
        &mut self,
        ui: &Ui,
        theme: &Theme,
        painter: &Painter,
        id: egui::Id,
        at: egui::Pos2,
        place: usize,
    ) {
        let grip = Rect::from_center_size(at, vec2(7.0, HEADER));
        let edge = ui.interact(grip, id.with("edge"), Sense::click_and_drag());
        let edge = edge.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
        if edge.dragged() {
            self.widths[place] = (self.widths[place] + edge.drag_delta().x).clamp(28.0, 1200.0);
        }
        if edge.double_clicked() {
            self.widths[place] = self.columns[place].width;
        }
        let (color, reach) =
            if edge.hovered() || edge.dragged() { (theme.accent, 12.0) } else { (theme.line, 6.0) };
        painter.vline(at.x - 0.5, at.y - reach..=at.y + reach, Stroke::new(1.0, color));
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
        row.painter.rect_filled(bar, 0.0, if focused { theme.accent } else { theme.faint });
    }
}

impl Cells<'_> {
    /// Where a cell stands.
    pub fn cell(&self, column: usize) -> Rect {
        let rect = self.row.rect;
        Rect::from_min_max(pos2(self.edges[column], rect.min.y), pos2(self.edges[column + 1], rect.max.y))
    }

    /// Text in a cell.
    pub fn text(&mut self, column: usize, words: &str, font: FontId, color: Color32) {
        self.say(words);
        text(self.row.painter, self.cell(column), words, font, color, self.columns[column].right);
    }

    /// A small word on a tinted ground.
    pub fn badge(&mut self, column: usize, word: &str, color: Color32, ground: Color32) {
        self.say(word);
        let cell = self.cell(column);
        let galley = self.row.painter.layout_no_wrap(word.to_owned(), fonts::small_strong(), color);
        let size = vec2(galley.size().x + 10.0, 16.0);
        let rect = Rect::from_min_size(pos2(cell.min.x + CELL - 2.0, cell.center().y - 8.0), size);
        let painter = self.row.painter.with_clip_rect(self.row.painter.clip_rect().intersect(cell));
        painter.rect_filled(rect, 4.0, ground);
        painter.galley(rect.center() - galley.size() / 2.0, galley, color);
    }

    /// Adds to what the row says without drawing it.
    pub fn say(&mut self, words: &str) {
        if !words.is_empty() {
            if !self.row.name.is_empty() {
                self.row.name.push_str(", ");
            }
            self.row.name.push_str(words);
        }
    }
}

/// One line in a cell, ended by an ellipsis where it is too long.
pub fn text(painter: &Painter, cell: Rect, words: &str, font: FontId, color: Color32, right: bool) {
    let room = cell.width() - CELL * 2.0;
    if room <= 4.0 || words.is_empty() {
        return;
    }
    let mut job = LayoutJob::single_section(words.to_owned(), TextFormat::simple(font, color));
    job.wrap =
        TextWrapping { max_width: room, max_rows: 1, break_anywhere: true, overflow_character: Some('…') };
    job.halign = Align::LEFT;
    let galley = painter.layout_job(job);
    let y = (cell.center().y - galley.size().y / 2.0).round();
    let x = if right { cell.max.x - CELL - galley.size().x } else { cell.min.x + CELL };
    painter.galley(pos2(x, y), galley, color);
}
