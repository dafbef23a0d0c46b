//! Sec-WebSocket-Version (RFC 6455 4.1 item 9, 11.3.5), and what was spoken before there was a standard.

use crate::head::Head;
use crate::ids::Side;
use crate::rules::Report;
use crate::rules::facts::Requested;
use crate::rules::heads::{Place, expected, seen, whole};

const VERSION: &str = "sec-websocket-version";

pub(super) fn missing(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if place.line(VERSION).is_none() && !is_hixie_76(facts.head) {
        report.against(Side::Client, expected(place.start(), "13"));
    }
}

pub(super) fn duplicate(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if let Some(second) = place.lines(VERSION).nth(1) {
        report.against(Side::Client, place.at(&whole(second)));
    }
}

pub(super) fn syntax(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let Some(line) = place.lines(VERSION).find(|line| number(facts.head.bytes(&line.value)).is_none()) else {
        return;
    };
    report.against(Side::Client, place.at(&whole(line)));
}

pub(super) fn unsupported(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let other = |line: &&crate::head::Line| {
        number(facts.head.bytes(&line.value)).is_some_and(|version| version != 13)
    };
    if let Some(line) = place.lines(VERSION).find(other) {
        report.against(Side::Client, expected(place.at(&line.value), "13"));
    }
}

pub(super) fn draft(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    if is_hixie_76(facts.head) {
        let line = place.line("sec-websocket-key1").or(place.line("sec-websocket-key2"));
        let point = line.map_or_else(|| place.start(), |line| place.at(&whole(line)));
        report
            .against(Side::Client, seen(point, "Sec-WebSocket-Key1, of draft-hixie-thewebsocketprotocol-76"));
        return;
    }
    let Some(line) = place.line(VERSION) else { return };
    // RFC 6455 11.6: each number below 13 was a draft's, and some were in browsers.
    let of = match number(facts.head.bytes(&line.value)) {
        Some(7) => "version 7, of draft-ietf-hybi-thewebsocketprotocol-07",
        Some(8) => "version 8, of draft-ietf-hybi-thewebsocketprotocol-08 to -12",
        _ => return,
    };
    report.against(Side::Client, seen(place.at(&line.value), of));
}

/// Whether a request is of the draft whose keys came in two headers and eight bytes behind the head.
pub(super) fn is_hixie_76(head: &Head) -> bool {
    let has = |name| head.values(name).next().is_some();
    !has("sec-websocket-key") && (has("sec-websocket-key1") || has("sec-websocket-key2"))
}

/// RFC 6455 4.3: `version = DIGIT | (NZDIGIT DIGIT) | ("1" DIGIT DIGIT) | ("2" DIGIT DIGIT)`, up to 255.
fn number(value: &[u8]) -> Option<u8> {
    let text =
        core::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    (text == "0" || !text.starts_with('0')).then(|| text.parse().ok()).flatten()
}
