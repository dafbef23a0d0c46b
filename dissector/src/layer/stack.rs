//! The layers of one two-way stream, from the one that its first bytes show to the frames of WebSocket.
//!
//! Hands each input to the layer that stands there now, changes it for the next one where that is due, and holds
//! back what an end sends while only the other can say what it is.

use core::net::SocketAddr;

use super::front::{Front, MOST_HELD};
use super::http2::Http2;
use super::next::{Next, Switch};
use super::tls::{Ahead, Course, Tls};
use super::{FlowOf, Input, Up};
use crate::event::{Carries, Event, Opening};
use crate::ids::{ConnectionId, End, ExtentId, FlowId, Side, StreamId};
use crate::outbox::Outbox;
use crate::recall;
use crate::websocket::connection::{Deflate, Opened, WebSocket};

/// What a TCP connection carries.
pub(crate) struct Layer {
    flow: FlowOf,
    /// How many layers of TLS and HTTP/2 are below.
    deep: u8,
    kind: Kind,
    ends: [Stand; 2],
}

/// Where one end's stream stands.
#[derive(Clone, Copy, Debug, Default)]
struct Stand {
    extent: Option<ExtentId>,
    at: u64,
    /// Where it is held, and how many pieces have come since.
    held: Option<(u64, u32)>,
    over: bool,
}

enum Kind {
    /// HTTP/1, or not known yet.
    Front(Box<Front>),
    WebSocket(Box<WebSocket>),
    Tls(Box<Tls>),
    Http2(Box<Http2>),
    /// A stream of HTTP/2 whose request was not answered yet.
    Awaiting {
        id: ConnectionId,
        client: End,
    },
    /// Something that we do not look into, or nothing any more.
    Closed,
}

impl Layer {
    /// A stream that begins, or is met on its way. `told`: the end that the user said is a WebSocket client.
    pub(crate) fn new(
        flow: FlowId,
        ends: [SocketAddr; 2],
        streams: [StreamId; 2],
        from_start: bool,
        told: Option<End>,
    ) -> Self {
        let flow = FlowOf { id: flow, streams, ends, held: 0, tls: None, stream: None };
        Self::inside(flow, from_start, told, 0)
    }

    /// The same with layers below.
    pub(super) fn inside(flow: FlowOf, from_start: bool, told: Option<End>, deep: u8) -> Self {
        let kind = Kind::Front(Box::new(Front::new(from_start, told)));
        Self { flow, deep, kind, ends: [Stand::default(); 2] }
    }

    /// A stream of HTTP/2 that carries a WebSocket once the request for it is answered.
    pub(super) fn awaiting(flow: FlowOf, id: ConnectionId, client: End, deep: u8) -> Self {
        Self { flow, deep, kind: Kind::Awaiting { id, client }, ends: [Stand::default(); 2] }
    }

    /// Looks at where both ends stand.
    pub(crate) fn stands(&self) -> u64 {
        self.ends.iter().fold(u64::from(self.flow.id.index()), |seen, stand| seen ^ stand.at)
    }

    /// Looks at all that the next bytes of an end will ask for, and says whose they are, where it is a WebSocket.
    pub(crate) fn warm(&self, end: End) -> Option<(ConnectionId, Side)> {
        let Kind::WebSocket(websocket) = &self.kind else { return None };
        Some(websocket.warm(end))
    }

    /// What comes of an end, as far as it can be told before its turn.
    pub(crate) fn course(&self, end: End, ahead: &mut Ahead) -> Option<Course> {
        let Kind::Tls(tls) = &self.kind else { return None };
        let stand = self.ends.get(end.index()).filter(|stand| stand.held.is_none() && !stand.over)?;
        tls.course(end, stand.at, ahead)
    }

    /// Records that are expected of an end. Says whether there are any.
    pub(crate) fn expect(&mut self, end: End, course: Course) -> bool {
        let Kind::Tls(tls) = &mut self.kind else { return false };
        tls.expect(end, course)
    }

    /// What comes of an end is read as if nobody had guessed.
    pub(crate) fn expect_no_more(&mut self, end: End, ahead: &mut Ahead, outbox: &mut Outbox) {
        if let Kind::Tls(tls) = &mut self.kind {
            tls.expect_no_more(end, ahead, outbox);
        }
    }

