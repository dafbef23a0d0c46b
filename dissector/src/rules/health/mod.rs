//! What no RFC forbids and users suffer from: connections that die, storm and stall.
//!
//! Only the table; the predicates stand beside it, by what they look at.

mod silence;
mod stall;

mod storm;

#[cfg(test)]
mod tests;

use crate::rules::{Check, Level, Rule, Severity};

pub(super) use silence::limit;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[
    Rule {
        code: "health-reconnect-storm",
        severity: Severity::Warn,
        level: Level::Should,
        rfc: "6455 7.2.3",
        says: "A client comes back to the same endpoint again and again, without a pause worth the name",
        likely: "",
        check: Check::Capture(storm::storm),
    },
    Rule {
        code: "health-no-backoff",
        severity: Severity::Warn,
        level: Level::Should,
        rfc: "6455 7.2.3",
        says: "A client comes back to the same endpoint again and again, and its pauses do not grow",
        likely: "",
        check: Check::Capture(storm::no_backoff),
    },
    Rule {
        code: "health-idle-cut",
        severity: Severity::Warn,
        level: Level::Practice,
        rfc: "",
        says: "The connection was dropped after a silence as long as a common idle limit",
        likely: "CloseEvent code 1006",
        check: Check::End(silence::idle_cut),
    },
    Rule {
        code: "health-no-heartbeat",
        severity: Severity::Note,
        level: Level::Practice,
        rfc: "6455 5.5.2",
        says: "The connection died after more than a minute with neither Ping nor data",
        likely: "",
        check: Check::End(silence::no_heartbeat),
    },
    Rule {
        code: "health-tcp-stall",
        severity: Severity::Note,
        level: Level::Practice,
        rfc: "",
        says: "TCP held bytes up",
        likely: "",
        check: Check::Event(stall::stall),
    },
];
