//! Rows without end: only what is visible is asked for and drawn.
//!
//! The place is a row number in 64 bits and a rest below one row in 32, so that rows stand still and exact
//! however many there are; the scroll bar is a fraction. Knows nothing of what a row shows.

use egui::accesskit::{Action, Role};
use egui::{EventFilter, Id, Key, Modifiers, Painter, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::theme::{SCROLL, Theme};

/// Where a list of rows stands.
#[derive(Clone, Debug)]
pub struct VirtualRows {
    height: f32,
    first: u64,
    rest: f32,
    /// Its height when it was drawn last.
    seen: f32,
    reveal: Option<u64>,
    /// Where rows still come at the end: whether the last one stays in sight.
    tail: Option<bool>,
}

/// What the user did to a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// The row that was chosen by pointer or key.
    pub chosen: Option<u64>,
    /// Whether it was opened: by a double click or Enter.
    pub opened: bool,
    /// Whether the list has the keyboard.
    pub focused: bool,
}

/// One row to be drawn.
pub struct Row<'a> {
    /// Its number, from zero.
    pub index: u64,
    /// Where it stands; may reach beyond the list at both ends.
    pub rect: Rect,
    /// Clipped to the list.
    pub painter: &'a Painter,
    /// Whether it is the selected one.
    pub selected: bool,
    /// Whether the pointer is over it.
    pub hovered: bool,
    /// Where the row writes what it says, for those who do not see it.
    pub name: &'a mut String,
    /// Where it writes what is said of a part of it when the pointer rests there.
    pub hint: &'a mut Option<(Rect, String)>,
}

impl VirtualRows {
    /// A list that stands at its beginning, with rows of `height` points.
    pub const fn new(height: f32) -> Self {
        Self { height, first: 0, rest: 0.0, seen: 0.0, reveal: None, tail: None }
    }

    /// Rows are this high from now on.
    pub const fn rows_of(&mut self, height: f32) {
        self.height = height;
    }

    /// What egui knows the list called `name` by: who has it can give it the keyboard.
    pub fn id(name: &str) -> Id {
        Id::unique(("rows", name))
    }

    /// The first row that is visible, and how much of it is not.
    pub const fn place(&self) -> (u64, f32) {
        (self.first, self.rest)
    }

    /// Whether a row was in sight when it was drawn last.
    pub fn sees(&self, row: u64) -> bool {
        let whole = ((self.rest + self.seen) / self.height).ceil() as u64;
        (self.first..self.first.saturating_add(whole)).contains(&row)
    }

    /// Stands at a place, and forgets what was to be revealed.
    pub const fn stand(&mut self, first: u64, rest: f32) {
        (self.first, self.rest, self.reveal) = (first, rest, None);
    }

    /// Makes sure that a row is visible when the list is drawn next.
    pub const fn reveal(&mut self, row: u64) {
        self.reveal = Some(row);
    }

    /// Follows rows that come at the end, until the user scrolls up, and again when the user comes back to the end.
    pub const fn follow(&mut self) {
        (self.tail, self.reveal) = (Some(true), None);
    }

    /// No more rows come.
    pub const fn rest_here(&mut self) {
        self.tail = None;
    }

    /// Whether the last row stays in sight as rows come.
    pub fn follows(&self) -> bool {
        self.tail == Some(true)
    }

    /// Moves by points, downwards where positive.
    pub fn scroll(&mut self, points: f32) {
        let moved = self.rest + points;
        let rows = (moved / self.height).floor();
        self.rest = moved - rows * self.height;
        let rows = rows as i64;
        let first = self.first.checked_add_signed(rows);
        if first.is_none() {
            self.rest = 0.0;
        }
        self.first = first.unwrap_or(0);
    }

    /// Keeps the place inside what is there, and whatever was to be revealed inside what is seen.
    fn settle(&mut self, count: u64, seen: f32) {
        if let Some(row) = self.reveal.take() {
            let row = row.min(count.saturating_sub(1));
            let whole = (seen / self.height).floor().max(1.0) as u64;
            if row + whole < self.first || row > self.first + 2 * whole {
                // From far away it comes to stand in the middle, with what is around it.
                (self.first, self.rest) = (row.saturating_sub(whole / 2), 0.0);
            } else if row < self.first || (row == self.first && self.rest > 0.0) {
                (self.first, self.rest) = (row, 0.0);
            } else if (row - self.first + 1) as f32 * self.height - self.rest > seen {
                // The row's lower edge comes to stand on the lower edge of the list.
                (self.first, self.rest) = (row + 1, 0.0);
                self.scroll(-seen);
            }
        }
        let (first, rest) = self.end(count, seen);
        if (self.first, self.rest) > (first, rest) {
            (self.first, self.rest) = (first, rest);
        }
    }

