//! What the application does about captures of its own: begins, stops, saves them, and asks before one is lost.

use std::path::{Path, PathBuf};

use session::capture::live::report::Ending;
use session::capture::live::wanted::Wanted;
use session::{Session, capture::Source};

use super::{App, News};
use crate::gui::command::Command;
use crate::gui::dialog::Dialog;
use crate::gui::dialog::ask::Ask;
use crate::gui::dialog::options::Options;
use crate::gui::dialog::save::Save;
use crate::gui::live::capture::{Capture, Failure, why};
use crate::gui::live::devices::Devices;
use crate::gui::live::{Means, grant, spool};
use crate::gui::opened::Opened;
use crate::gui::panel::devices::HEIGHT;
use crate::gui::theme::Level;

/// A capture that has begun.
pub(super) struct Began {
    capture: Capture,
    session: Session,
    path: PathBuf,
}

impl App {
    /// Captures with these means; without any, it only opens files.
    pub fn captures(&mut self, means: Means) {
        let folder = means.folder.clone();
        self.live.means = Some(means);
        self.on_thread(move || Some(News::Left(spool::left(&folder))));
    }

    /// Whether this window captures now.
    pub(super) fn capturing(&self) -> bool {
        self.opened.as_ref().is_some_and(Opened::capturing)
    }

    /// Whether a command would lose a capture that nobody has saved; then it is asked about first.
    pub(super) fn asks_first(&mut self, command: &Command) -> bool {
        let starts = match command {
            Command::Capture => !self.capturing(),
            Command::OpenPath(_)
            | Command::OpenLeft(_)
            | Command::Close
            | Command::Quit
            | Command::Restart
            | Command::CaptureWith(_) => true,
            _ => false,
        };
        let lost = starts && self.opened.as_ref().is_some_and(Opened::unsaved);
        if lost {
            self.dialog = Some(Dialog::Ask(Ask::new(command.clone())));
        }
        lost
    }

    /// Does a command that has to do with captures of this window.
    pub(super) fn run_live(&mut self, command: Command) {
        match command {
            Command::Capture => self.start_or_stop(),
            Command::Restart => {
                let wanted = self.opened.as_ref().and_then(|opened| opened.capture.as_ref()?.wanted.clone());
                if let Some(wanted) = wanted {
                    self.start(wanted);
                }
            }
            Command::CaptureOptions => self.ask_how(None),
            Command::CaptureWith(wanted) => self.start(*wanted),
            Command::Tail => {
                if let Some(opened) = &mut self.opened {
                    opened.follow_tail();
                }
            }
            Command::Save => self.ask_where(None),
            Command::SaveAnd(then) => self.ask_where(Some(then)),
            Command::SaveTo(path, then) => self.save(path, then),
            Command::DiscardAnd(then) => {
                if let Some(capture) = self.opened.as_mut().and_then(|opened| opened.capture.as_mut()) {
                    capture.discard();
                }
                self.run(*then);
            }
            Command::OpenLeft(path) => self.open_left(&path),
            Command::DiscardLeft(path) => {
                self.live.left.retain(|left| left.path != path);
                self.on_thread(move || {
                    let _ = std::fs::remove_file(path);
                    None
                });
            }
            Command::Grant => self.grant(),
            _ => {}
        }
    }

    /// Asks how to capture, where it did not begin with what stood in its way.
    fn ask_how(&mut self, failure: Option<Failure>) {
        let meant = self.live.devices.as_ref().and_then(Devices::meant);
        let mut options = Options::new(&self.live.wanted, meant.map(|device| device.name.as_str()));
        if let Some(failure) = failure {
            options.failed(failure);
        }
        self.dialog = Some(Dialog::Options(options));
    }

    fn start_or_stop(&mut self) {
        if let Some(capture) = self.opened.as_ref().and_then(|opened| opened.capture.as_ref())
            && capture.running()
        {
            return capture.stop();
        }
        let chosen = self.live.devices.as_ref().and_then(Devices::meant).map(|device| device.name.clone());
        let mut wanted = self.live.wanted.clone();
        if let Some(chosen) = chosen.filter(|_| self.opened.is_none()) {
            wanted.devices = vec![chosen];
        }
        if wanted.devices.is_empty() {
            self.ask_how(None);
        } else {
            self.start(wanted);
        }
    }

    /// Begins on a thread: opening a device may take a while.
    fn start(&mut self, wanted: Wanted) {
        let Some(means) = self.live.means.clone().filter(|_| !self.live.starting) else { return };
        self.live.starting = true;
        self.live.wanted = wanted.clone();
        let (options, ctx) = (self.reading(), self.ctx.clone());
        self.on_thread(move || {
            let wake = ctx.clone();
            let began = Capture::begin(&means, wanted, move || wake.request_repaint());
            let began = began.and_then(|(mut capture, source)| {
                let path = capture.unsaved().map(Path::to_owned).unwrap_or_default();
                match Session::open(source, options, move || ctx.request_repaint()) {
                    Ok(session) => Ok(Box::new(Began { capture, session, path })),
                    Err(error) => {
                        capture.discard();
                        Err(Failure { says: error.to_string(), filter: false })
                    }
                }
            });
            Some(News::Began(began))
        });
    }

