//! What other threads say to the application, and what is asked of them: files, dialogs, key logs, captures.

use std::path::PathBuf;

use egui::Ui;
use session::Session;
use session::place::Place;

use super::App;
use super::arranging::Profile;
use super::capturing::Began;
use crate::gui::command::Command;
use crate::gui::dialog;
use crate::gui::live::capture::Failure;
use crate::gui::live::spool::Leftover;
use crate::gui::notes::Note;
use crate::gui::opened::name_of;
use crate::gui::samples::Sample;
use crate::gui::theme::{Level, Theme};
use crate::gui::wireshark::Wireshark;

/// What other threads say.
pub(super) enum News {
    Opened(PathBuf, Result<Session, String>),
    Picked(Command),
    /// Files that were dropped, with whether each is a key log.
    Dropped(Vec<(PathBuf, bool)>),
    /// A key log was looked at: a sentence says why it is none.
    Keys(PathBuf, Result<(), String>),
    NoDialog,
    Samples(Vec<Sample>),
    Began(Result<Box<Began>, Failure>),
    Saved(PathBuf, Result<PathBuf, String>, Option<Box<Command>>),
    Left(Vec<Leftover>),
    Granted(Result<(), String>),
    /// Notes that were kept of a capture.
    Notes(PathBuf, Vec<(Place, Note)>),
    /// Statistics were written, or why not.
    Written(Result<String, String>),
    Copied(Result<String, String>),
    Wireshark(Wireshark),
    Said(Level, String),
    /// The profile that is to be used, and those that are there now.
    Profile(Result<Box<Profile>, String>, Vec<String>),
}

impl App {
    pub(super) fn on_thread(&self, work: impl FnOnce() -> Option<News> + Send + 'static) {
        let (tell, ctx) = (self.tell.clone(), self.ctx.clone());
        std::thread::spawn(move || {
            if let Some(news) = work()
                && tell.send(news).is_ok()
            {
                ctx.request_repaint();
            }
        });
    }

    pub(super) fn browse(
        &self,
        name: &'static str,
        endings: &'static [&'static str],
        take: fn(PathBuf) -> Command,
    ) {
        self.on_thread(move || {
            let dialog = rfd::FileDialog::new().add_filter(name, endings).add_filter("All files", &["*"]);
            let portal = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
            match dialog.pick_file() {
                Some(path) => Some(News::Picked(take(path))),
                None => (!portal).then_some(News::NoDialog),
            }
        });
    }

    /// Looks at a key log on a thread of its own before it is used.
    pub(super) fn look_at_keys(&self, path: PathBuf) {
        let path = std::path::absolute(&path).unwrap_or(path);
        self.on_thread(move || {
            let readable = session::keys::readable(&path);
            Some(News::Keys(path, readable))
        });
    }

    /// Reads a key log, for what is open and for what will be: a file that is read again needs its keys again.
    pub(super) fn add_keys(&mut self, path: PathBuf) {
        if !self.options.keys.contains(&path) {
            self.options.keys.push(path.clone());
        }
        match &mut self.opened {
            Some(opened) => opened.add_keys(path),
            None => {
                let name = name_of(&path);
                self.say(
                    Level::Note,
                    format!("{name} is a key log: it is used for what is opened from now on"),
                );
            }
        }
    }

    pub(super) fn hear(&mut self) {
        while let Ok(news) = self.news.try_recv() {
            match news {
                News::Samples(samples) => self.samples = samples,
                News::Began(began) => self.began(began),
                News::Saved(from, saved, then) => self.saved(&from, saved, then),
                News::Profile(came, all) => self.profile_came(came, all),
                News::Left(left) => self.live.left = left,
                News::Written(Ok(words)) => self.say(Level::Note, words),
                News::Written(Err(words)) => self.say(Level::Error, words),
                News::Copied(copied) => self.copied(copied),
                News::Wireshark(found) => self.wireshark = found,
                News::Said(level, words) => self.say(level, words),
                News::Granted(granted) => self.granted(granted),
                News::Notes(path, notes) => {
                    if let Some(opened) = self.opened.as_mut().filter(|opened| opened.path == path) {
                        opened.notes.restore(notes);
                    }
                }
                News::Picked(command) => self.run(command),
                News::Keys(path, Ok(())) => self.add_keys(path),
                News::Keys(_, Err(words)) => self.say(Level::Error, words),
                News::Dropped(files) => {
                    // Keys first: a capture that is dropped with them is opened with them.
                    let (keys, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, keys)| *keys);
                    let opens = !others.is_empty();
                    for (path, _) in keys {
                        if opens && !self.options.keys.contains(&path) {
                            self.options.keys.push(path);
                        } else {
                            self.add_keys(path);
                        }
                    }
                    if let Some((path, _)) = others.into_iter().next() {
                        self.run(Command::OpenPath(path));
                    }
                }
                News::NoDialog => {
                    self.say(
                        Level::Note,
                        "This desktop has no file dialog: type a path with Ctrl+O or Ctrl+K, or drop a file",
                    );
                }
                // A file that was asked for before another one is not shown any more.
                News::Opened(path, _) if self.opening.as_ref() != Some(&path) => {}
                News::Opened(path, Ok(session)) => self.show_session(path, session, None),
                News::Opened(_, Err(words)) => {
                    self.opening = None;
                    self.say(Level::Error, words);
                }
            }
        }
    }

    pub(super) fn dropped(&mut self, ui: &Ui) {
        let paths = ui.input(|input| {
            input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect::<Vec<_>>()
        });
        if !paths.is_empty() {
            self.on_thread(|| {
                let told = paths.into_iter().map(|path| (session::keys::is_key_log(&path), path));
                Some(News::Dropped(told.map(|(keys, path)| (path, keys)).collect()))
            });
        }
        if ui.input(|input| !input.raw.hovered_files.is_empty()) {
            let words = if self.opened.is_some() { "Drop a capture, or a key log" } else { "Drop to open" };
            dialog::quick::veil(ui.ctx(), Theme::of(ui), words);
        }
    }
}
