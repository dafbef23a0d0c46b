//! `wscope summary` against tshark, which is asked for number, opcode and length of each frame.

use wscope_tests::traffic::Profile;

use crate::pairs::Pairs;
use crate::table::{Row, seconds, size, times};
use crate::{Bench, Outcome};

/// How many times as long tshark takes.
const GOALS: [(Profile, f64); 5] = [
    (Profile::Chat, 100.0),
    (Profile::Lossy, 60.0),
    (Profile::OneSided, 1000.0),
    (Profile::Deflate, 25.0),
    (Profile::Bulk, 20.0),
];
/// The same in the time of processors, with chat.
const CPU: f64 = 60.0;

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    let Some(tshark) = bench.peers.tshark_version().map(str::to_owned) else { return Ok(()) };
    for (place, (profile, goal)) in GOALS.into_iter().enumerate() {
        if !bench.options.wants(profile) {
            continue;
        }
        let made = bench.files.of(profile, bench.options.size_or(500_000_000))?;
        let (ours, theirs) = (bench.peers.wscope(&["summary"], &made), bench.peers.tshark(&made));
        let pairs = Pairs::run(bench, &ours, &theirs)?;
        let row = |of: fn(&crate::meter::Taken) -> f64, how: &str, goal: f64| {
            let (ratio, ended) = (pairs.ratio(of), pairs.ended());
            let stopped = if ended { String::new() } else { ", where it was stopped".to_owned() };
            let more = if ended { "" } else { "more than " };
            Row {
                what: format!("{}, {}: {how} of tshark {tshark} over ours", profile.name(), size(made.bytes)),
                measured: format!(
                    "{more}{}: {} against {}{stopped}; {} against {}; {}",
                    times(ratio),
                    seconds(pairs.of(1, of)),
                    seconds(pairs.of(0, of)),
                    size(pairs.of(1, |it| it.memory)),
                    size(pairs.of(0, |it| it.memory)),
                    runs(pairs.runs()),
                ),
                goal: format!("{goal:.0}x"),
                // Of a process that was stopped it is known only that it takes longer.
                met: (ended || ratio >= goal).then_some(ratio >= goal),
            }
        };
        let (wall, cpu) = (row(|it| it.wall, "time", goal), row(|it| it.cpu, "processor time", CPU));
        bench.table.put(format!("1 {place} 0"), wall);
        if profile == Profile::Chat {
            bench.table.put(format!("1 {place} 1"), cpu);
        }
    }
    Ok(())
}

fn runs(count: usize) -> String {
    format!("{count} {}", if count == 1 { "run" } else { "runs" })
}
