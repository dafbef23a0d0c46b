//! Asks for a name: of a layout, of a profile. What is wrong with it is said while it is typed.

use egui::Context;

use super::quick::{Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::fonts;
use crate::gui::preferences::profiles;

/// The name as it was typed so far.
pub struct Name {
    quick: Quick,
    title: &'static str,
    used: Vec<String>,
    take: fn(String) -> Command,
}

impl Name {
    /// Asks for a name that is none of `used`, beginning with `text`; `take` is done with it.
    pub fn new(title: &'static str, text: &str, used: Vec<String>, take: fn(String) -> Command) -> Self {
        let mut quick = Quick::default();
        quick.write(text.to_owned());
        Self { quick, title, used, take }
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        let name = self.quick.text.trim().to_owned();
        let sound = profiles::free(&name, &self.used);
        let foot = match sound {
            Ok(()) => "Enter takes the name",
            Err(wrong) => wrong,
        };
        match self.quick.show(ctx, self.title, "Name", fonts::body(), &[], foot) {
            Outcome::Closed => false,
            Outcome::Entered if sound.is_ok() => {
                out.push((self.take)(name));
                false
            }
            _ => true,
        }
    }
}
