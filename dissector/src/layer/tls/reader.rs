//! Finds TLS records in the pieces of one direction.
//!
//! Keeps at most one record, and while it is lost behind a gap no more than two: there a header proves nothing,
//! and what is believed is a record that opens. Knows no keys.

use crate::ids::StreamId;
use crate::span::Span;
use crate::tls::open::CHAINED;
use crate::tls::record::{ContentType, RecordHeader};

/// The longest record that is waited for (RFC 5246 6.2.3).
const LONGEST: usize = RecordHeader::LEN + (1 << 14) + 2048;

/// Reads records.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Where what is kept begins.
    at: u64,
    kept: Vec<u8>,
    /// Bytes of a record, some of which are missing, that are still to come.
    skip: u64,
    pub(super) state: State,
    /// Where what looks like a record was tried in vain.
    refused: Vec<u64>,
    /// The last bytes of what went by: TLS 1.0 chains the blocks of a record to those of the one before.
    before: Tail,
}

/// Whether it is known where the next record begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    InStep,
    /// A header is looked for; so many bytes were missing.
    Lost { missing: u64 },
    /// What comes is no TLS.
    Over,
}

/// A record as it stands in the stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sealed<'a> {
    pub(super) at: u64,
    pub(super) header: RecordHeader,
    pub(super) head: [u8; RecordHeader::LEN],
    pub(super) fragment: &'a [u8],
    pub(super) before: Tail,
    /// What it holds, where somebody opened it with the keys that are in use.
    pub(super) opened: Option<(ContentType, &'a [u8])>,
}

/// What a piece came to.
pub(super) enum Next<'a> {
    /// A record is whole.
    Record(Sealed<'a>),
    /// More is needed.
    More,
    /// A header that is none: what comes is no TLS.
    Broken,
}

impl Reader {
    /// The next record of a piece that begins at `at`; `bytes` is moved behind what was taken.
    pub(super) fn next<'a, 'b: 'a>(&'a mut self, at: &mut u64, bytes: &mut &'b [u8]) -> Next<'a> {
        let skipped = self.skip.min(bytes.len() as u64);
        self.skip -= skipped;
        self.remember(bytes.get(..skipped as usize).unwrap_or_default());
        take(at, bytes, skipped as usize);
        if self.kept_is_done() {
            self.kept.clear();
        }
        if self.kept.is_empty() {
            self.at = *at;
            // The usual case: all of it is there.
            let Some(header) = RecordHeader::parse(bytes) else { return self.keep(at, bytes) };
            if !header.is_plausible() {
                self.state = State::Over;
                return Next::Broken;
            }
            let len = RecordHeader::LEN + usize::from(header.len);
            let Some(record) = bytes.get(..len) else { return self.keep(at, bytes) };
            let from = *at;
            take(at, bytes, len);
            return self.sealed(from, header, record);
        }
        let wanted = match RecordHeader::parse(&self.kept) {
            None => RecordHeader::LEN,
            Some(header) => RecordHeader::LEN + usize::from(header.len),
        };
        let missing = wanted.saturating_sub(self.kept.len()).min(bytes.len());
        self.kept.extend_from_slice(bytes.get(..missing).unwrap_or_default());
        take(at, bytes, missing);
        let Some(header) = RecordHeader::parse(&self.kept) else { return Next::More };
        if !header.is_plausible() {
            self.state = State::Over;
            return Next::Broken;
        }
        if self.kept.len() < RecordHeader::LEN + usize::from(header.len) {
            return if bytes.is_empty() { Next::More } else { self.next(at, bytes) };
        }
        let (at, kept) = (self.at, core::mem::take(&mut self.kept));
        let before = self.remember(&kept);
        self.kept = kept;
        let record = self.kept.as_slice();
        Next::Record(Sealed::new(at, header, record, before))
    }

