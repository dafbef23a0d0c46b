//! The tree of fields: a line each, its bits in front where it is smaller than a byte.
//!
//! Draws and moves; which bytes a line stands for is the detail's business, what is chosen is the focus's.

use std::collections::HashMap;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Event, EventFilter, Key, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use session::detail::{Detail, Node};
use session::filter::tree::{Join, of_line};

use super::copying::Form;
use super::focus::{Focus, Mark, Pane};
use super::lines::Lines;
use super::paint::Paint;
use super::theme::{CELL, GRID, ROW, Theme};
use super::{findings, fonts, icon, widget};

/// What the tree remembers.
#[derive(Debug, Default)]
pub struct Tree {
    lines: Lines,
    /// What the user opened or closed, by field: it holds for the next selection too.
    open: HashMap<String, bool>,
    /// The line with the keyboard where it stands for no bytes.
    cursor: Option<Vec<usize>>,
}

/// What was asked of a line.
#[derive(Debug)]
pub enum Asked {
    /// To go where it leads.
    Follow(Vec<usize>),
    /// To copy its value.
    CopyValue(Vec<usize>),
    /// To copy its filter name.
    CopyName(Vec<usize>),
    /// To copy its bytes in hex.
    CopyBytes(Vec<usize>),
    /// To put its value to the display filter.
    Filter(Join, Vec<usize>),
    /// To copy that condition.
    CopyFilter(Vec<usize>),
    /// To copy its bytes in this form.
    CopyAs(Vec<usize>, Form),
}

/// A line that is not folded away.
struct Line<'a> {
    path: Vec<usize>,
    node: &'a Node,
    open: bool,
}

const INDENT: f32 = GRID * 4.0;

impl Tree {
    /// Another thing is shown; what was opened stays open.
    pub fn another(&mut self) {
        self.cursor = None;
    }

    /// Stands on a line, whether it has bytes or not.
    pub fn go_to(&mut self, path: &[usize]) {
        self.cursor = Some(path.to_vec());
    }

