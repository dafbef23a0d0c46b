//! Commands on the rows of the table, and what of them is remembered: columns with the settings, notes with the capture.

use std::path::Path;

use super::App;
use super::news::News;
use crate::gui::command::Command;
use crate::gui::dialog::{Dialog, comment::Comment};
use crate::gui::live::capture::Capture;
use crate::gui::opened::{Opened, STDIN};
use crate::gui::state::{Tab, Times};
use crate::gui::theme::Level;

impl App {
    /// Does a command on rows.
    pub(super) fn run_on_rows(&mut self, command: Command) {
        let Some(opened) = &mut self.opened else { return };
        let tab = opened.tab;
        match command {
            Command::SortBy(by) => opened.sort_by(by),
            Command::ChooseColumns => self.dialog = Some(Dialog::Columns),
            Command::ResetColumns => opened.tables[tab as usize].columns.reset(),
            Command::NextMark | Command::PreviousMark => {
                let there = opened.go_to_mark(command == Command::PreviousMark);
                self.tell_marks(there, tab);
            }
            Command::CommentOn(selection, words) => {
                let noted = opened.note(selection, |note| words.trim().clone_into(&mut note.comment));
                self.tell_room(noted);
            }
            Command::Mark | Command::Reference | Command::Comment => {
                let Some(selection) = opened.noted() else {
                    return self.say(Level::Note, "Select a message, a frame or a packet first");
                };
                let noted = match command {
                    Command::Mark => opened.note(selection, |note| note.mark = !note.mark),
                    Command::Reference => {
                        self.preferences.table.times = Times::SinceStart;
                        opened.note(selection, |note| note.reference = !note.reference)
                    }
                    _ => {
                        let note = opened.notes.of(selection);
                        let words = note.map(|note| note.comment.clone()).unwrap_or_default();
                        self.dialog = Some(Dialog::Comment(Comment::new(selection, words)));
                        true
                    }
                };
                self.tell_room(noted);
            }
            _ => {}
        }
    }

    fn tell_marks(&mut self, there: bool, tab: Tab) {
        if !there {
            let words = format!("None of the {} shown is marked: Ctrl+M marks one", things(tab));
            self.say(Level::Note, words);
        }
    }

    fn tell_room(&mut self, noted: bool) {
        if !noted {
            self.say(Level::Warn, "There are as many notes in this capture as can be kept");
        }
    }

    /// Gives a capture that has just been opened what is remembered: the columns, and in a moment its notes.
    pub(super) fn furnish(&self, opened: &mut Opened) {
        for table in &mut opened.tables {
            if let Some(kept) = self.settings.columns.get(table.name) {
                table.columns.restore(kept);
            }
        }
        let Some(store) = self.store.as_ref().filter(|_| opened.path != Path::new(STDIN)) else { return };
        let (path, tell, ctx) = (opened.path.clone(), self.tell.clone(), self.ctx.clone());
        store.read(&opened.path, move |notes| {
            // A window that is gone needs no notes.
            if !notes.is_empty() && tell.send(News::Notes(path, notes)).is_ok() {
                ctx.request_repaint();
            }
        });
    }

    /// Remembers what was changed. A capture that nobody has saved has no place yet; its notes wait until it has one.
    pub(super) fn keep(&mut self) {
        let Some(opened) = &mut self.opened else { return };
        opened.coloring.use_rules(&self.settings.colors);
        for table in &mut opened.tables {
            match table.columns.take_changed() {
                Some(kept) if kept.is_empty() => drop(self.settings.columns.remove(table.name)),
                Some(kept) => drop(self.settings.columns.insert(table.name.to_owned(), kept)),
                None => {}
            }
        }
        let placed =
            opened.path != Path::new(STDIN) && opened.capture.as_ref().and_then(Capture::unsaved).is_none();
        if let Some(store) = self.store.as_ref().filter(|_| placed)
            && opened.notes.take_changed()
        {
            store.write(&opened.path, opened.notes.kept());
        }
    }
}

const fn things(tab: Tab) -> &'static str {
    match tab {
        Tab::Messages => "messages",
        Tab::Frames => "frames",
        Tab::Packets => "packets",
        Tab::Findings => "findings",
        Tab::Deliveries => "messages over HTTP",
    }
}
