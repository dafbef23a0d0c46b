//! JSON Web Tokens in the request of an opening handshake, decoded (RFC 7519).
//!
//! Nothing is verified, as no key is known, and of a signature only its length is told: what was read here is no proof of
//! anything, and cannot be used in the token's place.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use dissector::head::{Head, Start};
use dissector::jwt;

/// Where in a request a token stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// In the Authorization header (RFC 6750 2.1).
    Authorization,
    /// In this cookie.
    Cookie(String),
    /// In this parameter of the target (RFC 6750 2.3).
    Parameter(String),
    /// Elsewhere in the target.
    Target,
    /// Among the subprotocols that are offered, which is what browsers leave to those who want to send one.
    Subprotocol,
}

impl Carried {
    /// The word for it: of a header its name, else `query` or `target`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Cookie(_) => "cookie",
            Self::Parameter(_) => "query",
            Self::Target => "target",
            Self::Subprotocol => "sec-websocket-protocol",
        }
    }

    /// The name of the cookie or parameter.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Cookie(name) | Self::Parameter(name) => Some(name),
            _ => None,
        }
    }
}

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Where it stands.
    pub carried: Carried,
    /// Its bytes in the head.
    pub at: Range<usize>,
    /// The text of its header, a JSON object (RFC 7515 4); none where it is not one.
    pub header: Option<String>,
    /// The text of its claims, a JSON object (RFC 7519 4); none where it is not one.
    pub claims: Option<String>,
    /// Characters of its signature; 0 where it has none.
    pub signature: usize,
}

/// Tokens that are looked at in one request.
const MOST: usize = 8;
/// How Kubernetes has one sent: in base64url once more.
const WRAPPED: &[u8] = b"base64url.bearer.authorization.k8s.io.";

/// The tokens of a request, in the order in which they are told apart above.
pub fn tokens(head: &Head) -> Vec<Token> {
    let mut found = Vec::new();
    for line in head.lines_called("authorization") {
        found.extend(within(head, &line.value, |_| Carried::Authorization));
    }
    for line in head.lines_called("cookie") {
        let carried = |before: &[u8]| Carried::Cookie(name(before, b";"));
        found.extend(within(head, &line.value, carried));
    }
    if let Start::Request { target, .. } = &head.start {
        found.extend(within(head, target, |before| match name(before, b"?&;#") {
            name if name.is_empty() => Carried::Target,
            name => Carried::Parameter(name),
        }));
    }
    for line in head.lines_called("sec-websocket-protocol") {
        found.extend(within(head, &line.value, |_| Carried::Subprotocol));
        found.extend(wrapped(head, &line.value));
    }
    found.truncate(MOST);
    found
}

fn within(head: &Head, value: &Range<usize>, carried: impl Fn(&[u8]) -> Carried) -> Vec<Token> {
    let (text, from) = (head.bytes(value), value.start);
    let read = |at: Range<usize>| {
        let carried = carried(text.get(..at.start)?);
        Token::read(text.get(at.clone())?, from + at.start..from + at.end, carried)
    };
    jwt::tokens(text).take(MOST).filter_map(read).collect()
}

/// A token that is in base64url as a whole.
fn wrapped(head: &Head, value: &Range<usize>) -> Option<Token> {
    let text = head.bytes(value);
    let from = memchr::memmem::find(text, WRAPPED)? + WRAPPED.len();
    let rest = text.get(from..)?;
    let inside = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
    let len = rest.iter().take_while(inside).count();
    let bytes = decoded(rest.get(..len)?)?;
    let at = jwt::tokens(&bytes).next()?;
    let place = value.start + from..value.start + from + len;
    Token::read(bytes.get(at)?, place, Carried::Subprotocol)
}

impl Token {
    fn read(token: &[u8], at: Range<usize>, carried: Carried) -> Option<Self> {
        let mut parts = token.split(|byte| *byte == b'.');
        let (header, claims) = (object(parts.next()?), object(parts.next()?));
        let signature = parts.next().map_or(0, <[u8]>::len);
        Some(Self { carried, at, header, claims, signature })
    }

    /// A claim that is a time (RFC 7519 4.1.4: `exp`, `nbf`, `iat`), in seconds since 1970, its fraction left off.
    pub fn time(&self, claim: &str) -> Option<i64> {
        let claims: serde_json::Value = serde_json::from_str(self.claims.as_deref()?).ok()?;
        let time = claims.get(claim)?;
        time.as_i64().or_else(|| time.as_f64().map(|time| time as i64))
    }
}

/// The text of a part, where it is a JSON object.
fn object(part: &[u8]) -> Option<String> {
    let text = String::from_utf8(decoded(part)?).ok()?;
    let is_object = text.trim_start().starts_with('{');
    (is_object && serde_json::from_str::<serde_json::Value>(&text).is_ok()).then_some(text)
}

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

/// The name in front of a value: what stands behind the last of the `marks`, up to its equals sign.
fn name(before: &[u8], marks: &[u8]) -> String {
    let from = before.iter().rposition(|byte| marks.contains(byte)).map_or(0, |at| at + 1);
    let own = before.get(from..).unwrap_or_default();
    let name = own.split(|byte| *byte == b'=').next().unwrap_or_default();
    let named = own.len() > name.len();
    String::from_utf8_lossy(if named { name.trim_ascii() } else { b"" }).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name of the cookie or parameter that a token is the value of.
    #[test]
    fn names_of_values() {
        assert_eq!(name(b"a=b; session=", b";"), "session");
        assert_eq!(name(b"/chat?room=1&access_token=", b"?&;#"), "access_token");
        assert_eq!(name(b"/chat/", b"?&;#"), "");
    }
}
