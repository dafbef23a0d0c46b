//! Findings as JUnit's XML, which build servers show: a test case a rule.
//!
//! A rule fails where a finding as bad as `--fail-on` stands; milder ones are told and pass.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

use session::Snapshot;
use session::dissector::rules::{Rule, Severity, topics};
use session::verdicts::{Broken, Found};

use crate::cli::options::Check;
use crate::cli::reading::name;
use crate::cli::time::rfc3339;
use crate::cli::words::{self, count, plural};

/// Writes the suite.
pub(super) fn write(out: &mut dyn Write, options: &Check, snapshot: &Snapshot) -> anyhow::Result<()> {
    let least: Severity = options.fail_on.into();
    let broken = snapshot.broken.broken();
    let mut findings: Vec<Vec<Arc<Found>>> = Vec::new();
    for found in snapshot.findings().iter() {
        let place = usize::from(found.finding.rule);
        if findings.len() <= place {
            findings.resize(place + 1, Vec::new());
        }
        if findings[place].len() < options.each {
            findings[place].push(found.clone());
        }
    }
    let failures = broken.iter().filter(|broken| broken.worst >= least).count();
    let tests = topics().map(|topic| topic.rules.len()).sum::<usize>();
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\"");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"wscope check\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"{}\" {counts}>", escape(&name(&options.file)))?;
    let mut place = 0;
    for topic in topics() {
        for rule in topic.rules {
            let broken = broken.iter().find(|broken| broken.place == place);
            let findings = findings.get(usize::from(place)).map_or(&[][..], Vec::as_slice);
            case(out, snapshot, topic.name, rule, broken.map(|broken| (broken, findings)), least)?;
            place += 1;
        }
    }
    writeln!(out, "  </testsuite>\n</testsuites>")?;
    Ok(())
}

fn case(
    out: &mut dyn Write,
    snapshot: &Snapshot,
    topic: &str,
    rule: &Rule,
    broken: Option<(&Broken, &[Arc<Found>])>,
    least: Severity,
) -> std::io::Result<()> {
    write!(out, "    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", escape(topic), escape(rule.code))?;
    let Some((broken, findings)) = broken else { return writeln!(out, "/>") };
    let text = listed(snapshot, broken, findings);
    let text = escape_text(&text);
    if broken.worst >= least {
        let times = plural(broken.count, ["time", "times"]);
        let message = escape(&format!("{}, {times}", rule.says)).into_owned();
        writeln!(
            out,
            ">\n      <failure type=\"{}\" message=\"{message}\">{text}</failure>",
            broken.worst.name()
        )?;
    } else {
        writeln!(out, ">\n      <system-out>{text}</system-out>")?;
    }
    writeln!(out, "    </testcase>")
}

/// The findings of a rule, one a line.
fn listed(snapshot: &Snapshot, broken: &Broken, findings: &[Arc<Found>]) -> String {
    let mut text = String::new();
    for found in findings {
        let finding = &found.finding;
        let _ = write!(text, "{}: {}", finding.severity.name(), words::clean(&finding.sentence()));
        let _ = write!(text, " (by the {}", finding.accused.name());
        if let Some(connection) = finding.connection {
            let _ = write!(text, ", connection {}", connection.number());
        }
        if let Some(frame) = finding.frame {
            let _ = write!(text, ", frame {}", frame.number());
        }
        let (packet, time) = snapshot.packet_of_finding(found);
        let _ = writeln!(text, ", packet {}, {})", packet.number(), rfc3339(time));
    }
    let more = broken.count.saturating_sub(findings.len() as u64);
    if more > 0 {
        let _ = writeln!(text, "and {} more", count(more));
    }
    if let Some(link) = broken.rule.link() {
        let _ = writeln!(text, "RFC {}: {link}", broken.rule.rfc);
    }
    text
}

/// Text between quotes: on one line, and nothing in it that XML takes for its own.
fn escape(text: &str) -> Cow<'_, str> {
    match words::clean(text) {
        Cow::Borrowed(text) => escape_text(text),
        Cow::Owned(text) => Cow::Owned(escape_text(&text).into_owned()),
    }
}

/// Characters that XML 1.0 (2.2) does not know are shown as one that stands for them.
fn escape_text(text: &str) -> Cow<'_, str> {
    let known = |char: char| matches!(char, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(|char| known(char) && !"&<>\"'".contains(char)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            char if known(char) => out.push(char),
            _ => out.push('\u{fffd}'),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text from the network can end no attribute and no element.
    #[test]
    fn foreign_text_stays_text() {
        assert_eq!(escape("a\"<b>&\n\u{1}\u{ffff}"), "a&quot;&lt;b&gt;&amp;\\n\\u{1}\u{fffd}");
        assert_eq!(escape_text("one\ntwo ]]>"), "one\ntwo ]]&gt;");
    }
}
