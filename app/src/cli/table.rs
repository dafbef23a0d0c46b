//! Tables that stream: widths come from the first rows and then stay.
//!
//! On a terminal a row is never wider than the screen: the widest text column gives way. In a pipe nothing is cut
//! but long text at the end of a row, and nothing is padded to a width that nobody asked for.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::column::{Cell, Column, Row, Tone};
use super::fit::{decisive, elide, width};
use super::style::Look;
use super::time::Clock;
use super::words;

/// Rows from which the widths are taken.
const FIRST: usize = 500;
/// How long the first rows of a live capture may wait for more.
const WAIT: Duration = Duration::from_millis(100);
/// An elastic column is not made narrower than this.
const NARROWEST: usize = 6;
/// Before an elastic column is made narrower than this, columns that can be spared leave.
const READABLE: usize = 16;
/// Text in a pipe is cut here: whoever wants all of it takes JSON or CSV.
const LONGEST: usize = 160;
const GAP: usize = 2;

/// A table being written.
pub(crate) struct Table<R: 'static> {
    columns: Vec<&'static Column<R>>,
    look: Look,
    clock: Clock,
    first: Vec<Vec<Text>>,
    since: Option<Instant>,
    /// Whether columns may leave where the terminal is too narrow.
    sparing: bool,
    headed: bool,
    widths: Option<Vec<usize>>,
    /// The cells of the row that was written last, to be filled again.
    cells: Vec<Text>,
    line: Vec<u8>,
}

/// A cell, ready to be written.
#[derive(Default)]
struct Text {
    text: String,
    width: usize,
    tone: Tone,
}

impl<R: Row> Table<R> {
    pub(crate) fn new(columns: Vec<&'static Column<R>>, look: Look, clock: Clock) -> Self {
        Self {
            columns,
            look,
            clock,
            first: Vec::new(),
            since: None,
            sparing: true,
            headed: true,
            widths: None,
            cells: Vec::new(),
            line: Vec::new(),
        }
    }

    /// The same table, which shows all its columns however narrow the terminal is: somebody asked for them.
    pub(crate) fn with_all(self) -> Self {
        Self { sparing: false, ..self }
    }

    /// The same table without headings: its cells say what they are.
    pub(crate) fn headless(self) -> Self {
        Self { headed: false, ..self }
    }

    /// How times are shown; has no effect on rows already given.
    pub(crate) fn clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// One more row.
    pub(crate) fn push(&mut self, out: &mut dyn Write, row: &R) -> io::Result<()> {
        let mut cells = std::mem::take(&mut self.cells);
        cells.resize_with(self.columns.len(), Text::default);
        for (place, (column, cell)) in self.columns.iter().zip(&mut cells).enumerate() {
            let room =
                self.widths.as_ref().filter(|_| column.elastic).map(|widths| room(self.look, widths[place]));
            self.cell(column, row, room, cell);
        }
        if let Some(widths) = &self.widths {
            write_line(&self.columns, self.look, widths, &cells, &mut self.line);
            self.cells = cells;
            return self.give(out);
        }
        self.since.get_or_insert_with(Instant::now);
        self.first.push(cells);
        if self.first.len() >= FIRST { self.settle(out) } else { Ok(()) }
    }

    /// Nothing came for a while: what was held back is written once it has waited long enough.
    pub(crate) fn pause(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.since.is_some_and(|since| since.elapsed() >= WAIT) { self.settle(out) } else { Ok(()) }
    }

    /// Writes what was held back; the widths stay from here on.
    pub(crate) fn settle(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut first = std::mem::take(&mut self.first);
        if self.widths.is_some() || first.is_empty() {
            return Ok(());
        }
        let mut headings: Vec<Text> = self.columns.iter().map(|column| heading(column)).collect();
        while let Some(spare) = self.spared(&self.widest(&headings, &first)) {
            // What has the same weight belongs together, as the two directions do.
            let stays: Vec<bool> = self.columns.iter().map(|column| column.spare != spare).collect();
            keep(&mut self.columns, &stays);
            keep(&mut headings, &stays);
            first.iter_mut().for_each(|row| keep(row, &stays));
        }
        let widths = self.fit(self.widest(&headings, &first));
        for cells in self.headed.then_some(&headings).into_iter().chain(&first) {
            write_line(&self.columns, self.look, &widths, cells, &mut self.line);
            self.give(out)?;
        }
        self.widths = Some(widths);
        Ok(())
    }

    fn give(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let given = out.write_all(&self.line);
        self.line.clear();
        given
    }

    /// `room`: what is known to be shown of it at most.
    fn cell(&self, column: &Column<R>, row: &R, room: Option<usize>, into: &mut Text) {
        into.text.clear();
        let cell = (column.read)(row);
        match &cell {
            Cell::Number(number) if column.right => words::write_count(&mut into.text, *number),
            Cell::Time(time) => self.clock.write(*time, &mut into.text),
            _ => {
                let plain = cell.plain();
                words::write_clean(&mut into.text, room.map_or(&plain, |room| decisive(&plain, room)));
            }
        }
        into.width = width(&into.text);
        into.tone = match (column.tone)(row) {
            Tone::Plain => row.tone(),
            tone => tone,
        };
    }

