//! Bytes that TCP held up under a WebSocket connection.

use crate::event::Event;
use crate::rules::death::spell;
use crate::rules::facts::Happened;
use crate::rules::{Point, Report};
use crate::websocket::describe::count;

pub(super) fn stall(happened: &Happened<'_>, report: &mut Report<'_>) {
    let Event::Stall { end, span, held, window, .. } = happened.event else { return };
    let Some(ledger) = happened.ledger.filter(|ledger| ledger.accepted) else { return };
    let side = ledger.side(*end);
    let seen = if *window {
        format!("the {} could take nothing for {} (window 0)", side.other().name(), spell(*held))
    } else {
        let bytes = count(span.len);
        format!("{bytes} of the {} came late, and what followed waited for {}", side.name(), spell(*held))
    };
    // RFC 9293 3.8.6: the window is the receiver's word; who sends waits for it.
    let against = if *window { side.other() } else { side };
    let span = (span.len > 0).then_some(*span);
    report.against(against, Point { span, seen, ..Point::default() });
}
