//! What the application says above the panes: how reading ended, and whatever else went wrong.

use session::State;
use session::capture::NoteKind;

use super::App;
use crate::gui::panel::errors::Said;
use crate::gui::theme::Level;

/// How many messages stand above the panes at once.
const MESSAGES: usize = 3;

impl App {
    /// Says once how reading ended, where it did not end well.
    pub(super) fn tell_end(&mut self) {
        self.tell_index();
        let Some(opened) = self.opened.as_ref().filter(|_| !self.told) else { return };
        let ended = match &opened.snapshot.state {
            State::Reading => return,
            State::Done | State::Stopped => None,
            State::Failed(words) => Some(words.to_string()),
            State::Crashed(packet, words) => Some(format!(
                "wscope failed at packet {}; what came before is shown ({words})",
                packet.number()
            )),
        };
        let name = opened.name();
        let about = |words: &str| format!("{name}: {words}");
        let ended = ended.map(|words| Said { level: Level::Error, words: about(&words) });
        let notes = opened.snapshot.notes.iter().filter_map(|note| {
            let level = match note.kind {
                NoteKind::Damaged | NoteKind::Cut | NoteKind::Dropped { .. } | NoteKind::Source => {
                    Level::Warn
                }
                _ => return None,
            };
            Some(Said { level, words: about(&note.says) })
        });
        let said: Vec<Said> = ended.into_iter().chain(notes).take(MESSAGES).collect();
        self.errors.extend(said);
        self.told = true;
    }

    /// Says once what is the matter with the index, which may come long after the end.
    fn tell_index(&mut self) {
        let Some(opened) = self.opened.as_ref().filter(|_| !self.told_index) else { return };
        let Some(says) = &opened.snapshot.no_index else { return };
        let says = format!("{}: {says}", opened.name());
        self.told_index = true;
        self.say(Level::Warn, says);
    }

    /// Says something above the panes, where it then is the newest.
    pub(super) fn say(&mut self, level: Level, words: impl Into<String>) {
        let said = Said { level, words: words.into() };
        self.errors.retain(|earlier| *earlier != said);
        self.errors.push(said);
        self.errors.drain(..self.errors.len().saturating_sub(MESSAGES));
    }
}
