//! What leaves the window: copies, payloads saved to files, and packets shown by Wireshark. Each on a thread of its own.

use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use session::detail::Subject;
use session::place::Place;
use session::{Content, Snapshot};

use super::{App, News};
use crate::gui::command::Command;
use crate::gui::copying::{Form, Talk};
use crate::gui::dialog::Dialog;
use crate::gui::dialog::save::Save;
use crate::gui::inspector;
use crate::gui::opened::{Opened, name_of};
use crate::gui::panel::filter_bar;
use crate::gui::state::Selection;
use crate::gui::theme::Level;
use crate::gui::wireshark::Wireshark;
use crate::gui::words;

/// How much is copied at once: more than a clipboard is good for.
const COPIED: u64 = 16 << 20;
/// How much of one message goes into memory to be saved.
const SAVED: u64 = 1 << 30;

impl App {
    /// Does a command by which something leaves the window.
    pub(super) fn run_passing(&mut self, command: Command) {
        match command {
            Command::CopyAs(form) => self.copy_said(form),
            Command::SavePayload => self.ask_where_payload(),
            Command::SavePayloadTo(path, place, replace) => self.save_payload(path, place, replace),
            Command::Wireshark => self.open_in_wireshark(),
            _ => {}
        }
    }

    /// Escape takes the find bar away before it does anything else, where no menu and no other field wants it.
    pub(super) fn escape_find(&self, ui: &egui::Ui, out: &mut Vec<Command>) {
        let open = self.opened.as_ref().is_some_and(|opened| opened.find.open);
        let filter = ui.memory(|memory| memory.has_focus(filter_bar::field()));
        if open
            && !filter
            && !egui::Popup::is_any_open(ui.ctx())
            && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Escape))
        {
            out.push(Command::CloseFind);
        }
    }

    /// Copies what is selected.
    pub(super) fn copy_said(&self, form: Form) {
        let Some((snapshot, subject)) = self.opened.as_ref().and_then(said_of) else { return };
        self.on_thread(move || {
            let copied = Content::default()
                .said(&snapshot, subject, COPIED)
                .map_err(|why| why.says())
                .and_then(|said| form.write(&said.bytes, talk(&snapshot, subject).as_ref()));
            Some(News::Copied(copied))
        });
    }

    /// Copies bytes that are shown.
    pub(super) fn copy_bytes(&self, form: Form, bytes: Arc<[u8]>, range: Range<usize>) {
        self.on_thread(move || Some(News::Copied(form.write(bytes.get(range).unwrap_or_default(), None))));
    }

    pub(super) fn copied(&mut self, copied: Result<String, String>) {
        match copied {
            Ok(text) => self.ctx.copy_text(text),
            Err(words) => self.say(Level::Warn, format!("Not copied: {words}")),
        }
    }

    fn ask_where_payload(&mut self) {
        let Some(opened) = &self.opened else { return };
        let Some(selection) = opened.selection else { return };
        let Some(place) = Place::of(&opened.snapshot, inspector::subject(selection)) else { return };
        self.dialog = Some(Dialog::Save(Save::payload(&suggested(opened, selection), place)));
    }

    /// Writes a payload. What is there is replaced only when that was said, and is whole until then.
    fn save_payload(&mut self, path: PathBuf, place: Place, replace: bool) {
        let Some(opened) = &self.opened else { return };
        let snapshot = Arc::clone(&opened.snapshot);
        let Some(subject) = place.find(&snapshot) else { return };
        self.on_thread(move || {
            let written = Content::default()
                .said(&snapshot, subject, SAVED)
                .map_err(|why| why.says())
                .and_then(|said| match said.whole() {
                    true => write(&path, &said.bytes, replace).map(|()| said.bytes.len() as u64),
                    false => Err(session::Why::NotCaptured.says()),
                });
            let path = path.display();
            Some(match written {
                Ok(len) => {
                    let len = words::counted(len, "byte", "bytes");
                    News::Said(Level::Note, format!("{path} was written: {len}"))
                }
                Err(words) => News::Said(Level::Error, format!("{path} was not written: {words}")),
            })
        });
    }

    /// Looks for Wireshark, so that it is known before somebody asks.
    pub(super) fn seek_wireshark(&self) {
        self.on_thread(|| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            Some(News::Wireshark(Wireshark::find(&path)))
        });
    }

    fn open_in_wireshark(&self) {
        let Some(opened) = &self.opened else { return };
        let Some(packet) = opened.packet() else { return };
        let (wireshark, file) = (self.wireshark.clone(), opened.path.clone());
        self.on_thread(move || {
            let failed = wireshark.open(&file, packet.number()).err()?;
            Some(News::Said(Level::Error, failed))
        });
    }
}

/// What is selected, where it says something.
fn said_of(opened: &Opened) -> Option<(Arc<Snapshot>, Subject)> {
    Some((Arc::clone(&opened.snapshot), inspector::subject(opened.selection?)))
}

/// How the same would be said again.
fn talk(snapshot: &Snapshot, subject: Subject) -> Option<Talk> {
    let (connection, text) = match subject {
        Subject::Message(id) => {
            let message = snapshot.message(id)?;
            (message.connection, message.kind == session::model::Kind::Text)
        }
        Subject::Frame(id) => {
            let frame = snapshot.frame(id)?;
            let message = snapshot.message(frame.message?)?;
            (frame.connection, message.kind == session::model::Kind::Text)
        }
        Subject::Packet(_) | Subject::Delivery(_) | Subject::Connection(_) => return None,
    };
    Talk::of(snapshot, connection, text)
}

/// `message-12.json`: what it is, its number, and an ending by what it says, as far as that is known by now.
fn suggested(opened: &Opened, selection: Selection) -> String {
    let (what, number) = match selection {
        Selection::Packet(id) => ("packet", id.number()),
        Selection::Frame(id) => ("frame", id.number()),
        Selection::Message(id) => ("message", id.number()),
        Selection::Delivery(id) => ("http-message", id.number()),
        Selection::Connection(id) => ("connection", id.number()),
    };
    let ending = match opened.inspector.shown_of(selection) {
        _ if what == "packet" => "bin",
        Some(shown) if shown.views.json.is_some() => "json",
        Some(shown) => session::likeness::ending(shown.detail.payload_bytes()),
        None => "bin",
    };
    format!("{what}-{number}.{ending}")
}

fn write(path: &Path, bytes: &[u8], replace: bool) -> Result<(), String> {
    let says = |error: std::io::Error| error.to_string();
    if !replace {
        let mut file = std::fs::File::create_new(path).map_err(says)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        // Half a payload would be taken for a whole one.
        return written.map_err(says).inspect_err(|_| drop(std::fs::remove_file(path)));
    }
    let part = path.with_file_name(format!("{}.part", name_of(path)));
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    written.map_err(says).inspect_err(|_| drop(std::fs::remove_file(&part)))
}
