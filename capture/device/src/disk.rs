//! A file, or a pipe, to which whole blocks are written. Where a disk is full, what is there stays whole.

use std::fs::File;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};

/// What is written to.
#[derive(Debug)]
pub(crate) struct Disk {
    file: File,
    /// Where the last whole block ends.
    pub(crate) len: u64,
}

/// Blocks that could not be written, and what was.
#[derive(Debug)]
pub(crate) struct Short {
    pub(crate) error: io::Error,
    pub(crate) kept: Kept,
}

/// Whole blocks at the beginning of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) bytes: usize,
    pub(crate) packets: u64,
}

impl Disk {
    /// What is written begins at the file's beginning.
    pub(crate) fn new(file: File) -> Self {
        Self { file, len: 0 }
    }

    /// Appends blocks of pcapng. Where they do not fit, those stay that do.
    pub(crate) fn write(&mut self, blocks: &[u8]) -> Result<(), Short> {
        let mut done = 0;
        while let Some(rest) = blocks.get(done..).filter(|rest| !rest.is_empty()) {
            let error = match self.file.write(rest) {
                Ok(0) => io::Error::from(ErrorKind::WriteZero),
                Ok(wrote) => {
                    done += wrote;
                    continue;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            let kept = whole(blocks, done);
            self.len += kept.bytes as u64;
            self.cut();
            return Err(Short { error, kept });
        }
        self.len += blocks.len() as u64;
        Ok(())
    }

    /// Takes off what is no whole block. A pipe cannot be cut, and its reader is told by its end.
    fn cut(&mut self) {
        if self.file.metadata().is_ok_and(|about| about.is_file()) {
            let _ = self.file.set_len(self.len);
            let _ = self.file.seek(SeekFrom::Start(self.len));
        }
    }
}

/// The whole blocks among the first `done` bytes. A block's length stands behind its type.
fn whole(blocks: &[u8], done: usize) -> Kept {
    const ENHANCED_PACKET: u32 = 6;
    let word =
        |at: usize| blocks.get(at..).and_then(<[u8]>::first_chunk).map(|word| u32::from_le_bytes(*word));
    let mut kept = Kept::default();
    loop {
        match word(kept.bytes + 4).map(|len| len as usize) {
            Some(len) if len > 0 && kept.bytes + len <= done => {
                kept.packets += u64::from(word(kept.bytes) == Some(ENHANCED_PACKET));
                kept.bytes += len;
            }
            _ => return kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, whole};

    /// Blocks of 12 and 16 bytes, cut anywhere.
    #[test]
    fn a_cut_falls_between_blocks() {
        let block = |len: u32| {
            let mut block = vec![0; len as usize];
            block[0] = 6;
            block[4..8].copy_from_slice(&len.to_le_bytes());
            block
        };
        let blocks = [block(12), block(16), block(12)].concat();
        let expected =
            [(0, 0, 0), (11, 0, 0), (12, 12, 1), (27, 12, 1), (28, 28, 2), (39, 28, 2), (40, 40, 3)];
        for (done, bytes, packets) in expected {
            assert_eq!(whole(&blocks, done), Kept { bytes, packets }, "{done}");
        }
    }
}
