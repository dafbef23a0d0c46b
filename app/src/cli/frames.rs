//! `wscope frames`: one row per frame, in order of completion.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use session::Content;
use session::Snapshot;
use session::content::Patchy;
use session::dissector::ids::{FrameId, Side};
use session::dissector::rules::Severity;
use session::dissector::websocket::close::Body;
use session::dissector::websocket::header::FrameHeader;
use session::dissector::websocket::opcode::Opcode;
use session::dissector::websocket::registry;
use session::filter::{Mask, Of, ROWS, Sieve};
use session::model::{Frame, Kind};

use super::column::{Cell, Column, Reads, Row, Tone};
use super::once::{Once, Place};
use super::options::{Columns, Rows};
use super::payload::{BEGINNING, LIMIT, Payload};
use super::print::Printer;
use super::reading::{Feed, Next, feed};
use super::{absence, mark, words};

/// A frame with what was read of its bytes.
pub(crate) struct FrameRow {
    frame: Frame,
    key: Option<[u8; 4]>,
    payload: Option<Payload>,
    /// Whether the payload is shown as text, where it is that: not in a binary message.
    textual: bool,
    close: Option<(Option<u16>, String)>,
    findings: Verdict,
}

/// The rules that a row breaks.
#[derive(Default)]
pub(crate) struct Verdict {
    /// Their codes, each once.
    pub(crate) codes: Vec<&'static str>,
    worst: Option<(Severity, &'static str)>,
}

impl Verdict {
    /// What was found about a frame.
    pub(crate) fn add(&mut self, snapshot: &Snapshot, frame: FrameId) {
        for found in snapshot.findings_of(frame) {
            let (severity, code) = (found.finding.severity, found.finding.rule().code);
            if !self.codes.contains(&code) {
                self.codes.push(code);
            }
            if self.worst.is_none_or(|(worst, _)| severity > worst) {
                self.worst = Some((severity, code));
            }
        }
    }

    /// The worst by its sign and code, and how many more there are.
    pub(crate) fn short(&self) -> String {
        let Some((severity, code)) = self.worst else { return String::new() };
        let more = self.codes.len() - 1;
        let more = if more > 0 { format!(" +{more}") } else { String::new() };
        format!("{} {code}{more}", mark::shape(severity))
    }

    pub(crate) fn tone(&self) -> Tone {
        mark::tone_of(self.worst.map(|(severity, _)| severity))
    }
}

/// A hole wider than this is not filled with zeros to show what lies around it.
const WIDEST_HOLE: u64 = 64 << 20;

impl FrameRow {
    /// `spare`: what an earlier row's payload lay in.
    fn new(
        content: &mut Content,
        snapshot: &Snapshot,
        frame: Frame,
        reads: Reads,
        mut spare: Patchy,
    ) -> Self {
        let mut findings = Verdict::default();
        findings.add(snapshot, frame.id);
        let mut row = Self { frame, key: None, payload: None, textual: true, close: None, findings };
        let limit = match reads {
            Reads::Index => return row,
            Reads::Beginning => BEGINNING,
            Reads::Whole if frame.missing > WIDEST_HOLE && !frame.truncated => return row,
            Reads::Whole => LIMIT,
        };
        let Ok(key) = content.unmasked(snapshot, &frame, limit, &mut spare) else { return row };
        row.key = key;
        if frame.header.opcode == Opcode::CLOSE {
            let body = Body::read(&spare.bytes);
            row.close = Some((body.code(), String::from_utf8_lossy(body.reason()).into_owned()));
        }
        let message = frame.message.filter(|_| frame.header.opcode != Opcode::TEXT);
        let kind = message.and_then(|message| snapshot.message(message)).map(|message| message.kind);
        row.textual = kind != Some(Kind::Binary);
        row.payload = Some(Payload::new(spare, frame.header.payload_len > limit));
        row
    }

    /// What a person wants to see of the payload, on one line.
    fn preview(&self) -> Cow<'_, str> {
        if let Some((code, reason)) = &self.close {
            return close(*code, reason).into();
        }
        let Some(payload) = &self.payload else { return Cow::Borrowed("") };
        let text = match self.frame.compressed {
            true if !payload.is_empty() => format!("deflated {}", payload.preview(false)).into(),
            _ => payload.preview(self.textual),
        };
        // In front, because the end of a row is what a narrow terminal cuts off.
        match self.frame.missing {
            0 => text,
            missing => {
                format!("({} never captured) {text}", words::plural(missing, ["byte", "bytes"])).into()
            }
        }
    }

