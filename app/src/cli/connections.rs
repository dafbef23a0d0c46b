//! `wscope connections`: one row per WebSocket connection, attempts included.

mod secured;
mod tokens;

use serde_json::{Value, json};
use session::Snapshot;
use session::dissector::event::Opening;
use session::dissector::head::Head;
use session::dissector::http2::names::ErrorCode;
use session::dissector::rules::Severity;
use session::dissector::websocket::upgrade::AcceptFact;
use session::model::{Closing, Connection, How};
use session::verdicts::Counts;

use super::column::{Cell, Column, Row, Tone};
use super::frames::close;
use super::options::Rows;
use super::print::Printer;
use super::reading::{Next, read};
use super::{absence, mark, words};

/// A connection, and what is known of the TLS around it.
pub(crate) struct ConnectionRow(pub(crate) Connection, Option<secured::Row>);

impl ConnectionRow {
    pub(crate) fn of(snapshot: &Snapshot, connection: &Connection) -> Self {
        let mut connection = connection.clone();
        if connection.opening == Opening::Sealed {
            // Nothing is seen of it but its packets.
            let last = snapshot.flow(connection.flow).and_then(|flow| snapshot.packet(flow.last));
            connection.end = last.map_or(connection.end, |packet| packet.time);
        }
        let secured = secured::Row::of(snapshot, &connection);
        Self(connection, secured)
    }

    fn tls(&self, part: impl Fn(&secured::Row) -> Option<String>) -> Cell<'_> {
        Cell::or_null(self.1.as_ref().and_then(part), Cell::text)
    }

    /// What is asked for: the target, or where it is encrypted the name of the server.
    fn target(&self) -> Cell<'_> {
        match &self.1 {
            Some(secured) if self.0.opening == Opening::Sealed => {
                Cell::text(secured.server_name().unwrap_or_default())
            }
            _ => self.of_request(Head::target),
        }
    }

    fn headers(head: &Head) -> Value {
        let lines = head.lines.iter();
        lines
            .map(|line| json!([words::text(head.bytes(&line.name)), words::text(head.bytes(&line.value))]))
            .collect()
    }

    fn request(&self) -> Cell<'_> {
        Cell::or_null(self.0.request.as_deref(), |head| {
            Cell::Nested(json!({
                "method": head.method().map(words::text),
                "target": head.target().map(words::text),
                "version": words::text(head.version()),
                "headers": Self::headers(head),
            }))
        })
    }

    fn response(&self) -> Cell<'_> {
        Cell::or_null(self.0.response.as_deref(), |head| {
            Cell::Nested(json!({ "status": head.status(), "headers": Self::headers(head) }))
        })
    }

    fn of_request(&self, part: for<'a> fn(&'a Head) -> Option<&'a [u8]>) -> Cell<'_> {
        let part = self.0.request.as_deref().and_then(part);
        Cell::or_null(part, |bytes| Cell::text(words::text(bytes)))
    }

    fn status(&self) -> Option<u16> {
        self.0.response.as_deref().and_then(Head::status)
    }

    fn accept_valid(&self) -> Option<bool> {
        match self.0.agreement.accept {
            AcceptFact::Valid => Some(true),
            AcceptFact::Mismatch { .. } => Some(false),
            // Only an answer that says yes has to prove anything (RFC 6455 4.2.2).
            AcceptFact::Missing => (self.status() == Some(101)).then_some(false),
            AcceptFact::Unknown => None,
        }
    }

    fn extensions(&self) -> Vec<String> {
        self.0.agreement.extensions.iter().map(ToString::to_string).collect()
    }

    /// Names alone, the usual one by its everyday name.
    fn short_extensions(&self) -> String {
        let names = self.0.agreement.extensions.iter().map(|extension| match extension.name.as_str() {
            "permessage-deflate" => "deflate",
            name => name,
        });
        names.collect::<Vec<_>>().join(", ")
    }

    fn closing(&self) -> Value {
        let closing = &self.0.closing;
        let first = closing.first().map(|(_, close)| close);
        json!({
            "code": first.and_then(|close| close.code),
            "reason": first.map(|close| String::from_utf8_lossy(&close.reason)),
            "initiator": closing.initiator().map(|side| side.name()),
            "clean": closing.clean(),
            "how": closing.how().name(),
            "reset": closing.reset.map(|(_, code)| ErrorCode(code).name()),
        })
    }

    /// Whether it became a connection, and how that ended, for people.
    pub(crate) fn ended(&self) -> String {
        match self.status() {
            _ if self.0.carrier.quic => "QUIC, not decoded".into(),
            _ if self.0.opening == Opening::Sealed => "encrypted, no keys".into(),
            Some(status) if !self.0.accepted => format!("refused with {status}"),
            None if !self.0.accepted => format!("no answer, {}", ended(&self.0.closing)),
            _ => ended(&self.0.closing),
        }
    }

    fn findings(&self, severity: Severity) -> Cell<'_> {
        Cell::Number(self.0.findings.of(severity))
    }

    fn tone_of_findings(&self) -> Tone {
        mark::tone_of(self.0.findings.worst())
    }

    /// Nothing where it is plain TCP.
    fn short_transport(&self) -> &'static str {
        match self.0.carrier.transport() {
            "tcp" => "",
            transport => transport,
        }
    }

    fn tone_of_end(&self) -> Tone {
        if self.0.accepted && (self.0.closing.clean() || self.0.closing.how() == How::EndOfCapture) {
            Tone::Plain
        } else {
            Tone::Warn
        }
    }
}

