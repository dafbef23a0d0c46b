//! Blocks of an index file: a length, a checksum, and values, none of which goes on in another block.
//!
//! ```text
//! block:  length and, in its highest bit, whether it is the last of its table (4) │ CRC-32 (4) │ values
//! ```
//!
//! The checksum covers the block's number and length too, and begins with that of the first block, so that a block of
//! another file or another place is none of this one.

use std::io::{self, Read, Write};

use crc32fast::Hasher;

use super::refusal::Refusal;
use super::value::{Input, Value};

/// A block is closed when it is as long as this.
const FULL: usize = 1 << 20;
/// No block is longer: that is the most memory that is taken on a file's word.
const LONGEST: usize = 64 << 20;
/// Marks the last block of a table.
const LAST: u32 = 1 << 31;

/// A length and a checksum.
const FRONT: u64 = 8;

/// What tells a file's blocks from another's: where in it they stand, and the file's beginning.
#[derive(Clone, Copy, Default)]
struct Place {
    number: u64,
    first: u32,
}

impl Place {
    /// The checksum of the block at this place; goes on to the next one.
    fn sum(&mut self, word: u32, bytes: &[u8]) -> u32 {
        let mut hasher = Hasher::new_with_initial(self.first);
        hasher.update(&self.number.to_le_bytes());
        hasher.update(&word.to_le_bytes());
        hasher.update(bytes);
        let sum = hasher.finalize();
        if self.number == 0 {
            self.first = sum;
        }
        self.number += 1;
        sum
    }
}

/// Writes tables.
pub(super) struct Writer<'a, W> {
    to: W,
    block: Vec<u8>,
    place: Place,
    /// Whether writing is to be given up.
    stopped: &'a dyn Fn() -> bool,
}

impl<'a, W: Write> Writer<'a, W> {
    pub(super) fn new(to: W, stopped: &'a dyn Fn() -> bool) -> Self {
        Self { to, block: Vec::with_capacity(FULL + FULL / 4), place: Place::default(), stopped }
    }

    /// Writes a table of what there is.
    pub(super) fn table<T: Value>(&mut self, values: impl IntoIterator<Item = T>) -> io::Result<()> {
        for value in values {
            value.write(&mut self.block);
            if self.block.len() >= FULL {
                self.close(0)?;
            }
        }
        self.close(LAST)
    }

    fn close(&mut self, last: u32) -> io::Result<()> {
        if (self.stopped)() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.block.len() > LONGEST {
            return Err(io::Error::other("a part of it is too large"));
        }
        let word = self.block.len() as u32 | last;
        self.to.write_all(&word.to_le_bytes())?;
        self.to.write_all(&self.place.sum(word, &self.block).to_le_bytes())?;
        self.to.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }

    pub(super) fn finish(self) -> W {
        self.to
    }
}

/// Reads tables in the order in which they were written.
pub(super) struct Reader<R> {
    from: R,
    /// Bytes of the file that are left.
    left: u64,
    block: Vec<u8>,
    place: Place,
}

impl<R: Read> Reader<R> {
    /// Of a file that has `left` more bytes.
    pub(super) fn new(from: R, left: u64) -> Self {
        Self { from, left, block: Vec::new(), place: Place::default() }
    }

    /// Gives `each` value of the next table, with its place in it; `None` refuses it.
    pub(super) fn table<T: Value>(
        &mut self,
        mut each: impl FnMut(u32, T) -> Option<()>,
    ) -> Result<(), Refusal> {
        let mut count = 0_u32;
        loop {
            let last = self.open()?;
            let mut input = Input::new(&self.block);
            while !input.is_empty() {
                let value = T::read(&mut input).ok_or(Refusal::Damaged)?;
                each(count, value).ok_or(Refusal::Damaged)?;
                count = count.checked_add(1).ok_or(Refusal::Damaged)?;
            }
            if last {
                return Ok(());
            }
        }
    }

    /// All of the next table.
    pub(super) fn all<T: Value>(&mut self) -> Result<Vec<T>, Refusal> {
        let mut all = Vec::new();
        self.table(|_, value| {
            all.push(value);
            Some(())
        })?;
        Ok(all)
    }

    /// The next table, which holds one value.
    pub(super) fn one<T: Value>(&mut self) -> Result<T, Refusal> {
        let mut all = self.all()?;
        let one = all.pop().ok_or(Refusal::Damaged)?;
        if all.is_empty() { Ok(one) } else { Err(Refusal::Damaged) }
    }

    /// Whether nothing more is there.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Reads the next block and holds it against its checksum. Says whether it is the last of its table.
    fn open(&mut self) -> Result<bool, Refusal> {
        self.left = self.left.checked_sub(FRONT).ok_or(Refusal::Damaged)?;
        let word = self.number()?;
        let sum = self.number()?;
        let len = word & !LAST;
        self.left = self.left.checked_sub(len.into()).ok_or(Refusal::Damaged)?;
        if len as usize > LONGEST {
            return Err(Refusal::Damaged);
        }
        self.block.resize(len as usize, 0);
        self.from.read_exact(&mut self.block)?;
        if self.place.sum(word, &self.block) != sum {
            return Err(Refusal::Damaged);
        }
        Ok(word & LAST != 0)
    }

    fn number(&mut self) -> Result<u32, Refusal> {
        let mut bytes = [0; 4];
        self.from.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }
}

/// Makes the checksums of a file fit the values that it has now.
#[cfg(test)]
pub(super) fn seal(file: &mut [u8], blocks: &[std::ops::Range<usize>]) {
    let mut place = Place::default();
    for block in blocks {
        let (front, values) = file.split_at_mut(block.start);
        let (rest, sum) = front.split_at_mut(block.start - 4);
        let word = rest.last_chunk().map_or(0, |word| u32::from_le_bytes(*word));
        sum.copy_from_slice(&place.sum(word, &values[..block.len()]).to_le_bytes());
    }
}
