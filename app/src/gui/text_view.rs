//! Text of any length, wrapped to the pane, with places in it that can be pointed at and swept over.
//!
//! Every character takes one cell, wide ones two, so that where a row begins is counted and never laid out.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Event, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::fonts;
use super::lines::{InSight, Lines};
use super::theme::{CELL, ROW, Theme};

/// Where a text is scrolled to and what was swept over.
#[derive(Debug, Default)]
pub struct TextView {
    lines: Lines,
    /// The text and the number of cells that `rows` was made for.
    of: Option<(Arc<str>, usize)>,
    /// Where each row begins.
    rows: Vec<u32>,
    anchor: Option<usize>,
    sweep: Option<Range<usize>>,
    /// A place to bring into sight, once it is known in which row it stands.
    reveal: Option<usize>,
}

/// What the user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// Points at a place of the text.
    Point(usize),
    /// Clicked or swept over a part of it.
    Choose(Range<usize>),
}

impl TextView {
    /// Another text is shown.
    pub fn another(&mut self) {
        *self = Self::default();
    }

    /// Brings a place into sight.
    pub fn reveal(&mut self, place: usize) {
        (self.reveal, self.sweep) = (Some(place), None);
    }

    /// Draws the text into what room there is; `chosen` is filled and `pointed` tinted.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        text: &Arc<str>,
        chosen: Option<&Range<usize>>,
        pointed: Option<&Range<usize>>,
    ) -> Option<Did> {
        let theme = Theme::of(ui);
        let rect = ui.available_rect_before_wrap();
        let id = ui.scope_id().with("text");
        let response = ui.interact(rect, id, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Document, true, "Payload text"));
        let char = ui.fonts_mut(|fonts| fonts.glyph_width(&fonts::mono(), '0'));
        let cells = (((rect.width() - CELL * 2.0 - super::theme::SCROLL) / char) as usize).max(8);
        // Large texts are not counted anew for every pixel that a pane is dragged by.
        let cells = if text.len() > 1 << 20 { (cells / 8 * 8).max(8) } else { cells };
        let known = self.of.as_ref().is_some_and(|(of, count)| Arc::ptr_eq(of, text) && *count == cells);
        if !known {
            self.rows = wrap(text, cells);
            self.of = Some((Arc::clone(text), cells));
        }
        if let Some(place) = self.reveal.take() {
            let row = self.rows.partition_point(|start| *start as usize <= place);
            self.lines.reveal(row.saturating_sub(1) as u64);
        }
        let inner = Rect::from_min_max(pos2(rect.left() + CELL, rect.top() + 4.0), rect.max);
        let sight = self.lines.show(ui, id, inner, self.rows.len() as u64, ROW);
        let did = self.mouse(&response, text, &sight, char);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let sweep = self.sweep.clone();
        for row in sight.rows.clone() {
            let (range, place) = (self.row(text, row as usize), sight.row(row));
            let fills = [(sweep.as_ref().or(chosen), theme.selected), (pointed, theme.accent_weak)];
            for (fill, color) in fills {
                let Some(fill) = fill else { continue };
                let (start, end) = (fill.start.max(range.start), fill.end.min(range.end));
                if start < end {
                    let x = |at| {
                        inner.left() + width(text.get(range.start..at).unwrap_or_default()) as f32 * char
                    };
                    painter.rect_filled(
                        Rect::from_x_y_ranges(x(start)..=x(end), place.y_range()),
                        2.0,
                        color,
                    );
                }
            }
            let shown = text.get(range).unwrap_or_default();
            let galley = painter.layout_job(job(shown, theme));
            painter.galley(pos2(inner.left(), place.center().y - galley.size().y / 2.0), galley, theme.text);
        }
        if response.has_focus() && ui.input(|input| input.events.iter().any(|it| matches!(it, Event::Copy))) {
            let part = self.sweep.clone().and_then(|sweep| text.get(sweep)).unwrap_or(text);
            ui.ctx().copy_text(part.to_owned());
        }
        ui.advance_cursor_after_rect(rect);
        did
    }

    fn mouse(&mut self, response: &egui::Response, text: &str, sight: &InSight, char: f32) -> Option<Did> {
        if response.clicked() {
            response.request_focus();
        }
        if let Some(at) = response.interact_pointer_pos() {
            let near = self.place(text, sight, at, char);
            if response.drag_started() {
                response.request_focus();
                self.anchor = Some(near);
            }
            if response.clicked() {
                self.sweep = None;
                let end = near + text[near..].chars().next().map_or(0, char::len_utf8);
                return Some(Did::Choose(near..end));
            }
            if response.dragged()
                && let Some(anchor) = self.anchor
            {
                let sweep = anchor.min(near)..anchor.max(near);
                self.sweep = Some(sweep.clone()).filter(|sweep| !sweep.is_empty());
                return self.sweep.clone().map(Did::Choose);
            }
        }
        let at = response.hover_pos()?;
        let near = self.place(text, sight, at, char);
        (near < text.len()).then_some(Did::Point(near))
    }

    /// The place in the text that is drawn at a point.
    fn place(&self, text: &str, sight: &InSight, at: Pos2, char: f32) -> usize {
        let row = (sight.row_at(at.y) as usize).min(self.rows.len().saturating_sub(1));
        let range = self.row(text, row);
        let cell = ((at.x - sight.rect.left()) / char).max(0.0) as usize;
        let mut passed = 0;
        for (offset, character) in text.get(range.clone()).unwrap_or_default().char_indices() {
            passed += cells_of(character);
            if passed > cell {
                return range.start + offset;
            }
        }
        range.end
    }

    fn row(&self, text: &str, row: usize) -> Range<usize> {
        let start = self.rows.get(row).map_or(text.len(), |at| *at as usize);
        let end = self.rows.get(row + 1).map_or(text.len(), |at| *at as usize);
        start..end
    }
}

