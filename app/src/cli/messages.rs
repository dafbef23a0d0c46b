//! `wscope messages`: one row per message, in order of completion.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use session::content::{Patchy, SHOWN};
use session::decoding::{Decoding, Pin};
use session::dissector::decoders::Decoded;
use session::dissector::event::{Outcome, Part};
use session::dissector::ids::{FrameId, MessageId, StreamId};
use session::filter::{Filter, Of, Sieve};
use session::model::{Frame, Kind, Message};
use session::{Content, Snapshot, Why};

use super::column::{Cell, Column, Reads, Row, Tone};
use super::frames::{Verdict, arrow, tone};
use super::once::{Once, Place};
use super::options::{Columns, Rows};
use super::payload::{BEGINNING, LIMIT, Payload};
use super::print::Printer;
use super::reading::{Feed, Next, feed};
use super::{absence, words};

/// A message with what was read of its content.
pub(crate) struct MessageRow {
    message: Message,
    frames: Vec<u64>,
    content: Result<Payload, Why>,
    /// What it says by its connection's protocol; where only the beginning was read, none unless that is known.
    decoded: Option<Decoded>,
    /// The rules that its frames break.
    findings: Verdict,
}

impl MessageRow {
    /// `spare`: what an earlier row's content lay in.
    fn new(
        content: &mut Content,
        decoding: &mut Decoding,
        snapshot: &Snapshot,
        message: Message,
        reads: Reads,
        mut spare: Patchy,
    ) -> Self {
        let frames = match message.frames {
            1 => vec![message.first.number()],
            _ => snapshot.frames_of(&message).iter().map(|frame| frame.id.number()).collect(),
        };
        let known = match reads {
            Reads::Index => false,
            Reads::Beginning => {
                message.wire_len <= SUMMARIZED && decoding.decoder(content, snapshot, &message).is_some()
            }
            Reads::Whole => true,
        };
        let beginning = reads == Reads::Beginning && !message.compressed && !known;
        let read = match why_not(&message) {
            Some(why) => Err(why),
            // Only whether it can be had.
            None if reads == Reads::Index => Ok(()),
            None if beginning => content.join(snapshot, &message, BEGINNING, &mut spare),
            None => content.read_message(snapshot, &message, LIMIT, &mut spare),
        };
        let cut = beginning && message.wire_len > BEGINNING;
        let read = read.map(|()| Payload::new(spare, cut));
        let decoded = read.as_ref().ok().filter(|_| known).map(|payload| {
            let shown = payload.bytes().get(..SHOWN as usize).unwrap_or(payload.bytes());
            decoding.decoded(content, snapshot, &message, shown, reads == Reads::Whole)
        });
        let mut findings = Verdict::default();
        for number in &frames {
            findings.add(snapshot, FrameId::new((number - 1) as u32));
        }
        Self { message, frames, content: read, decoded, findings }
    }

    fn preview(&self) -> Cow<'_, str> {
        match &self.content {
            Ok(_)
                if let Some(decoded) = &self.decoded
                    && !is_plain(decoded) =>
            {
                decoded.summary().into()
            }
            Ok(payload) => payload.preview(self.message.kind == Kind::Text),
            Err(why) => format!("({})", says(why)).into(),
        }
    }

    fn payload(&self, cell: for<'a> fn(&'a Payload) -> Cell<'a>) -> Cell<'_> {
        self.content.as_ref().map_or(Cell::Absent, cell)
    }

    /// `48:1` where it is compressed.
    fn ratio(&self) -> String {
        let Message { compressed, wire_len, len, .. } = self.message;
        len.filter(|_| compressed).map_or(String::new(), |len| words::ratio(len, wire_len))
    }
}

/// Messages that are read as a whole for a row of a table.
const SUMMARIZED: u64 = 1 << 20;

/// Whether nothing but text or bytes was seen in a message, so that its own content says it best.
fn is_plain(decoded: &Decoded) -> bool {
    matches!(decoded.protocol, "text" | "data" | "json" | "json-lines" | "xml")
}

