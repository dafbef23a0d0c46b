//! A column of rows of one height, any number of them: where it is scrolled to, and its scroll bar.
//!
//! The position is a whole row and a rest, so that 16 MiB of bytes scroll as smoothly as ten lines.

use std::ops::Range;

use egui::accesskit::Role;
use egui::{Id, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::theme::{GRID, SCROLL, Theme};

/// Where a column of rows is scrolled to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lines {
    first: u64,
    /// How much of the first row is out of sight, in points.
    rest: f32,
    reveal: Option<u64>,
}

/// What of the rows is in sight.
#[derive(Clone, Debug)]
pub struct InSight {
    /// Where rows are drawn: the area without the scroll bar.
    pub rect: Rect,
    /// The rows, those that are in sight in part included.
    pub rows: Range<u64>,
    top: f32,
    height: f32,
}

impl InSight {
    /// Where a row is drawn.
    pub fn row(&self, row: u64) -> Rect {
        let y = self.top + (row - self.rows.start) as f32 * self.height;
        Rect::from_min_size(pos2(self.rect.left(), y), vec2(self.rect.width(), self.height))
    }
    /// The row at a height, also above and below what is in sight.
    pub fn row_at(&self, y: f32) -> u64 {
        let away = ((y - self.top) / self.height).floor();
        if away < 0.0 {
            self.rows.start.saturating_sub((-away) as u64)
        } else {
            self.rows.start + away as u64
        }
    }
    /// Rows that fit whole.
    pub fn page(&self) -> u64 {
        ((self.rect.height() / self.height) as u64).max(1)
    }
}

impl Lines {
    /// Back to the first row.
    pub fn top(&mut self) {
        *self = Self::default();
    }

    /// Brings a row into sight at the next drawing.
    pub fn reveal(&mut self, row: u64) {
        self.reveal = Some(row);
    }

    /// Scrolls by what wheel and bar say, draws the bar, and says which of `rows` rows are in sight.
    pub fn show(&mut self, ui: &Ui, id: Id, rect: Rect, rows: u64, height: f32) -> InSight {
        let fit = (rect.height() / height).max(1.0);
        let last = rows as f64 - f64::from(fit);
        let mut position = self.first as f64 + f64::from(self.rest / height);
        if ui.rect_contains_pointer(rect) {
            position -= f64::from(ui.input(|input| input.smooth_scroll_delta().y) / height);
        }
        if let Some(row) = self.reveal.take() {
            let row = row as f64;
            if row < position {
                position = row - f64::from((fit / 3.0).min(4.0)).floor();
            } else if row + 1.0 > position + f64::from(fit) {
                position = row + 1.0 - f64::from(fit) + f64::from((fit / 3.0).min(4.0)).floor();
            }
        }
        let area = Rect::from_min_max(rect.min, pos2(rect.right() - SCROLL, rect.bottom()));
        if last > 0.0 {
            let bar = Rect::from_min_max(pos2(area.right(), rect.top()), rect.max);
            position = self.bar(ui, id, bar, position.clamp(0.0, last), last, rows);
        }
        let position = position.clamp(0.0, last.max(0.0));
        self.first = position as u64;
        self.rest = (position.fract() as f32) * height;
        let end = (self.first + (rect.height() + self.rest).div_euclid(height) as u64 + 1).min(rows);
        InSight { rect: area, rows: self.first..end, top: rect.top() - self.rest, height }
    }

    fn bar(&self, ui: &Ui, id: Id, bar: Rect, position: f64, last: f64, rows: u64) -> f64 {
        let theme = Theme::of(ui);
        let share = (1.0 - last / rows as f64) as f32;
        let length = (bar.height() * share).max(24.0).min(bar.height());
        let way = bar.height() - length;
        let response = ui.interact(bar, id.with("bar"), Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, "Scroll bar"));
        let mut position = position;
        if let Some(pointer) = response.interact_pointer_pos()
            && way > 0.0
        {
            let at = f64::from(((pointer.y - bar.top() - length / 2.0) / way).clamp(0.0, 1.0));
            position = at * last;
        }
        let top = bar.top() + way * (position / last) as f32;
        let handle = Rect::from_min_size(pos2(bar.left() + 3.0, top), vec2(bar.width() - 6.0, length));
        let color = if response.dragged() || response.hovered() { theme.dim } else { theme.outline };
        ui.painter().rect_filled(handle.shrink2(vec2(0.0, GRID / 2.0)), 3.0, color);
        position
    }
}
