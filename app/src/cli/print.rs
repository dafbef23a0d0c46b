//! Rows to stdout in one of three formats. Knows columns, and nothing of what the rows mean.

use std::io::{self, BufWriter, StdoutLock, Write};

use anyhow::bail;

use super::column::{Column, Object, Reads, Row};
use super::json;
use super::options::{Format, Listing, Rows};
use super::style::Look;
use super::table::Table;
use super::time::Clock;
use super::words;

/// Writes rows as they come.
pub(crate) struct Printer<R: Row> {
    out: BufWriter<StdoutLock<'static>>,
    columns: Vec<&'static Column<R>>,
    form: Form<R>,
    started: bool,
    /// Rows that may still be written (`-c`).
    left: u64,
}

enum Form<R: Row> {
    Table(Table<R>),
    Json,
    Csv,
}

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
            Format::Json => Form::Json,
            Format::Csv => Form::Csv,
        };
        let out = BufWriter::with_capacity(1 << 17, io::stdout().lock());
        Ok(Self { out, columns, form, started: false, left: u64::MAX })
    }

    /// What the options of a command that prints rows ask for.
    pub(crate) fn of(options: &Rows) -> anyhow::Result<Self> {
        let printer = Self::new(options.format, &options.columns.fields, options.source.no_color)?;
        Ok(Self { left: options.count.unwrap_or(u64::MAX), ..printer })
    }

    /// What must be read before a row can be printed.
    pub(crate) fn reads(&self) -> Reads {
        self.columns.iter().map(|column| column.reads).max().unwrap_or_default()
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
        self.start()?;
        self.left = self.left.saturating_sub(1);
        match &mut self.form {
            Form::Table(table) => table.push(&mut self.out, row),
            Form::Json => {
                json::line(&mut self.out, &Object { row, columns: &self.columns })?;
                self.out.write_all(b"\n")
            }
            Form::Csv => {
                for (place, column) in self.columns.iter().enumerate() {
                    let comma: &[u8] = if place == 0 { b"" } else { b"," };
                    self.out.write_all(comma)?;
                    quoted(&mut self.out, &(column.read)(row).plain())?;
                }
                self.out.write_all(b"\r\n")
            }
        }
    }

    /// Nothing more for the moment: whoever reads along sees what there is.
    pub(crate) fn pause(&mut self) -> io::Result<()> {
        if let Form::Table(table) = &mut self.form {
            table.pause(&mut self.out)?;
        }
        self.out.flush()
    }

    /// Nothing more at all.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.start()?;
        if let Form::Table(table) = &mut self.form {
            table.settle(&mut self.out)?;
        }
        self.out.flush()
    }

    /// A CSV has its header line whether rows follow or not (RFC 4180 2).
    fn start(&mut self) -> io::Result<()> {
        if !self.started && matches!(self.form, Form::Csv) {
            let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
            write!(self.out, "{}\r\n", names.join(","))?;
        }
        self.started = true;
        Ok(())
    }
}

/// RFC 4180 2: "Fields containing line breaks (CRLF), double quotes, and commas should be enclosed in
/// double-quotes", and a quote inside is doubled.
fn quoted(out: &mut impl Write, text: &str) -> io::Result<()> {
    if !text.contains(['"', ',', '\r', '\n']) {
        return out.write_all(text.as_bytes());
    }
    write!(out, "\"{}\"", text.replace('"', "\"\""))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4180_quoting() {
        for (text, expected) in [("a b", "a b"), ("a,b", "\"a,b\""), ("say \"x\"\n", "\"say \"\"x\"\"\n\"")] {
            let mut out = Vec::new();
            quoted(&mut out, text).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
