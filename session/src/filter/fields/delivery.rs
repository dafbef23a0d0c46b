//! Fields of messages that HTTP carries: their own, and those that they have in common with messages of WebSocket, by
//! the same names. What is said of frames and of handshakes is absent.

use dissector::ids::DeliveryId;

use crate::filter::field::{Field, Path, Read, Reads, Take};
use crate::filter::json;
use crate::filter::look::Look;
use crate::filter::value::{Kind, Value};

#[rustfmt::skip]
pub(super) fn fields() -> Vec<Field> {
    vec![
        Field::new("ws.delivery", Kind::Number, "The number of a message in an HTTP body: polling, long polling, server-sent events", "ws.delivery == 3", Reads::Index, Read::Delivery),
        Field::new("ws.session", Kind::Number, "The session of HTTP exchanges that a message belongs to, or the WebSocket that it was upgraded to", "ws.session == 1", Reads::Index, Read::Connection(|look, connection, take| {
            if let Some(session) = look.snapshot.session_of(connection.id) { take(Value::number(session.number())); }
        })),
    ]
}

/// Gives every value that a field has in a message that HTTP carries, but for those of its packet and of its protocol.
pub(in crate::filter) fn values(
    look: &mut Look<'_>,
    id: DeliveryId,
    name: &str,
    path: &Path,
    take: Take<'_>,
) {
    let Some(delivery) = look.snapshot.delivery(id) else { return };
    let session = look.snapshot.push_session(delivery.session);
    match name {
        "ws.delivery" => take(Value::number(delivery.id.number())),
        "ws.session" => take(Value::number(delivery.session.number())),
        "ws.transport" => take(Value::run(delivery.transport.name().as_bytes())),
        "ws.direction" => take(Value::number(delivery.side as u8)),
        "ws.wire_length" => take(Value::number(delivery.len)),
        "ws.complete" => take(Value::Flag(delivery.complete)),
        "ws.client" => session.into_iter().for_each(|it| take(Value::Address(it.client.ip()))),
        "ws.server" => session.into_iter().for_each(|it| take(Value::Address(it.server.ip()))),
        "ws.client.port" => session.into_iter().for_each(|it| take(Value::number(it.client.port()))),
        "ws.server.port" => session.into_iter().for_each(|it| take(Value::number(it.server.port()))),
        "ws.length" | "ws.text" | "ws.content" | "ws.json" | "ws.type" => {
            let Some(bytes) = look.delivered(id) else { return };
            let text = std::str::from_utf8(&bytes).is_ok();
            match name {
                "ws.length" => take(Value::number(bytes.len() as u64)),
                "ws.type" => take(Value::number(u8::from(!text))),
                "ws.text" if text => take(Value::run(&bytes)),
                "ws.content" => take(Value::run(&bytes)),
                "ws.json" => json::values(&bytes, path, take),
                _ => {}
            }
        }
        _ => {}
    }
}
