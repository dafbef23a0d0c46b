//! What readers see: plain data about packets, frames, messages and connections.
//!
//! Offsets, numbers and words; no colors, no columns of text. Everything is a copy of a moment and stays true.

use std::net::SocketAddr;
use std::sync::Arc;

use capture::FileSpan;
use dissector::event::{Carrier, Carries, Close, Ending, Opening, Outcome, Part};
use dissector::head::Head;
use dissector::ids::{ConnectionId, End, ExtentId, FlowId, FrameId, MessageId, PacketId, Side, StreamId};
use dissector::websocket::header::FrameHeader;
use dissector::websocket::upgrade::Agreement;

/// A packet of the capture.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    /// Its number.
    pub id: PacketId,
    /// Nanoseconds since 1970-01-01 00:00 UTC.
    pub time: i64,
    /// Where its bytes lie in the capture.
    pub span: FileSpan,
    /// The link type of its interface, by the number that capture files use.
    pub link: u16,
    /// Whether the snap length cut it.
    pub cut: bool,
    /// Its TCP connection and who sent it.
    pub flow: Option<(FlowId, End)>,
}

/// A frame (RFC 6455 5.2).
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Its number, in order of completion.
    pub id: FrameId,
    /// Its connection.
    pub connection: ConnectionId,
    /// Who sent it.
    pub side: Side,
    /// The packet that completed it: the latest of those that its stream needed up to its end.
    pub packet: PacketId,
    /// The time of that packet.
    pub time: i64,
    /// The stream it lies in.
    pub stream: StreamId,
    /// Offset of its header in that stream.
    pub at: u64,
    /// Its header; where it is masked the key is all zero here and read with the frame's bytes.
    pub header: FrameHeader,
    /// Where the walk back to its bytes begins.
    pub extent: ExtentId,
    /// Payload bytes that were never captured.
    pub missing: u64,
    /// Whether the stream or the capture ended inside it.
    pub truncated: bool,
    /// Whether its header was looked for, not simply next in line.
    pub resynchronized: bool,
    /// Its message, where it is a data frame.
    pub message: Option<MessageId>,
    /// Its place in the message.
    pub part: Part,
    /// The frame of the same message before it.
    pub previous: Option<FrameId>,
    /// Whether its payload belongs to a compressed message.
    pub compressed: bool,
    /// Whether its payload alone is text, where that was asked.
    pub text: Option<bool>,
    /// The status code of a Close.
    pub close_code: Option<u16>,
}

/// Text or binary (RFC 6455 5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Opcode 1.
    Text,
    /// Opcode 2, or a data opcode that is reserved.
    Binary,
}

impl Kind {
    /// `text` or `binary`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }
}

/// A message (RFC 6455 5.4).
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Its number, in order of its first frame.
    pub id: MessageId,
    /// Its connection.
    pub connection: ConnectionId,
    /// Who sent it.
    pub side: Side,
    /// Text or binary.
    pub kind: Kind,
    /// The packet that completed it; of its first frame while it is open.
    pub packet: PacketId,
    /// The time of that packet.
    pub time: i64,
    /// Its first frame.
    pub first: FrameId,
    /// Its last frame; the first while it is open.
    pub last: FrameId,
    /// Number of frames.
    pub frames: u32,
    /// Whether it is compressed (RFC 7692 6).
    pub compressed: bool,
    /// Payload bytes on the wire.
    pub wire_len: u64,
    /// Bytes after inflating, where that is known.
    pub len: Option<u64>,
    /// Whether a text message is text, where that was asked.
    pub text: Option<bool>,
    /// Whether its content can be had; nothing while it is open.
    pub outcome: Option<Outcome>,
    /// The compressed message before it in its direction.
    pub context: Option<MessageId>,
}

/// How a connection ended, as far as it did.
#[derive(Clone, Debug, Default)]
pub struct Closing {
    /// The first Close of each side, with its frame.
    pub close: [Option<(FrameId, Close)>; 2],
    /// The packet that completed that frame.
    pub packets: [Option<PacketId>; 2],
    /// How each side's TCP stream ended, in order; in HTTP/2 its half of the stream, by END_STREAM as by a FIN and
    /// by RST_STREAM as by an RST (RFC 8441 5).
    pub tcp: Vec<(Side, Ending)>,
    /// The first RST_STREAM: who sent it, and its error code (RFC 9113 7).
    pub reset: Option<(Side, u32)>,
}

/// How a connection ended, in the word of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A Close frame was sent.
    Close,
    /// TCP ended with a FIN and without a Close.
    Fin,
    /// TCP ended with an RST and without a Close.
    Rst,
    /// It was open when the capture ended.
    EndOfCapture,
}

