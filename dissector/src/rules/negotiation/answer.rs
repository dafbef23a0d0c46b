//! What the server takes, held against what was offered (RFC 7692 7.1).

use core::ops::Range;

use crate::ids::Side;
use crate::rules::facts::{Answered, Headed};
use crate::rules::heads::{Place, expected, quoted, seen};
use crate::rules::negotiation::offer::{EXTENSIONS, Kind, Role, is_bad, offers, problem};
use crate::rules::{Point, Report};
use crate::websocket::deflate::{Params, WindowBits};
use crate::websocket::upgrade::{Extension, extensions};

/// The element by which the server took permessage-deflate, and where the response lies.
fn taken<'a>(facts: &Answered<'a>) -> Option<(&'a Extension, Place<'a>)> {
    let ledger = facts.ledger;
    let mut taken = ledger.agreement.extensions.iter().filter(|_| ledger.accepted);
    let taken = taken.find(|extension| extension.name == Params::NAME)?;
    Some((taken, Place::response(ledger, facts.head)))
}

/// Where a parameter of the taken element stands; the element's name where it has none such.
fn range(place: Place<'_>, taken: &Extension, name: &str) -> Range<usize> {
    let name = if taken.params.iter().any(|(param, _)| param == name) { name } else { Params::NAME };
    place.within(EXTENSIONS, Some(taken.line), name).unwrap_or_default()
}

pub(super) fn unknown(facts: &Answered<'_>, report: &mut Report<'_>) {
    of_kind(facts, Kind::Unknown, report);
}

pub(super) fn duplicate(facts: &Answered<'_>, report: &mut Report<'_>) {
    of_kind(facts, Kind::Duplicate, report);
}

pub(super) fn invalid(facts: &Answered<'_>, report: &mut Report<'_>) {
    of_kind(facts, Kind::Invalid, report);
}

fn of_kind(facts: &Answered<'_>, kind: Kind, report: &mut Report<'_>) {
    let Some((taken, place)) = taken(facts) else { return };
    if let Some((name, what)) = problem(taken, Role::Answer, kind) {
        report.against(Side::Server, seen(place.at(&range(place, taken, &name)), what));
    }
}

/// Where one of several offers is good, it may be the one that was taken.
pub(super) fn bad_offer(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some((taken, place)) = taken(facts) else { return };
    if offers(facts.ledger).next().is_some() && offers(facts.ledger).all(is_bad) {
        report.against(Side::Server, place.at(&range(place, taken, "")));
    }
}

/// How an answer does not fit an offer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Misfit {
    ClientBitsNotOffered,
    ClientBitsLarger { offered: u8 },
    ServerBitsLarger { offered: u8 },
    ServerBitsIgnored { offered: u8 },
    ServerNctIgnored,
}

/// All the ways in which an answer does not fit one offer.
fn misfits(offer: &Params, answer: &Params) -> Vec<Misfit> {
    let bits = |bits: Option<WindowBits>| match bits {
        Some(WindowBits::Bits(bits)) => Some(bits),
        Some(WindowBits::Unvalued) | None => None,
    };
    let mut misfits = Vec::new();
    let mut add = |misfit: Option<Misfit>| misfits.extend(misfit);
    // RFC 7692 7.1.2.2: the client's window is limited only where the client said that it understands this.
    match (offer.client_max_window_bits, bits(answer.client_max_window_bits)) {
        (None, _) if answer.client_max_window_bits.is_some() => add(Some(Misfit::ClientBitsNotOffered)),
        (Some(WindowBits::Bits(offered)), Some(taken)) if taken > offered => {
            add(Some(Misfit::ClientBitsLarger { offered }));
        }
        _ => {}
    }
    // RFC 7692 7.1.2.1: taking an offer with a limit means naming "the same or smaller value as the offer".
    match (bits(offer.server_max_window_bits), answer.server_max_window_bits) {
        (Some(offered), None) => add(Some(Misfit::ServerBitsIgnored { offered })),
        (Some(offered), Some(WindowBits::Bits(taken))) if taken > offered => {
            add(Some(Misfit::ServerBitsLarger { offered }));
        }
        _ => {}
    }
    let ignored = offer.server_no_context_takeover && !answer.server_no_context_takeover;
    add(ignored.then_some(Misfit::ServerNctIgnored));
    misfits
}