    /// `fin rsv1 mask`: the bits that are set.
    fn bits(&self) -> String {
        let header = &self.frame.header;
        let bits = [
            ("fin", header.fin),
            ("rsv1", header.rsv1()),
            ("rsv2", header.rsv2()),
            ("rsv3", header.rsv3()),
            ("mask", header.mask.is_some()),
        ];
        let set: Vec<&str> = bits.into_iter().filter(|bit| bit.1).map(|bit| bit.0).collect();
        set.join(" ")
    }
}

/// `1000 normal closure "bye"`
pub(crate) fn close(code: Option<u16>, reason: &str) -> String {
    let Some(code) = code else { return "no code".into() };
    let name = registry::close_code(code).name;
    if reason.is_empty() { format!("{code} {name}") } else { format!("{code} {name} \"{reason}\"") }
}

/// The arrow and the color that a side has everywhere.
pub(crate) fn arrow(side: Side) -> &'static str {
    match side {
        Side::Client => "→",
        Side::Server => "←",
    }
}

/// See [`arrow`].
pub(crate) fn tone(side: Side) -> Tone {
    match side {
        Side::Client => Tone::Client,
        Side::Server => Tone::Server,
    }
}

impl Row for FrameRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::key("frame", "Frame", |row| Cell::Number(row.frame.id.number())).table(5).right(),
        Column::<Self>::key("connection", "Conn", |row| Cell::Number(row.frame.connection.number())).table(4).right(),
        Column::<Self>::key("direction", "Direction", |row| Cell::word(row.frame.side.name())).alike().tone(|row| tone(row.frame.side)),
        Column::<Self>::key("packet", "Packet", |row| Cell::Number(row.frame.packet.number())).table(6).right().spare(3),
        Column::<Self>::key("time", "Time", |row| Cell::Time(row.frame.time)).table(10).right(),
        Column::<Self>::view("arrow", "", |row| Cell::word(arrow(row.frame.side))).table(1).tone(|row| tone(row.frame.side)),
        Column::<Self>::key("fin", "FIN", |row| Cell::Bool(row.frame.header.fin)).alike(),
        Column::<Self>::key("rsv1", "RSV1", |row| Cell::Bool(row.frame.header.rsv1())).alike(),
        Column::<Self>::key("rsv2", "RSV2", |row| Cell::Bool(row.frame.header.rsv2())).alike(),
        Column::<Self>::key("rsv3", "RSV3", |row| Cell::Bool(row.frame.header.rsv3())).alike(),
        Column::<Self>::key("opcode", "Opcode", |row| Cell::Number(row.frame.header.opcode.0.into())).right().alike(),
        Column::<Self>::key("opcode_name", "Opcode", |row| Cell::word(row.frame.header.opcode.name())).table(6).alike(),
        Column::<Self>::view("bits", "Bits", |row| Cell::text(row.bits())).table(8).spare(1),
        Column::<Self>::key("masked", "Masked", |row| Cell::Bool(row.frame.header.mask.is_some())).alike(),
        Column::<Self>::key("masking_key", "Key", |row| Cell::or_null(row.key.as_ref(), |key| Cell::Hex(key))).reads(Reads::Beginning),
        Column::<Self>::key("header_length", "Header", |row| Cell::Number(row.frame.header.len() as u64)).right().alike(),
        Column::<Self>::key("payload_length", "Length", |row| Cell::Number(row.frame.header.payload_len)).table(6).right(),
        Column::<Self>::key("missing", "Missing", |row| Cell::Number(row.frame.missing)).right().alike(),
        Column::<Self>::key("message", "Message", |row| Cell::or_null(row.frame.message, |id| Cell::Number(id.number()))).table(7).right().spare(2),
        Column::<Self>::view("findings.short", "Findings", |row| Cell::text(row.findings.short())).table(0).elastic().spare(1).tone(|row| row.findings.tone()),
        Column::<Self>::view("preview", "Payload", |row| Cell::Text(row.preview())).table(20).elastic().reads(Reads::Beginning),
        Column::<Self>::key("text", "Text", |row| row.payload.as_ref().map_or(Cell::Absent, Payload::as_text)).elastic().reads(Reads::Whole),
        Column::<Self>::key("base64", "Base64", |row| row.payload.as_ref().map_or(Cell::Absent, Payload::as_base64)).elastic().reads(Reads::Whole),
        Column::<Self>::key("holes", "Holes", |row| row.payload.as_ref().map_or(Cell::Absent, Payload::holes)).nested().alike().reads(Reads::Whole),
        Column::<Self>::key("close_code", "Code", |row| Cell::or_absent(row.close.as_ref(), |close| Cell::or_null(close.0, |code| Cell::Number(code.into())))).alike().reads(Reads::Beginning),
        Column::<Self>::key("close_reason", "Reason", |row| Cell::or_absent(row.close.as_ref(), |close| Cell::word(&close.1))).elastic().alike().reads(Reads::Beginning),
        Column::<Self>::key("findings", "Findings", |row| Cell::Words(&row.findings.codes)).alike(),
    ];

    /// Who sent it, the header's first byte, how the length is written and whether a key follows (RFC 6455 5.2). Those
    /// of which there is more to say are like none.
    fn alike(&self) -> Option<u16> {
        let more = self.frame.missing > 0 || self.close.is_some() || !self.findings.codes.is_empty();
        let FrameHeader { fin, rsv, opcode, mask, form, .. } = self.frame.header;
        let who = self.frame.side as u16;
        (!more && self.payload.as_ref().is_none_or(Payload::is_whole)).then_some(
            who << 11
                | (form as u16) << 9
                | u16::from(mask.is_some()) << 8
                | u16::from(fin) << 7
                | u16::from(rsv) << 4
                | u16::from(opcode.0),
        )
    }

    fn tone(&self) -> Tone {
        match self.frame {
            Frame { missing: 1.., .. } | Frame { truncated: true, .. } => Tone::Warn,
            Frame { header, .. } if header.opcode.is_control() => Tone::Dim,
            _ => Tone::Plain,
        }
    }
}

