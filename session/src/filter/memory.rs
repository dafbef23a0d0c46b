//! What is remembered between two looks at the rows of one pass: which frames belong to a packet, which connections to
//! a flow. Costs follow what is new since the last look.

use std::collections::HashMap;
use std::ops::Range;

use dissector::event::Carries;
use dissector::ids::{ConnectionId, FlowId, FrameId, PacketId};

use super::mask::ROWS;
use crate::near::NearRows;
use crate::row::FrameRow;
use crate::snapshot::Snapshot;

/// A frame with the packet that completed it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Completed {
    pub(super) packet: u32,
    pub(super) frame: u32,
    pub(super) row: FrameRow,
}

/// Frames between two marks of [`ByPacket`].
const STEP: usize = 256;

/// The frames of each packet. Frames stand in order of their packets but for stragglers, which were cut off and have
/// their row where that was known.
#[derive(Debug, Default)]
pub(super) struct ByPacket {
    /// The greatest packet among all frames before every [`STEP`]th.
    marks: Vec<u32>,
    greatest: u32,
    stragglers: Vec<(u32, u32)>,
    seen: u32,
    /// The packets that were asked for last, how many frames there were then, and what they completed.
    last: (Range<u32>, u32, Vec<Completed>),
}

impl ByPacket {
    /// Looks at the frames that are new.
    pub(super) fn extend(&mut self, snapshot: &Snapshot, near: &mut NearRows) {
        let mut late = false;
        let rows = snapshot.frames.rows_from(self.seen);
        for (index, row) in (self.seen..).zip(rows) {
            if (index as usize).is_multiple_of(STEP) {
                self.marks.push(self.greatest);
            }
            let packet = near.packet_of_frame(snapshot, FrameId::new(index), row).map_or(0, PacketId::index);
            if packet < self.greatest {
                self.stragglers.push((packet, index));
                late = true;
            }
            self.greatest = self.greatest.max(packet);
        }
        self.seen = snapshot.frame_count();
        if late {
            self.stragglers.sort_unstable();
        }
    }

    /// The frames that a packet completed.
    pub(super) fn frames(
        &mut self,
        snapshot: &Snapshot,
        near: &mut NearRows,
        packet: PacketId,
    ) -> Vec<FrameId> {
        // With its neighbors, as those are asked for next.
        let wanted = packet.index();
        let base = wanted - wanted % ROWS as u32;
        let all = self.completed(snapshot, near, base..base.saturating_add(ROWS as u32));
        let first = all.partition_point(|it| it.packet < wanted);
        let its = all[first..].iter().take_while(|it| it.packet == wanted);
        its.map(|it| FrameId::new(it.frame)).collect()
    }

    /// The frames that packets of a range completed, in order of these; those of the last range are still there.
    pub(super) fn completed(
        &mut self,
        snapshot: &Snapshot,
        near: &mut NearRows,
        wanted: Range<u32>,
    ) -> &[Completed] {
        if self.last.0 != wanted || self.last.1 != snapshot.frame_count() {
            let mut found = std::mem::take(&mut self.last.2);
            found.clear();
            self.extend(snapshot, near);
            self.in_order(snapshot, near, &wanted, &mut found);
            let first = self.stragglers.partition_point(|(of, _)| *of < wanted.start);
            let late = self.stragglers[first..].iter().take_while(|(of, _)| *of < wanted.end);
            let rows = late.filter_map(|&(packet, frame)| {
                Some(Completed { packet, frame, row: snapshot.frames.row(frame)? })
            });
            let before = found.len();
            found.extend(rows);
            if found.len() > before {
                // Those that came late stand behind the others of their packet.
                found.sort_by_key(|it| it.packet);
            }
            self.last = (wanted, snapshot.frame_count(), found);
        }
        &self.last.2
    }

    /// Adds the frames that packets of a range completed, but for those that came late.
    fn in_order(
        &self,
        snapshot: &Snapshot,
        near: &mut NearRows,
        wanted: &Range<u32>,
        found: &mut Vec<Completed>,
    ) {
        // Behind the last mark whose frames before it are all of earlier packets.
        let block = self.marks.partition_point(|greatest| *greatest < wanted.start).saturating_sub(1);
        let mut greatest = self.marks.get(block).copied().unwrap_or(0);
        let begin = (block * STEP) as u32;
        for (frame, row) in (begin..self.seen).zip(snapshot.frames.rows_from(begin)) {
            let packet = near.packet_of_frame(snapshot, FrameId::new(frame), row).map_or(0, PacketId::index);
            if packet >= wanted.end {
                break;
            }
            if packet >= wanted.start && packet >= greatest {
                found.push(Completed { packet, frame, row });
            }
            greatest = greatest.max(packet);
        }
    }
}

/// The connections of each flow.
#[derive(Debug, Default)]
pub(super) struct ByFlow {
    known: HashMap<FlowId, Vec<ConnectionId>>,
    seen: u32,
}

impl ByFlow {
    pub(super) fn connections(&mut self, snapshot: &Snapshot, flow: FlowId) -> &[ConnectionId] {
        for index in self.seen..snapshot.connections().len() {
            if let Some(connection) = snapshot.connections().row(index) {
                self.known.entry(connection.flow).or_default().push(connection.id);
            }
        }
        self.seen = snapshot.connections().len();
        self.known.get(&flow).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Which flows are TCP's: those of UDP, which is QUIC's, are counted among the others.
#[derive(Debug, Default)]
pub(super) struct Streams {
    udp: Vec<u32>,
    seen: u32,
}

impl Streams {
    /// A TCP connection's number among those, from 0.
    pub(super) fn number(&mut self, snapshot: &Snapshot, flow: FlowId) -> Option<u32> {
        for index in self.seen..snapshot.flows().len() {
            if snapshot.flows().row(index).is_some_and(|flow| flow.carries == Carries::Quic) {
                self.udp.push(index);
            }
        }
        self.seen = snapshot.flows().len();
        let before = self.udp.binary_search(&flow.index()).err()?;
        flow.index().checked_sub(u32::try_from(before).ok()?)
    }
}

/// The findings that are about no frame, by the packet to look at for them.
#[derive(Debug, Default)]
pub(super) struct Loose {
    known: HashMap<PacketId, Vec<u32>>,
    seen: u32,
}

impl Loose {
    pub(super) fn findings(&mut self, snapshot: &Snapshot, packet: PacketId) -> &[u32] {
        for index in self.seen..snapshot.findings().len() {
            if let Some(found) = snapshot.findings().row(index).filter(|found| found.finding.frame.is_none())
            {
                self.known.entry(snapshot.packet_of_finding(found).0).or_default().push(index);
            }
        }
        self.seen = snapshot.findings().len();
        self.known.get(&packet).map(Vec::as_slice).unwrap_or_default()
    }
}
