//! Bytes on demand: of a packet, a frame, a message, anywhere in the capture.
//!
//! Nothing of the index is kept here but two small caches; a [`Content`] belongs to one thread.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use capture::FileSpan;
use dissector::event::Outcome;
use dissector::ids::{ExtentId, FrameId, MessageId, PacketId, RecordId, StreamId};
use dissector::span::{Below, Span};
use dissector::tls::record::RecordHeader;
use dissector::websocket::deflate::{Inflater, window};
use dissector::websocket::header::{FrameHeader, Parsed};
use dissector::websocket::mask::unmask;

use crate::model::{Frame, Message, Run};
use crate::pages::PageCache;
use crate::snapshot::Snapshot;

/// Why some content cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Bytes of it were never captured.
    NotCaptured,
    /// It is encrypted, and no key is known.
    NoKeys,
    /// It is compressed with reference to what was never captured, or was lost to a broken message.
    ContextLost,
    /// It is not what it should be: no DEFLATE stream.
    Broken,
    /// It is larger than what is shown.
    TooLarge,
    /// It is not complete yet, or never will be.
    Unfinished,
    /// The capture file cannot be read there; one sentence says why.
    Unreadable(Arc<str>),
}

impl Why {
    /// The word in JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotCaptured | Self::Unfinished => "not-captured",
            Self::NoKeys => "no-keys",
            Self::ContextLost => "context-lost",
            Self::Broken => "broken",
            Self::TooLarge => "too-large",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

/// Bytes with the places in them that were never captured (zero there).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patchy {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Which of them are not known.
    pub holes: Vec<Range<usize>>,
}

/// A frame's own bytes.
#[derive(Clone, Debug)]
pub struct FrameBytes {
    /// Its header with the real masking key.
    pub header: FrameHeader,
    /// Header and payload as they were on the wire.
    pub wire: Patchy,
    /// The payload unmasked.
    pub payload: Patchy,
    /// Where each of the bytes on the wire lies.
    pub runs: Vec<Run>,
    /// Whether the payload is longer than what is given here.
    pub cut: bool,
}

/// How much of one message or frame is put into memory.
pub const SHOWN: u64 = 16 << 20;

/// Decompressors kept, one a direction, so that messages read in order cost one pass.
const KEPT: usize = 32;

/// Bytes on demand.
#[derive(Default)]
pub struct Content {
    pages: PageCache,
    /// Which checkpoint stands behind a message.
    checkpoints: HashMap<MessageId, u32>,
    /// Checkpoints that are in the map.
    mapped: u32,
    /// The decompressor of a direction, as it stands behind a message.
    inflaters: HashMap<StreamId, (MessageId, Inflater)>,
    /// The TLS record that was opened last.
    opened: Option<(RecordId, Arc<[u8]>)>,
}

impl Content {
    /// The captured bytes of a packet.
    pub fn packet(&mut self, snapshot: &Snapshot, id: PacketId) -> Result<Vec<u8>, Why> {
        let packet = snapshot.packet(id).ok_or(Why::Unfinished)?;
        let mut bytes = Vec::with_capacity(packet.span.len as usize);
        self.pages.append(snapshot.bytes.as_ref(), packet.span, &mut bytes).map_err(unreadable)?;
        Ok(bytes)
    }

    /// The bytes of a stream's `span`, found by walking back from the extent `from`.
    pub fn stream(
        &mut self,
        snapshot: &Snapshot,
        from: ExtentId,
        span: Span,
    ) -> Result<(Patchy, Vec<Run>), Why> {
        let pieces = snapshot.pieces(from, span.at, span.len);
        let mut patchy = Patchy { bytes: Vec::with_capacity(span.len as usize), holes: Vec::new() };
        for piece in &pieces {
            patchy.fill((piece.at - span.at) as usize);
            self.piece(snapshot, piece.below, piece.len, &mut patchy.bytes)?;
        }
        patchy.fill(span.len as usize);
        Ok((patchy, snapshot.runs(from, span)))
    }