impl How {
    /// `close`, `fin`, `rst` or `end-of-capture`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Fin => "fin",
            Self::Rst => "rst",
            Self::EndOfCapture => "end-of-capture",
        }
    }
}

impl Closing {
    /// A side's stream ended; what ended it first stands.
    pub(crate) fn ended(&mut self, side: Side, how: Ending) {
        if self.tcp.iter().all(|(seen, _)| *seen != side) {
            self.tcp.push((side, how));
        }
    }
    /// The Close that was sent first.
    pub fn first(&self) -> Option<(Side, &Close)> {
        let seen = |side: Side| {
            let (frame, close) = self.close[side.index()].as_ref()?;
            Some(((self.packets[side.index()], *frame), side, close))
        };
        let first =
            [seen(Side::Client), seen(Side::Server)].into_iter().flatten().min_by_key(|seen| seen.0)?;
        Some((first.1, first.2))
    }
    /// By what it ended.
    pub fn how(&self) -> How {
        match (self.first(), self.tcp.first()) {
            (Some(_), _) => How::Close,
            (None, Some((_, Ending::Fin))) => How::Fin,
            (None, Some((_, Ending::Rst))) => How::Rst,
            (None, None) => How::EndOfCapture,
        }
    }
    /// Who began to end it.
    pub fn initiator(&self) -> Option<Side> {
        self.first().map(|(side, _)| side).or(self.tcp.first().map(|(side, _)| *side))
    }
    /// RFC 6455 7.1.4: "If the TCP connection was closed after the WebSocket closing handshake was completed, the
    /// WebSocket connection is said to have been closed _cleanly_", by a FIN or by an RST alike.
    pub fn clean(&self) -> bool {
        self.close.iter().all(Option::is_some) && !self.tcp.is_empty()
    }
}

/// A WebSocket connection, or an attempt at one.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its number.
    pub id: ConnectionId,
    /// The TCP connection that carries it.
    pub flow: FlowId,
    /// Who sent the opening handshake.
    pub client: SocketAddr,
    /// Who answers.
    pub server: SocketAddr,
    /// What each side sends, client first.
    pub streams: [StreamId; 2],
    /// What stands between TCP and its frames.
    pub carrier: Carrier,
    /// How it was met.
    pub opening: Opening,
    /// The request, where it was captured.
    pub request: Option<Arc<Head>>,
    /// The answer, where it was captured.
    pub response: Option<Arc<Head>>,
    /// Where the walk back to the bytes of each begins, the request's first.
    pub heads: [Option<ExtentId>; 2],
    /// Whether frames follow: the answer is 101 to WebSocket, or frames are there without one.
    pub accepted: bool,
    /// What the two agreed on.
    pub agreement: Arc<Agreement>,
    /// The packet that completed the request, or the first that was met.
    pub packet: PacketId,
    /// Time of that packet.
    pub start: i64,
    /// Time of the last packet that had to do with it.
    pub end: i64,
    /// Frames of each side, client first.
    pub frames: [u32; 2],
    /// Messages of each side.
    pub messages: [u32; 2],
    /// Payload bytes of each side.
    pub payload: [u64; 2],
    /// How it ended.
    pub closing: Closing,
    /// How often each rule was broken on it.
    pub findings: Arc<crate::verdicts::Counts>,
}

/// A TCP connection.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Its number.
    pub id: FlowId,
    /// [`End::A`]
    pub a: SocketAddr,
    /// [`End::B`]
    pub b: SocketAddr,
    /// Whether its SYN is in the capture.
    pub from_start: bool,
    /// What it carries.
    pub carries: Carries,
    /// Its first packet.
    pub first: PacketId,
    /// Its last packet so far.
    pub last: PacketId,
    /// Packets of each end.
    pub packets: [u32; 2],
    /// Payload bytes of those, what was sent again counted again.
    pub bytes: [u64; 2],
    /// Whoever connected to the proxy that speaks here, and where it wanted to go (PROXY protocol).
    pub proxied: Option<(SocketAddr, SocketAddr)>,
    /// Stream bytes that were never captured.
    pub lost: u64,
    /// How each end stopped.
    pub ended: [Option<Ending>; 2],
}

/// Where some bytes of a stream lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Offset in the stream.
    pub at: u64,
    /// Number of bytes.
    pub len: u32,
    /// The packet that holds them.
    pub packet: PacketId,
    /// Offset in that packet.
    pub in_packet: u32,
    /// Offset in the (unpacked) capture file.
    pub in_file: u64,
}
