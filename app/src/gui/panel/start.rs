//! The page that is shown while no file is open: the devices, what was opened last, what can be tried.

use std::path::Path;

use egui::accesskit::Role;
use egui::{Align2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::{devices, left};
use crate::gui::command::Command;
use crate::gui::icon::{self, Icon};
use crate::gui::live::Live;
use crate::gui::opened::name_of;
use crate::gui::samples::Sample;
use crate::gui::table::text;
use crate::gui::theme::{GRID, ROUND_LARGE, Theme};
use crate::gui::{fonts, widget};

const WIDTH: f32 = 840.0;
const LINE: f32 = 44.0;
const GAP: f32 = 24.0;

/// Draws the start page.
pub fn show(
    ui: &mut Ui,
    recent: &[std::path::PathBuf],
    samples: &[Sample],
    live: &mut Live,
    out: &mut Vec<Command>,
) {
    let theme = Theme::of(ui);
    let all = ui.available_rect_before_wrap();
    ui.painter().rect_filled(all, 0.0, theme.panel);
    egui::ScrollArea::vertical().id_salt("start page").auto_shrink(false).show(ui, |ui| {
        widget::scrolls(ui);
        page(ui, all.size(), recent, samples, live, out);
    });
}

/// The page, in a window that has `size` for it.
fn page(
    ui: &mut Ui,
    size: Vec2,
    recent: &[std::path::PathBuf],
    samples: &[Sample],
    live: &mut Live,
    out: &mut Vec<Command>,
) {
    let theme = Theme::of(ui);
    let all = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), size.y));
    let tall = devices::height(live, if all.height() > 600.0 { 4 } else { 2 });
    let tall = if tall > 0.0 { tall + GAP } else { 0.0 };
    let left_over = left::height(live);
    let above = tall + left_over;
    let rows = ((all.height() - 300.0 - above) / LINE).clamp(2.0, 8.0) as usize;
    let width = WIDTH.min(all.width() - 64.0);
    let height = 300.0 + above + rows as f32 * LINE;
    let top = all.min.y + ((all.height() - height) * 0.42).max(24.0);
    let left = all.center().x - width / 2.0;

    let mark = Rect::from_min_size(pos2(left, top), Vec2::splat(56.0));
    icon::program_mark(ui.painter(), mark);
    let beside = pos2(mark.max.x + 16.0, top);
    ui.painter().text(beside + vec2(0.0, 0.0), Align2::LEFT_TOP, "wscope", fonts::display(), theme.strong);
    let says = "See WebSocket traffic as it is on the wire";
    ui.painter().text(beside + vec2(1.0, 37.0), Align2::LEFT_TOP, says, fonts::body(), theme.dim);

    let buttons = Rect::from_min_size(pos2(left, top + 80.0), vec2(width, 28.0));
    let mut bar = ui.new_child(
        egui::UiBuilder::new().max_rect(buttons).layout(egui::Layout::left_to_right(egui::Align::Center)),
    );
    let captures = live.means.is_some();
    if captures {
        let label = if live.starting { "Starting…" } else { "Start capturing" };
        if widget::button(&mut bar, Some(Icon::Capture), label, true).clicked() {
            out.push(Command::Capture);
        }
    }
    if widget::button(&mut bar, Some(Icon::Open), "Open a capture…", !captures).clicked() {
        out.push(Command::Open);
    }
    if widget::button(&mut bar, None, "All commands", false).clicked() {
        out.push(Command::Palette);
    }
    if widget::button(&mut bar, None, "Keys", false).clicked() {
        out.push(Command::Keys);
    }

    let mut cards = top + 136.0;
    let room = |top, height| Rect::from_min_size(pos2(left, top), vec2(width, height));
    if left_over > 0.0 {
        left::show(ui, room(cards - 8.0, left_over - GAP + 8.0), live, out);
        cards += left_over;
    }
    if tall > 0.0 {
        devices::show(ui, room(cards, tall - GAP), live, out);
        cards += tall;
    }
    let gap = GAP;
    let (narrow, wide) =
        if recent.is_empty() { (0.0, width) } else { ((width - gap) * 0.42, (width - gap) * 0.58) };
    if !recent.is_empty() {
        let place = Rect::from_min_size(pos2(left, cards), vec2(narrow, 28.0 + rows as f32 * LINE));
        let lines: Vec<Line<'_>> =
            recent.iter().take(rows).map(|path| Line { path, says: folder(path) }).collect();
        card(ui, theme, place, Icon::Clock, "Recent", &lines, out);
    }
    if !samples.is_empty() {
        let place =
            Rect::from_min_size(pos2(left + width - wide, cards), vec2(wide, 28.0 + rows as f32 * LINE));
        let line = |sample: &'_ Sample| -> String { sample.shows.clone() };
        let lines: Vec<Line<'_>> =
            samples.iter().take(rows).map(|sample| Line { path: &sample.path, says: line(sample) }).collect();
        card(ui, theme, place, Icon::Flow, "Samples to try", &lines, out);
    }

    let bottom = cards + 28.0 + rows as f32 * LINE + 24.0;
    // Where the window is smaller than the page, it scrolls.
    let whole = Rect::from_min_max(all.min, pos2(all.max.x, (bottom + 56.0 + 16.0).max(all.max.y)));
    ui.advance_cursor_after_rect(whole);
    let drop = Rect::from_min_size(pos2(left, bottom), vec2(width, 56.0));
    let edge = Stroke::new(1.0, theme.edge);
    let corners =
        [drop.left_top(), drop.right_top(), drop.right_bottom(), drop.left_bottom(), drop.left_top()];
    ui.painter().extend(egui::Shape::dashed_line(&corners, edge, 4.0, 4.0));
    let words = "Drop a pcap or pcapng file anywhere, plain or compressed";
    let galley = ui.painter().layout_no_wrap(words.to_owned(), fonts::body(), theme.dim);
    let x = drop.center().x - galley.size().x / 2.0;
    let sign = Rect::from_center_size(pos2(x - 16.0, drop.center().y), Vec2::splat(16.0));
    icon::paint(ui.painter(), Icon::Drop, sign, theme.dim);
    ui.painter().galley(pos2(x, drop.center().y - galley.size().y / 2.0), galley, theme.dim);
}

