//! Fields of connections. Every packet, frame and message of a connection has them.

use dissector::event::Opening;
use dissector::ids::Side;
use dissector::websocket::upgrade::AcceptFact;

use crate::filter::field::{Field, Read, Reads, Take};
use crate::filter::look::Look;
use crate::filter::value::{Kind, Value};
use crate::model::{Connection, How};

const SIDES: &[(i128, &str)] = &[(0, "client"), (1, "server")];

#[rustfmt::skip]
pub(super) fn fields() -> Vec<Field> {
    vec![
        connection("ws.connection", Kind::Number, "The connection's number, from 1", "ws.connection == 3", |_, connection, take| take(Value::number(connection.id.number())))
            .in_frames(|_, row| row.connection().number()),
        connection("ws.transport", Kind::Text, "What it runs over: tcp, tls, h2c, h2 or quic; of a message that HTTP carries polling, long-polling, http-streaming or sse", "ws.transport == \"tls\"", |_, connection, take| take(Value::run(connection.carrier.transport().as_bytes()))),
        connection("ws.opening", Kind::Text, "How it was met: handshake, midstream, told by --decode-as, or sealed", "ws.opening == \"midstream\"", |_, connection, take| take(Value::run(opening(connection).as_bytes()))),
        connection("ws.accepted", Kind::Flag, "Its handshake was answered so that frames follow", "ws.accepted == false", |_, connection, take| take(Value::Flag(connection.accepted))),
        connection("ws.accept", Kind::Flag, "Sec-WebSocket-Accept fits the key (RFC 6455 4.2.2); absent where one of them was not seen", "ws.accept == false", |_, connection, take| match connection.agreement.accept {
            AcceptFact::Valid => take(Value::Flag(true)),
            AcceptFact::Mismatch { .. } | AcceptFact::Missing => take(Value::Flag(false)),
            AcceptFact::Unknown => {}
        }),
        connection("ws.client", Kind::Address, "The address of the client", "ws.client == 10.0.0.0/8", |_, connection, take| take(Value::Address(connection.client.ip()))),
        connection("ws.server", Kind::Address, "The address of the server", "ws.server == 10.0.0.1", |_, connection, take| take(Value::Address(connection.server.ip()))),
        connection("ws.client.port", Kind::Number, "The port of the client", "ws.client.port > 50000", |_, connection, take| take(Value::number(connection.client.port()))),
        connection("ws.server.port", Kind::Number, "The port of the server", "ws.server.port == 8080", |_, connection, take| take(Value::number(connection.server.port()))),
        connection("ws.subprotocol", Kind::Text, "The subprotocol that the server took (RFC 6455 1.9)", "ws.subprotocol == \"mqtt\"", |_, connection, take| {
            if let Some(name) = &connection.agreement.subprotocol { take(Value::run(name.as_bytes())); }
        }),
        connection("ws.subprotocol.offered", Kind::Text, "A subprotocol that the client offered", "ws.subprotocol.offered == \"mqtt\"", |_, connection, take| {
            connection.agreement.offered_subprotocols.iter().for_each(|name| take(Value::run(name.as_bytes())));
        }),
        connection("ws.extension", Kind::Text, "An extension that the server took (RFC 6455 9.1)", "ws.extension == \"permessage-deflate\"", |_, connection, take| {
            connection.agreement.extensions.iter().for_each(|extension| take(Value::run(extension.name.as_bytes())));
        }),
        connection("ws.extension.offered", Kind::Text, "An extension that the client offered", "ws.extension.offered contains \"deflate\"", |_, connection, take| {
            connection.agreement.offered_extensions.iter().for_each(|extension| take(Value::run(extension.name.as_bytes())));
        }),
        connection("ws.close.code", Kind::Number, "The code of the Close that was sent first; 1005 where it had none, 1006 where there was no Close (RFC 6455 7.1.5)", "ws.close.code == 1006", close_code),
        connection("ws.close.reason", Kind::Text, "The reason of the Close that was sent first", "ws.close.reason contains \"timeout\"", |_, connection, take| {
            if let Some((_, close)) = connection.closing.first() && !close.reason.is_empty() { take(Value::run(&close.reason)); }
        }),
        connection("ws.close.initiator", Kind::Number, "Who began to end it", "ws.close.initiator == server", |_, connection, take| {
            if let Some(side) = connection.closing.initiator() { take(Value::number(side as u8)); }
        }).named(SIDES),
        connection("ws.close.clean", Kind::Flag, "Both sides sent a Close before TCP ended (RFC 6455 7.1.4)", "ws.close.clean == false", |_, connection, take| take(Value::Flag(connection.closing.clean()))),
        connection("ws.close.how", Kind::Text, "By what it ended: close, fin, rst or end-of-capture", "ws.close.how == \"rst\"", |_, connection, take| take(Value::run(connection.closing.how().name().as_bytes()))),
        connection("ws.tls.sni", Kind::Text, "The server name that the client asked TLS for (RFC 6066 3)", "ws.tls.sni contains \"example\"", |look, connection, take| {
            if let Some(name) = secured(look, connection).and_then(|it| it.server_name.as_deref()) { take(Value::run(name.as_bytes())); }
        }),
        connection("ws.tls.version", Kind::Text, "The version of TLS", "ws.tls.version == \"TLS 1.3\"", |look, connection, take| {
            if let Some(version) = secured(look, connection).and_then(|it| it.version) { take(Value::run(version.name().as_bytes())); }
        }),
        connection("ws.tls.cipher", Kind::Text, "The cipher suite of TLS", "ws.tls.cipher contains \"AES_128\"", |look, connection, take| {
            if let Some(suite) = secured(look, connection).and_then(|it| it.suite) { take(Value::owned(suite.name().to_string())); }
        }),
        connection("ws.http2.stream", Kind::Number, "Its stream of HTTP/2 (RFC 8441)", "ws.http2.stream == 1", |_, connection, take| {
            if let Some(stream) = connection.carrier.stream { take(Value::number(stream)); }
        }),
    ]
}

fn connection(
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&Look<'_>, &Connection, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Index, Read::Connection(read))
}

fn opening(connection: &Connection) -> &'static str {
    match connection.opening {
        Opening::Handshake => "handshake",
        Opening::MidStream => "midstream",
        Opening::Told => "told",
        Opening::Sealed => "sealed",
    }
}

fn close_code(_: &Look<'_>, connection: &Connection, take: Take<'_>) {
    let closing = &connection.closing;
    match (closing.first(), closing.how()) {
        (Some((_, close)), _) => take(Value::number(close.code.unwrap_or(1005))),
        (None, How::Fin | How::Rst) if connection.accepted => take(Value::number(1006)),
        _ => {}
    }
}

fn secured<'l>(look: &'l Look<'_>, connection: &Connection) -> Option<&'l dissector::tls::secured::Secured> {
    connection.carrier.tls.and_then(|id| look.snapshot.secured(id)).map(AsRef::as_ref)
}

const _: () = assert!(Side::Client as u8 == 0 && Side::Server as u8 == 1);
