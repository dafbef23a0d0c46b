//! JSON as a tree: a line for each value, folded where the user wants it.
//!
//! Lines are numbers of values; a document of 100,000 values costs what is in sight.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use egui::{Event, EventFilter, Key, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::json_document::{Document, Kind, Value};
use super::lines::Lines;
use super::theme::{CELL, GRID, ROW, Theme};
use super::{fonts, icon, words};

/// What is folded and where the tree is scrolled to.
#[derive(Debug, Default)]
pub struct JsonTree {
    lines: Lines,
    folded: BTreeSet<u32>,
    /// The values that have a line, kept until something is folded.
    shown: Vec<u32>,
    of: Option<Arc<Document>>,
    cursor: Option<u32>,
}

/// What the user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// Points at a value.
    Point(Range<usize>),
    /// Chose a value.
    Choose(Range<usize>),
}

/// A document with more values opens with its inner ones folded.
const ALL_OPEN: usize = 500;
const INDENT: f32 = GRID * 4.0;

impl JsonTree {
    /// Another document is shown.
    pub fn another(&mut self) {
        *self = Self::default();
    }

    /// Draws the tree into what room there is. `lit` is the part of the text that is pointed at elsewhere.
    pub fn show(&mut self, ui: &mut Ui, document: &Arc<Document>, lit: Option<&Range<usize>>) -> Option<Did> {
        if self.of.as_ref().is_none_or(|of| !Arc::ptr_eq(of, document)) {
            self.another();
            self.begin(document);
        }
        let theme = Theme::of(ui);
        let rect = ui.available_rect_before_wrap();
        let id = ui.scope_id().with("json");
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Tree, true, "JSON"));
        if response.clicked() {
            response.request_focus();
        }
        let mut did = None;
        if ui.memory(|memory| memory.has_focus(id)) {
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, ARROWS));
            did = self.keys(ui, document);
        }
        let lit = lit.and_then(|range| document.at(range.start)).map(|index| index as u32);
        let inner = Rect::from_min_max(pos2(rect.left(), rect.top() + GRID), rect.max);
        let sight = self.lines.show(ui, id, inner, self.shown.len() as u64, ROW);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        for row in sight.rows.clone() {
            let index = self.shown[row as usize];
            let Some(value) = document.value(index as usize) else { continue };
            let place = sight.row(row);
            let response = ui.interact(place.intersect(inner), id.with(index), Sense::click());
            response.widget_info(|| {
                let label = format!("{} {}", key(document, value), summary(document, value));
                WidgetInfo::selected(Role::TreeItem, true, self.cursor == Some(index), label.trim())
            });
            if self.cursor == Some(index) {
                let strong = ui.memory(|memory| memory.has_focus(id));
                painter.rect_filled(place, 0.0, if strong { theme.selected } else { theme.selected_weak });
            } else if response.hovered() || lit == Some(index) {
                painter.rect_filled(place, 0.0, theme.hover);
            }
            let open = !self.folded.contains(&index);
            draw(&painter, theme, document, value, place, open);
            if response.hovered() {
                did = did.or(Some(Did::Point(document.place(value))));
            }
            let fold = place.left() + CELL + f32::from(value.depth) * INDENT + 14.0;
            let at_fold = response.interact_pointer_pos().is_some_and(|at| at.x < fold);
            if response.clicked() && !at_fold || response.secondary_clicked() {
                ui.memory_mut(|memory| memory.request_focus(id));
                self.cursor = Some(index);
                did = Some(Did::Choose(document.place(value)));
            }
            if (response.clicked() && at_fold || response.double_clicked()) && value.count > 0 {
                self.fold(document, index, open);
            }
            response.context_menu(|ui| {
                super::menu::roomy(ui);
                self.menu(ui, document, index);
            });
        }
        ui.advance_cursor_after_rect(rect);
        did
    }

    fn begin(&mut self, document: &Arc<Document>) {
        self.of = Some(Arc::clone(document));
        if document.len() > ALL_OPEN {
            let inner = (0..document.len()).filter(|index| {
                document.value(*index).is_some_and(|value| value.depth > 0 && value.count > 0)
            });
            self.folded = inner.map(|index| index as u32).collect();
        }
        self.list(document);
    }

    fn list(&mut self, document: &Document) {
        self.shown.clear();
        let mut index = 0;
        while let Some(value) = document.value(index) {
            self.shown.push(index as u32);
            index = if self.folded.contains(&(index as u32)) { value.end as usize } else { index + 1 };
        }
    }

    fn fold(&mut self, document: &Document, index: u32, fold: bool) {
        if fold {
            self.folded.insert(index);
        } else {
            self.folded.remove(&index);
        }
        self.list(document);
    }

    fn keys(&mut self, ui: &Ui, document: &Document) -> Option<Did> {
        let at = self.cursor.and_then(|cursor| self.shown.binary_search(&cursor).ok());
        let pressed = |key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key));
        let value = self.cursor.and_then(|cursor| document.value(cursor as usize));
        let mut to = None;
        if pressed(Key::ArrowDown) {
            to = Some(at.map_or(0, |at| (at + 1).min(self.shown.len() - 1)));
        } else if pressed(Key::ArrowUp) {
            to = at.map(|at| at.saturating_sub(1));
        } else if pressed(Key::Home) {
            to = Some(0);
        } else if pressed(Key::End) {
            to = self.shown.len().checked_sub(1);
        } else if let (Some(cursor), Some(value)) = (self.cursor, value) {
            let open = value.count > 0 && !self.folded.contains(&cursor);
            if pressed(Key::ArrowRight) && value.count > 0 && !open {
                self.fold(document, cursor, false);
            } else if pressed(Key::ArrowLeft) {
                if open {
                    self.fold(document, cursor, true);
                } else {
                    let around = |at: &usize| {
                        document.value(self.shown[*at] as usize).is_some_and(|it| it.depth < value.depth)
                    };
                    to = at.and_then(|at| (0..at).rev().find(around));
                }
            } else if ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy))) {
                ui.ctx().copy_text(document.content(value));
            }
        }
        let to = to?;
        self.lines.reveal(to as u64);
        self.cursor = self.shown.get(to).copied();
        document.value(self.cursor? as usize).map(|value| Did::Choose(document.place(value)))
    }

    fn menu(&mut self, ui: &mut Ui, document: &Document, index: u32) {
        let Some(value) = document.value(index as usize) else { return };
        if ui.button("Copy value").clicked() {
            ui.ctx().copy_text(document.content(value));
            ui.close();
        }
        if ui.button("Copy path").clicked() {
            ui.ctx().copy_text(document.path(index as usize));
            ui.close();
        }
        ui.separator();
        if ui.button("Unfold all").clicked() {
            self.folded.clear();
            self.list(document);
            ui.close();
        }
        if ui.button("Fold all").clicked() {
            self.folded = (1..document.len() as u32)
                .filter(|index| document.value(*index as usize).is_some_and(|value| value.count > 0))
                .collect();
            self.list(document);
            ui.close();
        }
    }
}

