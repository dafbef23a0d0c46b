//! What the rules found: the first hundreds in full, all of them counted.
//!
//! One broken connection with a million bad frames must not eat memory, so findings are kept per rule and
//! connection up to a limit; what is beyond it shows in the counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use dissector::ids::{ConnectionId, ExtentId, PacketId};
use dissector::rules::{Finding, Rule, Severity};

use crate::paged::Paged;
use crate::sparse::Sparse;

/// Findings of one rule on one connection that are kept in full.
pub const KEPT: u32 = 100;

/// Findings that are kept in full altogether.
const KEPT_ALTOGETHER: u32 = 1_000_000;

/// A finding with its moment.
#[derive(Clone, Debug)]
pub struct Found {
    /// What was found.
    pub finding: Finding,
    /// The packet at which it was found.
    pub packet: PacketId,
    /// The time of that packet.
    pub time: i64,
    /// The newest extent of the stream that it points into, from which the walk back to its bytes begins.
    pub extent: Option<ExtentId>,
}

/// How often rules were broken, and how badly: a finding may be milder than its rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub(crate) BTreeMap<(u16, Severity), u32>);

impl Counts {
    pub(crate) fn add(&mut self, rule: u16, severity: Severity) {
        let count = self.0.entry((rule, severity)).or_default();
        *count = count.saturating_add(1);
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Findings of one severity.
    pub fn of(&self, severity: Severity) -> u64 {
        let same = self.0.iter().filter(|((_, other), _)| *other == severity);
        same.map(|(_, count)| u64::from(*count)).sum()
    }

    /// All findings.
    pub fn total(&self) -> u64 {
        self.0.values().map(|count| u64::from(*count)).sum()
    }

    /// The worst severity.
    pub fn worst(&self) -> Option<Severity> {
        self.0.keys().map(|(_, severity)| *severity).max()
    }

    /// Rule by rule in the order of the table.
    pub fn broken(&self) -> Vec<Broken> {
        let rules: Vec<_> = dissector::rules::rules().collect();
        let mut all: Vec<Broken> = Vec::new();
        for (&(place, worst), &count) in &self.0 {
            let count = u64::from(count);
            match all.last_mut().filter(|last| last.place == place) {
                // Severities rise.
                Some(last) => (last.worst, last.count) = (worst, last.count + count),
                None => all.extend(rules.get(usize::from(place)).map(|&rule| Broken {
                    place,
                    rule,
                    worst,
                    count,
                })),
            }
        }
        all
    }

    /// Rule by rule, the worst first.
    pub fn ranked(&self) -> Vec<Broken> {
        let mut all = self.broken();
        all.sort_by_key(|broken| std::cmp::Reverse(broken.worst));
        all
    }
}

/// A rule that was broken.
#[derive(Clone, Copy, Debug)]
pub struct Broken {
    /// Its place in [`dissector::rules::rules`].
    pub place: u16,
    /// The rule.
    pub rule: &'static Rule,
    /// The worst of its findings.
    pub worst: Severity,
    /// How often.
    pub count: u64,
}

/// Findings, for the writer.
#[derive(Default)]
pub(crate) struct Verdicts {
    pub(crate) kept: Paged<Arc<Found>>,
    /// Which findings a frame has.
    pub(crate) of_frame: Sparse<u32>,
    counts: HashMap<(Option<ConnectionId>, u16), u32>,
    pub(crate) totals: Counts,
}

impl Verdicts {
    pub(crate) fn push(&mut self, found: Found) {
        let finding = &found.finding;
        self.totals.add(finding.rule, finding.severity);
        let count = self.counts.entry((finding.connection, finding.rule)).or_default();
        *count = count.saturating_add(1);
        if *count > KEPT || self.kept.len() >= KEPT_ALTOGETHER {
            return;
        }
        let frame = finding.frame;
        let index = self.kept.push(Arc::new(found));
        if let Some(frame) = frame {
            self.of_frame.push(frame.index(), index);
        }
    }
}

/// The rules of some counts with how often each was broken, in the order of the table.
pub fn named(counts: &Counts) -> impl Iterator<Item = (&'static Rule, u64)> + use<> {
    counts.broken().into_iter().map(|broken| (broken.rule, broken.count))
}
