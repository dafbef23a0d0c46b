//! Bytes in hex and as text, any number of them: header bytes colored by field, others by what they are.
//!
//! Draws and is pointed at; which field a byte belongs to is asked of whoever has the detail.

mod outline;

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat};
use egui::{
    Color32, Event, EventFilter, Key, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2,
};
use session::detail::Tab;

use self::outline::{areas, outline, torn};
use super::copying::Form;
use super::lines::{InSight, Lines};
use super::theme::{CELL, ROW, SCROLL, Theme};
use super::{fonts, widget, words};

/// Where a hex view is scrolled to, and what was dragged over.
#[derive(Debug, Default)]
pub struct Hex {
    lines: Lines,
    anchor: Option<usize>,
    cursor: usize,
    /// A byte to bring into sight, once it is known how many stand in a row; counted from the first that is shown.
    reveal: Option<usize>,
}

/// What is drawn.
pub struct Bytes<'a> {
    /// The bytes with their holes.
    pub tab: &'a Tab,
    /// Those of them that are shown.
    pub range: Range<usize>,
    /// The byte that offsets are counted from.
    pub from: usize,
    /// The color of a byte's field.
    pub color: &'a dyn Fn(usize) -> Option<Color32>,
    /// What is filled.
    pub chosen: Option<Range<usize>>,
    /// What is outlined.
    pub pointed: Option<Range<usize>>,
}

/// What the user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// Points at a byte.
    Point(usize),
    /// Clicked a byte, or went to it with the keys.
    Choose(usize),
    /// Dragged over bytes.
    Sweep(Range<usize>),
    /// Wants the chosen bytes copied.
    Copy,
    /// Wants them copied in this form.
    CopyAs(Form),
}

/// Where the columns stand.
struct Columns {
    count: usize,
    /// Width of a character.
    char: f32,
    /// From one byte's digits to the next's.
    pitch: f32,
    offset: f32,
    hex: f32,
    text: f32,
}

impl Columns {
    fn of(ui: &Ui, rect: Rect, len: usize) -> Self {
        let char = ui.fonts_mut(|fonts| fonts.glyph_width(&fonts::mono(), '0'));
        let hex = (digits(len) as f32 + 1.5) * char;
        let width = |count: usize, pitch: f32| {
            let gap = if count > 8 { 0.5 } else { 0.0 };
            (count as f32 * (pitch + 1.0) + gap + 1.0) * char
        };
        // A narrow pane moves the bytes together before it halves the row.
        let room = rect.width() - CELL * 2.0 - SCROLL - hex;
        let tries = [(16, 3.0), (16, 2.75), (16, 2.5), (8, 3.0), (8, 2.5)];
        let (count, pitch) =
            tries.into_iter().find(|(count, pitch)| width(*count, *pitch) <= room).unwrap_or((4, 2.5));
        let offset = rect.left() + CELL;
        let hex = offset + hex;
        let text = hex + width(count, pitch) - count as f32 * char;
        Self { count, char, pitch: pitch * char, offset, hex, text }
    }
    /// Left edge of a byte's two digits.
    fn digit(&self, column: usize) -> f32 {
        self.hex + column as f32 * self.pitch + self.gap(column)
    }
    /// The gap behind the eighth byte, which halves the row for the eye.
    fn gap(&self, column: usize) -> f32 {
        if self.count > 8 && column >= 8 { self.char / 2.0 } else { 0.0 }
    }
    fn glyph(&self, column: usize) -> f32 {
        self.text + column as f32 * self.char
    }
    fn at(&self, x: f32) -> Option<usize> {
        if x >= self.text - self.char / 2.0 {
            let column = ((x - self.text) / self.char).max(0.0) as usize;
            return (column < self.count).then_some(column);
        }
        let (before, behind) = self.sides();
        (0..self.count)
            .find(|column| (self.digit(*column) - before..self.digit(*column) + behind).contains(&x))
    }
    fn nearest(&self, x: f32) -> usize {
        self.at(x).unwrap_or(if x < self.hex { 0 } else { self.count - 1 })
    }
    /// How far a byte's place reaches to the left of its digits' left edge, and to the right.
    fn sides(&self) -> (f32, f32) {
        let half = (self.pitch - self.char * 2.0) / 2.0;
        (half, self.char * 2.0 + half)
    }
}