fn ended(closing: &Closing) -> String {
    let by = closing.initiator().map_or(String::new(), |side| format!(" by {}", side.name()));
    match (closing.how(), closing.first()) {
        (How::Close, Some((_, first))) => {
            let what = close(first.code, &String::from_utf8_lossy(&first.reason));
            format!("{what}{by}{}", if closing.clean() { "" } else { ", not clean" })
        }
        (How::Rst, _) => format!("reset{by}, no Close"),
        (How::Fin, _) => format!("FIN{by}, no Close"),
        _ => "open at the end".into(),
    }
}

/// Findings by code, in the order of the rules.
pub(crate) fn counts(findings: &Counts) -> Value {
    let each = findings.broken().into_iter();
    Value::Object(each.map(|broken| (broken.rule.code.to_owned(), broken.count.into())).collect())
}

fn pair<T: serde::Serialize>(of: [T; 2]) -> Cell<'static> {
    let [client, server] = of;
    Cell::Nested(json!({ "client": client, "server": server }))
}

impl Row for ConnectionRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::key("connection", "Conn", |row| Cell::Number(row.0.id.number())).table(4).right(),
        Column::<Self>::key("client", "Client", |row| Cell::text(row.0.client.to_string())).table(0).tone(|_| Tone::Client).elastic(),
        Column::<Self>::key("server", "Server", |row| Cell::text(row.0.server.to_string())).table(0).tone(|_| Tone::Server).elastic(),
        Column::<Self>::key("transport", "Transport", |row| Cell::word(row.0.carrier.transport())),
        Column::<Self>::key("stream", "Stream", |row| Cell::or_null(row.0.carrier.stream, |stream| Cell::Number(stream.into()))).right(),
        Column::<Self>::key("tls", "TLS", |row| Cell::or_null(row.1.as_ref(), |secured| Cell::Nested(secured.json()))).nested(),
        Column::<Self>::view("tls.version", "TLS", |row| row.tls(secured::Row::version)).csv(),
        Column::<Self>::view("tls.cipher_suite", "Cipher suite", |row| row.tls(secured::Row::suite)).csv(),
        Column::<Self>::view("tls.server_name", "Server name", |row| row.tls(secured::Row::server_name)).csv(),
        Column::<Self>::view("tls.alpn", "ALPN", |row| row.tls(secured::Row::alpn)).csv(),
        Column::<Self>::view("tls.keys", "Keys", |row| row.tls(|secured| Some(secured.keys()))).csv(),
        Column::<Self>::key("start", "Start", |row| Cell::Time(row.0.start)).table(0).right().spare(9),
        Column::<Self>::key("end", "End", |row| Cell::Time(row.0.end)).right(),
        Column::<Self>::key("request", "Request", Self::request).nested(),
        Column::<Self>::key("response", "Response", Self::response).nested(),
        Column::<Self>::key("tokens", "Tokens", |row| Cell::Nested(tokens::json(row.0.request.as_deref()))).nested(),
        Column::<Self>::view("request.method", "Method", |row| row.of_request(Head::method)).csv(),
        Column::<Self>::view("request.target", "Target", Self::target).csv().table(0).elastic(),
        Column::<Self>::view("request.version", "Version", |row| row.of_request(|head| Some(head.version()))).csv(),
        Column::<Self>::view("response.status", "Status", |row| Cell::or_null(row.status(), |status| Cell::Number(status.into()))).csv(),
        Column::<Self>::key("accept_valid", "Accept", |row| Cell::or_null(row.accept_valid(), Cell::Bool)),
        Column::<Self>::key("subprotocol", "Subprotocol", |row| Cell::or_null(row.0.agreement.subprotocol.as_deref(), Cell::word)).table(0).elastic().spare(2),
        Column::<Self>::key("extensions", "Extensions", |row| Cell::Nested(row.extensions().into())).nested(),
        Column::<Self>::view("extension_list", "Extensions", |row| Cell::text(row.extensions().join(", "))).csv().table(0).elastic().spare(6),
        Column::<Self>::key("frames", "Frames", |row| pair(row.0.frames)).nested(),
        Column::<Self>::view("frames.client", "Frames →", |row| Cell::Number(row.0.frames[0].into())).csv().right().table(0).spare(8),
        Column::<Self>::view("frames.server", "←", |row| Cell::Number(row.0.frames[1].into())).csv().right().table(0).spare(8),
        Column::<Self>::key("messages", "Messages", |row| pair(row.0.messages)).nested(),
        Column::<Self>::view("messages.client", "Messages →", |row| Cell::Number(row.0.messages[0].into())).csv().right().table(0).spare(3),
        Column::<Self>::view("messages.server", "←", |row| Cell::Number(row.0.messages[1].into())).csv().right().table(0).spare(3),
        Column::<Self>::key("payload_bytes", "Bytes", |row| pair(row.0.payload)).nested(),
        Column::<Self>::view("payload_bytes.client", "Bytes →", |row| Cell::Number(row.0.payload[0])).csv().right().table(0).spare(5),
        Column::<Self>::view("payload_bytes.server", "←", |row| Cell::Number(row.0.payload[1])).csv().right().table(0).spare(5),
        Column::<Self>::key("close", "Close", |row| Cell::Nested(row.closing())).nested(),
        Column::<Self>::view("close.code", "Code", |row| Cell::or_null(row.0.closing.first().and_then(|close| close.1.code), |code| Cell::Number(code.into()))).csv(),
        Column::<Self>::view("close.reason", "Reason", |row| Cell::or_null(row.0.closing.first(), |close| Cell::text(String::from_utf8_lossy(&close.1.reason).into_owned()))).csv(),
        Column::<Self>::view("close.initiator", "Ended by", |row| Cell::or_null(row.0.closing.initiator(), |side| Cell::word(side.name()))).csv(),
        Column::<Self>::view("close.clean", "Clean", |row| Cell::Bool(row.0.closing.clean())).csv(),
        Column::<Self>::view("close.how", "How", |row| Cell::word(row.0.closing.how().name())).csv(),
        Column::<Self>::view("ended", "How it ended", |row| Cell::text(row.ended())).table(0).elastic().tone(Self::tone_of_end),
        Column::<Self>::key("findings", "Findings", |row| Cell::Nested(counts(&row.0.findings))).nested(),
        Column::<Self>::view("findings.error", "Errors", |row| row.findings(Severity::Error)).csv().right(),
        Column::<Self>::view("findings.warn", "Warnings", |row| row.findings(Severity::Warn)).csv().right(),
        Column::<Self>::view("findings.note", "Notes", |row| row.findings(Severity::Note)).csv().right(),
        Column::<Self>::view("findings.short", "Findings", |row| Cell::text(mark::short(&row.0.findings))).table(0).spare(4).tone(Self::tone_of_findings),
    ];
}

