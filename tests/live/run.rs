//! `wscope run`: a command's messages, its exit code, and its keys in the capture that is kept.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use capture::{NSS_KEY_LOG, Source, Step};
use serde_json::Value;
use tungstenite::Message;
use wscope_tests::place::Temporary;
use wscope_tests::wscope;

use super::program::may_capture;
use super::talk::Server;

const SERVER: &str = "WSCOPE_TESTS_SERVER";
const KEYS: &str = "CLIENT_RANDOM 0011 2233\n";

/// The command that is run: this program's own test, told by its environment to be a client.
#[test]
#[ignore = "it is run by another test"]
fn client() {
    let Ok(address) = std::env::var(SERVER) else { return };
    let address: SocketAddr = address.parse().expect("an address");
    let keys = std::env::var("SSLKEYLOGFILE").expect("a key log");
    let node = std::env::var("NODE_OPTIONS").expect("options of Node");
    assert_eq!(node, format!("--tls-keylog={keys}"));
    let mut log = std::fs::File::create(keys).expect("its folder is ours");
    write!(log, "{KEYS}CLIENT_RANDOM cut").expect("it can be written");
    let stream = std::net::TcpStream::connect(address).expect("the server is there");
    let (mut socket, _) = tungstenite::client(format!("ws://{address}/run"), stream).expect("a handshake");
    for number in 0..50 {
        socket.send(Message::Text(format!("message {number}").into())).expect("the peer listens");
        socket.read().expect("the peer answers");
    }
    println!("the client's own words");
    std::process::exit(7);
}

#[test]
fn a_command_is_run_with_a_capture_around_it() {
    if !may_capture("a command with a capture around it") {
        return;
    }
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let kept = Temporary::with(b"");
    let out = kept.path().to_str().expect("ASCII");
    let client = std::env::current_exe().expect("a test knows where it is");
    let filter = server.filter();
    let mut command = wscope(["run", "-f", &filter, "-w", out, "--format", "json", "--"]);
    command.arg(client).args(["--exact", "live::run::client", "--ignored", "--nocapture"]);
    command.env(SERVER, server.address.to_string()).env_remove("NODE_OPTIONS");
    let output = std::thread::scope(|scope| {
        scope.spawn(|| server.echo());
        command.output().expect("wscope runs")
    });
    let errors = String::from_utf8(output.stderr).expect("words are UTF-8");
    assert_eq!(output.status.code(), Some(7), "{errors}");
    assert!(errors.contains("the client's own words"), "{errors}");
    let rows = String::from_utf8(output.stdout).expect("rows are UTF-8");
    let texts = |side: &str| -> Vec<String> {
        let rows = rows.lines().map(|row| serde_json::from_str(row).expect("a row is JSON"));
        let of_side = rows.filter(|row: &Value| row["direction"] == side);
        of_side.map(|row| row["text"].as_str().expect("text").to_owned()).collect()
    };
    let expected: Vec<String> = (0..50).map(|number| format!("message {number}")).collect();
    assert_eq!(texts("client"), expected);
    assert_eq!(texts("server"), expected);

    let mut reading =
        capture::open(Source::File { path: kept.path().to_owned(), follow: false }).expect("a capture");
    let bytes = reading.bytes();
    let Step::Secrets { kind: NSS_KEY_LOG, span } = reading.next(Duration::ZERO).expect("a step") else {
        panic!("the keys do not come first");
    };
    let mut secrets = Vec::new();
    bytes.read(span, &mut secrets).expect("they are there");
    assert_eq!(String::from_utf8(secrets).expect("text"), KEYS, "whole lines");
    let again = wscope(["messages", out, "--format", "json"]).output().expect("wscope runs");
    assert_eq!(String::from_utf8_lossy(&again.stdout), rows);
}

/// A command that is not there is said to be so.
#[test]
fn a_command_that_is_not_there_is_no_hang() {
    if !may_capture("a command that is not there") {
        return;
    }
    let output = wscope(["run", "--", "no-such-command"]).output().expect("wscope runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("no-such-command: cannot be run"), "{errors}");
}
