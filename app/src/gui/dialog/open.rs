//! Asks for the path of a capture, with what is there to complete it. Works where the desktop has no dialog of its own.
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
    quick: Quick,
    hints: Vec<Hint>,
    answers: Option<Receiver<Vec<Hint>>>,
    recent: Vec<PathBuf>,
}

#[derive(Clone)]
struct Hint {
    path: PathBuf,
    folder: bool,
}

const HINTS: usize = 200;
const ENDINGS: [&str; 9] = ["pcap", "pcapng", "cap", "ntar", "gz", "zst", "lz4", "dmp", "trace"];

impl Open {
    /// An empty line with the recent files below it.
    pub fn new(recent: &[PathBuf]) -> Self {
        Self { quick: Quick::default(), hints: Vec::new(), answers: None, recent: recent.to_vec() }
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        if let Some(hints) = self.answers.as_ref().and_then(|answers| answers.try_recv().ok()) {
            self.hints = hints;
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
                key: "Ctrl+Shift+O".into(),
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
        let hint = "Path of a pcap or pcapng file";
        match self.quick.show(ctx, "Path of a capture", hint, fonts::mono(), &items, foot) {
            Outcome::Closed => return false,
            Outcome::Typing => {}
            Outcome::Changed => self.list(ctx),
            Outcome::Entered => return !self.open(&expand(&self.quick.text), out),
            Outcome::Completed(line) if typed => self.complete(ctx, line),
            Outcome::Completed(_) => {}
            Outcome::Chosen(0) if !typed => {
                out.push(Command::Browse);
                return false;
            }
            Outcome::Chosen(line) if !typed => {
                let path = self.recent.get(line - 1).cloned();
                return !path.is_some_and(|path| self.open(&path, out));
            }
            // What was typed in full wins over a file whose name only begins like it.
            Outcome::Chosen(0) if names_file(&self.quick.text) => {
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
            out.push(Command::OpenPath(path.to_owned()));
        }
        named
    }

    fn complete(&mut self, ctx: &Context, line: usize) {
        let Some(hint) = self.hints.get(line) else { return };
        let end = if hint.folder { "/" } else { "" };
        self.quick.write(format!("{}{end}", hint.path.display()));
        self.list(ctx);
    }

    /// Looks, on a thread, for what begins like the path that was typed.
    fn list(&mut self, ctx: &Context) {
        let (answer, answers) = channel();
        let (text, ctx) = (self.quick.text.clone(), ctx.clone());
        std::thread::spawn(move || {
            if answer.send(hints(&text)).is_ok() {
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

fn names_file(text: &str) -> bool {
    let path = expand(text);
    ENDINGS.iter().any(|ending| path.extension().is_some_and(|last| last.eq_ignore_ascii_case(ending)))
}

fn hints(text: &str) -> Vec<Hint> {
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
        let wanted = is_folder || names_file(&name);
        (wanted && !hidden && name.to_lowercase().starts_with(&start))
            .then(|| Hint { path: entry.path(), folder: is_folder })
    };
    let mut hints: Vec<Hint> = entries.flatten().filter_map(hint).take(HINTS).collect();
    hints.sort_by(|a, b| (b.folder, &a.path).cmp(&(a.folder, &b.path)));
    hints
}