    /// What each column would like.
    fn widest(&self, headings: &[Text], rows: &[Vec<Text>]) -> Vec<usize> {
        let columns = self.columns.iter().zip(headings).enumerate();
        let widest = columns.map(|(place, (column, heading))| {
            let widest = rows.iter().map(|row| row[place].width).max().unwrap_or(0);
            widest.max(heading.width).max(column.least)
        });
        widest.collect()
    }

    /// What leaves next, where even with its text cut short the table is too wide.
    fn spared(&self, widths: &[usize]) -> Option<u8> {
        let screen = self.look.width.filter(|_| self.sparing)?;
        let short = |(width, column): (&usize, &&Column<R>)| match column.elastic {
            true => READABLE.min(*width),
            false => *width,
        };
        let total = widths.iter().zip(&self.columns).map(short).sum::<usize>() + gaps(widths.len());
        let spare = self.columns.iter().map(|column| column.spare).max()?;
        (total > screen && spare > 0).then_some(spare)
    }

    fn fit(&self, mut widths: Vec<usize>) -> Vec<usize> {
        let Some(screen) = self.look.width else { return widths };
        loop {
            let total = widths.iter().sum::<usize>() + gaps(widths.len());
            let elastic = (0..widths.len()).filter(|&place| self.columns[place].elastic);
            let widest = elastic.max_by_key(|&place| widths[place]);
            match widest {
                Some(place) if total > screen && widths[place] > NARROWEST => widths[place] -= 1,
                _ => return widths,
            }
        }
    }
}

/// Adds one line of a table to `line`.
fn write_line<R>(
    columns: &[&'static Column<R>],
    look: Look,
    widths: &[usize],
    cells: &[Text],
    line: &mut Vec<u8>,
) {
    // Spaces are written only in front of something, so that no line ends in them.
    let mut spaces = 0;
    for ((cell, column), &wanted) in cells.iter().zip(columns).zip(widths) {
        let cut = if column.elastic { elide(&cell.text, cell.width, room(look, wanted)) } else { None };
        let (text, width, more) = match cut {
            Some((text, width)) => (text, width, "…"),
            None => (cell.text.as_str(), cell.width, ""),
        };
        let padding = wanted.saturating_sub(width);
        let (before, after) = if column.right { (padding, 0) } else { (0, padding) };
        spaces += before;
        if cell.text.is_empty() {
            spaces += after;
        } else {
            line.resize(line.len() + spaces, b' ');
            look.write(line, cell.tone, &[text, more]);
            spaces = after;
        }
        spaces += GAP;
    }
    line.push(b'\n');
}

/// Columns that elastic text may take where it is to take `wanted`.
fn room(look: Look, wanted: usize) -> usize {
    if look.width.is_some() { wanted } else { LONGEST }
}

/// Leaves out what does not stay.
fn keep<T>(list: &mut Vec<T>, stays: &[bool]) {
    let mut stays = stays.iter();
    list.retain(|_| stays.next().copied().unwrap_or(true));
}

fn gaps(columns: usize) -> usize {
    GAP * columns.saturating_sub(1)
}

fn heading<R>(column: &Column<R>) -> Text {
    Text { text: column.heading.into(), width: width(column.heading), tone: Tone::Strong }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    struct Pair(u64, &'static str);
    impl Row for Pair {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::<Self>::key("number", "No.", |row| Cell::Number(row.0)).table(0).right(),
            Column::<Self>::key("text", "Text", |row| Cell::word(row.1)).table(0).elastic(),
            Column::<Self>::key("length", "Length", |row| Cell::Number(row.1.len() as u64)).table(0).right(),
        ];
    }

    fn drawn(width: Option<usize>) -> String {
        let look = Look { color: false, width };
        let mut table = Table::new(Pair::COLUMNS.iter().collect(), look, Clock::SinceStart(0));
        let mut out = Vec::new();
        for row in [Pair(1, "日本語のとても長い文"), Pair(1200, "b\x1b[2J")] {
            table.push(&mut out, &row).unwrap();
        }
        table.settle(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// A column may be as wide as it likes, also where another one follows.
    #[test]
    fn no_width_is_too_wide() {
        let long: &'static str = "x".repeat(70_000).leak();
        let look = Look { color: false, width: None };
        let columns = [
            Column::<Pair>::key("text", "Text", |row| Cell::word(row.1)).table(0),
            Column::<Pair>::key("number", "No.", |row| Cell::Number(row.0)).table(0),
        ];
        let mut table = Table::new(Vec::leak(columns.into()).iter().collect(), look, Clock::SinceStart(0));
        let mut out = Vec::new();
        table.push(&mut out, &Pair(1, "short")).unwrap();
        table.push(&mut out, &Pair(2, long)).unwrap();
        table.settle(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().skip(1).all(|line| line.len() == long.len() + GAP + 1));
    }

    /// Wide characters count twice, numbers stand right, and a narrow terminal cuts text and nothing else.
    #[test]
    fn fits_the_screen() {
        let narrow = drawn(Some(24));
        assert_eq!(
            narrow,
            "  No.  Text       Length\n    1  日本語の…      30\n1,200  b\\u{1b}[…       5\n".to_owned()
        );
        assert!(narrow.lines().all(|line| line.width() <= 24));
        assert!(drawn(None).contains("日本語のとても長い文      30\n"));
    }
}
