//! A row of files of which the newest are kept: the next one begins when one is large or old enough.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::disk::{Disk, Short};
use crate::options::Options;

/// The row, or the one file where no limits are set.
#[derive(Debug)]
pub(crate) struct Ring {
    path: PathBuf,
    keep: Option<u32>,
    most_bytes: Option<u64>,
    most_age: Option<Duration>,
    /// The number of the current file, from 1.
    number: u64,
    written: VecDeque<PathBuf>,
    current: Disk,
    since: Instant,
}

impl Ring {
    /// Begins the first file.
    pub(crate) fn new(path: &Path, options: &Options) -> io::Result<Self> {
        let most_age = options.file_seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let alone = options.file_bytes.is_none() && most_age.is_none();
        let first = if alone { path.to_owned() } else { numbered(path, 1) };
        Ok(Self {
            path: path.to_owned(),
            keep: options.files,
            most_bytes: options.file_bytes,
            most_age,
            number: 1,
            current: Disk::new(create(&first)?),
            written: VecDeque::from([first]),
            since: Instant::now(),
        })
    }

    /// Whether the next file should begin before so many bytes more are written.
    pub(crate) fn due(&self, more: usize) -> bool {
        let large = self.most_bytes.is_some_and(|most| self.current.len + more as u64 > most);
        large || self.most_age.is_some_and(|most| self.since.elapsed() >= most)
    }

    /// Writes to the current file.
    pub(crate) fn write(&mut self, blocks: &[u8]) -> Result<(), Short> {
        self.current.write(blocks)
    }

    /// Begins the next file, and removes the oldest where there are too many.
    pub(crate) fn turn(&mut self, head: &[u8]) -> io::Result<()> {
        self.number += 1;
        let next = numbered(&self.path, self.number);
        self.current = Disk::new(create(&next)?);
        self.written.push_back(next);
        self.since = Instant::now();
        while self.keep.is_some_and(|keep| self.written.len() > keep as usize) {
            if let Some(oldest) = self.written.pop_front() {
                // Somebody may have taken it away already.
                let _ = std::fs::remove_file(oldest);
            }
        }
        self.current.write(head).map_err(|short| short.error)
    }
}

/// Captures hold secrets: nobody else may read them.
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// `out.pcapng` becomes `out-00001.pcapng`.
fn numbered(path: &Path, number: u64) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number:05}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}
