//! Asks before a capture is lost that nobody has saved.

use egui::{Context, Key, Modifiers};

use super::modal;
use crate::gui::command::Command;
use crate::gui::theme::{GRID, Theme};
use crate::gui::{card, fonts, widget};

/// The question, and what is done when it is answered.
pub struct Ask {
    then: Command,
}

impl Ask {
    /// Asks before `then` is done.
    pub const fn new(then: Command) -> Self {
        Self { then }
    }

    /// Draws it; whether it stays open.
    pub fn show(&self, ctx: &Context, running: bool, out: &mut Vec<Command>) -> bool {
        let mut stays = true;
        let open = modal::show(ctx, "Save this capture?", 400.0, |ui| {
            let theme = Theme::of(ui);
            let says = if running {
                "It is still running and lies in a temporary place. What is not saved is lost."
            } else {
                "It lies in a temporary place. What is not saved is lost."
            };
            card::words(ui, says, fonts::body(), theme.text);
            ui.add_space(GRID * 2.0);
            ui.horizontal(|ui| {
                let then = || Box::new(self.then.clone());
                let enter = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
                if widget::button(ui, None, "Save…", true).clicked() || enter {
                    out.push(Command::SaveAnd(then()));
                    stays = false;
                }
                if widget::button(ui, None, "Discard", false).clicked() {
                    out.push(Command::DiscardAnd(then()));
                    stays = false;
                }
                if widget::button(ui, None, "Cancel", false).clicked() {
                    stays = false;
                }
            });
        });
        stays && open
    }
}
