//! Asks where a capture, or what one message says, is to be saved. A file that is there already is replaced only when that is said twice.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use egui::Context;
use session::place::Place;

use super::open::expand;
use super::quick::{Item, Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::fonts;
use crate::gui::live::capture::home;
use crate::gui::opened::name_of;

/// The path as it was typed so far.
pub struct Save {
    quick: Quick,
    what: What,
    /// The file that was there when Enter was pressed for the first time.
    there: Option<PathBuf>,
    picked: Option<Receiver<Option<PathBuf>>>,
}

/// What is to be saved.
enum What {
    /// The capture; this is done then.
    Capture(Option<Box<Command>>),
    /// What the thing says that stands here.
    Payload(Place),
}

impl What {
    /// The command that saves it; whether over a file that is there was asked.
    fn to(&mut self, path: PathBuf, replace: bool) -> Command {
        match self {
            Self::Capture(then) => Command::SaveTo(path, then.take()),
            Self::Payload(place) => Command::SavePayloadTo(path, *place, replace),
        }
    }
}

impl Save {
    /// Proposes the name that the capture has; `then` is done when it is saved.
    pub fn new(from: &Path, then: Option<Box<Command>>) -> Self {
        let mut quick = Quick::default();
        quick.write(home().join(name_of(from)).display().to_string());
        Self { quick, what: What::Capture(then), there: None, picked: None }
    }

    /// Proposes `name` for what the thing says that stands at `place`.
    pub fn payload(name: &str, place: Place) -> Self {
        let mut quick = Quick::default();
        quick.write(home().join(name).display().to_string());
        Self { quick, what: What::Payload(place), there: None, picked: None }
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        if let Some(Some(path)) = self.picked.as_ref().and_then(|picked| picked.try_recv().ok()) {
            // The desktop's dialog has asked about a file that is there.
            out.push(self.what.to(path, true));
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
        let (name, hint) = match self.what {
            What::Capture(_) => ("Save capture as", "Path of a pcapng file"),
            What::Payload(_) => ("Save payload as", "Path of a file"),
        };
        self.quick.complains = self.there.is_some();
        match self.quick.show(ctx, name, hint, fonts::mono(), &items, foot) {
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
        let replace = self.there.as_ref() == Some(&path);
        out.push(self.what.to(path, replace));
        true
    }

    fn browse(&mut self, ctx: &Context) {
        let (tell, picked) = channel();
        let (path, ctx) = (expand(&self.quick.text), ctx.clone());
        let capture = matches!(self.what, What::Capture(_));
        std::thread::spawn(move || {
            let mut dialog = rfd::FileDialog::new();
            if capture {
                dialog = dialog.add_filter("Captures", &["pcapng"]);
            }
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
