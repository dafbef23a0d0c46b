//! TLS read along with the keys that somebody logged: records in, the stream inside out.
//!
//! ```text
//! pieces ─► reader (records) ─► keys (open) ─┬─► messages ─► handshake ─► keys
//!                                            └─► the layer inside, byte for byte or as one sealed run
//! ```
//! Keeps nothing of what it opens: an opened record is a row that can be opened again. Where there are no keys
//! it says so once and lets the stream go by.

mod ahead;
mod handshake;
mod keys;
mod messages;
mod reader;
mod search;
mod secrets;

pub(crate) use self::ahead::{Ahead, Course, To};
pub(crate) use self::secrets::Secrets;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::event::{Event, Opening};
use crate::ids::{End, ExtentId, Side, StreamId, TlsId};
use crate::layer::tls::ahead::Coming;
use crate::layer::tls::keys::{Half, Known, Phase};
use crate::layer::tls::messages::Messages;
use crate::layer::tls::reader::{Missed, Next, Reader, Sealed, State};
use crate::layer::{FlowOf, Input, Layer, Up};
use crate::span::{Below, Extent, Record, Span};
use crate::tls::hello::HandshakeType;
use crate::tls::open::Refused;
use crate::tls::record::{ContentType, RecordHeader, Version};
use crate::tls::secured::{Keys, Secured};

/// TLS inside TLS inside TLS, and no deeper.
pub(super) const DEEPEST: u8 = 4;

/// Records that went by unseen with a change of keys, where nothing says that there were more: in TLS 1.2 a Finished.
const FEW: u64 = 2;

/// TLS on one two-way stream.
pub(crate) struct Tls {
    id: TlsId,
    flow: FlowOf,
    client: Option<End>,
    ends: [Direction; 2],
    known: Known,
    secured: Secured,
    said: Secured,
    /// Whether there may be more to say.
    moved: bool,
    inside: Box<Layer>,
    /// The stream inside, as its pair of directions.
    streams: [StreamId; 2],
    /// Whether there is nothing to be had.
    pub(super) hopeless: bool,
    /// Whether what comes too early still waits.
    patient: bool,
    plain: Vec<u8>,
}

/// One end's records.
#[derive(Default)]
struct Direction {
    reader: Reader,
    /// Records that were opened ahead, while the packets go by in which they are.
    coming: VecDeque<Coming>,
    messages: Messages,
    half: Half,
    /// The newest extent of the stream below.
    stand: Option<ExtentId>,
    /// Whether bytes of it were not captured.
    torn: bool,
    /// Bytes that were tried since a record was looked for.
    tried: u64,
    /// How long the stream inside is so far, and its newest extent.
    at: u64,
    last: Option<ExtentId>,
}

/// What is to be done after some bytes were taken.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Hold this end from this offset on.
    pub(super) hold: Option<u64>,
    /// Go on with the other end.
    pub(super) release: bool,
}

impl Tls {
    /// TLS that begins, or is met on its way. `inside` is made for the stream that it carries.
    pub(super) fn new(flow: FlowOf, deep: u8, told: Option<End>, from_start: bool, up: &mut Up<'_>) -> Self {
        let id = up.ids.tls();
        let pair = up.ids.pair();
        let streams = [StreamId::of(pair, End::A), StreamId::of(pair, End::B)];
        let below = FlowOf { streams, tls: Some(id), ..flow };
        let inside = Box::new(Layer::inside(below, from_start, told, deep + 1));
        Self {
            id,
            flow,
            client: None,
            ends: [Direction::default(), Direction::default()],
            known: Known::default(),
            secured: Secured::default(),
            said: Secured { refused: 1, ..Secured::default() },
            moved: true,
            inside,
            streams,
            hopeless: false,
            patient: true,
            plain: Vec::new(),
        }
    }

    fn direction(&mut self, end: End) -> &mut Direction {
        let [a, b] = &mut self.ends;
        if end == End::A { a } else { b }
    }

