//! Counts over the whole capture, kept while it is read.

use std::collections::{BTreeMap, HashMap};

use dissector::event::{Frame, Message, Outcome};
use dissector::ids::{ConnectionId, FlowId};
use dissector::link::Outcome as Seen;
use dissector::span::Span;

use crate::sealing::Sealing;

/// Counts over everything that was read so far.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Packets by what they were, in order of name.
    pub packets: BTreeMap<&'static str, u64>,
    /// Those that are TCP, and not among `packets` before the counts are published: they are nearly all.
    tcp: u64,
    /// Packets that the snap length cut.
    pub cut: u64,
    /// Captured bytes.
    pub captured: u64,
    /// Frames by opcode.
    pub opcodes: [u64; 16],
    /// Payload bytes of all frames.
    pub payload: u64,
    /// Header bytes of all frames.
    pub headers: u64,
    /// Compressed messages, their bytes on the wire and after inflating.
    pub compressed: (u64, u64, u64),
    /// Messages whose content cannot be had.
    pub incomplete: u64,
    /// Stretches of TCP streams that were never captured, and their bytes.
    pub gaps: (u64, u64),
    /// Stretches that were sent again with other content.
    pub conflicts: u64,
    /// Time of the first and the last packet.
    pub times: Option<(i64, i64)>,
    /// How much of TLS is read along.
    pub sealing: Sealing,
    newest: Newest,
}

/// The connections of each flow that end with it: the newest one, in HTTP/2 all that are open. For the writer only,
/// so a copy of the counts leaves it behind.
#[derive(Debug, Default)]
struct Newest {
    /// By the flow's number.
    alone: Vec<Option<ConnectionId>>,
    beside: HashMap<FlowId, Vec<ConnectionId>>,
}

impl Clone for Newest {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Totals {
    pub(crate) fn packet(&mut self, seen: Seen, bytes: u32, cut: bool, time: i64) {
        match seen {
            Seen::Tcp => self.tcp += 1,
            other => *self.packets.entry(other.name()).or_default() += 1,
        }
        self.captured += u64::from(bytes);
        self.cut += u64::from(cut);
        let (first, last) = self.times.get_or_insert((time, time));
        *first = time.min(*first);
        *last = time.max(*last);
    }

    /// The counts as readers see them.
    pub(crate) fn publish(&self) -> Self {
        let mut counts = self.clone();
        let tcp = std::mem::take(&mut counts.tcp);
        if tcp > 0 {
            *counts.packets.entry(Seen::Tcp.name()).or_default() += tcp;
        }
        counts
    }

    pub(crate) fn frame(&mut self, frame: &Frame) {
        self.opcodes[usize::from(frame.header.opcode.0 & 15)] += 1;
        self.payload = self.payload.saturating_add(frame.header.payload_len);
        self.headers += frame.header.len() as u64;
    }

    pub(crate) fn message(&mut self, message: &Message) {
        match message.outcome {
            Outcome::Whole if message.compressed => {
                self.compressed.0 += 1;
                self.compressed.1 += message.wire_len;
                self.compressed.2 += message.len;
            }
            Outcome::Whole => {}
            _ => self.incomplete += 1,
        }
    }

    pub(crate) fn gap(&mut self, span: Span) {
        self.gaps.0 += 1;
        self.gaps.1 = self.gaps.1.saturating_add(span.len);
    }

    /// A connection began, `beside` others or in their place.
    pub(crate) fn connection(&mut self, flow: FlowId, connection: ConnectionId, beside: bool) {
        let newest = &mut self.newest;
        if beside {
            return newest.beside.entry(flow).or_default().push(connection);
        }
        newest.beside.remove(&flow);
        let place = flow.index() as usize;
        if place >= newest.alone.len() {
            newest.alone.resize(place + 1, None);
        }
        newest.alone[place] = Some(connection);
    }

    /// A connection ended before its flow.
    pub(crate) fn connection_over(&mut self, flow: FlowId, connection: ConnectionId) {
        let Newest { alone, beside } = &mut self.newest;
        if let Some(alone) = alone.get_mut(flow.index() as usize) {
            alone.take_if(|id| *id == connection);
        }
        if let Some(beside) = beside.get_mut(&flow) {
            beside.retain(|id| *id != connection);
        }
    }

    /// The connections that end with a flow.
    pub(crate) fn open_connections(&self, flow: FlowId) -> impl Iterator<Item = ConnectionId> + use<> {
        let Newest { alone, beside } = &self.newest;
        let alone = alone.get(flow.index() as usize).copied().flatten();
        alone.into_iter().chain(beside.get(&flow).cloned().unwrap_or_default())
    }
}
