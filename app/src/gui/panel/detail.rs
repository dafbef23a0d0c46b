//! The detail pane: the tree, and under it what the chosen field means.

use std::sync::Arc;

use egui::{Rect, Ui, UiBuilder, pos2};
use session::detail::{Detail, Node};
use session::filter::tree::of_line;

use crate::gui::inspector::{Inspector, Wish, selection};
use crate::gui::panel::quiet;
use crate::gui::theme::{CELL, GRID, ROW, Theme};
use crate::gui::tree::Asked;
use crate::gui::{fonts, tree};

/// Draws the pane.
pub(in crate::gui) fn show(inspector: &mut Inspector, ui: &mut Ui) {
    let Some(shown) = inspector.shown.clone() else {
        quiet(ui, if inspector.pending() { "Reading…" } else { "Nothing selected: choose a row" });
        return;
    };
    let detail = &shown.detail;
    let all = ui.available_rect_before_wrap();
    let strip = ROW * 2.0 + GRID * 4.0;
    let split = if all.height() > strip * 3.0 { all.bottom() - strip } else { all.bottom() };
    let above = Rect::from_min_max(all.min, pos2(all.right(), split));
    let asked = ui
        .scope_builder(UiBuilder::new().id_salt("fields").max_rect(above), |ui| {
            inspector.tree.show(ui, detail, tree::ALL, &mut inspector.focus)
        })
        .inner;
    if split < all.bottom() {
        explain(inspector, ui, detail, Rect::from_min_max(pos2(all.left(), split), all.max));
    }
    ui.advance_cursor_after_rect(all);
    if let Some(asked) = asked {
        answer(inspector, ui, detail, asked);
    }
}

/// The strip under the tree: name, place and sentence of the chosen field.
fn explain(inspector: &Inspector, ui: &Ui, detail: &Detail, rect: Rect) {
    let theme = Theme::of(ui);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, 0.0, theme.header);
    painter.hline(rect.x_range(), rect.top() + 0.5, (1.0, theme.line));
    let chosen = inspector.focus.chosen.as_ref().and_then(|mark| detail.node(mark.path.as_deref()?));
    let Some(node) = chosen else {
        let text = "Choose a field to read what it means";
        let galley = painter.layout_no_wrap(text.into(), fonts::small(), theme.faint);
        painter.galley(rect.min + egui::vec2(CELL, GRID + 2.0), galley, theme.faint);
        return;
    };
    let width = rect.width() - CELL * 2.0;
    let name = if node.name.is_empty() { node.label.to_string() } else { node.name.to_owned() };
    let name = painter.layout_no_wrap(name, fonts::mono(), theme.dim);
    // Of the place is said what there is room for beside the name.
    let room = width - name.size().x - CELL * 2.0;
    let (size, of) = place(detail, node);
    let places =
        [format!("{size}{of}"), size].map(|it| painter.layout_no_wrap(it, fonts::small(), theme.faint));
    if let Some(galley) = places.into_iter().find(|galley| galley.size().x <= room) {
        let right = rect.right() - CELL - galley.size().x;
        painter.galley(pos2(right, rect.top() + GRID), galley, theme.faint);
    }
    painter.galley(pos2(rect.left() + CELL, rect.top() + GRID - 1.0), name, theme.dim);
    let says = if node.says.is_empty() { &node.value } else { node.says.as_ref() };
    let galley = painter.layout(says.to_owned(), fonts::small(), theme.text, width);
    painter.galley(pos2(rect.left() + CELL, rect.top() + ROW), galley, theme.text);
}

/// `4 bits at 0`, and ` of Frame 12`.
fn place(detail: &Detail, node: &Node) -> (String, String) {
    let known = node.place.and_then(|place| Some((place, detail.tabs.get(place.tab)?)));
    let Some((place, tab)) = known else { return Default::default() };
    let (first, _) = place.bits.touched();
    let size = match place.bits.len {
        1 => "1 bit".into(),
        len if len % 8 != 0 => format!("{len} bits"),
        8 => "1 byte".into(),
        len => format!("{} bytes", len / 8),
    };
    (format!("{size} at {first}"), format!(" of {}", tab.title))
}

/// Does what was asked of a line.
pub(super) fn answer(inspector: &mut Inspector, ui: &Ui, detail: &Detail, asked: Asked) {
    match asked {
        Asked::Follow(path) => {
            if let Some(subject) = detail.node(&path).and_then(|node| node.leads) {
                inspector.wish(Wish::Go(selection(subject)));
            }
        }
        Asked::CopyValue(path) => copy(ui, detail.node(&path).map(|node| node.value.clone())),
        Asked::CopyName(path) => copy(ui, detail.node(&path).map(|node| node.name.to_owned())),
        Asked::CopyBytes(path) => copy(ui, detail.node(&path).and_then(|node| bytes(detail, node))),
        Asked::Filter(join, path) => {
            if let Some(condition) = of_line(detail, &path) {
                inspector.wish(Wish::Filter(join, condition));
            }
        }
        Asked::CopyFilter(path) => {
            if let Some(condition) = of_line(detail, &path) {
                inspector.wish(Wish::CopyFilter(condition));
            }
        }
        Asked::CopyAs(path, form) => {
            let place = detail.node(&path).and_then(|node| node.place);
            if let Some((place, tab)) = place.and_then(|place| Some((place, detail.tabs.get(place.tab)?))) {
                inspector.wish(Wish::Copy(form, Arc::clone(&tab.bytes), place.touched()));
            }
        }
    }
}

fn copy(ui: &Ui, text: Option<String>) {
    if let Some(text) = text {
        ui.ctx().copy_text(text);
    }
}

fn bytes(detail: &Detail, node: &Node) -> Option<String> {
    let place = node.place?;
    Some(hex::encode(detail.tabs.get(place.tab)?.bytes.get(place.touched())?))
}
