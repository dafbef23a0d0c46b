//! Puts one direction's messages together: fragments, text, decompression.
//!
//! Keeps no payload. The verdict on text and the length after inflating come out of one pass; what a message
//! says is read again when somebody asks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::{Deflated, Event, Message, Outcome, Part, Spot};
use crate::ids::{ConnectionId, FrameId, MessageId, Side, StreamId};
use crate::layer::Up;
use crate::span::Span;
use crate::websocket::deflate::{Broken, Inflater, Trace, Why, window};
use crate::websocket::header::FrameHeader;
use crate::websocket::opcode::Opcode;
use crate::websocket::utf8::{Utf8, Verdict};

/// Output between two checkpoints: a random message costs a millisecond then.
const CHECKPOINT_BYTES: u64 = 256 * 1024;

/// Messages between two checkpoints, where they are small.
const CHECKPOINT_MESSAGES: u32 = 1024;

/// Payloads longer than this are not looked into symbol by symbol.
const LONGEST_TRACED: usize = 1 << 20;

/// Compressed payloads longer than this are inflated as they come.
const LONGEST_GATHERED: u64 = 1 << 20;

/// What a frame is to its message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun {
    pub(crate) part: Part,
    /// Whether it belongs to a message.
    pub(crate) of_message: bool,
    pub(crate) previous: Option<FrameId>,
    pub(crate) compressed: bool,
}

/// A message that is not complete.
struct Open {
    /// Given when its first frame is complete: numbers follow the order of first frames.
    id: Option<MessageId>,
    last: Option<FrameId>,
    frames: u32,
    wire_len: u64,
    len: u64,
    compressed: bool,
    missing: bool,
    /// The check of a text message; of a plain one in a single frame its frame does it.
    utf8: Option<Utf8>,
    /// What became of inflating it, once it went wrong.
    fault: Option<Outcome>,
    broken: Option<Broken>,
    /// Its payload as it was on the wire, where a limit on back-references was agreed.
    traced: Option<Vec<u8>>,
    newest: Option<Stretch>,
    /// Where something was first seen to be wrong.
    spot: Option<Spot>,
    /// Its payload so far, where it is to be inflated elsewhere once it is whole.
    gathered: Option<Vec<u8>>,
}

/// The newest frame's payload.
#[derive(Clone, Copy)]
struct Stretch {
    frame: FrameId,
    /// Offset in the stream.
    at: u64,
    len: u64,
    /// Offset in the message.
    from: u64,
}

/// The decompression of one direction.
struct Context {
    inflater: Inflater,
    /// The message behind which it stands; none at its beginning, or where it began anew after a loss.
    after: Option<MessageId>,
    /// Whether it holds all that was said: nothing was lost since the connection began.
    whole: bool,
    bytes: u64,
    messages: u32,
}

/// One direction's messages.
pub(crate) struct Messages {
    connection: ConnectionId,
    side: Side,
    stream: StreamId,
    open: Option<Open>,
    /// Nobody else has it while nothing is being worked out elsewhere.
    context: Option<Arc<Mutex<Context>>>,
    /// Whether something was lost before the context was first needed.
    lost: bool,
    /// Whether what was agreed limits how far back-references may reach.
    limited: bool,
}

impl Messages {
    pub(crate) fn new(connection: ConnectionId, side: Side, stream: StreamId, limited: bool) -> Self {
        Self { connection, side, stream, open: None, context: None, lost: false, limited }
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
                let utf8 = (opcode == Opcode::TEXT && (compressed || !fin)).then(Utf8::default);
                // Whole messages can be inflated elsewhere: nothing that follows waits for what comes of it.
                let elsewhere = compressed && fin && !self.limited;
                let gathered =
                    (elsewhere && header.payload_len <= LONGEST_GATHERED).then(|| up.outbox.buffer());
                if compressed && gathered.is_none() {
                    self.start_inflating(up);
                }
                self.open = Some(Open {
                    id: None,
                    last: None,
                    frames: 0,
                    wire_len: 0,
                    len: 0,
                    compressed,
                    missing: false,
                    utf8,
                    fault: None,
                    broken: None,
                    traced: (compressed && self.limited).then(Vec::new),
                    newest: None,
                    spot: None,
                    gathered,
                });
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
        match (&mut open.gathered, &self.context) {
            (Some(gathered), _) => gathered.extend_from_slice(bytes),
            (None, Some(context)) => open.inflate(bytes, &mut held(context)),
            (None, None) => {}
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
        let Some(gathered) = self.open.as_mut().and_then(|open| open.gathered.take()) else { return };
        self.start_inflating(up);
        if let (Some(open), Some(context)) = (&mut self.open, &self.context)
            && !gathered.is_empty()
        {
            open.inflate(&gathered, &mut held(context));
        }
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
        open.look_for_faults(self.stream);
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
        let of = Of { id, connection: self.connection, side: self.side, stream: self.stream, last, complete };
        if let Some(payload) = open.gathered.take() {
            let context = self.context(up.options.inflate_limit);
            return up.work(self.stream.index(), Job { context, open, payload, of });
        }
        let mut context = self.context.as_ref().filter(|_| open.compressed).map(held);
        let told = open.conclude(of, context.as_deref_mut());
        drop(context);
        told.say(&mut |event| up.say(event));
    }
}

/// A context that nobody else has now. Whoever had it left it whole, or went down and is missed.
fn held(context: &Arc<Mutex<Context>>) -> MutexGuard<'_, Context> {
    context.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A message to be inflated.
pub struct Job {
    context: Arc<Mutex<Context>>,
    open: Open,
    payload: Vec<u8>,
    of: Of,
}

/// A message that was inflated.
pub struct Done {
    told: Told,
    /// For its memory.
    buffer: Vec<u8>,
}

impl Job {
    /// How many bytes it holds.
    pub fn size(&self) -> usize {
        self.payload.len()
    }

