//! A long capture of a busy connection: nothing is dropped, and memory grows by the rows of the index alone.
//!
//! `cargo test -p wscope-tests --test tests live::soak -- --ignored --nocapture`; `WSCOPE_SOAK_SECONDS` in place of 600.

use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant};

use tungstenite::Message;
use wscope_tests::place::Temporary;
use wscope_tests::replay;

use super::program::{Capturing, may_capture};
use super::talk::Server;

/// Messages a second, half of them by the client and half of them echoes.
const RATE: u64 = 5_000;

#[test]
#[ignore = "it takes ten minutes"]
fn ten_busy_minutes() {
    if !may_capture("ten busy minutes") {
        return;
    }
    let seconds = std::env::var("WSCOPE_SOAK_SECONDS").ok().and_then(|it| it.parse().ok()).unwrap_or(600);
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let kept = Temporary::with(b"");
    let out = kept.path().to_str().expect("ASCII");
    let capturing = Capturing::start(&["-i", "lo", "-f", &server.filter(), "-w", out, "--quiet"]);
    let exchanges = RATE / 2 * seconds;
    let (mut early, mut late) = (0, 0);
    let spent = thread::scope(|scope| {
        scope.spawn(|| server.echo());
        let mut socket = server.connect();
        let begin = Instant::now();
        for number in 0..exchanges {
            socket
                .send(Message::Text(format!("{{\"number\":{number},\"of\":{exchanges}}}").into()))
                .expect("sent");
            socket.read().expect("the peer answers");
            if number == exchanges / 10 {
                early = resident(capturing.pid());
            }
            let due = Duration::from_secs_f64(2.0 * number as f64 / RATE as f64);
            thread::sleep(due.saturating_sub(begin.elapsed()));
        }
        late = resident(capturing.pid());
        begin.elapsed()
    });
    let ended = capturing.stop();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    assert!(ended.errors.contains(" 0 dropped"), "{}", ended.errors);
    let snapshot = replay::file(kept.path()).expect("what is kept is a capture");
    assert!(u64::from(snapshot.message_count()) >= 2 * exchanges, "{}", ended.errors);
    let rows = u64::from(snapshot.packet_count()) + u64::from(snapshot.frame_count());
    let grown = late.saturating_sub(early);
    println!(
        "{} messages and {} packets in {spent:?}; memory from {early} to {late} bytes, {} a row of a packet or a frame",
        snapshot.message_count(),
        snapshot.packet_count(),
        grown * 10 / 9 / rows
    );
    // Pages that the allocator keeps, and columns that are twice there while they grow.
    assert!(grown < rows * 80 + (16 << 20), "memory grew by {grown} bytes for {rows} rows");
}

/// Bytes of memory that a process has.
fn resident(pid: i32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("the kernel tells it");
    line.split_whitespace().nth(1).expect("a number").parse::<u64>().expect("a number") << 10
}
