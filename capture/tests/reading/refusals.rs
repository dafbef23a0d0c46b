//! What is no capture is refused in one line that says what it is and what to try.

use capture::{Source, open};

use crate::support::{Temporary, read, read_file};

#[test]
fn what_is_no_capture_is_named() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "nothing in it (0 bytes)"),
        (b"{\"log\": {\"version\": \"1.2\"}}", "not a capture but a HAR file (JSON)"),
        (b"  [1, 2]", "not a capture but JSON text, beginning \"[1, 2]\""),
        (b"CLIENT_RANDOM 00 11\n", "not a capture but a TLS key log"),
        (b"hello\nworld", "not a capture but text, beginning \"hello\\nworld\""),
        ("<!DOCTYPE html>".as_bytes(), "an HTML page"),
        (b"snoop\0\0\0\0\0\0\x02", "a snoop capture; Wireshark may read it"),
        (b"\x1c\x00\x01\xac\0\0\0\0", "an IXIA lcap capture"),
        (b"GMBU\0\x02", "Microsoft Network Monitor 2"),
        (b"PK\x03\x04\x14\0", "a zip archive; unpack it"),
        (b"\x7fELF\x02\x01", "a program (ELF)"),
        (b"\x01\x02\xff\xfe", "it begins with 01 02 ff fe"),
    ];
    for (bytes, says) in cases {
        for error in [read(bytes).unwrap_err(), read_file(bytes).unwrap_err()] {
            let line = error.to_string();
            assert!(line.contains(says) && !line.contains('\n'), "{line}");
        }
    }
}

#[test]
fn what_cannot_be_opened_is_named() {
    let dir = std::env::temp_dir();
    let file = |path| open(Source::File { path, follow: false }).err().unwrap().to_string();
    assert!(file(dir.clone()).contains("this is a directory"));
    assert!(file(dir.join("wscope-is-not-here")).contains("no such file"));
}

#[test]
fn a_span_outside_takes_no_memory() {
    let sample = Temporary::new(&crate::support::rich());
    let capture = open(Source::File { path: sample.0.clone(), follow: false }).unwrap();
    let span = capture::FileSpan { at: 10, len: u32::MAX };
    let mut into = Vec::new();
    assert!(capture.bytes().read(span, &mut into).is_err());
    assert_eq!(into.capacity(), 0);
}