    /// Inflates the message.
    pub fn run(self) -> Done {
        let Self { context, mut open, mut payload, of } = self;
        let mut context = held(&context);
        context.inflater.start();
        // Nothing is fed where nothing came.
        if !payload.is_empty() {
            open.inflate_last(&mut payload, &mut context);
        }
        open.look_for_faults(of.stream);
        let told = open.conclude(of, Some(&mut context));
        payload.clear();
        Done { told, buffer: payload }
    }
}

impl Done {
    /// Says what came of it, and gives back the job's memory.
    pub(crate) fn say(self, to: &mut dyn FnMut(Event)) -> Vec<u8> {
        self.told.say(to);
        self.buffer
    }
}

/// Whose a message is.
#[derive(Clone, Copy)]
struct Of {
    id: MessageId,
    connection: ConnectionId,
    side: Side,
    stream: StreamId,
    last: FrameId,
    complete: bool,
}

/// What there is to say of a message.
struct Told {
    message: Message,
    stream: StreamId,
    /// The window behind it, where it is time for a checkpoint.
    window: Option<Arc<[u8]>>,
}

impl Told {
    fn say(self, to: &mut dyn FnMut(Event)) {
        let Self { message, stream, window } = self;
        let after = message.id;
        to(Event::Message(message));
        if let Some(window) = window {
            to(Event::Checkpoint { stream, after, window });
        }
    }
}

impl Open {
    /// Inflates some of it.
    fn inflate(&mut self, bytes: &[u8], context: &mut Context) {
        self.inflated(context, |inflater, out| inflater.feed(bytes, out));
    }

    /// Inflates all that is left of it.
    fn inflate_last(&mut self, bytes: &mut Vec<u8>, context: &mut Context) {
        self.inflated(context, |inflater, out| inflater.feed_last(bytes, out));
    }

    fn inflated(
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
    fn look_for_faults(&mut self, stream: StreamId) {
        if self.spot.is_none() && (self.broken.is_some() || self.text_fault().is_some()) {
            self.spot = self.spot_in(stream, self.text_fault());
        }
    }

    /// What it turned out to be. `context`: its direction's decompression, where it is compressed.
    fn conclude(mut self, of: Of, context: Option<&mut Context>) -> Told {
        let Of { id, connection, side, stream, last, complete } = of;
        let mut context_of = None;
        let trace = self.traced.take().map(|payload| Trace::of(&payload));
        let mut deflated =
            self.compressed.then(|| Box::new(Deflated { inflated: None, broken: self.broken, trace }));
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

    fn text_fault(&self) -> Option<u64> {
        Some(self.utf8?.fault()?.0)
    }

    /// A place in the newest frame: where inflating failed, or where the text goes wrong at its byte `text`.
    fn spot_in(&self, stream: StreamId, text: Option<u64>) -> Option<Spot> {
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

impl Context {
    /// What a fault in the compressed bytes means: theirs, or the loss of what they refer to.
    fn fault(&self, why: Why) -> Outcome {
        match why {
            Why::TooLarge => Outcome::TooLarge,
            _ if self.whole => Outcome::Broken,
            _ => Outcome::ContextLost,
        }
    }

    /// A message was inflated. One that inflates refers to nothing that is not known, so its output is right
    /// even where something was lost before it.
    fn advance(&mut self, message: MessageId, len: u64) {
        self.after = Some(message);
        self.bytes = self.bytes.saturating_add(len);
        self.messages = self.messages.saturating_add(1);
    }

    /// What was known is no longer all that was said.
    fn begin_anew(&mut self) {
        self.inflater.reset();
        self.after = None;
        self.whole = false;
        self.bytes = 0;
        self.messages = 0;
    }

    /// The window, where it is time for a checkpoint.
    fn checkpoint(&mut self) -> Option<Arc<[u8]>> {
        if self.bytes < CHECKPOINT_BYTES && self.messages < CHECKPOINT_MESSAGES {
            return None;
        }
        self.bytes = 0;
        self.messages = 0;
        Some(window::pack(self.inflater.window()))
    }
}
