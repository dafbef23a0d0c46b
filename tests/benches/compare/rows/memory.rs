//! The most memory that commands hold, as a part of the file: with frames alone, with messages and a filter, and with
//! all findings.

use wscope_tests::traffic::Profile;

use crate::meter::measure;
use crate::table::{Row, size};
use crate::{Bench, Outcome};

/// What memory may be of the file, in hundredths.
const GOALS: [(Profile, f64); 2] = [(Profile::Chat, 25.0), (Profile::Bulk, 2.0)];
/// What memory may be with the largest file of bulk.
const LARGEST: f64 = 300e6;

const COMMANDS: [(&str, &[&str]); 3] = [
    ("summary", &["summary"]),
    ("messages with a filter", &["messages", "--format", "csv", "-Y", "ws.length > 200"]),
    ("check", &["check"]),
];

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    for (place, (profile, goal)) in GOALS.into_iter().enumerate() {
        if !bench.options.wants(profile) {
            continue;
        }
        let made = bench.files.of(profile, bench.options.size_or(500_000_000))?;
        for (number, (name, words)) in COMMANDS.into_iter().enumerate() {
            let taken = measure(&bench.peers.wscope(words, &made), bench.options.patience())?;
            let part = taken.memory / made.bytes * 100.0;
            let row = Row {
                what: format!("{}, {}: memory of {name}", profile.name(), size(made.bytes)),
                measured: format!("{part:.1} %: {}", size(taken.memory)),
                goal: format!("under {goal:.0} %"),
                met: Some(part < goal),
            };
            bench.table.put(format!("3 {place} {number}"), row);
        }
    }
    largest(bench)
}

/// A file of bulk that no memory would hold.
fn largest(bench: &mut Bench) -> Outcome<()> {
    let size_of_it = bench.options.sizes().into_iter().max().unwrap_or_default();
    if !bench.options.wants(Profile::Bulk) {
        return Ok(());
    }
    let made = bench.files.of(Profile::Bulk, size_of_it)?;
    for (number, (name, words)) in COMMANDS.into_iter().enumerate() {
        let taken = measure(&bench.peers.wscope(words, &made), bench.options.patience())?;
        let row = Row {
            what: format!("bulk, {}: memory of {name}", size(made.bytes)),
            measured: size(taken.memory),
            goal: format!("under {}", size(LARGEST)),
            met: Some(taken.memory < LARGEST),
        };
        bench.table.put(format!("3 2 {number}"), row);
    }
    bench.files.drop(&made);
    Ok(())
}