    /// Draws the tree into what room there is, and says what was asked.
    pub fn show(&mut self, ui: &mut Ui, detail: &Detail, focus: &mut Focus) -> Option<Asked> {
        let theme = Theme::of(ui);
        let rect = ui.available_rect_before_wrap();
        let id = ui.scope_id().with("field tree");
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Tree, true, "Fields"));
        if response.clicked() {
            response.request_focus();
        }
        let mut lines = Vec::new();
        self.flatten(&detail.tree, &mut Vec::new(), &mut lines);
        let chosen = focus.chosen.as_ref().and_then(|mark| mark.path.clone()).or_else(|| self.cursor.clone());
        if focus.reveals(Pane::Tree)
            && let Some(path) = &chosen
        {
            self.unfold(detail, path);
            lines.clear();
            self.flatten(&detail.tree, &mut Vec::new(), &mut lines);
            if let Some(row) = lines.iter().position(|line| line.path == *path) {
                self.lines.reveal(row as u64);
            }
        }
        let mut asked = None;
        if ui.memory(|memory| memory.has_focus(id)) {
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, ARROWS));
            asked = self.keys(ui, detail, focus, &lines, chosen.as_deref());
        }
        let pointed = focus.pointed(ui.ctx()).and_then(|mark| mark.path.clone());
        let sight = self.lines.show(ui, id, rect, lines.len() as u64, ROW);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        for row in sight.rows.clone() {
            let (line, place) = (&lines[row as usize], sight.row(row));
            let response = ui.interact(place.intersect(sight.rect), id.with(&line.path), Sense::click());
            response.widget_info(|| named(line, chosen.as_deref() == Some(&line.path[..])));
            let surface = if chosen.as_deref() == Some(&line.path[..]) {
                Some(if ui.memory(|memory| memory.has_focus(id)) {
                    theme.selected
                } else {
                    theme.selected_weak
                })
            } else if response.hovered() || pointed.as_deref() == Some(&line.path[..]) {
                Some(theme.hover)
            } else {
                None
            };
            if let Some(surface) = surface {
                painter.rect_filled(place, 0.0, surface);
            }
            let leads = draw(&painter, theme, line, place, detail);
            if response.hovered()
                && let Some(mark) = Mark::line(detail, &line.path)
            {
                focus.point(ui.ctx(), mark);
            }
            let pointer = response.interact_pointer_pos();
            if response.clicked() {
                ui.memory_mut(|memory| memory.request_focus(id));
                let fold = place.left() + CELL + line.depth() * INDENT;
                if pointer.is_some_and(|at| at.x < fold + 14.0) && !line.node.children.is_empty() {
                    self.open.insert(key(line.node), !line.open);
                } else if line.node.leads.is_some() && pointer.is_some_and(|at| leads.contains(at)) {
                    asked = Some(Asked::Follow(line.path.clone()));
                } else {
                    self.choose(detail, focus, &line.path);
                }
            }
            if response.double_clicked() {
                if line.node.children.is_empty() {
                    asked = line.node.leads.map(|_| Asked::Follow(line.path.clone()));
                } else {
                    self.open.insert(key(line.node), !line.open);
                }
            }
            if response.secondary_clicked() {
                self.choose(detail, focus, &line.path);
            }
            response.context_menu(|ui| asked = asked.take().or(menu(ui, line, detail)));
            if !line.node.says.is_empty() && !response.context_menu_opened() {
                response.on_hover_ui_at_pointer(|ui| {
                    ui.label(line.node.says.as_ref());
                });
            }
        }
        ui.advance_cursor_after_rect(rect);
        asked
    }

    fn choose(&mut self, detail: &Detail, focus: &mut Focus, path: &[usize]) {
        self.cursor = Some(path.to_vec());
        match Mark::line(detail, path) {
            Some(mark) => focus.choose(mark, Some(Pane::Tree)),
            None => focus.chosen = None,
        }
    }

    fn keys(
        &mut self,
        ui: &Ui,
        detail: &Detail,
        focus: &mut Focus,
        lines: &[Line<'_>],
        chosen: Option<&[usize]>,
    ) -> Option<Asked> {
        let at = lines.iter().position(|line| Some(&line.path[..]) == chosen);
        let pressed = |key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key));
        let line = at.map(|at| &lines[at]);
        let to = if pressed(Key::ArrowDown) {
            at.map_or(Some(0), |at| Some((at + 1).min(lines.len().saturating_sub(1))))
        } else if pressed(Key::ArrowUp) {
            at.map(|at| at.saturating_sub(1))
        } else if pressed(Key::Home) {
            Some(0)
        } else if pressed(Key::End) {
            lines.len().checked_sub(1)
        } else if pressed(Key::ArrowRight) {
            match line {
                Some(line) if !line.open && !line.node.children.is_empty() => {
                    self.open.insert(key(line.node), true);
                    None
                }
                _ => at.map(|at| (at + 1).min(lines.len() - 1)),
            }
        } else if pressed(Key::ArrowLeft) {
            match line {
                Some(line) if line.open => {
                    self.open.insert(key(line.node), false);
                    None
                }
                Some(line) => lines.iter().position(|up| up.path[..] == line.path[..line.path.len() - 1]),
                None => None,
            }
        } else {
            None
        };
        if let Some(line) = to.and_then(|to| lines.get(to)) {
            self.lines.reveal(to.unwrap_or(0) as u64);
            self.choose(detail, focus, &line.path);
        }
        let line = line?;
        if pressed(Key::Enter) && line.node.leads.is_some() {
            return Some(Asked::Follow(line.path.clone()));
        }
        let copy = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)));
        copy.then(|| Asked::CopyValue(line.path.clone()))
    }

    fn flatten<'a>(&self, nodes: &'a [Node], path: &mut Vec<usize>, into: &mut Vec<Line<'a>>) {
        for (index, node) in nodes.iter().enumerate() {
            path.push(index);
            let open = !node.children.is_empty() && self.is_open(node);
            into.push(Line { path: path.clone(), node, open });
            if open {
                self.flatten(&node.children, path, into);
            }
            path.pop();
        }
    }

    fn is_open(&self, node: &Node) -> bool {
        self.open.get(&key(node)).copied().unwrap_or(node.open)
    }

    /// Opens everything around a line.
    fn unfold(&mut self, detail: &Detail, path: &[usize]) {
        for len in 1..path.len() {
            if let Some(node) = detail.node(&path[..len])
                && !self.is_open(node)
            {
                self.open.insert(key(node), true);
            }
        }
    }
}

