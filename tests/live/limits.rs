//! Captures that end by themselves, rows of files, other machines, and what is said of wrong words.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::{Duration, Instant};

use session::State;
use wscope_tests::place::Temporary;
use wscope_tests::{replay, wscope};

use super::program::{Capturing, is_root_with, may_capture, open_folder};
use super::talk::Server;

/// So many packets, so many seconds, and no more.
#[test]
fn a_capture_ends_when_it_is_enough() {
    if !may_capture("captures that end by themselves") {
        return;
    }
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let kept = Temporary::with(b"");
    let out = kept.path().to_str().expect("ASCII");
    let capturing = Capturing::start(&["-i", "lo", "-f", &server.filter(), "-c", "7", "-w", out, "--quiet"]);
    server.converse(20, 1);
    let ended = capturing.wait();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    assert_eq!(replay::file(kept.path()).expect("a capture").packet_count(), 7);

    let since = Instant::now();
    let capturing = Capturing::start(&["-i", "lo", "-f", &server.filter(), "--duration", "0.4"]);
    assert_eq!(capturing.wait().status.code(), Some(0));
    assert!(since.elapsed() >= Duration::from_millis(400));
}

/// Of a row of files the newest stay, each a capture of its own.
#[test]
fn the_newest_files_of_a_row_stay() {
    if !may_capture("a row of files") {
        return;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of our own");
    let address = listener.local_addr().expect("it has an address");
    let folder = open_folder("row");
    let out = folder.join("row.pcapng");
    let filter = format!("tcp port {}", address.port());
    let out = out.to_str().expect("ASCII");
    let args = ["-i", "lo", "-f", &filter, "-w", out, "--files", "2", "--filesize", "1", "--quiet"];
    let capturing = Capturing::start(&args);
    let reading = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the client comes");
        std::io::copy(&mut stream, &mut std::io::sink()).expect("it can be read")
    });
    let mut stream = TcpStream::connect(address).expect("the server is there");
    stream.write_all(&vec![7; 5_000_000]).expect("the server reads");
    drop(stream);
    assert_eq!(reading.join().expect("it does not panic"), 5_000_000);
    let ended = capturing.stop();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    let mut files: Vec<_> = std::fs::read_dir(&*folder)
        .expect("it is ours")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        assert!(file.metadata().expect("it is there").len() <= 1_000_000);
        let snapshot = replay::file(file).expect("a capture");
        assert_eq!((&snapshot.state, snapshot.notes.len()), (&State::Done, 0));
        assert!(snapshot.packet_count() > 0);
    }
}

/// Another machine is reached by ssh; here that is a script which says what sshd would, and runs what it is told.
#[test]
fn another_machine_is_captured_on() {
    if !is_root_with("a capture on another machine", &["tcpdump"]) {
        return;
    }
    let folder = open_folder("ssh");
    let script = "#!/bin/sh\nfor word in \"$@\"; do last=$word; done\n\
                  SSH_CONNECTION='127.0.0.1 9 127.0.0.1 22' exec sh -c \"$last\"\n";
    std::fs::write(folder.join("ssh"), script).expect("it is ours");
    std::fs::set_permissions(folder.join("ssh"), PermissionsExt::from_mode(0o755)).expect("it is ours");
    let path = std::env::var("PATH").expect("there is a search path");
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let filter = format!("{} or tcp port 'x", server.filter());
    let there = |filter: &str| {
        let mut command = wscope([
            "capture",
            "--ssh",
            "user@there",
            "-i",
            "lo",
            "-f",
            filter,
            "--format",
            "json",
            "--messages",
        ]);
        command.env("PATH", format!("{}:{path}", folder.display()));
        command
    };
    let refused = there(&filter).output().expect("wscope runs");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains(&filter), "the filter came there as one word");
    let capturing = Capturing::run(there(&server.filter()));
    let [client, theirs] = server.converse(30, 4);
    while capturing.rows.recv_timeout(Duration::from_millis(500)).is_ok() {}
    let ended = capturing.stop();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    let messages = client.data.len() + theirs.data.len();
    assert!(ended.errors.contains(&format!("{messages} messages")), "{messages}: {}", ended.errors);
}

/// A filter that is none is shown with what its compiler says beneath it, and a device that is none is named.
#[test]
fn wrong_words_are_shown() {
    if !may_capture("what is said of a wrong filter") {
        return;
    }
    let said = |args: &[&str]| {
        let output = wscope(["capture"].iter().chain(args)).output().expect("wscope runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).expect("words are UTF-8")
    };
    let filter = said(&["-i", "lo", "-f", "tcp prt 80"]);
    let expected = "wscope: this is no capture filter:\n  tcp prt 80\n  ^^^^^^^^^^ syntax error\n";
    assert_eq!(filter, expected);
    let device = said(&["-i", "nothing0"]);
    assert!(device.starts_with("wscope: nothing0: there is no such device"), "{device}");
    assert_eq!(device.lines().count(), 1);
}
