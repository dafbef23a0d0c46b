//! Server-sent events (WHATWG HTML 9.2.5, 9.2.6): lines of field and value, the lines of `data` joined, and what they
//! say decoded again. Comments and what only sets a time or an id are no events, and are said for what they are.

use std::ops::Range;

use super::choose::decode_inside;
use super::decoded::{Part, short};
use super::field::Value;
use super::input::{Input, Said};
use super::table::{Decoder, Key, number, text};
use super::tree::{Base, Tree};

/// Event streams; no WebSocket carries them.
pub(super) const DECODER: Decoder = Decoder::new(
    "sse",
    "Server-sent events",
    "https://html.spec.whatwg.org/multipage/server-sent-events.html",
    |input, tree| events(input, None, tree),
)
.keys(KEYS);

const KEYS: &[Key] = &[
    text("sse.event", "The name of a server-sent event, as its event field gives it"),
    text("sse.id", "The id that a server-sent event leaves to be asked for behind"),
    number("sse.retry", "Milliseconds that a client waits before it asks for the event stream anew"),
    text("sse.comment", "A comment in an event stream"),
    text("sse.data", "The lines of data of a server-sent event, joined"),
];

/// Reads what the data of an event says; none: by its content.
pub(super) type Inner = Option<fn(&Input<'_>, &mut Tree)>;

/// What stands between two empty lines.
#[derive(Default)]
struct Block {
    at: Range<usize>,
    event: Option<String>,
    id: Option<String>,
    retry: Option<String>,
    comment: Option<String>,
    /// The lines of data, and where each of their bytes stands, with the end.
    data: Vec<u8>,
    places: Vec<u32>,
}

/// Reads events, one of them or several.
pub(super) fn events(input: &Input<'_>, inner: Inner, tree: &mut Tree) {
    let bytes = input.bytes();
    // WHATWG HTML 9.2.5: one byte order mark may stand before the first line.
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut block = Block::default();
    let mut ended = true;
    while at < bytes.len() && tree.more() {
        let rest = bytes.get(at..).unwrap_or_default();
        let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let end = match rest.get(len..) {
            Some([b'\r', b'\n', ..]) => len + 2,
            Some([_, ..]) => len + 1,
            _ => len,
        };
        if len > 0 {
            if ended {
                block = Block { at: at..at, ..Block::default() };
            }
            ended = false;
            block.at.end = at + end;
            block.line(rest.get(..len).unwrap_or_default(), at, tree);
        } else if !ended {
            ended = true;
            std::mem::take(&mut block).say(input, inner, tree);
        }
        at += end;
    }
    if !ended {
        tree.stop(bytes.len(), "no empty line ends the event");
        block.say(input, inner, tree);
    }
}

impl Block {
    /// WHATWG HTML 9.2.6: the name up to the first colon, the value behind it and one space.
    fn line(&mut self, line: &[u8], at: usize, tree: &mut Tree) {
        let colon = memchr::memchr(b':', line).unwrap_or(line.len());
        let (name, rest) = line.split_at(colon);
        let rest = rest.strip_prefix(b":").unwrap_or(rest);
        let value = rest.strip_prefix(b" ").unwrap_or(rest);
        let begin = at + line.len() - value.len();
        let place = begin..at + line.len();
        let said = String::from_utf8_lossy(value);
        match name {
            b"" => {
                tree.text("sse.comment", "Comment", &said, place);
                self.comment.get_or_insert_with(|| said.into_owned());
            }
            b"event" => {
                tree.text("sse.event", "event", &said, place);
                self.event = Some(said.into_owned());
            }
            // "If the field value does not contain U+0000 NULL"
            b"id" if !value.contains(&0) => {
                tree.text("sse.id", "id", &said, place);
                self.id = Some(said.into_owned());
            }
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                match said.parse::<u64>() {
                    Ok(retry) => tree.number("sse.retry", "retry", retry, place),
                    Err(_) => tree.text("", "retry", &said, place),
                }
                self.retry = Some(said.into_owned());
            }
            b"data" => {
                if !self.places.is_empty() {
                    // The end of the line before is the newline between the two.
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
                self.places.extend((begin..=at + line.len()).map(|place| place as u32));
            }
            // "The field is ignored."
            _ => tree.text("", &String::from_utf8_lossy(name), &said, place),
        }
    }

    fn say(self, input: &Input<'_>, inner: Inner, tree: &mut Tree) {
        let Self { at, event, id, retry, comment, data, places } = self;
        // WHATWG HTML 9.2.6: without data nothing is dispatched.
        if places.is_empty() {
            let (kind, said) = match (comment, retry, &id) {
                (Some(comment), ..) => ("comment", comment),
                (None, Some(retry), _) => ("retry", retry),
                (None, None, Some(id)) => ("id", id.clone()),
                (None, None, None) => ("nothing", event.clone().unwrap_or_default()),
            };
            let summary = format!("{kind} {}", short(said.trim())).trim_end().to_owned();
            return tree.part(Part { kind: kind.into(), event, id, summary, at, ..Part::default() });
        }
        let text = std::str::from_utf8(&data).is_ok();
        let before = tree.parts();
        let (first, last) = (places.first().copied().unwrap_or(0), places.last().copied().unwrap_or(0));
        let place = first as usize..last as usize;
        tree.open("", "data", Value::Heading, place.clone());
        // What was joined of several lines stands nowhere as a whole.
        let base = if data.contains(&b'\n') { Base::Nowhere } else { Base::Shifted(0) };
        tree.within(base, |tree| tree.data("sse.data", "Data", &data, place));
        let name = tree.within(Base::Places(places), |tree| match inner {
            Some(inner) => {
                let said = Said { side: input.said.side, text, bytes: &data };
                inner(&Input { said, ..*input }, tree);
                ""
            }
            None => decode_inside(&input.within(text, &data), tree),
        });
        tree.close();
        let mut inside = tree.take_parts(before);
        inside.iter_mut().for_each(|part| part.at = at.clone());
        if inner.is_some() {
            return inside.into_iter().for_each(|part| tree.part(part));
        }
        let said = match inside.first() {
            Some(part) if name != "text" => part.summary.clone(),
            _ => short(&String::from_utf8_lossy(&data)),
        };
        // WHATWG HTML 9.2.6: "message" is the type of an event that names none.
        let event = event.filter(|event| !event.is_empty()).unwrap_or_else(|| "message".into());
        let mut part = Part { kind: "event".into(), id, at, ..Part::default() };
        part.summary = format!("{event} {said}");
        part.event = Some(event);
        if let Some(within) = inside.into_iter().next().filter(|_| name != "text") {
            (part.topic, part.error) = (within.topic, within.error);
        }
        tree.part(part);
    }
}
