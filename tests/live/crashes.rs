//! Programs that are killed at any moment: what was kept is read as far as it goes, and holds all that was shown.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tungstenite::Message;
use wscope_tests::place::Temporary;
use wscope_tests::random::Random;
use wscope_tests::wscope;

use super::program::{Capturing, is_running, may_capture, signal};
use super::talk::Server;

/// Fifty times, the one program or the other is killed while frames come.
#[test]
fn nothing_that_was_shown_is_lost_in_a_crash() {
    if !may_capture("programs that are killed while they capture") {
        return;
    }
    let mut random = Random::new(9);
    let mut shown = 0;
    for round in 0..50 {
        let wait = Duration::from_millis(random.between(20, 150) as u64);
        shown += crash(round, wait);
    }
    assert!(shown > 1_000, "only {shown} rows were shown in all rounds");
}

fn crash(round: u64, wait: Duration) -> usize {
    let kill_helper = !round.is_multiple_of(2);
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let kept = Temporary::with(b"");
    let out = kept.path().to_str().expect("a name in ASCII");
    let capturing = Capturing::start(&["-i", "lo", "-f", &server.filter(), "-w", out, "--format", "json"]);
    let (pid, helper) = (capturing.pid(), capturing.helper());
    let over = AtomicBool::new(false);
    let ended = thread::scope(|scope| {
        scope.spawn(|| server.echo());
        scope.spawn(|| {
            let mut socket = server.connect();
            while !over.load(Ordering::Relaxed) {
                socket.send(Message::Text("a message like others".into())).expect("the peer listens");
                socket.read().expect("the peer answers");
            }
        });
        thread::sleep(wait);
        let victim = if kill_helper { helper } else { pid };
        signal(victim, Signal::KILL);
        let ended = capturing.wait();
        over.store(true, Ordering::Relaxed);
        ended
    });
    if kill_helper {
        // Whoever shows says that it is over, and why.
        assert_eq!(ended.status.code(), Some(2), "{}", ended.errors);
        assert!(ended.errors.contains("broke off"), "{}", ended.errors);
    }
    gone(helper);
    let again = wscope(["frames", out, "--format", "json"]).output().expect("wscope runs");
    let again = String::from_utf8(again.stdout).expect("rows are UTF-8");
    let again: Vec<&str> = again.lines().collect();
    // Killed in the midst of a line, it has shown that line to nobody.
    let whole = ended.rows.iter().filter(|row| row.ends_with('}')).count();
    assert!(whole + 1 >= ended.rows.len());
    assert_eq!(again.get(..whole).expect("as many rows"), &ended.rows[..whole], "round {round}");
    whole
}

/// Nobody goes on capturing for nobody.
fn gone(pid: i32) {
    let since = Instant::now();
    while is_running(pid) {
        assert!(since.elapsed() < Duration::from_secs(10), "the capturing program lives on");
        thread::sleep(Duration::from_millis(5));
    }
}
