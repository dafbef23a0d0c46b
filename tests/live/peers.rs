//! What real peers say while they are captured is what comes out, at once and byte for byte.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tungstenite::Message;
use wscope_tests::place::Temporary;
use wscope_tests::wscope;

use super::program::{Capturing, Ended, may_capture};
use super::talk::{Server, Side};

/// Ten thousand messages of every kind, on two connections at once, over IPv4 and IPv6: what is shown is what was
/// said, and the file that was kept meanwhile shows the same again.
#[test]
fn ten_thousand_messages_are_read_as_they_are_said() {
    if !may_capture("ten thousand messages while they are said") {
        return;
    }
    const ROUNDS: u64 = 2_000;
    let servers = [Server::new(Ipv4Addr::LOCALHOST.into()), Server::new(Ipv6Addr::LOCALHOST.into())];
    let filter = format!("{} or {}", servers[0].filter(), servers[1].filter());
    let kept = Temporary::with(b"");
    let out = kept.path().to_str().expect("a name in ASCII");
    let capturing = Capturing::start(&["-i", "lo", "-f", &filter, "-w", out, "--format", "json"]);
    let said: Vec<[Side; 2]> = thread::scope(|scope| {
        let talks =
            servers.iter().zip(1..).map(|(server, seed)| scope.spawn(move || server.converse(ROUNDS, seed)));
        let talks: Vec<_> = talks.collect();
        talks.into_iter().map(|talk| talk.join().expect("the peers agree")).collect()
    });
    let Ended { status, rows, errors } = capturing.stop();
    assert_eq!(status.code(), Some(0), "{errors}");
    assert!(errors.contains(" 0 dropped"), "{errors}");
    let mut heard = heard(&rows);
    assert_eq!(heard.len(), 2, "{errors}");
    let messages: usize = said.iter().flatten().map(|side| side.data.len()).sum();
    assert!(messages >= 10_000, "{messages}");
    for sides in said {
        let place = heard.iter().position(|other| *other == sides);
        heard.swap_remove(place.expect("a connection on which just this was said"));
    }
    let again = wscope(["frames", out, "--format", "json"]).output().expect("wscope runs");
    let again = String::from_utf8(again.stdout).expect("rows are UTF-8");
    assert!(again.lines().eq(rows.iter()), "the kept capture shows other rows");
}

/// A frame is shown within a quarter of a second of being on the wire; half of them in a busy moment is enough.
#[test]
fn frames_are_shown_at_once() {
    if !may_capture("how soon frames are shown") {
        return;
    }
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let capturing = Capturing::start(&["-i", "lo", "-f", &server.filter(), "--format", "json"]);
    let mut delays: Vec<Duration> = thread::scope(|scope| {
        scope.spawn(|| server.echo());
        let mut socket = server.connect();
        let delays = (0..11).map(|number| {
            let since = Instant::now();
            socket.send(Message::Text(format!("number {number}").into())).expect("the peer listens");
            while !capturing.row().contains(&format!("number {number}")) {}
            thread::sleep(Duration::from_millis(70));
            since.elapsed() - Duration::from_millis(70)
        });
        delays.collect()
    });
    delays.sort();
    assert!(delays[5] < Duration::from_millis(250), "{delays:?}");
    assert_eq!(capturing.stop().status.code(), Some(0));
}

/// A capture on which nothing happens costs nothing to speak of.
#[test]
fn an_idle_capture_rests() {
    if !may_capture("what an idle capture costs") {
        return;
    }
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let capturing = Capturing::start(&["-i", "lo", "-f", &server.filter()]);
    let spent = |pid: i32| -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
        let (_, after) = stat.rsplit_once(") ").expect("its name has an end");
        // utime and stime, in hundredths of a second (proc(5)).
        let fields: Vec<&str> = after.split(' ').collect();
        fields[11].parse::<u64>().expect("a number") + fields[12].parse::<u64>().expect("a number")
    };
    thread::sleep(Duration::from_millis(300));
    let pids = [capturing.pid(), capturing.helper()];
    let before: u64 = pids.into_iter().map(spent).sum();
    thread::sleep(Duration::from_secs(2));
    let after: u64 = pids.into_iter().map(spent).sum();
    // A twentieth of one core.
    assert!(after - before <= 10, "{} hundredths of a second in two", after - before);
    assert_eq!(capturing.stop().status.code(), Some(0));
}

/// What each connection's sides said, client first, as the rows of its frames tell.
fn heard(rows: &[String]) -> Vec<[Side; 2]> {
    let mut connections: BTreeMap<u64, [Side; 2]> = BTreeMap::new();
    let mut places = BTreeMap::new();
    for row in rows {
        let frame: Value = serde_json::from_str(row).expect("a row is JSON");
        let sides = connections.entry(frame["connection"].as_u64().expect("a number")).or_default();
        let side = &mut sides[usize::from(frame["direction"] == "server")];
        let payload = match (&frame["text"], &frame["base64"]) {
            (Value::String(text), _) => text.as_bytes().to_vec(),
            (_, Value::String(text)) => STANDARD.decode(text).expect("base64"),
            _ => panic!("a frame without its payload: {row}"),
        };
        let opcode = frame["opcode"].as_u64().expect("a number") as u8;
        match frame["message"].as_u64() {
            None => side.control.push((opcode, payload)),
            Some(message) => {
                let place = *places.entry(message).or_insert(side.data.len());
                match side.data.get_mut(place) {
                    Some((_, data)) => data.extend_from_slice(&payload),
                    None => side.data.push((opcode, payload)),
                }
            }
        }
    }
    connections.into_values().collect()
}