    pub(super) fn began(&mut self, began: Result<Box<Began>, Failure>) {
        self.live.starting = false;
        match (began, &mut self.dialog) {
            (Ok(began), _) => {
                let Began { capture, session, path } = *began;
                if matches!(self.dialog, Some(Dialog::Options(_))) {
                    self.dialog = None;
                }
                self.show_session(path, session, Some(capture));
            }
            (Err(failure), Some(Dialog::Options(options))) => options.failed(failure),
            (Err(failure), _) if failure.filter => {
                self.ask_how(Some(failure));
            }
            (Err(failure), _) => self.say(Level::Error, failure.says),
        }
    }

    /// What is said of a capture that has just ended; and what was waiting for its end.
    pub(super) fn tell_capture_end(&mut self) {
        let Some(end) = self.opened.as_mut().and_then(Opened::take_end) else { return };
        for says in end.said.iter().filter(|says| !says.is_empty()) {
            self.say(Level::Warn, says.clone());
        }
        if let Some(why) = why(&end).filter(|_| end.why != Ending::Enough) {
            self.say(Level::Error, format!("The capture has ended: {why}"));
        }
        if let Some((path, then)) = self.saving.take() {
            self.save(path, then);
        }
    }

    fn ask_where(&mut self, then: Option<Box<Command>>) {
        if let Some(from) = self.opened.as_ref().and_then(|opened| opened.capture.as_ref()?.unsaved()) {
            self.dialog = Some(Dialog::Save(Save::new(from, then)));
        }
    }

    /// Moves the capture to where it is to be kept; one that still runs is ended first.
    fn save(&mut self, to: PathBuf, then: Option<Box<Command>>) {
        let Some(capture) = self.opened.as_ref().and_then(|opened| opened.capture.as_ref()) else { return };
        if capture.running() {
            capture.stop();
            self.saving = Some((to, then));
            return;
        }
        let Some(from) = capture.unsaved().map(Path::to_owned) else { return };
        self.on_thread(move || {
            let saved = spool::save(&from, &to).map(|()| to);
            Some(News::Saved(from, saved, then))
        });
    }

    pub(super) fn saved(&mut self, from: &Path, saved: Result<PathBuf, String>, then: Option<Box<Command>>) {
        let to = match saved {
            Ok(to) => to,
            Err(words) => return self.say(Level::Error, words),
        };
        self.settings.opened(&to, self.preferences.memory.recent_files);
        if let Some(opened) = self.opened.as_mut().filter(|opened| opened.path == from) {
            opened.saved(to);
        }
        self.remember();
        if let Some(then) = then {
            self.run(*then);
        }
    }

    /// Opens what a program that died has left; it is unsaved still.
    fn open_left(&mut self, path: &Path) {
        self.live.left.retain(|left| left.path != path);
        let (path, options, ctx) = (path.to_owned(), self.options.clone(), self.ctx.clone());
        self.on_thread(move || {
            let source = Source::File { path: path.clone(), follow: false };
            let began = Capture::left(&path).map_err(|error| error.to_string()).and_then(|capture| {
                let session = Session::open(source, options, move || ctx.request_repaint());
                Ok(Box::new(Began { capture, session: session.map_err(|error| error.to_string())?, path }))
            });
            Some(News::Began(began.map_err(|says| Failure { says, filter: false })))
        });
    }

    /// Gives the capturing program its rights; the desktop asks for the password.
    fn grant(&mut self) {
        let Some(program) = self.live.devices.as_ref().and_then(Devices::program) else { return };
        self.on_thread(move || Some(News::Granted(grant::grant(&program))));
    }

    pub(super) fn granted(&mut self, granted: Result<(), String>) {
        // They are listed again at once.
        self.live.devices = None;
        match granted {
            Ok(()) => self.say(Level::Note, "The right to capture was granted"),
            Err(words) => self.say(Level::Error, words),
        }
    }

    /// Devices are asked about only while somebody sees them.
    pub(super) fn watch_devices(&mut self) {
        let shown = self.opened.is_none() || matches!(self.dialog, Some(Dialog::Options(_)));
        let Some(means) = self.live.means.as_ref().filter(|_| shown) else {
            self.live.devices = None;
            return;
        };
        let devices = self.live.devices.get_or_insert_with(|| {
            let ctx = self.ctx.clone();
            Devices::ask(means.tools.clone(), HEIGHT, move || ctx.request_repaint())
        });
        devices.take();
    }

    /// Closes what is open; a capture in which there is nothing goes with it.
    pub(super) fn close(&mut self) -> Option<Opened> {
        let mut opened = self.opened.take()?;
        let empty = !opened.unsaved();
        if let Some(capture) = opened.capture.as_mut().filter(|_| empty) {
            capture.discard();
        }
        Some(opened)
    }

    /// The same, where nobody waits until its memory is free.
    pub(super) fn let_go(&mut self) {
        let Some(mut opened) = self.close() else { return };
        drop(opened.capture.take());
        Self::free(opened);
    }

    /// What is open no more goes on a thread of its own: of ten million frames there is much to free.
    pub(super) fn free(opened: Opened) {
        // Without a thread it is freed here.
        let _ = std::thread::Builder::new().name("free".into()).spawn(move || drop(opened));
    }

    /// The window is to be closed from outside: not before the user was asked.
    pub(super) fn hold_window(&mut self) {
        let asked = self.ctx.input(|input| input.viewport().close_requested());
        if asked && self.asks_first(&Command::Quit) {
            self.ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
        }
    }
}
