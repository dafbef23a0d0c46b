//! What the dissector says: facts about the traffic, in an order that only the packets decide.
//!
//! Events are closed and printable; golden tests print them. A fact is never a judgement.

mod connection;

use core::net::SocketAddr;
use std::sync::Arc;

pub use self::connection::{Carrier, Connection, Opening};
use crate::head::Head;
use crate::http2::facts::Http2;
use crate::ids::{
    ConnectionId, End, EpochId, ExtentId, FlowId, FrameId, MessageId, PacketId, RecordId, Side, StreamId,
    TlsId,
};
use crate::neighbor::Neighbor;
use crate::outbox::Gone;
use crate::rules::Finding;
use crate::span::{Extent, Record, Span};
use crate::tls::open::{Opener, Refused};
use crate::tls::secured::Secured;
use crate::websocket::deflate::{Broken, Inflated, Trace};
use crate::websocket::header::FrameHeader;
use crate::websocket::upgrade::Agreement;
use crate::websocket::utf8;

/// Receives what the dissector says, and knows the extents it was told of.
pub trait Sink {
    /// One more fact.
    fn event(&mut self, event: Event);
    /// The fact that bytes of a stream lie somewhere, of which there is one for nearly every packet.
    fn lies(&mut self, id: ExtentId, stream: StreamId, extent: Extent) {
        self.event(Event::Extent { id, stream, extent });
    }
    /// The fact that a frame is complete, which there are most of.
    fn frame(&mut self, frame: &Frame) {
        self.event(Event::Frame(frame.clone()));
    }
    /// The fact that a message is complete.
    fn message(&mut self, message: &Message) {
        self.event(Event::Message(message.clone()));
    }
    /// What follows was found at this packet, when so many extents had been said.
    fn at(&mut self, packet: PacketId, time: i64, extents: u32) {
        let _ = (packet, time, extents);
    }
    /// Bytes of a stream were given up at the packet that is being looked at.
    fn torn(&mut self, stream: StreamId) {
        let _ = stream;
    }
    /// That packet has gone by, and all that was found in it was said.
    fn packet(&mut self, gone: &Gone) {
        let _ = gone;
    }
    /// An extent that was reported before.
    fn extent(&self, id: ExtentId) -> Option<Extent>;
    /// A record that was reported before.
    fn record(&self, id: RecordId) -> Option<Record>;
    /// The keys that were reported for an epoch.
    fn opener(&self, id: EpochId) -> Option<Arc<Opener>>;
}

