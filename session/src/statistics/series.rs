//! Frames, bytes and findings over time, of all of it or of a stretch.

use dissector::ids::{ConnectionId, FrameId};

use super::bins::{Bins, Part};
use super::sent;
use crate::model::Frame;
use crate::snapshot::Snapshot;

/// Parts of time that are told apart.
const PARTS: usize = 4096;

/// What happened in a part of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Frames of each side, client first.
    pub frames: [u64; 2],
    /// Bytes of those frames, headers and payload.
    pub bytes: [u64; 2],
    /// Findings by severity, the mildest first, of those that are kept in full.
    pub findings: [u64; 3],
    /// The first of the worst of them, by its place among all.
    pub finding: Option<u32>,
}

impl Part for Moment {
    fn join(&mut self, later: &Self) {
        if worst(&later.findings) > worst(&self.findings) {
            self.finding = later.finding;
        } else if worst(&later.findings) == worst(&self.findings) {
            self.finding = self.finding.into_iter().chain(later.finding).min();
        }
        let counts = self.frames.iter_mut().chain(&mut self.bytes).chain(&mut self.findings);
        let theirs = later.frames.iter().chain(&later.bytes).chain(&later.findings);
        counts.zip(theirs).for_each(|(ours, theirs)| *ours = ours.saturating_add(*theirs));
    }
}

impl Moment {
    /// The worst severity that was found, by its place, if anything was.
    pub fn worst(&self) -> Option<usize> {
        worst(&self.findings)
    }
}

fn worst(findings: &[u64; 3]) -> Option<usize> {
    findings.iter().rposition(|count| *count > 0)
}

/// A series that grows with its capture.
#[derive(Clone, Debug)]
pub struct Series {
    /// What was counted.
    pub bins: Bins<Moment>,
    connection: Option<ConnectionId>,
    range: Option<(i64, i64)>,
    frames: u32,
    findings: u32,
}

impl Series {
    /// Of a connection or of all, and of a stretch of time, its end not included, or of all.
    pub fn new(connection: Option<ConnectionId>, range: Option<(i64, i64)>) -> Self {
        Self { bins: Bins::new(PARTS), connection, range, frames: 0, findings: 0 }
    }

    /// Looks at up to `stride` rows more of each kind; whether those were the last.
    pub fn extend(&mut self, snapshot: &Snapshot, stride: u32) -> bool {
        let to = snapshot.frame_count().min(self.frames.saturating_add(stride));
        for row in self.frames..to {
            if let Some(frame) = snapshot.frame(FrameId::new(row)) {
                self.frame(&frame);
            }
        }
        self.frames = self.frames.max(to);
        self.extend_findings(snapshot, stride) && to == snapshot.frame_count()
    }

    pub(super) fn extend_findings(&mut self, snapshot: &Snapshot, stride: u32) -> bool {
        let count = snapshot.findings().len();
        let to = count.min(self.findings.saturating_add(stride));
        for row in self.findings..to {
            let Some(found) = snapshot.findings().row(row) else { continue };
            if self.connection.is_some_and(|only| found.finding.connection != Some(only)) {
                continue;
            }
            let frame = found.finding.frame.and_then(|frame| snapshot.frame(frame));
            let mut findings = [0; 3];
            findings[found.finding.severity as usize] = 1;
            let moment = Moment { findings, finding: Some(row), ..Moment::default() };
            self.add(frame.map_or(found.time, |frame| frame.time), &moment);
        }
        self.findings = to;
        to == count
    }

    pub(super) fn frame(&mut self, frame: &Frame) {
        if self.connection.is_some_and(|only| frame.connection != only) {
            return;
        }
        let mut moment = Moment::default();
        moment.frames[frame.side.index()] = 1;
        moment.bytes[frame.side.index()] = sent(frame).saturating_add(frame.header.len() as u64);
        self.add(frame.time, &moment);
    }

    fn add(&mut self, time: i64, moment: &Moment) {
        if self.range.is_none_or(|(from, to)| (from..to).contains(&time)) {
            self.bins.at(time).join(moment);
        }
    }
}
