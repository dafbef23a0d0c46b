//! Streams of peers that mean no good: what is kept stays small, it takes no time, and there is a word about it.

mod http2;
mod tls;

use std::sync::Arc;

use super::tls::{Ahead, Secrets};
use super::{Ids, Input, Layer, Neighbors, Up};
use crate::event::{Event, Sink};
use crate::ids::{End, EpochId, ExtentId, FlowId, PacketId, RecordId, StreamId};
use crate::options::Options;
use crate::outbox::Outbox;
use crate::recall::Recall;
use crate::span::{Below, Extent, Record};
use crate::tls::open::Opener;

/// A two-way stream by itself, and what was said of it. Of its pieces the first are there to be looked at again.
struct Stream {
    layer: Layer,
    streams: [StreamId; 2],
    at: [u64; 2],
    last: [Option<ExtentId>; 2],
    pieces: Vec<Vec<u8>>,
    ids: Ids,
    secrets: Secrets,
    neighbors: Neighbors,
    outbox: Outbox,
    ahead: Ahead,
    said: Said,
}

#[derive(Default)]
struct Said {
    events: Vec<Event>,
    extents: Vec<Extent>,
    records: Vec<Record>,
    openers: Vec<Arc<Opener>>,
    /// Bytes of heads that were said, which whoever listens may keep.
    heads: usize,
}

impl Sink for Said {
    fn event(&mut self, event: Event) {
        match &event {
            Event::Extent { extent, .. } => self.extents.push(*extent),
            Event::Record { record, .. } => self.records.push(*record),
            Event::Epoch { opener, .. } => self.openers.push(Arc::clone(opener)),
            Event::Connection(connection) => {
                self.heads += connection.request.as_ref().map_or(0, |head| head.raw.len());
            }
            Event::Response { head, .. } => self.heads += head.raw.len(),
            _ => {}
        }
        if !matches!(event, Event::Extent { .. } | Event::Record { .. } | Event::StreamOver { .. }) {
            self.events.push(event);
        }
    }
    fn extent(&self, id: ExtentId) -> Option<Extent> {
        self.extents.get(id.index() as usize).copied()
    }
    fn record(&self, id: RecordId) -> Option<Record> {
        self.records.get(id.index() as usize).copied()
    }
    fn opener(&self, id: EpochId) -> Option<Arc<Opener>> {
        self.openers.get(id.index() as usize).cloned()
    }
}

impl Stream {
    fn new(keys: &str) -> Self {
        let mut secrets = Secrets::default();
        secrets.log.add(keys.as_bytes(), 1);
        let mut ids = Ids::default();
        let pair = ids.pair();
        let streams = [End::A, End::B].map(|end| StreamId::of(pair, end));
        let ends = ["10.0.0.1:4000", "10.0.0.2:80"].map(|end| end.parse().expect("a socket"));
        let layer = Layer::new(FlowId::new(0), ends, streams, true, None);
        let (at, last, pieces) = ([0; 2], [None; 2], Vec::new());
        let (neighbors, said) = (Neighbors::default(), Said::default());
        let (outbox, ahead) = (Outbox::default(), Ahead::default());
        Self { layer, streams, at, last, pieces, ids, secrets, neighbors, outbox, ahead, said }
    }

    fn input(&mut self, end: End, input: Input<'_>) {
        self.with(|layer, up| layer.input(end, input, up));
    }

    fn with<T>(&mut self, work: impl FnOnce(&mut Layer, &mut Up<'_>) -> T) -> T {
        let mut up = Up {
            sink: &mut self.said,
            ids: &mut self.ids,
            options: &Options::default(),
            secrets: &mut self.secrets,
            neighbors: &mut self.neighbors,
            recall: Recall { now: None, earlier: &self.pieces },
            judge: None,
            scratch: &mut [0; 1024],
            outbox: &mut self.outbox,
            ahead: &mut self.ahead,
        };
        work(&mut self.layer, &mut up)
    }

    /// An end sends this, in pieces as large as a segment may be.
    fn send(&mut self, end: End, bytes: &[u8]) {
        for piece in bytes.chunks(60_000) {
            let (at, prev, stream) =
                (self.at[end.index()], self.last[end.index()], self.streams[end.index()]);
            let below = Below::Packet { id: PacketId::new(self.pieces.len() as u32), offset: 0 };
            self.pieces.push(if self.pieces.len() < 64 { piece.to_vec() } else { Vec::new() });
            let extent = Extent { at, len: piece.len() as u32, below, prev };
            let id = self.with(|_, up| up.extent(stream, extent));
            self.last[end.index()] = Some(id);
            self.at[end.index()] += piece.len() as u64;
            self.input(end, Input::Bytes { at, bytes: piece, extent: Some(id), texts: &[] });
        }
    }

    fn lose(&mut self, end: End, len: u64) {
        let at = self.at[end.index()];
        self.at[end.index()] += len;
        self.input(end, Input::Gap { at, len });
    }

    fn count(&self, is: impl Fn(&Event) -> bool) -> usize {
        self.said.events.iter().filter(|event| is(event)).count()
    }
}
