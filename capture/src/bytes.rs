//! Captured bytes by position. Positions never move and bytes never change; there may only be more of them.

use std::fs::File;
use std::io;

use crate::error::CaptureError;
use crate::record::FileSpan;

/// A capture's bytes, looked at again.
pub trait Bytes: Send + Sync {
    /// How many there are by now.
    fn len(&self) -> u64;

    /// Whether there are none yet.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `into` with the bytes from offset `at` on. Fails where there are fewer.
    fn fill(&self, at: u64, into: &mut [u8]) -> Result<(), CaptureError>;

    /// Puts the bytes of `span` into `into`, in place of what it held.
    fn read(&self, span: FileSpan, into: &mut Vec<u8>) -> Result<(), CaptureError> {
        // Checked before memory is taken: a span that no reader gave out may be of any size.
        let len = self.len();
        let filled = if span.end() > len {
            Err(CaptureError::Outside { at: span.at, end: span.end(), len })
        } else {
            // All of it is written anew.
            into.resize(span.len as usize, 0);
            self.fill(span.at, into)
        };
        filled.inspect_err(|_| into.clear())
    }
}

/// Fills `into` with the bytes of `file` from offset `at` on. `name` is for the error.
pub(crate) fn fill(file: &File, name: &str, at: u64, into: &mut [u8]) -> Result<(), CaptureError> {
    let got = read_full(file, into, at).map_err(|source| CaptureError::Read {
        name: name.to_owned(),
        at,
        source,
    })?;
    if got < into.len() {
        let [end, len] = [into.len(), got].map(|bytes| at.saturating_add(bytes as u64));
        return Err(CaptureError::Outside { at, end, len });
    }
    Ok(())
}

/// Reads into all of `into` from offset `at`; fewer bytes only where the file ends.
pub(crate) fn read_full(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match read_at(file, rest, at.saturating_add(done as u64)) {
            Ok(0) => break,
            Ok(got) => done += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

#[cfg(unix)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, at)
}

#[cfg(windows)]
fn read_at(file: &File, into: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, at)
}
