//! Protobuf by the types of a file: `--proto`.

use std::ffi::OsString;

use wscope_tests::{place, sample, wscope};

fn run(proto: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let file = place::project().join("tests/fixtures/proto").join(proto);
    let args = ["messages", "--proto"].map(OsString::from).into_iter();
    let args = args.chain([file.into_os_string(), sample("protobuf.pcap").into_os_string()]);
    let output = wscope(args.chain(more.iter().map(OsString::from))).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Each message has the type that it was sent with, and filters ask for fields by their names.
#[test]
fn messages_have_their_types() {
    let (_, text, _) = run("chat.proto", &["--format", "json"]);
    let kinds: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["decoded"]["kind"].take())
        .collect();
    let (message, ack) = ("chat.v1.Message", "chat.v1.Ack");
    assert_eq!(kinds, [message, ack, message, ack, message, message, ack]);
    for part in [
        "\"value\":\"Jürgen\"",
        "\"named\":\"IMAGE\"",
        "chat.v1.Message.ScoresEntry",
        "google.protobuf.Timestamp",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let count = |filter: &str| {
        let (code, text, says) = run("chat.proto", &["--fields", "message", "--format", "csv", "-Y", filter]);
        assert_eq!(code, Some(0), "{says}");
        text.lines().count() - 1
    };
    assert_eq!(count("protobuf.field.name == \"delta\" && protobuf.field.value.int32 < -1"), 2);
    assert_eq!(count("protobuf.message.name == \"chat.v1.Author\""), 2);
    assert_eq!(count("protobuf.field.number == 14"), 1);
    let (_, text, _) = run("chat.proto:Author", &[]);
    assert!(text.lines().skip(1).all(|line| line.contains("Author id: ")), "{text}");
}

/// What is wrong with a file is told in a line, with its place and what there is instead.
#[test]
fn a_file_that_is_none_is_told() {
    for (file, says) in [
        ("wrong.proto", "wrong.proto:4:11: expected '='"),
        (
            "import.proto",
            "import.proto:2:1: import 'nowhere.proto' not found; imports are looked for beside the file",
        ),
        ("none.proto", "there is no file"),
        ("chat.proto:Nothing", "it has chat.v1.Author, chat.v1.Message, chat.v1.Ack"),
    ] {
        let (code, _, error) = run(file, &[]);
        assert_eq!(code, Some(2), "{file}");
        assert!(error.lines().next().is_some_and(|line| line.contains(says)), "{file}: {error}");
    }
}