/// Why a message's content cannot be had, as far as the index knows.
fn why_not(message: &Message) -> Option<Why> {
    Some(match message.outcome {
        Some(Outcome::Whole) => return None,
        Some(Outcome::Missing) => Why::NotCaptured,
        Some(Outcome::ContextLost) => Why::ContextLost,
        Some(Outcome::Broken) => Why::Broken,
        Some(Outcome::TooLarge) => Why::TooLarge,
        Some(Outcome::Unfinished) | None => Why::Unfinished,
    })
}

/// The reason for people.
fn says(why: &Why) -> &str {
    match why {
        Why::NotCaptured => "bytes of it were never captured",
        Why::NoKeys => "encrypted, and no key is known",
        Why::ContextLost => "compressed with reference to what was never captured",
        Why::Broken => "not a DEFLATE stream",
        Why::TooLarge => "too large to show",
        Why::Unfinished => "its last fragment never came",
        Why::Unreadable(says) => says,
    }
}

impl Row for MessageRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::key("message", "Message", |row| Cell::Number(row.message.id.number())).table(7).right(),
        Column::<Self>::key("connection", "Conn", |row| Cell::Number(row.message.connection.number())).table(4).right(),
        Column::<Self>::key("direction", "Direction", |row| Cell::word(row.message.side.name())).tone(|row| tone(row.message.side)),
        Column::<Self>::key("type", "Type", |row| Cell::word(row.message.kind.name())),
        Column::<Self>::key("packet", "Packet", |row| Cell::Number(row.message.packet.number())).right(),
        Column::<Self>::key("time", "Time", |row| Cell::Time(row.message.time)).table(10).right(),
        Column::<Self>::view("arrow", "", |row| Cell::word(arrow(row.message.side))).table(1).tone(|row| tone(row.message.side)),
        Column::<Self>::view("kind", "Type", |row| Cell::word(row.message.kind.name())).table(6).spare(1),
        Column::<Self>::view("frame_count", "Frames", |row| Cell::Number(row.message.frames.into())).table(6).right().spare(2),
        Column::<Self>::key("frames", "Frames", |row| Cell::Numbers(&row.frames)),
        Column::<Self>::key("compressed", "Compressed", |row| Cell::Bool(row.message.compressed)),
        Column::<Self>::key("wire_length", "On wire", |row| Cell::Number(row.message.wire_len)).table(7).right().spare(3),
        Column::<Self>::key("length", "Length", |row| Cell::or_null(row.message.len, Cell::Number)).table(7).right(),
        Column::<Self>::view("ratio", "Ratio", |row| Cell::text(row.ratio())).right(),
        Column::<Self>::view("findings.short", "Findings", |row| Cell::text(row.findings.short())).table(0).elastic().spare(1).tone(|row| row.findings.tone()),
        Column::<Self>::view("preview", "Content", |row| Cell::Text(row.preview())).table(20).elastic().reads(Reads::Beginning),
        Column::<Self>::key("text", "Text", |row| row.payload(Payload::as_text)).elastic().reads(Reads::Whole),
        Column::<Self>::key("base64", "Base64", |row| row.payload(Payload::as_base64)).elastic().reads(Reads::Whole),
        Column::<Self>::key("decoded", "Decoded", |row| Cell::or_absent(row.decoded.as_ref(), |it| Cell::Nested(super::decoded::json(it)))).nested().reads(Reads::Whole),
        Column::<Self>::key("complete", "Complete", |row| Cell::Bool(row.message.outcome == Some(Outcome::Whole))),
        Column::<Self>::key("unavailable", "Unavailable", |row| Cell::or_absent(row.content.as_ref().err(), |why| Cell::word(why.name()))),
        Column::<Self>::key("findings", "Findings", |row| Cell::Words(&row.findings.codes)),
    ];

    fn tone(&self) -> Tone {
        if self.content.is_err() { Tone::Warn } else { Tone::Plain }
    }
}

