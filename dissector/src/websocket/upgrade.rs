//! The opening handshake: facts from a request's and a response's head (RFC 6455 4; RFC 7692 5).
//!
//! Pure functions on [`Head`]s, either of which may be missing. States what was said and what was
//! taken, also where both are wrong.

mod accept;
mod extension;

pub use accept::Proof;
pub use extension::{Extension, Fault, extensions, is_token};

use crate::head::Head;
use crate::websocket::deflate::Params;

/// Whether a request asks for WebSocket: by `Upgrade`, or by headers that only WebSocket has.
pub fn asks(request: &Head) -> bool {
    // RFC 6455 4.2.1: "An |Upgrade| header field containing the value "websocket", treated as an ASCII
    // case-insensitive value."
    request.method().is_some()
        && (request.has_token(UPGRADE, "websocket") || has(request, KEY) || has(request, VERSION))
}

/// Whether a response switches to WebSocket. `asked` says whether the request is known to have asked
/// for it: then a 101 that names no protocol at all counts too.
pub fn answers(response: &Head, asked: bool) -> bool {
    response.status() == Some(101)
        && (response.has_token(UPGRADE, "websocket")
            || has(response, ACCEPT)
            || asked && !has(response, UPGRADE))
}

/// Whether a response claims to switch to WebSocket. A request may name other protocols beside it (RFC 9110 7.8);
/// a switch to one of those is none of ours.
pub fn switches(response: &Head, request: Option<&Head>) -> bool {
    let other = |protocol: &[u8]| {
        !protocol.eq_ignore_ascii_case(b"websocket")
            && request.is_some_and(|request| {
                request.elements(UPGRADE).any(|offered| offered.eq_ignore_ascii_case(protocol))
            })
    };
    response.status() == Some(101) && !response.elements(UPGRADE).any(other)
}

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 4.2.2, step 5.4).
pub fn accept_for(key: &[u8]) -> String {
    Proof::of(key).accept
}

/// What the two sides agreed, as far as it was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Whether the response proves that its sender read the request.
    pub accept: AcceptFact,
    /// `Sec-WebSocket-Version` of the request, as it was written.
    pub version: Option<String>,
    /// The subprotocols that the client offered, in its order.
    pub offered_subprotocols: Vec<String>,
    /// The one that the server took. Of several that it named, the first.
    pub subprotocol: Option<String>,
    /// The extensions that the client offered, in its order.
    pub offered_extensions: Vec<Extension>,
    /// Those that the server took, in its order, which is the order of use (RFC 6455 9.1).
    pub extensions: Vec<Extension>,
    /// The parameters of permessage-deflate, where the server took it.
    pub deflate: Option<Params>,
}

/// `Sec-WebSocket-Accept` against `Sec-WebSocket-Key`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AcceptFact {
    /// They fit.
    Valid,
    /// They do not.
    Mismatch {
        /// What the key asks for.
        expected: String,
        /// What the response held.
        seen: String,
    },
    /// The response has none.
    Missing,
    /// The response, the request or its key was not seen.
    #[default]
    Unknown,
}

impl Agreement {
    /// Reads both heads, or the one that was seen.
    pub fn of(request: Option<&Head>, response: Option<&Head>) -> Self {
        let extensions = response.map(|head| extensions(head.values(EXTENSIONS))).unwrap_or_default();
        Self {
            accept: AcceptFact::of(request, response),
            version: request.and_then(|head| head.values(VERSION).next()).map(text),
            offered_subprotocols: request
                .map(|head| head.elements(PROTOCOL).map(text).collect())
                .unwrap_or_default(),
            subprotocol: response.and_then(|head| head.elements(PROTOCOL).next()).map(text),
            offered_extensions: request
                .map(|head| extension::extensions(head.values(EXTENSIONS)))
                .unwrap_or_default(),
            deflate: extensions.iter().find(|extension| extension.name == Params::NAME).map(Params::read),
            extensions,
        }
    }

    /// Whether the client offered permessage-deflate: where the response was not seen, all there is to go by.
    pub fn offered_deflate(&self) -> bool {
        self.offered_extensions.iter().any(|extension| extension.name == Params::NAME)
    }
}

impl AcceptFact {
    fn of(request: Option<&Head>, response: Option<&Head>) -> Self {
        let Some(response) = response else { return Self::Unknown };
        let Some(seen) = response.values(ACCEPT).next() else { return Self::Missing };
        let Some(key) = request.and_then(|request| request.values(KEY).next()) else { return Self::Unknown };
        if accept::fits(seen, key) {
            return Self::Valid;
        }
        Self::Mismatch { expected: accept_for(key), seen: text(seen) }
    }
}

