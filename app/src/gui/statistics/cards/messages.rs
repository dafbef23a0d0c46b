//! Cards about messages: how long they are, and how long nothing comes between them.

use session::statistics::histogram::Histogram;

use super::{Card, Fact, SIDES, Scene, Table, Value, span};
use crate::gui::state::Selection;
use crate::gui::statistics::chart::Go;
use crate::gui::statistics::plot::{Bar, Mirror, Plot};
use crate::gui::words;

/// How long messages are, by powers of two.
pub(super) fn sizes(scene: &Scene<'_>) -> Card {
    let sizes = &scene.figures.sizes;
    let both = sizes[0].lens.with(&sizes[1].lens);
    let quantile = |name, share| Fact {
        name,
        values: sizes.iter().map(|size| value(size.lens.quantile(share), words::size)).collect(),
    };
    let greatest = sizes.iter().map(|size| {
        let leads = |(len, id)| Value::leads(words::size(len), Go::To(Selection::Message(id)));
        size.greatest.map_or_else(Value::none, leads)
    });
    let unknown: u64 = sizes.iter().map(|size| size.unknown).sum();
    let note = match unknown {
        0 => String::new(),
        _ => format!("Not counted: {} of unknown length", words::counted(unknown, "message", "messages")),
    };
    let (plot, table) = octaves(sizes.each_ref().map(|size| &size.lens), words::size, "bytes");
    Card {
        title: "Message sizes",
        number: both.quantile(0.5).map_or_else(|| "–".into(), words::size),
        of: format!("median of {}", words::counted(both.count(), "message", "messages")),
        plot,
        nothing: "No whole messages here",
        facts: vec![
            quantile("Median", 0.5),
            quantile("90 % up to", 0.9),
            quantile("99 % up to", 0.99),
            Fact { name: "Greatest", values: greatest.collect() },
        ],
        note,
        table,
    }
}

/// How long it is from one message of a side to its next.
pub(super) fn gaps(scene: &Scene<'_>) -> Card {
    let gaps = &scene.figures.gaps;
    let both = gaps[0].times.with(&gaps[1].times);
    let quantile = |name, share| Fact {
        name,
        values: gaps.iter().map(|gap| value(gap.times.quantile(share), span)).collect(),
    };
    let longest = gaps.iter().map(|gap| {
        let leads = |(time, (_, after))| Value::leads(span(time), Go::To(Selection::Message(after)));
        gap.longest.map_or_else(Value::none, leads)
    });
    let idle = scene.figures.idle.map_or_else(Value::none, |(time, (_, after))| {
        let words = format!("{} until frame {}", span(time), words::count(after.number()));
        Value::leads(words, Go::To(Selection::Frame(after)))
    });
    let (plot, table) = octaves(gaps.each_ref().map(|gap| &gap.times), span, "nanoseconds");
    Card {
        title: "Message gaps",
        number: both.quantile(0.5).map_or_else(|| "–".into(), span),
        of: "median time between messages of a side".into(),
        plot,
        nothing: "No two messages of a side on one connection",
        facts: vec![
            quantile("Median", 0.5),
            quantile("90 % up to", 0.9),
            Fact { name: "Longest", values: longest.collect() },
            Fact { name: "Longest idle", values: vec![idle] },
        ],
        note: String::new(),
        table,
    }
}

fn value(number: Option<u64>, words: fn(u64) -> String) -> Value {
    number.map_or_else(Value::none, |number| Value::of(words(number)))
}

/// Both sides by powers of two, from the first that holds something to the last.
fn octaves(sides: [&Histogram; 2], words: fn(u64) -> String, unit: &'static str) -> (Plot, Table) {
    let counts = sides.map(Histogram::octaves);
    let len = counts.iter().map(Vec::len).max().unwrap_or(0);
    let of = |octave: usize| SIDES.map(|side| counts[side.index()].get(octave).copied().unwrap_or(0));
    let least = |octave: usize| if octave == 0 { 0 } else { 1u64 << (octave - 1) };
    let there = |octave: &usize| of(*octave) != [0; 2];
    let first = (1..len).find(there).unwrap_or(len);
    // Nothing at all stands beside the least there is, however far apart they are.
    let shown: Vec<usize> = (0..len.min(1)).filter(there).chain(first..len).collect();
    let mut table = Table::new(&["from", "to", "unit", "client", "server"]);
    let mut mirror = Mirror::default();
    let every = shown.len().div_ceil(5).max(1);
    for (place, &octave) in shown.iter().enumerate() {
        let values = of(octave);
        let (from, to) = (least(octave), if octave == 0 { 0 } else { least(octave) + (least(octave) - 1) });
        table.rows.push(
            [from, to]
                .map(|end| end.to_string())
                .into_iter()
                .chain([unit.to_owned()])
                .chain(values.map(|value| value.to_string()))
                .collect(),
        );
        let range = if from == to { words(from) } else { format!("{} to {}", words(from), words(to)) };
        let says = format!("{range}: client {}, server {}", words::count(values[0]), words::count(values[1]));
        mirror.bars.push(Bar { values, says, level: None });
        if place.is_multiple_of(every) {
            mirror.ticks.push(((place as f32 + 0.5) / shown.len() as f32, words(from).replace(".0 ", " ")));
        }
    }
    let most = mirror.bars.iter().flat_map(|bar| bar.values).max().unwrap_or(0);
    mirror.most = words::count(most);
    (Plot::Mirror(mirror), table)
}
