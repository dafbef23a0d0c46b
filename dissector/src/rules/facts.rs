//! What rules look at: one event, and what is remembered of its connection.
//!
//! Ledgers are written by the judge only. What is not known is `None` or a flag here, so that a rule that needs
//! it can stay silent.

mod attempts;

use core::cell::OnceCell;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::event::{Carrier, Ending, Event, Flow, Frame, Message, Opening, StreamEnding};
use crate::head::Head;
use crate::ids::{ConnectionId, End, FlowId, FrameId, PacketId, Side, StreamId};
use crate::rules::Severity;
use crate::tls::secured::Secured;
use crate::websocket::deflate::Params;
use crate::websocket::upgrade::{Agreement, Extension};

pub use attempts::{Attempt, Register, Tale};

/// A moment of the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The packet.
    pub packet: PacketId,
    /// Its time in nanoseconds since 1970.
    pub time: i64,
}

/// Kinds of frames that a rule is looked at for: a plain whole message is mostly of the kind [`Any`](On::Any) only,
/// so a rule that asks for another kind costs nothing where nothing is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum On {
    /// Every frame.
    Any = 1,
    /// A control frame (opcode 8 and up).
    Control = 2,
    /// A Ping.
    Ping = 4,
    /// A Pong.
    Pong = 8,
    /// A Close.
    Close = 16,
    /// A frame whose header is out of the ordinary: a reserved bit or opcode, a length not in its shortest
    /// form, a mask where none belongs or none where one does.
    Odd = 32,
    /// A frame that is a part of a message, or a continuation of none.
    Fragment = 64,
    /// A frame after one's own Close.
    AfterClose = 128,
    /// A frame of which bytes are missing, or that was looked for.
    Torn = 256,
    /// A frame behind an error of the other side, until a rule that is asked for this kind finds something.
    AfterFault = 512,
    /// A masked frame whose key repeats the one before or is zero; and now and then one at which the last ones are
    /// looked at together.
    Key = 1024,
    /// A frame whose payload says something by itself: text that is none, text in a binary frame, or much of it.
    Telling = 2048,
    /// A header that is out of the ordinary, or was looked for.
    Astray = 4096,
}

/// What is remembered of one side.
#[derive(Debug, Default)]
pub struct Party {
    /// Frames so far.
    pub frames: u32,
    /// Data messages begun so far.
    pub messages: u32,
    /// Frames that are parts of them.
    pub parts: u32,
    /// Whether one of those had a reserved bit set.
    pub reserved: bool,
    /// The masking keys of its last frames, newest last; at most 16.
    pub keys: VecDeque<[u8; 4]>,
    /// Frames in a row with the same key before the newest.
    pub same_keys: u32,
    /// Whether some of its frames were looked for, and not simply next in line.
    pub searched: bool,
    /// The strange headers in a row up to the newest frame.
    pub strange: Strange,
    /// Its first Close: the frame, its code, and when.
    pub closed: Option<(FrameId, Option<u16>, Moment)>,
    /// The message that was open at its first Close.
    pub closed_inside: Option<Box<OpenMessage>>,
    /// Whether it sent Pongs that nobody had asked for.
    pub unasked: bool,
    /// Where that Close lies.
    pub close_span: Option<crate::span::Span>,
    /// Its Pings that were not answered yet, oldest first; at most 64.
    pub pings: VecDeque<Ping>,
    /// Its Pings that a Pong to a later one answered, and that may still be answered one by one.
    pub settled: u32,
    /// Frames of its open message so far; none where no message is open.
    pub open: Option<OpenMessage>,
    /// When it sent its last frame that came whole.
    pub last: Option<Moment>,
    /// Its first fault of each rule of severity error; at most eight.
    pub faults: Vec<Fault>,
    /// Compressed messages in a row whose content cannot be had, because what they refer to is not known.
    pub adrift: u32,
    /// How its TCP stream ended.
    pub ended: Option<(Ending, Moment)>,
    /// How far it had acknowledged the other side's stream, by its last packet so far.
    pub acknowledged: u64,
    /// How far it had done so when its own stream ended.
    pub acknowledged_at_end: u64,
    /// Bytes of its stream that were never captured.
    pub lost: u64,
    /// Those of them that the snap length cut off.
    pub cut: u64,
    /// The header left over at the stream's end.
    pub leftover: Option<Box<crate::span::Span>>,
    /// The frame inside which its stream ended.
    pub torn: Option<Box<Cut>>,
    /// How its half of a stream of HTTP/2 ended, and the frame of HTTP/2 that did.
    pub stream_over: Option<Box<(StreamEnding, crate::span::Span)>>,
}

/// A frame inside which a stream ended.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// The frame.
    pub frame: FrameId,
    /// What is there of it.
    pub span: crate::span::Span,
    /// What its header announces.
    pub payload_len: u64,
    /// Payload bytes that are not there.
    pub missing: u64,
}

