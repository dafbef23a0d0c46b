//! How the neighbors of WebSocket are written, field by field.

use dissector::ids::{DeliveryId, ExchangeId, SessionId};

use super::value::{enums, structs, wrapped};
use crate::neighbor::{Coding, Exchange, Family, Framing, Place, PushSession, Transport};

wrapped!(SessionId, ExchangeId, DeliveryId);

structs! {
    Place { at, len, extent }
    PushSession {
        id, family, name, client, server, transports, connections, exchanges, messages, packet, last,
    }
    Exchange {
        id, session, flow, carrier, streams, bodies, transport, framing, codings, heads, status, packets, content,
        chunking, missing, complete, messages,
    }
}

enums! {
    Family { 0 EngineIo, 1 SockJs, 2 SignalR, 3 EventStream, 4 Polling }
    Transport { 0 Polling, 1 LongPolling, 2 HttpStreaming, 3 EventStream, 4 WebSocket }
    Framing { 0 Whole, 1 Events, 2 Lines, 3 Scripts }
    Coding { 0 Identity, 1 Gzip, 2 Deflate, 3 Other }
}
