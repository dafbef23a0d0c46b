//! Clients that are not in Rust, where this machine has one: what they say while they are captured is what comes out.

use std::net::Ipv4Addr;
use std::process::Command;

use serde_json::Value;

use super::program::{Capturing, left_out, may_capture};
use super::talk::Server;

/// A client, and how to ask whether it is here.
struct Client {
    name: &'static str,
    program: &'static str,
    probe: &'static [&'static str],
    run: &'static [&'static str],
}

/// Each says fifty texts and fifty times bytes to the address that is its last argument, and waits for each echo.
const CLIENTS: &[Client] = &[
    Client {
        name: "Node",
        program: "node",
        probe: &["--experimental-websocket", "-e", "process.exit(typeof WebSocket === 'undefined' ? 1 : 0)"],
        run: &["--experimental-websocket", "-e", NODE],
    },
    Client {
        name: "Python's websockets",
        program: "python3",
        probe: &["-c", "import websockets.sync.client"],
        run: &["-c", PYTHON],
    },
];

const NODE: &str = "
const socket = new WebSocket(process.argv[1]);
socket.binaryType = 'arraybuffer';
let said = 0;
const say = () => {
  if (said === 100) return socket.close(1000, 'done');
  const text = 'message ' + said + ' ✓';
  socket.send(said % 2 ? new TextEncoder().encode(text) : text);
  said++;
};
socket.onopen = say;
socket.onmessage = say;
socket.onerror = () => process.exit(1);
";

const PYTHON: &str = "
import sys
from websockets.sync.client import connect
with connect(sys.argv[1]) as socket:
    for said in range(100):
        text = f'message {said} ✓'
        socket.send(text.encode() if said % 2 else text)
        socket.recv()
";

#[test]
fn clients_in_other_languages_are_read() {
    if !may_capture("clients in other languages") {
        return;
    }
    for client in CLIENTS {
        let probe = Command::new(client.program).args(client.probe).output();
        if !probe.is_ok_and(|output| output.status.success()) {
            left_out(&format!("{} as a client", client.name), "this machine does not have it");
            continue;
        }
        let server = Server::new(Ipv4Addr::LOCALHOST.into());
        let args = ["-i", "lo", "-f", &server.filter(), "--messages", "--format", "json"];
        let capturing = Capturing::start(&args);
        std::thread::scope(|scope| {
            scope.spawn(|| server.echo());
            let address = format!("ws://{}/", server.address);
            let ran = Command::new(client.program).args(client.run).arg(address).output().expect("it runs");
            assert!(ran.status.success(), "{}: {}", client.name, String::from_utf8_lossy(&ran.stderr));
        });
        let ended = capturing.stop();
        let rows = ended.rows.iter().map(|row| serde_json::from_str(row).expect("a row is JSON"));
        let rows: Vec<Value> = rows.collect();
        for side in ["client", "server"] {
            let said: Vec<&Value> = rows.iter().filter(|row| row["direction"] == side).collect();
            assert_eq!(said.len(), 100, "{}: {}", client.name, ended.errors);
            for (number, message) in said.into_iter().enumerate() {
                assert_eq!(message["type"], if number % 2 == 0 { "text" } else { "binary" });
                assert_eq!(message["text"], format!("message {number} ✓"), "{}", client.name);
            }
        }
    }
}
