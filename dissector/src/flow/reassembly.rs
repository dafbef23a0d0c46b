//! One direction of a TCP connection: segments in, bytes in order out.
//!
//! Copies nothing: what came too early is remembered by packet and offset. The first bytes that were seen for
//! a place stand. Knows no protocol above TCP and emits no event; see [`super::Flows`] for that.
//!
//! ```text
//!          next                     reach
//! ───────────┤     ├──pending──┤      ├──pending──┤
//!  delivered │ hole            │ hole
//! ```

use std::collections::BTreeMap;

use crate::flow::sequence::Origin;
use crate::ids::{ExtentId, PacketId, StreamId};
use crate::link::Segment;
use crate::span::Span;

/// Packets of the connection that pass before a hole that the receiver has acknowledged counts as loss of the
/// capture. Reordering on the way, and in capture systems with several queues, is shorter.
const PATIENCE: u32 = 64;

/// Packets that pass before a hole counts as loss that nobody acknowledged: the other side may not be captured.
const PATIENCE_UNACKNOWLEDGED: u32 = 1024;

/// Early pieces that are remembered before the hole in front of them counts as loss.
const MOST_PENDING: usize = 4096;

/// A piece of the stream that came before its time; no packet where the snap length cut it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) at: u64,
    pub(crate) len: u32,
    pub(crate) source: Option<(PacketId, u32)>,
}

impl Piece {
    fn end(&self) -> u64 {
        self.at + u64::from(self.len)
    }
    fn tail_from(self, at: u64) -> Self {
        let skip = at.saturating_sub(self.at) as u32;
        let source = self.source.map(|(packet, offset)| (packet, offset.saturating_add(skip)));
        Self { at: self.at + u64::from(skip), len: self.len.saturating_sub(skip), source }
    }
    fn head_to(self, at: u64) -> Self {
        Self { len: self.len.min(at.saturating_sub(self.at).min(u64::from(u32::MAX)) as u32), ..self }
    }
}

/// Where a segment belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It begins where the stream stands, or has new bytes from `skip` on; nothing early is waiting.
    Next { skip: usize },
    /// It was put among the early pieces, or is all old; what is [`ready`](Direction::ready) comes next.
    Sorted,
}

/// One direction of a connection.
#[derive(Debug)]
pub(crate) struct Direction {
    pub(crate) stream: StreamId,
    pub(crate) origin: Option<Origin>,
    /// Offset up to which everything was delivered or given up.
    pub(crate) next: u64,
    /// The extent that was delivered last.
    pub(crate) last: Option<ExtentId>,
    /// The highest offset that the other side acknowledged.
    acknowledged: u64,
    /// Nothing for most streams most of the time. Kept apart, because each packet asks for all the rest.
    beyond: Option<Box<Beyond>>,
}

/// What is known of a stream beyond where it stands.
#[derive(Debug, Default)]
struct Beyond {
    /// What came early, by offset; pieces do not overlap.
    pending: BTreeMap<u64, Piece>,
    /// Where the stream ends, once a FIN was seen.
    fin: Option<u64>,
    /// Packets of the connection since the hole at `next` was seen.
    waited: u32,
    /// Where the hole is that something waits behind, and the time when that began.
    held: Option<(u64, i64)>,
    /// When the receiver closed its window, and whether the sender has asked since for it to open.
    shut: Option<(i64, bool)>,
}

impl Direction {
    pub(crate) fn new(stream: StreamId) -> Self {
        Self { stream, origin: None, next: 0, last: None, acknowledged: 0, beyond: None }
    }

    fn beyond(&mut self) -> &mut Beyond {
        self.beyond.get_or_insert_default()
    }

    /// Whether something came early.
    fn has_pending(&self) -> bool {
        self.beyond.as_ref().is_some_and(|beyond| !beyond.pending.is_empty())
    }

    /// Where the stream ends, once a FIN was seen.
    pub(crate) fn fin(&self) -> Option<u64> {
        self.beyond.as_ref()?.fin
    }

