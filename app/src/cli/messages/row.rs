//! A row of messages: of WebSocket, or one that HTTP carries, with what was read of its content.

use std::borrow::Cow;

use session::content::{Patchy, SHOWN};
use session::decoding::{Decoding, is_plain};
use session::dissector::decoders::Decoded;
use session::dissector::event::Outcome;
use session::dissector::ids::{FrameId, PacketId, SessionId, Side};
use session::model::{Kind, Message};
use session::neighbor::Delivery;
use session::{Content, Snapshot, Why};

use crate::cli::column::{Cell, Column, Reads, Row, Tone};
use crate::cli::decoded::Meaning;
use crate::cli::frames::{Verdict, arrow, tone};
use crate::cli::pair::Pair;
use crate::cli::payload::{BEGINNING, LIMIT, Payload};
use crate::cli::words;

/// A message: of WebSocket, or one that HTTP carries.
enum Said {
    Message(Message, Option<SessionId>),
    Delivery(Delivery, Kind),
}

/// A message with what was read of its content.
pub(crate) struct MessageRow {
    said: Said,
    frames: Vec<u64>,
    pub(super) content: Result<Payload, Why>,
    /// What it says by its connection's protocol; where only the beginning was read, none unless that is known.
    decoded: Option<Decoded>,
    /// What it answers and what answers it, where a column says so.
    pair: Option<Pair>,
    /// The rules that its frames break.
    findings: Verdict,
}

impl MessageRow {
    /// `decoding`: where a column says what it decodes to. `spare`: what an earlier row's content lay in.
    pub(super) fn new(
        content: &mut Content,
        mut decoding: Option<&mut Decoding>,
        snapshot: &Snapshot,
        message: Message,
        reads: Reads,
        pair: Option<Pair>,
        mut spare: Patchy,
    ) -> Self {
        let frames = match message.frames {
            1 => vec![message.first.number()],
            _ => snapshot.frames_of(&message).iter().map(|frame| frame.id.number()).collect(),
        };
        let known = match reads {
            Reads::Index => false,
            Reads::Beginning => decoding.as_deref_mut().is_some_and(|decoding| {
                message.wire_len <= SUMMARIZED && decoding.decoder(content, snapshot, &message).is_some()
            }),
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
        let decoded = decoding.filter(|_| known).zip(read.as_ref().ok()).map(|(decoding, payload)| {
            let shown = payload.bytes().get(..SHOWN as usize).unwrap_or(payload.bytes());
            decoding.decoded(content, snapshot, &message, shown, reads == Reads::Whole)
        });
        let mut findings = Verdict::default();
        for number in &frames {
            findings.add(snapshot, FrameId::new((number - 1) as u32));
        }
        let said = Said::Message(message, snapshot.session_of(message.connection));
        Self { said, frames, content: read, decoded, pair, findings }
    }

    /// The same of a message that HTTP carries, which is read as a whole.
    pub(super) fn delivered(
        content: &mut Content,
        decoding: Option<&mut Decoding>,
        snapshot: &Snapshot,
        delivery: Delivery,
        full: bool,
    ) -> Self {
        let read = content.delivery(snapshot, delivery.id, LIMIT);
        let text = read.as_ref().map_or(true, |bytes| std::str::from_utf8(bytes).is_ok());
        let decoded = decoding.zip(read.as_ref().ok()).map(|(decoding, bytes)| {
            let shown = bytes.get(..SHOWN as usize).unwrap_or(bytes);
            decoding.delivered(content, snapshot, &delivery, shown, full)
        });
        let read = read.map(|bytes| Payload::new(Patchy { bytes, holes: Vec::new() }, false));
        let said = Said::Delivery(delivery, if text { Kind::Text } else { Kind::Binary });
        Self { said, frames: Vec::new(), content: read, decoded, pair: None, findings: Verdict::default() }
    }

    fn message(&self) -> Option<&Message> {
        match &self.said {
            Said::Message(message, _) => Some(message),
            Said::Delivery(..) => None,
        }
    }

    fn delivery(&self) -> Option<&Delivery> {
        match &self.said {
            Said::Message(..) => None,
            Said::Delivery(delivery, _) => Some(delivery),
        }
    }

    /// A cell that only messages of WebSocket have.
    fn of_message<'a>(&'a self, cell: impl FnOnce(&'a Message) -> Cell<'a>) -> Cell<'a> {
        Cell::or_absent(self.message(), cell)
    }

