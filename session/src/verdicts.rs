//! What the rules found: the first hundreds in full, all of them counted.
//!
//! One broken connection with a million bad frames must not eat memory, so findings are kept per rule and
//! connection up to a limit; what is beyond it shows in the counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use dissector::ids::{ConnectionId, PacketId};
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
}

/// How often a rule was broken.
pub type Counts = BTreeMap<u16, u32>;

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
    pub(crate) fn push(&mut self, finding: Finding, packet: PacketId, time: i64) {
        *self.totals.entry(finding.rule).or_default() += 1;
        let count = self.counts.entry((finding.connection, finding.rule)).or_default();
        *count = count.saturating_add(1);
        if *count > KEPT || self.kept.len() >= KEPT_ALTOGETHER {
            return;
        }
        let frame = finding.frame;
        let index = self.kept.push(Arc::new(Found { finding, packet, time }));
        if let Some(frame) = frame {
            self.of_frame.push(frame.index(), index);
        }
    }
}

/// The worst severity among some counts.
pub fn worst(counts: &Counts) -> Option<Severity> {
    dissector::rules::rules()
        .enumerate()
        .filter(|(place, _)| counts.contains_key(&(*place as u16)))
        .map(|(_, rule)| rule.severity)
        .max()
}

/// The rules of some counts with how often each was broken, in the order of the table.
pub fn named(counts: &Counts) -> impl Iterator<Item = (&'static Rule, u32)> + '_ {
    let rules: Vec<_> = dissector::rules::rules().collect();
    counts.iter().filter_map(move |(place, count)| Some((*rules.get(usize::from(*place))?, *count)))
}
