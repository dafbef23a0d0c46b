//! STOMP 1.0, 1.1 and 1.2: frames of a command, headers, and a body that ends with NUL; a newline alone is a heartbeat.

mod stream;

use std::borrow::Cow;

use super::choose::decode_inside;
use super::decoded::{Exchange, Part, Role, short};
use super::field::Value;
use super::input::{Input, Said};
use super::joined::Step;
use super::plain::begun;
use super::table::{Decoder, Key, anything, number, text};
use super::tree::{Base, Tree};

pub(super) const DECODER: Decoder =
    Decoder::new("stomp", "STOMP", "https://stomp.github.io/stomp-specification-1.2.html", decode)
        .tokens(&["v12.stomp", "v11.stomp", "v10.stomp"])
        .first(|facts| facts.first.iter().flatten().next().is_some_and(|(_, bytes)| begins(bytes)))
        .content(|said: Said<'_>| begins(said.bytes))
        .keys(KEYS);

const KEYS: &[Key] = &[
    text("stomp.command", "The command of a STOMP frame"),
    text("stomp.header", "A header of a STOMP frame, as name:value"),
    text("stomp.destination", "The destination of a STOMP frame"),
    text("stomp.subscription", "The subscription that a MESSAGE or ACK belongs to"),
    text("stomp.message_id", "The id of a MESSAGE"),
    text("stomp.receipt", "The receipt that a frame asks for, or that a RECEIPT is"),
    text("stomp.content_type", "The media type of the body"),
    number("stomp.content_length", "The octets of the body, as the frame says"),
    anything("stomp.body", "The body of a STOMP frame"),
];

/// The commands of STOMP 1.2 and, of 1.0 and 1.1, those that it has no more.
const COMMANDS: [&str; 16] = [
    "CONNECT",
    "STOMP",
    "CONNECTED",
    "SEND",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "ACK",
    "NACK",
    "BEGIN",
    "COMMIT",
    "ABORT",
    "DISCONNECT",
    "MESSAGE",
    "RECEIPT",
    "ERROR",
    "COMMITTED",
];

/// Headers that have a field of their own.
const HEADERS: [(&str, &str); 8] = [
    ("destination", "stomp.destination"),
    ("subscription", "stomp.subscription"),
    ("message-id", "stomp.message_id"),
    ("receipt", "stomp.receipt"),
    ("receipt-id", "stomp.receipt"),
    ("content-type", "stomp.content_type"),
    ("id", "stomp.header"),
    ("version", "stomp.header"),
];

fn command(line: &[u8]) -> Option<&'static str> {
    COMMANDS.into_iter().find(|command| line == command.as_bytes())
}

fn begins(bytes: &[u8]) -> bool {
    let end = bytes.iter().take(16).position(|byte| *byte == b'\n');
    let line = end.and_then(|end| bytes.get(..end)).unwrap_or_default();
    command(line.strip_suffix(b"\r").unwrap_or(line)).is_some()
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let open = stream::open(input);
    let known = open.bytes.len();
    if known == 0 {
        return frames(input, bytes, tree);
    }
    let whole = [open.bytes.as_slice(), bytes].concat();
    if stream::measure(&whole) == Step::Begun {
        let title =
            Lines { bytes: &whole, at: 0 }.next().and_then(|(_, line)| command(line)).unwrap_or_default();
        let summary = format!("part of {title}, {} bytes so far", whole.len());
        tree.data("", "Part of a frame", bytes, 0..bytes.len());
        return tree.part(Part { kind: "part".into(), summary, at: 0..bytes.len(), ..Part::default() });
    }
    tree.within(Base::Shifted(-(known as isize)), |tree| frames(input, &whole, tree));
}

