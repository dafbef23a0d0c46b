//! When each connection spoke, in equal parts of the capture's time.

use std::collections::HashMap;

use session::Snapshot;
use session::dissector::ids::{ConnectionId, FrameId, Side};

/// When each connection spoke: frames of both sides in equal parts of the capture's time.
pub struct Activity {
    pub(super) parts: HashMap<ConnectionId, [[u16; PARTS]; 2]>,
}

/// Number of parts into which the capture's time is cut.
pub const PARTS: usize = 32;

/// How many connections have their activity counted.
const COUNTED: usize = 100_000;

pub(super) fn activity(snapshot: &Snapshot) -> Activity {
    let mut parts: HashMap<ConnectionId, [[u16; PARTS]; 2]> = HashMap::new();
    let (first, last) = snapshot.totals.times.unwrap_or_default();
    let whole = i128::from(last.saturating_sub(first)).max(1);
    for row in 0..snapshot.frame_count() {
        let Some(frame) = snapshot.frame(FrameId::new(row)) else { continue };
        if parts.len() >= COUNTED && !parts.contains_key(&frame.connection) {
            continue;
        }
        let since = i128::from(frame.time.saturating_sub(first)).clamp(0, whole);
        let part = (since * (PARTS as i128 - 1) / whole) as usize;
        let side = usize::from(frame.side == Side::Server);
        let counts = parts.entry(frame.connection).or_default();
        counts[side][part] = counts[side][part].saturating_add(1);
    }
    Activity { parts }
}
