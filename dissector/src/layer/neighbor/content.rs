//! The content of one body on its way: put into a stream of its own, and split into messages.

use super::split::{Found, Splitter};
use crate::event::Event;
use crate::ids::{ExchangeId, ExtentId, Side, StreamId};
use crate::layer::Up;
use crate::neighbor::{Delivery, Framing, Neighbor, Over};
use crate::recall;
use crate::span::{Below, Extent, Span};

/// What stands in a carrying stream: so many bytes from there on.
pub(super) type Piece = (u64, u64);

/// The first bytes of an answer that may name its session: Engine.IO's open packet.
const NAMING: usize = 512;

/// A body that is told.
pub(super) struct Content {
    teller: Teller,
    split: Splitter,
    /// The last extent of its own stream, and of the one that carries it.
    last: Option<ExtentId>,
    carrier: Option<ExtentId>,
    /// Bytes that went by, framing and all, and those that were never captured.
    pub(super) passed: u64,
    missing: u64,
    /// Its first bytes, where they may name the session.
    pub(super) naming: Option<Vec<u8>>,
}

/// Says what was found in a body.
struct Teller {
    exchange: ExchangeId,
    side: Side,
    stream: StreamId,
    /// Whether it carries messages; else its bytes are only counted.
    tells: bool,
    /// Whether there was any message.
    any: bool,
}

impl Content {
    pub(super) fn new(exchange: ExchangeId, side: Side, stream: StreamId, tells: Option<Framing>) -> Self {
        Self {
            teller: Teller { exchange, side, stream, tells: tells.is_some(), any: false },
            split: Splitter::new(tells.unwrap_or(Framing::Whole)),
            last: None,
            carrier: None,
            passed: 0,
            missing: 0,
            naming: None,
        }
    }

    /// Content that lies at `at` of the carrying stream, in its newest extent.
    pub(super) fn bytes(&mut self, at: u64, bytes: &[u8], extent: Option<ExtentId>, up: &mut Up<'_>) {
        if bytes.is_empty() {
            return;
        }
        if let Some(naming) = &mut self.naming {
            let room = NAMING.saturating_sub(naming.len()).min(bytes.len());
            naming.extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
        let begins = extent.and_then(|id| Some((id, up.sink.extent(id)?.at)));
        self.carrier = extent.or(self.carrier);
        if let Some((id, begins)) = begins.filter(|_| self.teller.tells) {
            let below = Below::Extent { id, offset: at.saturating_sub(begins) as u32 };
            self.extent(bytes.len() as u32, below, up);
        }
        let Self { teller, split, last, .. } = self;
        split.bytes(bytes, &mut |found| teller.found(found, *last, up));
    }

    fn extent(&mut self, len: u32, below: Below, up: &mut Up<'_>) {
        let extent = Extent { at: self.split.at(), len, below, prev: self.last };
        self.last = Some(up.extent(self.teller.stream, extent));
    }

    /// Content that was never captured.
    pub(super) fn gap(&mut self, len: u64, up: &mut Up<'_>) {
        self.missing += len;
        let Self { teller, split, last, .. } = self;
        split.gap(len, &mut |found| teller.found(found, *last, up));
    }

    /// Content that went by before, in pieces of the carrying stream up to its extent `last`.
    pub(super) fn replay(&mut self, pieces: &[Piece], last: Option<ExtentId>, up: &mut Up<'_>) {
        for (at, len) in pieces {
            let (mut next, end) = (*at, at.saturating_add(*len));
            for run in recall::runs(up.sink, last, *at, usize::MAX) {
                if run.at >= end {
                    break;
                }
                if run.at > next {
                    self.gap(run.at - next, up);
                }
                let len = u64::from(run.len).min(end - run.at) as u32;
                self.extent(len, Below::Extent { id: run.extent, offset: run.offset }, up);
                self.carrier = Some(run.extent);
                self.split.whole(len.into());
                next = run.at + u64::from(len);
            }
            if next < end {
                self.gap(end - next, up);
            }
        }
    }

    /// No more comes. `empty`: the extent at which an answer that brings nothing is told, where that is to be.
    pub(super) fn end(mut self, complete: bool, empty: Option<ExtentId>, up: &mut Up<'_>) {
        let Self { teller, split, last, .. } = &mut self;
        split.end(complete, &mut |found| teller.found(found, *last, up));
        let content = split.at();
        if let Some(extent) = empty.filter(|_| teller.tells && !teller.any && complete) {
            teller.deliver(content, 0, extent, true, up);
        }
        let Self { teller: Teller { exchange, side, .. }, passed, missing, carrier: extent, .. } = self;
        let framing = passed.saturating_sub(content);
        let over = Over { exchange, side, content, framing, missing, extent, complete };
        up.say(Event::Neighbor(Neighbor::Over(over)));
    }
}

impl Teller {
    fn found(&mut self, found: Found, last: Option<ExtentId>, up: &mut Up<'_>) {
        self.any = true;
        // Of what was lost altogether there is nothing to show.
        let Some(extent) = last.filter(|_| self.tells) else { return };
        self.deliver(found.at, found.end - found.at, extent, found.ended && !found.missing, up);
    }

    fn deliver(&self, at: u64, len: u64, extent: ExtentId, complete: bool, up: &mut Up<'_>) {
        let (id, exchange, side) = (up.ids.delivery(), self.exchange, self.side);
        let span = Span { stream: self.stream, at, len };
        let delivery = Delivery { id, exchange, side, span, extent, complete };
        up.say(Event::Neighbor(Neighbor::Delivery(delivery)));
    }
}
