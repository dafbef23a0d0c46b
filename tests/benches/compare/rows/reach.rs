//! How soon there is something to see, and how soon any message is: what a window asks of a session.

use std::time::{Duration, Instant};

use dissector::ids::MessageId;
use session::capture::Source;
use session::{Content, Options, Session, State};
use wscope_tests::traffic::{Profile, Random};

use crate::table::{Row, size};
use crate::{Bench, Outcome};

/// Seconds until there are rows.
const FIRST: f64 = 0.2;
/// Milliseconds until a message is there, and how many are asked for.
const MESSAGE: f64 = 5.0;
const ASKED: usize = 500;

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    let sizes = bench.options.sizes();
    let largest = sizes.iter().copied().max().unwrap_or_default();
    for (place, profile) in [Profile::Chat, Profile::Bulk].into_iter().enumerate() {
        if bench.options.wants(profile) {
            first(bench, place, profile, largest)?;
        }
    }
    if !bench.options.wants(Profile::Deflate) {
        return Ok(());
    }
    any(bench)
}

/// From opening to a snapshot with rows in it.
fn first(bench: &mut Bench, place: usize, profile: Profile, bytes: u64) -> Outcome<()> {
    let made = bench.files.of(profile, bytes)?;
    let begun = Instant::now();
    let source = Source::File { path: made.path.clone(), follow: false };
    let session = Session::open(source, Options::default(), || {})?;
    while session.snapshot().message_count() == 0 && session.snapshot().state == State::Reading {
        std::thread::sleep(Duration::from_micros(200));
    }
    let took = begun.elapsed().as_secs_f64();
    session.stop();
    session.wait();
    let row = Row {
        what: format!("{}, {}: from opening to the first rows", profile.name(), size(made.bytes)),
        measured: format!("{took:.3} s"),
        goal: format!("within {FIRST} s"),
        met: Some(took <= FIRST),
    };
    bench.table.put(format!("5 {place}"), row);
    bench.files.drop(&made);
    Ok(())
}

/// Messages here and there in a capture where each is compressed with reference to those before it.
fn any(bench: &mut Bench) -> Outcome<()> {
    let made = bench.files.of(Profile::Deflate, bench.options.size_or(1_000_000_000))?;
    let source = Source::File { path: made.path.clone(), follow: false };
    let snapshot = Session::open(source, Options::default(), || {})?.wait();
    let (mut random, mut content) = (Random::new(1), Content::default());
    let mut times = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let id = MessageId::new(random.below(snapshot.message_count().into()) as u32);
        let begun = Instant::now();
        let bytes = content.message(&snapshot, id, u64::MAX);
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        bytes.map_err(|why| format!("a message cannot be had: {}", why.name()))?;
    }
    times.sort_by(f64::total_cmp);
    let row = Row {
        what: format!("deflate, {}: a message, of {ASKED} here and there", size(made.bytes)),
        measured: format!(
            "{:.2} ms; 99 of 100 within {:.2} ms, all within {:.2} ms",
            times[ASKED / 2],
            times[ASKED * 99 / 100],
            times[ASKED - 1]
        ),
        goal: format!("under {MESSAGE:.0} ms"),
        met: Some(times[ASKED - 1] < MESSAGE),
    };
    bench.table.put("5 9", row);
    Ok(())
}
