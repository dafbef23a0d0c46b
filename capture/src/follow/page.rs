//! The part of the capture that is in memory: one large page, read in order and used again and again.

use std::fs::File;
use std::io;

use crate::bytes::read_full;

/// Large enough that reading costs little, small enough for a processor's cache.
const PAGE: usize = 1 << 20;

/// A window that moves through a file.
///
/// `index <= filled <= buffer.len()`; the bytes from `index` to `filled` are those not yet taken.
#[derive(Debug, Default)]
pub(crate) struct Page {
    buffer: Vec<u8>,
    /// Where the buffer's first byte lies in the file.
    start: u64,
    index: usize,
    filled: usize,
}

impl Page {
    /// What has been read and not taken.
    #[inline]
    pub(crate) fn window(&self) -> &[u8] {
        self.from(self.index)
    }

    /// What has been read, from `index` on.
    #[inline]
    pub(crate) fn from(&self, index: usize) -> &[u8] {
        self.buffer.get(index..self.filled).unwrap_or_default()
    }

    /// Where the window begins in the page.
    #[inline]
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// Where the window begins in the file.
    #[inline]
    pub(crate) fn at(&self) -> u64 {
        self.start.saturating_add(self.index as u64)
    }

    /// How far the file has been read.
    pub(crate) fn end(&self) -> u64 {
        self.start.saturating_add(self.filled as u64)
    }

    /// Moves the window's beginning.
    #[inline]
    pub(crate) fn take(&mut self, bytes: usize) {
        self.index = self.index.saturating_add(bytes).min(self.filled);
    }

    /// Gives the whole page away, for memory to go on with: what was not taken is copied there.
    pub(crate) fn exchange(&mut self, other: &mut Vec<u8>) {
        let window = self.window();
        // What it held before is written over: only its length counts.
        if other.len() < window.len() {
            other.resize(window.len(), 0);
        }
        if let Some(room) = other.get_mut(..window.len()) {
            room.copy_from_slice(window);
        }
        let filled = window.len();
        self.start = self.at();
        (self.index, self.filled) = (0, filled);
        std::mem::swap(&mut self.buffer, other);
    }

    /// Whether the file was said to have `len` bytes, and `bytes` of the window among them, that are not in it.
    pub(crate) fn falls_short(&self, bytes: usize, len: u64) -> bool {
        self.at().saturating_add(bytes as u64) <= len && self.window().len() < bytes
    }

    /// Makes the window at least `bytes` long, if the file of `len` bytes has so many.
    ///
    /// Memory is taken only for bytes that are there.
    pub(crate) fn fill(&mut self, file: &File, bytes: usize, len: u64) -> io::Result<bool> {
        if self.window().len() >= bytes {
            return Ok(true);
        }
        if self.at().saturating_add(bytes as u64) > len {
            return Ok(false);
        }
        self.start = self.at();
        self.buffer.copy_within(self.index..self.filled, 0);
        (self.index, self.filled) = (0, self.filled - self.index);
        let left = usize::try_from(len.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let size = bytes.max(PAGE).min(left);
        if self.buffer.len() < size || self.buffer.len() > size.max(PAGE) {
            self.buffer.resize(size, 0);
            self.buffer.shrink_to(size.max(PAGE));
        }
        let behind = self.end();
        let room = self.buffer.get_mut(self.filled..size).unwrap_or_default();
        self.filled += read_full(file, room, behind)?;
        Ok(self.filled >= bytes)
    }
}