    fn sealed<'a>(&mut self, at: u64, header: RecordHeader, record: &'a [u8]) -> Next<'a> {
        let before = self.remember(record);
        Next::Record(Sealed::new(at, header, record, before))
    }

    /// The beginning of a record of which the rest is to come, where it is known that records begin there.
    pub(super) fn held(&self) -> Option<&[u8]> {
        let kept = if self.kept_is_done() { &[] } else { self.kept.as_slice() };
        (self.state == State::InStep && self.skip == 0).then_some(kept)
    }

    /// Goes on with the beginning of a record that was [`held`](Self::held) elsewhere.
    pub(super) fn resume(&mut self, at: u64, bytes: &[u8]) {
        (self.at, self.kept) = (at, bytes.to_vec());
    }

    /// A record that begins at `at`, all of which somebody else put together.
    pub(super) fn whole<'a>(&mut self, at: u64, record: &'a [u8]) -> Option<Sealed<'a>> {
        let header = RecordHeader::parse(record)?;
        let before = self.remember(record);
        Some(Sealed::new(at, header, record, before))
    }

    /// One that somebody else opened: nothing is chained to its fragment, and nobody asks for that again.
    pub(super) fn opened<'a>(
        &mut self,
        at: u64,
        head: [u8; RecordHeader::LEN],
        opened: (ContentType, &'a [u8]),
    ) -> Option<Sealed<'a>> {
        let header = RecordHeader::parse(&head)?;
        let before = core::mem::take(&mut self.before);
        Some(Sealed { at, header, head, fragment: &[], before, opened: Some(opened) })
    }

    /// Whether what is kept is a record that was handed out.
    fn kept_is_done(&self) -> bool {
        let header = RecordHeader::parse(&self.kept);
        header.is_some_and(|header| self.kept.len() == RecordHeader::LEN + usize::from(header.len))
    }

    fn keep<'a>(&mut self, at: &mut u64, bytes: &mut &[u8]) -> Next<'a> {
        self.kept.extend_from_slice(bytes);
        take(at, bytes, bytes.len());
        Next::More
    }

    /// The last bytes before these; their own are remembered for what comes next.
    fn remember(&mut self, bytes: &[u8]) -> Tail {
        let last = self.before.and(bytes);
        core::mem::replace(&mut self.before, last)
    }

    /// `len` bytes at `at` are missing: how many records that is, where it is known, and their bytes.
    pub(super) fn gap(&mut self, at: u64, len: u64) -> Missed {
        if self.state == State::Over {
            return Missed::Nothing;
        }
        self.before = Tail::default();
        if self.kept_is_done() {
            self.kept.clear();
        }
        if let State::Lost { missing } = &mut self.state {
            *missing = missing.saturating_add(len).saturating_add(self.kept.len() as u64);
            self.kept.clear();
            return Missed::Nothing;
        }
        if self.skip >= len {
            self.skip -= len;
            return Missed::Nothing;
        }
        let header = RecordHeader::parse(&self.kept);
        let left = header.map(|header| {
            let whole = RecordHeader::LEN + usize::from(header.len);
            whole.saturating_sub(self.kept.len()) as u64
        });
        if let (Some(header), Some(left)) = (header, left.filter(|left| *left >= len && self.skip == 0)) {
            self.skip = left - len;
            self.kept.clear();
            return Missed::One(header);
        }
        self.kept.clear();
        self.at = at.saturating_add(len);
        self.state = State::Lost { missing: len };
        self.skip = 0;
        Missed::Several
    }

    /// Adds a piece to what a record is looked for in.
    pub(super) fn look(&mut self, at: u64, bytes: &[u8]) {
        if self.kept.is_empty() {
            self.at = at;
        }
        self.kept.extend_from_slice(bytes);
    }

    /// What may be a record in what was looked at so far, and was not tried yet.
    pub(super) fn candidate(&self) -> Option<(usize, Sealed<'_>)> {
        let starts = 0..self.kept.len().saturating_sub(RecordHeader::LEN);
        starts.into_iter().find_map(|start| {
            let rest = self.kept.get(start..)?;
            let header = RecordHeader::parse(rest).filter(RecordHeader::is_plausible)?;
            let record = rest.get(..RecordHeader::LEN + usize::from(header.len))?;
            let at = self.at + start as u64;
            let before = self.before.and(self.kept.get(..start)?);
            (!self.refused.contains(&at)).then(|| (start, Sealed::new(at, header, record, before)))
        })
    }

    /// A record was found: goes on in step with what was kept from `start` on.
    pub(super) fn found(&mut self, start: usize) -> (u64, Vec<u8>) {
        let rest = self.kept.split_off(start.min(self.kept.len()));
        self.kept.clear();
        self.refused.clear();
        self.state = State::InStep;
        (self.at + start as u64, rest)
    }

    /// What begins so many bytes behind the beginning of what is kept was tried, and is no record.
    pub(super) fn refuse(&mut self, start: usize) {
        self.refused.push(self.at + start as u64);
    }

    /// Forgets what can no longer be the beginning of a record.
    pub(super) fn forget(&mut self) {
        let State::Lost { missing } = &mut self.state else { return };
        let spare = self.kept.len().saturating_sub(LONGEST);
        if spare > 0 {
            self.before = self.before.and(self.kept.get(..spare).unwrap_or_default());
            self.kept.drain(..spare);
            self.at += spare as u64;
            self.refused.retain(|at| *at >= self.at);
            *missing = missing.saturating_add(spare as u64);
        }
    }

    /// Looks no further: from where on nothing is known.
    pub(super) fn give_up(&mut self, stream: StreamId) -> Span {
        let span = Span { stream, at: self.at, len: self.kept.len() as u64 };
        self.kept = Vec::new();
        self.state = State::Over;
        span
    }

    /// Goes back to the beginning of a record that has to wait.
    pub(super) fn rewind(&mut self) {
        self.kept.clear();
    }
}

