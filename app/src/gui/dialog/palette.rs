//! All commands, found by any part of their names.

use egui::Context;

use super::quick::{Item, Outcome, Quick};
use crate::gui::command::{COMMANDS, Command, Entry, When};
use crate::gui::fonts;

/// What was typed so far.
#[derive(Default)]
pub struct Palette(Quick);

impl Palette {
    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, can: &dyn Fn(When) -> bool, out: &mut Vec<Command>) -> bool {
        let entries = matching(&self.0.text);
        let item = |entry: &&Entry| Item {
            text: entry.text.to_owned(),
            note: String::new(),
            key: entry.key_words(),
            enabled: can(entry.when),
        };
        let items: Vec<Item> = entries.iter().map(item).collect();
        let foot = if items.is_empty() { "No command is called so" } else { "" };
        match self.0.show(ctx, "Command", "Type a command", fonts::body(), &items, foot) {
            Outcome::Closed => false,
            Outcome::Chosen(line) => {
                out.extend(entries.get(line).map(|entry| entry.command.clone()));
                false
            }
            _ => true,
        }
    }
}

/// The commands whose names hold every word of `text`; those that begin with it first.
fn matching(text: &str) -> Vec<&'static Entry> {
    let text = text.to_lowercase();
    let holds = |entry: &&Entry| text.split_whitespace().all(|word| entry.text.to_lowercase().contains(word));
    let mut entries: Vec<_> =
        COMMANDS.iter().filter(|entry| entry.command != Command::Palette).filter(holds).collect();
    entries.sort_by_key(|entry| !entry.text.to_lowercase().starts_with(text.trim()));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command is found by words of its name in any order.
    #[test]
    fn found_by_words() {
        let texts = |text: &str| matching(text).iter().map(|entry| entry.text).collect::<Vec<_>>();
        assert_eq!(texts("frames show"), ["Show frames"]);
        assert_eq!(texts("re")[0], "Reload");
        assert!(texts("xyz").is_empty());
    }
}
