//! What messages cost by how they travelled, measured: beside the card that reckons what other ways would have cost.

use session::neighbor::Transport;

use super::{Card, Fact, Scene, Table, Value, percent, span};
use crate::gui::statistics::chart::Ink;
use crate::gui::statistics::plot::{Plot, Row};
use crate::gui::words;

/// A card of captures that have more than WebSocket; nothing for others.
pub(super) fn transports(scene: &Scene<'_>) -> Option<Card> {
    let tallies = scene.snapshot.tallies();
    let mut rows = Vec::new();
    let mut table = Table::new(&[
        "transport",
        "sessions",
        "requests",
        "messages",
        "empty",
        "payload_bytes",
        "header_bytes",
        "answer_mean_ns",
        "answer_max_ns",
    ]);
    let (mut messages, mut payload, mut headers) = (0_u64, 0_u64, 0_u64);
    let (mut answers, mut waited, mut longest) = (0_u64, 0_u64, 0_u64);
    let mut put = |name: &str, payload: u64, headers: u64, messages: u64| {
        let each = headers.checked_div(messages).map_or_else(String::new, |each| format!(" · {each} B each"));
        let says =
            format!("{} of headers, {}{each}", words::size(headers), percent(headers, headers + payload));
        let bars = vec![(Ink::Accent, payload, words::size(payload)), (Ink::Dim, headers, says)];
        rows.push(Row { name: name.to_owned(), bars });
    };
    for (transport, tally) in tallies.used() {
        put(title(transport), tally.payload, tally.overhead, tally.both());
        messages += tally.both();
        payload = payload.saturating_add(tally.payload);
        headers = headers.saturating_add(tally.overhead);
        if matches!(transport, Transport::Polling | Transport::LongPolling) {
            answers += tally.answers;
            waited = waited.saturating_add(tally.waited);
            longest = longest.max(tally.longest);
        }
        let numbers = [
            tally.sessions,
            tally.exchanges,
            tally.both(),
            tally.empty,
            tally.payload,
            tally.overhead,
            tally.mean().unwrap_or(0),
            tally.longest,
        ];
        let numbers = numbers.iter().map(u64::to_string);
        table.rows.push(std::iter::once(transport.name().to_owned()).chain(numbers).collect());
    }
    if table.rows.is_empty() {
        return None;
    }
    let snapshot = scene.snapshot;
    if snapshot.frame_count() > 0 {
        let accepted = snapshot.connections().iter().filter(|connection| connection.accepted);
        let heads = accepted.flat_map(|connection| connection.request.iter().chain(&connection.response));
        let heads: u64 = heads.map(|head| head.raw.len() as u64).sum();
        let totals = &snapshot.totals;
        put("WebSocket", totals.payload, totals.headers + heads, snapshot.message_count().into());
    }
    let answer = waited.checked_div(answers);
    Some(Card {
        title: "Transports",
        number: percent(headers, headers.saturating_add(payload)),
        of: format!("of what HTTP carried is headers, for {}", words::counted(messages, "message", "messages")),
        plot: Plot::Rows(rows),
        nothing: "No messages over HTTP here",
        facts: vec![
            Fact { name: "Headers each", values: vec![each(headers, messages)] },
            Fact { name: "Answered after", values: vec![answer.map_or_else(Value::none, |mean| Value::of(span(mean)))] },
            Fact { name: "At most", values: vec![answer.map_or_else(Value::none, |_| Value::of(span(longest)))] },
        ],
        note: "Measured, over the whole capture: heads of requests and answers, framing of bodies and what in them is no \
               message, beside the messages themselves; of WebSocket handshakes and frame headers. A poll's answer comes \
               when there is something to say, or at once."
            .into(),
        table,
    })
}

fn each(headers: u64, messages: u64) -> Value {
    headers.checked_div(messages).map_or_else(Value::none, |each| Value::of(words::size(each)))
}

const fn title(transport: Transport) -> &'static str {
    match transport {
        Transport::Polling => "Polling",
        Transport::LongPolling => "Long polling",
        Transport::HttpStreaming => "HTTP streaming",
        Transport::EventStream => "Server-sent events",
        Transport::WebSocket => "WebSocket",
    }
}
