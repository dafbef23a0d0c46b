//! What a client offers (RFC 7692 7.1). An offer that breaks these is one that a server declines.

use crate::ids::Side;
use crate::rules::Report;
use crate::rules::facts::{Ledger, Requested};
use crate::rules::heads::{Place, quoted, seen};
use crate::websocket::deflate::{Params, Problem, WindowBits};
use crate::websocket::upgrade::Extension;

pub(super) const EXTENSIONS: &str = "sec-websocket-extensions";

/// The kinds of what can be wrong with a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Unknown,
    Duplicate,
    Invalid,
}

/// Who says it: what may stand without a value depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Offer,
    Answer,
}

/// The first problem of a kind in an element: the parameter's name, and what is the matter with it.
pub(super) fn problem(extension: &Extension, role: Role, kind: Kind) -> Option<(String, String)> {
    let params = Params::read(extension);
    let found = params.problems.iter().find_map(|problem| {
        let (of, name, what) = match problem {
            Problem::Unknown { name } => (Kind::Unknown, name.as_str(), quoted(name.as_bytes())),
            Problem::Duplicate { name } => (Kind::Duplicate, *name, (*name).to_owned()),
            Problem::UnexpectedValue { name, value } | Problem::BadBits { name, value } => {
                (Kind::Invalid, *name, format!("{name}={}", quoted(value.as_bytes())))
            }
        };
        (of == kind).then(|| (name.to_owned(), what))
    });
    // RFC 7692 7.1.2.2: only the client's window, and only in an offer, may be named without a size.
    let unvalued = [
        ("server_max_window_bits", params.server_max_window_bits, true),
        ("client_max_window_bits", params.client_max_window_bits, role == Role::Answer),
    ];
    found.or_else(|| {
        let bare = unvalued.into_iter().filter(|_| kind == Kind::Invalid);
        let mut bare = bare.filter(|(_, bits, bad)| *bad && *bits == Some(WindowBits::Unvalued));
        bare.next().map(|(name, ..)| (name.to_owned(), format!("{name} without a value")))
    })
}

/// Whether a server is to decline it.
pub(super) fn is_bad(offer: &Extension) -> bool {
    [Kind::Unknown, Kind::Duplicate, Kind::Invalid]
        .into_iter()
        .any(|kind| problem(offer, Role::Offer, kind).is_some())
}

/// The offers of permessage-deflate, in the client's order.
pub(super) fn offers(ledger: &Ledger) -> impl Iterator<Item = &Extension> {
    ledger.agreement.offered_extensions.iter().filter(|offer| offer.name == Params::NAME)
}

pub(super) fn unknown(facts: &Requested<'_>, report: &mut Report<'_>) {
    of_kind(facts, Kind::Unknown, report);
}

pub(super) fn duplicate(facts: &Requested<'_>, report: &mut Report<'_>) {
    of_kind(facts, Kind::Duplicate, report);
}

pub(super) fn invalid(facts: &Requested<'_>, report: &mut Report<'_>) {
    of_kind(facts, Kind::Invalid, report);
}

fn of_kind(facts: &Requested<'_>, kind: Kind, report: &mut Report<'_>) {
    let offered = crate::websocket::upgrade::extensions(facts.head.values(EXTENSIONS));
    let place = Place::request(facts.ledger, facts.head);
    let bad = offered.iter().filter(|offer| offer.name == Params::NAME).find_map(|offer| {
        let (name, what) = problem(offer, Role::Offer, kind)?;
        Some((place.within(EXTENSIONS, Some(offer.line), &name)?, what))
    });
    if let Some((range, what)) = bad {
        report.against(Side::Client, seen(place.at(&range), what));
    }
}
