//! From a source to a capture that can be read.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::error::CaptureError;
use crate::follow::{Follow, OnDisk, Supply};
use crate::live::{keep_from, spool_from};
use crate::step::Growing;

/// Where a capture comes from.
pub enum Source {
    /// A file, or a path to a FIFO. Compressed ones are unpacked into a temporary file first, and read while
    /// they are.
    File {
        /// The path.
        path: PathBuf,
        /// Whether a regular file that ends is waited on for more. A compressed one is not.
        follow: bool,
    },
    /// Standard input.
    Stdin,
    /// Anything that can be read once, such as the output of a capturing child.
    Reader(Box<dyn Read + Send>),
    /// The same, written to a file that stays.
    Kept {
        /// What is read.
        from: Box<dyn Read + Send>,
        /// A new file, open for reading and writing.
        file: File,
        /// Its name.
        path: PathBuf,
    },
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, follow } => {
                f.debug_struct("File").field("path", path).field("follow", follow).finish()
            }
            Self::Stdin => f.write_str("Stdin"),
            Self::Reader(_) => f.write_str("Reader"),
            Self::Kept { path, .. } => f.debug_struct("Kept").field("path", path).finish_non_exhaustive(),
        }
    }
}

/// Opens a capture.
///
/// What is no capture is an error here if the source is a regular file that holds enough to tell, and an error
/// of the first [`Growing::next`] otherwise: a pipe may be silent for long, and opening never waits for it.
pub fn open(source: Source) -> Result<Box<dyn Growing>, CaptureError> {
    let (name, supply) = match source {
        Source::File { path, follow } => return open_path(path, follow),
        Source::Stdin => (
            "standard input",
            spool_from("standard input".to_owned(), None, || Ok(Box::new(std::io::stdin())))?,
        ),
        Source::Reader(reader) => ("the stream", spool_from("the stream".to_owned(), None, || Ok(reader))?),
        Source::Kept { from, file, path } => ("the capture", keep_from(path, file, from)?),
    };
    Ok(Box::new(Follow::new(name.to_owned(), Supply::Spool(supply))))
}

fn open_path(path: PathBuf, follow: bool) -> Result<Box<dyn Growing>, CaptureError> {
    let name = path.display().to_string();
    let about = std::fs::metadata(&path).map_err(|error| CaptureError::opening(path.clone(), error))?;
    if about.is_dir() {
        return Err(CaptureError::Directory { path });
    }
    if !about.is_file() {
        let opener = move || File::open(path).map(|file| Box::new(file) as Box<dyn Read + Send>);
        let spool = spool_from(name.clone(), None, opener)?;
        return Ok(Box::new(Follow::new(name, Supply::Spool(spool))));
    }
    let file = File::open(&path).map_err(|error| CaptureError::opening(path, error))?;
    let fixed = (!follow).then_some(about.len());
    // A second handle, should it have to be unpacked: a path may mean another file by then.
    let again = file.try_clone();
    let on_disk = Arc::new(OnDisk::new(file, name.clone(), fixed));
    let mut plain = Follow::new(name.clone(), Supply::File(on_disk));
    if !plain.identify()? {
        return Ok(Box::new(plain));
    }
    let opener = move || {
        let mut file = again?;
        file.rewind()?;
        Ok(Box::new(file) as Box<dyn Read + Send>)
    };
    let spool = spool_from(name.clone(), Some(about.len()), opener)?;
    let mut unpacked = Follow::new(name, Supply::Spool(spool));
    while !unpacked.is_identified() {
        if unpacked.identify()? {
            break;
        }
        if !unpacked.is_identified() {
            unpacked.wait(Duration::from_secs(1));
        }
    }
    Ok(Box::new(unpacked))
}
