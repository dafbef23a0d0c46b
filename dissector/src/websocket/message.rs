//! Puts one direction's messages together: fragments, text, decompression.
//!
//! Keeps no payload. The verdict on text and the length after inflating come out of one pass; what a message
//! says is read again when somebody asks.

mod context;
mod job;
mod open;

use std::sync::{Arc, Mutex};

use self::context::{Context, held};
use self::job::Whole;
use self::open::{Direction, Of, Open, Stretch};
use crate::event::{Event, Message, Part};
use crate::ids::{ConnectionId, FrameId, MessageId, Side, StreamId};
use crate::layer::Up;
use crate::websocket::deflate::Inflater;
use crate::websocket::header::FrameHeader;
use crate::websocket::opcode::Opcode;

pub(crate) use self::job::Job;

/// Payloads longer than this are not looked into symbol by symbol.
const LONGEST_TRACED: usize = 1 << 20;

/// Compressed payloads longer than this are inflated as they come.
const LONGEST_GATHERED: u64 = 1 << 20;

/// Memory that is kept from one gathered message to the next.
const LARGEST_KEPT: usize = 4 << 10;

/// What a frame is to its message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun {
    pub(crate) part: Part,
    /// Whether it belongs to a message.
    pub(crate) of_message: bool,
    pub(crate) previous: Option<FrameId>,
    pub(crate) compressed: bool,
}

/// One direction's messages.
pub(crate) struct Messages {
    of: Direction,
    open: Option<Open>,
    /// Nobody else has it while nothing is being worked out elsewhere.
    context: Option<Arc<Mutex<Context>>>,
    /// Whether something was lost before the context was first needed.
    lost: bool,
    /// Whether what was agreed limits how far back-references may reach.
    limited: bool,
    /// The payload so far of a message that is to be inflated elsewhere once it is whole.
    gathered: Vec<u8>,
}

impl Messages {
    pub(crate) fn new(connection: ConnectionId, side: Side, stream: StreamId, limited: bool) -> Self {
        let of = Direction { connection, side, stream };
        Self { of, open: None, context: None, lost: false, limited, gathered: Vec::new() }
    }

    /// A frame begins: what it is to its message.
    pub(crate) fn frame(&mut self, header: &FrameHeader, compressed: bool, up: &mut Up<'_>) -> Begun {
        let none = Begun { part: Part::None, of_message: false, previous: None, compressed: false };
        // RFC 6455 5.4, a line each.
        match (self.open.is_some(), header.opcode, header.fin) {
            // "Control frames (see Section 5.5) MAY be injected in the middle of a fragmented message."
            (_, opcode, _) if opcode.is_control() => none,
            // Nobody has said what the reserved data opcodes mean, so they begin no message.
            (_, opcode, _) if opcode.is_reserved() => none,
            // A continuation of nothing.
            (false, Opcode::CONTINUATION, _) => none,
            // "The fragments of one message MUST NOT be interleaved": the one that was open stays unfinished.
            (true, Opcode::TEXT | Opcode::BINARY, _) => {
                self.abandon(up);
                self.frame(header, compressed, up)
            }
            (false, opcode, fin) => {
                let text = opcode == Opcode::TEXT && (compressed || !fin);
                // Whole messages can be inflated elsewhere: nothing that follows waits for what comes of it.
                let elsewhere = compressed && fin && !self.limited;
                let gathered = elsewhere && header.payload_len <= LONGEST_GATHERED;
                if compressed && !gathered {
                    self.start_inflating(up);
                }
                // What was left of one that was given up is none of its bytes.
                self.gathered.clear();
                let traced = (compressed && self.limited).then(Vec::new);
                self.open = Some(Open { traced, gathered, ..Open::begun(compressed, text) });
                let part = if fin { Part::Whole } else { Part::First };
                Begun { part, of_message: true, previous: None, compressed }
            }
            (true, _, fin) => {
                let Some(open) = &self.open else { return none };
                let part = if fin { Part::Last } else { Part::Middle };
                Begun { part, of_message: true, previous: open.last, compressed: open.compressed }
            }
        }
    }

