//! Asks for the path of a capture or of a key log, with what is there to complete it. Works where the desktop has no
//! dialog of its own.
//!
//! Folders are listed on a thread: a disk that hangs does not hold the window.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use egui::Context;

use super::quick::{Item, Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::fonts;
use crate::gui::opened::name_of;

/// The path as it was typed so far, and what would complete it.
pub struct Open {
    of: Wanted,
    quick: Quick,
    hints: Vec<Hint>,
    answers: Option<Receiver<Vec<Hint>>>,
    /// What is offered before anything was typed.
    recent: Vec<PathBuf>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Capture,
    KeyLog,
}

#[derive(Clone)]
struct Hint {
    path: PathBuf,
    folder: bool,
}

const HINTS: usize = 200;
const CAPTURES: &[&str] = &["pcap", "pcapng", "cap", "ntar", "gz", "zst", "lz4", "dmp", "trace"];
const KEY_LOGS: &[&str] = &["keys", "log", "keylog", "txt"];

impl Wanted {
    /// The endings of what is offered.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Capture => CAPTURES,
            Self::KeyLog => KEY_LOGS,
        }
    }
    /// What the line is called, and what stands in it while it is empty.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Capture => ("Path of a capture", "Path of a pcap or pcapng file"),
            Self::KeyLog => ("Path of a key log", "Path of the file that SSLKEYLOGFILE named"),
        }
    }
    const fn browse(self) -> (Command, &'static str) {
        match self {
            Self::Capture => (Command::Browse, "Ctrl+Shift+O"),
            Self::KeyLog => (Command::BrowseKeys, "Ctrl+Shift+K"),
        }
    }
    const fn take(self, path: PathBuf) -> Command {
        match self {
            Self::Capture => Command::OpenPath(path),
            Self::KeyLog => Command::AddKeyLog(path),
        }
    }
}

impl Open {
    /// An empty line with the recent files below it.
    pub fn new(recent: &[PathBuf]) -> Self {
        let (quick, recent) = (Quick::default(), recent.to_vec());
        Self { of: Wanted::Capture, quick, hints: Vec::new(), answers: None, recent }
    }

    /// An empty line with what may be key logs beside the capture below it.
    pub fn of_keys(ctx: &Context, capture: &Path) -> Self {
        let mut open = Self { of: Wanted::KeyLog, ..Self::new(&[]) };
        let folder = capture.parent().unwrap_or(Path::new("."));
        open.list(ctx, format!("{}/", folder.display()));
        open
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        if let Some(hints) = self.answers.as_ref().and_then(|answers| answers.try_recv().ok()) {
            self.hints = hints;
            if self.of == Wanted::KeyLog && self.quick.text.is_empty() {
                self.recent =
                    self.hints.iter().filter(|hint| !hint.folder).map(|hint| hint.path.clone()).collect();
            }
        }
        let typed = !self.quick.text.trim().is_empty();
        let mut items = Vec::new();
        if typed {
            items.extend(self.hints.iter().map(|hint| Item {
                text: if hint.folder { format!("{}/", name_of(&hint.path)) } else { name_of(&hint.path) },
                note: String::new(),
                key: String::new(),
                enabled: true,
            }));
        } else {
            items.push(Item {
                text: "Browse…".into(),
                note: "with the desktop's own dialog".into(),
                key: self.of.browse().1.into(),
                enabled: true,
            });
            items.extend(self.recent.iter().map(|path| Item {
                text: name_of(path),
                note: path.parent().map(|parent| parent.display().to_string()).unwrap_or_default(),
                key: String::new(),
                enabled: true,
            }));
        }
        let foot = if typed { "Tab completes, Enter opens" } else { "" };
        let (name, hint) = self.of.words();
        match self.quick.show(ctx, name, hint, fonts::mono(), &items, foot) {
            Outcome::Closed => return false,
            Outcome::Typing => {}
            Outcome::Changed => self.list(ctx, self.quick.text.clone()),
            Outcome::Entered => return !self.open(&expand(&self.quick.text), out),
            Outcome::Completed(line) if typed => self.complete(ctx, line),
            Outcome::Completed(_) => {}
            Outcome::Chosen(0) if !typed => {
                out.push(self.of.browse().0);
                return false;
            }
            Outcome::Chosen(line) if !typed => {
                let path = self.recent.get(line - 1).cloned();
                return !path.is_some_and(|path| self.open(&path, out));
            }
            // What was typed in full wins over a file whose name only begins like it.
            Outcome::Chosen(0) if names_file(&self.quick.text, self.of) => {
                return !self.open(&expand(&self.quick.text), out);
            }
            Outcome::Chosen(line) => match self.hints.get(line).cloned() {
                Some(hint) if hint.folder => self.complete(ctx, line),
                Some(hint) => return !self.open(&hint.path, out),
                None => {}
            },
        }
        true
    }

    fn open(&self, path: &Path, out: &mut Vec<Command>) -> bool {
        let named = !path.as_os_str().is_empty();
        if named {
            out.push(self.of.take(path.to_owned()));
        }
        named
    }

    fn complete(&mut self, ctx: &Context, line: usize) {
        let Some(hint) = self.hints.get(line) else { return };
        let end = if hint.folder { "/" } else { "" };
        self.quick.write(format!("{}{end}", hint.path.display()));
        self.list(ctx, self.quick.text.clone());
    }

    /// Looks, on a thread, for what begins like this path.
    fn list(&mut self, ctx: &Context, text: String) {
        let (answer, answers) = channel();
        let (ctx, of) = (ctx.clone(), self.of);
        std::thread::spawn(move || {
            if answer.send(hints(&text, of)).is_ok() {
                ctx.request_repaint();
            }
        });
        self.answers = Some(answers);
    }
}

/// `~` is the home folder.
pub(super) fn expand(text: &str) -> PathBuf {
    let text = text.trim();
    match (text.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(text),
    }
}

fn names_file(text: &str, of: Wanted) -> bool {
    let path = expand(text);
    of.endings().iter().any(|ending| path.extension().is_some_and(|last| last.eq_ignore_ascii_case(ending)))
}

fn hints(text: &str, of: Wanted) -> Vec<Hint> {
    let path = expand(text);
    let whole = text.ends_with('/');
    let folder = if whole { path.clone() } else { path.parent().unwrap_or(&path).to_owned() };
    let start = if whole { String::new() } else { name_of(&path).to_lowercase() };
    let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(&folder) else { return Vec::new() };
    let hint = |entry: std::fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') && !start.starts_with('.');
        let is_folder =
            entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink() && entry.path().is_dir());
        let wanted = is_folder || names_file(&name, of);
        (wanted && !hidden && name.to_lowercase().starts_with(&start))
            .then(|| Hint { path: entry.path(), folder: is_folder })
    };
    let mut hints: Vec<Hint> = entries.flatten().filter_map(hint).take(HINTS).collect();
    hints.sort_by(|a, b| (b.folder, &a.path).cmp(&(a.folder, &b.path)));
    hints
}
