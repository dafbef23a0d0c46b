//! Where a thing stands in the capture, in words that hold in every pass over it: packets, TCP connections and offsets
//! in streams, which keys that come late do not change, and no numbers of frames, messages or connections, which they do.

mod words;

pub use self::words::NoPlace;

use dissector::ids::{ConnectionId, DeliveryId, FlowId, FrameId, PacketId, Side};

use crate::detail::Subject;
use crate::model::{Connection, Frame};
use crate::neighbor::Delivery;
use crate::snapshot::Snapshot;
use crate::verdicts::Found;

/// Where a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A packet.
    Packet(PacketId),
    /// A frame.
    Frame(Spot),
    /// A message, by its first frame.
    Message(Spot),
    /// A message that HTTP carries, by the packet that completed it, its sender and its place in its body.
    Delivery(PacketId, Side, u64),
    /// A connection, by the packet that it was met at.
    Connection(PacketId, Line),
}

/// What a connection runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    flow: FlowId,
    /// Its stream of HTTP/2.
    stream: Option<u32>,
}

/// Where a frame stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    packet: PacketId,
    line: Line,
    side: Side,
    at: u64,
}

/// Rows that are looked at from the packet on. Rows stand in order of their packets, so what is looked for is near.
const LOOKED_AT: u32 = 16_384;

impl Place {
    /// The place of a thing; nothing where there is no such thing.
    pub fn of(snapshot: &Snapshot, subject: Subject) -> Option<Self> {
        Some(match subject {
            Subject::Packet(id) => Self::Packet(id),
            Subject::Frame(id) => Self::Frame(Spot::of(snapshot, &snapshot.frame(id)?)?),
            Subject::Message(id) => {
                Self::Message(Spot::of(snapshot, &snapshot.frame(snapshot.message(id)?.first)?)?)
            }
            Subject::Delivery(id) => {
                let delivery = snapshot.delivery(id)?;
                Self::Delivery(delivery.packet, delivery.side, delivery.at)
            }
            Subject::Connection(id) => {
                let connection = snapshot.connection(id)?;
                Self::Connection(connection.packet, Line::of(connection))
            }
        })
    }

    /// The packet in which it is met: once that is read, so is what stands here.
    pub const fn packet(&self) -> PacketId {
        match self {
            Self::Packet(id) | Self::Connection(id, _) | Self::Delivery(id, ..) => *id,
            Self::Frame(spot) | Self::Message(spot) => spot.packet,
        }
    }

    /// What stands there in another pass: the same thing, else the packet that it is met in.
    pub fn find(&self, snapshot: &Snapshot) -> Option<Subject> {
        let packet = |id: PacketId| snapshot.packet(id).map(|packet| Subject::Packet(packet.id));
        match *self {
            Self::Packet(id) => packet(id),
            Self::Frame(spot) => match spot.find(snapshot) {
                Some(frame) => Some(Subject::Frame(frame.id)),
                None => packet(spot.packet),
            },
            Self::Message(spot) => match spot.find(snapshot) {
                Some(frame) => Some(frame.message.map_or(Subject::Frame(frame.id), Subject::Message)),
                None => packet(spot.packet),
            },
            Self::Delivery(at, side, from) => {
                let count = snapshot.delivery_count();
                let row = |index| snapshot.delivery(DeliveryId::new(index));
                let first = halve(count, |index| row(index).is_some_and(|it| it.packet < at));
                let near = first..count.min(first.saturating_add(LOOKED_AT));
                let same = |it: &Delivery| (it.packet, it.side, it.at) == (at, side, from);
                let found = near.filter_map(row).find(same);
                found.map_or_else(|| packet(at), |it| Some(Subject::Delivery(it.id)))
            }
            Self::Connection(at, line) => match line.find(snapshot, at) {
                Some(id) => Some(Subject::Connection(id)),
                None => packet(at),
            },
        }
    }
}

impl Line {
    fn of(connection: &Connection) -> Self {
        Self { flow: connection.flow, stream: connection.carrier.stream }
    }

    /// The connection that was met at this packet. What was sealed turns out to be another one, met a little later.
    fn find(self, snapshot: &Snapshot, at: PacketId) -> Option<ConnectionId> {
        let connections = snapshot.connections();
        let first = halve(connections.len(), |index| connections.row(index).is_some_and(|it| it.packet < at));
        let near = first..connections.len().min(first.saturating_add(LOOKED_AT));
        let mut other = None;
        for connection in near.filter_map(|index| connections.row(index)) {
            if connection.flow != self.flow {
                continue;
            }
            if connection.packet == at && Self::of(connection) == self {
                return Some(connection.id);
            }
            other = other.or(Some(connection.id));
        }
        other
    }
}

