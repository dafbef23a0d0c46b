//! One direction's inflater (RFC 7692 7.2.2), which can stop after any message and be resumed from a window.
//!
//! Always a window of 15 bits, kept from message to message: smaller windows and "no context takeover"
//! are cases of it. What was agreed does not matter here; [`Trace`](super::Trace)
//! sees who broke it.

use flate2::{Decompress, FlushDecompress, Status};

/// The largest window of DEFLATE (RFC 1951 2), and all that an inflater must remember between messages.
pub const WINDOW: usize = 32 * 1024;

/// Inflates the messages of one direction, one after the other.
#[derive(Debug)]
pub struct Inflater {
    raw: Decompress,
    /// `0 <= filled <= BUFFER`; the last bytes before `filled` are the window.
    buffer: Box<[u8]>,
    filled: usize,
    limit: u64,
    message: Message,
    broken: Option<Broken>,
    /// What came of the four appended bytes, where they were fed with the message's last ones.
    tail: Option<Result<(), Why>>,
}

/// Where the message in hand stands.
#[derive(Clone, Copy, Debug, Default)]
struct Message {
    input: u64,
    output: u64,
    last: [u8; 4],
    final_block: bool,
    /// A block with BFINAL ended, and nothing came behind it so far.
    ended: bool,
}

/// What a whole message turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inflated {
    /// Bytes that came out.
    pub length: u64,
    /// Bytes that went in, the appended four not counted.
    pub wire: u64,
    /// Whether a block had BFINAL set, which RFC 7692 7.2.3.4 allows.
    pub final_block: bool,
    /// How its compressed bytes ended.
    pub tail: Tail,
}

/// How a message's compressed bytes ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// RFC 7692 7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end". So it was.
    Removed,
    /// The four octets were still there.
    Kept,
    /// With a block that had BFINAL set, and no empty block behind it.
    AfterFinal,
    /// There was not one byte, where RFC 7692 7.2.3.6 has a single 00 for an empty message.
    Empty,
    /// Not at a block's end even with the four octets: output may be missing, and the next message starts
    /// from the window as it stands.
    Ragged,
}

/// Where and why inflating stopped. The context is lost with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Bytes of the message's payload consumed when the fault was met: the faulty bits lie in the last of
    /// them or, for codes that cross bytes, shortly before. May count into the four appended bytes.
    pub at: u64,
    /// Bytes that had come out.
    pub output: u64,
    /// What was wrong.
    pub why: Why,
}

/// What can be wrong with compressed data (RFC 1951 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// BTYPE 11 is reserved (RFC 1951 3.2.3).
    BlockType,
    /// LEN and NLEN of a stored block do not agree (RFC 1951 3.2.4).
    StoredLength,
    /// The code lengths of a dynamic block make no code (RFC 1951 3.2.7).
    Codes,
    /// A length or distance symbol that has no meaning (RFC 1951 3.2.5).
    Symbol,
    /// A reference to bytes before the beginning: the context that the sender used is not ours.
    DistanceTooFar,
    /// More output than the limit allows.
    TooLarge,
    /// The end of the message lies inside a block, where the four appended octets make no sense.
    Unfinished,
    /// Refused without one of the reasons above.
    Refused,
}

impl Why {
    /// What was wrong, as half a sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::BlockType => "a block of the reserved type 11",
            Self::StoredLength => "a stored block whose length and its complement differ",
            Self::Codes => "code lengths that make no Huffman code",
            Self::Symbol => "a length or distance symbol without meaning",
            Self::DistanceTooFar => "a reference to bytes before the first",
            Self::TooLarge => "more output than the limit allows",
            Self::Unfinished => "a message that ends inside a block",
            Self::Refused => "data that is no DEFLATE",
        }
    }

    /// From the wording that all zlibs share.
    fn of(message: Option<&str>) -> Self {
        let message = message.unwrap_or_default();
        match message {
            "invalid block type" => Self::BlockType,
            "invalid stored block lengths" => Self::StoredLength,
            "invalid literal/length code" | "invalid distance code" => Self::Symbol,
            _ if message.ends_with("too far back") => Self::DistanceTooFar,
            "too many length or distance symbols"
            | "invalid code lengths set"
            | "invalid bit length repeat"
            | "invalid code -- missing end-of-block"
            | "invalid literal/lengths set"
            | "invalid distances set" => Self::Codes,
            _ => Self::Refused,
        }
    }
}

