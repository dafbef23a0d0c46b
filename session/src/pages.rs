//! A few pages of the capture, kept because what is looked at next usually lies beside what was looked at last.

use std::collections::VecDeque;

use capture::{Bytes, CaptureError, FileSpan};

const PAGE: u64 = 256 * 1024;
/// Large messages of connections that take turns lie far apart, and each walks through the packets of all.
const KEPT: usize = 16;
/// A page's memory begins at a multiple of this. A little behind one, where that of the file's bytes is on one, the same
/// bytes would take two to four times as long to copy: what is read next then looks to a processor like what it just wrote.
const ALIGNED: usize = 64;

/// The pages that were read last.
#[derive(Default)]
pub(crate) struct PageCache {
    pages: VecDeque<Page>,
}

/// A page of the capture, as far as the capture went when it was read.
#[derive(Default)]
struct Page {
    start: u64,
    memory: Vec<u8>,
    /// Where in that its bytes begin, and how many there are.
    from: usize,
    len: usize,
}

impl Page {
    fn bytes(&self) -> &[u8] {
        &self.memory[self.from..self.from + self.len]
    }

    /// Where the last of them ends in the capture.
    fn end(&self) -> u64 {
        self.start + self.len as u64
    }

    /// Takes the page that begins at `start` in place of what it held.
    fn read(&mut self, capture: &dyn Bytes, start: u64) -> Result<(), CaptureError> {
        let len = capture.len().saturating_sub(start).min(PAGE) as usize;
        if self.memory.len() < len + ALIGNED {
            self.memory.resize(len + ALIGNED, 0);
        }
        let from = self.memory.as_ptr().align_offset(ALIGNED).min(ALIGNED);
        capture.fill(start, &mut self.memory[from..from + len])?;
        (self.start, self.from, self.len) = (start, from, len);
        Ok(())
    }
}

impl PageCache {
    /// Appends the capture's bytes of `span`.
    pub(crate) fn append(
        &mut self,
        capture: &dyn Bytes,
        span: FileSpan,
        into: &mut Vec<u8>,
    ) -> Result<(), CaptureError> {
        let (mut at, end) = (span.at, span.at + u64::from(span.len));
        while at < end {
            let page = self.page(capture, at / PAGE * PAGE, end)?;
            let (from, to) = (at - page.start, page.end().min(end) - page.start);
            match page.bytes().get(from as usize..to as usize) {
                Some(bytes) if !bytes.is_empty() => {
                    into.extend_from_slice(bytes);
                    at += bytes.len() as u64;
                }
                // Let the capture itself say why there is nothing.
                _ => {
                    let mut rest = Vec::new();
                    let len = (end - at) as u32;
                    capture.read(FileSpan { at, len }, &mut rest)?;
                    into.extend_from_slice(&rest);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The capture's bytes of `span`, where they lie in one page.
    pub(crate) fn slice(
        &mut self,
        capture: &dyn Bytes,
        span: FileSpan,
    ) -> Result<Option<&[u8]>, CaptureError> {
        let (from, len) = ((span.at % PAGE) as usize, span.len as usize);
        if from + len > PAGE as usize {
            return Ok(None);
        }
        let page = self.page(capture, span.at - from as u64, span.at + u64::from(span.len))?;
        Ok(page.bytes().get(from..from + len))
    }

    /// The page that begins at `start`; one that was read while the file was shorter than `needed` is read again.
    fn page(&mut self, capture: &dyn Bytes, start: u64, needed: u64) -> Result<&Page, CaptureError> {
        let needed = needed.min(start + PAGE);
        if let Some(place) = self.pages.iter().position(|page| page.start == start) {
            // The one that was looked at last stays where it is.
            if place > 0
                && let Some(page) = self.pages.remove(place)
            {
                self.pages.push_front(page);
            }
            if self.pages[0].end() >= needed {
                return Ok(&self.pages[0]);
            }
            self.pages.pop_front();
        }
        // The memory of the page that was not looked at for the longest time.
        let oldest = if self.pages.len() < KEPT { None } else { self.pages.pop_back() };
        let mut page = oldest.unwrap_or_default();
        page.read(capture, start)?;
        self.pages.push_front(page);
        Ok(&self.pages[0])
    }
}
