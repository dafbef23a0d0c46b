//! `wscope summary` against the loop that does what nobody can do without.

use wscope_tests::traffic::Profile;

use crate::pairs::Pairs;
use crate::table::{Row, seconds, size, times};
use crate::{Bench, Outcome};

/// How many times as long as the loop the program may take with chat.
const GOAL: f64 = 2.0;

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    for profile in bench.options.profiles(&[Profile::Chat, Profile::Bulk]) {
        let made = bench.files.of(profile, bench.options.size_or(500_000_000))?;
        let (bare, ours) = (bench.peers.bare(&made, 0)?, bench.peers.wscope(&["summary"], &made));
        let pairs = Pairs::run(bench, &bare, &ours)?;
        let promised = profile == Profile::Chat;
        let (ratio, bare) = (pairs.ratio(|it| it.wall), pairs.of(0, |it| it.wall));
        let row = Row {
            what: format!("{}, {}: our time over the bare loop's", profile.name(), size(made.bytes)),
            measured: format!(
                "{}: {} against {} ({:.1} GB/s)",
                times(ratio),
                seconds(pairs.of(1, |it| it.wall)),
                seconds(bare),
                made.bytes / 1e9 / bare
            ),
            goal: if promised { format!("at most {GOAL:.0}x") } else { String::new() },
            met: promised.then_some(ratio <= GOAL),
        };
        bench.table.put(format!("2 {}", if promised { 0 } else { 1 }), row);
    }
    Ok(())
}