/// One fact.
#[derive(Clone, Debug)]
pub enum Event {
    /// A TCP connection was met.
    Flow(Flow),
    /// What a TCP connection carries was recognized, or changed.
    Carries {
        /// The TCP connection.
        flow: FlowId,
        /// What it carries now.
        what: Carries,
    },
    /// A TCP connection ended on one end.
    Ended {
        /// The TCP connection.
        flow: FlowId,
        /// Who ended it.
        end: End,
        /// By what.
        how: Ending,
    },
    /// Stream bytes were put in order.
    Extent {
        /// Its number, the next one.
        id: ExtentId,
        /// The stream.
        stream: StreamId,
        /// Where the bytes lie.
        extent: Extent,
    },
    /// Keys of one direction of TLS came into use.
    Epoch {
        /// Its number, the next one.
        id: EpochId,
        /// What opens its records.
        opener: Arc<Opener>,
    },
    /// A TLS record was opened; what it seals comes as an extent of the stream inside.
    Record {
        /// Its number, the next one.
        id: RecordId,
        /// Where it lies.
        record: Record,
    },
    /// TLS was met, or more is known of it.
    Secured {
        /// Its number: the next one, or one that was said before.
        id: TlsId,
        /// The TCP connection.
        flow: FlowId,
        /// All that is known.
        secured: Arc<Secured>,
    },
    /// A TLS record could not be opened although there are keys: they are the wrong ones, or it was changed.
    Refused {
        /// The TCP connection.
        flow: FlowId,
        /// Whose record.
        tls: TlsId,
        /// The record, its header included, in the stream that holds it.
        span: Span,
        /// Why.
        why: Refused,
    },
    /// Something about a flow that speaks HTTP/2.
    Http2 {
        /// The TCP connection.
        flow: FlowId,
        /// What.
        what: Box<Http2>,
    },
    /// A stream of HTTP/2 that carries WebSocket ended in one direction (RFC 9113 5.1).
    StreamOver {
        /// The connection.
        connection: ConnectionId,
        /// Who ended it.
        side: Side,
        /// By what.
        how: StreamEnding,
        /// The frame of HTTP/2 that did.
        span: Span,
    },
    /// A proxy said for whom it speaks (PROXY protocol).
    Proxied {
        /// The TCP connection.
        flow: FlowId,
        /// Whoever connected to the proxy, and where it wanted to go; none where the proxy speaks for itself.
        ends: Option<(SocketAddr, SocketAddr)>,
    },
    /// Stream bytes were never captured.
    Gap {
        /// The TCP connection.
        flow: FlowId,
        /// Which bytes.
        span: Span,
        /// Whether the snap length cut them off; else their packet is not in the capture.
        cut: bool,
    },
    /// Stream bytes came again with other content; the first ones stand.
    Conflict {
        /// The TCP connection.
        flow: FlowId,
        /// Which bytes.
        span: Span,
    },
    /// A WebSocket connection began: a request for one, an answer without a request, or frames alone.
    Connection(Box<Connection>),
    /// The request of a connection that was first met by its answer.
    Request {
        /// The connection.
        connection: ConnectionId,
        /// The head.
        head: Arc<Head>,
    },
    /// The answer to a connection's request.
    Response {
        /// The connection.
        connection: ConnectionId,
        /// The head.
        head: Arc<Head>,
        /// What the two sides agreed by it.
        agreement: Arc<Agreement>,
        /// Whether frames follow.
        accepted: bool,
        /// Bytes that the client sent behind its request before this answer was seen.
        early: u64,
    },
    /// Frames follow a request although no answer to it was captured.
    Presumed {
        /// The connection.
        connection: ConnectionId,
    },
    /// A stream ended inside a frame's header.
    Leftover {
        /// The connection.
        connection: ConnectionId,
        /// Who sent it.
        side: Side,
        /// The bytes of the header that are there.
        span: Span,
    },
    /// Bytes were held up for long: they came late, or the receiver's window was closed.
    Stall {
        /// The TCP connection.
        flow: FlowId,
        /// Who was sending.
        end: End,
        /// The bytes that came late; those that the window held up begin where it is, and are not counted.
        span: Span,
        /// How long, in nanoseconds.
        held: i64,
        /// Whether the receiver's window was closed (RFC 9293 3.8.6.1); else a segment was late or sent again.
        window: bool,
    },
    /// A frame is complete, or will never be.
    Frame(Frame),
    /// A fragmented or compressed message is complete, or will never be. Messages of one plain frame have no
    /// event of their own: their frame says it all.
    Message(Message),
    /// A neighbor of WebSocket: messages that HTTP carries.
    Neighbor(Neighbor),
    /// Something breaks a rule, or is worth knowing.
    Finding(Box<Finding>),
    /// The state of a direction's decompression at the end of a message.
    Checkpoint {
        /// The direction.
        stream: StreamId,
        /// The compressed message behind which the window stands.
        after: MessageId,
        /// The last bytes of output, at most 32 KiB (RFC 7692 7.2.2), as [`window::pack`] keeps them.
        ///
        /// [`window::pack`]: crate::websocket::deflate::window::pack
        window: Arc<[u8]>,
    },
}

/// A TCP connection; or QUIC's, which counts with them.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Its number, the next one.
    pub id: FlowId,
    /// [`End::A`]: whoever sent the SYN or, where none was seen, the first packet.
    pub a: SocketAddr,
    /// [`End::B`]
    pub b: SocketAddr,
    /// Whether its beginning (a SYN) is in the capture.
    pub from_start: bool,
}

/// What a TCP connection carries, as far as its bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carries {
    /// Nothing was said yet, or too little to tell.
    Unknown,
    /// HTTP/1.x.
    Http1,
    /// WebSocket, after HTTP/1.x or met on the way.
    WebSocket,
    /// TLS (RFC 8446 5.1).
    Tls,
    /// HTTP/2 (RFC 9113).
    Http2,
    /// QUIC (RFC 9000), over UDP: HTTP/3 and with it WebSocket (RFC 9220) may be in it.
    Quic,
    /// Something else.
    Other,
}

impl Carries {
    /// The word on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Http1 => "HTTP/1",
            Self::WebSocket => "WebSocket",
            Self::Tls => "TLS",
            Self::Http2 => "HTTP/2",
            Self::Quic => "QUIC",
            Self::Other => "other",
        }
    }
}

/// How a stream of HTTP/2 ended in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamEnding {
    /// END_STREAM (RFC 9113 6.1): RFC 8441 5 makes it the orderly end of TCP.
    EndStream,
    /// RST_STREAM with this error code (RFC 9113 6.4).
    Reset(u32),
}

