//! A message that is open, up to what it turned out to be.
//!
//! Keeps no payload but what is to be inflated elsewhere.

use std::sync::Arc;

use super::context::Context;
use crate::event::{Deflated, Event, Message, Outcome, Spot};
use crate::ids::{ConnectionId, FrameId, MessageId, Side, StreamId};
use crate::span::Span;
use crate::websocket::deflate::{Broken, Inflater, Trace};
use crate::websocket::utf8::{Utf8, Verdict};

/// A message that is not complete.
pub(super) struct Open {
    /// Given when its first frame is complete: numbers follow the order of first frames.
    pub(super) id: Option<MessageId>,
    pub(super) last: Option<FrameId>,
    pub(super) frames: u32,
    pub(super) wire_len: u64,
    pub(super) len: u64,
    pub(super) compressed: bool,
    pub(super) missing: bool,
    /// The check of a text message; of a plain one in a single frame its frame does it.
    pub(super) utf8: Option<Utf8>,
    /// What became of inflating it, once it went wrong.
    pub(super) fault: Option<Outcome>,
    pub(super) broken: Option<Broken>,
    /// Its payload as it was on the wire, where a limit on back-references was agreed.
    pub(super) traced: Option<Vec<u8>>,
    pub(super) newest: Option<Stretch>,
    /// Where something was first seen to be wrong.
    pub(super) spot: Option<Spot>,
    /// Whether its payload is gathered, to be inflated elsewhere once it is whole.
    pub(super) gathered: bool,
}

/// The newest frame's payload.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    pub(super) frame: FrameId,
    /// Offset in the stream.
    pub(super) at: u64,
    pub(super) len: u64,
    /// Offset in the message.
    pub(super) from: u64,
}

/// A direction of a connection.
#[derive(Clone, Copy)]
pub(super) struct Direction {
    pub(super) connection: ConnectionId,
    pub(super) side: Side,
    pub(super) stream: StreamId,
}

/// Whose a message is.
#[derive(Clone, Copy)]
pub(super) struct Of {
    pub(super) id: MessageId,
    pub(super) direction: Direction,
    pub(super) last: FrameId,
    pub(super) complete: bool,
}

/// What there is to say of a message.
pub(super) struct Told {
    pub(super) message: Message,
    pub(super) stream: StreamId,
    /// The window behind it, where it is time for a checkpoint.
    pub(super) window: Option<Arc<[u8]>>,
}

impl Told {
    /// What there is to say behind the message.
    pub(super) fn checkpoint(&mut self) -> Option<Event> {
        let window = self.window.take()?;
        Some(Event::Checkpoint { stream: self.stream, after: self.message.id, window })
    }
}

impl Open {
    /// A message of which nothing has come. `text`: whether it is checked.
    pub(super) fn begun(compressed: bool, text: bool) -> Self {
        Self {
            id: None,
            last: None,
            frames: 0,
            wire_len: 0,
            len: 0,
            compressed,
            missing: false,
            utf8: text.then(Utf8::default),
            fault: None,
            broken: None,
            traced: None,
            newest: None,
            spot: None,
            gathered: false,
        }
    }

    /// Inflates some of it.
    pub(super) fn inflate(&mut self, bytes: &[u8], context: &mut Context) {
        self.inflated(context, |inflater, out| inflater.feed(bytes, out));
    }

    /// Inflates all of it; the four bytes that are appended stand behind it.
    pub(super) fn inflate_whole(&mut self, bytes: &[u8], context: &mut Context) {
        self.inflated(context, |inflater, out| inflater.feed_whole(bytes, out));
    }

    pub(super) fn inflated(
        &mut self,
        context: &mut Context,
        feed: impl FnOnce(&mut Inflater, &mut dyn FnMut(&[u8])) -> Result<(), Broken>,
    ) {
        let Self { utf8, fault, broken, .. } = self;
        let fed = feed(&mut context.inflater, &mut |out| {
            if let Some(utf8) = utf8 {
                utf8.feed(out);
            }
        });
        if let Err(met) = fed {
            *fault = Some(context.fault(met.why));
            *broken = Some(met);
        }
    }