/// Strange headers in a row: three of more than one kind are no accident.
#[derive(Clone, Copy, Debug, Default)]
pub struct Strange {
    /// How many.
    pub row: u32,
    /// What was strange, a bit a kind.
    pub kinds: u8,
}

impl Strange {
    /// With one more header.
    pub(crate) fn with(self, frame: &Frame) -> Self {
        let header = &frame.header;
        let masked = frame.side == Side::Client;
        let reserved = header.rsv2() || header.rsv3() || (header.rsv1() && !frame.compressed);
        let kinds = u8::from(header.opcode.is_reserved())
            | u8::from(reserved) << 1
            | u8::from(header.mask.is_some() != masked) << 2
            | u8::from(!header.is_minimal() || header.has_length_msb()) << 3;
        match kinds {
            0 => Self::default(),
            _ => Self { row: self.row.saturating_add(1), kinds: self.kinds | kinds },
        }
    }
    /// Whether these can hardly be headers.
    pub const fn is_nonsense(self) -> bool {
        self.row >= 3 && self.kinds.count_ones() >= 2
    }
}

/// A Ping on its way.
#[derive(Debug)]
pub struct Ping {
    /// Its frame.
    pub frame: FrameId,
    /// What it wants back.
    pub payload: Box<[u8]>,
    /// Its bytes.
    pub span: crate::span::Span,
    /// When it was sent.
    pub sent: Moment,
}

/// A message in the making.
#[derive(Clone, Copy, Debug)]
pub struct OpenMessage {
    /// Its first frame.
    pub first: FrameId,
    /// The header of that.
    pub header: crate::span::Span,
    /// Its frames so far.
    pub frames: u32,
    /// Their payload.
    pub bytes: u64,
    /// How many of them are empty.
    pub empty: u32,
}

/// A side's first error of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Place of the rule.
    pub rule: u16,
    /// The frame.
    pub frame: Option<FrameId>,
    /// When.
    pub at: Moment,
    /// Offset behind the bytes of it in the side's stream; 0 where it points at none.
    pub end: u64,
    /// Data messages that the other side had begun by then.
    pub answered: u32,
    /// Whether the other side was told to have tolerated it.
    pub told: bool,
}

/// What is remembered of a connection.
#[derive(Debug)]
pub struct Ledger {
    /// The connection.
    pub id: ConnectionId,
    /// Its TCP connection.
    pub flow: FlowId,
    /// The ends of the TCP connection.
    pub ends: Option<Flow>,
    /// Which end is the client.
    pub client: End,
    /// What each side sends, client first.
    pub streams: [StreamId; 2],
    /// What stands between TCP and its frames.
    pub carrier: Carrier,
    /// What was known of the TLS around it when it began.
    pub secured: Option<Arc<Secured>>,
    /// How it was met.
    pub opening: Opening,
    /// Its request.
    pub request: Option<Arc<Head>>,
    /// Its answer.
    pub response: Option<Arc<Head>>,
    /// What both agreed on.
    pub agreement: Arc<Agreement>,
    /// Whether frames follow.
    pub accepted: bool,
    /// When it began.
    pub began: Moment,
    /// When its answer came.
    pub answered: Option<Moment>,
    /// When the last whole frame of either side came before TCP ended at one end.
    pub last_before_end: Option<Moment>,
    /// The two sides, client first.
    pub parties: [Party; 2],
    /// Whether each end of the TCP connection sent any packet in the capture, client first.
    pub heard: [bool; 2],
    /// Places of the rules that the request broke at severity error, in order.
    pub request_faults: Vec<u16>,
    /// The worst severity so far.
    pub worst: Option<Severity>,
}

impl Ledger {
    /// One side.
    pub fn party(&self, side: Side) -> &Party {
        match (side, &self.parties) {
            (Side::Client, [client, _]) => client,
            (Side::Server, [_, server]) => server,
        }
    }
    /// One side, to be changed.
    pub(crate) fn party_mut(&mut self, side: Side) -> &mut Party {
        match (side, &mut self.parties) {
            (Side::Client, [client, _]) => client,
            (Side::Server, [_, server]) => server,
        }
    }
    /// What a side sends.
    pub fn stream(&self, side: Side) -> StreamId {
        let [client, server] = self.streams;
        if side == Side::Client { client } else { server }
    }
    /// The side at an end of the TCP connection.
    pub fn side(&self, end: End) -> Side {
        if end == self.client { Side::Client } else { Side::Server }
    }
    /// Whether everything that either side said was seen, from the handshake on: rules that blame somebody
    /// for what is absent need it.
    pub fn complete(&self) -> bool {
        self.opening == Opening::Handshake
            && self.request.is_some()
            && self.response.is_some()
            && self.parties.iter().all(|party| party.lost == 0)
            && self.heard == [true; 2]
    }
    /// Whether it is known what was agreed on.
    pub fn agreed(&self) -> bool {
        self.opening == Opening::Handshake && self.response.is_some()
    }
    /// Whether no extension is in use that could give a meaning to what RFC 6455 5.2 reserves, but
    /// permessage-deflate to RSV1.
    pub fn plain(&self) -> bool {
        let known = |extension: &Extension| extension.name == Params::NAME;
        self.agreed() && self.agreement.extensions.iter().all(known)
    }
    /// Where the bytes of a range of the request's or the response's head lie.
    pub fn head_span(&self, side: Side, head: &Head, range: &core::ops::Range<usize>) -> crate::span::Span {
        head.span(self.stream(side), range)
    }
}