/// How an end of a TCP connection stopped sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// FIN (RFC 9293 3.6).
    Fin,
    /// RST (RFC 9293 3.5.2).
    Rst,
}

/// A frame (RFC 6455 5.2) with what was seen of it.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its number, the next one.
    pub id: FrameId,
    /// Its connection.
    pub connection: ConnectionId,
    /// Who sent it.
    pub side: Side,
    /// The stream it lies in.
    pub stream: StreamId,
    /// Offset of its header in the stream.
    pub at: u64,
    /// The header.
    pub header: FrameHeader,
    /// The last extent that had been put in order when it was complete: where the walk back to its bytes begins.
    pub extent: ExtentId,
    /// Payload bytes that were never captured, those behind the end of the stream included.
    pub missing: u64,
    /// Whether the stream or the capture ended inside it.
    pub truncated: bool,
    /// Whether its header was looked for after a gap, or without a handshake, and not simply next in line.
    pub resynchronized: bool,
    /// Its message, where it is a data frame.
    pub message: Option<MessageId>,
    /// Its place in the message.
    pub part: Part,
    /// The frame of the same message before it.
    pub previous: Option<FrameId>,
    /// Whether its payload is part of a compressed message (RFC 7692 6).
    pub compressed: bool,
    /// Whether its payload is text, by itself: the verdict on a plain text message of one frame or on a Close's reason.
    pub utf8: Option<utf8::Verdict>,
    /// Whether it is a small binary message that looks like JSON: UTF-8 between braces or brackets.
    pub like_json: bool,
    /// What a Close frame says.
    pub close: Option<Close>,
    /// What a Ping asks to be given back, or a Pong gives back (RFC 6455 5.5.2, 5.5.3).
    pub echo: Option<Box<[u8]>>,
}

/// What a Close frame says (RFC 6455 5.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The status code; none where the body holds fewer than two bytes.
    pub code: Option<u16>,
    /// The reason as it was sent, UTF-8 or not.
    pub reason: Box<[u8]>,
}

/// A frame's place in its message (RFC 6455 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A control frame; or a continuation of nothing.
    None,
    /// The first and last frame.
    Whole,
    /// The first of several.
    First,
    /// One in between.
    Middle,
    /// The last of several.
    Last,
}

/// How a fragmented or compressed message came out.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its number, given with its first frame.
    pub id: MessageId,
    /// Its connection.
    pub connection: ConnectionId,
    /// Who sent it.
    pub side: Side,
    /// Its last frame, as far as it came.
    pub last: FrameId,
    /// Number of frames.
    pub frames: u32,
    /// Whether it is compressed (RFC 7692 6).
    pub compressed: bool,
    /// Payload bytes on the wire.
    pub wire_len: u64,
    /// Bytes after inflating; equal to `wire_len` where it was not compressed.
    pub len: u64,
    /// Whether it is text that is text; nothing for binary, or where the content is not known. What came of a
    /// message that is not whole can only show that it is none.
    pub utf8: Option<utf8::Verdict>,
    /// Whether its content can be had.
    pub outcome: Outcome,
    /// What was seen while it was inflated.
    pub deflated: Option<Deflated>,
    /// Where it is compressed: the compressed message before it in its direction, whose output it may refer to.
    pub context: Option<MessageId>,
    /// Where it was seen that its text is no text, or that its compressed bytes cannot be inflated.
    pub spot: Option<Spot>,
}

/// A place in one of a message's frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The frame.
    pub frame: FrameId,
    /// Its number among the message's frames, from one.
    pub fragment: u32,
    /// The byte; or the frame's payload, where only inflating it shows what is wrong.
    pub span: Span,
}

/// What was seen while a message was inflated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deflated {
    /// How it came out, where it did.
    pub inflated: Option<Inflated>,
    /// Where and why it did not.
    pub broken: Option<Broken>,
    /// Its symbols, where what was agreed limits how far they may reach back.
    pub trace: Option<Box<Trace>>,
}

/// Whether a message's content can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it.
    Whole,
    /// Bytes of it were never captured.
    Missing,
    /// Its last fragment was never sent, or never captured.
    Unfinished,
    /// It is compressed with reference to bytes that were never captured, or were lost to a broken message.
    ContextLost,
    /// It is not a DEFLATE stream (RFC 1951), or refers to what never was.
    Broken,
    /// It grew beyond the limit on what one message may grow to; inflating was given up.
    TooLarge,
}
