//! What a two-way stream carries, and the one place where bytes go upwards.
//!
//! A layer is told bytes, gaps and ends of each direction, in order; what it makes of them it says as events.
//! Layers stand on each other: TLS on TCP, HTTP/2 in TLS, WebSocket in a stream of that.

mod body;
mod front;
pub(crate) mod head;
mod http2;
mod neighbor;
mod next;
mod proxied;
mod requests;
pub(crate) mod sniff;
mod stack;
mod tls;

#[cfg(test)]
mod tests;

use core::net::SocketAddr;
use std::sync::Arc;

use crate::event::{Carrier, Connection, Event, Frame, Opening, Sink};
use crate::glance::Text;
use crate::head::Head;
use crate::ids::{
    ConnectionId, DeliveryId, End, EpochId, ExchangeId, ExtentId, FlowId, FrameId, MessageId, RecordId,
    SessionId, StreamId, TlsId,
};
use crate::options::Options;
use crate::outbox::{Audience, Gone, Heard, Item, Outbox};
use crate::recall::Recall;
use crate::rules::Judge;
use crate::span::{Extent, Record, Span};
use crate::tls::open::Opener;
use crate::websocket::message::Job;
use crate::websocket::upgrade::Agreement;

pub(crate) use self::neighbor::Neighbors;
pub(crate) use self::stack::Layer;
pub(crate) use self::tls::{Ahead, Course, Secrets, To};

/// What a layer is told of one direction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// The next bytes, and the extent that they are the end of.
    /// `texts`: the whole texts that were seen at their beginning, if frames begin there.
    Bytes { at: u64, bytes: &'a [u8], extent: Option<ExtentId>, texts: &'a [Text] },
    /// Bytes that were never captured.
    Gap { at: u64, len: u64 },
    /// It is not known how many bytes were missing: what comes next need not go on where it seems to.
    Astray { at: u64 },
    /// No more will come.
    End,
}

/// The way up: where layers say what they found, and the numbers they give to it.
pub(crate) struct Up<'a> {
    pub(crate) sink: &'a mut dyn Sink,
    pub(crate) ids: &'a mut Ids,
    pub(crate) options: &'a Options,
    pub(crate) secrets: &'a mut Secrets,
    /// What is known of the neighbors of WebSocket across TCP connections.
    pub(crate) neighbors: &'a mut Neighbors,
    pub(crate) recall: Recall<'a>,
    /// Whoever holds the facts against the rules, unless nobody asked.
    pub(crate) judge: Option<&'a mut Judge>,
    /// What cannot be said yet.
    pub(crate) outbox: &'a mut Outbox,
    /// Records of TLS that were opened before their turn.
    pub(crate) ahead: &'a mut Ahead,
    /// Room to unmask a piece of payload in.
    pub(crate) scratch: &'a mut [u8],
}

/// The numbers that come next.
#[derive(Debug)]
pub(crate) struct Ids {
    pair: u32,
    extent: ExtentId,
    epoch: EpochId,
    record: RecordId,
    tls: TlsId,
    connection: ConnectionId,
    frame: FrameId,
    message: MessageId,
    exchange: ExchangeId,
    delivery: DeliveryId,
    session: SessionId,
}

impl Default for Ids {
    fn default() -> Self {
        Self {
            pair: 0,
            extent: ExtentId::new(0),
            epoch: EpochId::new(0),
            record: RecordId::new(0),
            tls: TlsId::new(0),
            connection: ConnectionId::new(0),
            frame: FrameId::new(0),
            message: MessageId::new(0),
            exchange: ExchangeId::new(0),
            delivery: DeliveryId::new(0),
            session: SessionId::new(0),
        }
    }
}

