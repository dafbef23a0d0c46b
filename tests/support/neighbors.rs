//! Sessions, exchanges and messages that HTTP carries, as text.

use std::fmt::Write;

use session::decoding::Decoding;
use session::dissector::ids::{DeliveryId, Side};
use session::model::Run;
use session::neighbor::{Exchange, PushSession};
use session::{Content, Snapshot};

/// All of them; nothing where there are none.
pub fn neighbors(snapshot: &Snapshot) -> String {
    let mut text = String::new();
    for session in snapshot.push_sessions().iter() {
        writeln!(text, "{}", session_line(session)).expect("text grows");
        for exchange in snapshot.exchanges().iter().filter(|exchange| exchange.session == session.id) {
            writeln!(text, "{}", exchange_line(snapshot, exchange)).expect("text grows");
        }
    }
    let mut content = Content::default();
    let mut decoding = Decoding::default();
    for id in (0..snapshot.delivery_count()).map(DeliveryId::new) {
        let Some(delivery) = snapshot.delivery(id) else { continue };
        let runs = content.delivered(snapshot, id, u64::MAX).map(|(_, runs)| places(&runs));
        let body = delivery_body(snapshot, &mut content, &mut decoding, id);
        let (packet, runs) = (delivery.packet.number(), runs.unwrap_or_default());
        writeln!(text, "{:>4} #{packet} {body}  {runs}", id.number()).expect("text grows");
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// A message without the packets that it came in.
pub fn delivery_body(
    snapshot: &Snapshot,
    content: &mut Content,
    decoding: &mut Decoding,
    id: DeliveryId,
) -> String {
    let Some(delivery) = snapshot.delivery(id) else { return String::new() };
    let said = match content.delivery(snapshot, id, u64::MAX) {
        Ok(bytes) => {
            let decoded = decoding.delivered(content, snapshot, &delivery, &bytes, true);
            format!("{} {} {:?}", bytes.len(), decoded.protocol, decoded.summary())
        }
        Err(why) => format!("({})", why.name()),
    };
    format!(
        "exchange {} {} at {} of {}, {}: {said}",
        delivery.exchange.number(),
        delivery.side.name(),
        delivery.at,
        delivery.len,
        if delivery.complete { "complete" } else { "not complete" },
    )
}

fn session_line(session: &PushSession) -> String {
    let transports: Vec<&str> = session.transports.iter().map(|it| it.name()).collect();
    let connections: Vec<u64> = session.connections.iter().map(|it| it.number()).collect();
    format!(
        "session {} {} {:?} {} → {}, #{}–#{}, by {}, connections {connections:?}, {} exchanges, messages {:?}",
        session.id.number(),
        session.family.name(),
        session.name.as_deref().unwrap_or_default(),
        session.client,
        session.server,
        session.packet.number(),
        session.last.number(),
        transports.join(" then "),
        session.exchanges,
        session.messages,
    )
}

fn exchange_line(snapshot: &Snapshot, exchange: &Exchange) -> String {
    let heads = Content::default().heads(snapshot, exchange.id);
    let target = heads.request.as_ref().and_then(|head| head.target()).unwrap_or_default();
    let status = heads.answer.as_ref().and_then(|head| head.status());
    assert_eq!(status, exchange.status, "a head is read as it was");
    let [asked, answered, over] = exchange.packets.map(|packet| packet.map_or(0, |it| it.number()));
    let side = |side: Side| {
        let at = side.index();
        format!(
            "{} {}+{}+{}{}",
            side.name(),
            exchange.heads[at].map_or(0, |head| head.len),
            exchange.chunking[at],
            exchange.content[at],
            if exchange.missing[at] > 0 {
                format!(" missing {}", exchange.missing[at])
            } else {
                String::new()
            },
        )
    };
    format!(
        "│ exchange {} {} {:?} {} #{asked} #{answered} #{over}, {}, {}, {} messages{}",
        exchange.id.number(),
        exchange.transport.name(),
        String::from_utf8_lossy(target),
        exchange.status.map_or("unanswered".to_owned(), |status| status.to_string()),
        side(Side::Client),
        side(Side::Server),
        exchange.messages[0] + exchange.messages[1],
        if exchange.complete { "" } else { ", not ended" },
    )
}

fn places(runs: &[Run]) -> String {
    let place = |run: &Run| {
        let end = u64::from(run.in_packet) + u64::from(run.len);
        format!("#{}[{}..{end}]", run.packet.number(), run.in_packet)
    };
    runs.iter().map(place).collect::<Vec<_>>().join(" ")
}
