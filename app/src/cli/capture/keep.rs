//! The file in which a capture is kept.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use anyhow::Context;
use session::Snapshot;
use session::capture::live::tap::Stream;
use session::capture::{NoteKind, Source};

/// A new file, open.
pub(crate) struct Keep {
    path: PathBuf,
    file: File,
}

impl Keep {
    /// Makes the file, in place of one that may be there.
    pub(crate) fn new(path: &Path) -> anyhow::Result<Self> {
        let file = create(path).with_context(|| format!("{}: cannot be written", path.display()))?;
        Ok(Self { path: path.to_owned(), file })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its length.
    pub(crate) fn len(&self) -> u64 {
        self.file.metadata().map_or(0, |about| about.len())
    }

    /// A capture that comes as a stream, written to the file that is to be kept, if there is one; and its name.
    pub(crate) fn source(keep: Option<&Self>, stream: Stream) -> anyhow::Result<(Source, PathBuf)> {
        let from = Box::new(stream);
        let Some(Self { path, file }) = keep else { return Ok((Source::Reader(from), "the capture".into())) };
        let file = file.try_clone().with_context(|| format!("{}: cannot be written", path.display()))?;
        Ok((Source::Kept { from, file, path: path.clone() }, path.clone()))
    }

    /// Takes off what is no whole packet at the end of a capture that broke off.
    pub(crate) fn whole(&self, snapshot: &Snapshot) {
        let cut = snapshot.notes.iter().find(|note| note.kind == NoteKind::Cut);
        if let Some(note) = cut {
            // Readers take it either way.
            let _ = self.file.set_len(note.at);
        }
    }
}

#[cfg(unix)]
fn create(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Captures hold secrets: nobody else may read them.
    let file =
        OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(path)?;
    // Who runs this through sudo wants to read what it leaves behind.
    let number = |name: &str| std::env::var(name).ok()?.parse::<u32>().ok();
    if let (Some(user), Some(group)) = (number("SUDO_UID"), number("SUDO_GID")) {
        // Only root can, and only root needs to.
        let _ = std::os::unix::fs::fchown(&file, Some(user), Some(group));
    }
    Ok(file)
}

#[cfg(not(unix))]
fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)
}
