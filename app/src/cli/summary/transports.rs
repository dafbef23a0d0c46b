//! What messages cost by how they travelled: WebSocket beside polling, streaming answers and server-sent events. Only of
//! captures that have more than WebSocket.

use serde::Serialize;
use session::Snapshot;
use session::neighbor::{Tally, Transport};

use crate::cli::column::{Cell, Column, Row};
use crate::cli::words;

/// What one transport was used for.
#[derive(Serialize)]
pub(super) struct TransportRow {
    transport: &'static str,
    /// Sessions, or connections of WebSocket.
    sessions: u64,
    /// Requests with their answers; handshakes of WebSocket.
    exchanges: u64,
    messages: u64,
    /// Answers that brought nothing.
    empty: u64,
    payload_bytes: u64,
    /// Heads, framing of bodies, headers of frames.
    header_bytes: u64,
    /// Seconds from a request to its answer, on average and at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
}

#[derive(Serialize)]
struct Answer {
    mean: f64,
    max: f64,
}

impl TransportRow {
    fn of(transport: Transport, tally: &Tally) -> Self {
        // What streams is answered at once, and that says nothing of its messages.
        let waits = matches!(transport, Transport::Polling | Transport::LongPolling);
        let seconds = |nanoseconds: u64| nanoseconds as f64 / 1e9;
        let answer = tally.mean().filter(|_| waits);
        Self {
            transport: transport.name(),
            sessions: tally.sessions,
            exchanges: tally.exchanges,
            messages: tally.both(),
            empty: tally.empty,
            payload_bytes: tally.payload,
            header_bytes: tally.overhead,
            answer: answer.map(|mean| Answer { mean: seconds(mean), max: seconds(tally.longest) }),
        }
    }

    fn websocket(snapshot: &Snapshot) -> Option<Self> {
        let accepted = || snapshot.connections().iter().filter(|connection| connection.accepted);
        let heads = |connection: &session::model::Connection| {
            let heads = connection.request.iter().chain(&connection.response);
            heads.map(|head| head.raw.len() as u64).sum::<u64>()
        };
        let sessions = accepted().count() as u64;
        (sessions > 0).then(|| Self {
            transport: Transport::WebSocket.name(),
            sessions,
            exchanges: accepted().filter(|connection| connection.request.is_some()).count() as u64,
            messages: snapshot.message_count().into(),
            empty: 0,
            payload_bytes: snapshot.totals.payload,
            header_bytes: accepted().map(heads).sum::<u64>() + snapshot.totals.headers,
            answer: None,
        })
    }

    /// Header bytes for each message.
    fn each(&self) -> Option<u64> {
        self.header_bytes.checked_div(self.messages)
    }
}

/// A row for each transport that was used; none where there is nothing but WebSocket.
pub(super) fn transports(snapshot: &Snapshot) -> Vec<TransportRow> {
    let mut rows: Vec<_> =
        snapshot.tallies().used().map(|(transport, tally)| TransportRow::of(transport, tally)).collect();
    if !rows.is_empty() {
        rows.extend(TransportRow::websocket(snapshot));
    }
    rows
}

fn seconds(seconds: Option<f64>) -> Cell<'static> {
    Cell::or_null(seconds, |seconds| Cell::text(words::duration((seconds * 1e9) as i64)))
}

impl Row for TransportRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::key("transport", "Transport", |row| Cell::word(row.transport)).table(9),
        Column::<Self>::key("sessions", "Sessions", |row| Cell::Number(row.sessions)).table(8).right(),
        Column::<Self>::key("exchanges", "Requests", |row| Cell::Number(row.exchanges)).table(8).right(),
        Column::<Self>::key("messages", "Messages", |row| Cell::Number(row.messages)).table(8).right(),
        Column::<Self>::key("empty", "Empty", |row| Cell::Number(row.empty)).table(5).right().spare(2),
        Column::<Self>::key("payload", "Payload", |row| Cell::text(words::size(row.payload_bytes))).table(8).right(),
        Column::<Self>::key("headers", "Headers", |row| Cell::text(words::size(row.header_bytes))).table(8).right(),
        Column::<Self>::key("each", "Per message", |row| Cell::or_null(row.each(), |each| Cell::text(words::size(each)))).table(8).right(),
        Column::<Self>::key("mean", "Answer after", |row| seconds(row.answer.as_ref().map(|it| it.mean))).table(8).right().spare(1),
        Column::<Self>::key("max", "At most", |row| seconds(row.answer.as_ref().map(|it| it.max))).table(8).right().spare(1),
    ];
}
