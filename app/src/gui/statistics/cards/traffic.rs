//! Cards about frames: when they came, of which kind they are, and how long Pongs took.

use session::dissector::rules::Severity;
use session::dissector::websocket::opcode::Opcode;
use session::statistics::bins::{Bins, Part};
use session::statistics::pings::Trips;
use session::statistics::series::Moment;

use super::{Card, Fact, SIDES, Scene, Table, Value, percent, span};
use crate::gui::state::Selection;
use crate::gui::statistics::chart::{Go, Ink};
use crate::gui::statistics::plot::{Bar, Dot, Dots, Mirror, Plot, Row};
use crate::gui::{findings, words};

/// Bars over time, at most: more are not told apart.
const BARS: usize = 240;

/// Frames or bytes of both sides over time, with the findings.
pub(super) fn over_time(scene: &Scene<'_>) -> Card {
    let figures = scene.figures;
    let bins = scene.near.or(figures.over_time.as_ref());
    let mut table = Table::new(&[
        "time_epoch",
        "seconds",
        "client_frames",
        "server_frames",
        "client_bytes",
        "server_bytes",
        "notes",
        "warnings",
        "errors",
    ]);
    let mut plot = Mirror::default();
    let mut all = Moment::default();
    let mut lasted = 0;
    if let Some(bins) = bins {
        for (time, moment) in bins.parts().filter(|(_, moment)| **moment != Moment::default()) {
            all.join(moment);
            let counts = moment.frames.iter().chain(&moment.bytes).chain(&moment.findings);
            let times = [epoch(time), words::seconds(bins.width())];
            table.rows.push(times.into_iter().chain(counts.map(u64::to_string)).collect());
        }
        plot = mirror(scene, bins);
        lasted = match scene.range {
            Some((from, to)) => to - from,
            None => bins.width().saturating_mul(bins.parts().len() as i64),
        };
    }
    let frames = all.frames[0] + all.frames[1];
    let bytes = words::size(all.bytes[0].saturating_add(all.bytes[1]));
    let found = words::counted(all.findings.iter().sum(), "finding", "findings");
    Card {
        title: "Over time",
        number: words::count(frames),
        of: format!(
            "{} in {}, {bytes}, {found}",
            if frames == 1 { "frame" } else { "frames" },
            words::span(lasted)
        ),
        plot: Plot::Mirror(plot),
        nothing: "No frames in this time",
        facts: Vec::new(),
        note: String::new(),
        table,
    }
}

/// Parts put together until they can be told apart as bars.
fn mirror(scene: &Scene<'_>, bins: &Bins<Moment>) -> Mirror {
    let width = bins.width();
    let (start, end) = match scene.range {
        Some((from, to)) => (from.div_euclid(width) * width, to),
        None => (bins.start(), bins.start().saturating_add(width.saturating_mul(bins.parts().len() as i64))),
    };
    let parts = usize::try_from((end - start).max(1) as u64 / width.max(1) as u64 + 1).unwrap_or(1);
    let together = parts.div_ceil(BARS).max(1);
    let step = width.saturating_mul(together as i64);
    let count = usize::try_from(((end - start).max(1) as u64).div_ceil(step.max(1) as u64)).unwrap_or(1);
    let mut moments = vec![Moment::default(); count.clamp(1, BARS + 1)];
    for (time, moment) in bins.parts() {
        let place = time.saturating_sub(start).max(0) / step.max(1);
        if let Some(there) = moments.get_mut(place as usize) {
            there.join(moment);
        }
    }
    let since = |time: i64| words::seconds(time.saturating_sub(scene.zero()).max(0));
    let mut mirror = Mirror::default();
    for (place, moment) in moments.iter().enumerate() {
        let values = if scene.choice.bytes { moment.bytes } else { moment.frames };
        let from = start.saturating_add(step.saturating_mul(place as i64));
        let found = words::counted(moment.findings.iter().sum(), "finding", "findings");
        let says = format!(
            "{} s: client {} and {}, server {} and {}, {found}",
            since(from),
            words::counted(moment.frames[0], "frame", "frames"),
            words::size(moment.bytes[0]),
            words::counted(moment.frames[1], "frame", "frames"),
            words::size(moment.bytes[1]),
        );
        let severity = moment.worst().map(|worst| [Severity::Note, Severity::Warn, Severity::Error][worst]);
        let level = severity.map(|severity| (findings::level(severity), moment.finding));
        mirror.bars.push(Bar { values, says, level });
    }
    let whole = step.saturating_mul(moments.len() as i64);
    mirror.ticks = times(start - scene.zero(), whole);
    let most = mirror.bars.iter().flat_map(|bar| bar.values).max().unwrap_or(0);
    mirror.most = if scene.choice.bytes { words::size(most) } else { words::count(most) };
    mirror
}