/// RFC 6455 1.3.
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const UPGRADE: &str = "Upgrade";
const KEY: &str = "Sec-WebSocket-Key";
const ACCEPT: &str = "Sec-WebSocket-Accept";
const VERSION: &str = "Sec-WebSocket-Version";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

fn has(head: &Head, name: &str) -> bool {
    head.values(name).next().is_some()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::{Line, Start};

    /// Heads in shorthand: a start line, and lines of `Name: value`.
    fn head(text: &str) -> Head {
        let place = |part: &str| {
            let at = part.as_ptr() as usize - text.as_ptr() as usize;
            at..at + part.len()
        };
        let mut lines = text.lines();
        let start: Vec<&str> = lines.next().unwrap().splitn(3, ' ').collect();
        let start = match start[..] {
            [version, status, reason] if version.starts_with("HTTP/") => Start::Response {
                version: place(version),
                status: status.parse().unwrap(),
                reason: place(reason),
            },
            [method, target, version] => {
                Start::Request { method: place(method), target: place(target), version: place(version) }
            }
            _ => panic!("no start line"),
        };
        let lines = lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| Line { name: place(name), value: place(value.trim()) })
            .collect();
        Head { at: 0, raw: text.as_bytes().into(), start, lines, origin: crate::head::Origin::Text }
    }

    /// RFC 6455 1.3's pair, and one of another's making.
    #[test]
    fn rfc6455_1_3_accept() {
        assert_eq!(accept_for(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(accept_for(b"AnAv0mlrkNYPvOmRSA+17Q=="), "mGpwMv9XAI8OlFFsQPoynUm3hnA=");
    }

    /// Who asks for WebSocket and who grants it: RFC 6455 4.1, its violations, and other protocols' upgrades.
    #[test]
    fn rfc6455_4_asks_and_answers() {
        for (text, expected) in [
            ("GET / HTTP/1.1\nUpgrade: h2c, WebSocket", true),
            ("GET / HTTP/1.1\nSec-WebSocket-Key: x", true),
            ("GET / HTTP/1.1\nSec-WebSocket-Version: 13", true),
            ("POST /containers/1/attach HTTP/1.1\nUpgrade: tcp\nConnection: Upgrade", false),
            ("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket", false),
        ] {
            assert_eq!(asks(&head(text)), expected, "{text}");
        }
        for (text, asked, expected) in [
            ("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket", false, true),
            ("HTTP/1.1 101 OK\nSec-WebSocket-Accept: x", false, true),
            ("HTTP/1.1 101 OK\nConnection: Upgrade", true, true),
            ("HTTP/1.1 101 OK\nConnection: Upgrade", false, false),
            ("HTTP/1.1 101 UPGRADED\nUpgrade: tcp\nConnection: Upgrade", true, false),
            ("HTTP/1.1 200 OK\nUpgrade: websocket", true, false),
        ] {
            assert_eq!(answers(&head(text), asked), expected, "{text}");
        }
    }

    /// A handshake as browsers make it, whole and with either half missing.
    #[test]
    fn rfc6455_4_2_2_agreement() {
        let request = head(
            "GET /chat HTTP/1.1\nUpgrade: websocket\nSec-WebSocket-Version: 13\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nsec-websocket-protocol: chat, superchat\n\
            Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        );
        let response = head(
            "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\nSec-WebSocket-Protocol: chat\n\
            Sec-WebSocket-Extensions: x\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10",
        );
        let both = Agreement::of(Some(&request), Some(&response));
        assert_eq!(both.accept, AcceptFact::Valid);
        assert_eq!((both.version.as_deref(), both.subprotocol.as_deref()), (Some("13"), Some("chat")));
        assert_eq!(both.offered_subprotocols, ["chat", "superchat"]);
        assert_eq!(both.extensions.len(), 2);
        assert_eq!(both.deflate.unwrap().max_window_bits(crate::ids::Side::Server), 10);

        let half = Agreement::of(Some(&request), None);
        assert!(half.offered_deflate() && half.deflate.is_none());
        assert_eq!(half.accept, AcceptFact::Unknown);
        assert_eq!(Agreement::of(None, Some(&response)).accept, AcceptFact::Unknown);
        let bare = head("HTTP/1.1 101 OK\nUpgrade: websocket");
        assert_eq!(Agreement::of(Some(&request), Some(&bare)).accept, AcceptFact::Missing);
        let wrong = head("HTTP/1.1 101 OK\nSec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        let AcceptFact::Mismatch { expected, .. } = Agreement::of(Some(&request), Some(&wrong)).accept else {
            panic!("base64 compares with case")
        };
        assert_eq!(expected, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
