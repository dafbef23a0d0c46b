//! A few pages of the capture, kept because what is looked at next usually lies beside what was looked at last.

use std::collections::VecDeque;

use capture::{Bytes, CaptureError, FileSpan};

const PAGE: u64 = 256 * 1024;
/// How many pages are kept at first, as they fit into a processor's cache, and at the most.
const FEW: usize = 2;
const MOST: usize = 16;
/// A page's memory begins at a multiple of this. A little behind one, where that of the file's bytes is on one, the same
/// bytes would take two to four times as long to copy: what is read next then looks to a processor like what it just wrote.
const ALIGNED: usize = 64;

/// The pages that were read last. Where those are asked for again that were given up a moment ago, more are kept: large
/// messages of connections that take turns lie far apart, and each walks through the packets of all.
pub(crate) struct PageCache {
    pages: VecDeque<Page>,
    /// How many are kept.
    kept: usize,
    /// Where those began that were given up last.
    given_up: VecDeque<u64>,
}

impl Default for PageCache {
    fn default() -> Self {
        Self { pages: VecDeque::new(), kept: FEW, given_up: VecDeque::new() }
    }
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
        if self.given_up.contains(&start) {
            self.kept = MOST.min(self.kept * 2);
            self.given_up.clear();
        }
        let mut page = self.oldest().unwrap_or_default();
        page.read(capture, start)?;
        self.pages.push_front(page);
        Ok(&self.pages[0])
    }

    /// Gives up the page that was not looked at for the longest time, for its memory, where no more are to be kept.
    fn oldest(&mut self) -> Option<Page> {
        let oldest = if self.pages.len() < self.kept { None } else { self.pages.pop_back() };
        self.given_up.extend(oldest.iter().map(|page| page.start));
        if self.given_up.len() > MOST {
            self.given_up.pop_front();
        }
        oldest
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::memory::Memory;

    /// Whatever is asked for in whatever order, and however far the capture has come: the bytes are the capture's, no more
    /// pages are kept than are allowed, and each begins where copying is quick.
    #[test]
    fn bytes_are_those_of_the_capture() {
        let whole = 40 * PAGE + 77;
        let bytes = (0..whole).map(|at| ((at * at) >> 9) as u8).collect();
        let capture = Memory { bytes, ..Memory::default() };
        let (mut pages, mut state, mut most) = (PageCache::default(), 1_u64, 0);
        for turn in 0..4000_u64 {
            let len = (whole * (turn + 1) / 3000).min(whole);
            capture.there.store(len, Ordering::Relaxed);
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(turn);
            // Among the last pages, among many, anywhere.
            let reach = [3 * PAGE, 20 * PAGE, whole][(state >> 60) as usize % 3].min(len);
            let at = len - 1 - (state >> 20) % reach;
            let span = FileSpan { at, len: ((state >> 8) % 3000).min(len - at) as u32 };
            let wanted = &capture.bytes[at as usize..span.end() as usize];
            let mut got = Vec::new();
            pages.append(&capture, span, &mut got).unwrap();
            assert_eq!(got, wanted, "{turn}");
            if let Some(slice) = pages.slice(&capture, span).unwrap() {
                assert_eq!(slice, wanted, "{turn}");
            }
            assert!(pages.pages.len() <= MOST);
            assert!(pages.pages.iter().all(|page| page.bytes().as_ptr().addr().is_multiple_of(ALIGNED)));
            most = most.max(pages.kept);
        }
        assert_eq!(most, MOST, "pages that are asked for again are kept");
        let beyond = FileSpan { at: whole - 1, len: 2 };
        assert!(matches!(
            pages.append(&capture, beyond, &mut Vec::new()),
            Err(CaptureError::Outside { len, .. }) if len == whole
        ));
    }
}
