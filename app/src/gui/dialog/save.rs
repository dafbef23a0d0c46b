//! Asks where a capture is to be saved. A file that is there already is replaced only when that is said twice.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use egui::Context;

use super::open::expand;
use super::quick::{Item, Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::fonts;
use crate::gui::live::capture::home;
use crate::gui::opened::name_of;

/// The path as it was typed so far.
pub struct Save {
    quick: Quick,
    then: Option<Box<Command>>,
    /// The file that was there when Enter was pressed for the first time.
    there: Option<PathBuf>,
    picked: Option<Receiver<Option<PathBuf>>>,
}

impl Save {
    /// Proposes the name that the capture has; `then` is done when it is saved.
    pub fn new(from: &Path, then: Option<Box<Command>>) -> Self {
        let mut quick = Quick::default();
        quick.write(home().join(name_of(from)).display().to_string());
        Self { quick, then, there: None, picked: None }
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        if let Some(Some(path)) = self.picked.as_ref().and_then(|picked| picked.try_recv().ok()) {
            // The desktop's dialog has asked about a file that is there.
            out.push(Command::SaveTo(path, self.then.take()));
            return false;
        }
        let foot = match &self.there {
            Some(_) => "There is such a file already: Enter replaces it",
            None => "Enter saves, Tab asks the desktop, Esc leaves it unsaved",
        };
        let browse = Item {
            text: "Browse…".into(),
            note: "The desktop's own dialog".into(),
            key: "Tab".into(),
            enabled: true,
        };
        let items = if self.picked.is_none() { vec![browse] } else { Vec::new() };
        // Enter is for the path; the one line below is taken by Tab or a click.
        let entered = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, egui::Key::Enter));
        match self.quick.show(ctx, "Save capture as", "Path of a pcapng file", fonts::mono(), &items, foot) {
            Outcome::Closed => return false,
            Outcome::Changed => self.there = None,
            Outcome::Chosen(_) | Outcome::Completed(_) => self.browse(ctx),
            Outcome::Typing | Outcome::Entered => {}
        }
        !(entered && self.enter(out))
    }

    /// Whether the path was taken.
    fn enter(&mut self, out: &mut Vec<Command>) -> bool {
        let path = expand(&self.quick.text);
        if path.file_name().is_none() || path.is_dir() {
            return false;
        }
        if path.exists() && self.there.as_ref() != Some(&path) {
            self.there = Some(path);
            return false;
        }
        out.push(Command::SaveTo(path, self.then.take()));
        true
    }

    fn browse(&mut self, ctx: &Context) {
        let (tell, picked) = channel();
        let (path, ctx) = (expand(&self.quick.text), ctx.clone());
        std::thread::spawn(move || {
            let mut dialog = rfd::FileDialog::new().add_filter("Captures", &["pcapng"]);
            if let Some(folder) = path.parent() {
                dialog = dialog.set_directory(folder);
            }
            if tell.send(dialog.set_file_name(name_of(&path)).save_file()).is_ok() {
                ctx.request_repaint();
            }
        });
        self.picked = Some(picked);
    }
}