    /// What was waited for will not come.
    pub(super) fn give_up_waiting(&mut self) {
        self.patient = false;
    }

    pub(super) fn input(&mut self, end: End, input: Input<'_>, up: &mut Up<'_>) -> Heard {
        let mut heard = Heard::default();
        match input {
            Input::Bytes { at, bytes, extent, .. } => {
                self.direction(end).stand = extent;
                self.bytes(end, at, bytes, &mut heard, up);
            }
            Input::Gap { at, len } => {
                self.expect_no_more(end, up.ahead, up.outbox);
                self.gap(end, at, len, up);
            }
            Input::Astray { at } => {
                self.expect_no_more(end, up.ahead, up.outbox);
                self.gap(end, at, 1, up);
            }
            Input::End => {
                self.inside.input(end, Input::End, up);
                self.said.opened = 0;
                self.moved = true;
            }
        }
        self.say(up);
        heard
    }

    fn bytes(&mut self, end: End, mut at: u64, mut bytes: &[u8], heard: &mut Heard, up: &mut Up<'_>) {
        if self.expected(end, &mut at, &mut bytes, heard, up) {
            return;
        }
        let mut reader = core::mem::take(&mut self.direction(end).reader);
        while !self.hopeless {
            match reader.state {
                State::Over => break,
                State::Lost { missing } => {
                    reader.look(at, bytes);
                    let Some((from, rest)) = self.search(end, &mut reader, missing, up) else { break };
                    let direction = self.direction(end);
                    direction.messages.forget();
                    direction.reader = reader;
                    return self.bytes(end, from, &rest, heard, up);
                }
                State::InStep => {}
            }
            match reader.next(&mut at, &mut bytes) {
                Next::More => break,
                Next::Broken => {
                    // What follows is not TLS: it says no more that could be read.
                    let span = Span { stream: self.stream(end), at, len: RecordHeader::LEN as u64 };
                    self.refused(span, Refused::NoRecord, up);
                    self.torn(end, 0, up);
                }
                Next::Record(sealed) => {
                    if self.must_wait(end, &sealed) {
                        heard.hold = Some(sealed.at);
                        reader.rewind();
                        break;
                    }
                    heard.release |= self.record(end, &sealed, up);
                }
            }
        }
        self.direction(end).reader = reader;
    }

    fn stream(&self, end: End) -> StreamId {
        let [a, b] = self.flow.streams;
        if end == End::A { a } else { b }
    }

    /// RFC 8446 2.3: a client may send data before it hears the server; which cipher it is only then known. And a
    /// capture may have either end's words before those that they answer.
    fn must_wait(&self, end: End, sealed: &Sealed<'_>) -> bool {
        let kind = sealed.header.content_type;
        let answers = match self.client {
            Some(client) => {
                let changes = matches!(kind, ContentType::APPLICATION_DATA | ContentType::CHANGE_CIPHER_SPEC);
                changes && client == end && self.known.server.is_none()
            }
            None => {
                let first = sealed.fragment.first().map(|kind| HandshakeType(*kind));
                kind == ContentType::HANDSHAKE
                    && first == Some(HandshakeType::SERVER_HELLO)
                    && self
                        .ends
                        .get(end.other().index())
                        .is_some_and(|other| !other.torn && other.stand.is_none())
            }
        };
        self.patient && answers
    }

    fn side(&self, end: End) -> Side {
        if self.client == Some(end) || (self.client.is_none() && end == End::A) {
            Side::Client
        } else {
            Side::Server
        }
    }

