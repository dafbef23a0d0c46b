//! Names of numbers in MQTT: versions, QoS levels, return codes of 3.1.1 and reason codes of 5.0.

/// The name of a version in CONNECT.
pub(super) const fn version(version: u8) -> &'static str {
    match version & 0x7f {
        3 => "MQTT 3.1",
        4 => "MQTT 3.1.1",
        5 => "MQTT 5.0",
        _ => "unknown version",
    }
}

/// MQTT 5.0, 4.3.
pub(super) const fn qos(level: u8) -> &'static str {
    match level {
        0 => "at most once",
        1 => "at least once",
        2 => "exactly once",
        _ => "reserved",
    }
}

/// MQTT 3.1.1, table 3.1.
pub(super) const fn connack(code: u8) -> &'static str {
    match code {
        0 => "accepted",
        1 => "unacceptable protocol version",
        2 => "identifier rejected",
        3 => "server unavailable",
        4 => "bad user name or password",
        5 => "not authorized",
        _ => "reserved",
    }
}

/// MQTT 3.1.1, 3.9.3.
pub(super) const fn suback(code: u8) -> &'static str {
    match code {
        0 => "QoS 0 granted",
        1 => "QoS 1 granted",
        2 => "QoS 2 granted",
        128 => "failure",
        _ => "reserved",
    }
}

/// MQTT 5.0, table 2-6; 0 to 2 mean other things in a SUBACK, and 0 in a DISCONNECT.
pub(super) const fn code(code: u8, packet: u8) -> &'static str {
    match (code, packet) {
        (0..=2, 9) => suback(code),
        (0x00, 14) => "normal disconnection",
        (0x00, _) => "success",
        (0x04, _) => "disconnect with will message",
        (0x10, _) => "no matching subscribers",
        (0x11, _) => "no subscription existed",
        (0x18, _) => "continue authentication",
        (0x19, _) => "re-authenticate",
        (0x80, _) => "unspecified error",
        (0x81, _) => "malformed packet",
        (0x82, _) => "protocol error",
        (0x83, _) => "implementation specific error",
        (0x84, _) => "unsupported protocol version",
        (0x85, _) => "client identifier not valid",
        (0x86, _) => "bad user name or password",
        (0x87, _) => "not authorized",
        (0x88, _) => "server unavailable",
        (0x89, _) => "server busy",
        (0x8a, _) => "banned",
        (0x8b, _) => "server shutting down",
        (0x8c, _) => "bad authentication method",
        (0x8d, _) => "keep alive timeout",
        (0x8e, _) => "session taken over",
        (0x8f, _) => "topic filter invalid",
        (0x90, _) => "topic name invalid",
        (0x91, _) => "packet identifier in use",
        (0x92, _) => "packet identifier not found",
        (0x93, _) => "receive maximum exceeded",
        (0x94, _) => "topic alias invalid",
        (0x95, _) => "packet too large",
        (0x96, _) => "message rate too high",
        (0x97, _) => "quota exceeded",
        (0x98, _) => "administrative action",
        (0x99, _) => "payload format invalid",
        (0x9a, _) => "retain not supported",
        (0x9b, _) => "QoS not supported",
        (0x9c, _) => "use another server",
        (0x9d, _) => "server moved",
        (0x9e, _) => "shared subscriptions not supported",
        (0x9f, _) => "connection rate exceeded",
        (0xa0, _) => "maximum connect time",
        (0xa1, _) => "subscription identifiers not supported",
        (0xa2, _) => "wildcard subscriptions not supported",
        _ => "unknown code",
    }
}

/// What filters call the reason code of a packet.
pub(super) const fn key(packet: u8) -> &'static str {
    match packet {
        2 => "mqtt.connack.reason_code",
        4 => "mqtt.puback.reason_code",
        5 => "mqtt.pubrec.reason_code",
        6 => "mqtt.pubrel.reason_code",
        7 => "mqtt.pubcomp.reason_code",
        9 => "mqtt.suback.reason_code",
        11 => "mqtt.unsuback.reason_code",
        14 => "mqtt.disconnect.reason_code",
        _ => "mqtt.auth.reason_code",
    }
}