    /// Looks at all that the next segment will ask for.
    pub(crate) fn warm(&self) -> u64 {
        self.next ^ self.acknowledged ^ u64::from(self.beyond.is_some())
    }

    /// The sequence number with which the next byte comes, where nothing waits for others to come first.
    pub(crate) fn expects(&self) -> Option<u32> {
        let origin = self.origin.filter(|_| !self.has_pending() && self.fin().is_none())?;
        Some(origin.0.wrapping_add(self.next as u32))
    }

    /// Takes a segment's place in the stream. Old bytes that are seen again are told to `again`, as pieces of
    /// this segment, so that they can be compared.
    pub(crate) fn place(&mut self, segment: &Segment<'_>, again: &mut dyn FnMut(Piece)) -> Place {
        // RFC 9293 3.4: the SYN takes a sequence number, and data on it (RFC 7413) the ones behind.
        let seq = if segment.flags.syn() { segment.seq.wrapping_add(1) } else { segment.seq };
        let origin = *self.origin.get_or_insert(Origin(seq));
        let at = origin.offset(seq, self.next);
        let len = segment.payload.len() as u64;
        if segment.flags.fin() {
            let end = at.saturating_add_unsigned(len + u64::from(segment.cut));
            if let Ok(end) = u64::try_from(end)
                && end >= self.next
            {
                self.beyond().fin.get_or_insert(end);
            }
        }
        let before = u64::try_from(-at).unwrap_or(0);
        let at = at.max(0) as u64;
        let whole = Piece {
            at,
            len: len.saturating_sub(before) as u32,
            source: Some((segment.packet, segment.offset.saturating_add(before.min(len) as u32))),
        };
        let cut = Piece { at: whole.end(), len: segment.cut, source: None };
        if !self.has_pending() && at <= self.next && segment.cut == 0 {
            // RFC 9293 3.8.4: a keep-alive may carry one byte of garbage just before the next one.
            if whole.end() > self.next || whole.len > 1 {
                let old = whole.head_to(self.next);
                if old.len > 0 {
                    again(old);
                }
            }
            if whole.end() > self.next {
                return Place::Next { skip: (before + (self.next - at)) as usize };
            }
            return Place::Sorted;
        }
        for piece in [whole, cut] {
            self.sort_in(piece, again);
        }
        Place::Sorted
    }

    /// Puts the parts of a piece that are new among the early ones.
    fn sort_in(&mut self, piece: Piece, again: &mut dyn FnMut(Piece)) {
        let mut rest = piece.tail_from(self.next.max(piece.at));
        if piece.source.is_some() && piece.at < self.next && piece.len > 1 {
            again(piece.head_to(self.next));
        }
        let pending = &mut self.beyond().pending;
        while rest.len > 0 {
            let before = pending.range(..=rest.at).next_back().map(|(_, piece)| *piece);
            if let Some(before) = before.filter(|before| before.end() > rest.at) {
                // What the snap length cut off before may be there whole in this one.
                if before.source.is_none() && rest.source.is_some() && before.at == rest.at {
                    pending.remove(&before.at);
                    if before.end() > rest.end() {
                        let tail = before.tail_from(rest.end());
                        pending.insert(tail.at, tail);
                    }
                    continue;
                }
                if rest.source.is_some() && before.source.is_some() {
                    again(rest.head_to(before.end()));
                }
                rest = rest.tail_from(before.end());
                continue;
            }
            let until = pending.range(rest.at..).next().map_or(u64::MAX, |(at, _)| *at);
            let new = rest.head_to(until);
            pending.insert(new.at, new);
            rest = rest.tail_from(new.end());
        }
    }

    /// The next piece that is in order, if there is one.
    pub(crate) fn ready(&mut self) -> Option<Piece> {
        let pending = &mut self.beyond.as_mut()?.pending;
        let entry = pending.first_entry().filter(|entry| *entry.key() <= self.next)?;
        Some(entry.remove().tail_from(self.next))
    }

    /// `len` bytes were delivered, as `extent`.
    pub(crate) fn delivered(&mut self, len: u64, extent: Option<ExtentId>) {
        self.next = self.next.saturating_add(len);
        self.last = extent.or(self.last);
        if let Some(beyond) = &mut self.beyond {
            beyond.waited = 0;
        }
    }

