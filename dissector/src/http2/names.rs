//! The IANA registries of HTTP/2 for error codes and settings as tables, one entry a line (RFC 9113 11).
//!
//! Names, meanings and references only: whether something may be sent is said by rules.

use core::fmt;

/// An error code of RST_STREAM or GOAWAY; all values can be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(pub u32);

/// An identifier in SETTINGS; all values can be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Setting(pub u16);

/// An entry of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<K> {
    /// What stands on the wire.
    pub key: K,
    /// What it is called.
    pub name: &'static str,
    /// One sentence for people, without a final period.
    pub says: &'static str,
    /// Where it is defined.
    pub reference: &'static str,
}

const fn entry<K: Copy>(key: K, name: &'static str, reference: &'static str, says: &'static str) -> Entry<K> {
    Entry { key, name, says, reference }
}

impl ErrorCode {
    /// The end without an error.
    pub const NO_ERROR: Self = Self(0x0);
    /// A breach without a name of its own.
    pub const PROTOCOL_ERROR: Self = Self(0x1);
    /// A fault of the sender's own.
    pub const INTERNAL_ERROR: Self = Self(0x2);
    /// A breach of flow control.
    pub const FLOW_CONTROL_ERROR: Self = Self(0x3);
    /// SETTINGS were not acknowledged.
    pub const SETTINGS_TIMEOUT: Self = Self(0x4);
    /// A frame on a stream that is half-closed.
    pub const STREAM_CLOSED: Self = Self(0x5);
    /// A frame of a wrong length.
    pub const FRAME_SIZE_ERROR: Self = Self(0x6);
    /// A request that was not acted on.
    pub const REFUSED_STREAM: Self = Self(0x7);
    /// No longer wanted.
    pub const CANCEL: Self = Self(0x8);
    /// The field compression was lost.
    pub const COMPRESSION_ERROR: Self = Self(0x9);
    /// The connection of a CONNECT broke.
    pub const CONNECT_ERROR: Self = Self(0xA);
    /// Too much was asked for.
    pub const ENHANCE_YOUR_CALM: Self = Self(0xB);
    /// The transport below is not safe enough.
    pub const INADEQUATE_SECURITY: Self = Self(0xC);
    /// To be asked again in HTTP/1.1.
    pub const HTTP_1_1_REQUIRED: Self = Self(0xD);

    /// Its entry in [`ERROR_CODES`].
    pub fn entry(self) -> Option<&'static Entry<Self>> {
        ERROR_CODES.iter().find(|entry| entry.key == self)
    }

    /// `NO_ERROR` and so on, or `unknown`.
    pub fn name(self) -> &'static str {
        self.entry().map_or("unknown", |entry| entry.name)
    }
}

/// Error codes, in rising order.
#[rustfmt::skip]
pub const ERROR_CODES: &[Entry<ErrorCode>] = &[
    entry(ErrorCode::NO_ERROR,            "NO_ERROR",            "RFC 9113 7", "Nothing went wrong; the stream or the connection simply ends"),
    entry(ErrorCode::PROTOCOL_ERROR,      "PROTOCOL_ERROR",      "RFC 9113 7", "The peer broke the protocol in a way that has no code of its own"),
    entry(ErrorCode::INTERNAL_ERROR,      "INTERNAL_ERROR",      "RFC 9113 7", "The endpoint itself failed"),
    entry(ErrorCode::FLOW_CONTROL_ERROR,  "FLOW_CONTROL_ERROR",  "RFC 9113 7", "The peer sent more than the window allowed, or made the window too large"),
    entry(ErrorCode::SETTINGS_TIMEOUT,    "SETTINGS_TIMEOUT",    "RFC 9113 7", "The peer did not acknowledge SETTINGS in time"),
    entry(ErrorCode::STREAM_CLOSED,       "STREAM_CLOSED",       "RFC 9113 7", "A frame came on a stream that its sender had ended"),
    entry(ErrorCode::FRAME_SIZE_ERROR,    "FRAME_SIZE_ERROR",    "RFC 9113 7", "A frame had a length that its type does not allow"),
    entry(ErrorCode::REFUSED_STREAM,      "REFUSED_STREAM",      "RFC 9113 7", "The endpoint did nothing with the request, which can be sent again"),
    entry(ErrorCode::CANCEL,              "CANCEL",              "RFC 9113 7", "The stream is no longer wanted"),
    entry(ErrorCode::COMPRESSION_ERROR,   "COMPRESSION_ERROR",   "RFC 9113 7", "The state of field compression cannot be kept up"),
    entry(ErrorCode::CONNECT_ERROR,       "CONNECT_ERROR",       "RFC 9113 7", "The connection that a CONNECT request asked for was reset or abnormally closed"),
    entry(ErrorCode::ENHANCE_YOUR_CALM,   "ENHANCE_YOUR_CALM",   "RFC 9113 7", "The peer behaves in a way that might cost too much"),
    entry(ErrorCode::INADEQUATE_SECURITY, "INADEQUATE_SECURITY", "RFC 9113 7", "The transport below does not meet the minimum of security"),
    entry(ErrorCode::HTTP_1_1_REQUIRED,   "HTTP_1_1_REQUIRED",   "RFC 9113 7", "The request has to be sent over HTTP/1.1, as WebSocket has where RFC 8441 is not offered"),
];

