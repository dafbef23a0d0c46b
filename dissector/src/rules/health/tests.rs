//! Each rule of health: what raises it, and what comes close and does not.

use crate::ids::Side;
use crate::rules::bench::{Bench, frame, masked};

const CLIENT: [u8; 4] = [10, 0, 0, 1];
const SERVER: [u8; 4] = [10, 0, 0, 2];

/// Connections one after the other, with these pauses before each, in milliseconds.
fn comes_back(pauses: impl IntoIterator<Item = i64>, once: fn(Bench) -> Bench) -> Bench {
    pauses.into_iter().fold(Bench::new(), |bench, pause| once(bench.wait(pause).also(CLIENT, SERVER)))
}

fn dropped(bench: Bench) -> Bench {
    bench.open().fin(Side::Server).fin(Side::Client)
}

fn refused(bench: Bench) -> Bench {
    bench.request(&[]).response(&["HTTP/1.1 503 Busy", "+Content-Length: 0"]).end_tcp()
}

/// RFC 6455 7.2.3: who comes back at once, again and again; who comes back slower, but never slower than before.
#[test]
fn rfc6455_7_2_3_coming_back() {
    let (storm, steady) = ("health-reconnect-storm", "health-no-backoff");
    for once in [dropped, refused] {
        assert!(comes_back([100; 12], once).raises(storm));
        assert!(!comes_back([100; 12], once).raises(steady));
        assert!(comes_back([2_000; 12], once).raises(steady));
        assert!(!comes_back([2_000; 12], once).raises(storm));
        // Few; growing; long.
        comes_back([100; 4], once).silent(&[storm, steady]);
        comes_back((0..8).map(|n| 100 << n), once).silent(&[storm, steady]);
        comes_back([60_000; 12], once).silent(&[storm, steady]);
    }
    // Those that were done with it, and those that had a good connection.
    comes_back([100; 12], |bench| bench.open().close()).silent(&[storm, steady]);
    comes_back([100; 12], |bench| dropped(bench.open().wait(20_000))).silent(&[storm, steady]);
    // Somebody else each time.
    let others = (1..=12).fold(Bench::new(), |bench, n| dropped(bench.also([10, 0, 0, n], SERVER)));
    others.silent(&[storm, steady]);
}

/// A silence that fits somebody's limit, and one that only is long.
#[test]
fn silence_before_the_end() {
    let (cut, heartbeat) = ("health-idle-cut", "health-no-heartbeat");
    let silent = |wait| Bench::new().open().client(&masked(0x81, b"x")).wait(wait);
    for (wait, whose) in [
        (55_000, "Heroku"),
        (60_000, "nginx"),
        (100_000, "Cloudflare"),
        (300_000, "Envoy"),
        (350_000, "AWS"),
        (3_600_000, "HAProxy"),
    ] {
        let (_, _, sentence) = silent(wait).fin(Side::Server).fin(Side::Client).only(cut);
        assert!(sentence.contains(whose), "{sentence}");
    }
    for wait in [40_000, 80_000, 200_000] {
        let bench = silent(wait).rst(Side::Server);
        assert!(!bench.raises(cut));
        assert_eq!(bench.raises(heartbeat), wait > 60_000);
    }
    silent(60_000).close().silent(&[cut, heartbeat]);
    silent(60_000).ack(Side::Server).silent(&[cut, heartbeat]);
    // What comes behind the end does not hide the silence before it.
    assert!(silent(60_000).fin(Side::Server).wait(5_000).client(&masked(0x81, b"x")).raises(cut));
    // A Ping is no silence, and what was not captured may have been one.
    silent(30_000).server(&frame(0x89, b"")).wait(30_000).rst(Side::Server).silent(&[cut, heartbeat]);
    silent(60_000).lost(Side::Server, 2).fin(Side::Server).fin(Side::Client).silent(&[cut, heartbeat]);
}

/// Segments that come late hold up what is behind them, and a closed window does, where something is to be sent.
#[test]
fn tcp_stalls() {
    let code = "health-tcp-stall";
    let text = frame(0x81, b"held up");
    let late = |wait| Bench::new().open().late(Side::Server, &text, 4, wait).end_tcp();
    let (finding, bytes, sentence) = late(300).only(code);
    assert_eq!((finding.accused.name(), &bytes[..]), ("server", &text[..]));
    assert!(sentence.contains("waited for 301 ms"), "{sentence}");
    assert!(!late(100).raises(code));
    let shut = || Bench::new().open().server(&text).ack(Side::Client).shut();
    let (finding, _, sentence) = shut().probe(Side::Server).wait(400).ack(Side::Client).only(code);
    assert_eq!(finding.accused.name(), "client");
    assert!(sentence.contains("window 0"), "{sentence}");
    // Nothing was to be sent; it opened soon; nothing was late but the frame itself.
    assert!(!shut().wait(400).ack(Side::Client).raises(code));
    assert!(!shut().probe(Side::Server).wait(100).ack(Side::Client).raises(code));
    assert!(!Bench::new().open().wait(400).server(&text).close().raises(code));
}