impl Default for Inflater {
    fn default() -> Self {
        Self::new(Self::LIMIT)
    }
}

impl Inflater {
    /// A guard against bombs, not a wish: 1 GiB of output from one message.
    pub const LIMIT: u64 = 1 << 30;

    /// An inflater in front of a direction's first message, that gives up on messages of more than `limit` bytes.
    pub fn new(limit: u64) -> Self {
        Self {
            raw: Decompress::new(false),
            buffer: vec![0; BUFFER].into_boxed_slice(),
            filled: 0,
            limit,
            message: Message::default(),
            broken: None,
            tail: None,
        }
    }

    /// An inflater in front of the message that followed upon `window`.
    pub fn with_window(window: &[u8]) -> Self {
        let mut inflater = Self::default();
        inflater.resume(window);
        inflater
    }

    /// Goes to where `window` was the last output; of more than 32 KiB the last ones count.
    pub fn resume(&mut self, window: &[u8]) {
        let window = window.get(window.len().saturating_sub(WINDOW)..).unwrap_or_default();
        if let Some(place) = self.buffer.get_mut(..window.len()) {
            place.copy_from_slice(window);
        }
        self.filled = window.len();
        self.message = Message::default();
        self.broken = None;
        self.tail = None;
        self.restart();
    }

    /// Forgets everything: an empty window, as before the first message.
    pub fn reset(&mut self) {
        self.resume(&[]);
    }

    /// The last output, at most 32 KiB: between two messages, the whole state.
    pub fn window(&self) -> &[u8] {
        self.buffer.get(self.filled.saturating_sub(WINDOW)..self.filled).unwrap_or_default()
    }

    /// Why this inflater no longer works, until [`reset`](Self::reset) or [`resume`](Self::resume).
    pub const fn broken(&self) -> Option<Broken> {
        self.broken
    }

    /// A message begins. What was left of one that was never finished makes the context unsure, so the
    /// blocks begin anew on the window as it stands.
    pub fn start(&mut self) {
        if self.message.input > 0 && self.broken.is_none() {
            self.restart();
        }
        self.message = Message::default();
        self.tail = None;
    }

    /// Takes the message's next compressed bytes, and gives what comes out to `out` in pieces.
    pub fn feed(&mut self, input: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        self.count(input);
        self.run(input, 0, out).map_err(|(left, why)| self.broke(left, why))
    }

    /// Takes all of a message at once. The last four bytes of `input` are not the message's: they are those that
    /// [`finish`](Self::finish) appends otherwise, and with them in hand it is done in one go.
    pub fn feed_whole(&mut self, input: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        let Some((message, _)) = input.split_last_chunk::<{ TAIL.len() }>() else { return Ok(()) };
        self.count(message);
        if message.is_empty() || self.message.last == TAIL {
            return self.run(message, 0, out).map_err(|(left, why)| self.broke(left, why));
        }
        let tail = TAIL.len() as u64;
        self.tail = match self.run(input, TAIL.len(), out) {
            Ok(()) => Some(Ok(())),
            Err((left, why)) if left < tail => Some(Err(why)),
            Err((left, why)) => return Err(self.broke(left - tail, why)),
        };
        Ok(())
    }

    /// Notes what goes in.
    fn count(&mut self, input: &[u8]) {
        self.message.input += input.len() as u64;
        for &byte in input.get(input.len().saturating_sub(4)..).unwrap_or_default() {
            self.message.last.rotate_left(1);
            self.message.last[3] = byte;
        }
    }

