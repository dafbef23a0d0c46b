//! All commands, found by some letters of their names; those that were chosen last come first.

use egui::Context;

use super::quick::{Item, Outcome, Quick};
use crate::gui::command::{COMMANDS, Command, When};
use crate::gui::{fonts, fuzzy};

/// What was typed so far, and what can be chosen beside the commands.
#[derive(Default)]
pub struct Palette {
    quick: Quick,
    more: Vec<(String, Command)>,
}

/// A line of it.
struct Line<'a> {
    text: &'a str,
    key: String,
    when: When,
    command: &'a Command,
}

impl Palette {
    /// Offers `more` beside the commands: what has a name only the user knows.
    pub fn new(more: Vec<(String, Command)>) -> Self {
        Self { quick: Quick::default(), more }
    }

    /// Draws it; whether it stays open. What is chosen goes in front of `recent`.
    pub fn show(
        &mut self,
        ctx: &Context,
        recent: &[String],
        can: &dyn Fn(When) -> bool,
        out: &mut Vec<Command>,
    ) -> (bool, Option<String>) {
        let lines = matching(&self.quick.text, &self.more, recent);
        let item = |line: &Line<'_>| {
            let enabled = can(line.when);
            let note = if enabled { "" } else { line.when.otherwise() };
            Item { text: line.text.to_owned(), note: note.to_owned(), key: line.key.clone(), enabled }
        };
        let items: Vec<Item> = lines.iter().map(item).collect();
        let foot = if items.is_empty() { "No command is called so: type less of it" } else { "" };
        match self.quick.show(ctx, "Command", "Type a command", fonts::body(), &items, foot) {
            Outcome::Closed => (false, None),
            Outcome::Chosen(line) => {
                let line = lines.get(line);
                out.extend(line.map(|line| line.command.clone()));
                (false, line.map(|line| line.text.to_owned()))
            }
            _ => (true, None),
        }
    }
}

/// The commands that `text` may mean, the best first; while nothing is typed, the recent ones and then all.
fn matching<'a>(text: &str, more: &'a [(String, Command)], recent: &[String]) -> Vec<Line<'a>> {
    let commands = COMMANDS.iter().filter(|entry| entry.command != Command::Palette).map(|entry| Line {
        text: entry.text,
        key: entry.key_words(),
        when: entry.when,
        command: &entry.command,
    });
    let named =
        more.iter().map(|(text, command)| Line { text, key: String::new(), when: When::Always, command });
    let mut hits: Vec<(i32, Line<'_>)> = commands
        .chain(named)
        .filter_map(|line| {
            let rank = recent.iter().position(|recent| recent == line.text);
            let used = rank.map_or(0, |rank| (recent.len() - rank) as i32);
            Some((fuzzy::score(text, line.text)? + used, line))
        })
        .collect();
    hits.sort_by_key(|(score, _)| -score);
    hits.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A command is found by words of its name in any order, and by the letters that words begin with; what was chosen last
    /// comes first while nothing is typed.
    #[test]
    fn found_by_words_and_letters() {
        let texts = |text: &str, recent: &[&str]| {
            let recent: Vec<String> = recent.iter().map(|text| (*text).to_owned()).collect();
            matching(text, &[], &recent).iter().map(|line| line.text).collect::<Vec<_>>()
        };
        assert_eq!(texts("frames show", &[]), ["Show frames"]);
        assert_eq!(texts("re", &[])[0], "Reload");
        assert_eq!(texts("gtn", &[])[0], "Go to number…");
        assert!(texts("xyz", &[]).is_empty());
        assert_eq!(texts("", &["Quit", "Larger"])[..2], ["Quit", "Larger"]);
        assert_eq!(texts("", &[])[0], COMMANDS[0].text);
    }
}