impl Spot {
    fn of(snapshot: &Snapshot, frame: &Frame) -> Option<Self> {
        let line = Line::of(snapshot.connection(frame.connection)?);
        Some(Self { packet: frame.packet, line, side: frame.side, at: frame.at })
    }

    fn find(self, snapshot: &Snapshot) -> Option<Frame> {
        let first = snapshot.first_frame(self.packet);
        let behind = first..snapshot.frame_count().min(first.saturating_add(LOOKED_AT));
        // A frame that was cut off has its row where that was known, which may be much later.
        let before = (first.saturating_sub(LOOKED_AT)..first).rev();
        let frames = behind.chain(before).filter_map(|index| snapshot.frame(FrameId::new(index)));
        let mut here = frames.filter(|frame| frame.packet == self.packet);
        here.find(|frame| Self::of(snapshot, frame) == Some(self))
    }
}

/// The place among the findings of `to` of what stands at `row` among those of `from`.
pub fn same_finding(from: &Snapshot, to: &Snapshot, row: u32) -> Option<u32> {
    let (known, findings) = (from.findings().row(row)?, to.findings());
    let first =
        halve(findings.len(), |index| findings.row(index).is_some_and(|found| found.packet < known.packet));
    let near = first..findings.len().min(first.saturating_add(LOOKED_AT));
    let about = |found: &Found| {
        let finding = &found.finding;
        (finding.rule, finding.accused, finding.span.map(|span| (span.at, span.len)), found.packet)
    };
    near.into_iter().find(|index| findings.row(*index).is_some_and(|found| about(found) == about(known)))
}

impl Snapshot {
    /// The first frame that was completed by this packet or a later one; the number of all where there is none.
    pub fn first_frame(&self, from: PacketId) -> u32 {
        halve(self.frame_count(), |index| {
            self.frame(FrameId::new(index)).is_some_and(|frame| frame.packet < from)
        })
    }
}

/// The first of `count` rows that is not `before`, where all that are stand in front.
pub(crate) fn halve(count: u32, before: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use dissector::ids::MessageId;

    use super::*;
    use crate::Options;

    fn open(name: &str, keys: bool) -> std::sync::Arc<Snapshot> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps").join(name);
        let keys = Some(path.with_extension("keys")).filter(|_| keys);
        let source = capture::Source::File { path, follow: false };
        let options = Options { keys: keys.into_iter().collect(), ..Options::default() };
        crate::read(capture::open(source).unwrap().as_mut(), &options, &mut |_| {})
    }

    /// Each thing is found again where it stands; what was sealed is found as the connection that it turns out to be.
    #[test]
    fn places_hold_in_every_pass() {
        for name in ["http2.pcap", "tls13.pcap", "tour.pcapng", "reordered.pcap", "sse.pcap", "longpoll.pcap"]
        {
            let (first, second) = (open(name, true), open(name, true));
            let frames = (0..first.frame_count()).map(|index| Subject::Frame(FrameId::new(index)));
            let messages = (0..first.message_count()).map(|index| Subject::Message(MessageId::new(index)));
            let connections =
                (0..first.connections().len()).map(|index| Subject::Connection(ConnectionId::new(index)));
            let deliveries =
                (0..first.delivery_count()).map(|index| Subject::Delivery(DeliveryId::new(index)));
            for subject in frames.chain(messages).chain(connections).chain(deliveries) {
                let place = Place::of(&first, subject).unwrap();
                assert_eq!(place.find(&second), Some(subject), "{name}");
            }
        }
        let sealed = open("tls13.pcap", false);
        let place = Place::of(&sealed, Subject::Connection(ConnectionId::new(0))).unwrap();
        let opened = open("tls13.pcap", true);
        let Some(Subject::Connection(id)) = place.find(&opened) else { panic!("{place:?}") };
        assert_eq!(opened.connection(id).unwrap().carrier.transport(), "tls");
        let frame = Place::of(&opened, Subject::Frame(FrameId::new(3))).unwrap();
        assert!(matches!(frame.find(&sealed), Some(Subject::Packet(_))), "there are no frames without keys");
    }
}