    /// Adds `len` bytes that lie below; fewer where they cannot be had any more.
    fn piece(&mut self, snapshot: &Snapshot, below: Below, len: u32, out: &mut Vec<u8>) -> Result<(), Why> {
        match below {
            Below::Packet { id, offset } => {
                let at = snapshot.packet(id).map_or(0, |packet| packet.span.at) + u64::from(offset);
                self.pages.append(snapshot.bytes.as_ref(), FileSpan { at, len }, out).map_err(unreadable)
            }
            Below::Extent { id, offset } => {
                let Some(extent) = snapshot.extent(id) else { return Ok(()) };
                self.piece(snapshot, extent.below.skip(offset), len, out)
            }
            Below::Record { id, offset } => {
                let plain = self.record(snapshot, id)?;
                let (from, end) = (offset as usize, (offset as usize).saturating_add(len as usize));
                out.extend_from_slice(
                    plain.get(from.min(plain.len())..end.min(plain.len())).unwrap_or_default(),
                );
                Ok(())
            }
        }
    }

    /// What a TLS record seals. The last one is kept: what is read next to it is often in the same.
    pub fn record(&mut self, snapshot: &Snapshot, id: RecordId) -> Result<Arc<[u8]>, Why> {
        if let Some((_, plain)) = self.opened.as_ref().filter(|(known, _)| *known == id) {
            return Ok(Arc::clone(plain));
        }
        let record = snapshot.record(id).ok_or(Why::Unfinished)?;
        let opener = snapshot.openers.row(record.epoch.index()).ok_or(Why::NoKeys)?;
        let at = record.begins(opener);
        let len = record.at + (RecordHeader::LEN as u64) + u64::from(record.len) - at;
        let mut sealed = Vec::with_capacity(len as usize);
        for piece in snapshot.pieces(record.extent, at, len) {
            self.piece(snapshot, piece.below, piece.len, &mut sealed)?;
        }
        let mut plain = Vec::new();
        record.open(opener, &sealed, &mut plain).map_err(|_| Why::Broken)?;
        let plain: Arc<[u8]> = Arc::from(plain);
        self.opened = Some((id, Arc::clone(&plain)));
        Ok(plain)
    }

    /// A frame's bytes; of a payload longer than `limit` only its beginning.
    pub fn frame(&mut self, snapshot: &Snapshot, id: FrameId, limit: u64) -> Result<FrameBytes, Why> {
        let frame = snapshot.frame(id).ok_or(Why::Unfinished)?;
        let header_len = frame.header.len() as u64;
        let shown = frame.header.payload_len.min(limit);
        // What was never sent has no place in memory, however long the header says it is.
        let there = frame.header.payload_len.saturating_sub(if frame.truncated { frame.missing } else { 0 });
        let len = header_len + shown.min(there);
        let span = Span { stream: frame.stream, at: frame.at, len };
        let (wire, runs) = self.stream(snapshot, frame.extent, span)?;
        let header = match FrameHeader::parse(&wire.bytes) {
            Parsed::Done { value, .. } => value,
            Parsed::Short { .. } => frame.header,
        };
        let mut payload = wire.without_first(header_len as usize);
        if let Some(key) = header.mask {
            unmask(&mut payload.bytes, key, 0);
            for hole in payload.holes.clone() {
                payload.bytes[hole].fill(0);
            }
        }
        Ok(FrameBytes { header, wire, payload, runs, cut: frame.header.payload_len > limit })
    }

    /// A message's payload as it was on the wire: unmasked, its fragments joined, not inflated.
    pub fn joined(&mut self, snapshot: &Snapshot, message: &Message, limit: u64) -> Result<Patchy, Why> {
        let mut joined = Patchy::default();
        for Frame { id, .. } in snapshot.frames_of(message) {
            let room = limit.saturating_sub(joined.bytes.len() as u64);
            joined.append(self.frame(snapshot, id, room)?.payload);
        }
        Ok(joined)
    }