/// The columns of the summary's table, which has to leave room.
#[rustfmt::skip]
pub(crate) const SHORT: &[Column<ConnectionRow>] = &[
    Column::<ConnectionRow>::view("connection", "Conn", |row| Cell::Number(row.0.id.number())).right(),
    Column::<ConnectionRow>::view("client", "Client", |row| Cell::text(row.0.client.to_string())).tone(|_| Tone::Client).elastic(),
    Column::<ConnectionRow>::view("server", "Server", |row| Cell::text(row.0.server.to_string())).tone(|_| Tone::Server).elastic(),
    Column::<ConnectionRow>::view("transport", "Over", |row| Cell::word(row.short_transport())).spare(7),
    Column::<ConnectionRow>::view("target", "Target", ConnectionRow::target).elastic(),
    Column::<ConnectionRow>::view("subprotocol", "Subprotocol", |row| Cell::or_null(row.0.agreement.subprotocol.as_deref(), Cell::word)).elastic().spare(1),
    Column::<ConnectionRow>::view("extensions", "Extensions", |row| Cell::text(row.short_extensions())).elastic().spare(4),
    Column::<ConnectionRow>::view("frames", "Frames", |row| Cell::Number(row.0.frames.iter().copied().map(u64::from).sum())).right().spare(3),
    Column::<ConnectionRow>::view("messages", "Messages", |row| Cell::Number(row.0.messages.iter().copied().map(u64::from).sum())).right().spare(1),
    Column::<ConnectionRow>::view("bytes", "Bytes", |row| Cell::Number(row.0.payload.iter().fold(0, |sum, bytes| sum.saturating_add(*bytes)))).right().spare(2),
    Column::<ConnectionRow>::view("ended", "How it ended", |row| Cell::text(row.ended())).elastic().tone(ConnectionRow::tone_of_end),
    Column::<ConnectionRow>::view("findings", "Findings", |row| Cell::text(mark::short(&row.0.findings))).tone(ConnectionRow::tone_of_findings),
];

/// Prints the connections of a capture.
pub(crate) fn run(options: &Rows) -> anyhow::Result<()> {
    let mut sieve = options.source.sieve()?;
    let mut printer = Printer::<ConnectionRow>::of(options)?;
    let snapshot = read(&options.file, &options.source, true, |snapshot, last| {
        if last {
            printer.clock(options.columns.clock(snapshot.totals.times.map(|times| times.0)));
            let held = sieve.connections(snapshot);
            for connection in held.into_iter().filter_map(|id| snapshot.connection(id)) {
                if printer.full() {
                    break;
                }
                printer.row(&ConnectionRow::of(snapshot, connection))?;
            }
        }
        Ok(Next::More)
    });
    printer.finish()?;
    absence::say(&*snapshot?, "connections");
    Ok(())
}