    /// A record is whole. Says whether the other end can go on.
    fn record(&mut self, end: End, sealed: &Sealed<'_>, up: &mut Up<'_>) -> bool {
        self.moved = true;
        let side = self.side(end);
        let tls13 = self.known.version().is_some_and(Version::is_tls13);
        let phase = self.direction(end).half.phase;
        let kind = sealed.header.content_type;
        match kind {
            ContentType::CHANGE_CIPHER_SPEC => {
                // RFC 8446 D.4: in TLS 1.3 it means nothing and is there for middleboxes.
                if !tls13 && self.known.server.is_some() {
                    let opener = self.known.tls12(side, up.secrets);
                    self.note_keys(self.known.keys);
                    self.change_keys(end, opener.map(|opener| (opener, Vec::new())), Phase::Sealed);
                }
                false
            }
            // The ChangeCipherSpec in front of a Finished may be what was not captured.
            ContentType::HANDSHAKE if phase == Phase::Plain && self.opens_unseen(end, sealed, up) => {
                self.protected(end, sealed, up)
            }
            ContentType::HANDSHAKE if phase == Phase::Plain || tls13 => {
                self.handshake(end, sealed.fragment, up)
            }
            ContentType::ALERT if phase == Phase::Plain || tls13 => {
                self.alert(side, sealed.fragment);
                false
            }
            ContentType::HANDSHAKE | ContentType::ALERT | ContentType::APPLICATION_DATA => {
                self.protected(end, sealed, up)
            }
            _ => false,
        }
    }

    /// A record that is encrypted.
    fn protected(&mut self, end: End, sealed: &Sealed<'_>, up: &mut Up<'_>) -> bool {
        let side = self.side(end);
        if self.client.is_none() && self.secured.keys == Keys::NotNeeded {
            self.note_keys(Keys::NoHello);
        }
        let mut plain = core::mem::take(&mut self.plain);
        let (opened, text) = match sealed.opened {
            Some((kind, text)) => {
                self.direction(end).half.opened();
                (Some(kind), text)
            }
            None => (self.open(end, sealed, &mut plain, up), plain.as_slice()),
        };
        let mut release = false;
        match opened {
            Some(kind) => {
                self.secured.opened += 1;
                match kind {
                    ContentType::APPLICATION_DATA => self.inside(end, sealed, text, up),
                    ContentType::HANDSHAKE => release = self.handshake(end, text, up),
                    ContentType::ALERT => self.alert(side, text),
                    _ => {}
                }
            }
            None if self.direction(end).half.keyed.is_none() => {
                if sealed.header.content_type == ContentType::APPLICATION_DATA {
                    self.keyless(end, up);
                }
            }
            None if self.direction(end).half.expects_early_data() => {}
            None => self.unopened(end, sealed, up),
        }
        self.plain = plain;
        release
    }

    /// Opens a record with the keys in use or, where they do not fit, with those that come next: their change may
    /// not have been seen.
    fn open(
        &mut self,
        end: End,
        sealed: &Sealed<'_>,
        plain: &mut Vec<u8>,
        up: &mut Up<'_>,
    ) -> Option<ContentType> {
        let half = &mut self.direction(end).half;
        if let Some(kind) = half.open(sealed, plain) {
            return Some(kind);
        }
        self.opens_ahead(end, sealed, FEW, plain, up).then(|| self.direction(end).half.open(sealed, plain))?
    }

    /// Hands what a record sealed to the layer inside.
    fn inside(&mut self, end: End, sealed: &Sealed<'_>, plain: &[u8], up: &mut Up<'_>) {
        if plain.is_empty() {
            return;
        }
        let stream = self.streams.get(end.index()).copied().filter(|_| self.inside.wants_bytes());
        let direction = self.direction(end);
        let (at, mut id) = (direction.at, direction.last);
        if let (Some(stream), Some(extent)) = (stream, direction.stand)
            && let Some((epoch, sequence)) = direction.half.used(up)
        {
            let len = sealed.header.len;
            let record = up.record(Record { at: sealed.at, len, extent, epoch, sequence });
            let below = Below::Record { id: record, offset: 0 };
            id = Some(up.extent(stream, Extent { at, len: plain.len() as u32, below, prev: id }));
        }
        let direction = self.direction(end);
        direction.at = at + plain.len() as u64;
        direction.last = id;
        self.inside.input(end, Input::Bytes { at, bytes: plain, extent: id, texts: &[] }, up);
    }

