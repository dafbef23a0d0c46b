//! A capture read from its beginning, over a file that may still grow.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::bytes::Bytes;
use crate::error::CaptureError;
use crate::format::{Comment, Format, Found, HEAD, Need, Packed, Sniffed, Walk, Walker, sniff};
use crate::record::{FileSpan, Record};
use crate::step::{Growing, Note, NoteKind, Progress, Step};

use page::Page;
pub(crate) use supply::{OnDisk, Supply};

mod page;
mod supply;

/// A capture being read.
pub(crate) struct Follow {
    name: String,
    supply: Supply,
    page: Page,
    /// `None` until enough bytes are there to tell the format.
    walker: Option<Walker>,
    /// How many bytes the source had when it was last looked at.
    seen: u64,
    /// Said before anything else.
    notes: VecDeque<Note>,
    over: bool,
}

/// What one turn of the loop brought. Ranges are of the page, which stays as it is until the next turn.
enum Turn {
    Found { found: Found, at: u64, index: usize },
    Note(Note),
    Idle,
    End,
}

impl Follow {
    pub(crate) fn new(name: String, supply: Supply) -> Self {
        Self {
            name,
            supply,
            page: Page::default(),
            walker: None,
            seen: 0,
            notes: VecDeque::new(),
            over: false,
        }
    }

    /// Tells the format, as far as what is there allows. `true` if what is there must be unpacked first.
    pub(crate) fn identify(&mut self) -> Result<bool, CaptureError> {
        let (len, ended) = self.supply.reach();
        self.seen = len;
        let enough = self.fill(4, len)?;
        if self.walker.is_some() || !(enough || ended) {
            return Ok(false);
        }
        if !enough {
            self.fill(usize::try_from(len).unwrap_or(0), len)?;
        }
        let window = self.page.window();
        match sniff(&self.name, window.get(..HEAD).unwrap_or(window)) {
            Sniffed::Capture(walker) => {
                self.walker = Some(walker);
                Ok(false)
            }
            Sniffed::Compressed => Ok(true),
            Sniffed::Not(error) => {
                self.over = true;
                // A source that gave nothing because it failed is told by its failure.
                match (error, self.supply.ending()) {
                    (CaptureError::Empty { name }, Some((_, says))) => {
                        Err(CaptureError::Source { name, says })
                    }
                    (error, _) => Err(error),
                }
            }
        }
    }

    /// Whether the format is known, or will never be.
    pub(crate) fn is_identified(&self) -> bool {
        self.walker.is_some() || self.over
    }

    /// What comes next where that is a packet, whole in the page and with nothing to say before it: nearly always.
    #[inline]
    fn usual(&mut self) -> Option<(Packed, u64, usize)> {
        let walker = self.walker.as_mut().filter(|_| !self.over && self.notes.is_empty())?;
        let (take, packed) = walker.packet(self.page.window())?;
        let (at, index) = (self.page.at(), self.page.index());
        self.page.take(take);
        Some((packed, at, index))
    }

    /// Waits for the source to have more than when it was last looked at.
    pub(crate) fn wait(&self, patience: Duration) {
        self.supply.wait(self.seen, patience);
    }

    fn fill(&mut self, bytes: usize, len: u64) -> Result<bool, CaptureError> {
        let at = self.page.at();
        self.page.fill(self.supply.file(), bytes, len).map_err(|source| {
            self.over = true;
            CaptureError::Read { name: self.name.clone(), at, source }
        })
    }

    fn turn(&mut self, patience: Duration) -> Result<Turn, CaptureError> {
        // The clock is only looked at where there is nothing to do but wait.
        let mut deadline = None;
        loop {
            if let Some(note) = self.notes.pop_front() {
                return Ok(Turn::Note(note));
            }
            if self.over {
                return Ok(Turn::End);
            }
            let at = self.page.at();
            let need = match &mut self.walker {
                Some(walker) => match walker.walk(self.page.window(), at) {
                    Walk::Took { take, found } => {
                        let index = self.page.index();
                        self.page.take(take);
                        match found {
                            Found::Nothing => continue,
                            Found::Note(kind, says) => return Ok(Turn::Note(Note { at, kind, says })),
                            found => return Ok(Turn::Found { found, at, index }),
                        }
                    }
                    Walk::Damaged(says) => {
                        self.over = true;
                        return Ok(Turn::Note(Note { at, kind: NoteKind::Damaged, says }));
                    }
                    Walk::Need(need) => need,
                },
                None => {
                    if self.identify()? {
                        self.over = true;
                        return Err(CaptureError::Foreign {
                            name: self.name.clone(),
                            what: "a file compressed twice, or one still being compressed",
                            advice: "unpack it and open what is inside",
                        });
                    }
                    if self.walker.is_some() {
                        continue;
                    }
                    Need { bytes: 4, what: "its first bytes", believable: true }
                }
            };
            let (len, ended) = self.supply.reach();
            if self.fill(need.bytes, len)? {
                continue;
            }
            if len < self.page.end() || (ended && self.page.falls_short(need.bytes, len)) {
                self.over = true;
                let says = "the file has become shorter while it was read; it was written anew".to_owned();
                return Ok(Turn::Note(Note { at, kind: NoteKind::Source, says }));
            }
            if ended {
                self.end(need, len);
                continue;
            }
            let deadline = *deadline.get_or_insert_with(|| Instant::now().checked_add(patience));
            let left = deadline.map_or(patience, |then| then.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return Ok(Turn::Idle);
            }
            self.supply.wait(len, left);
        }
    }

