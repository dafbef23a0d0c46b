//! Time grows as files do.

use wscope_tests::traffic::Profile;

use crate::files::Made;
use crate::meter::measure;
use crate::pairs::median;
use crate::table::{Row, seconds, size};
use crate::{Bench, Outcome};

/// How far off the line a size may be.
const GOAL: f64 = 0.15;
/// Bytes of a packet of chat, more or less.
const A_PACKET: u64 = 220;

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    let nothing = bench.files.of(Profile::Chat, 0)?;
    let start = time(bench, &nothing)?;
    let sizes = bench.options.sizes();
    let largest = sizes.iter().copied().max().unwrap_or(1);
    let smallest = sizes.iter().copied().min().unwrap_or(1);
    let lines = bench.options.profiles(&Profile::ALL).into_iter().flat_map(|profile| {
        let many = profile == Profile::Many;
        [(profile, ""), (profile, ", as many at once in each file")].into_iter().take(1 + usize::from(many))
    });
    for (profile, how) in lines {
        let mut points = Vec::new();
        for wanted in sizes.iter().copied() {
            let made = match profile {
                // As many for each packet: what opens and closes connections is more work than what they say.
                Profile::Many => {
                    let all = |size| u32::try_from(100_000 * size / largest);
                    let at_once = all(if how.is_empty() { wanted } else { smallest })?;
                    bench.files.many(all(wanted)?, at_once, wanted / A_PACKET)?
                }
                _ => bench.files.of(profile, wanted)?,
            };
            points.push((made.bytes, time(bench, &made)? - start));
            bench.files.drop(&made);
        }
        let slopes: Vec<f64> = points.iter().map(|(bytes, time)| time / bytes * 1e9).collect();
        let line = median(slopes.clone());
        let off = slopes.iter().map(|slope| (slope / line - 1.0).abs()).fold(0.0, f64::max);
        let parts = points
            .iter()
            .zip(&slopes)
            .map(|((bytes, _), slope)| format!("{} {}", size(*bytes), seconds(*slope)));
        let row = Row {
            what: format!(
                "{}{how}: time for each GB, but for {:.0} ms to start",
                profile.name(),
                start * 1e3
            ),
            measured: format!("{}: {:.0} % off at most", parts.collect::<Vec<_>>().join(", "), off * 100.0),
            goal: format!("within {:.0} %", GOAL * 100.0),
            met: Some(off <= GOAL),
        };
        let place = Profile::ALL.iter().position(|known| *known == profile).unwrap_or_default();
        bench.table.put(format!("4 {place}{how}"), row);
    }
    Ok(())
}

/// The median of what a summary takes; of fewer runs where each takes long.
fn time(bench: &Bench, made: &Made) -> Outcome<f64> {
    let command = bench.peers.wscope(&["summary"], made);
    let mut times = Vec::new();
    while times.len() < bench.options.runs() && times.iter().sum::<f64>() < 20.0 {
        times.push(measure(&command, bench.options.patience())?.wall);
    }
    Ok(median(times))
}
