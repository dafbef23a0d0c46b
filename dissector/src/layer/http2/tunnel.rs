//! One stream of HTTP/2 that carries WebSocket (RFC 8441 5): asked for, answered, then frames.
//!
//! Knows nothing of HTTP/2's frames: it is told content, holes and ends of its own stream.

use std::sync::Arc;

use crate::event::Event;
use crate::head::Head;
use crate::ids::{ConnectionId, End, ExtentId};
use crate::layer::next::Switch;
use crate::layer::{FlowOf, Input, Layer, Up};
use crate::span::{Below, Extent};
use crate::websocket::connection::{Deflate, Opened};
use crate::websocket::upgrade::Agreement;

/// A WebSocket in a stream of HTTP/2.
pub(super) struct Tunnel {
    pub(super) id: ConnectionId,
    flow: FlowOf,
    client: End,
    request: Arc<Head>,
    answer: Answer,
    layer: Box<Layer>,
    ends: [Stand; 2],
}

/// What came of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Awaited,
    Accepted,
    Refused,
}

/// Where one end's content stands.
#[derive(Clone, Copy, Debug, Default)]
struct Stand {
    at: u64,
    last: Option<ExtentId>,
    over: bool,
}

impl Tunnel {
    pub(super) fn new(id: ConnectionId, flow: FlowOf, client: End, request: Arc<Head>, deep: u8) -> Self {
        let layer = Box::new(Layer::awaiting(flow, id, client, deep + 1));
        let ends = [Stand::default(); 2];
        Self { id, flow, client, request, answer: Answer::Awaited, layer, ends }
    }

    fn stand(&mut self, end: End) -> &mut Stand {
        let [a, b] = &mut self.ends;
        if end == End::A { a } else { b }
    }

    /// The fields of an answer; those behind it are trailers and say nothing.
    pub(super) fn response(&mut self, head: Head, up: &mut Up<'_>) {
        // Where the status refers to what was never captured, frames will tell.
        if head.status().is_none() && head.is_partial() {
            return;
        }
        let status = head.status().unwrap_or(0);
        // RFC 9110 15.2: 1xx come before the real answer; 101 has no place in HTTP/2 (RFC 9113 8.6).
        if self.answer != Answer::Awaited || matches!(status, 100 | 102..=199) {
            return;
        }
        // RFC 8441 5: "A 2xx series response".
        let accepted = (200..300).contains(&status);
        self.answer = if accepted { Answer::Accepted } else { Answer::Refused };
        let agreement = Arc::new(Agreement::of(Some(&self.request), Some(&head)));
        let early = self.layer.held(self.client);
        let connection = self.id;
        let partial = head.is_partial();
        let (head, agreed) = (Arc::new(head), Arc::clone(&agreement));
        up.say(Event::Response { connection, head, agreement: agreed, accepted, early });
        if accepted {
            let mut opened = Opened::agreed(connection, &agreement, up.options);
            if partial && opened.deflate == Deflate::No {
                opened.deflate = Deflate::Unknown;
            }
            self.layer.switch(Switch { opened, client: self.client, again: [None; 2] }, up);
        } else {
            self.layer.close();
        }
    }

    pub(super) fn is_refused(&self) -> bool {
        self.answer == Answer::Refused
    }

    pub(super) fn is_over(&self) -> bool {
        self.ends.iter().all(|stand| stand.over)
    }

    /// Content of a DATA frame, which lies at `at` in the stream below.
    pub(super) fn content(
        &mut self,
        end: End,
        at: u64,
        bytes: &[u8],
        below: Option<(ExtentId, u64)>,
        up: &mut Up<'_>,
    ) {
        if bytes.is_empty() || self.stand(end).over {
            return;
        }
        let [a, b] = self.flow.streams;
        let stream = if end == End::A { a } else { b };
        let Stand { at: from, last: prev, .. } = *self.stand(end);
        let mut id = prev;
        if let Some((extent, begins)) = below {
            let below = Below::Extent { id: extent, offset: at.saturating_sub(begins) as u32 };
            id = Some(up.extent(stream, Extent { at: from, len: bytes.len() as u32, below, prev }));
        }
        let stand = self.stand(end);
        stand.at = from + bytes.len() as u64;
        stand.last = id;
        self.layer.input(end, Input::Bytes { at: from, bytes, extent: id, texts: &[] }, up);
    }

    /// Content that is missing.
    pub(super) fn gap(&mut self, end: End, len: u64, up: &mut Up<'_>) {
        let stand = self.stand(end);
        let at = stand.at;
        stand.at += len;
        self.layer.input(end, Input::Gap { at, len }, up);
    }

    /// It is not known how much is missing.
    pub(super) fn lose(&mut self, end: End, up: &mut Up<'_>) {
        if !self.stand(end).over {
            self.gap(end, 1, up);
            let at = self.stand(end).at;
            self.layer.input(end, Input::Astray { at }, up);
        }
    }

    /// An end sends no more.
    pub(super) fn end(&mut self, end: End, up: &mut Up<'_>) {
        if !core::mem::replace(&mut self.stand(end).over, true) {
            self.layer.input(end, Input::End, up);
        }
    }
}
