//! A name for a display filter.

use egui::Context;

use super::quick::{Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::fonts;

/// Asks for the name.
pub struct NameFilter {
    quick: Quick,
    filter: String,
}

impl NameFilter {
    /// A name for this filter.
    pub fn new(filter: String) -> Self {
        Self { quick: Quick::default(), filter }
    }

    /// Draws it; whether it stays.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        let foot = format!("Kept as {}", self.filter);
        match self.quick.show(ctx, "Name of the filter", "Name", fonts::body(), &[], &foot) {
            Outcome::Entered if !self.quick.text.trim().is_empty() => {
                out.push(Command::KeepFilter(self.quick.text.trim().to_owned(), self.filter.clone()));
                false
            }
            outcome => outcome != Outcome::Closed,
        }
    }
}
