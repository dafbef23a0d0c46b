//! One line of the tree: its fold, its bits, its finding, its label and value, and where it stands.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, Rect, Role, WidgetInfo, pos2, vec2};
use session::detail::{Detail, Holds, Node};

use crate::gui::paint::Paint;
use crate::gui::theme::{CELL, GRID, ROW, Theme};
use crate::gui::{findings, fonts, icon, words};

/// A line that is not folded away.
pub(super) struct Line<'a> {
    pub(super) path: Vec<usize>,
    pub(super) node: &'a Node,
    /// Lines around it.
    pub(super) depth: usize,
    pub(super) open: bool,
}

pub(super) const INDENT: f32 = GRID * 4.0;

pub(super) fn named(line: &Line<'_>, chosen: bool) -> WidgetInfo {
    let node = line.node;
    let text = if node.value.is_empty() {
        node.label.to_string()
    } else {
        format!("{}: {}", node.label, node.value)
    };
    WidgetInfo::selected(Role::TreeItem, true, chosen, text)
}

/// Draws a line and says where its arrow is. `from`: where the bytes begin that its place is told among, where it is.
pub(super) fn draw(
    painter: &egui::Painter,
    theme: &Theme,
    line: &Line<'_>,
    place: Rect,
    detail: &Detail,
    from: Option<usize>,
) -> Rect {
    let node = line.node;
    let middle = place.center().y;
    let mut right =
        place.right() - CELL - if node.leads.is_some() && line.path.len() > 1 { 20.0 } else { 0.0 };
    if let Some(words) = from.and_then(|from| range(node, from)) {
        let galley = painter.layout_no_wrap(words, fonts::small(), theme.faint);
        right -= galley.size().x;
        painter.galley(pos2(right, (middle - galley.size().y / 2.0).round()), galley, theme.faint);
        right -= CELL;
    }
    for level in 0..line.depth {
        let x = place.left() + CELL + level as f32 * INDENT + 4.5;
        painter.vline(x.round() + 0.5, place.y_range(), (1.0, theme.line));
    }
    let mut x = place.left() + CELL + line.depth as f32 * INDENT;
    if !node.children.is_empty() {
        icon::fold(painter, line.open, pos2(x + 5.0, middle), theme.dim);
    }
    x += INDENT;
    if let Some(paint) = Paint::of(node.name) {
        let bar = Rect::from_min_size(pos2(x - 2.0, place.top() + 4.0), vec2(3.0, ROW - 8.0));
        painter.rect_filled(bar, 1.5, paint.color(theme));
    }
    if let Some(flag) = node.flag {
        icon::level(painter, theme, findings::level(flag.severity), pos2(x + 2.0, middle), 5.0);
        x += GRID * 1.5;
    }
    x += 5.0;
    let mut put = |text: &str, font, color| {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
        job.wrap = TextWrapping::truncate_at_width((right - x).max(0.0));
        let galley = painter.layout_job(job);
        let width = galley.size().x;
        painter.galley(pos2(x, middle - galley.size().y / 2.0), galley, color);
        x += width;
    };
    if let Some(bits) = bits(detail, node) {
        put(&bits, fonts::mono(), theme.dim);
        put(" = ", fonts::mono(), theme.faint);
    }
    let heading = !node.children.is_empty() && line.path.len() == 1;
    let (font, label) = if heading { (fonts::strong(), theme.strong) } else { (fonts::body(), theme.dim) };
    put(&node.label, font, label);
    let (value, color) = value(theme, node);
    if !value.is_empty() {
        put("  ", fonts::body(), theme.dim);
        let font = if node.holds == Holds::Anything { fonts::body() } else { fonts::mono() };
        put(&value, font, if heading { theme.dim } else { color });
    }
    let arrow = Rect::from_min_size(pos2(x, place.top()), vec2(20.0, ROW));
    if node.leads.is_some() && line.path.len() > 1 {
        painter.text(arrow.center(), Align2::CENTER_CENTER, "→", fonts::mono(), theme.accent);
        return arrow;
    }
    Rect::NOTHING
}

/// The value with its color, which tells what it is where that is known.
fn value(theme: &Theme, node: &Node) -> (String, Color32) {
    let count = words::count(node.children.len() as u64);
    let color = match node.holds {
        Holds::List => return (format!("[ {count} ]"), theme.values.mark),
        Holds::Map => return (format!("{{ {count} }}"), theme.values.mark),
        Holds::Anything => theme.text,
        Holds::Text => theme.values.string,
        Holds::Number => theme.values.number,
        Holds::Word => theme.values.word,
        Holds::Bytes => theme.bytes.high,
    };
    let shown = node.value.chars().take(512).map(|it| if it.is_control() { '·' } else { it });
    (shown.collect(), color)
}

/// `12–19`: the first and the last of its bytes, counted from `from`.
fn range(node: &Node, from: usize) -> Option<String> {
    let touched = node.place?.touched();
    let (first, last) = (touched.start.checked_sub(from)?, touched.end.checked_sub(from + 1)?);
    Some(if first == last { first.to_string() } else { format!("{first}–{last}") })
}

/// `1... ....`: the bits of a field that is smaller than its bytes.
fn bits(detail: &Detail, node: &Node) -> Option<String> {
    let place = node.place?;
    let (first, count) = place.bits.touched();
    if place.bits.at % 8 == 0 && place.bits.len % 8 == 0 || count > 2 {
        return None;
    }
    let bytes = detail.tabs.get(place.tab)?.bytes.get(first..first + count)?;
    let mut text = String::new();
    for bit in first as u64 * 8..(first + count) as u64 * 8 {
        let byte = bytes[(bit / 8) as usize - first];
        let inside = (place.bits.at..place.bits.at + place.bits.len).contains(&bit);
        text.push(match (inside, byte >> (7 - bit % 8) & 1) {
            (true, 1) => '1',
            (true, _) => '0',
            (false, _) => '.',
        });
        if bit % 4 == 3 && bit + 1 < (first + count) as u64 * 8 {
            text.push(' ');
        }
    }
    Some(text)
}
