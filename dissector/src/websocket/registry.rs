//! The IANA registries of WebSocket as tables, one entry a line (RFC 6455 11; RFC 7692 9).
//!
//! Names and references only: whether something may be sent is said by rules.

use core::ops::RangeInclusive;

use crate::websocket::opcode::Opcode;

/// An entry of a registry of names or small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<K> {
    /// What stands on the wire.
    pub key: K,
    /// What it is called.
    pub name: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// Whether IANA's registry holds it; the rest is seen in the wild.
    pub registered: bool,
}

const fn entry<K: Copy>(key: K, name: &'static str, reference: &'static str) -> Entry<K> {
    Entry { key, name, reference, registered: true }
}

const fn wild<K: Copy>(key: K, name: &'static str, reference: &'static str) -> Entry<K> {
    Entry { key, name, reference, registered: false }
}

/// Opcodes (RFC 6455 11.8).
#[rustfmt::skip]
pub const OPCODES: &[Entry<Opcode>] = &[
    entry(Opcode::CONTINUATION, "Continuation frame", "RFC 6455 5.4"),
    entry(Opcode::TEXT,         "Text frame",         "RFC 6455 5.6"),
    entry(Opcode::BINARY,       "Binary frame",       "RFC 6455 5.6"),
    entry(Opcode::CLOSE,        "Connection close",   "RFC 6455 5.5.1"),
    entry(Opcode::PING,         "Ping",               "RFC 6455 5.5.2"),
    entry(Opcode::PONG,         "Pong",               "RFC 6455 5.5.3"),
];

/// Protocol versions (RFC 6455 11.6): only 13 is the standard.
#[rustfmt::skip]
pub const VERSIONS: &[Entry<u8>] = &[
    entry(0,  "interim, hybi draft 00",           "draft-ietf-hybi-thewebsocketprotocol-00"),
    entry(1,  "interim, hybi draft 01",           "draft-ietf-hybi-thewebsocketprotocol-01"),
    entry(2,  "interim, hybi draft 02",           "draft-ietf-hybi-thewebsocketprotocol-02"),
    entry(3,  "interim, hybi draft 03",           "draft-ietf-hybi-thewebsocketprotocol-03"),
    entry(4,  "interim, hybi draft 04",           "draft-ietf-hybi-thewebsocketprotocol-04"),
    entry(5,  "interim, hybi draft 05",           "draft-ietf-hybi-thewebsocketprotocol-05"),
    entry(6,  "interim, hybi draft 06",           "draft-ietf-hybi-thewebsocketprotocol-06"),
    entry(7,  "interim, hybi draft 07",           "draft-ietf-hybi-thewebsocketprotocol-07"),
    entry(8,  "interim, hybi drafts 08 to 12",    "draft-ietf-hybi-thewebsocketprotocol-08"),
    entry(9,  "reserved, never used",             "RFC 6455 11.6"),
    entry(10, "reserved, never used",             "RFC 6455 11.6"),
    entry(11, "reserved, never used",             "RFC 6455 11.6"),
    entry(12, "reserved, never used",             "RFC 6455 11.6"),
    entry(13, "the standard",                     "RFC 6455"),
];

/// Extensions (RFC 6455 11.4), and names from before the registry.
#[rustfmt::skip]
pub const EXTENSIONS: &[Entry<&str>] = &[
    entry("permessage-deflate",     "WebSocket Per-Message Deflate",          "RFC 7692"),
    entry("bbf-usp-protocol",       "Broadband Forum USP",                    "TR-369"),
    wild("x-webkit-deflate-frame",  "per-frame deflate of early WebKit",      "draft-tyoshino-hybi-websocket-perframe-deflate"),
    wild("deflate-frame",           "per-frame deflate, a draft",             "draft-tyoshino-hybi-websocket-perframe-deflate"),
    wild("perframe-deflate",        "per-frame deflate, a draft",             "draft-tyoshino-hybi-websocket-perframe-deflate"),
    wild("deflate-stream",          "deflate of the whole stream, a draft",   "draft-ietf-hybi-thewebsocketprotocol-12"),
    wild("permessage-compress",     "the draft that became permessage-deflate", "draft-ietf-hybi-permessage-compression"),
    wild("permessage-bzip2",        "per-message bzip2, not standardized",    "Autobahn"),
    wild("permessage-snappy",       "per-message Snappy, not standardized",   "Autobahn"),
    wild("mux",                     "several connections over one, a draft",  "draft-ietf-hybi-websocket-multiplexing"),
];

