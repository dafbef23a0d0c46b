//! Fields of messages: put together from their frames, unmasked, inflated (RFC 6455 5.4, RFC 7692).

use dissector::websocket::opcode::Opcode;

use crate::filter::field::{Field, Path, Read, Reads, Take};
use crate::filter::json;
use crate::filter::look::Look;
use crate::filter::value::{Kind, Value};
use crate::model::{Kind as Type, Message};

#[rustfmt::skip]
pub(super) fn fields() -> Vec<Field> {
    vec![
        message("ws.message", Kind::Number, "The message's number, in order of first frames", "ws.message == 7", |_, message, take| take(Value::number(message.id.number())))
            .in_messages(|index, _| u64::from(index) + 1),
        message("ws.type", Kind::Number, "Text or binary (RFC 6455 5.6)", "ws.type == text", |_, message, take| take(Value::number(message.kind as u8)))
            .named(&[(0, "text"), (1, "binary")])
            .in_messages(|_, row| if row.header().opcode == Opcode::TEXT { Type::Text as u64 } else { Type::Binary as u64 }),
        message("ws.length", Kind::Number, "Bytes of the message: its fragments joined, inflated", "ws.length > 1000", |_, message, take| {
            if let Some(len) = message.len { take(Value::number(len)); }
        }).in_messages(|_, row| row.payload_len),
        message("ws.wire_length", Kind::Number, "Payload bytes of the message on the wire", "ws.wire_length < 20", |_, message, take| take(Value::number(message.wire_len)))
            .in_messages(|_, row| row.payload_len),
        message("ws.compressed", Kind::Flag, "The message is compressed (RFC 7692 6)", "ws.compressed == true", |_, message, take| take(Value::Flag(message.compressed)))
            .in_messages(|_, row| u64::from(row.compressed())),
        message("ws.fragments", Kind::Number, "Frames of the message (RFC 6455 5.4)", "ws.fragments > 1", |_, message, take| take(Value::number(message.frames)))
            .in_messages(|_, _| 1),
        message("ws.complete", Kind::Flag, "All of the message's content can be had", "ws.complete == false", |_, message, take| take(Value::Flag(message.outcome == Some(dissector::event::Outcome::Whole))))
            .in_messages(|_, _| 1),
        message("ws.utf8", Kind::Flag, "The text of the message is UTF-8 (RFC 6455 8.1)", "ws.utf8 == false", |_, message, take| {
            if let Some(text) = message.text { take(Value::Flag(text)); }
        }),
        content("ws.text", Kind::Text, "The text of the message: unmasked, its fragments joined, inflated", "ws.text contains \"error\"", text),
        content("websocket.payload.text", Kind::Text, "The same as ws.text by Wireshark's name, absent where nothing was sent", "websocket.payload.text matches \"(?i)error\"", |bytes, message, path, take| {
            if message.wire_len > 0 { text(bytes, message, path, take); }
        }),
        content("ws.content", Kind::Bytes, "The content of a message of either type: unmasked, joined, inflated", "ws.content[0:4] == 89:50:4e:47", |bytes, _, _, take| take(Value::run(bytes))),
        content("ws.inflated", Kind::Bytes, "The content of a compressed message, inflated", "ws.inflated contains \"token\"", |bytes, message, _, take| {
            if message.compressed { take(Value::run(bytes)); }
        }),
        content("ws.json", Kind::Json, "A value in a message that is JSON, by its path: names, numbers of elements, * for any", "ws.json.user.id == 7", |bytes, _, path, take| json::values(bytes, path, take)),
    ]
}

fn message(
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&mut Look<'_>, &Message, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Index, Read::Message(read))
}

fn content(
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&[u8], &Message, &Path, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Content, Read::Content(read))
}

fn text(bytes: &[u8], message: &Message, _: &Path, take: Take<'_>) {
    if message.kind == Type::Text {
        take(Value::run(bytes));
    }
}