struct Line<'a> {
    path: &'a Path,
    says: String,
}

fn folder(path: &Path) -> String {
    path.parent().unwrap_or(path).display().to_string()
}

fn card(
    ui: &Ui,
    theme: &Theme,
    rect: Rect,
    icon: Icon,
    title: &str,
    lines: &[Line<'_>],
    out: &mut Vec<Command>,
) {
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), 28.0));
    let sign = Rect::from_center_size(pos2(head.min.x + 8.0, head.center().y - 4.0), Vec2::splat(14.0));
    icon::paint(ui.painter(), icon, sign, theme.dim);
    let place = pos2(sign.max.x + GRID * 2.0, sign.center().y);
    ui.painter().text(place, Align2::LEFT_CENTER, title, fonts::small_strong(), theme.dim);
    let body = rect.with_min_y(head.max.y).with_max_y(head.max.y + lines.len() as f32 * LINE);
    ui.painter().rect(body, ROUND_LARGE, theme.header, Stroke::new(1.0, theme.line), StrokeKind::Outside);
    for (place, line) in lines.iter().enumerate() {
        let top = body.min.y + place as f32 * LINE;
        let row = Rect::from_min_size(pos2(body.min.x, top), vec2(body.width(), LINE));
        let response = ui.interact(row, egui::Id::unique((title, place)), Sense::click());
        let name = name_of(line.path);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(row.shrink(2.0), ROUND_LARGE - 2, theme.raised);
        }
        if place > 0 {
            ui.painter().hline(row.min.x + 12.0..=row.max.x - 12.0, top, Stroke::new(1.0, theme.line));
        }
        let inner = row.shrink2(vec2(4.0, 5.0));
        let middle = inner.center().y;
        text(ui.painter(), inner.with_max_y(middle), &name, fonts::body(), theme.strong, false);
        text(ui.painter(), inner.with_min_y(middle), &line.says, fonts::small(), theme.dim, false);
        if response.clicked() {
            out.push(Command::OpenPath(line.path.to_owned()));
        }
    }
}