const ARROWS: EventFilter =
    EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: false };

fn key(document: &Document, value: &Value) -> String {
    match document.key(value) {
        Some(key) => key.to_owned(),
        None if value.depth > 0 => value.index.to_string(),
        None => String::new(),
    }
}

fn summary(document: &Document, value: &Value) -> String {
    let count = words::count(u64::from(value.count));
    match value.kind {
        Kind::Object => format!("{{ {count} }}"),
        Kind::Array => format!("[ {count} ]"),
        _ => document.raw(value).chars().take(400).collect(),
    }
}

fn draw(painter: &egui::Painter, theme: &Theme, document: &Document, value: &Value, place: Rect, open: bool) {
    let middle = place.center().y;
    for level in 0..value.depth {
        let x = place.left() + CELL + f32::from(level) * INDENT + 4.5;
        painter.vline(x.round() + 0.5, place.y_range(), (1.0, theme.line));
    }
    let mut x = place.left() + CELL + f32::from(value.depth) * INDENT;
    if value.count > 0 {
        icon::fold(painter, open, pos2(x + 5.0, middle), theme.dim);
    }
    x += INDENT;
    let mut put = |text: String, color| {
        let galley = painter.layout_no_wrap(text, fonts::mono(), color);
        let width = galley.size().x;
        painter.galley(pos2(x, middle - galley.size().y / 2.0), galley, color);
        x += width;
    };
    let named = document.key(value).is_some();
    let name = key(document, value);
    if !name.is_empty() {
        put(name, if named { theme.values.key } else { theme.values.mark });
        put("  ".into(), theme.values.mark);
    }
    let color = match value.kind {
        Kind::Object | Kind::Array => theme.values.mark,
        Kind::String => theme.values.string,
        Kind::Number => theme.values.number,
        Kind::Word => theme.values.word,
    };
    put(summary(document, value), color);
}
