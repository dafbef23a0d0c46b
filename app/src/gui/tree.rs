//! The tree of fields: a line each, its bits in front where it is smaller than a byte.
//!
//! Draws and moves; which bytes a line stands for is the detail's business, what is chosen is the focus's.

mod line;
mod menu;

use std::collections::HashMap;

use egui::{Event, EventFilter, Key, Role, Sense, Ui, WidgetInfo};
use session::detail::{Detail, Node};
use session::filter::tree::Join;

use self::line::{INDENT, Line, draw, named};
use self::menu::menu;
use super::copying::Form;
use super::focus::{Focus, Mark, Pane};
use super::lines::Lines;
use super::theme::{CELL, ROW, Theme};

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

/// The part of a detail's tree that is shown.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The line below which it begins; empty for all.
    pub root: &'a [usize],
    /// The pane that it is shown in.
    pub pane: Pane,
    /// Where the bytes begin that places are told among, where they are told.
    pub from: Option<usize>,
}

/// All of it.
pub const ALL: Part<'static> = Part { name: "Fields", root: &[], pane: Pane::Tree, from: None };

impl Part<'_> {
    fn nodes<'d>(&self, detail: &'d Detail) -> &'d [Node] {
        if self.root.is_empty() {
            return &detail.tree;
        }
        detail.node(self.root).map_or(&[], |node| &node.children)
    }
}

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
    pub fn show(&mut self, ui: &mut Ui, detail: &Detail, part: Part<'_>, focus: &mut Focus) -> Option<Asked> {
        let theme = Theme::of(ui);
        let rect = ui.available_rect_before_wrap();
        let id = ui.scope_id().with("field tree");
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Tree, true, part.name));
        if response.clicked() {
            response.request_focus();
        }
        let mut lines = Vec::new();
        self.flatten(part.nodes(detail), &mut part.root.to_vec(), 0, &mut lines);
        let chosen = focus.chosen.as_ref().and_then(|mark| mark.path.clone()).or_else(|| self.cursor.clone());
        if focus.reveals(part.pane)
            && let Some(path) = &chosen
        {
            self.unfold(detail, path);
            lines.clear();
            self.flatten(part.nodes(detail), &mut part.root.to_vec(), 0, &mut lines);
            if let Some(row) = lines.iter().position(|line| line.path == *path) {
                self.lines.reveal(row as u64);
            }
        }
        let mut asked = None;
        if ui.memory(|memory| memory.has_focus(id)) {
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, ARROWS));
            asked = self.keys(ui, detail, part, focus, &lines, chosen.as_deref());
        }
        let pointed = focus.pointed(ui.ctx()).and_then(|mark| mark.path.clone());
        let sight = self.lines.show(ui, id, rect, lines.len() as u64, ROW);
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        for row in sight.rows.clone() {
            let (line, place) = (&lines[row as usize], sight.row(row));
            // What is folded away is pointed at by the line that it is folded into.
            let points = pointed
                .as_deref()
                .is_some_and(|pointed| line.path == pointed || !line.open && pointed.starts_with(&line.path));
            let response = ui.interact(place.intersect(sight.rect), id.with(&line.path), Sense::click());
            response.widget_info(|| named(line, chosen.as_deref() == Some(&line.path[..])));
            let surface = if chosen.as_deref() == Some(&line.path[..]) {
                Some(if ui.memory(|memory| memory.has_focus(id)) {
                    theme.selected
                } else {
                    theme.selected_weak
                })
            } else if response.hovered() || points {
                Some(theme.hover)
            } else {
                None
            };
            if let Some(surface) = surface {
                painter.rect_filled(place, 0.0, surface);
            }
            let leads = draw(&painter, theme, line, place, detail, part.from);
            if response.hovered()
                && let Some(mark) = Mark::line(detail, &line.path)
            {
                focus.point(ui.ctx(), mark);
            }
            let pointer = response.interact_pointer_pos();
            if response.clicked() {
                ui.memory_mut(|memory| memory.request_focus(id));
                let fold = place.left() + CELL + line.depth as f32 * INDENT;
                if pointer.is_some_and(|at| at.x < fold + 14.0) && !line.node.children.is_empty() {
                    self.open.insert(key(line.node), !line.open);
                } else if line.node.leads.is_some() && pointer.is_some_and(|at| leads.contains(at)) {
                    asked = Some(Asked::Follow(line.path.clone()));
                } else {
                    self.choose(detail, part, focus, &line.path);
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
                self.choose(detail, part, focus, &line.path);
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

    fn choose(&mut self, detail: &Detail, part: Part<'_>, focus: &mut Focus, path: &[usize]) {
        self.cursor = Some(path.to_vec());
        match Mark::line(detail, path) {
            Some(mark) => focus.choose(mark, Some(part.pane)),
            None => focus.chosen = None,
        }
    }

    fn keys(
        &mut self,
        ui: &Ui,
        detail: &Detail,
        part: Part<'_>,
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
            self.choose(detail, part, focus, &line.path);
        }
        let line = line?;
        if pressed(Key::Enter) && line.node.leads.is_some() {
            return Some(Asked::Follow(line.path.clone()));
        }
        let copy = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)));
        copy.then(|| Asked::CopyValue(line.path.clone()))
    }

    fn flatten<'a>(&self, nodes: &'a [Node], path: &mut Vec<usize>, depth: usize, into: &mut Vec<Line<'a>>) {
        for (index, node) in nodes.iter().enumerate() {
            path.push(index);
            let open = !node.children.is_empty() && self.is_open(node);
            into.push(Line { path: path.clone(), node, depth, open });
            if open {
                self.flatten(&node.children, path, depth + 1, into);
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
    // The elements of a list are opened one by one.
    let label = if label.is_empty() { &*node.label } else { label };
    if node.name.is_empty() { label.to_owned() } else { format!("{} {label}", node.name) }
}