    /// A message's content: unmasked, its fragments joined, inflated.
    pub fn message(&mut self, snapshot: &Snapshot, id: MessageId, limit: u64) -> Result<Vec<u8>, Why> {
        let message = snapshot.message(id).ok_or(Why::Unfinished)?;
        match message.outcome {
            Some(Outcome::Whole) => {}
            Some(Outcome::Missing) => return Err(Why::NotCaptured),
            Some(Outcome::ContextLost) => return Err(Why::ContextLost),
            Some(Outcome::Broken) => return Err(Why::Broken),
            Some(Outcome::TooLarge) => return Err(Why::TooLarge),
            Some(Outcome::Unfinished) | None => return Err(Why::Unfinished),
        }
        if message.len.is_some_and(|len| len > limit) {
            return Err(Why::TooLarge);
        }
        if !message.compressed {
            return Ok(self.joined(snapshot, &message, u64::MAX)?.bytes);
        }
        let stream = snapshot.frame(message.first).ok_or(Why::Unfinished)?.stream;
        let mut inflater = self.inflater_before(snapshot, stream, &message)?;
        let mut content = Vec::with_capacity(message.len.unwrap_or(0).min(limit) as usize);
        self.inflate(snapshot, &message, &mut inflater, &mut |bytes| content.extend_from_slice(bytes))?;
        if self.inflaters.len() >= KEPT && !self.inflaters.contains_key(&stream) {
            self.inflaters.clear();
        }
        self.inflaters.insert(stream, (id, inflater));
        Ok(content)
    }

    /// The decompressor as it stands before a message: taken up where it was left, or set up from the nearest
    /// checkpoint and fed with what lies between.
    fn inflater_before(
        &mut self,
        snapshot: &Snapshot,
        stream: StreamId,
        message: &Message,
    ) -> Result<Inflater, Why> {
        for index in self.mapped..snapshot.checkpoints.len() {
            if let Some(checkpoint) = snapshot.checkpoints.row(index) {
                self.checkpoints.insert(checkpoint.after, index);
            }
        }
        self.mapped = self.mapped.max(snapshot.checkpoints.len());
        let mut between = Vec::new();
        let mut before = message.context;
        let mut inflater = loop {
            let Some(id) = before else { break Inflater::default() };
            if self.inflaters.get(&stream).is_some_and(|(at, _)| *at == id)
                && let Some((_, inflater)) = self.inflaters.remove(&stream)
            {
                break inflater;
            }
            let checkpoint = self.checkpoints.get(&id).and_then(|index| snapshot.checkpoints.row(*index));
            if let Some(checkpoint) = checkpoint {
                break Inflater::with_window(&window::unpack(&checkpoint.window));
            }
            let earlier = snapshot.message(id).ok_or(Why::ContextLost)?;
            before = earlier.context;
            between.push(earlier);
        };
        for earlier in between.iter().rev() {
            self.inflate(snapshot, earlier, &mut inflater, &mut |_| {})?;
        }
        Ok(inflater)
    }

    fn inflate(
        &mut self,
        snapshot: &Snapshot,
        message: &Message,
        inflater: &mut Inflater,
        out: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Why> {
        inflater.start();
        for frame in snapshot.frames_of(message) {
            let bytes = self.frame(snapshot, frame.id, u64::MAX)?.payload.bytes;
            inflater.feed(&bytes, out).map_err(|_| Why::Broken)?;
        }
        inflater.finish(out).map_err(|_| Why::Broken)?;
        Ok(())
    }
}

fn unreadable(error: capture::CaptureError) -> Why {
    Why::Unreadable(Arc::from(error.to_string()))
}

impl Patchy {
    /// Whether all of it is known.
    pub fn whole(&self) -> bool {
        self.holes.is_empty()
    }

    /// Makes a hole up to `len`.
    fn fill(&mut self, len: usize) {
        if self.bytes.len() < len {
            self.holes.push(self.bytes.len()..len);
            self.bytes.resize(len, 0);
        }
    }

    fn without_first(&self, count: usize) -> Self {
        let holes = self.holes.iter().filter(|hole| hole.end > count);
        Self {
            bytes: self.bytes.get(count..).unwrap_or_default().to_vec(),
            holes: holes.map(|hole| hole.start.saturating_sub(count)..hole.end - count).collect(),
        }
    }

    fn append(&mut self, other: Self) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.holes.extend(other.holes.into_iter().map(|hole| hole.start + at..hole.end + at));
    }
}
