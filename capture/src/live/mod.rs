//! Anything that cannot be read by position becomes a file that grows: the spool.
//!
//! The spool is a temporary file that has lost its name at once, so that it vanishes with the last one who
//! reads it, or a file that somebody wants to keep. One thread writes it; how far it has come is told under a lock.
//!
//! ```text
//! Wanted ─► Tool ─► Tap: a program with rights ─► Stream ─► spool ─► the one way of every capture
//! ```
//!
//! A live capture is begun with `begin::begin`, and its stream is opened as `Source::Kept` in a file that has a name, or as
//! `Source::Reader` in one that has none. `Tap::stop` asks for the end; the stream then ends, and so does the capture.

pub mod begin;
pub mod device;
pub mod grant;
pub mod listing;
pub mod report;
pub mod tap;
pub mod tool;
pub mod wanted;

mod heard;
mod remote;

mod input;
mod pipe;

use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::bytes::{Bytes, fill};
use crate::error::CaptureError;
use crate::format::Compression;
use crate::step::NoteKind;

pub(crate) use input::Input;
pub(crate) use pipe::{keep_from, spool_from};

/// A temporary file, and how much of it is there.
#[derive(Debug)]
pub(crate) struct Spool {
    pub(crate) file: File,
    name: String,
    /// Where it is, if somebody wants to keep it.
    kept: Option<PathBuf>,
    state: Mutex<State>,
    grown: Condvar,
    abandoned: AtomicBool,
}

/// How far the spool has come.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) len: u64,
    pub(crate) ended: bool,
    /// What went wrong at the end.
    pub(crate) note: Option<(NoteKind, String)>,
    /// Bytes taken from the source.
    pub(crate) consumed: u64,
    /// Bytes the source has, where it is a file.
    pub(crate) total: Option<u64>,
    pub(crate) compression: Option<Compression>,
}

/// Why writing a spool ends early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody reads it any more.
    Abandoned,
    /// The source or the disk does not go on; in words for people.
    Failed(NoteKind, String),
}

impl Spool {
    fn new(name: String, total: Option<u64>) -> Result<Self, CaptureError> {
        let dir = std::env::temp_dir();
        let file = unnamed(&dir).map_err(|source| CaptureError::Spool { dir, source })?;
        Ok(Self::over(file, name, None, total))
    }

    /// A spool in a file that is there already, and empty.
    fn over(file: File, name: String, kept: Option<PathBuf>, total: Option<u64>) -> Self {
        Self {
            file,
            name,
            kept,
            state: Mutex::new(State { total, ..State::default() }),
            grown: Condvar::new(),
            abandoned: AtomicBool::new(false),
        }
    }

    /// What is said where it cannot be written.
    fn unwritten(&self, error: &io::Error) -> String {
        match &self.kept {
            Some(_) => {
                format!(
                    "no more could be written ({error}), so capturing stops here; what was written is kept"
                )
            }
            None => format!(
                "the temporary file in {} could not be written ({error}), so reading stops here; \
                 free space there or set TMPDIR to another directory",
                std::env::temp_dir().display()
            ),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // What is under the lock is whole after every statement, so a panic elsewhere does not harm it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> State {
        self.lock().clone()
    }

    /// Length, and whether it is the last one.
    pub(crate) fn reach(&self) -> (u64, bool) {
        let state = self.lock();
        (state.len, state.ended)
    }

    /// Waits until there are more than `beyond` bytes, or the end, or `patience` is over.
    pub(crate) fn wait(&self, beyond: u64, patience: Duration) {
        let nothing_new = |state: &mut State| state.len <= beyond && !state.ended;
        drop(self.grown.wait_timeout_while(self.lock(), patience, nothing_new));
    }

    /// Tells the writing thread that nobody will read on.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }
}

impl Bytes for Spool {
    fn len(&self) -> u64 {
        self.reach().0
    }

    fn fill(&self, at: u64, into: &mut [u8]) -> Result<(), CaptureError> {
        fill(&self.file, &self.name, at, into)
    }
}

/// The only one who writes to a spool. When it is gone, the spool has ended.
#[derive(Debug)]
pub(crate) struct SpoolWriter {
    spool: Arc<Spool>,
    at: u64,
    finished: bool,
}

impl SpoolWriter {
    fn new(spool: Arc<Spool>) -> Self {
        Self { spool, at: 0, finished: false }
    }

    /// Appends `bytes`, for which `consumed` bytes of the source were taken by now.
    pub(crate) fn give(&mut self, bytes: &[u8], consumed: u64) -> Result<(), Stop> {
        if self.spool.abandoned.load(Ordering::Relaxed) {
            return Err(Stop::Abandoned);
        }
        write_all_at(&self.spool.file, bytes, self.at).map_err(|error| {
            // What did not fit as a whole is not told to readers either.
            let _ = self.spool.file.set_len(self.at);
            Stop::Failed(NoteKind::Source, self.spool.unwritten(&error))
        })?;
        self.at = self.at.saturating_add(bytes.len() as u64);
        let mut state = self.spool.lock();
        state.len = self.at;
        state.consumed = consumed;
        drop(state);
        self.spool.grown.notify_all();
        Ok(())
    }

    pub(crate) fn compressed(&mut self, how: Compression) {
        self.spool.lock().compression.get_or_insert(how);
    }

    fn finish(&mut self, note: Option<(NoteKind, String)>) {
        let mut state = self.spool.lock();
        state.note = note;
        state.ended = true;
        self.finished = true;
        drop(state);
        self.spool.grown.notify_all();
    }
}

impl Drop for SpoolWriter {
    fn drop(&mut self) {
        if !self.finished {
            let says = "reading the source broke off by a fault of this program; what came before is there";
            self.finish(Some((NoteKind::Source, says.to_owned())));
        }
    }
}

/// A new file in `dir` that only this process can open.
fn unnamed(dir: &Path) -> io::Result<File> {
    const TRIES: u32 = 16;
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for attempt in 0..TRIES {
        // A fresh random state each time: the name cannot be foreseen.
        let word = RandomState::new().hash_one((std::process::id(), attempt));
        let path = dir.join(format!("wscope-{word:016x}.spool"));
        match create(&path) {
            Ok(file) => return Ok(file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Captures hold secrets: nobody else may read them while the name is there.
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

#[cfg(windows)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
    const SHARE_NOTHING: u32 = 0;
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .share_mode(SHARE_NOTHING)
        .custom_flags(FILE_FLAG_DELETE_ON_CLOSE)
        .open(path)
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, at)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            wrote => {
                bytes = bytes.get(wrote..).unwrap_or_default();
                at = at.saturating_add(wrote as u64);
            }
        }
    }
    Ok(())
}
