//! What is offered and taken of permessage-deflate (RFC 7692 7).
//!
//! Only the table; the predicates stand beside it, the offer's and the answer's.

mod offer;

mod answer;

#[cfg(test)]
mod tests;

use crate::rules::{Check, Level, Rule, Severity};

/// The rules of this topic.
#[rustfmt::skip]
pub(super) static RULES: &[Rule] = &[
    Rule { code: "pmd-offer-param-unknown", severity: Severity::Warn, level: Level::Must, rfc: "7692 7", says: "An offer of permessage-deflate has a parameter that is not defined", likely: "ws: Invalid or unacceptable Sec-WebSocket-Extensions header", check: Check::Request(offer::unknown) },
    Rule { code: "pmd-offer-param-duplicate", severity: Severity::Warn, level: Level::Must, rfc: "7692 7", says: "An offer of permessage-deflate has a parameter twice", likely: "ws: Invalid or unacceptable Sec-WebSocket-Extensions header", check: Check::Request(offer::duplicate) },
    Rule { code: "pmd-offer-param-invalid", severity: Severity::Warn, level: Level::Must, rfc: "7692 7", says: "A parameter of a permessage-deflate offer has a value that it cannot have", likely: "ws: Invalid or unacceptable Sec-WebSocket-Extensions header", check: Check::Request(offer::invalid) },
    Rule { code: "pmd-bad-offer-accepted", severity: Severity::Error, level: Level::Must, rfc: "7692 7", says: "The server took an offer of permessage-deflate that it was to decline", likely: "", check: Check::Response(answer::bad_offer) },
    Rule { code: "pmd-response-param-unknown", severity: Severity::Error, level: Level::Must, rfc: "7692 7", says: "The taken permessage-deflate has a parameter that is not defined", likely: "ws: Invalid Sec-WebSocket-Extensions header", check: Check::Response(answer::unknown) },
    Rule { code: "pmd-response-param-duplicate", severity: Severity::Error, level: Level::Must, rfc: "7692 7", says: "The taken permessage-deflate has a parameter twice", likely: "ws: Invalid Sec-WebSocket-Extensions header", check: Check::Response(answer::duplicate) },
    Rule { code: "pmd-response-param-invalid", severity: Severity::Error, level: Level::Must, rfc: "7692 7", says: "A parameter of the taken permessage-deflate has a value that it cannot have", likely: "ws: Invalid Sec-WebSocket-Extensions header", check: Check::Response(answer::invalid) },
    Rule { code: "pmd-response-client-bits-not-offered", severity: Severity::Error, level: Level::MustNot, rfc: "7692 7.1.2.2", says: "The server limits the client's window although the client did not offer that", likely: "", check: Check::Response(answer::client_bits_not_offered) },
    Rule { code: "pmd-response-client-bits-larger", severity: Severity::Error, level: Level::Must, rfc: "7692 7.1.2.2", says: "The window that the server allows the client is larger than the client's hint", likely: "", check: Check::Response(answer::client_bits_larger) },
    Rule { code: "pmd-response-server-bits-larger", severity: Severity::Error, level: Level::Must, rfc: "7692 7.1.2.1", says: "The server's window is larger than the client asked for", likely: "", check: Check::Response(answer::server_bits_larger) },
    Rule { code: "pmd-response-server-bits-ignored", severity: Severity::Error, level: Level::Must, rfc: "7692 7.1.2.1", says: "The server took an offer without the limit of its window that is part of it", likely: "", check: Check::Response(answer::server_bits_ignored) },
    Rule { code: "pmd-response-server-nct-ignored", severity: Severity::Error, level: Level::Must, rfc: "7692 7.1.1.1", says: "The server took an offer without the server_no_context_takeover that is part of it", likely: "", check: Check::Response(answer::server_nct_ignored) },
    Rule { code: "pmd-accepted-twice", severity: Severity::Error, level: Level::Must, rfc: "7692 6", says: "The server took two extensions that both own RSV1", likely: "", check: Check::Response(answer::twice) },
    Rule { code: "pmd-window-bits-8", severity: Severity::Note, level: Level::Practice, rfc: "7692 7.1.2", says: "A window of 8 bits is legal, but not every implementation can make one", likely: "", check: Check::Head(answer::window_of_8) },
];