/// Puts messages in the order of their completion, which their frames tell.
#[derive(Default)]
struct Order {
    /// Frames that were looked at.
    seen: u32,
    /// The message that is open on each stream.
    open: HashMap<StreamId, MessageId>,
}

impl Order {
    /// The messages that the next frame completes, or shows to have been given up.
    fn step(&mut self, frame: &Frame) -> [Option<MessageId>; 2] {
        let Some(message) = frame.message else { return [None, None] };
        // RFC 6455 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another
        // message", so where a message begins, the one that was open will never be complete.
        let open = match frame.part {
            Part::None | Part::Middle => return [None, None],
            Part::First => return [self.open.insert(frame.stream, message), None],
            Part::Whole | Part::Last => self.open.remove(&frame.stream),
        };
        [open.filter(|open| *open != message), Some(message)]
    }
}

/// Prints messages as snapshots bring them.
pub(crate) struct Messages {
    printer: Printer<MessageRow>,
    columns: Columns,
    content: Content,
    decoding: Decoding,
    reads: Reads,
    order: Order,
    once: Once,
    sieve: Sieve,
    /// What the last row's content lay in.
    spare: Patchy,
}

impl Messages {
    /// `again`: whether the capture may be gone through again.
    pub(crate) fn new(
        printer: Printer<MessageRow>,
        columns: Columns,
        again: bool,
        filter: Arc<Filter>,
        pins: &[Pin],
    ) -> Self {
        let (reads, once, sieve) = (printer.reads(), Once::new(again), Sieve::new(filter));
        let (content, order, spare) = (Content::default(), Order::default(), Patchy::default());
        let decoding = Decoding::new(pins.to_vec());
        Self { printer, columns, content, decoding, reads, order, once, sieve, spare }
    }

    fn print(&mut self, snapshot: &Snapshot, id: MessageId) -> io::Result<()> {
        if self.printer.full() || !self.sieve.holds(snapshot, Of::Messages.row(id.index())) {
            return Ok(());
        }
        let message = snapshot.message(id);
        let first = |message: &Message| {
            let at = snapshot.frame(message.first).map_or(0, |frame| frame.at);
            self.once.first(Place { packet: message.packet, side: message.side, at })
        };
        match message.filter(first) {
            Some(message) => {
                let spare = std::mem::take(&mut self.spare);
                let (content, decoding) = (&mut self.content, &mut self.decoding);
                let row = MessageRow::new(content, decoding, snapshot, message, self.reads, spare);
                self.printer.row(&row)?;
                self.spare = row.content.map(Payload::spent).unwrap_or_default();
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Feed for Messages {
    fn show(&mut self, snapshot: &Snapshot, last: bool) -> anyhow::Result<Next> {
        self.printer.clock(self.columns.clock(snapshot.totals.times.map(|times| times.0)));
        if self.once.anew(snapshot) {
            (self.order, self.content) = (Order::default(), Content::default());
            self.decoding.restart();
        }
        while self.order.seen < snapshot.frame_count() && !self.printer.full() {
            let frame = snapshot.frame(FrameId::new(self.order.seen));
            self.order.seen += 1;
            let complete = frame.map_or([None, None], |frame| self.order.step(&frame));
            for id in complete.into_iter().flatten() {
                self.print(snapshot, id)?;
            }
        }
        if last {
            let mut open: Vec<MessageId> = self.order.open.drain().map(|(_, id)| id).collect();
            open.sort();
            for id in open {
                self.print(snapshot, id)?;
            }
        }
        self.printer.pause()?;
        Ok(if self.printer.full() { Next::Enough } else { Next::More })
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.printer.finish()
    }
}

/// Prints the messages of a capture.
pub(crate) fn run(options: &Rows) -> anyhow::Result<()> {
    let filter = options.source.filter()?;
    let messages = Messages::new(
        Printer::of(options)?,
        options.columns.clone(),
        false,
        Arc::clone(&filter),
        &options.source.decode,
    );
    let snapshot = feed(&options.file, &options.source, &filter, Box::new(messages))?;
    absence::say(&snapshot, "messages");
    Ok(())
}
