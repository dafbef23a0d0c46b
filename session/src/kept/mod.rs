//! Index files: what is known of a large capture, kept in the user's cache folder, so that it opens again at once.
//!
//! ```text
//! "wscope index" and the format's number (16) │ who wrote it, for which capture, by which options │ tables
//! ```
//!
//! An index is made of a capture that was read to its end, is a plain file and used no keys: nothing that was decrypted
//! and no secret lies in one. It is used where the very program that wrote it meets the very file again; one that is
//! stale or damaged is removed, and the capture is read. What is in it is in the capture too, heads and their cookies
//! among it, so it is for the user's eyes only.

mod blocks;
mod bounds;
mod folder;
mod identity;
mod neighbors;
mod refusal;
mod tables;
mod totals;
mod value;
mod words;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use capture::{Growing, Source};
use sha2::{Digest, Sha256};

use self::blocks::{Reader, Writer};
use self::identity::{Identity, Stamp};
use self::refusal::Refusal;
use self::value::structs;
use crate::snapshot::Snapshot;
use crate::worker::Options;

/// What an index file begins with; the number at its end is that of the format, and goes up with every change of it.
const MAGIC: &[u8; 16] = b"wscope index\0\0\0\x02";

/// An index takes less than so many times the capture's bytes, and so many more.
const MOST: u64 = 64;
const MORE: u64 = 64 << 20;

/// That indexes are kept, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// The folder, which need not be there yet.
    pub folder: PathBuf,
    /// Only captures of so many bytes or more have one.
    pub from: u64,
    /// Bytes that all of them may take together; beyond that the oldest are removed.
    pub most: u64,
    /// The program that writes and reads them: one that another program wrote is not believed.
    pub program: String,
}

/// The index of one capture.
pub(crate) struct Index {
    keeping: Keeping,
    capture: PathBuf,
    stamp: Stamp,
    place: PathBuf,
    written_by: By,
}

/// What decides, beside the capture, what is in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
struct By {
    program: String,
    ports: Vec<u16>,
    inflate_limit: u64,
    judge: bool,
}

/// What stands before the tables.
struct Front {
    by: By,
    identity: Identity,
}

structs! {
    By { program, ports, inflate_limit, judge }
    Front { by, identity }
}

impl Index {
    /// Of a capture that is about to be opened, where one is wanted and can be.
    pub(crate) fn of(source: &Source, options: &Options) -> Option<Self> {
        let keeping = options.index.clone().filter(|_| options.keys.is_empty())?;
        let Source::File { path, follow: false } = source else { return None };
        let stamp = Stamp::of(path).filter(|stamp| stamp.len() >= keeping.from)?;
        let dissector::Options { websocket_ports, inflate_limit, judge } = options.dissector.clone();
        let (program, mut ports) = (keeping.program.clone(), websocket_ports);
        ports.sort_unstable();
        ports.dedup();
        let written_by = By { program, ports, inflate_limit, judge };
        let By { ports, inflate_limit, judge, .. } = &written_by;
        let key = Sha256::digest(format!("{} {ports:?} {inflate_limit} {judge}", stamp.key(path)));
        let name: String = key.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let place = folder::place(&keeping.folder, &name);
        Some(Self { keeping, capture: path.clone(), stamp, place, written_by })
    }

    /// The capture as it was known when it had been read; nothing where there is no index. One that is not believed is
    /// removed, and a sentence says why.
    pub(crate) fn read(&self, capture: &dyn Growing) -> Result<Option<Snapshot>, String> {
        if !tables::is_plain(capture) {
            return Ok(None);
        }
        match self.try_read(capture) {
            Ok(snapshot) => Ok(Some(snapshot)),
            Err(refusal) => {
                let Some(says) = refusal.says() else { return Ok(None) };
                // Where it cannot be removed it is refused the next time too.
                let _ = std::fs::remove_file(&self.place);
                Err(says)
            }
        }
    }

    fn try_read(&self, capture: &dyn Growing) -> Result<Snapshot, Refusal> {
        let file = File::open(&self.place)?;
        let len = file.metadata()?.len();
        let mut file = BufReader::with_capacity(1 << 20, file);
        let mut magic = [0; MAGIC.len()];
        file.read_exact(&mut magic)?;
        if magic != *MAGIC {
            return Err(Refusal::Other);
        }
        if len > self.stamp.len().saturating_mul(MOST).saturating_add(MORE) {
            return Err(Refusal::Damaged);
        }
        let mut reader = Reader::new(file, len.saturating_sub(MAGIC.len() as u64));
        let front: Front = reader.one()?;
        if front.by != self.written_by {
            return Err(Refusal::Other);
        }
        if self.identity(capture)? != front.identity {
            return Err(Refusal::Changed);
        }
        let snapshot = tables::read(&mut reader, capture)?;
        // It may have changed while it was opened.
        if self.is_same() { Ok(snapshot) } else { Err(Refusal::Changed) }
    }

    /// Keeps what is known of a capture that was read, unless `stopped`. A sentence says why it could not be.
    pub(crate) fn write(
        &self,
        snapshot: &Snapshot,
        capture: &dyn Growing,
        stopped: &dyn Fn() -> bool,
    ) -> Result<(), String> {
        if !tables::is_plain(capture) || !tables::is_fit(snapshot) || stopped() {
            return Ok(());
        }
        let failed = |why: String| {
            let place = self.keeping.folder.display();
            format!("no index of the capture could be kept in {place}: {why}")
        };
        let identity = match self.identity(capture) {
            Ok(identity) if self.is_same() => identity,
            // Of a capture that changed there is nothing to keep.
            _ => return Ok(()),
        };
        let written = folder::write(&self.place, |file| {
            let mut file = BufWriter::with_capacity(1 << 20, file);
            file.write_all(MAGIC)?;
            let mut writer = Writer::new(file, stopped);
            writer.table([Front { by: self.written_by.clone(), identity }])?;
            tables::write(&mut writer, snapshot)?;
            writer.finish().flush()
        });
        match written.and_then(|()| folder::tidy(&self.keeping.folder, self.keeping.most)) {
            Err(_) if stopped() => Ok(()),
            written => written.map_err(|error| failed(error.to_string())),
        }
    }

    fn identity(&self, capture: &dyn Growing) -> Result<Identity, Refusal> {
        // What cannot be read is told by whoever reads the capture.
        Identity::of(self.stamp, capture.bytes().as_ref()).map_err(|_| Refusal::Changed)
    }

    /// Whether the capture's file is the one that was opened, as it was then.
    fn is_same(&self) -> bool {
        Stamp::of(&self.capture) == Some(self.stamp)
    }
}