    /// A cell that only messages that HTTP carries have.
    fn of_delivery<'a>(&'a self, cell: impl FnOnce(&'a Delivery) -> Cell<'a>) -> Cell<'a> {
        Cell::or_absent(self.delivery(), cell)
    }

    fn session(&self) -> Option<SessionId> {
        match &self.said {
            Said::Message(_, session) => *session,
            Said::Delivery(delivery, _) => Some(delivery.session),
        }
    }

    fn kind(&self) -> Kind {
        match &self.said {
            Said::Message(message, _) => message.kind,
            Said::Delivery(_, kind) => *kind,
        }
    }

    fn side(&self) -> Side {
        self.delivery().map(|it| it.side).or(self.message().map(|it| it.side)).unwrap_or(Side::Client)
    }

    fn number(&self) -> Cell<'_> {
        match &self.said {
            Said::Message(message, _) => Cell::Number(message.id.number()),
            Said::Delivery(delivery, _) => Cell::text(format!("d{}", delivery.id.number())),
        }
    }

    fn whose(&self) -> Cell<'_> {
        match &self.said {
            Said::Message(message, _) => Cell::Number(message.connection.number()),
            Said::Delivery(delivery, _) => Cell::text(format!("s{}", delivery.session.number())),
        }
    }

    /// Bytes on the wire, and of the content.
    fn lengths(&self) -> (u64, Option<u64>) {
        match &self.said {
            Said::Message(message, _) => (message.wire_len, message.len),
            Said::Delivery(delivery, _) => {
                (delivery.len, self.content.as_ref().ok().map(|payload| payload.bytes().len() as u64))
            }
        }
    }

    fn place(&self) -> (PacketId, i64) {
        match &self.said {
            Said::Message(message, _) => (message.packet, message.time),
            Said::Delivery(delivery, _) => (delivery.packet, delivery.time),
        }
    }

    fn complete(&self) -> bool {
        match &self.said {
            Said::Message(message, _) => message.outcome == Some(Outcome::Whole),
            Said::Delivery(delivery, _) => delivery.complete,
        }
    }

    fn preview(&self) -> Cow<'_, str> {
        match &self.content {
            Ok(_)
                if let Some(decoded) = &self.decoded
                    && (!is_plain(decoded) || self.delivery().is_some_and(|it| it.len == 0)) =>
            {
                decoded.summary().into()
            }
            Ok(payload) => payload.preview(self.kind() == Kind::Text),
            Err(why) => format!("({})", says(why)).into(),
        }
    }

    fn pair<T>(&self, of: impl FnOnce(&Pair) -> Option<T>) -> Option<T> {
        self.pair.as_ref().and_then(of)
    }

    fn payload(&self, cell: for<'a> fn(&'a Payload) -> Cell<'a>) -> Cell<'_> {
        self.content.as_ref().map_or(Cell::Absent, cell)
    }

    /// `48:1` where it is compressed.
    fn ratio(&self) -> String {
        let compressed = self.message().is_some_and(|message| message.compressed);
        let (wire_len, len) = self.lengths();
        len.filter(|_| compressed).map_or(String::new(), |len| words::ratio(len, wire_len))
    }
}

/// Messages that are read as a whole for a row of a table.
const SUMMARIZED: u64 = 1 << 20;

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
        Why::Packed => "packed in a way that is not undone, or broken",
        Why::Unfinished => "its last fragment never came",
        Why::Unreadable(says) => says,
    }
}

