//! Captures read in every way there is, and captures that never were a file.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use capture::{Bytes, CaptureError, FileSpan, Format, Growing, LinkType, Progress, Record, Source, Step};
use session::{Options, Snapshot};

use crate::random::Random;

/// Reads a capture file to its end.
pub fn file(path: &Path) -> Result<Arc<Snapshot>, CaptureError> {
    file_with(path, &Options::default())
}

/// The same as `options` have it.
pub fn file_with(path: &Path, options: &Options) -> Result<Arc<Snapshot>, CaptureError> {
    let mut capture = capture::open(Source::File { path: path.to_owned(), follow: false })?;
    Ok(session::read(capture.as_mut(), options, &mut |_| {}))
}

/// Reads a capture through a pipe that hands out as much at a time as chance has it.
pub fn pipe(bytes: Vec<u8>, seed: u64, options: &Options) -> Arc<Snapshot> {
    let dribble = Dribble { bytes, at: 0, random: Random::new(seed) };
    let mut capture = capture::open(Source::Reader(Box::new(dribble))).expect("a pipe can be opened");
    session::read(capture.as_mut(), options, &mut |_| {})
}

/// Reads packets that are in memory only.
pub fn memory(packets: Packets) -> Arc<Snapshot> {
    memory_with(packets, &Options::default())
}

/// The same as `options` have it.
pub fn memory_with(packets: Packets, options: &Options) -> Arc<Snapshot> {
    session::read(&mut packets.growing(), options, &mut |_| {})
}

/// What it takes to read along with this TLS key log, where there is one.
pub fn keys(log: Option<&Path>) -> Options {
    Options { keys: log.map(Path::to_owned).into_iter().collect(), ..Options::default() }
}

struct Dribble {
    bytes: Vec<u8>,
    at: usize,
    random: Random,
}

impl Read for Dribble {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let most = [1, 7, 100, 5000, 300_000][self.random.below(5)];
        let len = self.random.between(1, most).min(into.len()).min(self.bytes.len() - self.at);
        into[..len].copy_from_slice(&self.bytes[self.at..self.at + len]);
        self.at += len;
        Ok(len)
    }
}

/// Packets in memory.
#[derive(Clone, Debug, Default)]
pub struct Packets {
    link: LinkType,
    bytes: Vec<u8>,
    /// When, where in `bytes`, and how long on the wire.
    records: Vec<(i64, FileSpan, u32)>,
}

impl Packets {
    /// None yet, all to be of one link type.
    pub fn new(link: LinkType) -> Self {
        Self { link, ..Self::default() }
    }

    /// One more packet.
    pub fn push(&mut self, time: i64, packet: &[u8]) {
        let span = FileSpan { at: self.bytes.len() as u64, len: packet.len() as u32 };
        self.bytes.extend_from_slice(packet);
        self.records.push((time, span, span.len));
    }

    /// The packets of a capture file; where it has several link types, they must not differ.
    pub fn of(path: &Path) -> Self {
        let mut capture =
            capture::open(Source::File { path: path.to_owned(), follow: false }).expect("a capture");
        let mut packets = Self::default();
        loop {
            match capture.next(Duration::ZERO).expect("a capture that can be read") {
                Step::Record(record) => {
                    packets.link = record.link;
                    packets.push(record.time, record.data);
                    packets.records.last_mut().expect("it was just pushed").2 = record.wire_len;
                }
                Step::End => return packets,
                _ => {}
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The link type.
    pub fn link(&self) -> LinkType {
        self.link
    }

    /// Each packet's time and bytes.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &[u8])> {
        self.records.iter().map(|(time, span, _)| (*time, &self.bytes[range(*span)]))
    }

    /// As a capture that has ended.
    pub fn growing(self) -> Memory {
        Memory { packets: Arc::new(self), next: 0, idle: None }
    }
}

/// Packets in memory, read as a capture.
#[derive(Debug)]
pub struct Memory {
    packets: Arc<Packets>,
    next: usize,
    /// After which packets to be silent, in falling order, and for how long.
    idle: Option<(Vec<usize>, Duration)>,
}

impl Memory {
    /// The capture is silent for `pause` before each of these packets.
    pub fn silent_before(mut self, mut packets: Vec<usize>, pause: Duration) -> Self {
        packets.sort_unstable();
        packets.reverse();
        self.idle = Some((packets, pause));
        self
    }
}

impl Growing for Memory {
    fn next(&mut self, _: Duration) -> Result<Step<'_>, CaptureError> {
        if let Some((packets, pause)) = &mut self.idle
            && packets.last().is_some_and(|packet| *packet <= self.next)
        {
            packets.pop();
            std::thread::sleep(*pause);
            return Ok(Step::Idle);
        }
        let Some((time, span, wire_len)) = self.packets.records.get(self.next).copied() else {
            return Ok(Step::End);
        };
        self.next += 1;
        Ok(Step::Record(Record {
            span,
            time,
            link: self.packets.link,
            interface: 0,
            wire_len,
            data: &self.packets.bytes[range(span)],
            comment: None,
        }))
    }

    fn rewind(&mut self) {
        self.next = 0;
    }

    fn bytes(&self) -> Arc<dyn Bytes> {
        Arc::clone(&self.packets) as Arc<dyn Bytes>
    }

    fn progress(&self) -> Progress {
        Progress::default()
    }

    fn format(&self) -> Option<Format> {
        None
    }
}

impl Bytes for Packets {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn fill(&self, at: u64, into: &mut [u8]) -> Result<(), CaptureError> {
        let (from, end) = (at as usize, at as usize + into.len());
        let outside = CaptureError::Outside { at, end: end as u64, len: self.bytes.len() as u64 };
        into.copy_from_slice(self.bytes.get(from..end).ok_or(outside)?);
        Ok(())
    }
}

fn range(span: FileSpan) -> std::ops::Range<usize> {
    span.at as usize..span.end() as usize
}
