//! Fields of findings: what the rules found. Of a frame or message those about it, of a connection all on it.

use dissector::rules::Severity;

use crate::filter::field::{Field, Read, Reads, Take};
use crate::filter::value::{Kind, Value};
use crate::verdicts::Found;

#[rustfmt::skip]
pub(super) fn fields() -> Vec<Field> {
    vec![
        finding("ws.finding", Kind::Text, "The code of a rule that is broken here: see wscope rules", "ws.finding == \"frame-client-unmasked\"", |found, take| take(Value::run(found.finding.rule().code.as_bytes()))),
        finding("ws.finding.accused", Kind::Text, "Who breaks it: client, server or observer", "ws.finding.accused == \"server\"", |found, take| take(Value::run(found.finding.accused.name().as_bytes()))),
        finding("ws.severity", Kind::Number, "How bad a finding is: a worse one is the greater", "ws.severity >= warn", |found, take| take(Value::number(grade(found.finding.severity))))
            .named(&[(0, "note"), (1, "warn"), (2, "error")]),
    ]
}

fn finding(
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&Found, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Index, Read::Finding(read))
}

fn grade(severity: Severity) -> u8 {
    match severity {
        Severity::Note => 0,
        Severity::Warn => 1,
        Severity::Error => 2,
    }
}
