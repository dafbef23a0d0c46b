//! What both ways of showing a conversation draw with: where, in which colors, and what the user asked for.

use egui::{Color32, Id, Painter, Pos2, Stroke, Ui};
use session::Snapshot;
use session::conversation::Item;
use session::dissector::rules::Severity;

use super::marks;
use super::said::Says;
use crate::gui::command::Command;
use crate::gui::fonts;
use crate::gui::theme::Theme;

/// Where items are drawn.
pub struct Stage<'a> {
    /// The pane.
    pub ui: &'a Ui,
    /// Clipped to what is seen.
    pub painter: &'a Painter,
    /// The tokens that hold here.
    pub theme: &'static Theme,
    /// The capture.
    pub snapshot: &'a Snapshot,
    /// Where words come from.
    pub says: &'a Says<'a>,
    /// What the items' widgets are told apart by.
    pub id: Id,
    /// The selected item.
    pub selected: Option<u32>,
    /// The item under the pointer.
    pub hovered: Option<u32>,
    /// Whether the pane has the keyboard.
    pub focused: bool,
    /// Where a link was followed to.
    pub jump: Option<u32>,
    /// The item of which all was asked for.
    pub all: Option<u32>,
    /// What else the user asks for.
    pub out: &'a mut Vec<Command>,
}

impl Stage<'_> {
    /// The edge of an item: the selected one has the accent.
    pub fn edge(&self, place: u32, else_color: Color32) -> Stroke {
        match (self.selected == Some(place), self.hovered == Some(place)) {
            (true, _) if self.focused => Stroke::new(2.0, self.theme.accent),
            (true, _) => Stroke::new(2.0, self.theme.accent.gamma_multiply(0.6)),
            (_, true) => Stroke::new(1.0, self.theme.faint),
            _ => Stroke::new(1.0, else_color),
        }
    }

    /// A link of an item, to another one or to all of its content; gives its right edge.
    pub fn link(&mut self, place: u32, words: &str, to: Option<u32>, x: f32, y: f32) -> f32 {
        let id = self.id.with((place, to));
        let response = marks::link(self.ui, self.painter, id, words, x, y);
        if response.clicked() {
            match to {
                Some(to) => self.jump = Some(to),
                None => self.all = Some(place),
            }
        }
        x + self.width(words)
    }

    /// How wide a link is.
    pub fn width(&self, words: &str) -> f32 {
        marks::text(self.painter, words, fonts::small(), self.theme.accent).size().x
    }

    /// The shape of an item's worst finding.
    pub fn finding(&mut self, place: u32, item: Item, severity: Severity, center: Pos2) {
        let found = (severity, self.says.finding(item));
        let id = self.id.with((place, "finding"));
        marks::finding(self.ui, self.painter, self.snapshot, found, center, id, self.out);
    }
}
