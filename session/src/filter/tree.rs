//! From a line of the detail tree to a filter that holds for what is like it; and filters put together.

use std::net::IpAddr;

use dissector::websocket::mask::unmask;

use super::field::{Field, Read};
use super::fields::field;
use super::value::Kind;
use crate::detail::{Detail, Node, PayloadKind};

/// How a new condition is put to a filter that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// In its place.
    Instead,
    /// The opposite, in its place.
    Not,
    /// Both must hold.
    And,
    /// One must hold.
    Or,
    /// The one must hold and the other not.
    AndNot,
}

impl Join {
    /// All of them with their words on screen.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Instead, "Apply as filter"),
        (Self::Not, "Apply as filter, negated"),
        (Self::And, "Add to filter with and"),
        (Self::Or, "Add to filter with or"),
        (Self::AndNot, "Add to filter with and not"),
    ];

    /// Puts a condition to what is there.
    pub fn join(self, there: &str, condition: &str) -> String {
        let there = there.trim();
        let bracketed = |text: &str| match simple(text) {
            true => text.to_owned(),
            false => format!("({text})"),
        };
        match self {
            Self::Instead => condition.to_owned(),
            Self::Not => format!("!({condition})"),
            _ if there.is_empty() => {
                if self == Self::AndNot {
                    format!("!({condition})")
                } else {
                    condition.to_owned()
                }
            }
            Self::And => format!("{} && {}", bracketed(there), bracketed(condition)),
            Self::Or => format!("{} || {}", bracketed(there), bracketed(condition)),
            Self::AndNot => format!("{} && !({condition})", bracketed(there)),
        }
    }
}

/// Whether a filter may stand beside another without brackets.
fn simple(text: &str) -> bool {
    !["||", "&&", "^^", " or ", " and ", " xor "].iter().any(|sign| text.contains(sign))
}

/// Names of tree lines that stand for a field of another name.
const OTHERS: &[(&str, &str)] = &[
    ("tls.handshake.extensions_server_name", "ws.tls.sni"),
    ("tls.handshake.ciphersuite", "ws.tls.cipher"),
    ("http2.streamid", "ws.http2.stream"),
    ("ws.context", "ws.message"),
];

/// Headers that have a field of their own.
const HEADERS: &[(&str, &str)] = &[
    ("host", "http.host"),
    (":authority", "http.host"),
    (":path", "http.request.uri"),
    (":method", "http.request.method"),
    (":status", "http.response.code"),
    ("user-agent", "http.user_agent"),
    ("cookie", "http.cookie"),
    ("authorization", "http.authorization"),
    ("referer", "http.referer"),
    ("origin", "ws.origin"),
    ("server", "http.server"),
    ("sec-websocket-key", "http.sec_websocket_key"),
    ("sec-websocket-version", "http.sec_websocket_version"),
    ("sec-websocket-accept", "http.sec_websocket_accept"),
];

/// A filter that holds for rows which are like a line of the tree; nothing for lines that no field stands for.
pub fn of_line(detail: &Detail, path: &[usize]) -> Option<String> {
    let node = detail.node(path)?;
    if matches!(node.name, "http.header" | "http2.header") {
        return Some(of_header(detail, path, node));
    }
    if node.name == "http.request.line" {
        return of_start(&node.value);
    }
    if node.flag.is_some() {
        return Some(format!("ws.finding == {}", quoted(&node.value)));
    }
    let name = match OTHERS.iter().find(|(name, _)| *name == node.name) {
        Some((_, other)) => other,
        // What is said in a binary message is no text.
        None if node.name == "ws.text" && detail.payload.kind == PayloadKind::Binary => "ws.content",
        None => node.name,
    };
    let field = field(name)?;
    let said = || literal(detail, node, field);
    Some(match node.literal.clone().map_or_else(said, |literal| Some(literal).filter(|it| !it.is_empty())) {
        Some(literal) => format!("{name} == {literal}"),
        None => name.to_owned(),
    })
}

/// Of a head's start line: `GET /chat HTTP/1.1`, `HTTP/1.1 101 Switching Protocols`.
fn of_start(line: &str) -> Option<String> {
    let mut words = line.split(' ');
    let (first, second) = (words.next()?, words.next()?);
    Some(match first.starts_with("HTTP/") {
        true => format!("http.response.code == {}", second.parse::<u16>().ok()?),
        false => format!("http.request.uri == {}", quoted(second)),
    })
}

