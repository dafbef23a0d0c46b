//! `wscope run` around clients that speak TLS: their messages come out decrypted, at once, and from the capture that is
//! kept without any key log.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use wscope_tests::place::{Temporary, project};
use wscope_tests::wscope;

use super::program::{left_out, may_capture};

#[test]
fn what_a_python_client_says_over_tls_is_read() {
    check("Python over TLS", "python3", &["-c", "import ssl"], &[&fixture("client.py")]);
}

#[test]
fn what_a_node_client_says_over_tls_is_read() {
    let flag = "--experimental-websocket";
    let probe = [flag, "-e", "process.exit(typeof WebSocket === 'undefined' ? 1 : 0)"];
    check("Node over TLS", "node", &probe, &[flag, &fixture("client.js")]);
}

/// Keys that come when all was said are applied to what went by.
#[test]
fn keys_that_come_late_are_not_too_late() {
    let client = fixture("client.py");
    let late = "log=$SSLKEYLOGFILE; SSLKEYLOGFILE=$log.later python3 \"$0\" \"$1\"; code=$?; sleep 0.3; \
                cat $log.later >>$log; exit $code";
    check("keys that come late", "sh", &["-c", ":"], &["-c", late, &client]);
}

fn check(what: &str, program: &str, probe: &[&str], client: &[&str]) {
    let here = |program: &str, probe: &[&str]| {
        Command::new(program).args(probe).output().is_ok_and(|output| output.status.success())
    };
    if !may_capture(what) {
        return;
    }
    if !here("python3", &["-c", "import ssl"]) || !here(program, probe) {
        left_out(what, "this machine does not have it");
        return;
    }
    let server = Server::new();
    let kept = Temporary::with(b"");
    let out = kept.path().to_str().expect("ASCII");
    let filter = format!("tcp port {}", server.port);
    let mut command = wscope(["run", "-f", &filter, "-w", out, "--format", "json", "--", program]);
    // The certificate of the local server is nobody's, and Node knows no other way to say so.
    command
        .args(client)
        .arg(&server.port)
        .env("NODE_TLS_REJECT_UNAUTHORIZED", "0")
        .env_remove("NODE_OPTIONS");
    let output = command.output().expect("wscope runs");
    let errors = String::from_utf8(output.stderr).expect("words are UTF-8");
    assert_eq!(output.status.code(), Some(5), "{errors}");
    let rows = String::from_utf8(output.stdout).expect("rows are UTF-8");
    for side in ["client", "server"] {
        assert_eq!(
            texts(&rows, side),
            (0..100).map(|number| format!("secret {number} ✓")).collect::<Vec<_>>()
        );
    }
    let again = wscope(["messages", out, "--format", "json"]).output().expect("wscope runs");
    let again = String::from_utf8(again.stdout).expect("rows are UTF-8");
    for side in ["client", "server"] {
        assert_eq!(texts(&again, side), texts(&rows, side));
    }
}

fn texts(rows: &str, side: &str) -> Vec<String> {
    let rows = rows.lines().map(|row| serde_json::from_str(row).expect("a row is JSON"));
    let of_side = rows.filter(|row: &Value| row["direction"] == side);
    of_side.map(|row| row["text"].as_str().expect("text").to_owned()).collect()
}

fn fixture(name: &str) -> String {
    let path: PathBuf = project().join("tests/fixtures/wss").join(name);
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// The server in Python, gone with this.
struct Server {
    child: Child,
    port: String,
}

impl Server {
    fn new() -> Self {
        let mut command = Command::new("python3");
        command
            .arg(fixture("server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .env_remove("SSLKEYLOGFILE");
        let mut child = command.spawn().expect("Python runs");
        let mut port = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut port).expect("it says its port");
        Self { child, port: port.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
