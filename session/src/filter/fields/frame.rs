//! Fields of WebSocket frames (RFC 6455 5.2).

use std::net::SocketAddr;

use dissector::ids::Side;
use dissector::websocket::opcode::Opcode;

use crate::content::SHOWN;
use crate::filter::field::{Field, Read, Reads, Take};
use crate::filter::look::Look;
use crate::filter::value::{Kind, Value};
use crate::model::Frame;

/// The opcodes that have names (RFC 6455 11.8).
const OPCODES: &[(i128, &str)] =
    &[(0, "continuation"), (1, "text"), (2, "binary"), (8, "close"), (9, "ping"), (10, "pong")];

#[rustfmt::skip]
pub(super) fn fields() -> Vec<Field> {
    vec![
        frame("websocket", Kind::Presence, "There is a frame of WebSocket", "websocket", |_, _, take| take(Value::Present))
            .in_frames(|_, _| 1),
        frame("websocket.fin", Kind::Flag, "FIN: the last frame of its message (RFC 6455 5.2)", "websocket.fin == false", |_, frame, take| take(Value::Flag(frame.header.fin)))
            .in_frames(|_, row| u64::from(row.header().fin)),
        frame("websocket.rsv", Kind::Number, "RSV1 to RSV3 as one number, RSV1 is 4 (RFC 6455 5.2)", "websocket.rsv > 0", |_, frame, take| take(Value::number(frame.header.rsv)))
            .in_frames(|_, row| u64::from(row.header().rsv)),
        frame("websocket.opcode", Kind::Number, "The opcode (RFC 6455 5.2)", "websocket.opcode == 8", |_, frame, take| take(Value::number(frame.header.opcode.0)))
            .named(OPCODES).in_frames(|_, row| u64::from(row.header().opcode.0)),
        frame("websocket.mask", Kind::Flag, "The payload is masked (RFC 6455 5.3)", "websocket.mask == true", |_, frame, take| take(Value::Flag(frame.header.mask.is_some())))
            .in_frames(|_, row| u64::from(row.header().mask.is_some())),
        frame("websocket.payload_length", Kind::Number, "The length's first 7 bits: 126 and 127 say that more follow; ws.payload_length is the length itself", "websocket.payload_length == 126", |_, frame, take| take(Value::number(seven(frame.header.len(), frame.header.mask.is_some(), frame.header.payload_len))))
            .in_frames(|_, row| { let header = row.header(); seven(header.len(), header.mask.is_some(), header.payload_len) }),
        frame("websocket.payload_length_ext_16", Kind::Number, "The length in 16 bits, where its first 7 bits are 126", "websocket.payload_length_ext_16 > 1000", |_, frame, take| extended(frame, 2, take)),
        frame("websocket.payload_length_ext_64", Kind::Number, "The length in 64 bits, where its first 7 bits are 127", "websocket.payload_length_ext_64 > 70000", |_, frame, take| extended(frame, 8, take)),
        bytes("websocket.masking_key", Kind::Bytes, "The masking key (RFC 6455 5.3)", "websocket.masking_key == 37:fa:21:3d", |look, frame, take| {
            if frame.header.mask.is_some() && let Ok(bytes) = look.content.frame(look.snapshot, frame.id, 0) && let Some(key) = bytes.header.mask {
                take(Value::run(&key));
            }
        }),
        bytes("websocket.payload", Kind::Bytes, "The payload of a frame, unmasked, as it was on the wire otherwise", "websocket.payload contains 89:50:4e:47", |look, frame, take| payload(look, frame, take)),
        bytes("websocket.payload.ping", Kind::Bytes, "The payload of a Ping (RFC 6455 5.5.2)", "websocket.payload.ping contains \"beat\"", |look, frame, take| of(Opcode::PING, look, frame, take)),
        bytes("websocket.payload.pong", Kind::Bytes, "The payload of a Pong (RFC 6455 5.5.3)", "websocket.payload.pong contains \"beat\"", |look, frame, take| of(Opcode::PONG, look, frame, take)),
        frame("websocket.payload.close", Kind::Presence, "There is a Close with a body (RFC 6455 5.5.1)", "websocket.payload.close", |_, frame, take| {
            if frame.header.opcode == Opcode::CLOSE && frame.header.payload_len > 0 { take(Value::Present); }
        }),
        frame("websocket.payload.close.status_code", Kind::Number, "The status code of a Close (RFC 6455 7.4)", "websocket.payload.close.status_code == 1001", |_, frame, take| code(frame, take)),
        bytes("websocket.payload.close.reason", Kind::Text, "The reason of a Close (RFC 6455 5.5.1)", "websocket.payload.close.reason contains \"timeout\"", reason),
        frame("ws.frame", Kind::Number, "The frame's number, in order of completion", "ws.frame == 12", |_, frame, take| take(Value::number(frame.id.number())))
            .in_frames(|index, _| u64::from(index) + 1),
        frame("ws.direction", Kind::Number, "Who sent it", "ws.direction == client", |_, frame, take| take(Value::number(frame.side as u8)))
            .named(&[(0, "client"), (1, "server")]).in_frames(|_, row| row.side() as u64),
        frame("ws.payload_length", Kind::Number, "Payload bytes of a frame, as its header says", "ws.payload_length > 65535", |_, frame, take| take(Value::number(frame.header.payload_len)))
            .in_frames(|_, row| row.payload_len),
        frame("ws.header_length", Kind::Number, "Bytes of a frame's header", "ws.header_length == 14", |_, frame, take| take(Value::number(frame.header.len() as u64)))
            .in_frames(|_, row| row.header().len() as u64),
        frame("ws.rsv1", Kind::Flag, "RSV1 is set: of data, the message is compressed (RFC 7692 6)", "ws.rsv1 == true", |_, frame, take| take(Value::Flag(frame.header.rsv & 4 != 0)))
            .in_frames(|_, row| u64::from(row.header().rsv >> 2 & 1)),
        frame("ws.rsv2", Kind::Flag, "RSV2 is set", "ws.rsv2 == true", |_, frame, take| take(Value::Flag(frame.header.rsv & 2 != 0)))
            .in_frames(|_, row| u64::from(row.header().rsv >> 1 & 1)),
        frame("ws.rsv3", Kind::Flag, "RSV3 is set", "ws.rsv3 == true", |_, frame, take| take(Value::Flag(frame.header.rsv & 1 != 0)))
            .in_frames(|_, row| u64::from(row.header().rsv & 1)),
        frame("ws.missing", Kind::Number, "Payload bytes of a frame that were never captured", "ws.missing > 0", |_, frame, take| take(Value::number(frame.missing))),
        frame("ws.truncated", Kind::Flag, "The stream or the capture ended inside the frame", "ws.truncated == true", |_, frame, take| take(Value::Flag(frame.truncated)))
            .in_frames(|_, row| u64::from(row.truncated())),
        frame("ws.resynchronized", Kind::Flag, "The frame was found again behind a gap, or without a handshake", "ws.resynchronized == true", |_, frame, take| take(Value::Flag(frame.resynchronized)))
            .in_frames(|_, row| u64::from(row.resynchronized())),
        frame("ws.source", Kind::Address, "The address of who sent it, as its connection has it", "ws.source == 10.0.0.0/8", |look, frame, take| {
            if let Some(end) = sender(look, frame) { take(Value::Address(end.ip())); }
        }),
        Field::new("ws.rtt", Kind::Duration, "Of a Pong: time since the Ping that it answers (RFC 6455 5.5.3)", "ws.rtt > 100ms", Reads::Content, Read::Frame(|look, frame, take| {
            if let Some(time) = look.round_trip(frame.id) { take(Value::number(time)); }
        })),
    ]
}

