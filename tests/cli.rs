//! The command line's contract: exit codes, streams, keys, formats.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Output, Stdio};

use serde_json::Value;
use wscope_tests::place::Temporary;
use wscope_tests::{captures, fed, sample, wscope};

/// Keys that every frame has, in the contract's order.
const FRAME: &[&str] = &[
    "frame",
    "connection",
    "direction",
    "packet",
    "time",
    "fin",
    "rsv1",
    "rsv2",
    "rsv3",
    "opcode",
    "opcode_name",
    "masked",
    "masking_key",
    "header_length",
    "payload_length",
    "missing",
    "message",
    "text",
    "base64",
    "close_code",
    "close_reason",
    "findings",
];

/// Keys of a message.
const MESSAGE: &[&str] = &[
    "message",
    "connection",
    "direction",
    "type",
    "packet",
    "time",
    "frames",
    "compressed",
    "wire_length",
    "length",
    "text",
    "base64",
    "decoded",
    "complete",
    "unavailable",
    "findings",
];

/// Keys of a connection.
const CONNECTION: &[&str] = &[
    "connection",
    "client",
    "server",
    "transport",
    "stream",
    "tls",
    "start",
    "end",
    "request",
    "response",
    "tokens",
    "accept_valid",
    "subprotocol",
    "extensions",
    "frames",
    "messages",
    "payload_bytes",
    "close",
    "findings",
];

/// Keys that are there only where they mean something.
const SOMETIMES: &[&str] = &["text", "base64", "close_code", "close_reason", "unavailable"];