/// Prints frames as snapshots bring them.
pub(crate) struct Frames {
    printer: Printer<FrameRow>,
    columns: Columns,
    content: Content,
    reads: Reads,
    next: FrameId,
    once: Once,
    sieve: Sieve,
    /// What the last row's payload lay in.
    spare: Patchy,
}

impl Frames {
    /// `again`: whether the capture may be gone through again.
    pub(crate) fn new(printer: Printer<FrameRow>, columns: Columns, again: bool, sieve: Sieve) -> Self {
        let (reads, once) = (printer.reads(), Once::new(again));
        let (content, spare) = (Content::default(), Patchy::default());
        Self { printer, columns, content, reads, next: FrameId::new(0), once, sieve, spare }
    }
}

impl Feed for Frames {
    fn show(&mut self, snapshot: &Snapshot, _: bool) -> anyhow::Result<Next> {
        let printer = &mut self.printer;
        printer.clock(self.columns.clock(snapshot.totals.times.map(|times| times.0)));
        if self.once.anew(snapshot) {
            (self.next, self.content) = (FrameId::new(0), Content::default());
        }
        while self.next.index() < snapshot.frame_count() && !printer.full() {
            let from = self.next.index();
            let base = from - from % ROWS as u32;
            let end = snapshot.frame_count().min(base.saturating_add(ROWS as u32));
            let among = Mask::range((from - base) as usize, (end - base) as usize);
            for place in self.sieve.sift(snapshot, Of::Frames, base, &among).iter() {
                let frame = self.content.frame_row(snapshot, FrameId::new(base + place as u32));
                let place = |frame: &Frame| Place { packet: frame.packet, side: frame.side, at: frame.at };
                match frame.filter(|frame| !printer.full() && self.once.first(place(frame))) {
                    Some(frame) => {
                        let spare = std::mem::take(&mut self.spare);
                        let row = FrameRow::new(&mut self.content, snapshot, frame, self.reads, spare);
                        printer.row(&row)?;
                        self.spare = row.payload.map(Payload::spent).unwrap_or_default();
                    }
                    None => continue,
                }
            }
            self.next = FrameId::new(end);
        }
        printer.pause()?;
        Ok(if printer.full() { Next::Enough } else { Next::More })
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.printer.finish()
    }
}

/// Prints the frames of a capture.
pub(crate) fn run(options: &Rows) -> anyhow::Result<()> {
    let filter = options.source.filter()?;
    let sieve = options.source.sieve_of(Arc::clone(&filter));
    let frames = Frames::new(Printer::of(options)?, options.columns.clone(), false, sieve);
    let snapshot = feed(&options.file, &options.source, &filter, false, Box::new(frames))?;
    absence::say(&snapshot, "frames");
    Ok(())
}
