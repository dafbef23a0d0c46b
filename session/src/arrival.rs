//! Which packet brought a stream up to a place.
//!
//! Mostly the packet that holds the bytes. Where a hole was filled it is the one that filled it: what waited behind
//! was complete only then. Where a hole was given up nothing came, and each packet counts for itself again.

use std::collections::HashMap;

use dissector::ids::{ExtentId, PacketId, StreamId};

/// What brought each stream to where it stands.
#[derive(Default)]
pub(crate) struct Arrivals {
    streams: Vec<Stream>,
    /// Extents that waited for another packet than their own.
    late: HashMap<ExtentId, PacketId>,
}

#[derive(Clone, Copy, Default)]
struct Stream {
    newest: Option<ExtentId>,
    latest: Option<PacketId>,
    /// The packet at which a hole was given up last.
    torn: Option<PacketId>,
}

impl Arrivals {
    fn stream(&mut self, id: StreamId) -> Option<&mut Stream> {
        let place = id.index() as usize;
        if place >= self.streams.len() {
            self.streams.resize(place + 1, Stream::default());
        }
        self.streams.get_mut(place)
    }

    /// Looks at where a stream stands of which bytes come soon.
    pub(crate) fn warm(&self, stream: StreamId) -> u64 {
        self.newest(stream).map_or(0, |newest| u64::from(newest.index()))
    }

    /// At packet `now`, bytes of a stream were given up.
    pub(crate) fn gap(&mut self, stream: StreamId, now: PacketId) {
        if let Some(stream) = self.stream(stream) {
            stream.torn = Some(now);
        }
    }

    /// At packet `now`, bytes that lie in `packet` were put in order.
    pub(crate) fn extent(&mut self, id: ExtentId, stream: StreamId, packet: PacketId, now: PacketId) {
        let Some(stream) = self.stream(stream) else { return };
        let brought = if stream.torn == Some(now) {
            stream.latest.map_or(packet, |latest| latest.max(packet))
        } else {
            now
        };
        (stream.newest, stream.latest) = (Some(id), Some(brought));
        if brought != packet {
            self.late.insert(id, brought);
        }
    }

    /// An extent of a stream inside another one: what brought it is what brought that one.
    pub(crate) fn inside(&mut self, id: ExtentId, stream: StreamId) {
        if let Some(stream) = self.stream(stream) {
            stream.newest = Some(id);
        }
    }

    /// The newest extent of a stream.
    pub(crate) fn newest(&self, stream: StreamId) -> Option<ExtentId> {
        self.streams.get(stream.index() as usize)?.newest
    }

    /// The packet that an extent waited for, where that is not its own.
    pub(crate) fn of(&self, id: ExtentId) -> Option<PacketId> {
        self.late.get(&id).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet that fills a hole completes what waited behind it; one at which a hole is given up does not.
    #[test]
    fn filled_and_given_up() {
        let (stream, packet, extent) = (StreamId::new(3), PacketId::new, ExtentId::new);
        let mut arrivals = Arrivals::default();
        arrivals.extent(extent(0), stream, packet(1), packet(1));
        // Packet 2 waited for packet 3.
        arrivals.extent(extent(1), stream, packet(3), packet(3));
        arrivals.extent(extent(2), stream, packet(2), packet(3));
        // 5 and 6 waited for what never came, 6 in front of 5; at 90 that is given up.
        arrivals.gap(stream, packet(90));
        arrivals.extent(extent(3), stream, packet(6), packet(90));
        arrivals.extent(extent(4), stream, packet(5), packet(90));
        arrivals.extent(extent(5), stream, packet(91), packet(91));
        let late: Vec<_> = (0..6).map(|id| arrivals.of(extent(id))).collect();
        assert_eq!(late, [None, None, Some(packet(3)), None, Some(packet(6)), None]);
    }
}