/// A few round times along a stretch.
fn times(start: i64, len: i64) -> Vec<(f32, String)> {
    let len = len.max(1);
    let mut step = 1_000i64;
    while len / step > 6 {
        // 1, 2, 5, 10 and so on.
        let lead = step / 10i64.pow(step.ilog10());
        step = if lead == 2 { step / 2 * 5 } else { step.saturating_mul(2) };
    }
    let decimals = 9 - (step.ilog10() as usize).min(9);
    let first = start.div_euclid(step) + i64::from(start.rem_euclid(step) > 0);
    (first..)
        .map(|place| place.saturating_mul(step))
        .take_while(|time| *time <= start.saturating_add(len))
        .take(8)
        .map(|time| {
            let at = (time - start) as f32 / len as f32;
            (at, format!("{:.decimals$} s", time as f64 / 1e9))
        })
        .collect()
}

/// Seconds since 1970 with nine decimals.
pub(crate) fn epoch(time: i64) -> String {
    let all = time.unsigned_abs();
    let sign = if time < 0 { "-" } else { "" };
    format!("{sign}{}.{:09}", all / 1_000_000_000, all % 1_000_000_000)
}

/// Pongs by how long they took.
pub(super) fn pings(scene: &Scene<'_>) -> Card {
    let asked = &scene.figures.pings.by;
    let both = asked[0].trips.with(&asked[1].trips);
    let quantile = |name, share| Fact {
        name,
        values: asked
            .iter()
            .map(|asked| asked.trips.quantile(share).map_or_else(Value::none, |time| Value::of(span(time))))
            .collect(),
    };
    let slowest = asked.iter().map(|asked| {
        let leads = |(time, (_, pong))| Value::leads(span(time), Go::To(Selection::Frame(pong)));
        asked.slowest.map_or_else(Value::none, leads)
    });
    let unanswered = asked
        .iter()
        .map(|asked| Value::of(format!("{} of {}", words::count(asked.waiting), words::count(asked.pings))));
    let mut note = Vec::new();
    let superseded: u64 = asked.iter().map(|asked| asked.superseded).sum();
    if superseded > 0 {
        note.push(format!(
            "{} answered by a Pong to a newer one",
            words::counted(superseded, "Ping", "Pings")
        ));
    }
    let lost: u64 = asked.iter().map(|asked| asked.not_followed).sum();
    if lost > 0 {
        note.push(format!("{} not followed", words::counted(lost, "Ping", "Pings")));
    }
    if scene.figures.pings.unasked > 0 {
        note.push(format!("{} unasked", words::counted(scene.figures.pings.unasked, "Pong", "Pongs")));
    }
    let mut table = Table::new(&[
        "time_epoch",
        "asked_by",
        "round_trips",
        "mean_seconds",
        "slowest_seconds",
        "pong_frame",
    ]);
    for side in SIDES {
        for (time, trips) in asked[side.index()].over_time.parts().filter(|(_, trips)| trips.count > 0) {
            let slowest =
                trips.slowest.map_or((0, String::new()), |(time, pong)| (time, pong.number().to_string()));
            table.rows.push(vec![
                epoch(time),
                side.name().to_owned(),
                trips.count.to_string(),
                epoch((trips.sum / trips.count) as i64),
                epoch(slowest.0 as i64),
                slowest.1,
            ]);
        }
    }
    Card {
        title: "Ping round trips",
        number: both.quantile(0.5).map_or_else(|| "–".into(), span),
        of: format!("median of {}", words::counted(both.count(), "round trip", "round trips")),
        plot: Plot::Dots(dots(scene)),
        nothing: "No Ping was answered here",
        facts: vec![
            quantile("Median", 0.5),
            quantile("90 % up to", 0.9),
            Fact { name: "Slowest", values: slowest.collect() },
            Fact { name: "Unanswered", values: unanswered.collect() },
        ],
        note: note.join(", "),
        table,
    }
}