/// What a gap took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missed {
    /// Nothing that was not said before.
    Nothing,
    /// One record, whose header is known.
    One(RecordHeader),
    /// It is not known how many.
    Several,
}

impl<'a> Sealed<'a> {
    fn new(at: u64, header: RecordHeader, record: &'a [u8], before: Tail) -> Self {
        let (head, fragment) = record.split_first_chunk().unwrap_or((&[0; RecordHeader::LEN], &[]));
        Self { at, header, head: *head, fragment, before, opened: None }
    }
}

/// The last bytes that went by, as far as they were captured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    bytes: [u8; CHAINED],
    known: usize,
}

impl Default for Tail {
    fn default() -> Self {
        Self { bytes: [0; CHAINED], known: 0 }
    }
}

impl Tail {
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(CHAINED - self.known..).unwrap_or_default()
    }

    /// The same with these behind them.
    fn and(&self, bytes: &[u8]) -> Self {
        if let Some(last) = bytes.last_chunk() {
            return Self { bytes: *last, known: CHAINED };
        }
        let (mut last, all) = ([0; CHAINED], self.bytes.iter().chain(bytes));
        last.iter_mut().zip(all.skip(bytes.len())).for_each(|(byte, from)| *byte = *from);
        Self { bytes: last, known: CHAINED.min(self.known + bytes.len()) }
    }
}

fn take(at: &mut u64, bytes: &mut &[u8], count: usize) {
    *bytes = bytes.get(count..).unwrap_or_default();
    *at += count as u64;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Records of these lengths, each byte its offset.
    fn wire(lengths: &[u16]) -> Vec<u8> {
        let mut wire = Vec::new();
        for len in lengths {
            wire.extend([23, 3, 3]);
            wire.extend(len.to_be_bytes());
            wire.extend((0..*len).map(|byte| byte as u8 ^ len.to_be_bytes()[1]));
        }
        wire
    }

    /// What a reader makes of pieces, some of which are missing: each record's place, length and fragment.
    fn read(reader: &mut Reader, wire: &[u8], pieces: &[(usize, bool)]) -> Vec<(u64, u16, Vec<u8>)> {
        let (mut seen, mut from, mut turn) = (Vec::new(), 0, pieces.iter().cycle());
        while from < wire.len() && reader.state == State::InStep {
            let (len, there) = turn.next().unwrap();
            let until = wire.len().min(from + len);
            let (mut at, mut bytes) = (from as u64, &wire[from..until]);
            from = until;
            if !there {
                reader.gap(at, bytes.len() as u64);
                continue;
            }
            loop {
                match reader.next(&mut at, &mut bytes) {
                    Next::Record(sealed) => {
                        let earlier = &wire[..sealed.at as usize];
                        assert!(earlier.ends_with(sealed.before.bytes()));
                        seen.push((sealed.at, sealed.header.len, sealed.fragment.to_vec()));
                    }
                    Next::More => break,
                    Next::Broken => return seen,
                }
                assert!(reader.kept.len() <= LONGEST);
            }
        }
        seen
    }

    proptest! {
        /// Whatever the pieces, the same records; where some are missing, no record that is not there.
        #[test]
        fn rfc8446_5_1_records_in_pieces(
            lengths in prop::collection::vec(prop_oneof![0..80_u16, Just(16_384)], 1..12),
            pieces in prop::collection::vec((1..200_usize, prop::bool::weighted(0.9)), 1..40),
        ) {
            let wire = wire(&lengths);
            let whole = read(&mut Reader::default(), &wire, &[(wire.len(), true)]);
            prop_assert_eq!(whole.len(), lengths.len());
            let all: Vec<_> = pieces.iter().map(|(len, _)| (*len, true)).collect();
            prop_assert_eq!(&read(&mut Reader::default(), &wire, &all), &whole);
            let some = read(&mut Reader::default(), &wire, &pieces);
            prop_assert!(some.iter().all(|record| whole.contains(record)));
        }

        /// What is no TLS comes to an end, and so does the search in it.
        #[test]
        fn anything_is_read(junk in prop::collection::vec(any::<u8>(), 0..5000), pieces in 1..700_usize) {
            let mut reader = Reader::default();
            read(&mut reader, &junk, &[(pieces, true)]);
            reader.state = State::Lost { missing: 1 };
            reader.kept.clear();
            for (index, piece) in junk.chunks(pieces).enumerate() {
                reader.look((index * pieces) as u64, piece);
                while let Some(start) = reader.candidate().map(|(start, _)| start) {
                    reader.refuse(start);
                }
                reader.forget();
            }
        }
    }
}