fn frame(
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&mut Look<'_>, &Frame, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Index, Read::Frame(read))
}

/// A field whose bytes are read from the capture.
fn bytes(
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&mut Look<'_>, &Frame, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Packet, Read::Frame(read))
}

/// Bytes behind the first two that hold the length.
fn form(header_len: usize, masked: bool) -> usize {
    header_len - 2 - if masked { 4 } else { 0 }
}

fn seven(header_len: usize, masked: bool, payload_len: u64) -> u64 {
    match form(header_len, masked) {
        0 => payload_len,
        2 => 126,
        _ => 127,
    }
}

fn extended(frame: &Frame, width: usize, take: Take<'_>) {
    if form(frame.header.len(), frame.header.mask.is_some()) == width {
        take(Value::number(frame.header.payload_len));
    }
}

fn payload(look: &mut Look<'_>, frame: &Frame, take: Take<'_>) {
    if frame.header.payload_len > 0
        && let Ok(bytes) = look.content.frame(look.snapshot, frame.id, SHOWN)
    {
        take(Value::run(&bytes.payload.bytes));
    }
}

fn of(opcode: Opcode, look: &mut Look<'_>, frame: &Frame, take: Take<'_>) {
    if frame.header.opcode == opcode {
        payload(look, frame, take);
    }
}

fn code(frame: &Frame, take: Take<'_>) {
    if let Some(code) = frame.close_code {
        take(Value::number(code));
    }
}

fn reason(look: &mut Look<'_>, frame: &Frame, take: Take<'_>) {
    if frame.header.opcode == Opcode::CLOSE
        && let Ok(bytes) = look.content.frame(look.snapshot, frame.id, SHOWN)
        && let Some(reason) = bytes.payload.bytes.get(2..).filter(|reason| !reason.is_empty())
    {
        take(Value::run(reason));
    }
}

fn sender(look: &Look<'_>, frame: &Frame) -> Option<SocketAddr> {
    let connection = look.snapshot.connection(frame.connection)?;
    Some(if frame.side == Side::Client { connection.client } else { connection.server })
}
