//! What is done with statistics: written, copied, or made a filter.

use std::path::PathBuf;
use std::sync::Arc;

use super::App;
use super::news::News;
use crate::gui::statistics::export::{self, What};
use crate::gui::theme::{Level, Theme};

impl App {
    /// Writes statistics on a thread of its own.
    pub(super) fn write_statistics(&self, what: What, path: PathBuf) {
        let Some(opened) = &self.opened else { return };
        let cards = Arc::clone(opened.statistics.cards());
        let theme = Theme::when(self.ctx.theme() == egui::Theme::Dark);
        self.on_thread(move || Some(News::Written(export::write(what, &path, &cards, theme))));
    }

    /// Copies the table of a card.
    pub(super) fn copy_table(&mut self, title: &str) {
        let cards = self.opened.as_ref().map(|opened| Arc::clone(opened.statistics.cards()));
        let Some(card) = cards.iter().flat_map(|cards| cards.iter()).find(|card| card.title == title) else {
            return;
        };
        self.ctx.copy_text(card.table.csv());
        self.say(Level::Note, format!("{title} was copied as CSV"));
    }
}
