//! What messages say: decoders of the protocols that run over WebSocket, one file each and one line in [`DECODERS`].
//!
//! A decoder is a pure function of one message's bytes and of what is known of its connection; one that needs earlier
//! messages says how far back, and gets them when it asks ([`Earlier`]). None of them fails: what could be read is
//! there, with the place where reading stopped. Decoders know no capture and keep nothing.
//!
//! ```text
//! Input { message, Facts, Earlier } ─► choose ─► Decoder ─► Tree (limits, places) ─► Decoded { parts, fields, stopped }
//! ```

mod choose;
mod decoded;
mod delivery;
mod encoded;
mod field;
mod input;
mod joined;
mod read;
mod table;
mod tree;

mod form;
mod json;
mod packed;
mod plain;
mod xml;

mod bson;
mod cbor;
mod compressed;
mod msgpack;
mod protobuf;

mod action_cable;
mod cdp;
mod centrifugo;
mod engine_io;
mod graphql;
mod json_rpc;
mod kubernetes;
mod mqtt;
mod ocpp;
mod payload;
mod phoenix;
mod signalr;
mod socket_cluster;
mod socket_io;
mod sockjs;
mod sse;
mod stomp;
mod tunnel;
mod typed;
mod wamp;

pub use self::choose::{by_content, choose, decode, decoder, gist};
pub use self::compressed::{Payload, Stream};
pub use self::decoded::{Decoded, Exchange, Part, Role, Stopped};
pub use self::delivery::{Way, decode_delivery};
pub use self::field::{Field, Value};
pub use self::input::{BEGUN, Earlier, FIRST, Facts, Input, Said};
pub use self::mqtt::Aliases;
pub use self::protobuf::{EnumType, FieldType, MessageType, Scalar, Schema};
pub use self::table::{Decoder, Holds, Key};

/// All decoders. Where several would take a connection or a message, the first one does.
pub const DECODERS: &[Decoder] = &[
    socket_io::DECODER,
    engine_io::DECODER,
    sockjs::DECODER,
    stomp::DECODER,
    mqtt::DECODER,
    wamp::DECODER,
    signalr::DECODER,
    graphql::TRANSPORT,
    graphql::LEGACY,
    ocpp::DECODER,
    action_cable::DECODER,
    phoenix::DECODER,
    centrifugo::DECODER,
    cdp::DECODER,
    socket_cluster::DECODER,
    kubernetes::DECODER,
    compressed::STREAM,
    tunnel::RFB,
    tunnel::SSH,
    json_rpc::DECODER,
    sse::DECODER,
    tunnel::DECODER,
    json::TEXT,
    json::LINES,
    xml::DECODER,
    form::DECODER,
    compressed::DECODER,
    bson::DECODER,
    msgpack::DECODER,
    cbor::DECODER,
    protobuf::DECODER,
    plain::TEXT,
    plain::DATA,
];

#[cfg(test)]
mod tests;
