//! What a two-way stream carries, and the one place where bytes go upwards.
//!
//! A layer is told bytes, gaps and ends of each direction, in order; what it makes of them it says as events.

mod body;
mod front;
pub(crate) mod head;
pub(crate) mod sniff;

use crate::event::{Carries, Event, Frame, Opening, Sink};
use crate::ids::{ConnectionId, End, ExtentId, FlowId, FrameId, MessageId, StreamId};
use crate::layer::front::{FlowOf, Front, MOST_HELD, Next, Switch};
use crate::options::Options;
use crate::recall::{self, Recall};
use crate::rules::Judge;
use crate::span::Extent;
use crate::websocket::connection::WebSocket;

/// What a layer is told of one direction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// The next bytes, and the extent that they are the end of.
    Bytes { at: u64, bytes: &'a [u8], extent: Option<ExtentId> },
    /// Bytes that were never captured.
    Gap { at: u64, len: u64 },
    /// No more will come.
    End,
}

/// The way up: where layers say what they found, and the numbers they give to it.
pub(crate) struct Up<'a> {
    pub(crate) sink: &'a mut dyn Sink,
    pub(crate) ids: &'a mut Ids,
    pub(crate) options: &'a Options,
    pub(crate) recall: Recall<'a>,
    /// Whoever holds the facts against the rules, unless nobody asked.
    pub(crate) judge: Option<&'a mut Judge>,
    /// Room to unmask a piece of payload in.
    pub(crate) scratch: &'a mut [u8],
}

/// The numbers that come next.
#[derive(Debug)]
pub(crate) struct Ids {
    pair: u32,
    extent: ExtentId,
    connection: ConnectionId,
    frame: FrameId,
    message: MessageId,
}

impl Default for Ids {
    fn default() -> Self {
        Self {
            pair: 0,
            extent: ExtentId::new(0),
            connection: ConnectionId::new(0),
            frame: FrameId::new(0),
            message: MessageId::new(0),
        }
    }
}

impl Ids {
    pub(crate) fn pair(&mut self) -> u32 {
        take(&mut self.pair, |pair| pair.saturating_add(1))
    }
    pub(crate) fn connection(&mut self) -> ConnectionId {
        take(&mut self.connection, ConnectionId::next)
    }
    pub(crate) fn frame(&mut self) -> FrameId {
        take(&mut self.frame, FrameId::next)
    }
    pub(crate) fn message(&mut self) -> MessageId {
        take(&mut self.message, MessageId::next)
    }
}

/// Takes a number and leaves the next one.
fn take<T: Copy>(number: &mut T, next: impl Fn(T) -> T) -> T {
    let taken = *number;
    *number = next(taken);
    taken
}

impl Up<'_> {
    pub(crate) fn say(&mut self, event: Event) {
        let Some(judge) = self.judge.as_deref_mut() else { return self.sink.event(event) };
        let findings = judge.see(&event);
        self.sink.event(event);
        findings.for_each(|finding| self.sink.event(Event::Finding(Box::new(finding))));
    }

    /// The same of a frame, which is said most often.
    pub(crate) fn say_frame(&mut self, frame: Frame) {
        let Some(judge) = self.judge.as_deref_mut() else { return self.sink.event(Event::Frame(frame)) };
        let findings = judge.see_frame(&frame);
        self.sink.event(Event::Frame(frame));
        findings.for_each(|finding| self.sink.event(Event::Finding(Box::new(finding))));
    }

    /// A TCP connection will say no more.
    pub(crate) fn flow_over(&mut self, flow: FlowId, capture_over: bool) {
        if let Some(judge) = self.judge.as_deref_mut() {
            let findings = judge.over(flow, capture_over);
            findings.for_each(|finding| self.sink.event(Event::Finding(Box::new(finding))));
        }
    }

    /// Bytes of a stream that lie in one piece below: the only way by which bytes reach a layer.
    pub(crate) fn extent(&mut self, stream: StreamId, extent: Extent) -> ExtentId {
        let id = take(&mut self.ids.extent, ExtentId::next);
        // No rule asks about these, and there is one for nearly every packet.
        self.sink.event(Event::Extent { id, stream, extent });
        id
    }
}

