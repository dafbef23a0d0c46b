//! What a Close says: its code and its reason.

use crate::ids::Side;
use crate::rules::facts::Seen;
use crate::rules::{Point, Report, Severity};
use crate::websocket::registry::{CloseRange, OnWire, close_code};
use crate::websocket::utf8::Verdict;

/// Longest body of a control frame (RFC 6455 5.5): a longer one is not kept, and breaks another rule.
const LONGEST: u64 = 125;

pub(super) fn reason_invalid_utf8(seen: &Seen<'_>, report: &mut Report<'_>) {
    let Some(verdict) = seen.frame.utf8.filter(|_| seen.frame.header.payload_len <= LONGEST) else { return };
    let (at, what) = match verdict {
        Verdict::Valid => return,
        Verdict::Invalid { at, kind } => (at, kind.says()),
        Verdict::Incomplete { at } => (at, "an incomplete code point"),
    };
    // The code stands in front of the reason.
    let span = Some(seen.payload_span(at.saturating_add(2), 1));
    let seen_there = format!("{what} at byte {at} of the reason");
    report.against(seen.frame.side, Point { span, seen: seen_there, ..Point::default() });
}

pub(super) fn one_byte(seen: &Seen<'_>, report: &mut Report<'_>) {
    if seen.frame.header.payload_len == 1 {
        let span = Some(seen.payload_span(0, 1));
        let expected = "no body, or one of at least two bytes".to_owned();
        report
            .against(seen.frame.side, Point { span, expected, seen: "one byte".to_owned(), severity: None });
    }
}

pub(super) fn forbidden(seen: &Seen<'_>, report: &mut Report<'_>) {
    code_is(seen, report, |_, on_wire| (on_wire == OnWire::LocalOnly).then_some(Severity::Error));
}

pub(super) fn reserved(seen: &Seen<'_>, report: &mut Report<'_>) {
    code_is(seen, report, |_, on_wire| (on_wire == OnWire::Reserved).then_some(Severity::Error));
}

pub(super) fn out_of_range(seen: &Seen<'_>, report: &mut Report<'_>) {
    code_is(seen, report, |range, on_wire| match (on_wire, range) {
        // RFC 6455 7.4.2 says that codes below 1000 are not used, and nothing of those from 5000 on.
        (OnWire::OutOfRange, CloseRange::Beyond) => Some(Severity::Warn),
        (OnWire::OutOfRange, _) => Some(Severity::Error),
        _ => None,
    });
}

pub(super) fn registered_later(seen: &Seen<'_>, report: &mut Report<'_>) {
    let code = code(seen);
    // IANA's registry: 1012 to 1014, and those libraries' codes that have an entry.
    if code.is_some_and(|code| close_code(code).reference == "IANA registry") {
        code_is(seen, report, |_, _| Some(Severity::Note));
    }
}

pub(super) fn wrong_role(seen: &Seen<'_>, report: &mut Report<'_>) {
    if code(seen) != Some(1010) {
        return;
    }
    let reason = seen.frame.close.as_ref().map_or(&[][..], |close| &close.reason);
    let (sentence, severity) = match seen.frame.side {
        Side::Server => ("1010 from the server", Severity::Warn),
        Side::Client if reason.is_empty() => ("1010 without a list of extensions", Severity::Note),
        Side::Client => return,
    };
    let span = Some(seen.payload_span(0, 2));
    let point = Point { span, seen: sentence.to_owned(), severity: Some(severity), ..Point::default() };
    report.against(seen.frame.side, point);
}

fn code(seen: &Seen<'_>) -> Option<u16> {
    seen.frame.close.as_ref()?.code
}

/// Points at the code where `bad` says how bad it is.
fn code_is(seen: &Seen<'_>, report: &mut Report<'_>, bad: fn(CloseRange, OnWire) -> Option<Severity>) {
    let Some(code) = code(seen) else { return };
    let meaning = close_code(code);
    if let Some(severity) = bad(meaning.range, meaning.on_wire) {
        let span = Some(seen.payload_span(0, 2));
        let name = format!("{code} ({})", meaning.name);
        let point = Point { span, seen: name, severity: Some(severity), ..Point::default() };
        report.against(seen.frame.side, point);
    }
}