/// Subprotocols (RFC 6455 11.5), and names that are seen without being registered.
#[rustfmt::skip]
pub const SUBPROTOCOLS: &[Entry<&str>] = &[
    entry("MBWS.huawei.com",              "Message Broker WebSocket",            "draft-hapner-hybi-messagebroker-subprotocol"),
    entry("MBLWS.huawei.com",             "Message Broker Light WebSocket",      "draft-hapner-hybi-messagebroker-subprotocol"),
    entry("soap",                         "SOAP over WebSocket",                 "MS-SWSB"),
    entry("wamp",                         "Web Application Messaging Protocol",  "wamp-proto.org"),
    entry("v10.stomp",                    "STOMP 1.0",                           "stomp.github.io"),
    entry("v11.stomp",                    "STOMP 1.1",                           "stomp.github.io"),
    entry("v12.stomp",                    "STOMP 1.2",                           "stomp.github.io"),
    entry("ocpp1.2",                      "Open Charge Point Protocol 1.2",      "Open Charge Alliance"),
    entry("ocpp1.5",                      "Open Charge Point Protocol 1.5",      "Open Charge Alliance"),
    entry("ocpp1.6",                      "Open Charge Point Protocol 1.6",      "Open Charge Alliance"),
    entry("ocpp2.0",                      "Open Charge Point Protocol 2.0",      "Open Charge Alliance"),
    entry("ocpp2.0.1",                    "Open Charge Point Protocol 2.0.1",    "Open Charge Alliance"),
    entry("ocpp2.1",                      "Open Charge Point Protocol 2.1",      "Open Charge Alliance"),
    entry("rfb",                          "Remote Framebuffer (VNC)",            "RFC 6143"),
    entry("sip",                          "Session Initiation Protocol",         "RFC 7118"),
    entry("notificationchannel-netapi-rest.openmobilealliance.org", "OMA notification channel", "Open Mobile Alliance"),
    entry("wpcp",                         "Web Process Control Protocol",        "IANA"),
    entry("amqp",                         "Advanced Message Queuing Protocol 1.0", "OASIS AMQP WebSocket Binding"),
    entry("mqtt",                         "MQTT",                                "OASIS MQTT 3.1.1 and 5.0, 6"),
    entry("jsflow",                       "jsFlow publish and subscribe",        "IANA"),
    entry("rwpcp",                        "Reverse Web Process Control Protocol", "IANA"),
    entry("xmpp",                         "Extensible Messaging and Presence Protocol", "RFC 7395"),
    entry("ship",                         "Smart Home IP",                       "EEBus"),
    entry("mielecloudconnect",            "Miele Cloud Connect",                 "IANA"),
    entry("v10.pcp.sap.com",              "Push Channel Protocol",               "SAP"),
    entry("msrp",                         "Message Session Relay Protocol",      "RFC 7977"),
    entry("bfcp",                         "Binary Floor Control Protocol",       "RFC 8857"),
    entry("coap",                         "Constrained Application Protocol",    "RFC 8323"),
    entry("jmap",                         "JSON Meta Application Protocol",      "RFC 8887"),
    entry("clue",                         "Controlling Multiple Streams for Telepresence", "RFC 8850"),
    entry("t140",                         "Real-time text",                      "RFC 8865"),
    entry("v1.saltyrtc.org",              "SaltyRTC 1.0",                        "saltyrtc.org"),
    entry("TLCP-2.0.0.lightstreamer.com", "Text Lightstreamer Client Protocol 2.0", "Lightstreamer"),
    entry("TLCP-2.1.0.lightstreamer.com", "Text Lightstreamer Client Protocol 2.1", "Lightstreamer"),
    entry("opcua+uacp",                   "OPC UA Connection Protocol",          "OPC 10000-6"),
    entry("opcua+uajson",                 "OPC UA JSON",                         "OPC 10000-6"),
    entry("v1.usp",                       "Broadband Forum User Services Platform", "TR-369"),
    entry("hub.bsc.bacnet.org",           "BACnet/SC hub connection",            "ASHRAE 135 AB"),
    entry("dc.bsc.bacnet.org",            "BACnet/SC direct connection",         "ASHRAE 135 AB"),
    wild("graphql-transport-ws",          "GraphQL over WebSocket",              "enisdenjo/graphql-ws"),
    wild("graphql-ws",                    "GraphQL over WebSocket, the older one", "apollographql/subscriptions-transport-ws"),
    wild("wamp.2.json",                   "WAMP version 2 in JSON",              "wamp-proto.org"),
    wild("wamp.2.msgpack",                "WAMP version 2 in MessagePack",       "wamp-proto.org"),
    wild("wamp.2.cbor",                   "WAMP version 2 in CBOR",              "wamp-proto.org"),
    wild("mqttv3.1",                      "MQTT 3.1",                            "mqtt.org"),
    wild("actioncable-v1-json",           "Rails Action Cable",                  "rubyonrails.org"),
    wild("v4.channel.k8s.io",             "Kubernetes streams, version 4",       "kubernetes.io"),
    wild("v5.channel.k8s.io",             "Kubernetes streams, version 5",       "kubernetes.io"),
    wild("janus-protocol",                "Janus WebRTC server",                 "janus.conf.meetecho.com"),
    wild("vite-hmr",                      "Vite hot module replacement",         "vite.dev"),
    wild("binary",                        "websockify, bytes",                   "novnc/websockify"),
    wild("base64",                        "websockify, bytes in base64",         "novnc/websockify"),
];