    /// Whether a message is open.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    fn start_inflating(&mut self, up: &mut Up<'_>) {
        up.settle();
        held(&self.context(up.options.inflate_limit)).inflater.start();
    }

    /// The decompression, from the first message on that needs it.
    fn context(&mut self, limit: u64) -> Arc<Mutex<Context>> {
        let whole = !self.lost;
        let begin = || {
            let inflater = Inflater::new(limit);
            Arc::new(Mutex::new(Context { inflater, after: None, whole, bytes: 0, messages: 0 }))
        };
        Arc::clone(self.context.get_or_insert_with(begin))
    }

    /// Whether the payload of a frame is wanted unmasked.
    pub(crate) fn wants_bytes(&self, begun: &Begun) -> bool {
        let wanted =
            |open: &Open| !open.missing && open.fault.is_none() && (open.compressed || open.utf8.is_some());
        begun.of_message && self.open.as_ref().is_some_and(wanted)
    }

    /// Some unmasked payload of a frame.
    pub(crate) fn bytes(&mut self, begun: &Begun, bytes: &[u8]) {
        let Some(open) = self.open.as_mut().filter(|_| begun.of_message) else { return };
        if open.missing || open.fault.is_some() {
            return;
        }
        if !open.compressed {
            if let Some(utf8) = &mut open.utf8 {
                utf8.feed(bytes);
            }
            return;
        }
        if open.gathered {
            return self.gathered.extend_from_slice(bytes);
        }
        if let Some(context) = &self.context {
            open.inflate(bytes, &mut held(context));
        }
        if let Some(payload) =
            open.traced.as_mut().filter(|payload| payload.len() + bytes.len() <= LONGEST_TRACED)
        {
            payload.extend_from_slice(bytes);
        } else {
            open.traced = None;
        }
    }

    /// The open message will not be whole: it is inflated here after all, as far as it is there.
    fn take_back(&mut self, up: &mut Up<'_>) {
        if !self.open.as_mut().is_some_and(|open| core::mem::take(&mut open.gathered)) {
            return;
        }
        self.start_inflating(up);
        if let (Some(open), Some(context)) = (&mut self.open, &self.context)
            && !self.gathered.is_empty()
        {
            open.inflate(&self.gathered, &mut held(context));
        }
        self.let_go();
    }

    /// What was gathered is not needed any more.
    fn let_go(&mut self) {
        self.gathered.clear();
        self.gathered.shrink_to(LARGEST_KEPT);
    }

    /// Payload bytes of a frame were never captured. A control frame's are not the open message's.
    pub(crate) fn missing(&mut self, count: u64, begun: &Begun, up: &mut Up<'_>) {
        if count > 0 && begun.of_message {
            self.take_back(up);
        }
        if let Some(open) = self.open.as_mut().filter(|_| count > 0 && begun.of_message) {
            open.missing = true;
        }
    }

    /// Frames were lost: what follows may refer to bytes that are not known.
    pub(crate) fn lose(&mut self, up: &mut Up<'_>) {
        self.lost = true;
        if let Some(context) = &self.context {
            up.settle();
            held(context).begin_anew();
        }
    }

    /// The number of the message that a frame belongs to, once that frame is complete.
    pub(crate) fn number(&mut self, begun: &Begun, up: &mut Up<'_>) -> Option<MessageId> {
        let open = self.open.as_mut().filter(|_| begun.of_message)?;
        Some(*open.id.get_or_insert_with(|| up.ids.message()))
    }

    /// A frame is complete. `at`: its offset in the stream.
    #[expect(clippy::too_many_arguments)]
    pub(crate) fn frame_done(
        &mut self,
        id: FrameId,
        at: u64,
        header: &FrameHeader,
        missing: u64,
        truncated: bool,
        begun: &Begun,
        up: &mut Up<'_>,
    ) {
        let Some(open) = self.open.as_mut().filter(|_| begun.of_message) else { return };
        open.last = Some(id);
        open.frames = open.frames.saturating_add(1);
        let (at, len) = (at.saturating_add(header.len() as u64), header.payload_len);
        open.newest = Some(Stretch { frame: id, at, len, from: open.wire_len });
        open.look_for_faults(self.of.stream);
        open.wire_len = open.wire_len.saturating_add(header.payload_len);
        if matches!(begun.part, Part::Whole | Part::Last) {
            let plain = begun.part == Part::Whole && !open.compressed && missing == 0 && !truncated;
            match self.open.take() {
                Some(open) if !plain => self.done(open, id, true, up),
                _ => {}
            }
        }
    }

    /// The open message will never be complete.
    pub(crate) fn abandon(&mut self, up: &mut Up<'_>) {
        if let Some((open, last)) = self.open.take().and_then(|open| open.last.map(|last| (open, last))) {
            self.done(open, last, false, up);
        }
    }

    fn done(&mut self, mut open: Open, last: FrameId, complete: bool, up: &mut Up<'_>) {
        let Some(id) = open.id else { return };
        let of = Of { id, direction: self.of, last, complete };
        if open.gathered {
            return self.send(id, &open, up);
        }
        let mut context = self.context.as_ref().filter(|_| open.compressed).map(held);
        let mut told = open.conclude(of, context.as_deref_mut());
        drop(context);
        let checkpoint = told.checkpoint();
        up.say(Event::Message(told.message));
        checkpoint.into_iter().for_each(|event| up.say(event));
    }

    /// A message that is whole goes to whoever inflates it.
    fn send(&mut self, id: MessageId, open: &Open, up: &mut Up<'_>) {
        let Some(Stretch { frame, at, .. }) = open.newest else { return };
        let message = Whole { id, frame, at, len: self.gathered.len(), text: open.utf8.is_some() };
        let of = self.of;
        let limit = up.options.inflate_limit;
        up.work(self.of.stream.index(), self.gathered.len(), |job| {
            let mut job = job.unwrap_or_else(|used| Job::new(of, self.context(limit), used));
            job.add(message, &self.gathered);
            job
        });
        self.let_go();
    }
}

impl Job {
    /// The next of the messages that were inflated, and what there is to say behind it.
    pub(crate) fn next(&mut self) -> Option<(&Message, Option<Event>)> {
        let told = self.say()?;
        let checkpoint = told.checkpoint();
        Some((&told.message, checkpoint))
    }
}
