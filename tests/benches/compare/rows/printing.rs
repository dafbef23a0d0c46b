//! What it costs to print all frames, over finding them.

use wscope_tests::traffic::Profile;

use crate::pairs::Pairs;
use crate::table::{Row, seconds, size, times};
use crate::{Bench, Outcome};

/// How many times the processor time of the first pass printing may take.
const GOAL: f64 = 1.0;

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    for profile in bench.options.profiles(&[Profile::Chat, Profile::Bulk]) {
        let made = bench.files.of(profile, bench.options.size_or(500_000_000))?;
        for format in ["json", "csv"] {
            let frames = bench.peers.wscope(&["frames", "--format", format], &made);
            let pairs = Pairs::run(bench, &bench.peers.wscope(&["summary"], &made), &frames)?;
            let (found, all) = (pairs.of(0, |it| it.cpu), pairs.of(1, |it| it.cpu));
            let ratio = pairs.ratio(|it| it.cpu) - 1.0;
            let row = Row {
                what: format!(
                    "{}, {}: printing all frames as {format} over finding them, processor time",
                    profile.name(),
                    size(made.bytes)
                ),
                measured: format!("{}: {} beside {}", times(ratio), seconds(all - found), seconds(found)),
                goal: format!("at most {GOAL}x"),
                met: Some(ratio <= GOAL),
            };
            bench.table.put(format!("8 {} {format}", profile.name()), row);
        }
    }
    Ok(())
}