fn dots(scene: &Scene<'_>) -> Dots {
    let series = scene.figures.pings.by.each_ref().map(|asked| &asked.over_time);
    let met = |bins: &&Bins<Trips>| bins.parts().len() > 0;
    let ends = |bins: &Bins<Trips>| bins.start().saturating_add(bins.width() * bins.parts().len() as i64);
    let start = series.iter().copied().filter(|bins| met(bins)).map(Bins::start).min().unwrap_or(0);
    let end = series.iter().copied().filter(|bins| met(bins)).map(ends).max().unwrap_or(0);
    let len = end.saturating_sub(start).max(1);
    let mut dots = Dots { ticks: times(start - scene.zero(), len), ..Dots::default() };
    for side in SIDES {
        for (time, trips) in series[side.index()].parts() {
            let Some((took, pong)) = trips.slowest else { continue };
            let x = (time - start) as f32 / len as f32;
            let says = format!(
                "Pong in frame {}: {} after the {}'s Ping",
                words::count(pong.number()),
                span(took),
                side.name()
            );
            let go = Some(Go::To(Selection::Frame(pong)));
            dots.dots.push(Dot { x, value: took, side, says, go });
        }
    }
    dots.most = dots.dots.iter().map(|dot| dot.value).max().unwrap_or(0);
    dots.most_words = span(dots.most);
    dots
}

/// Frames by opcode.
pub(super) fn opcodes(scene: &Scene<'_>) -> Card {
    let figures = scene.figures;
    let mut table = Table::new(&["opcode", "name", "side", "frames", "payload_bytes"]);
    let (mut rows, mut control) = (Vec::new(), 0);
    for opcode in (0..16).map(Opcode) {
        let counts = SIDES.map(|side| figures.opcodes[side.index()].of(opcode));
        if counts.iter().all(|(frames, _)| *frames == 0) {
            continue;
        }
        let name = if opcode.is_reserved() {
            format!("Reserved {:#x}", opcode.0)
        } else {
            let name = opcode.name();
            name[..1].to_uppercase() + &name[1..]
        };
        let mut bars = Vec::new();
        for side in SIDES {
            let (frames, bytes) = counts[side.index()];
            control += if opcode.is_control() { frames } else { 0 };
            bars.push((
                Ink::Side(side),
                frames,
                if frames == 0 {
                    "0".into()
                } else {
                    format!("{} · {}", words::count(frames), words::size(bytes))
                },
            ));
            let cells = [opcode.0.to_string(), opcode.name().into(), side.name().into()];
            table.rows.push(cells.into_iter().chain([frames.to_string(), bytes.to_string()]).collect());
        }
        rows.push(Row { name, bars });
    }
    let frames = figures.frames[0] + figures.frames[1];
    Card {
        title: "Opcodes",
        number: percent(control, frames),
        of: format!("of {} are control frames", words::counted(frames, "frame", "frames")),
        plot: Plot::Rows(rows),
        nothing: "No frames here",
        facts: Vec::new(),
        note: String::new(),
        table,
    }
}