fn run(command: &str, file: impl Into<OsString>, more: &[&str]) -> Output {
    let mut args = vec![OsString::from(command), file.into()];
    args.extend(more.iter().map(OsString::from));
    wscope(args).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn rows(output: &Output) -> Vec<Value> {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    let lines = stdout(output).split_terminator('\n');
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn json(command: &str, name: &str) -> Vec<Value> {
    rows(&run(command, sample(name), &["--format", "json"]))
}

/// The packet of the slide: one masked text frame without a handshake, for a port that carries WebSocket.
#[test]
fn the_slide_is_read_to_the_bit() {
    let output = run("frames", sample("slide.pcap"), &["--format", "json", "--decode-as", "11000=websocket"]);
    let frames = rows(&output);
    let frame = frames.first().unwrap_or_else(|| panic!("no frame: {}", stderr(&output)));
    assert_eq!(frame["opcode"], 1);
    assert_eq!(frame["masked"], true);
    assert_eq!(frame["masking_key"], "30346cd3");
    assert_eq!(frame["text"], "hello");
}

/// Every key of the contract, in its order, and no other.
#[test]
fn json_keys_are_the_contract() {
    for (command, contract) in [("frames", FRAME), ("messages", MESSAGE), ("connections", CONNECTION)] {
        for name in ["basic.pcap", "deflate-context-takeover.pcap", "rejected-401.pcap", "midstream.pcap"] {
            for row in json(command, name) {
                let keys: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
                let there = |key: &&str| keys.contains(key) || !SOMETIMES.contains(key);
                let expected: Vec<&str> = contract.iter().copied().filter(there).collect();
                assert_eq!(keys, expected, "{command} {name}");
            }
        }
    }
}

/// What the values of a frame, a message and a connection are, on one conversation.
#[test]
fn json_values() {
    let frames = json("frames", "basic.pcap");
    assert_eq!(frames[0]["direction"], "client");
    assert_eq!(frames[1]["masking_key"], Value::Null);
    let closes: Vec<&Value> = frames.iter().filter(|frame| frame["opcode_name"] == "close").collect();
    assert_eq!(closes[0]["close_code"], 1000);
    assert_eq!(closes[0]["close_reason"], "bye");
    assert_eq!(closes[0]["message"], Value::Null);
    let time = frames[0]["time"].as_str().unwrap();
    assert!(time.len() == 30 && time.ends_with('Z') && time.as_bytes()[19] == b'.', "{time}");

    let messages = json("messages", "basic.pcap");
    assert_eq!(messages[0]["text"], "hello");
    assert_eq!(messages[0]["frames"], serde_json::json!([1]));
    assert!(messages.iter().any(|message| message["base64"] == "AAEC//4="));

    let connection = &json("connections", "basic.pcap")[0];
    assert_eq!(connection["transport"], "tcp");
    assert_eq!(connection["accept_valid"], true);
    assert_eq!(connection["request"]["method"], "GET");
    assert_eq!(connection["response"]["status"], 101);
    assert_eq!(connection["findings"], serde_json::json!({}));
    let close = serde_json::json!({
        "code": 1000, "reason": "bye", "initiator": "client", "clean": true, "how": "close", "reset": null
    });
    assert_eq!(connection["close"], close);
}

/// Content that cannot be had has neither key, and a reason.
#[test]
fn what_cannot_be_had_is_said() {
    let messages = json("messages", "gap-in-deflate.pcap");
    let lost: Vec<&Value> = messages.iter().filter(|message| message["complete"] == false).collect();
    assert!(!lost.is_empty());
    for message in lost {
        assert!(message.get("text").is_none() && message.get("base64").is_none());
        assert_eq!(message["unavailable"], "context-lost");
    }
    let refused = &json("connections", "rejected-401.pcap")[0];
    assert_eq!(refused["response"]["status"], 401);
    assert_eq!(refused["accept_valid"], Value::Null);
}

/// A message is printed when it is complete, so its packets never go back.
#[test]
fn messages_come_in_order_of_completion() {
    for name in ["fragments-and-ping.pcap", "empty-last-fragment.pcap"] {
        let messages = json("messages", name);
        let finished = messages.iter().filter(|message| message["complete"] == true);
        let packets: Vec<u64> = finished.map(|message| message["packet"].as_u64().unwrap()).collect();
        assert!(packets.is_sorted(), "{name}: {packets:?}");
        let mut numbers: Vec<u64> = messages.iter().map(|row| row["message"].as_u64().unwrap()).collect();
        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{name}: none twice, none left out");
    }
}

/// What cannot be done is said in one line, with exit code 2 and nothing on stdout.
#[test]
fn failures_are_one_line() {
    let empty = Temporary::with(b"");
    let text = Temporary::with(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    let directory = std::env::temp_dir();
    let missing = directory.join("wscope-test-no-such\nfile.pcap");
    for (file, word) in [
        (missing, "no such file"),
        (directory, "directory"),
        (empty.path().to_owned(), "0 bytes"),
        (text.path().to_owned(), "not a"),
    ] {
        for command in ["frames", "summary"] {
            let output = run(command, &file, &[]);
            assert_eq!(output.status.code(), Some(2), "{file:?}");
            assert_eq!(stdout(&output), "");
            let says = stderr(&output);
            assert!(says.starts_with("wscope: ") && says.lines().count() == 1, "{says}");
            assert!(says.contains(word), "{says}");
        }
    }
}

/// Mistakes on the command line are exit code 2 too, and say what would be right.
#[test]
fn usage_errors() {
    let file = sample("basic.pcap");
    let output = run("frames", &file, &["--fields", "frame,opcod"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean \"opcode\"?"), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1);
    for wrong in [["--format", "xml"], ["--decode-as", "80=http"], ["--no-such", "x"]] {
        let output = run("frames", &file, &wrong);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stdout(&output), "");
    }
    assert_eq!(wscope(["explain", "xyz"]).output().unwrap().status.code(), Some(2));
    assert_eq!(wscope(["--help"]).output().unwrap().status.code(), Some(0));
}

/// A capture cut in the middle of a packet is read up to there, and one line says so.
#[test]
fn damage_is_said_and_rows_are_printed() {
    let output = run("frames", sample("truncated-file.pcap"), &["--format", "json"]);
    assert!(!rows(&output).is_empty());
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("byte "), "{}", stderr(&output));
}

/// No WebSocket is no error: nothing but a CSV's header on stdout, and what is there instead on stderr.
#[test]
fn absence_is_explained() {
    for (format, expected) in [("table", ""), ("json", ""), ("csv", "frame,opcode\r\n")] {
        let output = run("frames", sample("tls13.pcap"), &["--format", format, "--fields", "frame,opcode"]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(stdout(&output), expected);
        assert!(stderr(&output).contains("TLS connection"), "{}", stderr(&output));
        assert_eq!(stderr(&output).lines().count(), 1);
    }
}

/// Whoever reads only the first row is no reason to complain.
#[test]
fn a_closed_pipe_is_success() {
    let mut command = wscope(["frames"]);
    command.arg(sample("reordered.pcap")).args(["--format", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""));
}

/// A pipe gives what the file gives, also one that says `-c`.
#[test]
fn stdin_equals_file() {
    for name in ["basic.pcap", "ipv6.pcapng", "five-connections.pcap", "fragments-and-ping.pcap"] {
        let bytes = std::fs::read(sample(name)).unwrap();
        for command in ["frames", "messages", "connections"] {
            let file = run(command, sample(name), &["--format", "json"]);
            let pipe = fed(&mut wscope([command, "-", "--format", "json"]), bytes.clone());
            assert_eq!(stdout(&pipe), stdout(&file), "{command} {name}");
            assert_eq!(pipe.status.code(), Some(0));
        }
        let output = fed(&mut wscope(["frames", "-", "-c", "2", "--format", "json"]), bytes);
        assert_eq!(rows(&output).len(), 2);
    }
}

/// A capture that is still being written is shown while it is.
#[test]
fn rows_come_while_the_pipe_is_open() {
    let bytes = std::fs::read(sample("basic.pcap")).unwrap();
    let mut command = wscope(["frames", "-", "--format", "json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&bytes).unwrap();
    stdin.flush().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert!(line.starts_with("{\"frame\":1,"), "{line}");
    drop(stdin);
    out.read_to_string(&mut line).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// RFC 4180: CRLF, and quotes around what would break a line or a field.
#[test]
fn csv_is_quoted() {
    let output = run("messages", sample("jsonrpc.pcap"), &["--format", "csv", "--fields", "message,text"]);
    let text = stdout(&output);
    assert!(text.starts_with("message,text\r\n"));
    let first = text.split("\r\n").nth(1).unwrap();
    assert!(first.starts_with("1,\"{\"\"") && first.ends_with("}\""), "{first}");
}

/// `--fields` chooses and orders, in every format.
#[test]
fn fields_choose() {
    let file = sample("basic.pcap");
    let json = run("frames", &file, &["-c", "1", "--format", "json", "--fields", "text,frame"]);
    assert_eq!(stdout(&json), "{\"text\":\"hello\",\"frame\":1}\n");
    let csv = run("frames", &file, &["-c", "1", "--format", "csv", "--fields", "text,frame"]);
    assert_eq!(stdout(&csv), "text,frame\r\nhello,1\r\n");
    let table = run("frames", &file, &["-c", "1", "--fields", "frame,opcode_name,text"]);
    assert_eq!(stdout(&table), "Frame  Opcode  Text\n    1  text    hello\n");
}

/// Colors are for terminals, and for those who force them; NO_COLOR and `--no-color` win.
#[test]
fn colors_only_where_wanted() {
    let args = || vec![OsString::from("frames"), sample("basic.pcap").into()];
    let colored = |output: Output| output.stdout.contains(&0x1b);
    assert!(!colored(wscope(args()).output().unwrap()));
    assert!(colored(wscope(args()).env("CLICOLOR_FORCE", "1").output().unwrap()));
    let both = wscope(args()).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!colored(both));
    let told = wscope(args()).arg("--no-color").env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(!colored(told));
}

/// Without a display FILE's summary is printed, after one line that says why.
#[test]
fn without_a_display_there_is_the_summary() {
    let file = sample("basic.pcap");
    let output = wscope([&file]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output).lines().count(), 1);
    assert_eq!(output.stdout, run("summary", &file, &[]).stdout);
    assert_eq!(wscope([] as [&str; 0]).output().unwrap().status.code(), Some(2));
}

/// The summary counts what the rows show.
#[test]
fn summary_agrees_with_rows() {
    for name in ["five-connections.pcap", "deflate-context-takeover.pcap", "ping-pong.pcap"] {
        let summary = &json("summary", name)[0];
        assert_eq!(summary["websocket"]["frames"], json("frames", name).len());
        assert_eq!(summary["websocket"]["messages"], json("messages", name).len());
        assert_eq!(summary["connections"], Value::Array(json("connections", name)));
    }
    let screen = run("summary", sample("tour.pcapng"), &[]);
    assert!(stdout(&screen).lines().count() <= 50);
}

#[test]
fn explain_draws_and_tells() {
    let output = wscope(["explain", "81", "85", "37", "fa", "21", "3d", "7f", "9f", "4d", "51", "58"])
        .output()
        .unwrap();
    assert!(stdout(&output).contains("Hello"));
    assert!(stdout(&wscope(["explain", "1006"]).output().unwrap()).contains("abnormal closure"));
    assert!(stdout(&wscope(["explain", "0x9"]).output().unwrap()).contains("Ping"));
}

/// No capture of real traffic is read with a crash or into anything but JSON.
#[test]
fn real_captures_are_read() {
    let Some(folder) = captures() else { return };
    let files =
        |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut seen = 0;
    for folder in files(folder).filter(|path| path.is_dir()) {
        for file in
            files(folder).filter(|path| path.extension().is_some_and(|end| end == "pcap" || end == "pcapng"))
        {
            for command in ["summary", "connections", "frames", "messages"] {
                rows(&run(command, &file, &["--format", "json"]));
            }
            seen += 1;
        }
    }
    assert!(seen > 0);
}
