//! When each connection spoke, in equal parts of the capture's time; counted a little at a time.

use std::sync::Arc;
use std::time::Instant;

use session::Snapshot;
use session::dissector::ids::{ConnectionId, FrameId};

/// When each connection spoke: frames of both sides in equal parts of the capture's time.
pub struct Activity {
    /// By connection.
    parts: Vec<[[u16; PARTS]; 2]>,
}

/// Number of parts into which the capture's time is cut.
pub const PARTS: usize = 32;

/// How many connections have their activity counted: the first ones.
const COUNTED: u32 = 100_000;
/// Frames that are counted between two looks at the clock.
const STRIDE: u32 = 4096;

impl Activity {
    /// When a connection spoke, where it did.
    pub fn of(&self, connection: ConnectionId) -> Option<&[[u16; PARTS]; 2]> {
        let parts = self.parts.get(connection.index() as usize)?;
        parts.iter().flatten().any(|count| *count > 0).then_some(parts)
    }
}

/// Activity in the counting.
pub(super) struct Counting {
    snapshot: Arc<Snapshot>,
    parts: Vec<[[u16; PARTS]; 2]>,
    next: u32,
}

impl Counting {
    pub(super) fn new(snapshot: &Arc<Snapshot>) -> Self {
        let connections = snapshot.connections().len().min(COUNTED);
        let parts = vec![[[0; PARTS]; 2]; connections as usize];
        Self { snapshot: Arc::clone(snapshot), parts, next: 0 }
    }

    /// Counts on until then; gives what was counted once that is all.
    pub(super) fn step(&mut self, until: Instant) -> Option<Activity> {
        let (first, last) = self.snapshot.totals.times.unwrap_or_default();
        let part = (PARTS - 1) as f64 / (last.saturating_sub(first).max(1) as f64);
        while self.next < self.snapshot.frame_count() {
            if Instant::now() > until {
                return None;
            }
            let end = self.snapshot.frame_count().min(self.next.saturating_add(STRIDE));
            for row in self.next..end {
                let Some((connection, side, time)) = self.snapshot.spoken(FrameId::new(row)) else {
                    continue;
                };
                let Some(counts) = self.parts.get_mut(connection.index() as usize) else { continue };
                // A time before the first one is as good as that.
                let part = ((time.saturating_sub(first) as f64 * part) as usize).min(PARTS - 1);
                let count = &mut counts[side.index()][part];
                *count = count.saturating_add(1);
            }
            self.next = end;
        }
        Some(Activity { parts: std::mem::take(&mut self.parts) })
    }
}
