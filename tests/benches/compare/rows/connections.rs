//! A packet costs the same among a hundred thousand connections as among a hundred; what it costs where they follow each
//! other, a hundred at a time; and what it costs the bare loop, which remembers next to nothing of each.

use wscope_tests::traffic::Profile;

use crate::pairs::Pairs;
use crate::table::{Row, size, times};
use crate::{Bench, Outcome};

const FEW: u32 = 100;
const MANY: u32 = 100_000;
/// Packets that the bare loop looks ahead, where it does: more gain nothing.
const AHEAD: usize = 32;
/// How many times as long a packet may take.
const GOAL: f64 = 1.3;

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    if !bench.options.wants(Profile::Many) {
        return Ok(());
    }
    // A packet of chat takes about as many bytes; what it takes to close all connections comes on top.
    let packets = bench.options.size_or(1_000_000_000) / 220;
    let many = bench.files.many(MANY, MANY, packets)?;
    let turns = bench.files.many(MANY, FEW, packets)?;
    let few = bench.files.many(FEW, FEW, many.packets)?;
    let [ours, theirs, ours_in_turn] =
        [&few, &many, &turns].map(|made| bench.peers.wscope(&["summary"], made));
    let [bare, bare_among_many] = [&few, &many].map(|made| bench.peers.bare(made, 0));
    let (bare, bare_ahead) = (bare?, bench.peers.bare(&many, AHEAD)?);
    let at_a_time = format!(", {FEW} at a time");
    let rows = [
        ("", "", "4 9", Some(GOAL), &many, [ours.clone(), theirs]),
        ("", at_a_time.as_str(), "4 9 a time", None, &turns, [ours, ours_in_turn]),
        ("the bare loop, ", "", "4 9 bare", None, &many, [bare.clone(), bare_among_many?]),
        ("the bare loop, ", ", looking ahead,", "4 9 bare ahead", None, &many, [bare, bare_ahead]),
    ];
    for (who, how, place, goal, many, commands) in rows {
        let pairs = Pairs::run(bench, &commands[0], &commands[1])?;
        let a_packet = |which: usize, packets: u64| pairs.of(which, |it| it.wall) / packets as f64 * 1e9;
        let ratio = pairs.ratio(|it| it.wall) * few.packets as f64 / many.packets as f64;
        let row = Row {
            what: format!(
                "{who}{} packets: one among {MANY} connections{how} over one among {FEW}",
                many.packets
            ),
            measured: format!(
                "{}: {:.0} ns against {:.0} ns; {} and {}",
                times(ratio),
                a_packet(1, many.packets),
                a_packet(0, few.packets),
                size(many.bytes),
                size(few.bytes)
            ),
            goal: goal.map_or(String::new(), |goal| format!("at most {goal}x")),
            met: goal.map(|goal| ratio <= goal),
        };
        bench.table.put(place, row);
    }
    bench.files.drop(&few);
    bench.files.drop(&turns);
    bench.files.drop(&many);
    Ok(())
}
