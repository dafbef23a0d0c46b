//! Standard input, a FIFO, the output of a child, a compressed file: copied into a spool by a thread.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Input, Spool, SpoolWriter, Stop};
use crate::error::CaptureError;
use crate::format::compressed;
use crate::step::NoteKind;
use crate::unpack::unpack;

/// A spool that a new thread fills from what `opener` opens; opening a FIFO waits for its writer, and so is
/// left to the thread. `total` is how much the source holds, where that is known.
pub(crate) fn spool_from(
    name: String,
    total: Option<u64>,
    opener: impl FnOnce() -> io::Result<Box<dyn Read + Send>> + Send + 'static,
) -> Result<Arc<Spool>, CaptureError> {
    fill_from(Spool::new(name, total)?, opener)
}

/// The same in a file that is to be kept, which is empty and can be read.
pub(crate) fn keep_from(
    path: PathBuf,
    file: File,
    source: Box<dyn Read + Send>,
) -> Result<Arc<Spool>, CaptureError> {
    fill_from(Spool::over(file, path.display().to_string(), Some(path), None), || Ok(source))
}

fn fill_from(
    spool: Spool,
    opener: impl FnOnce() -> io::Result<Box<dyn Read + Send>> + Send + 'static,
) -> Result<Arc<Spool>, CaptureError> {
    let spool = Arc::new(spool);
    let mut writer = SpoolWriter::new(Arc::clone(&spool));
    let filling = move || {
        let note = match opener() {
            Ok(source) => fill(Input::new(source), &mut writer),
            Err(error) => Some((NoteKind::Source, error.to_string())),
        };
        writer.finish(note);
    };
    std::thread::Builder::new()
        .name("spool".to_owned())
        .spawn(filling)
        .map_err(|source| CaptureError::Spool { dir: std::env::temp_dir(), source })?;
    Ok(spool)
}

/// Copies or unpacks all of `input`, and says what went wrong.
fn fill(mut input: Input, to: &mut SpoolWriter) -> Option<(NoteKind, String)> {
    let copied = match compressed(input.peek(4)) {
        Some(_) => unpack(&mut input, to),
        None => copy(&mut input, to),
    };
    match (input.failure(), copied) {
        (Some(failure), _) => {
            Some((NoteKind::Source, format!("the source failed ({failure}), so reading stops here")))
        }
        (None, Err(Stop::Failed(kind, says))) => Some((kind, says)),
        (None, Ok(()) | Err(Stop::Abandoned)) => None,
    }
}

fn copy(input: &mut Input, to: &mut SpoolWriter) -> Result<(), Stop> {
    loop {
        let taken = input.taken();
        let Ok(bytes) = input.fill_buf() else { return Ok(()) };
        if bytes.is_empty() {
            return Ok(());
        }
        let len = bytes.len();
        to.give(bytes, taken.saturating_add(len as u64))?;
        input.consume(len);
    }
}
