//! For tests: the bytes of a capture in memory, of which more may be there with time.

use std::sync::atomic::{AtomicU64, Ordering};

use capture::{Bytes, CaptureError};

/// Bytes, and how many of them are there by now.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) bytes: Vec<u8>,
    pub(crate) there: AtomicU64,
}

impl Memory {
    /// All of them are there.
    pub(crate) fn whole(bytes: Vec<u8>) -> Self {
        Self { there: AtomicU64::new(bytes.len() as u64), bytes }
    }
}

impl Bytes for Memory {
    fn len(&self) -> u64 {
        self.there.load(Ordering::Relaxed)
    }

    fn fill(&self, at: u64, into: &mut [u8]) -> Result<(), CaptureError> {
        let end = at + into.len() as u64;
        if end > self.len() {
            return Err(CaptureError::Outside { at, end, len: self.len() });
        }
        into.copy_from_slice(&self.bytes[at as usize..end as usize]);
        Ok(())
    }
}
