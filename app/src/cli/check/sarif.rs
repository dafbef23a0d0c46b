//! Findings as a SARIF 2.1.0 log, for the tools that read what analyzers say.
//!
//! https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; the numbers in comments are its sections.

use std::io::Write;
use std::path::Path;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use session::Snapshot;
use session::dissector::rules::{Rule, Severity, rules};
use session::model::Run;
use session::verdicts::Found;

use super::{fails, unlisted};
use crate::cli::options::Check;
use crate::cli::time::rfc3339;
use crate::cli::{reading, words};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Stretches of the capture that a finding names, at most: a large frame lies in thousands.
const STRETCHES: usize = 16;

/// Writes the log.
pub(super) fn write(out: &mut dyn Write, options: &Check, snapshot: &Snapshot) -> anyhow::Result<()> {
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [Analysis::of(options, snapshot)] };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    Ok(writeln!(out)?)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Analysis<'a>; 1],
}

#[derive(Serialize)]
struct Analysis<'a> {
    tool: Value,
    invocations: Value,
    artifacts: Value,
    results: Results<'a>,
}

impl<'a> Analysis<'a> {
    fn of(options: &'a Check, snapshot: &'a Snapshot) -> Self {
        let told: Vec<Value> = unlisted(snapshot)
            .into_iter()
            .map(|says| json!({ "level": "warning", "message": { "text": says } }))
            .collect();
        let failed = fails(snapshot, options.fail_on.into());
        let packed = snapshot.format.as_ref().is_some_and(|format| format.compression.is_some());
        Self {
            tool: json!({ "driver": {
                "name": "wscope",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules().map(descriptor).collect::<Value>(),
            } }),
            invocations: json!([{
                "executionSuccessful": true,
                "exitCode": i32::from(failed),
                "toolExecutionNotifications": told,
            }]),
            artifacts: json!([{ "location": location(&options.file), "roles": ["analysisTarget"] }]),
            results: Results { file: &options.file, snapshot, packed },
        }
    }
}

/// What is said about a rule (3.49).
fn descriptor(rule: &'static Rule) -> Value {
    let cited = if rule.rfc.is_empty() { String::new() } else { format!(" (RFC {})", rule.rfc) };
    let mut help = format!("{}{cited}. Level: {}.", rule.says, rule.level.word());
    if !rule.likely.is_empty() {
        help.push_str(&format!(" An endpoint that objects is likely to report: {}.", rule.likely));
    }
    let mut descriptor = json!({
        "id": rule.code,
        "shortDescription": { "text": rule.says },
        "help": { "text": help },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "rfc": rule.rfc, "level": rule.level.word(), "tags": ["websocket"] },
    });
    if let Some(link) = rule.link() {
        descriptor["helpUri"] = link.into();
    }
    descriptor
}

/// Ours in the words of 3.27.10.
const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Note => "note",
    }
}

/// The findings, written one by one.
struct Results<'a> {
    file: &'a Path,
    snapshot: &'a Snapshot,
    /// Whether places in the capture are none in the file.
    packed: bool,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.snapshot.findings().iter().map(|found| self.result(found)))
    }
}

impl Results<'_> {
    fn result(&self, found: &Found) -> Value {
        let finding = &found.finding;
        let runs = self.snapshot.runs_of(found);
        let mut place = json!({ "physicalLocation": self.physical(runs.first()) });
        let logical = logical(found);
        if !logical.is_empty() {
            place["logicalLocations"] = logical.into();
        }
        let mut result = json!({
            "ruleId": finding.rule().code,
            "ruleIndex": finding.rule,
            "level": level(finding.severity),
            "message": { "text": words::clean(&finding.sentence()) },
            "locations": [place],
        });
        let further: Vec<Value> = (runs.iter().take(STRETCHES).enumerate().skip(1))
            .map(|(place, run)| {
                let text = format!("continued in packet {}", run.packet.number());
                json!({
                    "id": place,
                    "physicalLocation": self.physical(Some(run)),
                    "message": { "text": text },
                })
            })
            .collect();
        if !further.is_empty() {
            result["relatedLocations"] = further.into();
        }
        result["properties"] = self.properties(found, &runs);
        result
    }

    /// Bytes of the capture file. What a region says of a packed file would be true only of what is in it.
    fn physical(&self, run: Option<&Run>) -> Value {
        let mut location = location(self.file);
        location["index"] = 0.into();
        let mut physical = json!({ "artifactLocation": location });
        if let Some(run) = run.filter(|_| !self.packed) {
            physical["region"] = json!({ "byteOffset": run.in_file, "byteLength": run.len });
        }
        physical
    }

    fn properties(&self, found: &Found, runs: &[Run]) -> Value {
        let finding = &found.finding;
        let (packet, time) = self.snapshot.packet_of_finding(found);
        let mut properties = json!({
            "side": finding.accused.name(),
            "packet": packet.number(),
            "time": rfc3339(time),
        });
        if let Some(connection) = finding.connection {
            properties["connection"] = connection.number().into();
        }
        if let Some(frame) = finding.frame {
            properties["frame"] = frame.number().into();
        }
        if let Some(span) = finding.span {
            properties["span"] = json!({ "stream_offset": span.at, "length": span.len });
        }
        if let Some(run) = runs.first().filter(|_| self.packed) {
            properties["unpacked"] = json!({ "byteOffset": run.in_file, "byteLength": run.len });
        }
        properties
    }
}

/// The connection and the frame, which no file knows (3.33).
fn logical(found: &Found) -> Vec<Value> {
    let finding = &found.finding;
    let Some(connection) = finding.connection else { return Vec::new() };
    let whole = format!("connection {}", connection.number());
    let mut logical = vec![json!({ "name": whole, "fullyQualifiedName": whole, "kind": "object" })];
    if let Some(frame) = finding.frame {
        let name = format!("frame {}", frame.number());
        logical.push(json!({
            "name": name,
            "fullyQualifiedName": format!("{whole}/{name}"),
            "kind": "object",
        }));
    }
    logical
}

/// Where the capture is (3.4).
fn location(file: &Path) -> Value {
    if file == Path::new("-") {
        return json!({ "description": { "text": reading::name(file) } });
    }
    json!({ "uri": uri(file) })
}

/// A path as a URI reference (RFC 3986 4.2): absolute ones with their scheme, relative ones as they are.
fn uri(file: &Path) -> String {
    let path = file.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    let mut uri = String::with_capacity(path.len() + 8);
    let colon = path.split('/').next().is_some_and(|first| first.contains(':'));
    if file.is_absolute() {
        uri.push_str(if path.starts_with('/') { "file://" } else { "file:///" });
    } else if colon {
        // RFC 3986 4.2: a first segment with a colon would be taken for a scheme.
        uri.push_str("./");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b':' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("a b/c#1.pcap", "a%20b/c%231.pcap"),
            ("/data/é.pcap", "file:///data/%C3%A9.pcap"),
            ("10:30.pcap", "./10:30.pcap"),
        ] {
            assert_eq!(uri(Path::new(path)), expected);
        }
    }
}