fn of_header(detail: &Detail, path: &[usize], node: &Node) -> String {
    let label = node.label.to_ascii_lowercase();
    if let Some((_, name)) = HEADERS.iter().find(|(header, _)| *header == label) {
        let text = field(name).is_none_or(|field| field.kind == Kind::Text);
        return format!("{name} == {}", if text { quoted(&node.value) } else { node.value.clone() });
    }
    let response = path
        .first()
        .and_then(|first| detail.tree.get(*first))
        .is_some_and(|root| root.name == "http.response")
        || (1..path.len())
            .any(|len| detail.node(&path[..len]).is_some_and(|node| node.name == "http.response"));
    let line = if response { "http.response.line" } else { "http.request.line" };
    format!("{line} contains {}", quoted(&format!("{}: {}", node.label, node.value)))
}

/// The longest text or run of bytes that is written out.
const LONGEST: usize = 120;

fn literal(detail: &Detail, node: &Node, field: &Field) -> Option<String> {
    let word = node.value.split([' ', ',']).next().unwrap_or_default();
    let bytes = bytes(detail, node);
    let bytes = || bytes.as_deref();
    match field.kind {
        Kind::Presence | Kind::Layer | Kind::Json | Kind::Duration => None,
        // Its line stands for the bytes that inflate to it.
        Kind::Bytes if field.name == "ws.inflated" => None,
        Kind::Flag => Some(match node.value.as_str() {
            "not set" | "0" | "false" | "not valid" => "false".to_owned(),
            _ => "true".to_owned(),
        }),
        Kind::Number => {
            let named = field.names.iter().find(|(_, name)| node.value.starts_with(name));
            named
                .map(|(number, _)| number.to_string())
                .or_else(|| binary(node))
                .or_else(|| number(&node.value))
        }
        Kind::Time => Some(quoted(&node.value)),
        Kind::Address => word.parse::<IpAddr>().ok().map(|address| address.to_string()),
        Kind::Mac => Some(word.to_owned()).filter(|word| word.len() == 17),
        // Where it stands it may be escaped, or in base64.
        Kind::Text if matches!(field.read, Read::Said(..)) => {
            Some(quoted(&node.value)).filter(|_| node.value.len() <= LONGEST)
        }
        Kind::Text => match bytes().map(|bytes| (bytes.len(), std::str::from_utf8(bytes))) {
            Some((len, Ok(text))) if len <= LONGEST => Some(quoted(text)),
            Some(_) => None,
            None => Some(quoted(&node.value)),
        },
        Kind::Bytes => bytes().filter(|bytes| !bytes.is_empty() && bytes.len() <= LONGEST).map(colons),
    }
}

/// The number of a line that is written bit by bit: `100`.
fn binary(node: &Node) -> Option<String> {
    let place = node.place.filter(|place| place.bits.len > 1 && place.bits.len == node.value.len() as u64)?;
    let bits = place.bits.len <= 8 && node.value.bytes().all(|bit| matches!(bit, b'0' | b'1'));
    u8::from_str_radix(&node.value, 2).ok().filter(|_| bits).map(|number| number.to_string())
}

/// The bytes that a line stands for, unmasked where they are masked.
fn bytes(detail: &Detail, node: &Node) -> Option<Vec<u8>> {
    let place = node.place?;
    let range = place.touched();
    let mut bytes = detail.tabs.get(place.tab)?.bytes.get(range.clone())?.to_vec();
    for frame in &detail.frames {
        let payload = frame.range.start + frame.header.len();
        // What lies above the frame has no mask any more.
        let below = place.tab <= frame.tab;
        let inside = detail.map(place.tab, range.clone(), frame.tab).filter(|_| below);
        let Some(inside) = inside else { continue };
        if let Some(key) = frame.header.mask
            && payload <= inside.start
            && inside.end <= frame.range.end
            && inside.len() == bytes.len()
        {
            unmask(&mut bytes, key, (inside.start - payload) as u64);
            break;
        }
    }
    Some(bytes)
}

/// The number that a value says: `1,204 bytes`, `text (0x1)`, `TCP (6)`, `0x0800`.
fn number(value: &str) -> Option<String> {
    let inside = value.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let word = |text: &str| text.split(' ').next().unwrap_or_default().replace(',', "");
    [Some(value), inside].into_iter().flatten().map(word).find(|word| super::literal::number(word).is_some())
}

/// Text as a filter writes it.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if u32::from(other) < 0x20 => quoted.push_str(&format!("\\x{:02x}", u32::from(other))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn colons(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // A single byte without a colon would be a number.
    if let [only] = pairs.as_slice() { format!("{only}:") } else { pairs.join(":") }
}
