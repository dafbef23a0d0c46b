//! SockJS over WebSocket: the server's frames `o`, `h`, `a[…]`, `m"…"` and `c[…]`, and the client's arrays of strings.
//!
//! Every message in them is a string of JSON; what it says is decoded again, each byte leading back through its escapes.

use super::choose::decode_inside;
use super::decoded::{Part, short};
use super::input::{Facts, Input};
use super::json::{self, Json};
use super::table::{Decoder, Key, number, text};
use super::tree::{Base, Tree};
use crate::ids::Side;

pub(super) const DECODER: Decoder = Decoder::new(
    "sockjs",
    "SockJS",
    "https://sockjs.github.io/sockjs-protocol/sockjs-protocol-0.3.3.html",
    decode,
)
.first(begins)
.keys(KEYS);

const KEYS: &[Key] = &[
    text("sockjs.type", "The type of a SockJS frame of the server: o, h, a, m or c"),
    text("sockjs.message", "A message in a SockJS frame"),
    number("sockjs.close.code", "The code of a SockJS close frame"),
    text("sockjs.close.reason", "The reason of a SockJS close frame"),
];

/// `/prefix/<server>/<session>/websocket`, where the server's first message is the open frame.
fn begins(facts: &Facts) -> bool {
    let mut segments = facts.path().rsplit('/');
    let placed = segments.next() == Some("websocket")
        && segments.by_ref().take(2).filter(|segment| !segment.is_empty() && !segment.contains('.')).count()
            == 2;
    let opens = facts.first_of(Side::Server).next().map(|said| said.bytes == b"o");
    opens.unwrap_or(
        placed && facts.first_of(Side::Client).next().is_some_and(|said| said.bytes.starts_with(b"[\"")),
    )
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    if input.said.side == Side::Client {
        return messages(input, bytes, 0, "message", tree);
    }
    let Some((first, rest)) = bytes.split_first() else { return tree.stop(0, "no frame type") };
    let (letter, name) = match first {
        b'o' => ("o", "open"),
        b'h' => ("h", "heartbeat"),
        b'a' => ("a", "array"),
        b'm' => ("m", "message"),
        b'c' => ("c", "close"),
        _ => return tree.stop(0, "no frame type of SockJS"),
    };
    tree.text("sockjs.type", "Type", letter, 0..1);
    match letter {
        "a" | "m" => return messages(input, rest, 1, name, tree),
        "c" => return close(rest, tree),
        _ if !rest.is_empty() => tree.stop(1, "more comes behind the frame's type"),
        _ => {}
    }
    tree.part(Part { kind: name.into(), summary: name.into(), at: 0..bytes.len(), ..Part::default() });
}

fn close(rest: &[u8], tree: &mut Tree) {
    let mut elements = Json::outer(rest).into_iter().flat_map(Json::elements);
    let (code, reason) = (elements.next(), elements.next());
    let said = |value: Option<Json<'_>>| value.map(Json::word).unwrap_or_default();
    let summary = format!("close {} {}", said(code), short(&said(reason))).trim_end().to_owned();
    let id = code.map(Json::word);
    tree.part(Part { kind: "close".into(), id, summary, at: 0..rest.len() + 1, ..Part::default() });
    if tree.full() {
        let names: json::Names<'_> = &[("0", "sockjs.close.code"), ("1", "sockjs.close.reason")];
        tree.within(Base::Shifted(1), |tree| json::content(tree, rest, "Close", names));
    }
}

/// The messages of an array of strings, or the one string of an `m` frame.
fn messages(input: &Input<'_>, text: &[u8], at: usize, kind: &'static str, tree: &mut Tree) {
    let Some(value) = Json::outer(text) else { return tree.stop(at, "no JSON behind the frame's type") };
    if tree.tells()
        && let Err(stopped) = json::check(text)
    {
        tree.stop(at + stopped.at, stopped.why);
    }
    tree.within(Base::Shifted(at as isize), |tree| {
        let mut any = false;
        // What libraries send for a single message is a lone string as well.
        let single = value.is_string().then(|| Json::read(text, 0)).flatten();
        for element in value.elements().chain(single) {
            any = true;
            if !tree.more() {
                break;
            }
            if tree.is_full() {
                tree.limit("only the first 10,000 fields are listed");
                break;
            }
            message(input, element, kind, tree);
        }
        if !any {
            tree.part(Part { kind: kind.into(), summary: kind.into(), at: 0..text.len(), ..Part::default() });
        }
    });
}

fn message(input: &Input<'_>, element: Json<'_>, kind: &'static str, tree: &mut Tree) {
    let text = element.string();
    let said = text.as_deref().unwrap_or_default();
    tree.open("", "Message", super::field::Value::Heading, element.at());
    tree.text("sockjs.message", "Message", said, element.at());
    let before = tree.parts();
    let base = if tree.full() { json::inside(element.raw(), element.at().start) } else { Base::Nowhere };
    let name = tree.within(base, |tree| decode_inside(&input.within(true, said.as_bytes()), tree));
    let mut inside = tree.take_parts(before);
    tree.close();
    if name == "text" || inside.is_empty() {
        let summary = if tree.tells() { short(said) } else { String::new() };
        tree.part(Part { kind: kind.into(), summary, at: element.at(), ..Part::default() });
        return;
    }
    for part in &mut inside {
        part.at = element.at();
    }
    inside.into_iter().for_each(|part| tree.part(part));
}