    /// Whether anybody may ask for these bytes again.
    pub(crate) fn wants_bytes(&self) -> bool {
        match &self.kind {
            Kind::Closed => false,
            Kind::Tls(tls) => !tls.hopeless,
            _ => true,
        }
    }

    /// Bytes of an end that are held back.
    pub(super) fn held(&self, end: End) -> u64 {
        let stand = self.ends.get(end.index());
        stand.and_then(|stand| Some(stand.at - stand.held?.0)).unwrap_or(0)
    }

    /// Nothing that comes is looked into.
    pub(super) fn close(&mut self) {
        self.kind = Kind::Closed;
    }

    /// What comes is HTTP/2, as was agreed below; unless something else was seen before.
    pub(super) fn expect_http2(&mut self, client: End, up: &mut Up<'_>) {
        let fresh = self.ends.iter().all(|stand| stand.at == 0);
        if fresh && let Kind::Front(_) = self.kind {
            self.begin_http2(client, up);
        }
    }

    fn begin_http2(&mut self, client: End, up: &mut Up<'_>) {
        up.say(Event::Carries { flow: self.flow.id, what: Carries::Http2 });
        self.kind = Kind::Http2(Box::new(Http2::new(self.flow, client, self.deep)));
    }

    /// Told once for each piece of each end.
    pub(crate) fn input(&mut self, end: End, input: Input<'_>, up: &mut Up<'_>) {
        if matches!(self.kind, Kind::Closed) {
            return;
        }
        let stand = self.stand(end);
        match input {
            Input::Bytes { at, bytes, extent, .. } => {
                stand.extent = extent;
                stand.at = at + bytes.len() as u64;
            }
            Input::Gap { at, len } => stand.at = at.saturating_add(len),
            Input::Astray { .. } => {}
            Input::End => stand.over = true,
        }
        match &mut stand.held {
            None => self.feed(end, input, up),
            Some((_, pieces)) => {
                *pieces += 1;
                if *pieces > MOST_HELD {
                    self.give_up_waiting(up);
                }
            }
        }
        if self.ends.iter().all(|stand| stand.over) && self.ends.iter().any(|stand| stand.held.is_some()) {
            self.give_up_waiting(up);
        }
    }

    fn stand(&mut self, end: End) -> &mut Stand {
        let [a, b] = &mut self.ends;
        if end == End::A { a } else { b }
    }

    fn feed(&mut self, end: End, mut input: Input<'_>, up: &mut Up<'_>) {
        loop {
            let front = match &mut self.kind {
                Kind::Closed => return,
                Kind::WebSocket(websocket) => return websocket.input(end, input, up),
                Kind::Tls(_) => return self.feed_tls(end, input, up),
                Kind::Http2(http2) => {
                    if let Some(from) = http2.input(end, input, up) {
                        self.replay(end, from, up);
                    }
                    return;
                }
                Kind::Awaiting { .. } => {
                    let stand = self.stand(end);
                    stand.held = Some((input.at().unwrap_or(stand.at), 0));
                    return;
                }
                Kind::Front(front) => front,
            };
            let held = self.ends.iter().filter_map(|stand| Some(stand.at - stand.held?.0));
            self.flow.held = held.sum();
            let (used, next) = front.input(end, input, &self.flow, up);
            let mut rest = input.behind(used);
            match next {
                Next::Stay => {}
                Next::Hold { from } => {
                    let stand = self.stand(end);
                    let behind = rest.map_or(stand.at, |rest| rest.at().unwrap_or(stand.at));
                    stand.held = Some((from.unwrap_or(behind), 0));
                    return;
                }
                Next::Release(other) => self.release(other, up),
                Next::Close(what) => {
                    up.say(Event::Carries { flow: self.flow.id, what });
                    self.kind = Kind::Closed;
                }
                Next::Tls { from, told, torn } => {
                    if self.deep >= super::tls::DEEPEST {
                        return self.close();
                    }
                    up.say(Event::Carries { flow: self.flow.id, what: Carries::Tls });
                    self.kind = Kind::Tls(Box::new(Tls::new(self.flow, self.deep, told, !torn, up)));
                    return self.replay(end, from, up);
                }
                Next::Http2 { from, client } => {
                    self.begin_http2(client, up);
                    for (end, from) in [client, client.other()].into_iter().zip(from) {
                        match from {
                            Some(from) => {
                                self.stand(end).held = None;
                                self.replay(end, from, up);
                            }
                            None => self.release(end, up),
                        }
                    }
                    return;
                }
                Next::WebSocket(switch) => {
                    // What is looked at again reaches up to where the stream stands.
                    let stands = switch.again.get(end.index()).copied().flatten().is_some();
                    rest = rest.filter(|_| !stands);
                    self.switch(switch, up);
                }
            }
            match rest {
                Some(rest) => input = rest,
                None => return,
            }
        }
    }

