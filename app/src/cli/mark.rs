//! The signs of severities: a shape and a color each, so that neither is needed to read the other.

use session::dissector::rules::Severity;
use session::verdicts::Counts;

use super::column::Tone;
use super::words::{count, plural};

/// Severities, the worst first.
pub(crate) const WORST_FIRST: [Severity; 3] = [Severity::Error, Severity::Warn, Severity::Note];

/// Its shape.
pub(crate) const fn shape(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "✖",
        Severity::Warn => "▲",
        Severity::Note => "●",
    }
}

/// Its color.
pub(crate) const fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Error,
        Severity::Warn => Tone::Warn,
        Severity::Note => Tone::Note,
    }
}

/// The color of the worst.
pub(crate) fn tone_of(worst: Option<Severity>) -> Tone {
    worst.map_or(Tone::Plain, tone)
}

/// `✖2 ▲1 ●3`, without those that are not there.
pub(crate) fn short(counts: &Counts) -> String {
    let there = WORST_FIRST.into_iter().filter(|severity| counts.of(*severity) > 0);
    let signs: Vec<String> =
        there.map(|severity| format!("{}{}", shape(severity), count(counts.of(severity)))).collect();
    signs.join(" ")
}

/// `2 errors, 1 warning, 3 notes`, without those that are not there.
pub(crate) fn long(counts: &Counts) -> String {
    let words = |severity| match severity {
        Severity::Error => ["error", "errors"],
        Severity::Warn => ["warning", "warnings"],
        Severity::Note => ["note", "notes"],
    };
    let there = WORST_FIRST.into_iter().filter(|severity| counts.of(*severity) > 0);
    let all: Vec<String> = there.map(|severity| plural(counts.of(severity), words(severity))).collect();
    if all.is_empty() { "no findings".into() } else { all.join(", ") }
}