impl Setting {
    /// The greatest dynamic table of the peer's encoder.
    pub const HEADER_TABLE_SIZE: Self = Self(0x1);
    /// Whether the server may push.
    pub const ENABLE_PUSH: Self = Self(0x2);
    /// How many streams the peer may have open.
    pub const MAX_CONCURRENT_STREAMS: Self = Self(0x3);
    /// The window that a stream begins with.
    pub const INITIAL_WINDOW_SIZE: Self = Self(0x4);
    /// The greatest payload that is taken.
    pub const MAX_FRAME_SIZE: Self = Self(0x5);
    /// The greatest field section that is taken.
    pub const MAX_HEADER_LIST_SIZE: Self = Self(0x6);
    /// Whether Extended CONNECT, and so WebSocket, is offered.
    pub const ENABLE_CONNECT_PROTOCOL: Self = Self(0x8);
    /// Whether the old priorities are not used.
    pub const NO_RFC7540_PRIORITIES: Self = Self(0x9);
    /// Microsoft's renegotiation of TLS.
    pub const TLS_RENEG_PERMITTED: Self = Self(0x10);

    /// Its entry in [`SETTINGS`].
    pub fn entry(self) -> Option<&'static Entry<Self>> {
        SETTINGS.iter().find(|entry| entry.key == self)
    }

    /// `SETTINGS_HEADER_TABLE_SIZE` and so on, or `unknown`.
    pub fn name(self) -> &'static str {
        self.entry().map_or("unknown", |entry| entry.name)
    }
}

/// Settings, in rising order.
#[rustfmt::skip]
pub const SETTINGS: &[Entry<Setting>] = &[
    entry(Setting::HEADER_TABLE_SIZE,       "SETTINGS_HEADER_TABLE_SIZE",       "RFC 9113 6.5.2", "How large a dynamic table the peer's encoder may use, in bytes; 4,096 at first"),
    entry(Setting::ENABLE_PUSH,             "SETTINGS_ENABLE_PUSH",             "RFC 9113 6.5.2", "Whether the server may push; 1 at first"),
    entry(Setting::MAX_CONCURRENT_STREAMS,  "SETTINGS_MAX_CONCURRENT_STREAMS",  "RFC 9113 6.5.2", "How many streams the peer may have open at a time; without limit at first"),
    entry(Setting::INITIAL_WINDOW_SIZE,     "SETTINGS_INITIAL_WINDOW_SIZE",     "RFC 9113 6.5.2", "How many bytes the peer may send on a new stream before it is allowed more; 65,535 at first"),
    entry(Setting::MAX_FRAME_SIZE,          "SETTINGS_MAX_FRAME_SIZE",          "RFC 9113 6.5.2", "How long a payload the peer may send, in bytes; 16,384 at first"),
    entry(Setting::MAX_HEADER_LIST_SIZE,    "SETTINGS_MAX_HEADER_LIST_SIZE",    "RFC 9113 6.5.2", "How large a field section is taken, in bytes before compression; without limit at first"),
    entry(Setting::ENABLE_CONNECT_PROTOCOL, "SETTINGS_ENABLE_CONNECT_PROTOCOL", "RFC 8441 3",     "Whether the server takes Extended CONNECT, by which WebSocket is opened on a stream; 0 at first"),
    entry(Setting::NO_RFC7540_PRIORITIES,   "SETTINGS_NO_RFC7540_PRIORITIES",   "RFC 9218 2.1",   "Whether the sender does without the priorities of RFC 7540; 0 at first"),
    entry(Setting::TLS_RENEG_PERMITTED,     "TLS_RENEG_PERMITTED",              "MS-HTTP2E",      "Whether TLS may be renegotiated, an extension of Microsoft's"),
];

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#x})", self.name(), self.0)
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#x})", self.name(), self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lookups find every entry, the keys rise, and unknown ones have a name too.
    #[test]
    fn rfc9113_7_and_6_5_2_tables() {
        assert!(ERROR_CODES.iter().enumerate().all(|(index, entry)| entry.key.0 as usize == index));
        assert!(SETTINGS.windows(2).all(|pair| pair[0].key < pair[1].key));
        assert!(SETTINGS.iter().all(|entry| entry.key.entry() == Some(entry)));
        assert!(ERROR_CODES.iter().all(|entry| !entry.says.ends_with('.')));
        assert_eq!(
            format!("{:?} {:?}", ErrorCode(0xD), ErrorCode(0xE)),
            "HTTP_1_1_REQUIRED(0xd) unknown(0xe)"
        );
        assert_eq!(Setting(8).name(), "SETTINGS_ENABLE_CONNECT_PROTOCOL");
        assert_eq!(Setting(7).name(), "unknown");
    }
}