const ARROWS: EventFilter =
    EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: false };

/// By what an opened line is remembered: its field, whatever its number.
fn key(node: &Node) -> String {
    let label = node.label.trim_end_matches(|it: char| it.is_ascii_digit() || it == ',' || it == ' ');
    if node.name.is_empty() { label.to_owned() } else { format!("{} {label}", node.name) }
}

impl Line<'_> {
    fn depth(&self) -> f32 {
        (self.path.len() - 1) as f32
    }
}

fn named(line: &Line<'_>, chosen: bool) -> WidgetInfo {
    let node = line.node;
    let text = if node.value.is_empty() {
        node.label.to_string()
    } else {
        format!("{}: {}", node.label, node.value)
    };
    WidgetInfo::selected(Role::TreeItem, true, chosen, text)
}

/// Draws a line and says where its arrow is.
fn draw(painter: &egui::Painter, theme: &Theme, line: &Line<'_>, place: Rect, detail: &Detail) -> Rect {
    let node = line.node;
    let middle = place.center().y;
    let right = place.right() - CELL - if node.leads.is_some() && line.path.len() > 1 { 20.0 } else { 0.0 };
    for level in 0..line.path.len() - 1 {
        let x = place.left() + CELL + level as f32 * INDENT + 4.5;
        painter.vline(x.round() + 0.5, place.y_range(), (1.0, theme.line));
    }
    let mut x = place.left() + CELL + line.depth() * INDENT;
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
    if !node.value.is_empty() {
        put("  ", fonts::body(), theme.dim);
        let value: String =
            node.value.chars().take(512).map(|it| if it.is_control() { '·' } else { it }).collect();
        put(&value, fonts::body(), if heading { theme.dim } else { theme.text });
    }
    let arrow = Rect::from_min_size(pos2(x, place.top()), vec2(20.0, ROW));
    if node.leads.is_some() && line.path.len() > 1 {
        painter.text(arrow.center(), Align2::CENTER_CENTER, "→", fonts::mono(), theme.accent);
        return arrow;
    }
    Rect::NOTHING
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

fn menu(ui: &mut Ui, line: &Line<'_>, detail: &Detail) -> Option<Asked> {
    super::menu::roomy(ui);
    let path = || line.path.clone();
    let (mut asked, mut joined) = (None, None);
    let mut item = |ui: &mut Ui, text: &str, enabled: bool, ask: fn(Vec<usize>) -> Asked| {
        if ui.add_enabled(enabled, egui::Button::new(text)).clicked() {
            asked = Some(ask(path()));
            ui.close();
        }
    };
    item(ui, "Copy value", !line.node.value.is_empty(), Asked::CopyValue);
    item(ui, "Copy field name", !line.node.name.is_empty(), Asked::CopyName);
    item(ui, "Copy bytes", line.node.place.is_some(), Asked::CopyBytes);
    if line.node.place.is_some() {
        ui.menu_button("Copy bytes as", |ui| {
            if let Some(form) = widget::forms(ui, false) {
                asked = Some(Asked::CopyAs(path(), form));
            }
        });
    }
    let mut item = |ui: &mut Ui, text: &str, enabled: bool, ask: fn(Vec<usize>) -> Asked| {
        if ui.add_enabled(enabled, egui::Button::new(text)).clicked() {
            asked = Some(ask(path()));
            ui.close();
        }
    };
    ui.separator();
    if let Some(condition) = of_line(detail, &line.path) {
        for (join, words) in Join::ALL {
            if ui.button(words).on_hover_text(&condition).clicked() {
                joined = Some(Asked::Filter(join, path()));
                ui.close();
            }
        }
        item(ui, "Copy as filter", true, Asked::CopyFilter);
        ui.separator();
    }
    if line.node.leads.is_some() {
        item(ui, "Go there", true, Asked::Follow);
    }
    asked.or(joined)
}