    /// The source holds `len` bytes and no more: says why, and what is left over.
    fn end(&mut self, need: Need, len: u64) {
        let Need { bytes, what, believable } = need;
        self.over = true;
        let at = self.page.at();
        if let Some((kind, says)) = self.supply.ending() {
            self.notes.push_back(Note { at: len, kind, says });
        }
        let there = len.saturating_sub(at);
        if there > 0 {
            let (kind, says) = if believable {
                (NoteKind::Cut, format!("the capture ends inside {what}: {there} of {bytes} bytes are there"))
            } else {
                let says =
                    format!("{what} of {bytes} bytes is claimed where {there} are left, which cannot be");
                (NoteKind::Damaged, says)
            };
            self.notes.push_back(Note { at, kind, says });
        }
    }
}

impl Growing for Follow {
    fn next(&mut self, patience: Duration) -> Result<Step<'_>, CaptureError> {
        if let Some((packed, at, index)) = self.usual() {
            return Ok(Step::Record(record(packed, at, self.page.from(index))));
        }
        let (found, at, index) = match self.turn(patience)? {
            Turn::Found { found, at, index } => (found, at, index),
            Turn::Note(note) => return Ok(Step::Note(note)),
            Turn::Idle => return Ok(Step::Idle),
            Turn::End => return Ok(Step::End),
        };
        let window = self.page.from(index);
        Ok(match found {
            Found::Record(packed) => Step::Record(record(packed, at, window)),
            Found::Interface(interface) => Step::Interface(*interface),
            Found::Secrets { kind, data } => Step::Secrets { kind, span: span(at, &data) },
            Found::Names(names) => Step::Names(names),
            Found::Note(kind, says) => Step::Note(Note { at, kind, says }),
            Found::Nothing => Step::Idle,
        })
    }

    fn batch(&mut self, batch: &mut Batch) {
        batch.clear();
        if !self.over && self.notes.is_empty() {
            match &mut self.walker {
                Some(Walker::Pcap(pcap)) => fill(batch, &mut self.page, |window| pcap.packet(window)),
                Some(Walker::PcapNg(ng)) => fill(batch, &mut self.page, |window| ng.packet(window)),
                None => {}
            }
        }
        if !batch.is_empty() {
            self.page.exchange(batch.bytes_mut());
        }
    }

    fn rewind(&mut self) {
        self.page = Page::default();
        self.walker = None;
        self.seen = 0;
        self.notes.clear();
        self.over = false;
    }

    fn bytes(&self) -> Arc<dyn Bytes> {
        self.supply.bytes()
    }

    fn progress(&self) -> Progress {
        self.supply.progress(self.page.at())
    }

    fn format(&self) -> Option<Format> {
        let format = self.walker.as_ref()?.format();
        Some(Format { compression: self.supply.compression(), ..format })
    }
}

/// Puts packets into a batch as long as `packet` finds one. Each format has a loop of its own, in which what it finds need
/// not be put into memory to be taken out again.
#[inline(always)]
fn fill(batch: &mut Batch, page: &mut Page, mut packet: impl FnMut(&[u8]) -> Option<(usize, Packed)>) {
    while let Some((take, packed)) = packet(page.window()) {
        let (at, index) = (page.at(), page.index());
        page.take(take);
        let data = index.saturating_add(packed.data.start)..index.saturating_add(packed.data.end);
        batch.push(span(at, &packed.data), &packed, data);
    }
}

/// Where a range of a window lies that itself lies at offset `at`.
fn span(at: u64, range: &Range<usize>) -> FileSpan {
    // No longer than the longest block, which has 28 bits.
    let len = u32::try_from(range.len()).unwrap_or(u32::MAX);
    FileSpan { at: at.saturating_add(range.start as u64), len }
}

#[inline]
fn record(packed: Packed, at: u64, window: &[u8]) -> Record<'_> {
    let Packed { data, time, link, interface, wire_len, comment } = packed;
    let comment = match comment {
        Comment::None => None,
        Comment::One(range) => Some(String::from_utf8_lossy(window.get(range).unwrap_or_default())),
        Comment::Several(words) => Some(words.into()),
    };
    let span = span(at, &data);
    let data = window.get(data).unwrap_or_default();
    Record { span, time, link, interface, wire_len, data, comment }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.supply.abandon();
    }
}
