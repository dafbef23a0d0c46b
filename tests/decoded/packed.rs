//! Messages that are compressed by themselves, and those that are pieces of one stream.

use serde_json::Value;
use wscope_tests::{place, sample};

use super::row::{Row, plain, rows};

/// What a row's content says where it is JSON, as it was sent.
fn json(row: &Row) -> Value {
    row.fields().last().map(plain).unwrap_or_default()
}

/// What the client of `zlib-stream` inflated, payload by payload, also of those that came in two messages.
#[test]
fn a_stream_says_what_its_client_read() {
    let truth = place::project().join("tests/fixtures/zlib-stream.ndjson");
    let truth = std::fs::read_to_string(truth).expect("the truth is there");
    let told: Vec<Value> = truth.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let rows = rows(&sample("zlib-stream.pcap"));
    let server = || rows.iter().filter(|row| !row.client);
    assert!(
        server().all(|row| row.decoded["protocol"] == "zlib-stream" && row.decoded.get("stopped").is_none())
    );
    let seen: Vec<Value> = server().filter(|row| row.kind() != "part").map(json).collect();
    super::row::equal("payloads", &seen, &told);
    assert_eq!(server().filter(|row| row.kind() == "part").count(), 3);
}

/// zlib, gzip and Zstandard, with JSON, BSON, text and one another inside.
#[test]
fn what_is_inside_is_decoded() {
    let rows = rows(&sample("compressed.pcap"));
    let lines: Vec<&str> =
        rows.iter().map(|row| row.decoded["summary"].as_str().unwrap_or_default()).collect();
    let tick = "{\"type\": \"tick\", \"prices\": [{\"sym\": \"A\", \"p\": 0.0}";
    for (line, begins) in lines.iter().zip([
        &format!("zlib: {tick}"),
        &format!("gzip: {tick}"),
        &format!("zstd: {tick}"),
        "gzip: {a:[1,2,3],b:\"xxxx",
        "gzip: plain words",
        &format!("zlib: gzip: {tick}"),
        "zlib: bye bye bye bye",
    ]) {
        assert!(line.starts_with(begins), "{line}");
    }
    assert_eq!(lines.len(), 7);
    assert!(rows.iter().all(|row| row.decoded["protocol"] == "compressed"));
}