    /// Notes where the newest frame shows that something is wrong.
    pub(super) fn look_for_faults(&mut self, stream: StreamId) {
        if self.spot.is_none() && (self.broken.is_some() || self.text_fault().is_some()) {
            self.spot = self.spot_in(stream, self.text_fault());
        }
    }

    /// What it turned out to be. `context`: its direction's decompression, where it is compressed.
    pub(super) fn conclude(&mut self, of: Of, context: Option<&mut Context>) -> Told {
        let Of { id, direction: Direction { connection, side, stream }, last, complete } = of;
        let mut context_of = None;
        let trace = self.traced.take().map(|payload| Box::new(Trace::of(&payload)));
        let mut deflated = self.compressed.then_some(Deflated { inflated: None, broken: self.broken, trace });
        let mut outcome = match (self.missing, complete) {
            (true, _) => Outcome::Missing,
            (false, false) => Outcome::Unfinished,
            (false, true) => self.fault.unwrap_or(Outcome::Whole),
        };
        let mut window = None;
        if let Some(context) = context {
            context_of = context.after;
            if outcome == Outcome::Whole {
                let utf8 = &mut self.utf8;
                let finished = context.inflater.finish(&mut |out| {
                    if let Some(utf8) = utf8 {
                        utf8.feed(out);
                    }
                });
                let deflated = deflated.get_or_insert_default();
                match finished {
                    Ok(inflated) => {
                        self.len = inflated.length;
                        deflated.inflated = Some(inflated);
                    }
                    Err(broken) => {
                        outcome = context.fault(broken.why);
                        deflated.broken = Some(broken);
                    }
                }
            }
            match outcome {
                Outcome::Whole => context.advance(id, self.len),
                _ => context.begin_anew(),
            }
            window = context.checkpoint();
        } else if outcome == Outcome::Whole {
            self.len = self.wire_len;
        }
        // What is wrong already stays wrong, however the message would have gone on.
        let utf8 = match outcome {
            Outcome::Whole => self.utf8.map(Utf8::finish),
            _ => self.utf8.and_then(|text| text.fault()).map(|(at, kind)| Verdict::Invalid { at, kind }),
        };
        let at = match utf8 {
            Some(Verdict::Invalid { at, .. } | Verdict::Incomplete { at }) => Some(at),
            _ => None,
        };
        self.broken = deflated.as_ref().and_then(|deflated| deflated.broken);
        let wrong = at.is_some() || self.broken.is_some();
        let spot = if wrong { self.spot.or_else(|| self.spot_in(stream, at)) } else { None };
        let message = Message {
            id,
            connection,
            side,
            last,
            frames: self.frames,
            compressed: self.compressed,
            wire_len: self.wire_len,
            len: self.len,
            utf8,
            outcome,
            deflated,
            context: context_of,
            spot,
        };
        Told { message, stream, window }
    }

    pub(super) fn text_fault(&self) -> Option<u64> {
        Some(self.utf8?.fault()?.0)
    }

    /// A place in the newest frame: where inflating failed, or where the text goes wrong at its byte `text`.
    pub(super) fn spot_in(&self, stream: StreamId, text: Option<u64>) -> Option<Spot> {
        let Stretch { frame, at, len, from } = self.newest?;
        let byte = match self.broken {
            Some(broken) => Some(broken.at.saturating_sub(1)),
            None => text.filter(|_| !self.compressed),
        };
        let span = match byte {
            // A code point may begin in the frame before.
            Some(byte) => {
                let skip = byte.saturating_sub(from).min(len.saturating_sub(1));
                Span { stream, at: at.saturating_add(skip), len: len.min(1) }
            }
            None => Span { stream, at, len },
        };
        Some(Spot { frame, fragment: self.frames, span })
    }
}