/// A request for WebSocket was made.
#[derive(Clone, Copy)]
pub struct Requested<'a> {
    /// Its head.
    pub head: &'a Head,
    /// Its connection.
    pub ledger: &'a Ledger,
    /// When.
    pub at: Moment,
    /// What is remembered across connections.
    pub register: &'a crate::rules::facts::Register,
}

/// A request or the answer to it came: for rules that hold for both.
#[derive(Clone, Copy)]
pub struct Headed<'a> {
    /// The head.
    pub head: &'a Head,
    /// Who sent it: the client the request, the server the answer.
    pub side: Side,
    /// Its connection.
    pub ledger: &'a Ledger,
    /// When.
    pub at: Moment,
}

/// An answer came.
#[derive(Clone, Copy)]
pub struct Answered<'a> {
    /// Its head.
    pub head: &'a Head,
    /// Its connection, the request with it where that was captured.
    pub ledger: &'a Ledger,
    /// Whether it claims to switch to WebSocket.
    pub switched: bool,
    /// When.
    pub at: Moment,
    /// Bytes that the client sent behind its request before the answer.
    pub early: u64,
    /// What is remembered across connections.
    pub register: &'a crate::rules::facts::Register,
}

/// A frame came.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Its connection as it was before it.
    pub ledger: &'a Ledger,
    /// When.
    pub at: Moment,
}

impl Seen<'_> {
    /// Whoever sent it.
    pub fn party(&self) -> &Party {
        self.ledger.party(self.frame.side)
    }
    /// Whoever receives it.
    pub fn peer(&self) -> &Party {
        self.ledger.party(self.frame.side.other())
    }
    /// Whether its header lies where one is known to begin: nothing was searched for, and nothing before it
    /// casts a doubt.
    pub fn in_step(&self) -> bool {
        let party = self.party();
        !self.frame.resynchronized && !party.searched && !party.strange.is_nonsense()
    }
    /// `len` bytes of the frame from its byte `at` on: 0 is the first byte of the header.
    pub fn span(&self, at: u64, len: u64) -> crate::span::Span {
        let stream = self.frame.stream;
        crate::span::Span { stream, at: self.frame.at.saturating_add(at), len }
    }
    /// The header.
    pub fn header_span(&self) -> crate::span::Span {
        self.span(0, self.frame.header.len() as u64)
    }
    /// `len` bytes of the payload from its byte `at` on.
    pub fn payload_span(&self, at: u64, len: u64) -> crate::span::Span {
        self.span((self.frame.header.len() as u64).saturating_add(at), len)
    }
}

/// A fragmented or compressed message is complete, or never will be.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// The message.
    pub message: &'a Message,
    /// Whose it is.
    pub side: Side,
    /// Its last frame, which was seen just before.
    pub frame: Option<&'a Frame>,
    /// Its connection.
    pub ledger: &'a Ledger,
    /// When.
    pub at: Moment,
}

/// Nothing more will come from one side.
#[derive(Clone, Copy)]
pub struct Ended<'a> {
    /// Its connection; how each side ended is in its parties.
    pub ledger: &'a Ledger,
    /// Whether the capture ended first: what is absent may only not have been captured.
    pub capture_over: bool,
    /// The time of the capture's last packet so far.
    pub at: Moment,
}

/// Something else happened on a TCP connection.
#[derive(Clone, Copy)]
pub struct Happened<'a> {
    /// What.
    pub event: &'a Event,
    /// The connection on it, if there is one.
    pub ledger: Option<&'a Ledger>,
    /// What is remembered across connections.
    pub register: &'a Register,
    /// The ends of the TCP connection.
    pub flow: Option<&'a Flow>,
    /// When.
    pub at: Moment,
}

/// The capture is over.
#[derive(Clone, Copy)]
pub struct Whole<'a> {
    /// What is remembered across connections.
    pub register: &'a Register,
    /// Attempts that failed one after the other, once some rule has asked for them.
    pub(crate) failed: &'a OnceCell<Vec<Vec<&'a Attempt>>>,
    /// The time of the last packet.
    pub at: Moment,
}
