//! What a second core gives where bytes have to be worked on.

use wscope_tests::traffic::Profile;

use crate::pairs::Pairs;
use crate::table::{Row, seconds, size, times};
use crate::{Bench, Outcome};

/// How many times as fast two threads are.
const GOAL: f64 = 1.6;

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    if !bench.peers.can_thread() {
        eprintln!("  left out");
        return Ok(());
    }
    for (place, profile) in [Profile::Deflate, Profile::Tls].into_iter().enumerate() {
        if !bench.options.wants(profile) {
            continue;
        }
        let made = bench.files.of(profile, bench.options.size_or(500_000_000))?;
        let with = |threads| bench.peers.wscope(&["summary", "--threads", threads], &made);
        let pairs = Pairs::run(bench, &with("2"), &with("1"))?;
        let ratio = pairs.ratio(|it| it.wall);
        let row = Row {
            what: format!("{}, {}: one thread's time over that of two", profile.name(), size(made.bytes)),
            measured: format!(
                "{}: {} against {}",
                times(ratio),
                seconds(pairs.of(1, |it| it.wall)),
                seconds(pairs.of(0, |it| it.wall))
            ),
            goal: format!("{GOAL}x"),
            met: Some(ratio >= GOAL),
        };
        bench.table.put(format!("6 {place}"), row);
    }
    Ok(())
}
