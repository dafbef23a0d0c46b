//! What the application does about display filters: applies, joins, keeps and forgets them.

use super::App;
use crate::gui::command::Command;
use crate::gui::dialog::Dialog;
use crate::gui::dialog::name_filter::NameFilter;
use crate::gui::theme::Level;

impl App {
    pub(super) fn run_filter(&mut self, command: Command) {
        match command {
            Command::Filter(text) => self.filter(&text),
            Command::AddFilter(join, condition) => {
                let there = self.opened.as_ref().map(|opened| opened.filtering.applied().text().to_owned());
                self.filter(&join.join(&there.unwrap_or_default(), &condition));
            }
            Command::FilterChosen(join) => {
                match self.opened.as_ref().and_then(|opened| opened.inspector.condition()) {
                    Some(condition) => self.run_filter(Command::AddFilter(join, condition)),
                    None => self.say(Level::Note, "Choose a field in the tree first, one that filters know"),
                }
            }
            Command::ClearFilter => self.filter(""),
            Command::TypeFilter => {
                if let Some(opened) = &mut self.opened {
                    opened.filtering.take_focus = true;
                }
            }
            Command::SaveFilter(filter) => self.dialog = Some(Dialog::NameFilter(NameFilter::new(filter))),
            Command::KeepFilter(name, filter) => self.settings.filters.save(&name, &filter),
            Command::ForgetFilter(name) => self.settings.filters.forget(&name),
            _ => {}
        }
    }

    /// The filter of the capture that is opened first.
    pub fn filter_first(&mut self, filter: Option<String>) {
        self.first_filter = filter;
    }

    /// Applies a filter and remembers it; one that is none stays in its field, with what is wrong with it.
    fn filter(&mut self, text: &str) {
        let Some(opened) = &mut self.opened else { return };
        if opened.filter(text) {
            self.settings.filters.applied(text.trim());
            opened.take_focus |= !text.is_empty();
        } else if let Some(mistake) = opened.filtering.mistake() {
            let words = format!("Display filter: {}", mistake.says);
            self.say(Level::Error, words);
        }
    }
}