/// Digits of an offset.
const fn digits(len: usize) -> usize {
    match len {
        0..=0xFFFF => 4,
        0x1_0000..=0xFF_FFFF => 6,
        _ => 8,
    }
}

impl Hex {
    /// Other bytes are shown.
    pub fn another(&mut self) {
        *self = Self::default();
    }
    /// The byte that the keys go on from.
    pub fn cursor(&self) -> usize {
        self.cursor
    }
    /// Brings a byte into sight.
    pub fn reveal(&mut self, byte: usize, first: usize) {
        self.cursor = byte;
        self.reveal = Some(byte.saturating_sub(first));
    }

    /// Draws the bytes into what room there is.
    pub fn show(&mut self, ui: &mut Ui, name: &str, bytes: &Bytes<'_>) -> Vec<Did> {
        let theme = Theme::of(ui);
        let rect = ui.available_rect_before_wrap();
        let id = ui.scope_id().with(("hex", name));
        let response = ui.interact(rect, id, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, name));
        let columns = Columns::of(ui, rect, bytes.tab.bytes.len());
        if let Some(byte) = self.reveal.take() {
            self.lines.reveal((byte / columns.count) as u64);
        }
        let rows = bytes.range.len().div_ceil(columns.count) as u64;
        let sight = self.lines.show(ui, id, rect, rows, ROW);
        let mut did = Vec::new();
        self.mouse(&response, bytes, &columns, &sight, &mut did);
        if response.has_focus() {
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, ARROWS));
            self.keys(ui, bytes, &columns, &sight, &mut did);
        }
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let ink = Ink { painter: &painter, theme, columns: &columns, strong: response.has_focus() };
        for row in sight.rows.clone() {
            ink.row(bytes, sight.row(row), row);
        }
        if let Some(pointed) = bytes.pointed.as_ref().and_then(|range| within(range, &bytes.range)) {
            outline(&painter, &columns, &sight, &bytes.range, &pointed, Stroke::new(1.0, theme.accent));
        }
        ui.advance_cursor_after_rect(rect);
        let chosen = bytes.chosen.as_ref().map_or(bytes.range.len(), Range::len) as u64;
        response.context_menu(|ui| {
            ui.label(
                egui::RichText::new(words::counted(chosen, "byte", "bytes")).font(fonts::small()).weak(),
            );
            did.extend(widget::forms(ui, false).map(Did::CopyAs));
        });
        did
    }

    fn mouse(
        &mut self,
        response: &egui::Response,
        bytes: &Bytes<'_>,
        columns: &Columns,
        sight: &InSight,
        did: &mut Vec<Did>,
    ) {
        let byte = |at: Pos2, column: usize| {
            let byte = bytes.range.start + sight.row_at(at.y) as usize * columns.count + column;
            (byte < bytes.range.end).then_some(byte)
        };
        if let Some(at) = response.hover_pos()
            && let Some(byte) = columns.at(at.x).and_then(|column| byte(at, column))
        {
            did.push(Did::Point(byte));
        }
        let Some(at) = response.interact_pointer_pos() else { return };
        let near = byte(at, columns.nearest(at.x)).unwrap_or(bytes.range.end.saturating_sub(1));
        if bytes.range.is_empty() {
            return;
        }
        if response.drag_started() || response.clicked() {
            response.request_focus();
            self.anchor = Some(near);
            self.cursor = near;
        }
        if response.clicked() {
            did.push(Did::Choose(near));
        } else if response.dragged()
            && let Some(anchor) = self.anchor
        {
            self.cursor = near;
            did.push(Did::Sweep(anchor.min(near)..anchor.max(near) + 1));
        }
    }

    fn keys(&mut self, ui: &Ui, bytes: &Bytes<'_>, columns: &Columns, sight: &InSight, did: &mut Vec<Did>) {
        if ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy))) {
            did.push(Did::Copy);
        }
        let Some(last) = bytes.range.end.checked_sub(1).filter(|last| *last >= bytes.range.start) else {
            return;
        };
        let (count, page) = (columns.count, columns.count * sight.page() as usize);
        let cursor = self.cursor.clamp(bytes.range.start, last);
        let ways = [
            (Key::ArrowLeft, cursor.saturating_sub(1)),
            (Key::ArrowRight, cursor + 1),
            (Key::ArrowUp, if cursor >= bytes.range.start + count { cursor - count } else { cursor }),
            (Key::ArrowDown, if cursor + count <= last { cursor + count } else { cursor }),
            (Key::PageUp, cursor.saturating_sub(page)),
            (Key::PageDown, cursor + page),
            (Key::Home, bytes.range.start),
            (Key::End, last),
        ];
        for (key, to) in ways {
            let sweep = ui.input_mut(|input| input.consume_key(egui::Modifiers::SHIFT, key));
            if !sweep && !ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key)) {
                continue;
            }
            self.cursor = to.clamp(bytes.range.start, last);
            let row = (self.cursor - bytes.range.start) / count;
            self.lines.reveal(row as u64);
            if sweep {
                let anchor = *self.anchor.get_or_insert(cursor);
                did.push(Did::Sweep(anchor.min(self.cursor)..anchor.max(self.cursor) + 1));
            } else {
                self.anchor = Some(self.cursor);
                did.push(Did::Choose(self.cursor));
            }
            return;
        }
    }
}

