//! How the neighbors of WebSocket are written, field by field.

use dissector::ids::{DeliveryId, ExchangeId, SessionId};

use super::value::{Input, Value, enums, structs, wrapped};
use crate::neighbor::{Coding, Exchange, Family, Framing, Place, PushSession, Tallies, Tally, Transport};

wrapped!(SessionId, ExchangeId, DeliveryId);

structs! {
    Place { at, len, extent }
    Tally { sessions, exchanges, messages, empty, payload, overhead, answers, waited, longest }
    PushSession {
        id, family, name, client, server, transports, connections, exchanges, messages, packet, last,
    }
    Exchange {
        id, session, flow, carrier, streams, bodies, transport, framing, codings, heads, status, asked, packets,
        content, chunking, missing, complete, messages, said,
    }
}

enums! {
    Family { 0 EngineIo, 1 SockJs, 2 SignalR, 3 EventStream, 4 Polling }
    Transport { 0 Polling, 1 LongPolling, 2 HttpStreaming, 3 EventStream, 4 WebSocket }
    Framing { 0 Whole, 1 Events, 2 Lines, 3 Scripts }
    Coding { 0 Identity, 1 Gzip, 2 Deflate, 3 Other }
}

impl Value for Tallies {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        Value::read(input).map(Self)
    }
}
