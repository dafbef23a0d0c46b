//! The judging commands' contract: exit codes, keys, SARIF, JUnit, and an explanation of every rule.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Output;

use dissector::rules::rules;
use serde_json::Value;
use wscope_tests::place::Temporary;
use wscope_tests::{fed, sample, wscope};

fn check(file: impl Into<OsString>, more: &[&str]) -> Output {
    let mut args = vec![OsString::from("check"), file.into()];
    args.extend(more.iter().map(OsString::from));
    wscope(args).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn findings(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A capture in which the server proves nothing: a sample with another Sec-WebSocket-Accept in its answer. Its
/// name holds what a URI and XML must not.
fn broken() -> Temporary {
    let mut bytes = std::fs::read(sample("basic.pcap")).unwrap();
    let answer = find(&bytes, b"HTTP/1.1 101");
    let accept = answer + find(&bytes[answer..], b"Sec-WebSocket-Accept: ") + 22;
    // The first character of the proof, and with it the proof.
    bytes[accept] = if bytes[accept] == b'A' { b'B' } else { b'A' };
    Temporary::named(" &<1>.pcap", &bytes)
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|window| window == what).expect("it is in the sample")
}

/// 1 exactly where a finding as bad as `--fail-on` stands.
#[test]
fn exit_codes() {
    let file = broken();
    let wrong = file.path();
    for name in ["basic.pcap", "rejected-401.pcap", "tour.pcapng", "midstream.pcap", "tls13.pcap", "gap.pcap"]
    {
        told_by_exit_code(sample(name));
    }
    told_by_exit_code(wrong.to_owned());
    assert_eq!(check(wrong, &[]).status.code(), Some(1), "a wrong proof is an error");
    assert_eq!(check(sample("basic.pcap"), &["--fail-on", "warn"]).status.code(), Some(0));
    assert_eq!(check(std::env::temp_dir().join("wscope-no-such.pcap"), &[]).status.code(), Some(2));
    assert_eq!(check(wrong, &["--fail-on", "never"]).status.code(), Some(2));
}

fn told_by_exit_code(file: PathBuf) {
    let worst = findings(&check(&file, &["--format", "json"])).iter().map(rank).max().unwrap_or(0);
    for (place, fail_on) in ["note", "warn", "error"].into_iter().enumerate() {
        for format in ["table", "json", "csv", "sarif", "junit"] {
            let output = check(&file, &["--fail-on", fail_on, "--format", format]);
            let expected = i32::from(worst > place);
            assert_eq!(output.status.code(), Some(expected), "{} {fail_on} {format}", file.display());
        }
    }
}

fn rank(finding: &Value) -> usize {
    1 + ["note", "warn", "error"].iter().position(|name| finding["severity"] == *name).expect("a severity")
}

/// Every key of the contract, in its order, and no other.
#[test]
fn json_keys_are_the_contract() {
    let file = broken();
    let wrong = file.path();
    let found = findings(&check(wrong, &["--format", "json"]));
    assert!(!found.is_empty());
    let keys = ["code", "severity", "rfc", "side", "connection", "frame", "packet", "time", "span", "says"];
    for finding in &found {
        assert!(finding.as_object().unwrap().keys().eq(keys), "{finding}");
        assert!(["client", "server", "observer"].iter().any(|side| finding["side"] == *side));
    }
    let accept = found.iter().find(|finding| finding["code"] == "hs-accept-mismatch").expect("a wrong proof");
    assert_eq!(accept["side"], "server");
    assert_eq!(accept["connection"], 1);
    assert_eq!(accept["frame"], Value::Null);
    assert!(accept["span"]["stream_offset"].is_u64() && accept["span"]["length"].is_u64());
    let bytes = std::fs::read(wrong).unwrap();
    assert_eq!(findings(&fed(&mut wscope(["check", "-", "--format", "json"]), bytes)), found);
}

/// What SARIF 2.1.0 asks for is there, and a region is where the bytes are.
#[test]
fn sarif_points_into_the_file() {
    let file = broken();
    let wrong = file.path();
    let output = check(wrong, &["--format", "sarif"]);
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "wscope");
    let listed = driver["rules"].as_array().unwrap();
    assert_eq!(listed.len(), rules().count());
    for rule in listed {
        assert!(rule["id"].is_string() && rule["help"]["text"].is_string());
        assert!(rule.get("helpUri").is_none_or(|uri| uri.as_str().unwrap().starts_with("https://")));
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    assert_eq!(run["invocations"][0]["exitCode"], 1);
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        assert!(result["message"]["text"].is_string());
        assert!(["error", "warning", "note"].iter().any(|level| result["level"] == *level));
        let rule = &listed[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert!(artifact["uri"].as_str().unwrap().ends_with("%20%26%3C1%3E.pcap"), "{artifact}");
    }
    let accept = results.iter().find(|result| result["ruleId"] == "hs-accept-mismatch").unwrap();
    let region = &accept["locations"][0]["physicalLocation"]["region"];
    let at = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
    let bytes = std::fs::read(wrong).unwrap();
    let pointed = &bytes[at("byteOffset")..at("byteOffset") + at("byteLength")];
    let whole = &bytes[find(&bytes, b"Sec-WebSocket-Accept: ")..][..22 + 28];
    assert!(whole.windows(pointed.len()).any(|window| window == pointed), "{pointed:?}");
    assert_eq!(accept["locations"][0]["logicalLocations"][0]["name"], "connection 1");
}

/// A test case a rule, failures for those that `--fail-on` means, and XML that closes what it opens.
#[test]
fn junit_is_well_formed() {
    let file = broken();
    let wrong = file.path();
    let output = check(wrong, &["--format", "junit"]);
    let text = stdout(&output);
    let elements = elements(text);
    assert_eq!(elements.iter().filter(|name| *name == "testcase").count(), rules().count());
    let failures = elements.iter().filter(|name| *name == "failure").count();
    assert!(failures > 0 && text.contains(&format!("failures=\"{failures}\"")), "{text}");
    assert!(text.contains("name=\"hs-accept-mismatch\""));
    let mild = check(sample("rejected-401.pcap"), &["--format", "junit"]);
    assert!(!stdout(&mild).contains("<failure"));
}

/// The names of all elements of an XML text; fails where it is not well-formed.
fn elements(text: &str) -> Vec<String> {
    let body = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").expect("a declaration");
    let (mut open, mut seen) = (Vec::new(), Vec::new());
    let mut pieces = body.split('<');
    assert_eq!(pieces.next().unwrap().trim(), "");
    for piece in pieces {
        let (tag, between) = piece.split_once('>').expect("a tag ends");
        for text in [tag, between] {
            for entity in text.split('&').skip(1) {
                let name = entity.split(';').next().unwrap();
                assert!(["amp", "lt", "gt", "quot", "apos"].contains(&name), "&{entity}");
            }
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        seen.push(name.clone());
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    seen
}

/// `explain` knows every rule, and near misses by name.
#[test]
fn every_rule_is_explained() {
    for rule in rules() {
        let output = wscope(["explain", rule.code]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", rule.code);
        let text = stdout(&output);
        assert!(text.starts_with(rule.code) && text.contains(rule.says), "{text}");
        assert!(text.contains(rule.severity.name()) && text.contains(rule.level.word()), "{text}");
        assert!(text.contains(&format!("ws.finding == \"{}\"", rule.code)), "{text}");
    }
    let output = wscope(["explain", "hs-accept-missmatch"]).output().unwrap();
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), says.lines().count()), (Some(2), 1));
    assert!(says.contains("hs-accept-mismatch"), "{says}");
}

/// `rules` lists the table, and only the severities that were asked for.
#[test]
fn rules_are_listed() {
    let listed = |more: &[&str]| {
        let output = wscope(["rules", "--format", "json"]).args(more).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        findings(&output)
    };
    assert!(listed(&[]).iter().map(|rule| rule["code"].as_str().unwrap()).eq(rules().map(|rule| rule.code)));
    let some = listed(&["--severity", "error,warn"]);
    assert!(some.iter().all(|rule| rule["severity"] != "note") && !some.is_empty());
}

/// What `check` says stands in every other table too.
#[test]
fn findings_are_everywhere() {
    let file = broken();
    let wrong = file.path();
    let json = |command: &str| {
        let mut args = vec![OsString::from(command), wrong.into()];
        args.extend(["--format", "json"].map(OsString::from));
        findings(&wscope(args).output().unwrap())
    };
    let mut counts = serde_json::Map::new();
    for finding in json("check") {
        let count = counts.entry(finding["code"].as_str().unwrap()).or_insert(0.into());
        *count = (count.as_u64().unwrap() + 1).into();
    }
    assert_eq!(json("connections")[0]["findings"], Value::Object(counts.clone()));
    assert_eq!(json("summary")[0]["findings"], Value::Object(counts));
    for command in ["summary", "check"] {
        let output = wscope([OsString::from(command), wrong.into()]).output().unwrap();
        assert!(stdout(&output).contains("hs-accept-mismatch"), "{}", stdout(&output));
    }
}