/// The frames of some bytes, and the heartbeats between them.
fn frames(input: &Input<'_>, bytes: &[u8], tree: &mut Tree) {
    let mut at = 0;
    while at < bytes.len() && tree.more() {
        let rest = bytes.get(at..).unwrap_or_default();
        // Newlines between frames are heartbeats, but for those right behind a frame, which may be its own.
        let eol = stream::eol(rest);
        if eol > 0 {
            if at == 0 {
                tree.text("", "Heartbeat", "end of line", 0..eol);
                tree.part(Part {
                    kind: "heartbeat".into(),
                    summary: "heartbeat".into(),
                    at: 0..eol,
                    ..Part::default()
                });
            }
            at += eol;
            continue;
        }
        match frame(input, rest, at, tree) {
            Some(len) => at += len,
            None => return,
        }
    }
}

/// One header: its line's place in the frame, and the value's.
struct Header<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
    line: &'a [u8],
    at: usize,
}

/// Reads a frame; gives its length where it is whole.
fn frame<'b>(input: &Input<'_>, bytes: &'b [u8], at: usize, tree: &mut Tree) -> Option<usize> {
    let mut lines = Lines { bytes, at: 0 };
    let name = lines.next().map(|(_, line)| line);
    let Some(title) = name.and_then(command) else {
        let whole = name.is_some() || bytes.len() > 16;
        tree.stop(at, if whole { "no command of STOMP" } else { "the frame's command is not complete" });
        return None;
    };
    // STOMP 1.2, "Value Encoding": frames of CONNECT and CONNECTED do not escape.
    let escaped = !matches!(title, "CONNECT" | "CONNECTED");
    let mut headers = Vec::new();
    let body = loop {
        match lines.next() {
            Some((_, [])) => break Some(lines.at),
            Some((at, line)) => {
                let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
                let read = |part: Option<&'b [u8]>| {
                    let text = String::from_utf8_lossy(part.unwrap_or_default());
                    if escaped && text.contains('\\') { Cow::Owned(unescape(&text)) } else { text }
                };
                headers.push(Header {
                    name: read(line.get(..colon)),
                    value: read(line.get(colon + 1..)),
                    line,
                    at,
                });
            }
            None => break None,
        }
        if headers.len() >= MOST {
            break None;
        }
    };
    // A header that comes twice counts as it came first.
    let of =
        |name: &str| headers.iter().find(|header| header.name == name).map(|header| header.value.as_ref());
    let length: Option<usize> = of("content-length").and_then(|length| length.trim().parse().ok());
    let rest = body.and_then(|body| bytes.get(body..)).unwrap_or_default();
    let found = match length {
        Some(length) => (rest.get(length) == Some(&0)).then_some(length),
        None => memchr::memchr(0, rest),
    };
    let content = found.and_then(|len| rest.get(..len)).unwrap_or(rest);
    let end = body.unwrap_or(bytes.len()) + content.len() + usize::from(found.is_some());
    let part = part(title, &of, content, at..at + end, tree);
    tree.part(part);
    if tree.full() {
        tree.within(Base::Shifted(at as isize), |tree| {
            tree.open("", title, Value::Heading, 0..end);
            tree.text("stomp.command", "Command", title, 0..title.len());
            for header in &headers {
                let place = header.at..header.at + header.line.len();
                let key = HEADERS.iter().find(|(name, _)| *name == header.name).map_or("", |(_, key)| key);
                match header.value.parse::<u64>() {
                    Ok(number) if header.name == "content-length" => {
                        tree.number("stomp.content_length", &header.name, number, place);
                    }
                    _ => tree.text(
                        if key == "stomp.header" { "" } else { key },
                        &header.name,
                        &header.value,
                        place,
                    ),
                }
            }
            if let Some(body) = body.filter(|_| !content.is_empty()) {
                inside(input, content, body, tree);
            }
            tree.close();
        });
    }
    match (body, length) {
        _ if found.is_some() => return Some(end),
        (None, _) if headers.len() >= MOST => tree.limit("only the first 1,000 headers are listed"),
        (None, _) => tree.stop(at + bytes.len(), "the frame's headers end with the message"),
        (_, Some(length)) if length < rest.len() => {
            tree.stop(at + end, "no NUL where content-length says that the body ends");
        }
        _ => tree.stop(at + bytes.len(), "the frame's body ends with the message, without NUL"),
    }
    None
}

