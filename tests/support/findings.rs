//! Findings as text: each under the frame that it is about.

use std::fmt::Write;

use dissector::rules::Severity;
use session::Snapshot;

/// All findings that were kept in full, and how often each rule was broken.
pub fn findings(snapshot: &Snapshot) -> String {
    let mut text = String::new();
    for found in snapshot.findings().iter() {
        let finding = &found.finding;
        let sign = match finding.severity {
            Severity::Error => "✖",
            Severity::Warn => "▲",
            Severity::Note => "·",
        };
        let connection = finding.connection.map_or("-".to_owned(), |id| id.number().to_string());
        let frame = finding.frame.map_or("-".to_owned(), |id| id.number().to_string());
        let span = finding.span.map_or("-".to_owned(), |span| format!("{}+{}", span.at, span.len));
        let line = format!(
            "{sign} {:<32} {:<8} connection {connection:<3} frame {frame:<5} bytes {span:<12} {}",
            finding.rule().code,
            finding.accused.name(),
            finding.sentence(),
        );
        writeln!(text, "{}", line.trim_end()).expect("text grows");
    }
    if text.is_empty() {
        return "nothing\n".to_owned();
    }
    text.push('\n');
    for broken in snapshot.broken.broken() {
        let (rule, count) = (broken.rule, broken.count);
        writeln!(text, "{count:>5} {} (RFC {})", rule.code, rule.rfc).expect("text grows");
    }
    text.replace(" (RFC )", "")
}
