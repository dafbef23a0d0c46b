//! RFC 6455's figure, drawn with a frame's own bits: 32 to a row, colored by field.
//!
//! What stands in the cells is the dissector's; here they get their place, their color and the pointer.

use egui::{Align2, Painter, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use session::detail::{Detail, ShownFrame};
use session::dissector::websocket::diagram::{Cell, Diagram, ROW as BITS, diagram};

use super::content_worker::Shown;
use super::focus::{Focus, Mark, Pane};
use super::lines::Lines;
use super::paint::Paint;
use super::tabs;
use super::theme::{CELL, GRID, HEADER, Theme};
use super::{fonts, words};

/// Rows of payload that are drawn.
const PAYLOAD_ROWS: usize = 64;
/// Height of a row of the figure: a label and a value, or the four letters of `RSV1` and a bit.
const TALL: f32 = GRID * 17.0;
/// Height of the numbers of the bits: tens above units.
const RULER: f32 = GRID * 7.0;
/// From one letter of an upright name to the next: capitals need no room below.
const LETTER: f32 = 11.0;

/// Where the figure is scrolled to, and which frame it shows.
#[derive(Debug, Default)]
pub struct Figure {
    lines: Lines,
    frame: usize,
    /// The cells, kept until another frame is drawn.
    drawn: Option<(usize, Diagram)>,
}

impl Figure {
    /// Draws the figure into what room there is.
    pub fn show(&mut self, ui: &mut Ui, shown: &Shown, focus: &mut Focus) {
        let (theme, detail) = (Theme::of(ui), &shown.detail);
        self.frame = self.frame.min(detail.frames.len().saturating_sub(1));
        let Some(frame) = detail.frames.get(self.frame) else { return };
        if detail.frames.len() > 1 {
            self.stepper(ui, detail.frames.len());
        }
        let bytes = detail.tabs.get(frame.tab).and_then(|tab| tab.bytes.get(frame.range.clone()));
        if self.drawn.as_ref().is_none_or(|(of, _)| *of != self.frame) {
            self.drawn = Some((self.frame, diagram(bytes.unwrap_or_default(), PAYLOAD_ROWS)));
        }
        let Some((_, figure)) = &self.drawn else { return };

        let all = ui.available_rect_before_wrap();
        let head = Rect::from_min_size(all.min, vec2(all.width(), RULER));
        let body = Rect::from_min_max(pos2(all.left(), head.bottom()), all.max);
        let id = ui.scope_id().with("figure");
        let more = figure.left_out > 0 || figure.missing > 0;
        let rows = figure.rows.len() as u64 + u64::from(more);
        let sight = self.lines.show(ui, id, body, rows, TALL);
        let grid = Grid::of(sight.rect);
        let painter = ui.painter().with_clip_rect(all.intersect(ui.clip_rect()));
        grid.ruler(&painter, theme, head);
        let painter = painter.with_clip_rect(body.intersect(ui.clip_rect()));
        let drawing = Drawing { painter: &painter, theme, grid: &grid, detail, frame };
        for row in sight.rows.clone() {
            let place = sight.row(row);
            let Some(cells) = figure.rows.get(row as usize) else {
                let text = rest(figure);
                painter.text(
                    pos2(grid.left, place.center().y),
                    Align2::LEFT_CENTER,
                    text,
                    fonts::small(),
                    theme.dim,
                );
                continue;
            };
            let offset = format!("{}", row * BITS / 8);
            painter.text(
                pos2(grid.left - CELL, place.center().y),
                Align2::RIGHT_CENTER,
                offset,
                fonts::mono(),
                theme.faint,
            );
            for cell in cells {
                drawing.cell(ui, focus, place, cell);
            }
        }
        ui.advance_cursor_after_rect(all);
    }

    /// Shows the frame that holds what was chosen.
    pub fn follow(&mut self, detail: &Detail, mark: &Mark) {
        let holds = |frame: &ShownFrame| {
            mark.in_tab(detail, frame.tab).is_some_and(|it| frame.range.contains(&it.start))
        };
        if let Some(frame) = detail.frames.iter().position(holds) {
            self.frame = frame;
        }
    }

    fn stepper(&mut self, ui: &mut Ui, count: usize) {
        let rect =
            Rect::from_min_size(ui.available_rect_before_wrap().min, vec2(ui.available_width(), HEADER));
        let mut room = rect;
        if tabs::word(ui, &mut room, "Next frame ›", self.frame + 1 < count) {
            self.frame += 1;
        }
        if tabs::word(ui, &mut room, "‹ Previous frame", self.frame > 0) {
            self.frame -= 1;
        }
        tabs::remark(ui, &mut room, &format!("{} of {} frames", self.frame + 1, count));
        ui.advance_cursor_after_rect(rect);
    }
}

/// Where bits stand.
struct Grid {
    left: f32,
    bit: f32,
}

impl Grid {
    fn of(rect: Rect) -> Self {
        let left = rect.left() + 40.0;
        let bit = ((rect.right() - left - CELL) / BITS as f32).clamp(10.0, 28.0);
        Self { left, bit }
    }
    fn x(&self, bit: u64) -> f32 {
        (self.left + bit as f32 * self.bit).round()
    }
    /// The numbers of the bits, tens above units as over the RFC's figure.
    fn ruler(&self, painter: &Painter, theme: &Theme, head: Rect) {
        let font = egui::FontId { size: fonts::small().size, ..fonts::mono() };
        for bit in 0..BITS {
            let at = pos2(self.x(bit) + self.bit / 2.0, head.bottom() - 2.0);
            let color = if bit % 8 == 0 { theme.dim } else { theme.faint };
            painter.text(at, Align2::CENTER_BOTTOM, bit % 10, font.clone(), color);
            if bit % 10 == 0 {
                painter.text(at - vec2(0.0, 11.0), Align2::CENTER_BOTTOM, bit / 10, font.clone(), theme.dim);
            }
        }
    }
}

fn rest(figure: &Diagram) -> String {
    let mut parts = Vec::new();
    if figure.left_out > 0 {
        parts.push(format!("{} more bytes of payload", words::count(figure.left_out)));
    }
    if figure.missing > 0 {
        parts.push(format!("{} bytes are missing", words::count(figure.missing)));
    }
    parts.join(", ")
}

/// What cells are drawn with, and what they are cells of.
struct Drawing<'a> {
    painter: &'a Painter,
    theme: &'a Theme,
    grid: &'a Grid,
    detail: &'a Detail,
    frame: &'a ShownFrame,
}