    /// The last place there is: where the last row's lower edge is the list's.
    fn end(&self, count: u64, seen: f32) -> (u64, f32) {
        let whole = (seen / self.height).ceil() as u64;
        if count < whole || (count as f32) * self.height <= seen {
            return (0, 0.0);
        }
        (count - whole, whole as f32 * self.height - seen)
    }

    /// The place as a fraction of the last place.
    fn fraction(&self, count: u64, seen: f32) -> f64 {
        let points = |(first, rest): (u64, f32)| first as f64 * f64::from(self.height) + f64::from(rest);
        let end = points(self.end(count, seen));
        if end > 0.0 { (points(self.place()) / end).clamp(0.0, 1.0) } else { 0.0 }
    }

    fn go_to_fraction(&mut self, fraction: f64, count: u64, seen: f32) {
        let height = f64::from(self.height);
        let (first, rest) = self.end(count, seen);
        let points = (first as f64 * height + f64::from(rest)) * fraction.clamp(0.0, 1.0);
        self.first = (points / height) as u64;
        self.rest = (points - self.first as f64 * height) as f32;
    }

    /// Draws the visible rows of `count` in what is left of `ui` and tells what the user did.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        name: &str,
        count: u64,
        selected: Option<u64>,
        mut draw: impl FnMut(Row<'_>),
    ) -> Done {
        let all = ui.available_rect_before_wrap();
        let id = Self::id(name);
        let scrolls = count as f64 * f64::from(self.height) > f64::from(all.height());
        let body = if scrolls { all.with_max_x(all.max.x - SCROLL) } else { all };
        let list = ui.interact(body, id, Sense::click());
        list.widget_info(|| WidgetInfo::labeled(Role::Table, true, name));
        let mut done = Done { focused: list.has_focus(), ..Done::default() };
        if (list.clicked() || list.secondary_clicked()) && list.interact_pointer_pos().is_some() {
            list.request_focus();
        }
        if self.follows() {
            // What was in sight when it was chosen is no reason to leave the end.
            self.reveal = self.reveal.filter(|row| !self.sees(*row));
            (self.first, self.rest) = self.end(count, all.height());
        }
        let stood = self.place();
        if ui.rect_contains_pointer(all) {
            let delta = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
            if delta != 0.0 {
                self.scroll(-delta);
            }
        }
        let page = (body.height() / self.height).floor().max(1.0) as u64;
        if done.focused {
            self.keys(ui, &list, count, page, selected, &mut done);
        }
        self.seen = body.height();
        self.settle(count, self.seen);
        if scrolls {
            self.bar(ui, id, Rect::from_min_max(pos2(body.max.x, all.min.y), all.max), count, body.height());
        }
        if self.tail.is_some() && self.place() != stood {
            self.tail = Some(self.place() >= self.end(count, self.seen));
        }
        self.draw_rows(ui, &list, body, count, selected, &mut done, &mut draw);
        ui.advance_cursor_after_rect(all);
        done
    }

