//! Says exchanges and their answers.

use crate::event::{Carrier, Event};
use crate::ids::{End, ExchangeId, SessionId, StreamId};
use crate::layer::{FlowOf, Up};
use crate::neighbor::{Coding, Exchange, Framing, Neighbor, Place, Transport};

/// A request: its number, and the streams of both bodies.
pub(super) fn say_exchange(
    session: SessionId,
    transport: Transport,
    (request, coding, time): (Place, Coding, i64),
    flow: &FlowOf,
    client: End,
    up: &mut Up<'_>,
) -> (ExchangeId, [StreamId; 2]) {
    let (id, pair) = (up.ids.exchange(), up.ids.pair());
    let bodies = [StreamId::of(pair, End::A), StreamId::of(pair, End::B)];
    let [a, b] = flow.streams;
    let streams = if client == End::A { [a, b] } else { [b, a] };
    let carrier = Carrier { tls: flow.tls, stream: flow.stream, quic: false };
    let flow = flow.id;
    let exchange = Exchange { id, session, flow, carrier, streams, bodies, transport, request, coding, time };
    up.say(Event::Neighbor(Neighbor::Exchange(Box::new(exchange))));
    (id, bodies)
}

pub(super) fn say_answer(
    exchange: ExchangeId,
    (head, status, coding, time): (Place, u16, Coding, i64),
    transport: Transport,
    framing: Framing,
    up: &mut Up<'_>,
) {
    let answer = Neighbor::Answer { exchange, head, status, coding, transport, framing, time };
    up.say(Event::Neighbor(answer));
}
