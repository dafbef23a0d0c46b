//! A few pages of the capture, kept because what is looked at next usually lies beside what was looked at last.

use std::collections::VecDeque;

use capture::{Bytes, CaptureError, FileSpan};

const PAGE: u64 = 64 * 1024;
const KEPT: usize = 8;

/// The pages that were read last.
#[derive(Default)]
pub(crate) struct PageCache {
    pages: VecDeque<(u64, Vec<u8>)>,
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
            let (start, bytes) = (page.0, page.1.as_slice());
            let from = (at - start) as usize;
            let to = (end - start).min(bytes.len() as u64) as usize;
            match bytes.get(from..to) {
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
        let (_, bytes) = self.page(capture, span.at - from as u64, span.at + u64::from(span.len))?;
        Ok(bytes.get(from..from + len))
    }

    /// The page that begins at `start`; one that was read while the file was shorter than `needed` is read again.
    fn page(
        &mut self,
        capture: &dyn Bytes,
        start: u64,
        needed: u64,
    ) -> Result<&(u64, Vec<u8>), CaptureError> {
        let needed = needed.min(start + PAGE);
        if let Some(place) = self.pages.iter().position(|(at, _)| *at == start) {
            // The one that was looked at last stays where it is.
            if place > 0
                && let Some(page) = self.pages.remove(place)
            {
                self.pages.push_front(page);
            }
            if start + self.pages[0].1.len() as u64 >= needed {
                return Ok(&self.pages[0]);
            }
            self.pages.pop_front();
        }
        let len = capture.len().saturating_sub(start).min(PAGE) as u32;
        // The memory of the page that was not looked at for the longest time.
        let oldest = if self.pages.len() < KEPT { None } else { self.pages.pop_back() };
        let (_, mut bytes) = oldest.unwrap_or_default();
        capture.read(FileSpan { at: start, len }, &mut bytes)?;
        self.pages.push_front((start, bytes));
        Ok(&self.pages[0])
    }
}
