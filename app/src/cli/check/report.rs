//! Findings for people: rule by rule, the worst first, and under each rule where it was broken.

use std::collections::BTreeMap;
use std::io::{self, Write};

use session::Snapshot;
use session::verdicts::Broken;

use super::row::{FindingRow, PLACE};
use crate::cli::column::{Column, Tone};
use crate::cli::mark;
use crate::cli::options::Check;
use crate::cli::style::Look;
use crate::cli::table::Table;
use crate::cli::words::{self, count, plural};

/// In front of a rule's sentence, and twice in front of what was seen.
const INDENT: &str = "  ";

/// Writes the report, with no more than so many findings of each rule.
pub(super) fn write(out: &mut dyn Write, options: &Check, snapshot: &Snapshot) -> anyhow::Result<()> {
    let look = Look::of(options.source.no_color);
    let rules = snapshot.broken.ranked();
    let shown = shown(snapshot, options.each);
    let mut table = places(options, snapshot, look, &shown)?;
    for broken in &rules {
        heading(out, look, broken)?;
        let rows = shown.get(&broken.place).map_or(&[][..], Vec::as_slice);
        for row in rows {
            write!(out, "{INDENT}")?;
            table.push(out, row)?;
            detail(out, look, &row.detail())?;
        }
        let more = broken.count.saturating_sub(rows.len() as u64);
        if more > 0 {
            writeln!(out, "{INDENT}{}", look.paint(Tone::Dim, format!("and {} more", count(more))))?;
        }
        writeln!(out)?;
    }
    let total = format!("{}{}", mark::long(&snapshot.broken), watched(snapshot));
    writeln!(out, "{}", look.paint(mark::tone_of(snapshot.broken.worst()), total))?;
    Ok(())
}

/// ` on 3 connections with 41 frames`
fn watched(snapshot: &Snapshot) -> String {
    if snapshot.connections().is_empty() {
        return ", and no WebSocket connection".into();
    }
    let connections = plural(snapshot.connections().len().into(), ["connection", "connections"]);
    format!(" on {connections} with {}", plural(snapshot.frame_count().into(), ["frame", "frames"]))
}

/// The first findings of each rule.
fn shown(snapshot: &Snapshot, each: usize) -> BTreeMap<u16, Vec<FindingRow>> {
    let mut shown: BTreeMap<u16, Vec<FindingRow>> = BTreeMap::new();
    for found in snapshot.findings().iter() {
        let rows = shown.entry(found.finding.rule).or_default();
        if rows.len() < each {
            rows.push(FindingRow::new(snapshot, found.clone()));
        }
    }
    shown
}

/// A table that is as wide as its rows want it, and has written none of them.
fn places(
    options: &Check,
    snapshot: &Snapshot,
    look: Look,
    shown: &BTreeMap<u16, Vec<FindingRow>>,
) -> io::Result<Table<FindingRow>> {
    let columns: Vec<&'static Column<FindingRow>> = PLACE.iter().collect();
    let narrower = Look { width: look.width.map(|width| width.saturating_sub(INDENT.len())), ..look };
    let clock = options.columns.clock(snapshot.totals.times.map(|times| times.0));
    let mut table = Table::new(columns, narrower, clock).headless();
    for row in shown.values().flatten() {
        table.push(&mut io::sink(), row)?;
    }
    table.settle(&mut io::sink())?;
    Ok(table)
}

fn heading(out: &mut dyn Write, look: Look, broken: &Broken) -> io::Result<()> {
    let Broken { rule, worst, count: times, .. } = *broken;
    let severity = format!("{} {:<5}", mark::shape(worst), worst.name());
    write!(out, "{}  {}", look.paint(mark::tone(worst), severity), look.paint(Tone::Strong, rule.code))?;
    if !rule.rfc.is_empty() {
        write!(out, "  {}", look.paint(Tone::Dim, format!("RFC {}", rule.rfc)))?;
    }
    writeln!(out, "  {}", look.paint(Tone::Dim, plural(times, ["time", "times"])))?;
    paragraph(out, look, INDENT, Tone::Plain, rule.says)
}

fn detail(out: &mut dyn Write, look: Look, text: &str) -> io::Result<()> {
    if text.is_empty() { Ok(()) } else { paragraph(out, look, "      ", Tone::Plain, text) }
}

/// Foreign text may be long: whoever wants all of it takes JSON or CSV.
const LONGEST: usize = 600;

/// Text broken between words, where stdout is a terminal.
fn paragraph(out: &mut dyn Write, look: Look, indent: &str, tone: Tone, text: &str) -> io::Result<()> {
    let text = words::clean(text);
    let text: String = if text.chars().count() > LONGEST {
        text.chars().take(LONGEST).chain(['…']).collect()
    } else {
        text.into_owned()
    };
    let room = look.width.map_or(usize::MAX, |width| width.saturating_sub(indent.len()).max(20));
    for line in words::lines(&text, room) {
        writeln!(out, "{indent}{}", look.paint(tone, line))?;
    }
    Ok(())
}
