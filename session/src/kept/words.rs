//! How what capture, dissector and tables know is written: field by field, in an order that must not change without
//! the number of the format.

use std::sync::Arc;

use capture::{
    ByteOrder, Compression, Container, Format, Interface, LinkType, Note, NoteKind, Precision, Progress,
};
use dissector::event::{Carrier, Carries, Close, Ending, Opening, Outcome};
use dissector::head::{Block, Head, Line, Origin, Start};
use dissector::ids::{
    ConnectionId, End, ExtentId, FlowId, FrameId, MessageId, PacketId, Side, StreamId, TlsId,
};
use dissector::rules::{Accused, Finding, Severity};
use dissector::span::Span;
use dissector::tls::record::Version;
use dissector::tls::secured::{Keys, Secured};
use dissector::tls::suite::Suite;
use dissector::websocket::upgrade::Agreement;

use super::value::{Input, Value, enums, structs, wrapped};
use crate::model::{Closing, Connection, Flow};
use crate::row::FrameMore;
use crate::sealing::Sealing;
use crate::tables::{Checkpoint, MessageMore};
use crate::verdicts::Found;

wrapped!(PacketId, FlowId, StreamId, ExtentId, TlsId, ConnectionId, FrameId, MessageId);

structs! {
    Format { container, compression, order, precision, application }
    Interface { id, link, snap_len, precision, name, description, filter, system, comment }
    Note { at, kind, says }
    Progress { done, total }
    Span { stream, at, len }
    Carrier { tls, stream, quic }
    Close { code, reason }
    Head { at, raw, start, lines, origin }
    Line { name, value }
    Block { stream, len, fields, left_out, unknown }
    Finding { rule, severity, accused, connection, flow, frame, span, expected, seen }
    Secured {
        version, suite, server_name, hello, offered, alpn, keys, retried, resumed, early_data,
        extended_master_secret, encrypt_then_mac, renegotiations, updates, alerts, opened, refused,
    }
    Sealing { all, known, by_source }
    Found { finding, packet, time, extent }
    FrameMore { missing, packet, previous, close_code }
    MessageMore { last, frames, wire_len, len, text, outcome, context }
    Checkpoint { after, window }
    Closing { close, packets, tcp, reset }
    Flow { id, a, b, from_start, carries, first, last, packets, bytes, proxied, lost, ended }
}

enums! {
    Container { 0 Pcap, 1 ModifiedPcap, 2 PcapNg }
    Compression { 0 Gzip, 1 Zstd, 2 Lz4 }
    ByteOrder { 0 Little, 1 Big }
    Precision { 0 Decimal(power), 1 Binary(power) }
    End { 0 A, 1 B }
    Side { 0 Client, 1 Server }
    Carries { 0 Unknown, 1 Http1, 2 WebSocket, 3 Tls, 4 Http2, 5 Quic, 6 Other }
    Ending { 0 Fin, 1 Rst }
    Opening { 0 Handshake, 1 MidStream, 2 Told, 3 Sealed }
    Outcome { 0 Whole, 1 Missing, 2 Unfinished, 3 ContextLost, 4 Broken, 5 TooLarge }
    Severity { 0 Note, 1 Warn, 2 Error }
    Accused { 0 Side(side), 1 Observer }
    Start { 0 Request { method, target, version }, 1 Response { version, status, reason } }
    Origin { 0 Text, 1 Block(block) }
    Keys { 0 NotNeeded, 1 From(source), 2 Resumed, 3 Missing, 4 NoHello, 5 Unsupported }
}

impl Value for LinkType {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        u16::read(input).map(Self)
    }
}

impl Value for Version {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        u16::read(input).map(Self)
    }
}

impl Value for Suite {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        u16::read(input).map(Self)
    }
}

impl Value for NoteKind {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Damaged => out.push(0),
            Self::Cut => out.push(1),
            Self::Dropped { packets } => (2_u8, *packets).write(out),
            Self::Skipped => out.push(3),
            Self::Comment => out.push(4),
            Self::Source => out.push(5),
            // One that is not known here is refused when it is read, and the capture read anew.
            _ => out.push(u8::MAX),
        }
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        Some(match u8::read(input)? {
            0 => Self::Damaged,
            1 => Self::Cut,
            2 => Self::Dropped { packets: Value::read(input)? },
            3 => Self::Skipped,
            4 => Self::Comment,
            5 => Self::Source,
            _ => return None,
        })
    }
}

/// What two heads agree on is read from them again.
impl Value for Connection {
    fn write(&self, out: &mut Vec<u8>) {
        let Self { id, flow, client, server, streams, carrier, opening, request, response, .. } = self;
        (*id, *flow).write(out);
        (*client, *server).write(out);
        streams.write(out);
        carrier.write(out);
        opening.write(out);
        request.write(out);
        response.write(out);
        let Self {
            heads, accepted, packet, start, end, frames, messages, payload, closing, findings, ..
        } = self;
        heads.write(out);
        accepted.write(out);
        packet.write(out);
        (*start, *end).write(out);
        frames.write(out);
        messages.write(out);
        payload.write(out);
        closing.write(out);
        findings.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        let (id, flow) = Value::read(input)?;
        let (client, server) = Value::read(input)?;
        let (streams, carrier, opening) = Value::read(input)?;
        let (request, response): (Option<Arc<Head>>, Option<Arc<Head>>) = Value::read(input)?;
        let (heads, accepted, packet) = Value::read(input)?;
        let (start, end) = Value::read(input)?;
        let (frames, messages, payload) = Value::read(input)?;
        let (closing, findings) = Value::read(input)?;
        let agreement = Arc::new(Agreement::of(request.as_deref(), response.as_deref()));
        Some(Self {
            id,
            flow,
            client,
            server,
            streams,
            carrier,
            opening,
            request,
            response,
            heads,
            accepted,
            agreement,
            packet,
            start,
            end,
            frames,
            messages,
            payload,
            closing,
            findings,
        })
    }
}
