//! Fields of the opening handshake's heads (RFC 6455 4). A packet has them where it completes the head; frames and
//! messages have those of their connection.

use dissector::head::{Head, Start};
use dissector::ids::Side;

use crate::filter::field::{Field, Read, Reads, Take};
use crate::filter::value::{Kind, Value};

#[rustfmt::skip]
pub(super) fn fields() -> Vec<Field> {
    vec![
        head(Side::Client, "http.request", Kind::Presence, "There is a request for WebSocket", "http.request", |_, take| take(Value::Present)),
        head(Side::Client, "http.request.method", Kind::Text, "The method of the request", "http.request.method == \"GET\"", |head, take| take(Value::run(head.method().unwrap_or_default()))),
        head(Side::Client, "http.request.uri", Kind::Text, "The target of the request", "http.request.uri contains \"/chat\"", |head, take| take(Value::run(head.target().unwrap_or_default()))),
        head(Side::Client, "http.request.version", Kind::Text, "The version of the request", "http.request.version == \"HTTP/1.1\"", |head, take| take(Value::run(head.version()))),
        head(Side::Client, "http.request.line", Kind::Text, "A header line of the request, its end included", "http.request.line contains \"X-Forwarded-For\"", lines),
        head(Side::Client, "http.host", Kind::Text, "The authority that the request is for", "http.host contains \"api\"", |head, take| values(head, "host", take)),
        head(Side::Client, "http.user_agent", Kind::Text, "The program that opens the connection", "http.user_agent contains \"Firefox\"", |head, take| values(head, "user-agent", take)),
        head(Side::Client, "http.cookie", Kind::Text, "The request's cookies", "http.cookie contains \"session\"", |head, take| values(head, "cookie", take)),
        head(Side::Client, "http.authorization", Kind::Text, "The request's credentials", "http.authorization contains \"Bearer\"", |head, take| values(head, "authorization", take)),
        head(Side::Client, "http.referer", Kind::Text, "Where the request comes from", "http.referer contains \"example\"", |head, take| values(head, "referer", take)),
        head(Side::Client, "ws.origin", Kind::Text, "The page that opens the connection; browsers send it (RFC 6455 4.1)", "ws.origin contains \"example.com\"", |head, take| values(head, "origin", take)),
        head(Side::Client, "http.sec_websocket_key", Kind::Text, "16 random bytes in base64 (RFC 6455 4.1)", "http.sec_websocket_key contains \"==\"", |head, take| values(head, "sec-websocket-key", take)),
        head(Side::Client, "http.sec_websocket_version", Kind::Text, "13 is the standard (RFC 6455 4.1)", "http.sec_websocket_version != \"13\"", |head, take| values(head, "sec-websocket-version", take)),
        head(Side::Server, "http.response", Kind::Presence, "There is an answer to a request for WebSocket", "http.response", |_, take| take(Value::Present)),
        head(Side::Server, "http.response.code", Kind::Number, "The status code of the answer", "http.response.code != 101", |head, take| {
            if let Some(status) = head.status() { take(Value::number(status)); }
        }),
        head(Side::Server, "http.response.phrase", Kind::Text, "The reason phrase of the answer", "http.response.phrase == \"Switching Protocols\"", |head, take| {
            if let Start::Response { reason, .. } = &head.start && !head.is_block() { take(Value::run(head.bytes(reason))); }
        }),
        head(Side::Server, "http.response.version", Kind::Text, "The version of the answer", "http.response.version == \"HTTP/1.1\"", |head, take| take(Value::run(head.version()))),
        head(Side::Server, "http.response.line", Kind::Text, "A header line of the answer, its end included", "http.response.line contains \"nginx\"", lines),
        head(Side::Server, "http.server", Kind::Text, "The program that answers", "http.server contains \"nginx\"", |head, take| values(head, "server", take)),
        head(Side::Server, "http.sec_websocket_accept", Kind::Text, "Proves that the server read the request's key (RFC 6455 4.2.2)", "http.sec_websocket_accept contains \"=\"", |head, take| values(head, "sec-websocket-accept", take)),
    ]
}

fn head(
    side: Side,
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&Head, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Index, Read::Head(side, read))
}

/// The header's values; of HTTP/2 the host stands in `:authority` (RFC 9113 8.3.1).
fn values(head: &Head, name: &str, take: Take<'_>) {
    let mut none = true;
    for value in head.values(name) {
        none = false;
        take(Value::run(value));
    }
    if none && name == "host" {
        head.values(":authority").for_each(|value| take(Value::run(value)));
    }
}

fn lines(head: &Head, take: Take<'_>) {
    for line in &head.lines {
        take(Value::owned([head.bytes(&line.name), b": ", head.bytes(&line.value), b"\r\n"].concat()));
    }
}
