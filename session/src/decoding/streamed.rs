//! DEFLATE streams that run through all messages of a direction, read at any place: their state is kept now and then.
//!
//! ```text
//! messages  0 ─► 1 ─► 2 ─► … ─► 900 ─► 901 ─► …
//! points    ▲ start       ▲ window, 256 KiB on   ▲          one is read from the nearest point before it
//! ```
//! What comes out of a message does not depend on what was read before. A stream is gone through once, as far as
//! anybody looks; of windows no more than [`BUDGET`] is kept for each, then every second one is let go.

use std::sync::Arc;

use dissector::decoders::{Payload, Stream};
use dissector::ids::MessageId;
use dissector::websocket::deflate::window;

use super::choice::origin;
use super::directions::{Directions, Key};
use crate::content::{Content, SHOWN};
use crate::model::{Kind, Message};
use crate::snapshot::Snapshot;

/// Bytes that come out between two points.
const SPACING: u64 = 256 << 10;
/// Bytes of windows that are kept for a stream.
const BUDGET: usize = 1 << 20;

/// Streams of connections.
#[derive(Debug)]
pub(super) struct Streamed {
    of: Directions<Direction>,
    spacing: u64,
}

impl Default for Streamed {
    fn default() -> Self {
        Self { of: Directions::default(), spacing: SPACING }
    }
}

/// The binary messages of one direction, in order.
#[derive(Debug, Default)]
pub(super) struct Listed {
    messages: Vec<MessageId>,
    /// Messages of all connections that were looked at for it.
    seen: u32,
}

impl Listed {
    /// Notes its messages up to one; gives the place of that one.
    pub(super) fn place(&mut self, snapshot: &Snapshot, key: Key, last: MessageId) -> Option<usize> {
        while self.seen <= last.index() {
            let id = MessageId::new(self.seen);
            let is_binary = || snapshot.message(id).is_some_and(|message| message.kind == Kind::Binary);
            if origin(snapshot, id) == Some(key) && is_binary() {
                self.messages.push(id);
            }
            self.seen += 1;
        }
        self.messages.binary_search(&last).ok()
    }
    pub(super) fn at(&self, place: usize) -> Option<MessageId> {
        self.messages.get(place).copied()
    }
}

/// The stream of one direction.
#[derive(Debug, Default)]
struct Direction {
    listed: Listed,
    points: Vec<Point>,
    /// Bytes that come out between two of them.
    spacing: u64,
    /// The state that was left last, and the place of the message that comes next.
    live: Option<(usize, Stream)>,
    /// The place from which on nothing can be read, and why.
    lost: Option<(usize, &'static str)>,
}

/// Where a stream can be taken up.
#[derive(Debug)]
struct Point {
    /// The place of the message that comes next.
    next: usize,
    /// Bytes that had come out.
    total: u64,
    window: Arc<[u8]>,
}

impl Streamed {
    /// What a message says.
    pub(super) fn payload(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        message: &Message,
    ) -> Result<Payload, &'static str> {
        let key = (message.connection, message.side);
        let spacing = self.spacing;
        let direction = self.of.of(key, || Direction { spacing, ..Direction::default() });
        let place = direction.listed.place(snapshot, key, message.id).ok_or("no message of this stream")?;
        direction.payload(content, snapshot, place)
    }
}

impl Direction {
    fn payload(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        place: usize,
    ) -> Result<Payload, &'static str> {
        if let Some((_, why)) = self.lost.filter(|(from, _)| *from <= place) {
            return Err(why);
        }
        let (mut next, mut stream) = self.before(place);
        while next <= place {
            let Some(id) = self.listed.at(next) else { return Err("no message of this stream") };
            let bytes = match snapshot.message(id) {
                // One that is still open may yet come.
                Some(message) if message.outcome.is_none() => {
                    return Err("a message before it is not complete");
                }
                _ => content.message(snapshot, id, SHOWN),
            };
            let fed = bytes
                .map_err(|_| "a message before it in the stream could not be had")
                .and_then(|bytes| stream.feed(&bytes));
            if let Err(why) = fed {
                self.lost = Some((next, why));
                return Err(why);
            }
            next += 1;
            self.keep(next, &stream);
        }
        let payload = stream.payload();
        self.live = Some((next, stream));
        Ok(payload)
    }

    /// The nearest state before a message.
    fn before(&mut self, place: usize) -> (usize, Stream) {
        let known = self.points.partition_point(|point| point.next <= place);
        let point = known.checked_sub(1).map(|known| &self.points[known]);
        let from = point.map_or(0, |point| point.next);
        match self.live.take() {
            Some((next, stream)) if from <= next && next <= place => (next, stream),
            _ => match point {
                Some(point) => (from, Stream::resumed(&window::unpack(&point.window), point.total)),
                None => (0, Stream::default()),
            },
        }
    }

    /// Keeps the state in front of a message where none near it is.
    fn keep(&mut self, next: usize, stream: &Stream) {
        let (last, total) = self.points.last().map_or((0, 0), |point| (point.next, point.total));
        if next <= last || stream.total() < total + self.spacing {
            return;
        }
        let Some(window) = stream.window() else { return };
        self.points.push(Point { next, total: stream.total(), window: window::pack(window) });
        if self.points.iter().map(|point| point.window.len()).sum::<usize>() > BUDGET {
            let mut second = false;
            self.points.retain(|_| {
                second = !second;
                !second
            });
            self.spacing *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use dissector::ids::Side;

    use super::*;
    use crate::worker::{Options, read};

    /// A stream says the same in order, backwards and with leaps, and what is left out is read from points on the way.
    #[test]
    fn any_order_says_the_same() {
        let pcap = concat!(env!("CARGO_MANIFEST_DIR"), "/../sample-pcaps/zlib-stream.pcap");
        let source = capture::Source::File { path: pcap.into(), follow: false };
        let mut capture = capture::open(source).unwrap();
        let snapshot = read(capture.as_mut(), &Options::default(), &mut |_| {});
        let all = (0..snapshot.message_count()).filter_map(|index| snapshot.message(MessageId::new(index)));
        let all: Vec<Message> = all.filter(|it| it.side == Side::Server && it.kind == Kind::Binary).collect();
        let mut content = Content::default();
        let small = || Streamed { spacing: 4 << 10, ..Streamed::default() };
        let mut straight = Streamed::default();
        let told: Vec<Payload> =
            all.iter().map(|it| straight.payload(&mut content, &snapshot, it).unwrap()).collect();
        assert!(told.len() > 60 && told.iter().filter(|it| !it.whole).count() == 3);
        let mut streamed = small();
        for place in (0..all.len()).rev().chain((0..all.len()).map(|place| place * 37 % all.len())) {
            assert_eq!(
                streamed.payload(&mut content, &snapshot, &all[place]).as_ref(),
                Ok(&told[place]),
                "{place}"
            );
        }
        let direction = streamed.of.0.values().next().unwrap();
        assert!(direction.points.len() > 6, "{}", direction.points.len());
        assert!(direction.points.windows(2).all(|pair| pair[0].next < pair[1].next));
    }
}