impl Ids {
    pub(crate) fn pair(&mut self) -> u32 {
        take(&mut self.pair, |pair| pair.saturating_add(1))
    }
    pub(crate) fn tls(&mut self) -> TlsId {
        take(&mut self.tls, TlsId::next)
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
    pub(crate) fn exchange(&mut self) -> ExchangeId {
        take(&mut self.exchange, ExchangeId::next)
    }
    pub(crate) fn delivery(&mut self) -> DeliveryId {
        take(&mut self.delivery, DeliveryId::next)
    }
    pub(crate) fn session(&mut self) -> SessionId {
        take(&mut self.session, SessionId::next)
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
        self.tell(Item::Event(event));
    }

    /// Bytes were never captured. What comes behind them is told at once, and must not be taken for what filled them.
    pub(crate) fn gap(&mut self, flow: FlowId, span: Span, cut: bool) {
        self.sink.torn(span.stream);
        self.say(Event::Gap { flow, span, cut });
    }

    /// The same of a frame, which is said most often.
    pub(crate) fn say_frame(&mut self, frame: Frame) {
        if !self.outbox.is_empty() {
            return self.tell(Item::Frame(frame));
        }
        self.audience().1.frame(&frame);
    }

    /// A packet of a TCP connection was heard; see [`Judge::heard`].
    #[inline]
    pub(crate) fn heard(&mut self, heard: Heard) {
        match &mut self.judge {
            Some(judge) if self.outbox.is_empty() => judge.heard(heard),
            Some(_) => self.tell(Item::Heard(heard)),
            None => {}
        }
    }

    /// A TCP connection will say no more.
    pub(crate) fn flow_over(&mut self, flow: FlowId, capture_over: bool) {
        self.tell(Item::FlowOver { flow, capture_over });
    }

    /// A WebSocket connection that shares its TCP connection with others will say no more.
    pub(crate) fn connection_over(&mut self, connection: ConnectionId) {
        self.tell(Item::ConnectionOver(connection));
    }

    /// The capture will say no more.
    pub(crate) fn capture_over(&mut self) {
        self.tell(Item::CaptureOver);
    }

    /// Says something in its turn.
    #[inline]
    fn tell(&mut self, item: Item) {
        if self.outbox.is_empty() {
            self.audience().1.hear(item);
        } else {
            self.outbox.push(self.ids.extent.index(), item);
        }
    }

    fn audience(&mut self) -> (&mut Outbox, Audience<'_>) {
        (self.outbox, Audience { judge: self.judge.as_deref_mut(), sink: self.sink })
    }

    /// A packet has gone by. Says what can be said by now.
    #[inline]
    pub(crate) fn gone(&mut self, gone: Gone) {
        if self.outbox.is_empty() {
            return self.audience().1.sink.packet(&gone);
        }
        self.outbox.push_gone(self.ids.extent.index(), gone);
        let (outbox, mut audience) = self.audience();
        outbox.drain(&mut audience);
    }

    /// Waits for all work that was given away, and says everything.
    pub(crate) fn settle(&mut self) {
        let (outbox, mut audience) = self.audience();
        outbox.settle(&mut audience);
    }

    /// Gives a message of `size` bytes away to be inflated, or does it where nobody is there to take it. `add` puts it
    /// into a job of its lane, or into a new one that may be made of one that is over.
    pub(crate) fn work(
        &mut self,
        lane: u32,
        size: usize,
        add: impl FnOnce(Result<Box<Job>, Option<Box<Job>>>) -> Box<Job>,
    ) {
        if self.outbox.has_workers() {
            return self.outbox.work(lane, self.ids.extent.index(), size, add);
        }
        let mut job = add(Err(self.outbox.used_job()));
        job.run();
        let (outbox, mut audience) = self.audience();
        audience.next_of(&mut job);
        outbox.keep(job);
    }

    /// A TLS record that was opened.
    pub(crate) fn record(&mut self, record: Record) -> RecordId {
        let id = take(&mut self.ids.record, RecordId::next);
        self.sink.event(Event::Record { id, record });
        id
    }

    /// Keys that come into use in one direction of TLS.
    pub(crate) fn epoch(&mut self, opener: &Arc<Opener>) -> EpochId {
        let id = take(&mut self.ids.epoch, EpochId::next);
        self.sink.event(Event::Epoch { id, opener: Arc::clone(opener) });
        id
    }

    /// Bytes of a stream that lie in one piece below: the only way by which bytes reach a layer.
    pub(crate) fn extent(&mut self, stream: StreamId, extent: Extent) -> ExtentId {
        let id = take(&mut self.ids.extent, ExtentId::next);
        // No rule asks about these.
        self.sink.lies(id, stream, extent);
        id
    }
}

/// The TCP connection that a layer belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FlowOf {
    pub(crate) id: FlowId,
    pub(crate) streams: [StreamId; 2],
    /// The sockets of both ends.
    pub(crate) ends: [SocketAddr; 2],
    /// Bytes of an end that are held back at the moment.
    pub(crate) held: u64,
    /// The innermost TLS around it.
    pub(crate) tls: Option<TlsId>,
    /// The stream of HTTP/2 that it is.
    pub(crate) stream: Option<u32>,
}

impl FlowOf {
    pub(crate) fn connection(
        &self,
        id: ConnectionId,
        client: End,
        opening: Opening,
        request: Option<Arc<Head>>,
    ) -> Connection {
        let [a, b] = self.streams;
        let (client, server) = if client == End::A { (a, b) } else { (b, a) };
        let carrier = Carrier { tls: self.tls, stream: self.stream, quic: false };
        let agreement = Arc::new(Agreement::of(request.as_deref(), None));
        Connection { id, flow: self.id, client, server, carrier, opening, request, agreement }
    }
}

impl<'a> Input<'a> {
    /// What is left behind the first `used` bytes.
    fn behind(self, used: usize) -> Option<Self> {
        let Self::Bytes { at, bytes, extent, .. } = self else { return None };
        let bytes = bytes.get(used..).filter(|rest| !rest.is_empty())?;
        Some(Self::Bytes { at: at + used as u64, bytes, extent, texts: &[] })
    }

    fn at(self) -> Option<u64> {
        match self {
            Self::Bytes { at, .. } | Self::Gap { at, .. } | Self::Astray { at } => Some(at),
            Self::End => None,
        }
    }
}
