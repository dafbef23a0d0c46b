//! What a message in an HTTP body says: its transport's framing first, then as the same library's messages in WebSocket.

use super::decoded::{Decoded, Part};
use super::input::{Input, Said};
use super::json::{self, Json};
use super::tree::{Base, Tree};
use super::{choose, engine_io, form, payload, signalr, socket_io, sockjs, sse};
use crate::ids::Side;
use crate::neighbor::{Family, Framing};

/// How a message came.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Whose transport it is.
    pub family: Family,
    /// What the answer's body is made of.
    pub framing: Framing,
}

/// Reads a message in a body. `full`: with its tree, not only what it says in short.
pub fn decode_delivery(way: Option<Way>, input: &Input<'_>, full: bool) -> Decoded {
    let Some(Way { family, framing }) = way else { return choose::decode(None, input, full) };
    let events = framing == Framing::Events && input.said.side == Side::Server;
    if input.bytes().is_empty() {
        let mut tree = Tree::new(if events { "sse" } else { "text" }, full);
        tree.part(Part { kind: "empty".into(), summary: "nothing new".into(), ..Part::default() });
        return tree.finish(0);
    }
    match family {
        Family::EngineIo => {
            let decoder = match input.facts.path().contains("/engine.io/") {
                true => &engine_io::DECODER,
                false => &socket_io::DECODER,
            };
            let mut tree = Tree::new(decoder.name, full);
            payload::payload(input, decoder, &mut tree);
            tree.finish(input.bytes().len())
        }
        Family::SockJs => {
            let mut tree = Tree::new(sockjs::DECODER.name, full);
            sockjs_body(framing, input, &mut tree);
            tree.finish(input.bytes().len())
        }
        Family::SignalR => {
            let mut tree = Tree::new(signalr::DECODER.name, full);
            match events {
                true => sse::events(input, Some(signalr::DECODER.decode), &mut tree),
                false => (signalr::DECODER.decode)(input, &mut tree),
            }
            tree.finish(input.bytes().len())
        }
        Family::EventStream if events => choose::decode(Some(&sse::DECODER), input, full),
        Family::EventStream | Family::Polling => choose::decode(None, input, full),
    }
}

/// SockJS 0.3.3: the same frames as in WebSocket, each with a line end or in a call of JavaScript.
fn sockjs_body(framing: Framing, input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let frame: fn(&Input<'_>, &mut Tree) = sockjs::DECODER.decode;
    if input.said.side == Side::Client {
        return sent(input, frame, tree);
    }
    let text = bytes.trim_ascii_end();
    let one = |text: bool, bytes| {
        let said = Said { side: input.said.side, text, bytes };
        Input { said, ..*input }
    };
    match framing {
        Framing::Events => sse::events(input, Some(frame), tree),
        // Before the first frame browsers are fed until they show what comes.
        Framing::Lines if text.len() > 1 && text.iter().all(|byte| *byte == b'h') => prelude(bytes, tree),
        Framing::Lines => frame(&one(true, text), tree),
        // The frame is a string that a function is called with.
        Framing::Whole | Framing::Scripts => {
            let call = if framing == Framing::Scripts { &b"p("[..] } else { b"(" };
            let open = memchr::memmem::find(bytes, call).map(|at| at + call.len());
            let string = open.and_then(|at| Json::read(bytes, at)).filter(|value| value.is_string());
            let Some(string) = string else {
                return match framing {
                    Framing::Scripts => prelude(bytes, tree),
                    _ => tree.stop(0, "no call of a function"),
                };
            };
            let base = json::inside(string.raw(), string.at().start);
            let said = string.string().unwrap_or_default();
            tree.within(base, |tree| frame(&one(true, said.as_bytes()), tree));
        }
    }
}

fn prelude(bytes: &[u8], tree: &mut Tree) {
    tree.data("", "Prelude", bytes, 0..bytes.len());
    let summary = "prelude".to_owned();
    tree.part(Part { kind: "prelude".into(), summary, at: 0..bytes.len(), ..Part::default() });
}

/// What a client sends: an array of strings, of `jsonp_send` in a form's only field.
fn sent(input: &Input<'_>, frame: fn(&Input<'_>, &mut Tree), tree: &mut Tree) {
    let Some(form) = input.bytes().strip_prefix(b"d=") else { return frame(input, tree) };
    let begin = input.bytes().len() - form.len();
    let (mut places, text): (Vec<u32>, Vec<u8>) =
        form::unescape(form).map(|(at, byte)| ((begin + at) as u32, byte)).unzip();
    places.push(input.bytes().len() as u32);
    let said = Said { side: input.said.side, text: true, bytes: &text };
    tree.within(Base::Places(places), |tree| frame(&Input { said, ..*input }, tree));
}
