//! A WebSocket connection: two walkers, one a side, and what is known to be agreed between them.

use crate::event::{Event, Opening};
use crate::flow::look_at;
use crate::ids::{ConnectionId, End, Side, StreamId};
use crate::layer::head::{Collected, HeadBuf};
use crate::layer::sniff::{Sniffed, sniff};
use crate::layer::{Input, Up};
use crate::options::Options;
use crate::websocket::deflate::Params;
use crate::websocket::upgrade::Agreement;
use crate::websocket::walker::Walker;

/// What is known of a connection where its frames begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened {
    pub(crate) id: ConnectionId,
    pub(crate) opening: Opening,
    pub(crate) deflate: Deflate,
    /// Whether what was agreed limits how far each side's back-references may reach, client first.
    pub(crate) limited: [bool; 2],
    /// Whether the request may still come: its answer was captured first.
    pub(crate) request: bool,
}

impl Opened {
    /// A connection whose handshake agreed on this.
    pub(crate) fn agreed(id: ConnectionId, agreement: &Agreement, options: &Options) -> Self {
        let deflate = if agreement.deflate.is_some() { Deflate::Agreed } else { Deflate::No };
        let limited = [Side::Client, Side::Server].map(|side| {
            let limits =
                |deflate: &Params| deflate.no_context_takeover(side) || deflate.max_window_bits(side) < 15;
            options.judge && agreement.deflate.as_ref().is_some_and(limits)
        });
        Self { id, opening: Opening::Handshake, deflate, limited, request: false }
    }
}

/// Whether RSV1 means "compressed" (RFC 7692 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deflate {
    /// permessage-deflate was agreed.
    Agreed,
    /// It was not.
    No,
    /// The handshake was not captured: RSV1 is taken at its word.
    Unknown,
}

/// A WebSocket connection.
pub(crate) struct WebSocket {
    id: ConnectionId,
    client: End,
    walkers: [Walker; 2],
    /// The request, where it comes behind its answer.
    request: Option<HeadBuf>,
}

impl WebSocket {
    pub(crate) fn new(opened: Opened, client: End, streams: [StreamId; 2]) -> Self {
        let [a, b] = streams;
        let (theirs, ours) = if client == End::A { (a, b) } else { (b, a) };
        let walker = |side, stream| Walker::new(opened, side, stream);
        Self {
            id: opened.id,
            client,
            walkers: [walker(Side::Client, theirs), walker(Side::Server, ours)],
            request: opened.request.then(HeadBuf::default),
        }
    }

    /// An end's frames do not simply begin with what comes next: from offset `at` on one is looked for, or, where
    /// one is `known` to begin there, it is told apart as found and not as next in line.
    pub(crate) fn lose(&mut self, end: End, at: u64, known: bool, up: &mut Up<'_>) {
        self.walker(end).lose(at, known, up);
    }

    /// Looks at all that the next bytes of an end will ask for, and says whose they are.
    pub(crate) fn warm(&self, end: End) -> (ConnectionId, Side) {
        let [client, server] = &self.walkers;
        let (walker, side) = if end == self.client { (client, Side::Client) } else { (server, Side::Server) };
        look_at([walker.warm(), u64::from(self.request.is_some())].into_iter());
        (self.id, side)
    }

    fn walker(&mut self, end: End) -> &mut Walker {
        let [client, server] = &mut self.walkers;
        if end == self.client { client } else { server }
    }

    pub(crate) fn input(&mut self, end: End, input: Input<'_>, up: &mut Up<'_>) {
        let input = if end == self.client { self.late_request(input, up) } else { Some(input) };
        if let Some(input) = input {
            self.walker(end).input(input, up);
        }
    }

    /// Takes the request out of what the client sends, where it comes late.
    fn late_request<'a>(&mut self, input: Input<'a>, up: &mut Up<'_>) -> Option<Input<'a>> {
        let (Some(buf), Input::Bytes { at, bytes, extent, .. }) = (&mut self.request, input) else {
            return Some(input);
        };
        if buf.bytes.is_empty() && sniff(bytes) != Sniffed::Request {
            self.request = None;
            return Some(input);
        }
        match buf.add(at, bytes) {
            Collected::More => None,
            Collected::NotAHead => {
                self.request = None;
                None
            }
            Collected::Done { head, used } => {
                self.request = None;
                up.say(Event::Request { connection: self.id, head });
                let bytes = bytes.get(used..).unwrap_or_default();
                Some(Input::Bytes { at: at + used as u64, bytes, extent, texts: &[] })
            }
        }
    }
}