    fn keys(
        &mut self,
        ui: &Ui,
        list: &Response,
        count: u64,
        page: u64,
        selected: Option<u64>,
        done: &mut Done,
    ) {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(list.id, filter));
        let pressed =
            |key: Key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as u64;
        let (up, down) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
        let (page_up, page_down) = (pressed(Key::PageUp), pressed(Key::PageDown));
        let (home, end) = (pressed(Key::Home), pressed(Key::End));
        done.opened = selected.is_some() && pressed(Key::Enter) > 0;
        if count == 0 || up + down + page_up + page_down + home + end == 0 {
            return;
        }
        let mut row = match selected {
            Some(row) => (row + down + page_down * page).saturating_sub(up + page_up * page),
            None => self.first,
        };
        if home > 0 {
            row = 0;
        }
        if end > 0 {
            row = count - 1;
        }
        let row = row.min(count - 1);
        done.chosen = Some(row);
        self.reveal(row);
    }

    #[expect(clippy::too_many_arguments, reason = "one step of `show`, apart so that each can be read")]
    fn draw_rows(
        &self,
        ui: &Ui,
        list: &Response,
        body: Rect,
        count: u64,
        selected: Option<u64>,
        done: &mut Done,
        draw: &mut impl FnMut(Row<'_>),
    ) {
        let painter = ui.painter_at(body);
        let pointer = list.interact_pointer_pos().filter(|_| list.clicked() || list.secondary_clicked());
        let over = list.hover_pos();
        let (mut y, mut index) = (body.min.y - self.rest, self.first);
        while y < body.max.y && index < count {
            let rect = Rect::from_min_size(pos2(body.min.x, y), vec2(body.width(), self.height));
            let id = list.id.with(index);
            let mut name = String::new();
            let mut hint = None;
            let is_selected = selected == Some(index);
            draw(Row {
                index,
                rect,
                painter: &painter,
                selected: is_selected,
                hovered: over.is_some_and(|at| rect.contains(at)),
                name: &mut name,
                hint: &mut hint,
            });
            let row = ui.interact(rect.intersect(body), id, Sense::hover());
            row.widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, &name));
            if let Some((_, words)) = hint.filter(|(part, _)| over.is_some_and(|at| part.contains(at))) {
                row.on_hover_text_at_pointer(words);
            }
            ui.accesskit_node_builder(id, |node| node.add_action(Action::Click));
            let asked = ui.input(|input| input.has_accesskit_action_request(id, Action::Click));
            if asked || pointer.is_some_and(|at| rect.contains(at)) {
                done.chosen = Some(index);
                done.opened |= list.double_clicked();
            }
            y += self.height;
            index += 1;
        }
    }

    fn bar(&mut self, ui: &Ui, id: Id, track: Rect, count: u64, seen: f32) {
        let theme = Theme::of(ui);
        let bar = ui.interact(track, id.with("bar"), Sense::CLICK | Sense::DRAG);
        bar.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, "Scroll bar"));
        let share = f64::from(seen) / (count as f64 * f64::from(self.height));
        let length = (share * f64::from(track.height())).max(28.0).min(f64::from(track.height())) as f32;
        let room = f64::from((track.height() - length).max(1.0));
        if let Some(pointer) =
            bar.interact_pointer_pos().filter(|_| bar.dragged() || bar.is_pointer_button_down_on())
        {
            let grip_id = id.with("grip");
            let top = track.min.y + (self.fraction(count, seen) * room) as f32;
            let fresh = ui.input(|input| input.pointer.primary_pressed());
            let grip = ui.data_mut(|data| {
                let grip = data.get_temp_mut_or(grip_id, 0.0_f32);
                if fresh {
                    // Pressed on the thumb it is held where it was taken; elsewhere it jumps to the pointer.
                    let held = pointer.y - top;
                    *grip = if (0.0..=length).contains(&held) { held } else { length / 2.0 };
                }
                *grip
            });
            self.go_to_fraction(f64::from(pointer.y - grip - track.min.y) / room, count, seen);
        }
        let top = track.min.y + (self.fraction(count, seen) * room) as f32;
        let thumb = Rect::from_min_size(pos2(track.min.x, top), vec2(track.width(), length));
        let active = bar.dragged() || bar.hovered();
        let color = if active { theme.dim } else { theme.outline };
        ui.painter().rect_filled(thumb.shrink2(vec2(3.0, 2.0)), 3.0, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At a hundred million rows every row is reached exactly, where positions in 32 bits of points fall apart
    /// at eight hundred thousand.
    #[test]
    fn exact_at_a_hundred_million() {
        const COUNT: u64 = 100_000_000;
        let mut rows = VirtualRows::new(20.0);
        rows.go_to_fraction(1.0, COUNT, 410.0);
        assert_eq!(rows.place(), (COUNT - 21, 10.0));
        rows.scroll(-7.5);
        assert_eq!(rows.place(), (COUNT - 21, 2.5));
        rows.scroll(-1000.0);
        assert_eq!(rows.place(), (COUNT - 71, 2.5));
        for row in [0, 1, 16_777_217, 79_999_999, COUNT - 1] {
            rows.reveal(row);
            rows.settle(COUNT, 410.0);
            let (first, rest) = rows.place();
            assert!(
                (first..first + 21).contains(&row) && (row > first || rest == 0.0),
                "{row}: {first} + {rest}"
            );
        }
        rows.scroll(f32::MAX);
        rows.settle(COUNT, 410.0);
        assert_eq!(rows.place(), (COUNT - 21, 10.0));
        rows.scroll(-5.0e9);
        rows.settle(COUNT, 410.0);
        assert_eq!(rows.place(), (0, 0.0));
    }
}
