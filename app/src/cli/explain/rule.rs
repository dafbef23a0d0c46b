//! A rule in words: what is the matter, who says so, what an endpoint is likely to report, how to find it.

use session::dissector::rules::{Level, Rule, Severity, rules, topics};

use super::card;
use crate::cli::mark;
use crate::cli::style::Look;
use crate::cli::words;

/// The rule that is called so; its case does not matter.
pub(super) fn called(word: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code.eq_ignore_ascii_case(word))
}

/// The line for a code that no rule has.
pub(super) fn unknown(word: &str) -> String {
    let near = words::nearest_few(&word.to_ascii_lowercase(), rules().map(|rule| rule.code), 3);
    match near.is_empty() {
        true => format!("no rule is called \"{word}\"; wscope rules lists them all"),
        false => format!("no rule is called \"{word}\"; near to it: {}", near.join(", ")),
    }
}

/// Whether a word looks like the code of a rule, and like nothing else.
pub(super) fn is_like(word: &str) -> bool {
    let letters = |char: char| char.is_ascii_alphanumeric() || char == '-';
    let hex = |char: char| char.is_ascii_hexdigit() || char == '-' || char == 'x';
    word.contains('-') && word.chars().all(letters) && !word.chars().all(hex)
}

/// The rule on a screen.
pub(super) fn text(rule: &Rule, look: Look) -> String {
    let mut lines = vec![
        (
            "Severity",
            format!("{} {}: {}", mark::shape(rule.severity), rule.severity.name(), meaning(rule.severity)),
        ),
        ("Level", format!("{}: {}", rule.level.word(), asked(rule.level))),
    ];
    if !rule.rfc.is_empty() {
        let link = rule.link().map_or(String::new(), |link| format!("  {link}"));
        lines.push(("Says so", format!("RFC {}{link}", rule.rfc)));
    }
    if let Some(topic) = topics().find(|topic| topic.rules.iter().any(|other| other.code == rule.code)) {
        lines.push(("Topic", topic.name.to_owned()));
    }
    if !rule.likely.is_empty() {
        lines.push(("Likely error", rule.likely.to_owned()));
    }
    lines.push(("Filter", format!("ws.finding == \"{}\"", rule.code)));
    card(look, rule.code, rule.says, &lines)
}

const fn meaning(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "the protocol is broken here, and the peer may end the connection for it",
        Severity::Warn => "advice is not followed, or something is likely to be wrong",
        Severity::Note => "legal, and worth knowing when something else is wrong",
    }
}

/// RFC 2119 1 to 5 in fewer words.
const fn asked(level: Level) -> &'static str {
    match level {
        Level::Must => "required of whoever speaks the protocol",
        Level::MustNot => "forbidden to whoever speaks the protocol",
        Level::Should => "to be done unless there is a good reason not to",
        Level::May => "left to whoever speaks the protocol",
        Level::Practice => "no RFC asks for it, experience does",
    }
}