/// Where rows begin that are at most `cells` wide: behind line feeds, and behind a space where there is one.
fn wrap(text: &str, cells: usize) -> Vec<u32> {
    let mut rows = vec![0];
    let (mut used, mut space) = (0, None);
    let mut start = 0;
    for (at, character) in text.char_indices() {
        let wide = cells_of(character);
        if used + wide > cells && character != '\n' {
            // A word that is longer than half a row is cut.
            let cut = space.filter(|space| space - start > cells / 2).unwrap_or(at);
            rows.push(cut as u32);
            used = width(&text[cut..at]);
            start = cut;
            space = None;
        }
        used += wide;
        if character == ' ' {
            space = Some(at + 1);
        }
        if character == '\n' {
            rows.push(at as u32 + 1);
            (used, space, start) = (0, None, at + 1);
        }
    }
    rows
}

fn width(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\t') { text.len() } else { text.chars().map(cells_of).sum() }
}

/// Cells that a character takes: East Asian wide ones and pictures two, as in a terminal.
fn cells_of(character: char) -> usize {
    match character as u32 {
        0x09 => 4,
        0x0A => 0,
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F => 2,
        0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD => 2,
        0x0300..=0x036F | 0x200B..=0x200F | 0xFE00..=0xFE0F => 0,
        _ => 1,
    }
}

fn job(text: &str, theme: &Theme) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = f32::INFINITY;
    let shown: String = text
        .chars()
        .flat_map(|character| match character {
            '\t' => "    ".chars().collect::<Vec<_>>(),
            '\n' | '\r' => Vec::new(),
            character if character.is_control() => vec!['·'],
            character => vec![character],
        })
        .collect();
    job.append(&shown, 0.0, TextFormat::simple(fonts::mono(), theme.text));
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, cells: usize) -> Vec<&str> {
        let starts = wrap(text, cells);
        let ends = starts.iter().skip(1).map(|at| *at as usize).chain([text.len()]);
        starts.iter().zip(ends).map(|(start, end)| &text[*start as usize..end]).collect()
    }

    /// Rows hold all of the text and are no wider than asked; words stay whole where they can.
    #[test]
    fn wraps() {
        assert_eq!(rows("hello brave world", 12), ["hello brave ", "world"]);
        assert_eq!(rows("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(rows("a\n\nb", 8), ["a\n", "\n", "b"]);
        assert_eq!(rows("日本語", 4), ["日本", "語"]);
    }
}
