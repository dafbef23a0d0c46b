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

pub mod head;
pub mod http2;
mod layer;

pub mod tls;

pub mod websocket;

pub mod decoders;

pub mod rules;

pub mod event;

use crate::event::{Event, Sink};
use crate::flow::Flows;
use crate::ids::{End, FlowId};
use crate::layer::{Ids, Secrets, Up};
use crate::packet::{Lookback, Packet};
use crate::recall::Recall;
use crate::rules::Judge;
use crate::tls::keylog::KeyLog;

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
    scratch: Box<[u8]>,
    judge: Option<Box<Judge>>,
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
            scratch: vec![0; SCRATCH].into_boxed_slice(),
        }
    }

    /// The next packet. Packets are numbered without gaps.
    pub fn packet(&mut self, packet: Packet<'_>, lookback: &dyn Lookback, sink: &mut dyn Sink) -> Verdict {
        let Self { options, walker, flows, ids, secrets, scratch, judge } = self;
        let recall = Recall { now: Some(packet), earlier: lookback };
        let mut judge = judge.as_deref_mut();
        if let Some(judge) = &mut judge {
            judge.at(packet.id, packet.time);
        }
        let mut up = Up { sink, ids, options, secrets, recall, scratch, judge };
        let (mut flow, mut payload) = (None, 0);
        let outcome = walker.packet(&packet, lookback, &mut |segment| {
            payload = segment.payload.len() as u32 + segment.cut;
            flow = Some(flows.segment(segment, packet.id, &mut up));
        });
        if let Some(datagram) = walker.datagram() {
            (flow, payload) = (flows.datagram(&datagram, &mut up), datagram.len);
        }
        Verdict { outcome, flow, payload }
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
        let Self { options, flows, ids, secrets, scratch, judge, .. } = self;
        let recall = Recall { now: None, earlier: lookback };
        let judge_over = judge.as_deref_mut();
        flows.end(&mut Up { sink, ids, options, secrets, recall, scratch, judge: judge_over });
        if let Some(judge) = judge {
            judge.capture_over().for_each(|finding| sink.event(Event::Finding(Box::new(finding))));
        }
    }
}
