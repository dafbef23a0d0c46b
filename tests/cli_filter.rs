//! Display filters on the command line: `-Y` on every command that prints rows, mistakes under the very characters, and
//! the table of fields.

use std::process::Output;

use serde_json::Value;
use wscope_tests::{fed, sample, wscope};

fn run(command: &str, name: &str, filter: &str, more: &[&str]) -> Output {
    let file = sample(name);
    let mut args = vec![command.into(), file.into_os_string(), "-Y".into(), filter.into()];
    args.extend(more.iter().map(std::ffi::OsString::from));
    wscope(args).output().unwrap()
}

fn rows(output: &Output) -> Vec<Value> {
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn json(command: &str, name: &str, filter: &str) -> Vec<Value> {
    rows(&run(command, name, filter, &["--format", "json"]))
}

/// Each command prints the rows for which the filter holds, and what is only known in the end counts for the first rows.
#[test]
fn rows_that_pass() {
    let closes = json("frames", "tour.pcapng", "websocket.opcode == close");
    assert!(closes.len() > 5 && closes.iter().all(|row| row["opcode_name"] == "close"));
    let ended = json("frames", "tour.pcapng", "ws.close.code == 1006 && ws.direction == client");
    assert!(
        ended.len() > 3 && ended.iter().all(|row| row["connection"] == 8 && row["direction"] == "client")
    );
    let words = json("messages", "tour.pcapng", "ws.text contains \"Order\" && ws.json.id");
    assert!(!words.is_empty() && words.iter().all(|row| row["text"].as_str().unwrap().contains("Order")));
    let refused = json("connections", "tour.pcapng", "http.response.code == 401");
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["response"]["status"], 401);
    let found = json("check", "tour.pcapng", "ws.finding == \"frame-client-unmasked\"");
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|row| row["code"] == "frame-client-unmasked"));
    // The exit code and the report go by what passed.
    assert_eq!(run("check", "tour.pcapng", "ws.severity == note", &[]).status.code(), Some(0));
    let report = run("check", "tour.pcapng", "ws.finding.accused == \"observer\"", &["--no-color"]);
    assert!(!String::from_utf8_lossy(&report.stdout).contains("frame-client-unmasked"));
    let summary = run("summary", "tour.pcapng", "ws.subprotocol", &["--no-color"]);
    let text = String::from_utf8_lossy(&summary.stdout).into_owned();
    assert!(text.contains("of 12 connections: ws.subprotocol"), "{text}");
}

/// A capture that comes through a pipe is filtered as it comes.
#[test]
fn from_a_pipe() {
    let bytes = std::fs::read(sample("ping-pong.pcap")).unwrap();
    let args = ["frames", "-", "-Y", "ws.rtt >= 0s", "--format", "json"];
    let pongs = rows(&fed(&mut wscope(args), bytes));
    assert!(!pongs.is_empty() && pongs.iter().all(|row| row["opcode_name"] == "pong"));
}

/// A mistake is shown under the very characters, before anything is read, with exit code 2.
#[test]
fn mistakes() {
    for command in ["frames", "messages", "connections", "check", "summary"] {
        let output = run(command, "basic.pcap", "tcp && ws.length == \"x\"", &[]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 3, "{said}");
        assert!(lines[0].ends_with("ws.length is compared with a number, as in 10 or 0x0a"), "{said}");
        assert_eq!(lines[1], "  tcp && ws.length == \"x\"");
        assert_eq!(lines[2].trim_end(), format!("  {}^^^", " ".repeat("tcp && ws.length == ".len())));
    }
}

/// The table of fields is printed whole or in part, with what each field is.
#[test]
fn table_of_fields() {
    let all = rows(&wscope(["fields", "--format", "json"]).output().unwrap());
    assert!(all.len() > 150);
    let some = rows(&wscope(["fields", "opcode", "--format", "json"]).output().unwrap());
    let opcode = some.iter().find(|row| row["field"] == "websocket.opcode").unwrap();
    assert_eq!(opcode["values"]["close"], 8);
    assert_eq!(opcode["type"], "number");
    assert!(
        some.len() < all.len() && some.iter().all(|row| row["field"].as_str().unwrap().contains("opcode"))
    );
}
