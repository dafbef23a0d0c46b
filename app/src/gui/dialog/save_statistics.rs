//! Asks where statistics are to be written. What is there already is replaced only when that is said twice.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Context;

use super::open::expand;
use super::quick::{Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::fonts;
use crate::gui::live::capture::home;
use crate::gui::statistics::cards::Card;
use crate::gui::statistics::export::What;

/// The path as it was typed so far.
pub struct SaveStatistics {
    quick: Quick,
    what: What,
    cards: Arc<Vec<Card>>,
    /// The path at which something was there when Enter was pressed for the first time.
    there: Option<PathBuf>,
}

impl SaveStatistics {
    /// Proposes the name of what is written.
    pub fn new(what: What, cards: Arc<Vec<Card>>) -> Self {
        let mut quick = Quick::default();
        quick.write(home().join(what.name()).display().to_string());
        Self { quick, what, cards, there: None }
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        let foot = match (&self.there, self.what) {
            (Some(_), What::All) => "There are such files already: Enter replaces them",
            (Some(_), _) => "There is such a file already: Enter replaces it",
            (None, What::All) => "Enter writes a CSV, an SVG and a PNG file for each card",
            (None, _) => "Enter saves, Esc leaves it unsaved",
        };
        let entered = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Enter));
        match self.quick.show(ctx, "Save statistics", self.what.asks(), fonts::mono(), &[], foot) {
            Outcome::Closed => return false,
            Outcome::Changed => self.there = None,
            _ => {}
        }
        !(entered && self.enter(out))
    }

    /// Whether the path was taken.
    fn enter(&mut self, out: &mut Vec<Command>) -> bool {
        let path = expand(&self.quick.text);
        if path.file_name().is_none() || (self.what != What::All && path.is_dir()) {
            return false;
        }
        let files = self.what.files(&path, &self.cards);
        if files.iter().any(|(file, _)| file.exists()) && self.there.as_ref() != Some(&path) {
            self.there = Some(path);
            return false;
        }
        out.push(Command::WriteStatistics(self.what, path));
        true
    }
}
