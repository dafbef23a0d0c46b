//! Notes between two runs: one file in the folder of settings, by the capture's path and size.
//!
//! Read and written on one thread of its own, in the order in which it was asked. A file that cannot be read is as good
//! as none.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use session::place::Place;

use super::{NOTES, Note};
use crate::gui::replace;

/// Captures whose notes are kept, those that were noted last.
const CAPTURES: usize = 200;
/// Bytes of the file that are read at most.
const LIMIT: u64 = 64 << 20;
const FILE: &str = "notes.json";

/// The thread that reads and writes.
pub struct Store {
    ask: Option<Sender<Asked>>,
    thread: Option<JoinHandle<()>>,
}

/// What is done with the notes of a capture once they are read.
type Then = Box<dyn FnOnce(Vec<(Place, Note)>) + Send>;

enum Asked {
    Read(PathBuf, Then),
    Write(PathBuf, Vec<(Place, Note)>),
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct File {
    captures: Vec<Capture>,
}

#[derive(Serialize, Deserialize)]
struct Capture {
    path: PathBuf,
    size: u64,
    notes: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    /// The place in its own words.
    at: String,
    #[serde(flatten)]
    note: Note,
}

impl Store {
    /// Keeps notes in a folder.
    pub fn new(folder: &Path) -> Self {
        let (ask, asked) = channel();
        let folder = folder.to_owned();
        let thread =
            std::thread::Builder::new().name("notes".into()).spawn(move || work(&folder, &asked)).ok();
        Self { ask: Some(ask), thread }
    }

    /// Reads the notes of a capture.
    pub fn read(&self, capture: &Path, then: impl FnOnce(Vec<(Place, Note)>) + Send + 'static) {
        self.ask(Asked::Read(capture.to_owned(), Box::new(then)));
    }

    /// Writes down the notes of a capture.
    pub fn write(&self, capture: &Path, notes: Vec<(Place, Note)>) {
        self.ask(Asked::Write(capture.to_owned(), notes));
    }

    fn ask(&self, asked: Asked) {
        if let Some(ask) = &self.ask {
            // Without a thread nothing is kept, and nothing else is lost.
            let _ = ask.send(asked);
        }
    }

    /// Waits until everything is written.
    pub fn close(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

fn work(folder: &Path, asked: &Receiver<Asked>) {
    while let Ok(asked) = asked.recv() {
        match asked {
            Asked::Read(capture, then) => then(read(folder, &capture)),
            // Notes that could not be written down are lost with the window, and the capture is not.
            Asked::Write(capture, notes) => drop(write(folder, &capture, notes)),
        }
    }
}

/// What tells captures apart: where they lie and how large they are.
fn key(capture: &Path) -> Option<(PathBuf, u64)> {
    let path = std::path::absolute(capture).ok()?;
    let size = std::fs::metadata(&path).ok()?.len();
    Some((path, size))
}

fn load(folder: &Path) -> File {
    use std::io::Read as _;
    let mut text = String::new();
    let file = std::fs::File::open(folder.join(FILE));
    let read = file.and_then(|file| file.take(LIMIT).read_to_string(&mut text));
    read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn read(folder: &Path, capture: &Path) -> Vec<(Place, Note)> {
    let Some((path, size)) = key(capture) else { return Vec::new() };
    let mut captures = load(folder).captures.into_iter();
    let Some(its) = captures.find(|it| it.path == path && it.size == size) else { return Vec::new() };
    its.notes.into_iter().take(NOTES).filter_map(|line| Some((line.at.parse().ok()?, line.note))).collect()
}

fn write(folder: &Path, capture: &Path, notes: Vec<(Place, Note)>) -> Option<()> {
    let (path, size) = key(capture)?;
    let mut file = load(folder);
    file.captures.retain(|it| it.path != path || it.size != size);
    if !notes.is_empty() {
        let notes = notes.into_iter().map(|(place, note)| Line { at: place.to_string(), note }).collect();
        file.captures.insert(0, Capture { path, size, notes });
    }
    file.captures.truncate(CAPTURES);
    let text = serde_json::to_string_pretty(&file).ok()?;
    std::fs::create_dir_all(folder).and_then(|()| replace::file(folder, FILE, &text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes come back for the same file, and for no other one in its place.
    #[test]
    fn come_back_for_the_same_file() {
        let folder = std::env::temp_dir().join(format!("wscope-notes-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let capture = folder.join("a.pcap");
        std::fs::write(&capture, "one").unwrap();
        let note = Note { mark: true, comment: "here \"it\" went\nwrong".into(), ..Note::default() };
        let notes = vec![("frame 3 0 - server 12".parse::<Place>().unwrap(), note)];
        let mut store = Store::new(&folder);
        store.write(&capture, notes.clone());
        store.close();
        assert_eq!(read(&folder, &capture), notes);
        std::fs::write(&capture, "another one").unwrap();
        assert_eq!(read(&folder, &capture), []);
        std::fs::write(folder.join(FILE), "{\"captures\": [3").unwrap();
        assert_eq!(read(&folder, &capture), []);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
