//! Which frames, and which TLS records, have bytes in a packet.
//!
//! Frames stand in order of completion, so those that a packet completes are found by halving. Frames that
//! only begin or go on in it were completed later; they are looked for behind, within bounds.

use dissector::ids::{FrameId, PacketId, RecordId, StreamId};
use dissector::span::Span;

use super::layers;
use super::steps::Lies;
use crate::model::Frame;
use crate::place;
use crate::snapshot::Snapshot;

/// How many later frames are looked at for one that has bytes in the packet.
const LOOKED_AT: u32 = 100_000;
/// How many later frames of the same stream may have none before the search is given up: so many may have
/// waited for a hole in front of the packet to be filled.
const OTHERS: u32 = 256;

/// The frames that have bytes in a packet, in order of completion, at most `limit`.
pub fn frames_touching(snapshot: &Snapshot, packet: PacketId, limit: usize) -> Vec<Frame> {
    let Some((flow, end)) = snapshot.packet(packet).and_then(|packet| packet.flow) else { return Vec::new() };
    let mut found = Vec::new();
    let mut others = 0;
    let first = snapshot.first_frame(packet);
    for index in first..snapshot.frame_count().min(first.saturating_add(LOOKED_AT)) {
        let Some(frame) = snapshot.frame(FrameId::new(index)) else { break };
        if frame.stream.end() != end || snapshot.connection(frame.connection).is_none_or(|it| it.flow != flow)
        {
            continue;
        }
        if touches(snapshot, &frame, packet) {
            found.push(frame);
        } else if frame.packet > packet {
            others += 1;
            if !found.is_empty() || others > OTHERS {
                break;
            }
        }
        if found.len() >= limit {
            break;
        }
    }
    found
}

/// The TLS records that have bytes in a packet and carry a part of a stream, in order, at most `limit`.
pub(super) fn records_touching(snapshot: &Snapshot, packet: PacketId, limit: usize) -> Vec<RecordId> {
    let ends_at = |index| {
        let record = snapshot.record(RecordId::new(index))?;
        Some((record, snapshot.packet_of(record.extent)?))
    };
    let count = snapshot.record_count();
    let low = place::halve(count, |index| ends_at(index).is_some_and(|(_, end)| end < packet));
    let mut found = Vec::new();
    let mut around = Vec::new();
    for index in low..count.min(low.saturating_add(OTHERS)) {
        let Some((record, _)) = ends_at(index) else { break };
        let want = layers::sealed(&record);
        let below = want.steps(snapshot).into_iter().filter_map(|step| match step.lies {
            Lies::Record(id, _) => Some(id),
            Lies::Packet(..) => None,
        });
        around.extend(below);
        let span = Span { stream: StreamId::new(0), at: want.at, len: want.len };
        if snapshot.runs(want.from, span).iter().any(|run| run.packet == packet) {
            found.push(RecordId::new(index));
        }
        if found.len() >= limit {
            break;
        }
    }
    // Of TLS in TLS, the outer records come with the inner ones.
    found.retain(|id| !around.contains(id));
    found
}

fn touches(snapshot: &Snapshot, frame: &Frame, packet: PacketId) -> bool {
    let span = Span { stream: frame.stream, at: frame.at, len: frame.header.frame_len() };
    snapshot.runs(frame.extent, span).iter().any(|run| run.packet == packet)
}