/// To which part of the number space a close code belongs (RFC 6455 7.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseRange {
    /// 0 to 999: "not used".
    Unused,
    /// 1000 to 2999: the protocol's own.
    Protocol,
    /// 3000 to 3999: libraries, frameworks and applications, registered with IANA.
    Registered,
    /// 4000 to 4999: private use.
    Private,
    /// 5000 and above: not given to anybody.
    Beyond,
}

impl CloseRange {
    /// The range that holds `code`.
    pub const fn of(code: u16) -> Self {
        match code {
            0..=999 => Self::Unused,
            1000..=2999 => Self::Protocol,
            3000..=3999 => Self::Registered,
            4000..=4999 => Self::Private,
            _ => Self::Beyond,
        }
    }

    /// Its bounds.
    pub const fn codes(self) -> RangeInclusive<u16> {
        match self {
            Self::Unused => 0..=999,
            Self::Protocol => 1000..=2999,
            Self::Registered => 3000..=3999,
            Self::Private => 4000..=4999,
            Self::Beyond => 5000..=u16::MAX,
        }
    }
}

/// Whether a code can stand in a Close frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnWire {
    /// It has a meaning there.
    Meant,
    /// "MUST NOT be set as a status code in a Close control frame by an endpoint": only an API reports it.
    LocalOnly,
    /// Reserved, and without a meaning so far.
    Reserved,
    /// Outside every range that RFC 6455 7.4.2 gives to somebody.
    OutOfRange,
}

/// What a close code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseMeaning {
    /// Its name in IANA's registry, in sentence case; `unassigned`, `private use` and so on without an entry.
    pub name: &'static str,
    /// One sentence for people, without a final period.
    pub says: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
    /// The range it belongs to.
    pub range: CloseRange,
    /// Whether it can be sent.
    pub on_wire: OnWire,
}

/// An entry of [`CLOSE_CODES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CloseCode {
    /// The number.
    pub code: u16,
    /// See [`CloseMeaning::name`].
    pub name: &'static str,
    /// See [`CloseMeaning::says`].
    pub says: &'static str,
    /// See [`CloseMeaning::reference`].
    pub reference: &'static str,
    /// See [`CloseMeaning::on_wire`].
    pub on_wire: OnWire,
}

const fn close(
    code: u16,
    on_wire: OnWire,
    name: &'static str,
    reference: &'static str,
    says: &'static str,
) -> CloseCode {
    CloseCode { code, name, says, reference, on_wire }
}

/// Close codes (RFC 6455 11.7), in rising order.
#[rustfmt::skip]
pub const CLOSE_CODES: &[CloseCode] = &[
    close(1000, OnWire::Meant,     "normal closure",           "RFC 6455 7.4.1", "The purpose of the connection has been fulfilled"),
    close(1001, OnWire::Meant,     "going away",               "RFC 6455 7.4.1", "The endpoint goes away: a server goes down, or a browser leaves the page"),
    close(1002, OnWire::Meant,     "protocol error",           "RFC 6455 7.4.1", "The endpoint saw its peer break the protocol"),
    close(1003, OnWire::Meant,     "unsupported data",         "RFC 6455 7.4.1", "The endpoint received a type of data that it cannot accept, such as binary where it knows only text"),
    close(1004, OnWire::Reserved,  "reserved",                 "RFC 6455 7.4.1", "Kept for a meaning that was never given"),
    close(1005, OnWire::LocalOnly, "no status received",       "RFC 6455 7.4.1", "What an API reports when the Close frame held no code; never sent"),
    close(1006, OnWire::LocalOnly, "abnormal closure",         "RFC 6455 7.4.1", "What an API reports when the connection ended without a Close frame; never sent"),
    close(1007, OnWire::Meant,     "invalid frame payload data", "RFC 6455 7.4.1", "A message held data that does not fit its type, such as text that is not UTF-8"),
    close(1008, OnWire::Meant,     "policy violation",         "RFC 6455 7.4.1", "A message broke the endpoint's policy, and no other code fits or more shall not be said"),
    close(1009, OnWire::Meant,     "message too big",          "RFC 6455 7.4.1", "A message was too big to process"),
    close(1010, OnWire::Meant,     "mandatory extension",      "RFC 6455 7.4.1", "The client wanted an extension that the server did not take up; the reason lists which"),
    close(1011, OnWire::Meant,     "internal error",           "RFC 6455 7.4.1", "The server met a condition that kept it from fulfilling the request"),
    close(1012, OnWire::Meant,     "service restart",          "IANA registry",  "The service restarts; a client may reconnect after a random delay of 5 to 30 seconds"),
    close(1013, OnWire::Meant,     "try again later",          "IANA registry",  "The service is overloaded; a client should try another address or wait for its user"),
    close(1014, OnWire::Meant,     "bad gateway",              "IANA registry",  "A gateway or proxy got an invalid answer from the server behind it, as 502 in HTTP"),
    close(1015, OnWire::LocalOnly, "TLS handshake",            "RFC 6455 7.4.1", "What an API reports when the TLS handshake failed; never sent"),
    close(3000, OnWire::Meant,     "unauthorized",             "IANA registry",  "The endpoint must be authorized first, as 401 in HTTP"),
    close(3003, OnWire::Meant,     "forbidden",                "IANA registry",  "The endpoint is authorized but lacks the permission, as 403 in HTTP"),
    close(3008, OnWire::Meant,     "timeout",                  "IANA registry",  "The endpoint took too long to answer, as 408 in HTTP"),
];

