//! The statistics as cards of plain words, plots and tables: the pane draws them, the exports write them.

mod cost;
mod messages;
mod traffic;
mod transports;

pub(crate) use self::traffic::epoch;

use session::Snapshot;
use session::dissector::ids::Side;
use session::statistics::Figures;
use session::statistics::bins::Bins;
use session::statistics::series::Moment;

use super::chart::Go;
use super::plot::Plot;
use crate::gui::words;

/// One card.
#[derive(Clone, Debug)]
pub struct Card {
    /// What it is called, and its files.
    pub title: &'static str,
    /// The number that matters.
    pub number: String,
    /// What it is a number of.
    pub of: String,
    /// The plot.
    pub plot: Plot,
    /// Words in place of a plot that has nothing to show.
    pub nothing: &'static str,
    /// What stands below it, line by line.
    pub facts: Vec<Fact>,
    /// What has to be known to read it.
    pub note: String,
    /// The same as numbers.
    pub table: Table,
}

/// A line of values.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What they are.
    pub name: &'static str,
    /// The client's and the server's, or one of both.
    pub values: Vec<Value>,
}

/// A value, and where it leads.
#[derive(Clone, Debug, Default)]
pub struct Value {
    /// In words.
    pub words: String,
    /// Where a click leads.
    pub go: Option<Go>,
}

/// Columns and rows, as they are exported.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// What the user chose to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Bytes over time, not frames.
    pub bytes: bool,
    /// How often is polled, by its place among the intervals.
    pub interval: usize,
}

impl Default for Choice {
    fn default() -> Self {
        Self { bytes: false, interval: 2 }
    }
}

/// What cards are made from.
pub struct Scene<'a> {
    /// The numbers.
    pub figures: &'a Figures,
    /// Time closer by.
    pub near: Option<&'a Bins<Moment>>,
    /// The stretch of that time.
    pub range: Option<(i64, i64)>,
    /// What they are of.
    pub snapshot: &'a Snapshot,
    /// What is to be seen.
    pub choice: Choice,
}

impl Scene<'_> {
    /// The first moment of the capture.
    fn zero(&self) -> i64 {
        self.snapshot.totals.times.map_or(0, |(first, _)| first)
    }
}

/// Both sides, in the order in which they stand everywhere.
const SIDES: [Side; 2] = [Side::Client, Side::Server];

/// All cards in order: time first, what polling would have cost last.
pub fn all(scene: &Scene<'_>) -> Vec<Card> {
    let mut cards = vec![
        traffic::over_time(scene),
        messages::sizes(scene),
        messages::gaps(scene),
        traffic::pings(scene),
        traffic::opcodes(scene),
        cost::compression(scene),
        cost::overhead(scene),
        cost::polling(scene),
    ];
    // Beside what other ways would have cost stands what they did cost.
    if let Some(card) = transports::transports(scene) {
        cards.insert(cards.len() - 1, card);
    }
    cards
}

impl Card {
    /// What it says in one line.
    pub fn says(&self) -> String {
        format!("{} {}", self.number, self.of)
    }

    /// The stem of its files' names.
    pub fn stem(&self) -> String {
        self.title.to_lowercase().replace(' ', "-")
    }
}

impl Value {
    fn of(words: impl Into<String>) -> Self {
        Self { words: words.into(), go: None }
    }

    fn leads(words: impl Into<String>, go: Go) -> Self {
        Self { words: words.into(), go: Some(go) }
    }

    fn none() -> Self {
        Self::of("–")
    }
}

impl Table {
    fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    /// As CSV (RFC 4180), lines ended by a line feed alone.
    pub fn csv(&self) -> String {
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let cells: Vec<String> = cells
                .map(|cell| {
                    if cell.contains([',', '"', '\n']) {
                        format!("\"{}\"", cell.replace('"', "\"\""))
                    } else {
                        cell.to_owned()
                    }
                })
                .collect();
            cells.join(",") + "\n"
        };
        let mut csv = line(&mut self.head.iter().copied());
        for row in &self.rows {
            csv.push_str(&line(&mut row.iter().map(String::as_str)));
        }
        csv
    }
}

/// Nanoseconds as words that fit in a cell: `340 µs`, `12 ms`, `3.2 s`.
fn span(nanoseconds: u64) -> String {
    match nanoseconds {
        0 => "0 s".to_owned(),
        1..1000 => format!("{nanoseconds} ns"),
        _ => words::span(i64::try_from(nanoseconds).unwrap_or(i64::MAX)),
    }
}

/// A share in percent, of which a part that is there is never nothing.
fn percent(part: u64, all: u64) -> String {
    if all == 0 {
        return "–".to_owned();
    }
    let share = part as f64 / all as f64 * 100.0;
    match share {
        _ if part == 0 => "0 %".to_owned(),
        share if share < 0.1 => "< 0.1 %".to_owned(),
        share if share < 10.0 => format!("{share:.1} %"),
        share => format!("{share:.0} %"),
    }
}