impl Drawing<'_> {
    fn cell(&self, ui: &Ui, focus: &mut Focus, row: Rect, cell: &Cell) {
        let Self { painter, theme, grid, detail, frame } = *self;
        let first = cell.bits.at % BITS;
        let end = (first + cell.bits.len).min(BITS);
        let place = Rect::from_x_y_ranges(grid.x(first)..=grid.x(end), row.top()..=row.bottom())
            .translate(vec2(0.5, 0.5));
        let clip = place.intersect(painter.clip_rect());
        let response = ui.interact(clip, ui.scope_id().with(("cell", cell.bits.at)), Sense::click());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Cell, true, format!("{}: {}", cell.label, cell.value)));
        let mark = mark(detail, frame, cell);
        let path = mark.as_ref().and_then(|mark| mark.path.as_ref());
        let same = |other: Option<&Mark>| path.is_some() && other.and_then(|mark| mark.path.as_ref()) == path;
        let color = Paint::of(cell.kind.name()).map_or(theme.text, |paint| paint.color(theme));
        let tint = if same(focus.chosen.as_ref()) {
            color.gamma_multiply(0.34)
        } else if same(focus.pointed(ui.ctx())) || response.hovered() {
            color.gamma_multiply(0.24)
        } else {
            color.gamma_multiply(if cell.missing { 0.0 } else { 0.10 })
        };
        painter.rect_filled(place, 0.0, tint);
        painter.rect_stroke(place, 0.0, Stroke::new(1.0, theme.edge), egui::StrokeKind::Middle);
        let inside = painter.with_clip_rect(place.shrink(1.0).intersect(painter.clip_rect()));
        let center = place.center().x;
        let narrow = place.width() < 40.0;
        let value = if cell.missing { "missing" } else { &cell.value };
        if narrow && cell.bits.len == 1 {
            let name = egui::FontId { size: fonts::small().size, ..fonts::mono_strong() };
            upright(&inside, place, cell.kind.short(), &name, theme.dim);
            inside.text(
                pos2(center, place.bottom() - 2.0),
                Align2::CENTER_BOTTOM,
                value,
                fonts::mono_strong(),
                color,
            );
        } else {
            let fits = |text: &str, font| {
                inside.layout_no_wrap(text.to_owned(), font, color).size().x + 4.0 < place.width()
            };
            // In a narrow pane the pointer says what has no room.
            let labels = [&cell.label, cell.kind.short()];
            if let Some(label) = labels.into_iter().find(|label| fits(label, fonts::small())) {
                let at = pos2(center, place.top() + 7.0);
                inside.text(at, Align2::CENTER_TOP, label, fonts::small(), theme.dim);
            }
            let value_color = if cell.missing { theme.bytes.missing } else { color };
            inside.text(
                pos2(center, place.bottom() - 8.0),
                Align2::CENTER_BOTTOM,
                value,
                fonts::mono_strong(),
                value_color,
            );
        }
        let Some(mark) = mark else { return };
        if response.hovered() {
            focus.point(ui.ctx(), mark.clone());
        }
        if response.clicked() {
            focus.choose(mark.clone(), Some(Pane::Bytes));
        }
        let node = mark.path.as_deref().and_then(|path| detail.node(path));
        if let Some(node) = node.filter(|node| !node.says.is_empty()) {
            response.on_hover_ui_at_pointer(|ui| {
                ui.label(
                    egui::RichText::new(format!("{}  {}", node.label, node.value)).font(fonts::strong()),
                );
                ui.label(node.says.as_ref());
            });
        }
    }
}

/// A name of a single bit, one letter below the other as in the RFC.
fn upright(painter: &Painter, place: Rect, text: &str, font: &egui::FontId, color: egui::Color32) {
    for (index, letter) in text.chars().take(4).enumerate() {
        let at = pos2(place.center().x, place.top() + index as f32 * LETTER);
        painter.text(at, Align2::CENTER_TOP, letter, font.clone(), color);
    }
}

/// The field of a cell: by its name, in the tree of the cell's own frame.
fn mark(detail: &Detail, frame: &ShownFrame, cell: &Cell) -> Option<Mark> {
    let (first, count) = cell.bits.touched();
    let range = frame.range.start + first..(frame.range.start + first + count).min(frame.range.end);
    if range.is_empty() {
        return None;
    }
    let name = cell.kind.name();
    let path = detail.path_of(frame.tab, range.clone(), name);
    Some(Mark { tab: frame.tab, range, path })
}
