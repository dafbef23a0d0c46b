//! `wscope check`: the findings, and an exit code that a script can go by.
//!
//! Rows are printed as they are found; a report is about all of them, and waits for the last.

mod junit;
mod report;
mod row;
mod sarif;

use std::borrow::Cow;
use std::io::{BufWriter, Write, stdout};
use std::sync::Arc;

use session::Snapshot;
use session::dissector::rules::Severity;
use session::filter::{Filter, Of};

use super::Outcome;
use super::options::{Check, Format, ReportFormat};
use super::print::Printer;
use super::reading::{Next, name, read};
use super::words::{count, plural};
use row::FindingRow;

/// Prints the findings of a capture.
pub(crate) fn run(options: &Check) -> anyhow::Result<Outcome> {
    let filter = options.source.filter()?;
    let flat = !options.columns.fields.is_empty();
    let snapshot = match options.format {
        ReportFormat::Json => rows(options, Format::Json, &filter),
        ReportFormat::Csv => rows(options, Format::Csv, &filter),
        ReportFormat::Table if flat => rows(options, Format::Table, &filter),
        format => whole(options, &filter, |out, snapshot| match format {
            ReportFormat::Sarif => sarif::write(out, options, snapshot),
            ReportFormat::Junit => junit::write(out, options, snapshot),
            _ => report::write(out, options, snapshot),
        }),
    }?;
    if snapshot.connections().is_empty() {
        super::absence::say(&snapshot, "connections");
    }
    let snapshot = chosen(options, &snapshot, &filter);
    beyond(options, &snapshot);
    Ok(if fails(&snapshot, options.fail_on.into()) { Outcome::Found } else { Outcome::Done })
}

/// The capture with those findings that are asked for.
fn chosen<'s>(options: &Check, snapshot: &'s Snapshot, filter: &Arc<Filter>) -> Cow<'s, Snapshot> {
    match filter.is_empty() {
        true => Cow::Borrowed(snapshot),
        false => Cow::Owned(snapshot.with_findings_of(&mut options.source.sieve_of(Arc::clone(filter)))),
    }
}

/// Whether a finding stands that is as bad as `least`, or worse.
fn fails(snapshot: &Snapshot, least: Severity) -> bool {
    snapshot.broken.worst().is_some_and(|worst| worst >= least)
}

/// One row a finding.
fn rows(options: &Check, format: Format, filter: &Arc<Filter>) -> anyhow::Result<Arc<Snapshot>> {
    let mut printer = Printer::<FindingRow>::new(format, &options.columns.fields, options.source.no_color)?;
    let mut next = 0;
    let mut sieve = options.source.sieve_of(Arc::clone(filter));
    let snapshot = read(&options.file, &options.source, true, |snapshot, last| {
        printer.clock(options.columns.clock(snapshot.totals.times.map(|times| times.0)));
        if !last && sieve.filter().settles_late() {
            return Ok(Next::More);
        }
        for place in next..snapshot.findings().len() {
            if let Some(found) = snapshot.findings().row(place)
                && sieve.holds(snapshot, Of::Findings.row(place))
            {
                printer.row(&FindingRow::new(snapshot, found.clone()))?;
            }
        }
        next = snapshot.findings().len();
        printer.pause()?;
        Ok(Next::More)
    });
    printer.finish()?;
    snapshot
}

/// One text about all findings.
fn whole(
    options: &Check,
    filter: &Arc<Filter>,
    mut text: impl FnMut(&mut dyn Write, &Snapshot) -> anyhow::Result<()>,
) -> anyhow::Result<Arc<Snapshot>> {
    let mut out = BufWriter::with_capacity(1 << 17, stdout().lock());
    read(&options.file, &options.source, true, |snapshot, last| {
        if last {
            text(&mut out, &chosen(options, snapshot, filter))?;
            out.flush()?;
        }
        Ok(Next::More)
    })
}

/// What was only counted, where there is such.
fn unlisted(snapshot: &Snapshot) -> Option<String> {
    let kept = u64::from(snapshot.findings().len());
    let more = snapshot.broken.total().checked_sub(kept).filter(|more| *more > 0)?;
    Some(format!(
        "{} beyond the first {} of a rule on a connection: counted, not listed",
        plural(more, ["finding", "findings"]),
        count(session::verdicts::KEPT.into())
    ))
}

fn beyond(options: &Check, snapshot: &Snapshot) {
    if let Some(says) = unlisted(snapshot) {
        eprintln!("wscope: {}: {says}", name(&options.file));
    }
}