/// What rows are drawn with.
struct Ink<'a> {
    painter: &'a Painter,
    theme: &'a Theme,
    columns: &'a Columns,
    /// Whether the view has the keyboard.
    strong: bool,
}

impl Ink<'_> {
    fn row(&self, bytes: &Bytes<'_>, place: Rect, row: u64) {
        let start = bytes.range.start + row as usize * self.columns.count;
        let end = (start + self.columns.count).min(bytes.range.end);
        if let Some(chosen) = bytes.chosen.as_ref().and_then(|range| within(range, &(start..end))) {
            let color = if self.strong { self.theme.selected } else { self.theme.selected_weak };
            for area in areas(self.columns, place, chosen.start - start, chosen.end - start) {
                self.painter.rect_filled(area, 2.0, color);
            }
        }
        let digits = digits(bytes.tab.bytes.len());
        let put = |x: f32, job: LayoutJob| {
            let galley = self.painter.layout_job(job);
            self.painter.galley(pos2(x, place.center().y - galley.size().y / 2.0), galley, self.theme.text);
        };
        let mut offset = LayoutJob::default();
        append(
            &mut offset,
            &format!("{:0digits$x}", start.saturating_sub(bytes.from)),
            0.0,
            self.theme.faint,
        );
        put(self.columns.offset, offset);
        let (mut hex, mut text) = (LayoutJob::default(), LayoutJob::default());
        let mut end_of_last = self.columns.hex;
        for at in start..end {
            let byte = bytes.tab.bytes[at];
            let known = bytes.tab.known(at);
            let field = (bytes.color)(at);
            let color =
                if known { field.unwrap_or_else(|| self.theme.byte(byte)) } else { self.theme.bytes.missing };
            let digits = if known { format!("{byte:02x}") } else { "··".to_owned() };
            let left = self.columns.digit(at - start);
            append(&mut hex, &digits, left - end_of_last, color);
            end_of_last = left + self.columns.char * 2.0;
            let glyph = match byte {
                _ if !known => ' ',
                0x20..=0x7e => char::from(byte),
                _ => '·',
            };
            let quiet = !(0x20..=0x7e).contains(&byte) && field.is_none();
            append(
                &mut text,
                glyph.encode_utf8(&mut [0; 4]),
                0.0,
                if quiet { self.theme.bytes.null } else { color },
            );
        }
        put(self.columns.hex, hex);
        put(self.columns.text, text);
        for hole in &bytes.tab.holes {
            for edge in [hole.start, hole.end] {
                if (start..end).contains(&edge) && edge > bytes.range.start {
                    torn(
                        self.painter,
                        self.theme,
                        self.columns.digit(edge - start) - self.columns.sides().0,
                        place,
                    );
                }
            }
        }
    }
}

const ARROWS: EventFilter =
    EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: false };

fn append(job: &mut LayoutJob, text: &str, space: f32, color: Color32) {
    job.append(text, space, TextFormat::simple(fonts::mono(), color));
}

fn within(range: &Range<usize>, all: &Range<usize>) -> Option<Range<usize>> {
    let cut = range.start.max(all.start)..range.end.min(all.end);
    (!cut.is_empty()).then_some(cut)
}
