//! One row, cell by cell: words, badges, signs in front, and what the row says to those who do not see it.

use std::borrow::Cow;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Color32, FontId, Painter, Pos2, Rect, pos2, vec2};

use crate::gui::fonts;
use crate::gui::rows::Row;
use crate::gui::theme::{CELL, Theme};

/// One row.
pub struct Cells<'a> {
    /// The row.
    pub row: Row<'a>,
    /// The tokens that hold here.
    pub theme: &'static Theme,
    /// Columns that are shown, by their places among all, and whether they stand to the right.
    pub(super) shown: &'a [(usize, bool)],
    pub(super) edges: &'a [f32],
    pub(super) slot: usize,
}

/// Room in front of the first column, for signs.
pub const GUTTER: f32 = 44.0;

impl Cells<'_> {
    /// Goes through the cells: each is drawn by the column whose place among all is given.
    pub fn each(&mut self, mut draw: impl FnMut(&mut Self, usize)) {
        for slot in 0..self.shown.len() {
            self.slot = slot;
            draw(self, self.shown[slot].0);
        }
    }

    /// Where the cell stands.
    pub fn cell(&self) -> Rect {
        let rect = self.row.rect;
        Rect::from_min_max(
            pos2(self.edges[self.slot], rect.min.y),
            pos2(self.edges[self.slot + 1], rect.max.y),
        )
    }

    /// Where the first, second or third sign in front of the row stands.
    pub fn sign(&self, place: usize) -> Pos2 {
        let left = self.edges.first().copied().unwrap_or_default() - GUTTER;
        pos2(left + 11.0 + place as f32 * 14.0, self.row.rect.center().y)
    }

    /// A ground that steps back behind the selection.
    pub fn tint(&self, color: Color32) {
        if !self.row.selected {
            self.row.painter.rect_filled(self.row.rect, 0.0, color);
        }
    }

    /// Text in the cell.
    pub fn text(&mut self, words: &str, font: FontId, color: Color32) {
        self.say(words);
        text(self.row.painter, self.cell(), words, font, color, self.shown[self.slot].1);
    }

    /// A small word on a tinted ground.
    pub fn badge(&mut self, word: &str, color: Color32, ground: Color32) {
        self.say(word);
        let cell = self.cell();
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

/// The beginning of a text, longer than what there is room for: laying out what nobody sees costs as much as the rest.
fn shorten<'a>(words: &'a str, room: f32, font: &FontId) -> Cow<'a, str> {
    // No letter of a proportional font is narrower than an i.
    let narrowest = font.size * if font.family == fonts::mono().family { 0.5 } else { 0.2 };
    match words.char_indices().nth((room / narrowest) as usize + 8) {
        Some((end, _)) => Cow::Owned(format!("{}…", &words[..end])),
        None => Cow::Borrowed(words),
    }
}

/// One line in a cell, ended by an ellipsis where it is too long.
pub fn text(painter: &Painter, cell: Rect, words: &str, font: FontId, color: Color32, right: bool) {
    let room = cell.width() - CELL * 2.0;
    if room <= 4.0 || words.is_empty() {
        return;
    }
    let seen = shorten(words, room, &font);
    let mut job = LayoutJob::single_section(seen.into_owned(), TextFormat::simple(font, color));
    job.wrap =
        TextWrapping { max_width: room, max_rows: 1, break_anywhere: true, overflow_character: Some('…') };
    job.halign = Align::LEFT;
    let galley = painter.layout_job(job);
    let y = (cell.center().y - galley.size().y / 2.0).round();
    let x = if right { cell.max.x - CELL - galley.size().x } else { cell.min.x + CELL };
    painter.galley(pos2(x, y), galley, color);
}