/// What a TCP connection carries.
pub(crate) struct Layer {
    flow: FlowOf,
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
    /// Something that we do not look into, or nothing any more.
    Closed,
}

impl Layer {
    /// A stream that begins, or is met on its way. `told`: the end that the user said is a WebSocket client.
    pub(crate) fn new(flow: FlowId, streams: [StreamId; 2], from_start: bool, told: Option<End>) -> Self {
        let kind = Kind::Front(Box::new(Front::new(from_start, told)));
        Self { flow: FlowOf { id: flow, streams, held: 0 }, kind, ends: [Stand::default(); 2] }
    }

    /// Whether anybody may ask for these bytes again.
    pub(crate) fn wants_bytes(&self) -> bool {
        !matches!(self.kind, Kind::Closed)
    }

    /// Told once for each piece of each end.
    pub(crate) fn input(&mut self, end: End, input: Input<'_>, up: &mut Up<'_>) {
        if matches!(self.kind, Kind::Closed) {
            return;
        }
        let stand = self.stand(end);
        match input {
            Input::Bytes { at, bytes, extent } => {
                stand.extent = extent;
                stand.at = at + bytes.len() as u64;
            }
            Input::Gap { at, len } => stand.at = at.saturating_add(len),
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
                Kind::Front(front) => front,
            };
            let held = self.ends.iter().filter_map(|stand| Some(stand.at - stand.held?.0));
            self.flow.held = held.sum();
            let (used, next) = front.input(end, input, &self.flow, up);
            let mut rest = input.behind(used);
            match next {
                Next::Stay => {}
                Next::Hold => {
                    let stand = self.stand(end);
                    let at = rest.map_or(stand.at, |rest| rest.at().unwrap_or(stand.at));
                    stand.held = Some((at, 0));
                    return;
                }
                Next::Release(other) => self.release(other, up),
                Next::Close(what) => {
                    up.say(Event::Carries { flow: self.flow.id, what });
                    self.kind = Kind::Closed;
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

    /// From here on there are frames.
    fn switch(&mut self, switch: Switch, up: &mut Up<'_>) {
        let Switch { opened, client, again } = switch;
        up.say(Event::Carries { flow: self.flow.id, what: Carries::WebSocket });
        let mut websocket = Box::new(WebSocket::new(opened, client, self.flow.streams));
        let ends = [client, client.other()];
        for (end, again) in ends.map(|end| (end, again.get(end.index()).copied().flatten())) {
            match again {
                Some((at, known)) => websocket.lose(end, at, known),
                None if opened.opening == Opening::MidStream => {
                    websocket.lose(end, self.stand(end).at, false)
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
        if let Kind::Front(front) = &mut self.kind {
            front.give_up_waiting();
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
            let bytes = up.recall.bytes(run.packet, run.offset, run.len);
            self.feed(end, Input::Bytes { at: run.at, bytes: &bytes, extent: Some(run.extent) }, up);
            at = run.at + u64::from(run.len);
        }
        if at < until && self.stand(end).held.is_none() {
            self.feed(end, Input::Gap { at, len: until - at }, up);
        }
    }
}

impl<'a> Input<'a> {
    /// What is left behind the first `used` bytes.
    fn behind(self, used: usize) -> Option<Self> {
        let Self::Bytes { at, bytes, extent } = self else { return None };
        let bytes = bytes.get(used..).filter(|rest| !rest.is_empty())?;
        Some(Self::Bytes { at: at + used as u64, bytes, extent })
    }

    fn at(self) -> Option<u64> {
        match self {
            Self::Bytes { at, .. } | Self::Gap { at, .. } => Some(at),
            Self::End => None,
        }
    }
}
