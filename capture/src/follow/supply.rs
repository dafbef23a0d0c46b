//! Where the bytes come from: a file that is complete, a file that somebody else still writes, or a spool.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use crate::bytes::{Bytes, fill};
use crate::error::CaptureError;
use crate::format::Compression;
use crate::live::Spool;
use crate::step::{NoteKind, Progress};

/// How often a file that somebody else writes is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Where the bytes come from.
pub(crate) enum Supply {
    /// A file on disk.
    File(Arc<OnDisk>),
    /// A spool.
    Spool(Arc<Spool>),
}

/// A file on disk.
#[derive(Debug)]
pub(crate) struct OnDisk {
    file: File,
    name: String,
    /// How long it was when it was opened; `None` while it may grow.
    fixed: Option<u64>,
}

impl OnDisk {
    pub(crate) fn new(file: File, name: String, fixed: Option<u64>) -> Self {
        Self { file, name, fixed }
    }
}

impl Bytes for OnDisk {
    fn len(&self) -> u64 {
        self.fixed.unwrap_or_else(|| self.file.metadata().map_or(0, |it| it.len()))
    }

    fn fill(&self, at: u64, into: &mut [u8]) -> Result<(), CaptureError> {
        fill(&self.file, &self.name, at, into)
    }
}

impl Supply {
    pub(crate) fn file(&self) -> &File {
        match self {
            Self::File(on_disk) => &on_disk.file,
            Self::Spool(spool) => &spool.file,
        }
    }

    /// How many bytes there are, and whether there will be no more.
    pub(crate) fn reach(&self) -> (u64, bool) {
        match self {
            Self::File(on_disk) => (on_disk.len(), on_disk.fixed.is_some()),
            Self::Spool(spool) => spool.reach(),
        }
    }

    /// Waits for more than `beyond` bytes, or the end, at most for `patience`.
    pub(crate) fn wait(&self, beyond: u64, patience: Duration) {
        match self {
            Self::File(_) => std::thread::sleep(patience.min(LOOK_AGAIN)),
            Self::Spool(spool) => spool.wait(beyond, patience),
        }
    }

    /// What went wrong at the end of the source.
    pub(crate) fn ending(&self) -> Option<(NoteKind, String)> {
        match self {
            Self::File(_) => None,
            Self::Spool(spool) => spool.state().note,
        }
    }

    pub(crate) fn compression(&self) -> Option<Compression> {
        match self {
            Self::File(_) => None,
            Self::Spool(spool) => spool.state().compression,
        }
    }

    pub(crate) fn bytes(&self) -> Arc<dyn Bytes> {
        match self {
            Self::File(on_disk) => Arc::clone(on_disk) as Arc<dyn Bytes>,
            Self::Spool(spool) => Arc::clone(spool) as Arc<dyn Bytes>,
        }
    }

    /// How far a reader at `at` has come.
    pub(crate) fn progress(&self, at: u64) -> Progress {
        let spool = match self {
            Self::File(on_disk) => return Progress { done: at, total: Some(on_disk.len()) },
            Self::Spool(spool) => spool.state(),
        };
        match spool.total {
            // Counted in bytes of the compressed file: the share of what is unpacked, of what that was unpacked from.
            Some(total) if spool.len > 0 => {
                let done = u128::from(spool.consumed) * u128::from(at) / u128::from(spool.len);
                Progress { done: u64::try_from(done).unwrap_or(total), total: Some(total) }
            }
            Some(total) => Progress { done: 0, total: Some(total) },
            None => Progress { done: at, total: spool.ended.then_some(spool.len) },
        }
    }

    /// Tells whoever still fills a spool to stop.
    pub(crate) fn abandon(&self) {
        if let Self::Spool(spool) = self {
            spool.abandon();
        }
    }
}
