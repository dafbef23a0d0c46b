//! Rows to stdout in one of three formats. Knows columns, and nothing of what the rows mean.

use std::io::{self, StdoutLock, Write};

use anyhow::bail;

use super::column::{Column, Reads, Row};
use super::csv::Records;
use super::json::Lines;
use super::options::{Format, Listing, Rows};
use super::style::Look;
use super::table::Table;
use super::time::Clock;
use super::words;

/// Writes rows as they come.
pub(crate) struct Printer<R: Row> {
    to: StdoutLock<'static>,
    /// What was not given out yet.
    out: Vec<u8>,
    reads: Reads,
    pairs: bool,
    decodes: bool,
    form: Form<R>,
    started: bool,
    /// Rows that may still be written (`-c`).
    left: u64,
}

enum Form<R: Row> {
    Table(Table<R>),
    Json(Lines<R>),
    Csv(Records<R>),
}

/// Bytes that are given out together. A single row may be more.
const OUT: usize = 1 << 16;
/// No more memory than this is kept for rows that come.
const LARGEST: usize = 1 << 22;

impl<R: Row> Printer<R> {
    /// For a table of the program's own.
    pub(crate) fn listing(Listing { format, fields, no_color }: &Listing) -> anyhow::Result<Self> {
        Self::new(*format, fields, *no_color)
    }

    /// Fails where `fields` names a column that there is not; where it names none they are the format's own.
    pub(crate) fn new(format: Format, fields: &[String], no_color: bool) -> anyhow::Result<Self> {
        let columns = columns(format, fields)?;
        let form = match format {
            Format::Table => {
                let table = Table::new(columns.clone(), Look::of(no_color), Clock::SinceStart(0));
                Form::Table(if fields.is_empty() { table } else { table.with_all() })
            }
            Format::Json => Form::Json(Lines::new(&columns)),
            Format::Csv => Form::Csv(Records::new(&columns)),
        };
        let pairs = columns.iter().any(|column| column.pairs);
        let decodes = columns.iter().any(|column| column.decodes);
        let reads = columns.iter().map(|column| column.reads).max().unwrap_or_default();
        let (to, out) = (io::stdout().lock(), Vec::with_capacity(2 * OUT));
        Ok(Self { to, out, reads, pairs, decodes, form, started: false, left: u64::MAX })
    }

    /// What the options of a command that prints rows ask for.
    pub(crate) fn of(options: &Rows) -> anyhow::Result<Self> {
        let printer = Self::new(options.format, &options.columns.fields, options.source.no_color)?;
        Ok(Self { left: options.count.unwrap_or(u64::MAX), ..printer })
    }

    /// What must be read before a row can be printed.
    pub(crate) fn reads(&self) -> Reads {
        self.reads
    }

    /// Whether a column says what answers what.
    pub(crate) fn pairs(&self) -> bool {
        self.pairs
    }

    /// Whether a column says what a message says by its protocol.
    pub(crate) fn decodes(&self) -> bool {
        self.decodes
    }

    /// How a table shows times, known once the first packet is.
    pub(crate) fn clock(&mut self, clock: Clock) {
        if let Form::Table(table) = &mut self.form {
            table.clock(clock);
        }
    }

    /// Whether as many rows were written as were asked for.
    pub(crate) fn full(&self) -> bool {
        self.left == 0
    }

    /// One more row.
    pub(crate) fn row(&mut self, row: &R) -> io::Result<()> {
        self.start();
        self.left = self.left.saturating_sub(1);
        match &mut self.form {
            Form::Table(table) => table.push(&mut self.out, row)?,
            Form::Json(lines) => lines.row(row, &mut self.out),
            Form::Csv(records) => records.row(row, &mut self.out),
        }
        if self.out.len() >= OUT { self.give() } else { Ok(()) }
    }

    /// Nothing more for the moment: whoever reads along sees what there is.
    pub(crate) fn pause(&mut self) -> io::Result<()> {
        if let Form::Table(table) = &mut self.form {
            table.pause(&mut self.out)?;
        }
        self.give()?;
        self.to.flush()
    }

    /// Nothing more at all.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.start();
        if let Form::Table(table) = &mut self.form {
            table.settle(&mut self.out)?;
        }
        self.give()?;
        self.to.flush()
    }

    /// Gives out what was written; what one large row took is not kept.
    fn give(&mut self) -> io::Result<()> {
        let given = self.to.write_all(&self.out);
        self.out.clear();
        self.out.shrink_to(LARGEST);
        given
    }

    /// A CSV has its header line whether rows follow or not (RFC 4180 2).
    fn start(&mut self) {
        if let (false, Form::Csv(records)) = (self.started, &self.form) {
            records.header(&mut self.out);
        }
        self.started = true;
    }
}

fn columns<R: Row>(format: Format, fields: &[String]) -> anyhow::Result<Vec<&'static Column<R>>> {
    let all = R::COLUMNS.iter();
    if fields.is_empty() {
        let wanted = |column: &&'static Column<R>| match format {
            Format::Table => column.in_table,
            Format::Json => column.in_json,
            Format::Csv => column.in_csv,
        };
        return Ok(all.filter(wanted).collect());
    }
    let mut columns = Vec::with_capacity(fields.len());
    for name in fields.iter().map(|name| name.trim()) {
        let Some(column) = R::COLUMNS.iter().find(|column| column.name == name) else {
            let names: Vec<&str> = all.map(|column| column.name).collect();
            let meant = words::nearest(name, names.iter().copied());
            let meant = meant.map_or(String::new(), |meant| format!(", did you mean \"{meant}\"?"));
            bail!("--fields: no field \"{name}\"{meant} (there are: {})", names.join(", "));
        };
        columns.push(column);
    }
    Ok(columns)
}
