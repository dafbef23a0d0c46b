//! Asks which of a few things, as a list that can be narrowed by typing: layouts, profiles, yes or no.

use egui::Context;

use super::quick::{Item, Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::{fonts, fuzzy};

/// One thing that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What it is.
    pub text: String,
    /// More about it.
    pub note: String,
    /// What is done when it is chosen.
    pub command: Option<Command>,
}

/// The question.
pub struct Choose {
    quick: Quick,
    title: &'static str,
    choices: Vec<Choice>,
}

impl Choose {
    /// Asks `title`.
    pub fn new(title: &'static str, choices: Vec<Choice>) -> Self {
        Self { quick: Quick::default(), title, choices }
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        let mut hits: Vec<(i32, &Choice)> = self
            .choices
            .iter()
            .filter_map(|choice| Some((fuzzy::score(&self.quick.text, &choice.text)?, choice)))
            .collect();
        hits.sort_by_key(|(score, _)| -score);
        let item = |(_, choice): &(i32, &Choice)| Item {
            text: choice.text.clone(),
            note: choice.note.clone(),
            key: String::new(),
            enabled: true,
        };
        let items: Vec<Item> = hits.iter().map(item).collect();
        let foot = if items.is_empty() { "Nothing is called so: type less of it" } else { "" };
        match self.quick.show(ctx, self.title, self.title, fonts::body(), &items, foot) {
            Outcome::Closed => false,
            Outcome::Chosen(line) => {
                out.extend(hits.get(line).and_then(|(_, choice)| choice.command.clone()));
                false
            }
            _ => true,
        }
    }
}