/// Headers of a frame.
const MOST: usize = 1_000;

fn part<'h>(
    title: &'static str,
    of: &dyn Fn(&str) -> Option<&'h str>,
    content: &[u8],
    at: std::ops::Range<usize>,
    tree: &Tree,
) -> Part {
    let topic = of("destination").map(str::to_owned);
    let id = ["message-id", "receipt-id", "receipt", "id"].into_iter().find_map(of).map(str::to_owned);
    let asks = |key: String, role| Some(Exchange { key: key.into_bytes(), role });
    let exchange = match title {
        "CONNECT" | "STOMP" => asks("connect".into(), Role::Asks),
        "CONNECTED" => asks("connect".into(), Role::Answers),
        "RECEIPT" => of("receipt-id").and_then(|id| asks(format!("receipt {id}"), Role::Answers)),
        // An ERROR answers the frame whose receipt it names.
        "ERROR" => of("receipt-id").and_then(|id| asks(format!("receipt {id}"), Role::Answers)),
        // Whether it is to be acknowledged only its subscription says, and by one ACK several may be.
        "MESSAGE" => of("ack").or(of("message-id")).and_then(|id| asks(format!("ack {id}"), Role::Offers)),
        "ACK" | "NACK" => {
            of("id").or(of("message-id")).and_then(|id| asks(format!("ack {id}"), Role::Answers))
        }
        _ => of("receipt").and_then(|id| asks(format!("receipt {id}"), Role::Asks)),
    };
    let error = (title == "ERROR").then(|| of("message").unwrap_or("ERROR").to_owned());
    let mut part =
        Part { kind: title.into(), event: None, topic, id, exchange, error, summary: String::new(), at };
    if tree.tells() {
        part.summary = line(title, of, &part, content);
    }
    part
}

fn line<'h>(title: &str, of: &dyn Fn(&str) -> Option<&'h str>, part: &Part, content: &[u8]) -> String {
    let about = match title {
        "CONNECT" | "STOMP" => of("host").unwrap_or_default().to_owned(),
        "CONNECTED" => of("server").or(of("version")).unwrap_or_default().to_owned(),
        "ERROR" => part.error.clone().unwrap_or_default(),
        _ => part.topic.clone().or(part.id.clone()).unwrap_or_default(),
    };
    let said = match std::str::from_utf8(content.get(..400).unwrap_or(content)) {
        Ok(text) => short(text),
        Err(_) => begun(content),
    };
    short(&[title, &about, &said].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" "))
}

/// The body, decoded again where it is something that is known.
fn inside(input: &Input<'_>, content: &[u8], at: usize, tree: &mut Tree) {
    tree.data("stomp.body", "Body", content, at..at + content.len());
    let text = simdutf8::basic::from_utf8(content).is_ok();
    let within = input.within(text, content);
    let before = tree.parts();
    if text && super::by_content(within.said).name != "text" {
        tree.within(Base::Shifted(at as isize), |tree| decode_inside(&within, tree));
    }
    tree.take_parts(before);
}

/// STOMP 1.2, "Value Encoding": `\r`, `\n`, `\c` and `\\`; 1.1 has the last three.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(next @ ('r' | 'n' | 'c' | '\\'))) => {
                chars.next();
                out.push(match next {
                    'r' => '\r',
                    'n' => '\n',
                    'c' => ':',
                    _ => '\\',
                });
            }
            _ => out.push(c),
        }
    }
    out
}

/// Lines that end with LF, perhaps with CR before it, each with its place.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<(usize, &'a [u8])> {
        let rest = self.bytes.get(self.at..)?;
        let len = memchr::memchr(b'\n', rest)?;
        let (start, line) = (self.at, rest.get(..len)?);
        self.at += len + 1;
        Some((start, line.strip_suffix(b"\r").unwrap_or(line)))
    }
}