impl Row for MessageRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::key("message", "Message", |row| Cell::or_null(row.message(), |it| Cell::Number(it.id.number()))).right(),
        Column::<Self>::key("delivery", "Delivery", |row| row.of_delivery(|it| Cell::Number(it.id.number()))).nested().right(),
        Column::<Self>::view("number", "Message", Self::number).table(7).right(),
        Column::<Self>::key("connection", "Conn", |row| Cell::or_null(row.message(), |it| Cell::Number(it.connection.number()))).right(),
        Column::<Self>::view("whose", "Conn", Self::whose).table(4).right(),
        Column::<Self>::key("session", "Session", |row| Cell::or_absent(row.session(), |it| Cell::Number(it.number()))).nested().right(),
        Column::<Self>::key("transport", "Transport", |row| row.of_delivery(|it| Cell::word(it.transport.name()))).nested(),
        Column::<Self>::key("direction", "Direction", |row| Cell::word(row.side().name())).tone(|row| tone(row.side())),
        Column::<Self>::key("type", "Type", |row| Cell::word(row.kind().name())),
        Column::<Self>::key("packet", "Packet", |row| Cell::Number(row.place().0.number())).right(),
        Column::<Self>::key("time", "Time", |row| Cell::Time(row.place().1)).table(10).right(),
        Column::<Self>::view("arrow", "", |row| Cell::word(arrow(row.side()))).table(1).tone(|row| tone(row.side())),
        Column::<Self>::view("kind", "Type", |row| Cell::word(row.delivery().map_or(row.kind().name(), |it| it.transport.name()))).table(6).spare(1),
        Column::<Self>::view("frame_count", "Frames", |row| row.of_message(|it| Cell::Number(it.frames.into()))).table(6).right().spare(2),
        Column::<Self>::key("frames", "Frames", |row| row.of_message(|_| Cell::Numbers(&row.frames))),
        Column::<Self>::key("compressed", "Compressed", |row| row.of_message(|it| Cell::Bool(it.compressed))),
        Column::<Self>::key("wire_length", "On wire", |row| Cell::Number(row.lengths().0)).table(7).right().spare(3),
        Column::<Self>::key("length", "Length", |row| Cell::or_null(row.lengths().1, Cell::Number)).table(7).right(),
        Column::<Self>::view("ratio", "Ratio", |row| Cell::text(row.ratio())).right(),
        Column::<Self>::view("findings.short", "Findings", |row| Cell::text(row.findings.short())).table(0).elastic().spare(1).tone(|row| row.findings.tone()),
        Column::<Self>::view("preview", "Content", |row| Cell::Text(row.preview())).table(20).elastic().reads(Reads::Beginning).decodes(),
        Column::<Self>::key("text", "Text", |row| row.payload(Payload::as_text)).elastic().reads(Reads::Whole),
        Column::<Self>::key("base64", "Base64", |row| row.payload(Payload::as_base64)).elastic().reads(Reads::Whole),
        Column::<Self>::key("decoded", "Decoded", |row| Cell::or_absent(row.decoded.as_ref(), |it| Cell::Decoded(Meaning { decoded: it, pair: row.pair.as_ref() }))).nested().decodes().reads(Reads::Whole).pairs(),
        Column::<Self>::view("answers", "Answers", |row| Cell::or_null(row.pair(|pair| pair.answers.first().copied()), Cell::Number)).right().pairs(),
        Column::<Self>::view("latency", "Latency", |row| Cell::or_null(row.pair(|pair| pair.latency), Cell::Seconds)).right().pairs(),
        Column::<Self>::view("answered_by", "Answered by", |row| Cell::or_null(row.pair(|pair| pair.answered_by), Cell::Number)).right().pairs(),
        Column::<Self>::view("unanswered", "Unanswered", |row| Cell::or_null(row.pair(|pair| pair.unanswered.then_some(true)), Cell::Bool)).pairs(),
        Column::<Self>::key("complete", "Complete", |row| Cell::Bool(row.complete())),
        Column::<Self>::key("unavailable", "Unavailable", |row| Cell::or_absent(row.content.as_ref().err(), |why| Cell::word(why.name()))),
        Column::<Self>::key("findings", "Findings", |row| row.of_message(|_| Cell::Words(&row.findings.codes))),
    ];

    fn tone(&self) -> Tone {
        if self.content.is_err() { Tone::Warn } else { Tone::Plain }
    }
}
