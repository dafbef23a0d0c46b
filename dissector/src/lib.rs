//! From packets to WebSocket frames and messages.
//!
//! Without I/O, clock, thread or environment, and without failure: malformed traffic comes out as facts,
//! and the next frame is always attempted.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

pub mod ids;
mod options;
pub mod packet;
pub mod span;
pub mod tree;

pub mod link;

mod flow;
mod recall;

pub mod outbox;

pub mod head;
pub mod http2;
pub mod jwt;
mod layer;

pub mod tls;

pub mod websocket;

pub mod glance;

pub mod decoders;

pub mod rules;

pub mod event;
pub mod neighbor;

use std::sync::Arc;

use crate::event::Sink;
use crate::flow::Flows;
use crate::glance::{Glance, Text};
use crate::ids::{End, FlowId};
use crate::layer::{Ahead, Ids, Neighbors, Secrets, To, Up};
use crate::outbox::{Audience, Gone, Outbox, Then, Workers};
use crate::packet::{Lookback, Packet, Packets};
use crate::recall::Recall;
use crate::rules::Judge;
use crate::tls::keylog::KeyLog;

pub use crate::flow::{Warmed, look_at};
pub use crate::options::Options;

/// Payload bytes that are unmasked at a time.
const SCRATCH: usize = 16 * 1024;

/// Takes packets in the order of their capture and says what they are.
pub struct Dissector {
    options: Options,
    walker: link::Walker,
    flows: Flows,
    ids: Ids,
    secrets: Secrets,
    neighbors: Neighbors,
    scratch: Box<[u8]>,
    judge: Option<Box<Judge>>,
    outbox: Outbox,
    ahead: Ahead,
}

/// What a packet was.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// How far it could be read.
    pub outcome: link::Outcome,
    /// Its TCP connection and who sent it; or QUIC's.
    pub flow: Option<(FlowId, End)>,
    /// Bytes of its TCP payload, or of QUIC's datagram.
    pub payload: u32,
}

impl Dissector {
    /// A dissector that has seen nothing.
    pub fn new(options: Options) -> Self {
        Self {
            judge: options.judge.then(Box::default),
            options,
            walker: link::Walker::new(),
            flows: Flows::default(),
            ids: Ids::default(),
            secrets: Secrets::default(),
            neighbors: Neighbors::default(),
            scratch: vec![0; SCRATCH].into_boxed_slice(),
            outbox: Outbox::default(),
            ahead: Ahead::default(),
        }
    }

    /// The next packet. Packets are numbered without gaps.
    pub fn packet(&mut self, packet: Packet<'_>, lookback: &dyn Lookback, sink: &mut dyn Sink) -> Verdict {
        self.packet_seen(packet, &Glance::default(), &[], lookback, sink)
    }

    /// The same of a packet at which somebody has had a look: what was seen, and the texts that were.
    pub fn packet_seen(
        &mut self,
        packet: Packet<'_>,
        glance: &Glance,
        texts: &[Text],
        lookback: &dyn Lookback,
        sink: &mut dyn Sink,
    ) -> Verdict {
        let Self { options, walker, flows, ids, secrets, neighbors, scratch, judge, outbox, ahead } = self;
        let recall = Recall { now: Some(packet), earlier: lookback };
        let mut judge = judge.as_deref_mut();
        outbox.now = Then { packet: packet.id, time: packet.time, ..outbox.now };
        sink.at(packet.id, packet.time, u32::MAX);
        if let Some(judge) = &mut judge {
            judge.at(packet.id, packet.time);
        }
        let mut up = Up { sink, ids, options, secrets, neighbors, recall, scratch, judge, outbox, ahead };
        let (mut flow, mut payload) = (None, 0);
        let outcome = match glance.segment_of(&packet) {
            Some(segment) => {
                walker.passed_over();
                payload = segment.payload.len() as u32 + segment.cut;
                flow = Some(flows.segment(&segment, texts, packet.id, &mut up));
                link::Outcome::Tcp
            }
            None => walker.packet(&packet, lookback, &mut |segment| {
                payload = segment.payload.len() as u32 + segment.cut;
                flow = Some(flows.segment(segment, &[], packet.id, &mut up));
            }),
        };
        if let Some(datagram) = walker.datagram() {
            (flow, payload) = (flows.datagram(&datagram, &mut up), datagram.len);
        }
        let verdict = Verdict { outcome, flow, payload };
        let captured = u32::try_from(packet.bytes.len()).unwrap_or(u32::MAX);
        up.gone(Gone { verdict, captured, cut: packet.wire_len > captured });
        verdict
    }

    /// Packets whose connections are looked at together by [`warm`](Self::warm).
    pub const WARMED: usize = flow::WARMED;

    /// Whether there are more TCP connections than a processor's cache holds: then it is worth while to
    /// [`warm`](Self::warm) what comes.
    pub fn knows_many(&self) -> bool {
        self.flows.are_many()
    }

    /// Looks at what is remembered of the connections of packets that come next: their turn is quicker then. Says which
    /// connections. Nothing that is said of the packets depends on it.
    pub fn warm(&self, coming: &[Glance], warmed: &mut Vec<Warmed>) {
        warmed.clear();
        self.flows.warm(coming.iter().filter_map(|glance| glance.segment.as_ref()), warmed);
        if let Some(judge) = &self.judge {
            judge.warm(warmed);
        }
    }

    /// Packets that come next: what they are guessed to carry is worked out meanwhile, where others work. Once they went
    /// by, [`look_behind`](Self::look_behind) is due. Nothing that is said of them depends on it.
    pub fn look_ahead<'a>(
        &mut self,
        coming: impl Iterator<Item = (Packet<'a>, &'a Glance)>,
        packets: impl FnOnce() -> Arc<dyn Packets>,
    ) {
        let Self { flows, ahead, outbox, .. } = self;
        if outbox.has_workers() && !self.secrets.log.is_empty() {
            flows.look_ahead(coming, ahead, &mut To { outbox, packets: &packets() });
        }
    }

    /// The packets went by that [`look_ahead`](Self::look_ahead) was given.
    pub fn look_behind(&mut self) {
        let Self { flows, ahead, outbox, .. } = self;
        flows.look_behind(ahead, outbox);
        ahead.over(outbox);
    }

    /// Has others work things out meanwhile. What is said, and in which order, stays the same.
    pub fn employ(&mut self, workers: Box<dyn Workers>) {
        self.outbox.employ(workers);
    }

    /// Says all that was found in the packets so far.
    pub fn settle(&mut self, sink: &mut dyn Sink) {
        self.outbox.settle(&mut Audience { judge: self.judge.as_deref_mut(), sink });
    }

    /// Keys that were logged. Those that come after a connection's handshake are of no use to it any more.
    pub fn add_keys(&mut self, keys: KeyLog) {
        self.secrets.log.merge(keys);
    }

    /// Whether connections that were met could be read if these keys had been there: then the capture is worth
    /// going through again.
    pub fn would_gain_by(&self, keys: &KeyLog) -> bool {
        self.secrets.would_gain_by(keys)
    }

    /// No more packets come: everything that still waits is said.
    pub fn end(&mut self, lookback: &dyn Lookback, sink: &mut dyn Sink) {
        let Self { options, flows, ids, secrets, neighbors, scratch, judge, outbox, ahead, .. } = self;
        let recall = Recall { now: None, earlier: lookback };
        let judge = judge.as_deref_mut();
        let mut up = Up { sink, ids, options, secrets, neighbors, recall, scratch, judge, outbox, ahead };
        flows.end(&mut up);
        up.capture_over();
        up.settle();
    }
}