    /// There are no keys to what an end sends.
    fn keyless(&mut self, end: End, up: &mut Up<'_>) {
        self.direction(end).half.keyless = true;
        let other = &self.direction(end.other()).half;
        // Keys of one direction alone are read along with as far as they go.
        if other.keyed.is_some()
            || !matches!(self.secured.keys, Keys::Missing | Keys::NoHello | Keys::Unsupported)
        {
            return;
        }
        let id = up.ids.connection();
        let client = self.client.unwrap_or(End::A);
        self.say(up);
        let flow = FlowOf { tls: Some(self.id), ..self.flow };
        up.say(Event::Connection(Box::new(flow.connection(id, client, Opening::Sealed, None))));
        self.hopeless = true;
    }

    /// A record is there and cannot be opened: the stream inside goes on behind it.
    fn unopened(&mut self, end: End, sealed: &Sealed<'_>, up: &mut Up<'_>) {
        let len = RecordHeader::LEN as u64 + u64::from(sealed.header.len);
        let span = Span { stream: self.stream(end), at: sealed.at, len };
        let half = &mut self.direction(end).half;
        let why = half.why.take().unwrap_or(Refused::Tag);
        let inside = half.inside_of(&sealed.header);
        half.pass_over();
        self.refused(span, why, up);
        if sealed.header.content_type == ContentType::APPLICATION_DATA {
            self.missing(end, inside, up);
        }
    }

    fn refused(&mut self, span: Span, why: Refused, up: &mut Up<'_>) {
        self.secured.refused += 1;
        self.moved = true;
        up.say(Event::Refused { flow: self.flow.id, tls: self.id, span, why });
    }

    /// Bytes of the stream inside are not there: so many where that is sure, else at least one.
    fn missing(&mut self, end: End, len: Option<u64>, up: &mut Up<'_>) {
        match len {
            Some(len) => {
                let direction = self.direction(end);
                let at = direction.at;
                direction.at += len;
                if len > 0 {
                    self.inside.input(end, Input::Gap { at, len }, up);
                }
            }
            None => self.torn(end, 1, up),
        }
    }

    /// Nobody knows how much is missing inside.
    fn torn(&mut self, end: End, least: u64, up: &mut Up<'_>) {
        let direction = self.direction(end);
        let at = direction.at;
        direction.at += least;
        if least > 0 {
            self.inside.input(end, Input::Gap { at, len: least }, up);
        }
        self.inside.input(end, Input::Astray { at: at + least }, up);
    }

    fn gap(&mut self, end: End, at: u64, len: u64, up: &mut Up<'_>) {
        let direction = self.direction(end);
        direction.torn = true;
        match direction.reader.gap(at, len) {
            Missed::Nothing => {}
            Missed::One(header) => {
                direction.messages.forget();
                let inside = direction.half.inside_of(&header);
                direction.half.pass_over();
                if header.content_type == ContentType::APPLICATION_DATA {
                    self.missing(end, inside, up);
                }
            }
            Missed::Several => {
                direction.messages.forget();
                self.torn(end, 1, up);
            }
        }
    }

    /// Says what is known, where that is more than before. Records are counted on the way, and how many were opened
    /// is told with what else there is to tell: with the first one, and at the end.
    fn say(&mut self, up: &mut Up<'_>) {
        if !core::mem::take(&mut self.moved) {
            return;
        }
        let first = self.secured.opened > 0 && self.said.opened == 0;
        let counted = core::mem::replace(&mut self.said.opened, self.secured.opened);
        if first || self.said != self.secured {
            self.said = self.secured.clone();
            let secured = Arc::new(self.secured.clone());
            up.say(Event::Secured { id: self.id, flow: self.flow.id, secured });
        } else {
            self.said.opened = counted;
        }
    }
}
