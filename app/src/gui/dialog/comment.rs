//! Asks what is to be written beside a row.

use egui::Context;

use super::quick::{Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::fonts;
use crate::gui::state::Selection;

/// The words as they were typed so far.
pub struct Comment {
    quick: Quick,
    selection: Selection,
}

impl Comment {
    /// Proposes what stands there.
    pub fn new(selection: Selection, words: String) -> Self {
        let mut quick = Quick::default();
        quick.write(words);
        Self { quick, selection }
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        let foot = if self.quick.text.trim().is_empty() {
            "Enter takes the comment away, Esc leaves it as it was"
        } else {
            "Enter keeps it, Esc leaves it as it was"
        };
        match self.quick.show(ctx, "Comment", "What is there to be said of it", fonts::body(), &[], foot) {
            Outcome::Closed => false,
            Outcome::Entered => {
                out.push(Command::CommentOn(self.selection, std::mem::take(&mut self.quick.text)));
                false
            }
            _ => true,
        }
    }
}
