//! Bytes on demand: of a packet, a frame, a message, anywhere in the capture.
//!
//! Nothing of the index is kept here but small caches; a [`Content`] belongs to one thread, and to one pass over a capture.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use capture::FileSpan;
use dissector::event::Outcome;
use dissector::ids::{ExtentId, FrameId, MessageId, PacketId, RecordId, StreamId};
use dissector::span::{Below, Extent, Span};
use dissector::tls::record::RecordHeader;
use dissector::websocket::deflate::{Inflater, window};
use dissector::websocket::header::{FrameHeader, Parsed};
use dissector::websocket::mask::unmask;

use crate::model::{Frame, Message, Run};
use crate::near::NearRows;
use crate::pages::PageCache;
use crate::provenance::{Piece, put_pieces};
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
    /// It is packed in a way that is not undone here, or is broken (RFC 9110 8.4).
    Packed,
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
            Self::Packed => "packed",
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
const KEPT: usize = 256;

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
    /// Where a frame's header is put.
    header: Patchy,
    deflated: Patchy,
    pieces: Vec<Piece>,
    /// Rows that were read last, with their neighbors.
    near: NearRows,
}

/// No more memory than this is kept for bytes on their way.
const LARGEST: usize = 1 << 20;

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
        let mut patchy = Patchy { bytes: Vec::with_capacity(span.len as usize), holes: Vec::new() };
        self.put(snapshot, from, span, 0, [&mut Patchy::default(), &mut patchy])?;
        Ok((patchy, snapshot.runs(from, span)))
    }

    /// Puts the first `header` bytes of a stream's `span` into one, which is empty, and adds the others to the other.
    fn put(
        &mut self,
        snapshot: &Snapshot,
        from: ExtentId,
        span: Span,
        header: usize,
        into: [&mut Patchy; 2],
    ) -> Result<(), Why> {
        let mut pieces = std::mem::take(&mut self.pieces);
        let extents = &mut self.near.extents;
        put_pieces(from, span.at, span.len, &mut pieces, |id| {
            extents.row(&snapshot.extents, id.index()).map(Extent::from)
        });
        let [first, second] = into;
        let there = second.bytes.len();
        // Where in the stream what belongs to the second begins.
        let split = span.at + (header as u64).min(span.len);
        for piece in pieces.drain(..) {
            let in_first = split.saturating_sub(piece.at).min(piece.len.into()) as u32;
            if in_first > 0 {
                first.fill((piece.at - span.at) as usize);
                self.piece(snapshot, piece.below, in_first, &mut first.bytes)?;
            }
            if in_first < piece.len {
                second.fill(there + piece.at.saturating_sub(split) as usize);
                let below = piece.below.skip(in_first);
                self.piece(snapshot, below, piece.len - in_first, &mut second.bytes)?;
            }
        }
        first.fill((split - span.at) as usize);
        second.fill(there + (span.at + span.len - split) as usize);
        self.pieces = pieces;
        Ok(())
    }

    /// The bytes of a stream's `span` where they lie, if that is in one packet.
    fn in_one_packet(
        &mut self,
        snapshot: &Snapshot,
        from: ExtentId,
        span: Span,
    ) -> Result<Option<&[u8]>, Why> {
        let Some(extent) = self.near.extents.row(&snapshot.extents, from.index()).map(Extent::from) else {
            return Ok(None);
        };
        let (Below::Packet { id, offset }, Some(skip)) = (extent.below, span.at.checked_sub(extent.at))
        else {
            return Ok(None);
        };
        if skip + span.len > extent.len.into() {
            return Ok(None);
        }
        let Some(packet) = self.near.packets.row(&snapshot.packets, id.index()) else { return Ok(None) };
        let there = FileSpan { at: packet.at + u64::from(offset) + skip, len: span.len as u32 };
        self.pages.slice(snapshot.bytes.as_ref(), there).map_err(unreadable)
    }

    /// Adds `len` bytes that lie below; fewer where they cannot be had any more.
    fn piece(&mut self, snapshot: &Snapshot, below: Below, len: u32, out: &mut Vec<u8>) -> Result<(), Why> {
        match below {
            Below::Packet { id, offset } => {
                let packet = self.near.packets.row(&snapshot.packets, id.index());
                let at = packet.map_or(0, |packet| packet.at) + u64::from(offset);
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

    /// A frame, as [`Snapshot::frame`] has it: quicker where one is asked for after the other.
    pub fn frame_row(&mut self, snapshot: &Snapshot, id: FrameId) -> Option<Frame> {
        let row = self.near.frames.row(&snapshot.frames, id.index())?;
        let packet = self.near.packet_of_frame(snapshot, id, row)?;
        let time = self.near.packets.row(&snapshot.packets, packet.index()).map_or(0, |packet| packet.time);
        snapshot.frame_of(id, row, packet, time)
    }

    /// A frame's bytes; of a payload longer than `limit` only its beginning.
    pub fn frame(&mut self, snapshot: &Snapshot, id: FrameId, limit: u64) -> Result<FrameBytes, Why> {
        let frame = snapshot.frame(id).ok_or(Why::Unfinished)?;
        let span = shown(&frame, limit);
        let (wire, runs) = self.stream(snapshot, frame.extent, span)?;
        let header = header(&frame, &wire.bytes);
        let mut payload = Patchy::default();
        payload.append_unmasked(&wire.bytes, &wire.holes, &header, frame.header.len());
        Ok(FrameBytes { header, wire, payload, runs, cut: frame.header.payload_len > limit })
    }

    /// A frame's unmasked payload, of which no more than `limit` is read, added to `into`; and its masking key, where
    /// that was captured.
    pub fn unmasked(
        &mut self,
        snapshot: &Snapshot,
        frame: &Frame,
        limit: u64,
        into: &mut Patchy,
    ) -> Result<Option<[u8; 4]>, Why> {
        let span = shown(frame, limit);
        if let Some(wire) = self.in_one_packet(snapshot, frame.extent, span)? {
            let header = header(frame, wire);
            into.append_unmasked(wire, &[], &header, frame.header.len());
            return Ok(header.mask);
        }
        let mut head = std::mem::take(&mut self.header);
        head.clear();
        let (at, holes) = (into.bytes.len(), into.holes.len());
        self.put(snapshot, frame.extent, span, frame.header.len(), [&mut head, into])?;
        let mask = header(frame, &head.bytes).mask;
        into.unmask(at, holes, mask);
        let known = head.whole();
        self.header = head;
        Ok(mask.filter(|_| known))
    }

    /// A message's payload as it was on the wire: unmasked, its fragments joined, not inflated.
    pub fn joined(&mut self, snapshot: &Snapshot, message: &Message, limit: u64) -> Result<Patchy, Why> {
        let mut joined = Patchy::default();
        self.join(snapshot, message, limit, &mut joined)?;
        Ok(joined)
    }

    /// The same in `into`, which is empty.
    pub fn join(
        &mut self,
        snapshot: &Snapshot,
        message: &Message,
        limit: u64,
        into: &mut Patchy,
    ) -> Result<(), Why> {
        self.each_frame(snapshot, message, |content, frame| {
            let room = limit.saturating_sub(into.bytes.len() as u64);
            content.unmasked(snapshot, frame, room, into).map(drop)
        })
    }

    /// A message's content: unmasked, its fragments joined, inflated.
    pub fn message(&mut self, snapshot: &Snapshot, id: MessageId, limit: u64) -> Result<Vec<u8>, Why> {
        let message = snapshot.message(id).ok_or(Why::Unfinished)?;
        let mut content = Patchy::default();
        self.read_message(snapshot, &message, limit, &mut content)?;
        Ok(content.bytes)
    }

    /// The same in `into`, which is empty.
    pub fn read_message(
        &mut self,
        snapshot: &Snapshot,
        message: &Message,
        limit: u64,
        into: &mut Patchy,
    ) -> Result<(), Why> {
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
            return self.join(snapshot, message, u64::MAX, into);
        }
        let stream = snapshot.frame(message.first).ok_or(Why::Unfinished)?.stream;
        let mut inflater = self.inflater_before(snapshot, stream, message)?;
        into.bytes.reserve(message.len.unwrap_or(0).min(limit) as usize);
        self.inflate(snapshot, message, &mut inflater, &mut |bytes| into.bytes.extend_from_slice(bytes))?;
        // Which one leaves is left to chance: by any order, directions that take turns could always miss theirs.
        if self.inflaters.len() >= KEPT
            && !self.inflaters.contains_key(&stream)
            && let Some(any) = self.inflaters.keys().next().copied()
        {
            self.inflaters.remove(&any);
        }
        self.inflaters.insert(stream, (message.id, inflater));
        Ok(())
    }

    /// Calls `each` with a message's frames in order.
    fn each_frame(
        &mut self,
        snapshot: &Snapshot,
        message: &Message,
        mut each: impl FnMut(&mut Self, &Frame) -> Result<(), Why>,
    ) -> Result<(), Why> {
        // Most have one, and for that no list is made.
        match message.frames {
            1 => self.frame_row(snapshot, message.last).map_or(Ok(()), |frame| each(self, &frame)),
            _ => snapshot.frames_of(message).iter().try_for_each(|frame| each(self, frame)),
        }
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
        let mut payload = std::mem::take(&mut self.deflated);
        self.each_frame(snapshot, message, |content, frame| {
            payload.clear();
            content.unmasked(snapshot, frame, u64::MAX, &mut payload)?;
            inflater.feed(&payload.bytes, out).map_err(|_| Why::Broken)
        })?;
        payload.clear();
        self.deflated = payload;
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

    /// Empties it.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(LARGEST);
        self.holes.clear();
    }

    /// Adds the payload behind a frame's header.
    fn append_unmasked(
        &mut self,
        wire: &[u8],
        holes: &[Range<usize>],
        header: &FrameHeader,
        header_len: usize,
    ) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(wire.get(header_len..).unwrap_or_default());
        let holes = holes.iter().filter(|hole| hole.end > header_len);
        let moved =
            |hole: &Range<usize>| hole.start.saturating_sub(header_len) + at..hole.end - header_len + at;
        let first = self.holes.len();
        self.holes.extend(holes.map(moved));
        self.unmask(at, first, header.mask);
    }

    /// Unmasks what lies from `at` on, behind so many holes.
    fn unmask(&mut self, at: usize, holes: usize, mask: Option<[u8; 4]>) {
        let Some(key) = mask else { return };
        unmask(&mut self.bytes[at..], key, 0);
        for hole in &self.holes[holes..] {
            self.bytes[hole.clone()].fill(0);
        }
    }
}

/// Where a frame lies in its stream; of a payload longer than `limit` only the beginning.
fn shown(frame: &Frame, limit: u64) -> Span {
    let shown = frame.header.payload_len.min(limit);
    // What was never sent has no place in memory, however long the header says it is.
    let there = frame.header.payload_len.saturating_sub(if frame.truncated { frame.missing } else { 0 });
    Span { stream: frame.stream, at: frame.at, len: frame.header.len() as u64 + shown.min(there) }
}

/// A frame's header with the real masking key, as far as its bytes are there.
fn header(frame: &Frame, wire: &[u8]) -> FrameHeader {
    match FrameHeader::parse(wire) {
        Parsed::Done { value, .. } => value,
        Parsed::Short { .. } => frame.header,
    }
}
