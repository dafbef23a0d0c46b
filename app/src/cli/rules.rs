//! `wscope rules`: what captures are checked against, one row a rule.

use session::dissector::rules::{Rule, Severity, topics};

use super::column::{Cell, Column, Row, Tone};
use super::mark;
use super::options::Rules;
use super::print::Printer;

/// A rule and what it is about.
struct RuleRow {
    topic: &'static str,
    rule: &'static Rule,
}

impl Row for RuleRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::view("mark", "", |row| Cell::word(mark::shape(row.rule.severity))).table(1).tone(|row| mark::tone(row.rule.severity)),
        Column::<Self>::key("code", "Code", |row| Cell::word(row.rule.code)).table(0).tone(|_| Tone::Strong),
        Column::<Self>::key("severity", "Severity", |row| Cell::word(row.rule.severity.name())).table(0).tone(|row| mark::tone(row.rule.severity)),
        Column::<Self>::key("level", "Level", |row| Cell::word(row.rule.level.word())).table(0).spare(1),
        Column::<Self>::key("rfc", "RFC", |row| Cell::word(row.rule.rfc)).table(0).spare(2),
        Column::<Self>::key("link", "Link", |row| Cell::or_null(row.rule.link(), Cell::text)),
        Column::<Self>::key("topic", "Topic", |row| Cell::word(row.topic)),
        Column::<Self>::key("says", "Says", |row| Cell::word(row.rule.says)).table(20).elastic(),
        Column::<Self>::key("likely", "Likely error", |row| Cell::or_null(Some(row.rule.likely).filter(|text| !text.is_empty()), Cell::word)).elastic(),
    ];
}

/// Prints the rules.
pub(crate) fn run(options: &Rules) -> anyhow::Result<()> {
    let wanted: Vec<Severity> = options.severity.iter().map(|grade| (*grade).into()).collect();
    let mut printer = Printer::<RuleRow>::listing(&options.listing)?;
    for topic in topics() {
        for rule in topic.rules.iter().filter(|rule| wanted.is_empty() || wanted.contains(&rule.severity)) {
            printer.row(&RuleRow { topic: topic.name, rule })?;
        }
    }
    Ok(printer.finish()?)
}
