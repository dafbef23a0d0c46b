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

    /// Puts the bytes of `span` into `into`, in place of what it held.
    fn read(&self, span: FileSpan, into: &mut Vec<u8>) -> Result<(), CaptureError>;
}

/// The bytes of `span` in `file`, which has `len` bytes by now. `name` is for the error.
pub(crate) fn read_span(
    file: &File,
    len: u64,
    name: &str,
    span: FileSpan,
    into: &mut Vec<u8>,
) -> Result<(), CaptureError> {
    let outside = |len| CaptureError::Outside { at: span.at, end: span.end(), len };
    // Checked before memory is taken: a span that no reader gave out may be of any size.
    if span.end() > len {
        into.clear();
        return Err(outside(len));
    }
    // All of it is written anew.
    into.resize(span.len as usize, 0);
    let got = read_full(file, into, span.at).map_err(|source| {
        into.clear();
        CaptureError::Read { name: name.to_owned(), at: span.at, source }
    })?;
    if got < into.len() {
        into.clear();
        return Err(outside(span.at.saturating_add(got as u64)));
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
