//! Looks into one row: its content, or the lines of its tree.

use dissector::ids::{DeliveryId, FrameId, MessageId, PacketId};

use super::{Of, Search, Spot, Within};
use crate::content::{Content, Patchy, SHOWN, Why};
use crate::detail::{Subject, detail, walk};
use crate::snapshot::Snapshot;

/// The first spot in a row behind `bound`, or the last one before it where the search goes up.
pub(super) fn look(
    snapshot: &Snapshot,
    content: &mut Content,
    search: &Search,
    row: u32,
    bound: Option<&Spot>,
) -> Result<Option<Spot>, Why> {
    let subject = match search.of {
        Of::Messages => Subject::Message(MessageId::new(row)),
        Of::Frames => Subject::Frame(FrameId::new(row)),
        Of::Packets => Subject::Packet(PacketId::new(row)),
        Of::Deliveries => Subject::Delivery(DeliveryId::new(row)),
        Of::Findings => return Ok(finding(snapshot, search, row).filter(|_| bound.is_none())),
    };
    match search.within {
        Within::Content => {
            let said = content.said(snapshot, subject, SHOWN)?;
            let matches = search.pattern.matches(&said.bytes).filter(|range| known(&said, range));
            Ok(choose(matches.map(Spot::of), bound, search.up))
        }
        Within::Names => {
            let mut lines = Vec::new();
            walk(&detail(snapshot, content, subject).tree, &mut |path, node| {
                let words = [node.label.as_ref(), node.value.as_str(), node.name];
                if words.iter().any(|words| search.pattern.is_in(words)) {
                    lines.push(Spot::Line(path.to_vec()));
                }
            });
            Ok(choose(lines.into_iter(), bound, search.up))
        }
    }
}

fn finding(snapshot: &Snapshot, search: &Search, row: u32) -> Option<Spot> {
    let finding = &snapshot.findings().row(row)?.finding;
    let there = match search.within {
        Within::Content => search.pattern.is_in(&finding.sentence()),
        Within::Names => search.pattern.is_in(finding.rule().code),
    };
    there.then_some(Spot::Row)
}

/// Spots come in order.
fn choose(mut spots: impl Iterator<Item = Spot>, bound: Option<&Spot>, up: bool) -> Option<Spot> {
    if up {
        spots.take_while(|spot| bound.is_none_or(|bound| spot < bound)).last()
    } else {
        spots.find(|spot| bound.is_none_or(|bound| spot > bound))
    }
}

/// Whether all of a range was captured: zeros that stand in for what was not are no match.
fn known(said: &Patchy, range: &std::ops::Range<usize>) -> bool {
    !said.holes.iter().any(|hole| hole.start < range.end && range.start < hole.end)
}