    fn feed_tls(&mut self, end: End, input: Input<'_>, up: &mut Up<'_>) {
        let Kind::Tls(tls) = &mut self.kind else { return };
        let heard = tls.input(end, input, up);
        if tls.hopeless {
            return self.close();
        }
        if let Some(from) = heard.hold {
            self.stand(end).held = Some((from, 0));
        }
        if heard.release {
            self.release(end.other(), up);
        }
    }

    /// From here on there are frames.
    pub(super) fn switch(&mut self, switch: Switch, up: &mut Up<'_>) {
        let Switch { opened, client, again } = switch;
        up.say(Event::Carries { flow: self.flow.id, what: Carries::WebSocket });
        let mut websocket = Box::new(WebSocket::new(opened, client, self.flow.streams));
        let ends = [client, client.other()];
        for (end, again) in ends.map(|end| (end, again.get(end.index()).copied().flatten())) {
            match again {
                Some((at, known)) => websocket.lose(end, at, known, up),
                None if opened.opening == Opening::MidStream => {
                    // Behind a request that was not answered, frames begin where it was held.
                    let stand = self.stand(end);
                    let (at, known) = stand.held.map_or((stand.at, false), |(at, _)| (at, true));
                    websocket.lose(end, at, known, up);
                }
                None => {}
            }
        }
        self.kind = Kind::WebSocket(websocket);
        for end in ends {
            if let Some((at, _)) = again.get(end.index()).copied().flatten() {
                self.stand(end).held = None;
                self.replay(end, at, up);
            } else {
                self.release(end, up);
            }
            if self.stand(end).over {
                self.feed(end, Input::End, up);
            }
        }
    }

    /// Goes on with what an end was held back with.
    fn release(&mut self, end: End, up: &mut Up<'_>) {
        if let Some((at, _)) = self.stand(end).held.take() {
            self.replay(end, at, up);
        }
    }

    /// No answer will come, or it was not captured: what was held is looked at for what it is.
    fn give_up_waiting(&mut self, up: &mut Up<'_>) {
        match &mut self.kind {
            Kind::Front(front) => front.give_up_waiting(),
            Kind::Tls(tls) => tls.give_up_waiting(),
            Kind::Awaiting { id, client } => {
                let (connection, client) = (*id, *client);
                up.say(Event::Presumed { connection });
                let opened = Opened {
                    id: connection,
                    opening: Opening::Handshake,
                    deflate: Deflate::Unknown,
                    limited: [false; 2],
                    request: false,
                };
                return self.switch(Switch { opened, client, again: [None; 2] }, up);
            }
            Kind::WebSocket(_) | Kind::Http2(_) | Kind::Closed => {}
        }
        for end in [End::A, End::B] {
            self.release(end, up);
        }
        for end in [End::A, End::B] {
            if self.stand(end).over {
                self.feed(end, Input::End, up);
            }
        }
    }

    /// Feeds again what went by of one end from offset `from` on, gaps included.
    fn replay(&mut self, end: End, from: u64, up: &mut Up<'_>) {
        let Stand { extent, at: until, .. } = *self.stand(end);
        let mut at = from;
        for run in recall::runs(up.sink, extent, from, usize::MAX) {
            if self.stand(end).held.is_some() {
                return;
            }
            if run.at > at {
                self.feed(end, Input::Gap { at, len: run.at - at }, up);
            }
            let bytes = up.recall.run(up.sink, &run);
            self.feed(
                end,
                Input::Bytes { at: run.at, bytes: &bytes, extent: Some(run.extent), texts: &[] },
                up,
            );
            at = run.at + u64::from(run.len);
        }
        if at < until && self.stand(end).held.is_none() {
            self.feed(end, Input::Gap { at, len: until - at }, up);
        }
    }
}
