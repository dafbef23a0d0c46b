//! Findings as lines of the tree: what was found, by which sentence of which RFC, and at which bits.
//!
//! Judges nothing: what was found stands in the snapshot.

use std::sync::Arc;

use dissector::rules::{Finding, Severity};
use dissector::span::Span;

use super::node::{Node, Place};
use super::{Detail, Subject, node};
use crate::snapshot::Snapshot;
use crate::verdicts::Found;

/// A finding that a line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its place among all findings.
    pub place: u32,
    /// How bad it is.
    pub severity: Severity,
}

/// The name of the lines that stand for findings.
pub(super) const FINDING: &str = "ws.finding";

/// Findings about one connection that have a line.
const LISTED: usize = 256;

/// A line for each of some findings; `settle` says where a span stands, and where what
/// points at no bytes does.
pub(super) fn nodes(
    snapshot: &Snapshot,
    places: &[u32],
    settle: &dyn Fn(Option<Span>) -> Option<Place>,
) -> Vec<Node> {
    let found = places.iter().filter_map(|place| Some((*place, snapshot.findings().row(*place)?)));
    found.map(|(place, found)| line(place, found, settle(found.finding.span))).collect()
}

/// The findings of a connection that are about no frame.
pub(super) fn of_connection(snapshot: &Snapshot, subject: Subject) -> Vec<u32> {
    let Subject::Connection(id) = subject else { return Vec::new() };
    let any = snapshot.connection(id).is_some_and(|connection| !connection.findings.is_empty());
    let count = if any { snapshot.findings().len() } else { 0 };
    let about = |finding: &Finding| finding.connection == Some(id) && finding.frame.is_none();
    let places =
        (0..count).filter(|place| snapshot.findings().row(*place).is_some_and(|found| about(&found.finding)));
    places.take(LISTED).collect()
}

fn line(place: u32, found: &Arc<Found>, at: Option<Place>) -> Node {
    let finding = &found.finding;
    let rule = finding.rule();
    let sentence = finding.sentence();
    let mut children = vec![Node::new("", "Says", sentence.clone()).at(at)];
    children.push(Node::new("ws.severity", "Severity", finding.severity.name()));
    if rule.rfc.is_empty() {
        children.push(Node::new("", "Asked by", rule.level.word()));
    } else {
        children.push(Node::new("", "Asked by", format!("RFC {}: {}", rule.rfc, rule.level.word())));
    }
    children.push(Node::new("", "Against", finding.accused.name()));
    for (label, words) in [("Expected", finding.expected.as_str()), ("Seen", finding.seen.as_str())] {
        if !words.is_empty() {
            children.push(Node::new("", label, words));
        }
    }
    if let Some(at) = at {
        children.push(Node::new("", "Bits", bits(at)).at(Some(at)));
    }
    if !rule.likely.is_empty() {
        children.push(Node::new("", "Likely reported", rule.likely));
    }
    let mut node = Node::new(FINDING, "Finding", rule.code).at(at).says(sentence).with(children);
    node.flag = Some(Flag { place, severity: finding.severity });
    node
}

fn bits(place: Place) -> String {
    let touched = place.touched();
    match touched.len() {
        1 => format!("{} in byte {}", count(place.bits.len, "bit"), touched.start),
        _ => format!("bytes {} to {}", touched.start, touched.end.saturating_sub(1)),
    }
}

fn count(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

impl Detail {
    /// The line of a finding, by its place among all findings.
    pub fn finding(&self, place: u32) -> Option<Vec<usize>> {
        let mut found = None;
        node::walk(&self.tree, &mut |path, node| {
            if node.flag.is_some_and(|flag| flag.place == place) {
                found.get_or_insert_with(|| path.to_vec());
            }
        });
        found
    }
}
