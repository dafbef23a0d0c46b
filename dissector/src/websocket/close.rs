//! The body of a Close frame, and what each side's API makes of it (RFC 6455 5.5.1 and 7.1.5).
//!
//! Knows one frame's payload, unmasked. What the codes mean stands in [`registry`](super::registry).

use crate::websocket::registry::{CloseMeaning, OnWire, close_code};
use crate::websocket::utf8::{Utf8, Verdict};

/// A Close frame's body, by its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body<'a> {
    /// Nothing: legal, and reported as 1005.
    Empty,
    /// One byte, which cannot hold a code. RFC 6455 5.5.1: "If there is a body, the first two bytes of the
    /// body MUST be a 2-byte unsigned integer".
    OneByte(u8),
    /// A code, and perhaps a reason.
    Code {
        /// The status code.
        code: u16,
        /// What follows it, which "may contain UTF-8-encoded data".
        reason: &'a [u8],
    },
}

impl<'a> Body<'a> {
    /// Reads a payload that is there whole.
    pub fn read(payload: &'a [u8]) -> Self {
        match payload {
            [] => Self::Empty,
            [byte] => Self::OneByte(*byte),
            [high, low, reason @ ..] => Self::Code { code: u16::from_be_bytes([*high, *low]), reason },
        }
    }

    /// The code, where there is one.
    pub const fn code(self) -> Option<u16> {
        match self {
            Self::Code { code, .. } => Some(code),
            Self::Empty | Self::OneByte(_) => None,
        }
    }

    /// The reason's bytes; none without a code.
    pub const fn reason(self) -> &'a [u8] {
        match self {
            Self::Code { reason, .. } => reason,
            Self::Empty | Self::OneByte(_) => &[],
        }
    }

    /// What the code means.
    pub fn meaning(self) -> Option<CloseMeaning> {
        self.code().map(close_code)
    }

    /// Whether the reason is UTF-8 (RFC 6455 5.5.1 and 8.1); an incomplete one is not.
    pub fn reason_verdict(self) -> Verdict {
        Utf8::check(self.reason())
    }

    /// The body as bytes, for tests, samples and replay.
    pub fn write(self) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::OneByte(byte) => vec![byte],
            Self::Code { code, reason } => [&code.to_be_bytes()[..], reason].concat(),
        }
    }
}

/// What the API of one side reports when its connection is over, as a browser's `CloseEvent` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// "The WebSocket connection close code" (RFC 6455 7.1.5).
    pub code: u16,
    /// "The WebSocket connection close reason" (RFC 6455 7.1.6).
    pub reason: String,
    /// Whether the close counts as clean on this account: a Close came that did not fail the connection.
    pub clean: bool,
}

/// What the side reports that received this as its first Close, or none at all.
///
/// A Close that breaks the protocol makes its receiver fail the connection (RFC 6455 7.1.7), and it is
/// as if none had come. Some libraries report the code of their own complaint (1002, 1007) instead of 1006.
pub fn reported(received: Option<Body<'_>>) -> Reported {
    let failed = Reported { code: 1006, reason: String::new(), clean: false };
    match received {
        None | Some(Body::OneByte(_)) => failed,
        // RFC 6455 7.1.5: "If this Close control frame contains no status code, _The WebSocket Connection
        // Close Code_ is considered to be 1005."
        Some(Body::Empty) => Reported { code: 1005, reason: String::new(), clean: true },
        Some(Body::Code { code, reason }) => match core::str::from_utf8(reason) {
            Ok(reason) if close_code(code).on_wire == OnWire::Meant => {
                Reported { code, reason: reason.to_owned(), clean: true }
            }
            _ => failed,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::websocket::utf8::Kind;

    /// RFC 6455 5.5.1 and 7.1.5: the lengths a body can have, and what comes of each.
    #[test]
    fn rfc6455_7_1_5_reported() {
        let cases: [(&[u8], u16, bool); 7] = [
            (b"", 1005, true),
            (b"\x03", 1006, false),
            (b"\x03\xE8", 1000, true),
            (b"\x03\xE9bye", 1001, true),
            (b"\x03\xE8\xFF", 1006, false),
            (b"\x03\xEE", 1006, false),
            (b"\x0F\xA0private", 4000, true),
        ];
        for (payload, code, clean) in cases {
            let body = Body::read(payload);
            assert_eq!(body.write(), payload);
            let seen = reported(Some(body));
            assert_eq!((seen.code, seen.clean), (code, clean), "{payload:?}");
        }
        assert_eq!(reported(None).code, 1006);
        assert_eq!(Body::read(b"\x03\xE8\xE2\x82").reason_verdict(), Verdict::Incomplete { at: 0 });
        let broken = Verdict::Invalid { at: 1, kind: Kind::NeverUsed };
        assert_eq!(Body::read(b"\x03\xE8a\xFF").reason_verdict(), broken);
    }
}
