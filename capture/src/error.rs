//! Why a capture cannot be read: what was being done, with what, and what to try. One line each.

use std::io;
use std::path::PathBuf;

/// Why a capture cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// No such file.
    #[error("{}: there is no such file", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// No permission.
    #[error("{}: no permission to read it; change its rights, or read it as the user who captured it", path.display())]
    Denied {
        /// The file.
        path: PathBuf,
    },
    /// A directory.
    #[error("{}: this is a directory; name one capture file in it", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
    },
    /// The system would not open it.
    #[error("{}: cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Nothing in it.
    #[error("{name}: nothing in it (0 bytes); was the capture stopped before its first packet was written?")]
    Empty {
        /// The source.
        name: String,
    },
    /// Text, not packets.
    #[error("{name}: not a capture but {what}, beginning {starts:?}; {advice}")]
    Text {
        /// The source.
        name: String,
        /// What kind of text.
        what: &'static str,
        /// Its first characters.
        starts: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// A known format that is none of ours.
    #[error("{name}: not a pcap or pcapng file but {what}; {advice}")]
    Foreign {
        /// The source.
        name: String,
        /// What it is.
        what: &'static str,
        /// What to do with it.
        advice: &'static str,
    },
    /// An unknown format.
    #[error("{name}: not a capture file: it begins with {starts}, which no pcap or pcapng file does")]
    Unknown {
        /// The source.
        name: String,
        /// Its first bytes in hex.
        starts: String,
    },
    /// A source that failed before it gave anything.
    #[error("{name}: cannot be read: {says}")]
    Source {
        /// The source.
        name: String,
        /// What happened.
        says: String,
    },
    /// Reading failed.
    #[error("{name}: reading at byte {at} failed: {source}")]
    Read {
        /// The source.
        name: String,
        /// Where.
        at: u64,
        /// What the system says.
        source: io::Error,
    },
    /// A capture that could not be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No spool.
    #[error("cannot make a temporary file in {}: {source}; set TMPDIR to a directory that can be written", dir.display())]
    Spool {
        /// The directory.
        dir: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Bytes that the capture does not hold.
    #[error("bytes {at} to {end} were asked for, but the capture holds {len}")]
    Outside {
        /// The first byte asked for.
        at: u64,
        /// Just behind the last.
        end: u64,
        /// How many there are.
        len: u64,
    },
}

impl CaptureError {
    /// What opening `path` met.
    pub(crate) fn opening(path: PathBuf, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::PermissionDenied => Self::Denied { path },
            io::ErrorKind::IsADirectory => Self::Directory { path },
            _ => Self::Open { path, source },
        }
    }
}