    /// The message is at its end.
    pub fn finish(&mut self, out: &mut dyn FnMut(&[u8])) -> Result<Inflated, Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        let tail = if self.message.input == 0 {
            Tail::Empty
        } else if self.message.ended {
            self.restart();
            Tail::AfterFinal
        } else {
            let kept = self.message.last == TAIL;
            if !kept {
                // RFC 7692 7.2.2: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of
                // the message."
                let fed = match self.tail.take() {
                    Some(fed) => fed,
                    None => self.run(&TAIL, 0, out).map_err(|(_, why)| why),
                };
                fed.map_err(|why| {
                    let why = if why == Why::TooLarge { why } else { Why::Unfinished };
                    self.broke(0, why)
                })?;
            }
            // The empty block itself may have BFINAL set, and then ends the stream where it should.
            match (self.message.ended || self.at_boundary(), kept) {
                (true, true) => Tail::Kept,
                (true, false) => {
                    if self.message.ended {
                        self.restart();
                    }
                    Tail::Removed
                }
                (false, _) => {
                    self.restart();
                    Tail::Ragged
                }
            }
        };
        let Message { input, output, final_block, .. } = core::mem::take(&mut self.message);
        Ok(Inflated { length: output, wire: input, final_block, tail })
    }

    /// Inflates all of `input`; on a fault, says how many bytes of it were not consumed. The last `tail` bytes are not
    /// the sender's, and nothing behind a final block.
    fn run(&mut self, mut input: &[u8], tail: usize, out: &mut dyn FnMut(&[u8])) -> Result<(), (u64, Why)> {
        loop {
            if self.message.ended {
                if input.len() <= tail {
                    return Ok(());
                }
                // RFC 7692 7.2.3.4: blocks may follow a final one; they can still refer to what came before.
                self.restart();
            }
            self.slide();
            let room = self.limit.saturating_sub(self.message.output).saturating_add(1);
            let end = self.filled.saturating_add(usize::try_from(room).unwrap_or(BUFFER)).min(BUFFER);
            let space = self.buffer.get_mut(self.filled..end).unwrap_or_default();
            let spacious = space.len();
            let (before_in, before_out) = (self.raw.total_in(), self.raw.total_out());
            let status = self.raw.decompress(input, space, FlushDecompress::None);
            let used = (self.raw.total_in() - before_in) as usize;
            let made = (self.raw.total_out() - before_out) as usize;
            input = input.get(used..).unwrap_or_default();
            let left = input.len() as u64;
            let fits = made.min(usize::try_from(room - 1).unwrap_or(usize::MAX));
            let from = self.filled;
            self.filled += made;
            self.message.output += fits as u64;
            if fits > 0 {
                out(self.buffer.get(from..from + fits).unwrap_or_default());
            }
            if fits < made {
                return Err((left, Why::TooLarge));
            }
            match status {
                Err(error) => return Err((left, Why::of(error.message()))),
                Ok(Status::StreamEnd) => {
                    self.message.ended = true;
                    self.message.final_block = true;
                }
                Ok(_) if input.is_empty() && made < spacious => return Ok(()),
                Ok(_) if used == 0 && made == 0 => return Err((left, Why::Refused)),
                Ok(_) => {}
            }
        }
    }

    /// Whether the next bit would begin a block on a byte's edge. Empty stored blocks change nothing
    /// there; nearly anywhere else they come out as something or as an error. Only a message cut within a
    /// dynamic block's code lengths can pass, and the next one tells.
    fn at_boundary(&mut self) -> bool {
        const PROBE: [u8; 20] = [0, 0, 0, 255, 255, 0, 0, 0, 255, 255, 0, 0, 0, 255, 255, 0, 0, 0, 255, 255];
        let (before_in, before_out) = (self.raw.total_in(), self.raw.total_out());
        let status = self.raw.decompress(&PROBE, &mut [0; 8], FlushDecompress::None);
        matches!(status, Ok(Status::Ok | Status::BufError))
            && self.raw.total_in() - before_in == PROBE.len() as u64
            && self.raw.total_out() == before_out
    }

    /// A fresh stream on the window as it stands.
    fn restart(&mut self) {
        self.message.ended = false;
        self.raw.reset(false);
        let window = self.buffer.get(self.filled.saturating_sub(WINDOW)..self.filled).unwrap_or_default();
        if !window.is_empty() && self.raw.set_dictionary(window).is_err() {
            // A raw stream takes any dictionary; one that does not is of no use.
            self.broken = Some(Broken { at: 0, output: 0, why: Why::Refused });
        }
    }

    /// Makes room by moving the window to the buffer's front.
    fn slide(&mut self) {
        if BUFFER - self.filled < ROOM {
            self.buffer.copy_within(self.filled - WINDOW..self.filled, 0);
            self.filled = WINDOW;
        }
    }

    fn broke(&mut self, left: u64, why: Why) -> Broken {
        let Message { input, output, .. } = self.message;
        *self.broken.insert(Broken { at: input.saturating_sub(left), output, why })
    }
}

/// What a sync flush ends with and the sender leaves out.
pub(in crate::websocket) const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];
/// Two windows, so that one is moved only once in every 31 KiB.
const BUFFER: usize = 2 * WINDOW;
/// With less room than this, inflating goes byte by byte.
const ROOM: usize = 1024;