/// What `code` means; every number has an answer.
pub fn close_code(code: u16) -> CloseMeaning {
    let range = CloseRange::of(code);
    if let Ok(index) = CLOSE_CODES.binary_search_by_key(&code, |entry| entry.code)
        && let Some(&CloseCode { name, says, reference, on_wire, .. }) = CLOSE_CODES.get(index)
    {
        return CloseMeaning { name, says, reference, range, on_wire };
    }
    let (name, says, on_wire) = match range {
        CloseRange::Unused => ("out of range", "Codes below 1000 are not used", OnWire::OutOfRange),
        CloseRange::Protocol => (
            "unassigned",
            "Kept for revisions and extensions of the protocol; nobody defined it yet",
            OnWire::Reserved,
        ),
        CloseRange::Registered => {
            ("unregistered", "For libraries and frameworks; IANA's registry has no such entry", OnWire::Meant)
        }
        CloseRange::Private => {
            ("private use", "Its meaning is agreed between the two applications", OnWire::Meant)
        }
        CloseRange::Beyond => ("out of range", "Codes from 5000 on belong to nobody", OnWire::OutOfRange),
    };
    CloseMeaning { name, says, reference: "RFC 6455 7.4.2", range, on_wire }
}

/// The extension called `name`; extension names are tokens and compare as they are.
pub fn extension(name: &str) -> Option<&'static Entry<&'static str>> {
    EXTENSIONS.iter().find(|entry| entry.key == name)
}

/// The subprotocol called `name`.
pub fn subprotocol(name: &str) -> Option<&'static Entry<&'static str>> {
    SUBPROTOCOLS.iter().find(|entry| entry.key == name)
}

/// The protocol version with this number.
pub fn version(number: u8) -> Option<&'static Entry<u8>> {
    VERSIONS.iter().find(|entry| entry.key == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6455 7.4.1 and 7.4.2: which codes can be sent, number by number.
    #[test]
    fn rfc6455_7_4_what_may_be_sent() {
        for code in 0..=u16::MAX {
            let expected = match code {
                1000..=1003 | 1007..=1014 | 3000..=4999 => OnWire::Meant,
                1005 | 1006 | 1015 => OnWire::LocalOnly,
                1004 | 1016..=2999 => OnWire::Reserved,
                _ => OnWire::OutOfRange,
            };
            let meaning = close_code(code);
            assert_eq!(meaning.on_wire, expected, "{code}");
            assert!(meaning.range.codes().contains(&code));
            assert!(!meaning.says.is_empty() && !meaning.says.ends_with('.'));
        }
        assert_eq!(close_code(1014).name, "bad gateway");
        assert_eq!(close_code(4000).name, "private use");
    }

    /// Lookups find every entry, so no key stands twice and the codes rise.
    #[test]
    fn tables_have_unique_keys() {
        assert!(CLOSE_CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(EXTENSIONS.iter().all(|entry| extension(entry.key) == Some(entry)));
        assert!(SUBPROTOCOLS.iter().all(|entry| subprotocol(entry.key) == Some(entry)));
        assert!(VERSIONS.iter().all(|entry| version(entry.key) == Some(entry)));
    }
}