    /// The other side acknowledged everything before `ack`.
    pub(crate) fn acknowledge(&mut self, ack: u32) {
        let Some(origin) = self.origin else { return };
        if let Ok(at) = u64::try_from(origin.offset(ack, self.next)) {
            self.acknowledged = self.acknowledged.max(at);
        }
    }

    /// How far the stream goes with a segment that was not placed yet.
    pub(crate) fn reach(&self, segment: &Segment<'_>) -> u64 {
        let len = segment.payload.len() as u64 + u64::from(segment.cut);
        let at = self.origin.map_or(0, |origin| origin.offset(segment.seq, self.next));
        u64::try_from(at.saturating_add_unsigned(len)).unwrap_or(self.next)
    }

    /// The highest offset that the other side acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Called when a segment has found its place: the bytes that others waited for, and for how many nanoseconds.
    pub(crate) fn came_late(&mut self, now: i64) -> Option<(Span, i64)> {
        let beyond = self.beyond.as_mut()?;
        let before = beyond.held;
        if beyond.pending.is_empty() {
            beyond.held = None;
        } else if before.is_none_or(|(at, _)| at < self.next) {
            beyond.held = Some((self.next, now));
        }
        let (at, since) = before.filter(|(at, _)| *at < self.next)?;
        let span = Span { stream: self.stream, at, len: self.next - at };
        Some((span, now.saturating_sub(since)))
    }

    /// What was waited for counts as lost.
    pub(crate) fn gave_up(&mut self, now: i64) {
        if let Some(beyond) = &mut self.beyond {
            beyond.held = (!beyond.pending.is_empty()).then_some((self.next, now));
        }
    }

    /// The receiver says how much it can take: how many nanoseconds it could take nothing, where that is over and
    /// the sender had something to send.
    pub(crate) fn window(&mut self, from_receiver: &Segment<'_>, now: i64) -> Option<i64> {
        let flags = from_receiver.flags;
        if flags.rst() || flags.syn() {
            return None;
        }
        if from_receiver.window == 0 {
            self.beyond().shut.get_or_insert((now, false));
            return None;
        }
        let (since, wanted) = self.beyond.as_mut()?.shut.take()?;
        wanted.then(|| now.saturating_sub(since))
    }

    /// The sender sent something. At a closed window, bytes or a probe say that it has more to send.
    pub(crate) fn knock(&mut self, segment: &Segment<'_>) {
        let Some(beyond) = &mut self.beyond else { return };
        let (Some((_, wanted)), Some(origin)) = (&mut beyond.shut, self.origin) else { return };
        // RFC 9293 3.8.6.1: the sender "must regularly transmit at least one octet of new data (if available),
        // or retransmit"; common systems send the byte before the next one again, or none at its place.
        let old = origin.offset(segment.seq, self.next) < self.next as i64;
        *wanted |= old || !segment.payload.is_empty();
    }

    /// One more packet of the connection went by: how long the hole at `next` is, if it counts as loss now.
    pub(crate) fn lost(&mut self) -> Option<u64> {
        let Beyond { pending, waited, .. } = self.beyond.as_deref_mut()?;
        let (&at, _) = pending.first_key_value()?;
        *waited = waited.saturating_add(1);
        let known = self.acknowledged >= at && *waited > PATIENCE;
        let given_up = *waited > PATIENCE_UNACKNOWLEDGED || pending.len() > MOST_PENDING;
        (known || given_up).then(|| at.saturating_sub(self.next))
    }

    /// The hole in front of what is still waiting, when no more packets come.
    pub(crate) fn hole(&self) -> Option<u64> {
        let (&at, _) = self.beyond.as_ref()?.pending.first_key_value()?;
        Some(at.saturating_sub(self.next))
    }

    /// Whether everything up to the FIN was delivered.
    pub(crate) fn finished(&self) -> bool {
        self.fin().is_some_and(|fin| fin <= self.next)
    }
}