/// What an answer misses of the offer that it fits best, which is taken to be the one that it answers.
fn misfit(
    facts: &Answered<'_>,
    wanted: fn(Misfit) -> Option<(&'static str, String)>,
    report: &mut Report<'_>,
) {
    let Some((taken, place)) = taken(facts) else { return };
    let answer = Params::read(taken);
    let of_each = offers(facts.ledger).map(|offer| misfits(&Params::read(offer), &answer));
    let Some(best) = of_each.min_by_key(Vec::len) else { return };
    for (name, limit) in best.into_iter().filter_map(wanted) {
        let value = taken.params.iter().find(|(param, _)| param == name);
        let told = match value {
            Some((_, Some(value))) => format!("{name}={}", quoted(value.as_bytes())),
            Some((_, None)) => name.to_owned(),
            None => format!("no {name}"),
        };
        let point: Point = expected(place.at(&range(place, taken, name)), limit);
        report.against(Side::Server, seen(point, told));
    }
}

const CLIENT_BITS: &str = "client_max_window_bits";
const SERVER_BITS: &str = "server_max_window_bits";
const SERVER_NCT: &str = "server_no_context_takeover";

pub(super) fn client_bits_not_offered(facts: &Answered<'_>, report: &mut Report<'_>) {
    let wanted = |misfit| match misfit {
        Misfit::ClientBitsNotOffered => Some((CLIENT_BITS, String::new())),
        _ => None,
    };
    misfit(facts, wanted, report);
}

pub(super) fn client_bits_larger(facts: &Answered<'_>, report: &mut Report<'_>) {
    let wanted = |misfit| match misfit {
        Misfit::ClientBitsLarger { offered } => Some((CLIENT_BITS, format!("{offered} at most"))),
        _ => None,
    };
    misfit(facts, wanted, report);
}

pub(super) fn server_bits_larger(facts: &Answered<'_>, report: &mut Report<'_>) {
    let wanted = |misfit| match misfit {
        Misfit::ServerBitsLarger { offered } => Some((SERVER_BITS, format!("{offered} at most"))),
        _ => None,
    };
    misfit(facts, wanted, report);
}

pub(super) fn server_bits_ignored(facts: &Answered<'_>, report: &mut Report<'_>) {
    let wanted = |misfit| match misfit {
        Misfit::ServerBitsIgnored { offered } => Some((SERVER_BITS, format!("{offered} at most"))),
        _ => None,
    };
    misfit(facts, wanted, report);
}

pub(super) fn server_nct_ignored(facts: &Answered<'_>, report: &mut Report<'_>) {
    let wanted = |misfit| match misfit {
        Misfit::ServerNctIgnored => Some((SERVER_NCT, String::new())),
        _ => None,
    };
    misfit(facts, wanted, report);
}

/// RFC 7692 6 gives RSV1 to permessage-deflate; those before it and beside it claimed the same bit.
pub(super) fn twice(facts: &Answered<'_>, report: &mut Report<'_>) {
    let ledger = facts.ledger;
    let place = Place::response(ledger, facts.head);
    let owns = |name: &str| {
        name.starts_with("permessage-")
            || matches!(name, "x-webkit-deflate-frame" | "deflate-frame" | "perframe-deflate")
    };
    let mut owners = ledger.agreement.extensions.iter().filter(|extension| owns(&extension.name));
    let (Some(first), Some(second)) = (owners.next(), owners.next()) else { return };
    if ledger.accepted
        && let Some(range) = place.within(EXTENSIONS, Some(second.line), &second.name)
    {
        let told = format!("{} and {}", quoted(first.name.as_bytes()), quoted(second.name.as_bytes()));
        report.against(Side::Server, seen(place.at(&range), told));
    }
}

pub(super) fn window_of_8(facts: &Headed<'_>, report: &mut Report<'_>) {
    let Headed { head, side, ledger, .. } = *facts;
    let place = Place { ledger, side, head };
    let read = extensions(head.values(EXTENSIONS));
    for extension in read.iter().filter(|extension| extension.name == Params::NAME) {
        let params = Params::read(extension);
        let both =
            [(SERVER_BITS, params.server_max_window_bits), (CLIENT_BITS, params.client_max_window_bits)];
        let small = both.into_iter().find(|(_, bits)| *bits == Some(WindowBits::Bits(8)));
        if let Some((name, _)) = small {
            let range = range(place, extension, name);
            report.against(side, seen(place.at(&range), format!("{name}=8")));
            return;
        }
    }
}
