//! What may follow one's own Close, and what answers the other side's.

use crate::rules::facts::Seen;
use crate::rules::{Point, Report};
use crate::websocket::opcode::Opcode;
use crate::websocket::registry::{OnWire, close_code};

pub(super) fn data_after_close(seen: &Seen<'_>, report: &mut Report<'_>) {
    // RFC 6455 5.5.1: "The application MUST NOT send any more data frames after sending a Close frame."
    if seen.frame.header.opcode.is_data() {
        after(seen, report);
    }
}

pub(super) fn control_after_close(seen: &Seen<'_>, report: &mut Report<'_>) {
    // RFC 6455 5.5.2: "An endpoint MAY send a Ping frame any time after the connection is established and
    // before the connection is closed."
    if matches!(seen.frame.header.opcode, Opcode::PING | Opcode::PONG) {
        after(seen, report);
    }
}

pub(super) fn duplicate(seen: &Seen<'_>, report: &mut Report<'_>) {
    if seen.frame.header.opcode == Opcode::CLOSE {
        after(seen, report);
    }
}

fn after(seen: &Seen<'_>, report: &mut Report<'_>) {
    let Some((close, ..)) = seen.party().closed else { return };
    let opcode = seen.frame.header.opcode;
    let sentence = format!("{} behind the Close in frame {}", opcode.name(), close.number());
    let span = Some(seen.span(0, 1));
    report.against(seen.frame.side, Point { span, seen: sentence, ..Point::default() });
}

pub(super) fn not_echoed(seen: &Seen<'_>, report: &mut Report<'_>) {
    let (party, peer) = (seen.party(), seen.peer());
    let (Some((_, Some(asked), _)), Some(close)) = (peer.closed, &seen.frame.close) else { return };
    // RFC 6455 7.1.5 knows Closes that cross: a side that had not got the other's when it sent its own does not
    // answer it. Its acknowledgments tell.
    let received = peer.close_span.is_some_and(|span| span.end() <= party.acknowledged);
    let usable = close_code(asked).on_wire == OnWire::Meant;
    if party.closed.is_some() || !received || !usable || close.code == Some(asked) {
        return;
    }
    let answer = close.code.map_or("no code".to_owned(), |code| code.to_string());
    let body = seen.frame.header.payload_len.min(2);
    let span = Some(if body == 2 { seen.payload_span(0, 2) } else { seen.header_span() });
    let point = Point { span, expected: asked.to_string(), seen: answer, severity: None };
    report.against(seen.frame.side, point);
}
