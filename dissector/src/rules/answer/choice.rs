//! What the server took of what was offered: extensions (RFC 6455 9.1) and a subprotocol (RFC 6455 4.2.2).

use crate::ids::Side;
use crate::rules::Report;
use crate::rules::answer::headers::switched;
use crate::rules::facts::Answered;
use crate::rules::heads::{expected, quoted, seen, whole};

const PROTOCOL: &str = "sec-websocket-protocol";
const EXTENSIONS: &str = "sec-websocket-extensions";

pub(super) fn extension(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts).filter(|_| facts.ledger.request.is_some()) else { return };
    let agreement = &facts.ledger.agreement;
    let offered = |name: &str| agreement.offered_extensions.iter().any(|offer| offer.name == name);
    let Some(taken) = agreement.extensions.iter().find(|taken| !offered(&taken.name)) else { return };
    let Some(range) = place.within(EXTENSIONS, Some(taken.line), &taken.name) else { return };
    let names = agreement.offered_extensions.iter().map(|offer| offer.name.as_str());
    let point = seen(place.at(&range), quoted(taken.name.as_bytes()));
    report.against(Side::Server, expected(point, one_of(names)));
}

pub(super) fn extensions_repeated(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    if let Some(second) = place.lines(EXTENSIONS).nth(1) {
        report.against(Side::Server, place.at(&whole(second)));
    }
}

pub(super) fn subprotocol(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts).filter(|_| facts.ledger.request.is_some()) else { return };
    let agreement = &facts.ledger.agreement;
    let Some(taken) = agreement.subprotocol.as_deref() else { return };
    let offered = &agreement.offered_subprotocols;
    if offered.iter().any(|offer| offer == taken) {
        return;
    }
    let Some(range) = place.within(PROTOCOL, None, taken) else { return };
    let mut told = quoted(taken.as_bytes());
    if offered.iter().any(|offer| offer.eq_ignore_ascii_case(taken)) {
        told.push_str(", which differs in case");
    }
    let point = seen(place.at(&range), told);
    report.against(Side::Server, expected(point, one_of(offered.iter().map(String::as_str))));
}

pub(super) fn subprotocol_multiple(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    let several = |line: &&crate::head::Line| facts.head.bytes(&line.value).contains(&b',');
    if let Some(line) = place.lines(PROTOCOL).nth(1).or_else(|| place.lines(PROTOCOL).find(several)) {
        report.against(Side::Server, place.at(&whole(line)));
    }
}

pub(super) fn subprotocol_empty(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    if let Some(line) = place.lines(PROTOCOL).find(|line| line.value.is_empty()) {
        report.against(Side::Server, place.at(&whole(line)));
    }
}

pub(super) fn subprotocol_none(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(place) = switched(facts) else { return };
    let offered = &facts.ledger.agreement.offered_subprotocols;
    if !offered.is_empty() && place.line(PROTOCOL).is_none() {
        let names = one_of(offered.iter().map(String::as_str));
        report.against(Side::Server, seen(place.start(), format!("offered was {names}")));
    }
}

/// Names that there was a choice of, the first few of them.
fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<_> = names.take(5).map(|name| quoted(name.as_bytes())).collect();
    if names.len() == 5
        && let Some(last) = names.last_mut()
    {
        "…".clone_into(last);
    }
    if names.is_empty() { "none, as none was offered".to_owned() } else { names.join(" or ") }
}
