//! What is drawn around bytes: the ground and the line of a range, the torn edge of a hole.

use std::ops::Range;

use egui::{Painter, Rect, Stroke, pos2};

use super::{Columns, within};
use crate::gui::lines::InSight;
use crate::gui::theme::Theme;

/// The digits and the text of some columns of a row.
pub(super) fn areas(columns: &Columns, row: Rect, first: usize, end: usize) -> [Rect; 2] {
    let (before, behind) = columns.sides();
    let hex = columns.digit(first) - before..columns.digit(end - 1) + behind;
    let text = columns.glyph(first)..columns.glyph(end - 1) + columns.char;
    [hex, text].map(|it| Rect::from_x_y_ranges(it.start..=it.end, row.top() + 1.0..=row.bottom() - 1.0))
}

/// A line around a range, over as many rows as it takes.
pub(super) fn outline(
    painter: &Painter,
    columns: &Columns,
    sight: &InSight,
    all: &Range<usize>,
    range: &Range<usize>,
    stroke: Stroke,
) {
    let (first, end) = (range.start - all.start, range.end - all.start);
    let count = columns.count;
    let segment = |row: u64| {
        let start = row as usize * count;
        within(&(first..end), &(start..start + count)).map(|it| it.start - start..it.end - start)
    };
    for row in sight.rows.clone() {
        let Some(own) = segment(row) else { continue };
        let above = row.checked_sub(1).and_then(segment).unwrap_or(0..0);
        let below = segment(row + 1).unwrap_or(0..0);
        let place = sight.row(row);
        let (top, bottom) = (place.top() + 0.5, place.bottom() - 0.5);
        for part in 0..2 {
            let edge = |first: usize, end: usize| areas(columns, place, first, end)[part].x_range();
            let sides = edge(own.start, own.end);
            painter.vline(sides.min, top..=bottom, stroke);
            painter.vline(sides.max, top..=bottom, stroke);
            for (other, y) in [(above.clone(), top), (below.clone(), bottom)] {
                // Where the neighbor row goes on, there is no edge.
                if other.is_empty() {
                    painter.hline(sides, y, stroke);
                    continue;
                }
                if own.start < other.start {
                    painter.hline(edge(own.start, other.start.min(own.end)), y, stroke);
                }
                if other.end < own.end {
                    painter.hline(edge(other.end.max(own.start), own.end), y, stroke);
                }
            }
        }
    }
}

/// The edge of a hole: bytes are torn off here.
pub(super) fn torn(painter: &Painter, theme: &Theme, x: f32, row: Rect) {
    let steps = 5;
    let points = (0..=steps).map(|step| {
        let way = if step % 2 == 0 { -1.5 } else { 1.5 };
        pos2(x + way, row.top() + row.height() * step as f32 / steps as f32)
    });
    painter.add(egui::Shape::line(points.collect(), Stroke::new(1.0, theme.bytes.missing)));
}
