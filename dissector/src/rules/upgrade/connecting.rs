//! What a client does while it waits for the answer (RFC 6455 4.1).

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::ids::Side;
use crate::rules::facts::{Answered, Attempt, Whole};
use crate::rules::{Point, Report};
use crate::span::Span;

/// RFC 6455 4.1: "Once the client's opening handshake has been sent, the client MUST wait for a response from
/// the server before sending any further data."
pub(super) fn early_data(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(request) = facts.ledger.request.as_deref().filter(|_| facts.early > 0) else { return };
    let stream = facts.ledger.stream(Side::Client);
    let at = request.at.saturating_add(request.raw.len() as u64);
    let span = Some(Span { stream, at, len: facts.early });
    let bytes = if facts.early == 1 { "byte" } else { "bytes" };
    report
        .against(Side::Client, Point { span, seen: format!("{} {bytes}", facts.early), ..Point::default() });
}

/// RFC 6455 4.1: "There MUST be no more than one connection in a CONNECTING state." Only attempts that were
/// answered count: how long another one was waited for is not known.
pub(super) fn parallel(facts: &Whole<'_>, report: &mut Report<'_>) {
    // Of each client and server: the answer that came last so far, the first attempt that did not wait for it,
    // and how many did not.
    let mut waiting: HashMap<_, (u32, Option<usize>, u32), RandomState> = HashMap::default();
    for (place, attempt) in facts.register.attempts.iter().enumerate() {
        let Some(answered) = attempt.answered.map(|at| at.packet.index()) else { continue };
        let (until, first, count) = waiting.entry(pair(attempt)).or_default();
        if attempt.began.packet.index() < *until {
            first.get_or_insert(place);
            *count += 1;
        }
        *until = answered.max(*until);
    }
    for (place, attempt) in facts.register.attempts.iter().enumerate() {
        let Some((_, Some(first), count)) = waiting.get(&pair(attempt)) else { continue };
        if *first == place {
            let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
            let seen = format!("{} to {}, {times}", attempt.client, attempt.server);
            report.against_connection(Side::Client, attempt, Point { seen, ..Point::default() });
        }
    }
}

fn pair(attempt: &Attempt) -> (core::net::IpAddr, core::net::SocketAddr) {
    (attempt.client, attempt.server)
}
