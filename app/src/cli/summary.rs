//! `wscope summary`: one screen about a capture, fit to be pasted into a report; or one JSON object.

mod facts;
mod protocols;
mod transports;

use std::fmt::Write as _;
use std::io::{BufWriter, Write, stdout};
use std::path::Path;

use session::Snapshot;
use session::capture::NoteKind;
use session::dissector::event::{Carries, Opening};
use session::dissector::rules::Severity;
use session::filter::Sieve;
use session::pairing::Spoken;
use session::verdicts::Broken;

use super::column::{Column, Row, Tone};
use super::connections::{ConnectionRow, SHORT};
use super::options::{How, OneFormat, Summary};
use super::reading::{Next, name, read};
use super::style::Look;
use super::table::Table;
use super::time::{Clock, second};
use super::words::{count, duration, plural, ratio, size};
use super::{absence, mark, words};
use facts::Facts;
use transports::{TransportRow, transports};

/// Connections that have a line of their own.
const CONNECTIONS: usize = 20;
/// Rules that were broken, and have one.
const RULES: usize = 12;
/// Notes about the file that have one.
const NOTES: usize = 8;

/// Prints the summary of a capture.
pub(crate) fn run(options: &Summary) -> anyhow::Result<()> {
    match options.format {
        OneFormat::Table => screens(&options.file, &options.how, options.protocols),
        OneFormat::Json => json(&options.file, &options.how, options.protocols),
    }
}

/// The summary for people.
pub(crate) fn table(file: &Path, how: &How) -> anyhow::Result<()> {
    screens(file, how, false)
}

/// What is spoken, where that is wanted.
fn spoken(snapshot: &Snapshot, how: &How, wanted: bool) -> Option<Vec<Spoken>> {
    wanted.then(|| session::pairing::spoken(snapshot, how.decode.clone()))
}

fn screens(file: &Path, how: &How, protocols: bool) -> anyhow::Result<()> {
    let look = Look::of(how.no_color);
    let mut sieve = how.sieve()?;
    let mut out = BufWriter::new(stdout().lock());
    read(file, how, true, |snapshot, last| {
        if last {
            let spoken = spoken(snapshot, how, protocols).unwrap_or_default();
            screen(&mut out, look, file, snapshot, &mut sieve, &spoken)?;
            out.flush()?;
        }
        Ok(Next::More)
    })?;
    Ok(())
}

fn json(file: &Path, how: &How, protocols: bool) -> anyhow::Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    read(file, how, true, |snapshot, last| {
        if last {
            super::json::line(
                &mut out,
                &Facts::of(file, snapshot, spoken(snapshot, how, protocols).as_deref()),
            )?;
            out.write_all(b"\n")?;
            out.flush()?;
        }
        Ok(Next::More)
    })?;
    Ok(())
}

fn screen(
    out: &mut dyn Write,
    look: Look,
    file: &Path,
    snapshot: &Snapshot,
    sieve: &mut Sieve,
    spoken: &[Spoken],
) -> std::io::Result<()> {
    writeln!(out, "{}", look.paint(Tone::Strong, name(file)))?;
    let held = sieve.connections(snapshot);
    let mut lines = lines(snapshot, spoken);
    lines.extend(filtered(snapshot, sieve, held.len()));
    for Line { label, tone, text } in lines {
        let text = words::clean(&text);
        let room = look.width.map_or(usize::MAX, |width| width.saturating_sub(LABEL + 2).max(20));
        for (place, line) in words::lines(&text, room).into_iter().enumerate() {
            let label = if place == 0 { label } else { "" };
            writeln!(
                out,
                "{}  {}",
                look.paint(Tone::Dim, format!("{label:<LABEL$}")),
                look.paint(tone, line)
            )?;
        }
    }
    let compared = transports(snapshot);
    if !compared.is_empty() {
        writeln!(out)?;
        let mut table = Table::new(TransportRow::COLUMNS.iter().collect(), look, Clock::SinceStart(0));
        compared.iter().try_for_each(|row| table.push(out, row))?;
        table.settle(out)?;
    }
    if held.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let columns: Vec<&'static Column<ConnectionRow>> = SHORT.iter().collect();
    let rows = || {
        let shown = held.iter().take(CONNECTIONS).filter_map(|id| snapshot.connection(*id));
        shown.map(|connection| ConnectionRow::of(snapshot, connection))
    };
    let empty =
        |column: &&&'static Column<ConnectionRow>| rows().any(|row| !(column.read)(&row).plain().is_empty());
    let columns = columns.iter().filter(empty).copied().collect();
    let mut table = Table::new(columns, look, Clock::SinceStart(0));
    for row in rows() {
        table.push(out, &row)?;
    }
    table.settle(out)?;
    let more = (held.len() as u64).saturating_sub(CONNECTIONS as u64);
    if more > 0 {
        writeln!(out, "and {} more: wscope connections {}", count(more), name(file))?;
    }
    Ok(())
}

/// What the table below is cut down to.
fn filtered(snapshot: &Snapshot, sieve: &Sieve, held: usize) -> Option<Line> {
    let filter = sieve.filter();
    let (held, all) =
        (count(held as u64), plural(snapshot.connections().len().into(), ["connection", "connections"]));
    let text = format!("{held} of {all}: {}", filter.text());
    (!filter.is_empty()).then_some(Line { label: "Filter", tone: Tone::Strong, text })
}

/// Columns of the labels.
const LABEL: usize = 11;

/// A line above the table: a label and what there is to say.
struct Line {
    label: &'static str,
    tone: Tone,
    text: String,
}

fn lines(snapshot: &Snapshot, spoken: &[Spoken]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut tell = |label, tone, text: String| {
        if !text.is_empty() {
            lines.push(Line { label, tone, text });
        }
    };
    let mut say = |label, text| tell(label, Tone::Plain, text);
    say("File", file(snapshot));
    say("Time", time(snapshot));
    for (place, interface) in facts::interfaces(snapshot).into_iter().enumerate().take(NOTES) {
        say(if place == 0 { "Interface" } else { "" }, interface);
    }
    say("Packets", packets(snapshot));
    say("TCP", tcp(snapshot));
    say("WebSocket", websocket(snapshot));
    say("HTTP", facts::sessions(snapshot));
    say("Encrypted", encrypted(snapshot));
    say("Frames", frames(snapshot));
    say("Messages", messages(snapshot));
    for (place, spoken) in spoken.iter().enumerate() {
        say(if place == 0 { "Protocols" } else { "" }, protocols::line(spoken));
    }
    say("Compression", compression(snapshot));
    say("Missing", missing(snapshot));
    for (place, (severity, text)) in findings(snapshot).into_iter().enumerate() {
        tell(if place == 0 { "Findings" } else { "" }, mark::tone_of(severity), text);
    }
    let mut say = |label, text| tell(label, Tone::Plain, text);
    for (place, note) in snapshot.notes.iter().take(NOTES).enumerate() {
        let text = match note.kind {
            NoteKind::Comment => note.says.clone(),
            _ => format!("{} (byte {})", note.says, count(note.at)),
        };
        say(if place == 0 { "Notes" } else { "" }, text);
    }
    if let Some(more) = snapshot.notes.len().checked_sub(NOTES).filter(|more| *more > 0) {
        say("", format!("and {}", plural(more as u64, ["more note", "more notes"])));
    }
    lines
}

fn file(snapshot: &Snapshot) -> String {
    let bytes = snapshot.progress.total.unwrap_or(snapshot.progress.done);
    match &snapshot.format {
        Some(format) => format!("{}, {format}", size(bytes)),
        None => size(bytes),
    }
}

fn time(snapshot: &Snapshot) -> String {
    let Some((first, last)) = snapshot.totals.times else { return String::new() };
    format!("{} from {}", duration(last.saturating_sub(first)), second(first))
}

fn packets(snapshot: &Snapshot) -> String {
    let totals = &snapshot.totals;
    let mut text = count(u64::from(snapshot.packet_count()));
    let kinds: Vec<String> =
        totals.packets.iter().map(|(kind, number)| format!("{} {kind}", count(*number))).collect();
    if !kinds.is_empty() {
        let _ = write!(text, ": {}", kinds.join(", "));
    }
    let _ = write!(text, "; {} captured", size(totals.captured));
    if totals.cut > 0 {
        let _ = write!(text, "; {} cut by the snap length", count(totals.cut));
    }
    text
}

fn tcp(snapshot: &Snapshot) -> String {
    let carried = absence::carried(snapshot);
    if carried.is_empty() {
        return "no connections".into();
    }
    let tcp = || carried.iter().filter(|(what, _)| *what != Carries::Quic);
    let kinds: Vec<String> =
        tcp().map(|(what, number)| format!("{} {}", count(*number), what.name())).collect();
    let all = plural(tcp().map(|(_, number)| number).sum(), ["connection", "connections"]);
    if kinds.is_empty() { "no connections".into() } else { format!("{all}: {}", kinds.join(", ")) }
}

/// What may be WebSocket and is not seen.
fn encrypted(snapshot: &Snapshot) -> String {
    let sealed = snapshot.connections().iter().filter(|row| row.opening == Opening::Sealed);
    let (quic, tls): (Vec<_>, Vec<_>) = sealed.partition(|row| row.carrier.quic);
    let mut parts = Vec::new();
    if !tls.is_empty() {
        let count = plural(tls.len() as u64, ["TLS connection", "TLS connections"]);
        parts.push(format!("{count} without keys: name their key log with --keys FILE"));
    }
    if !quic.is_empty() {
        let count = plural(quic.len() as u64, ["QUIC connection", "QUIC connections"]);
        parts.push(format!("{count}, not decoded"));
    }
    parts.join("; ")
}

fn websocket(snapshot: &Snapshot) -> String {
    let known = snapshot.connections().iter().filter(|row| row.opening != Opening::Sealed).count();
    if known == 0 {
        return "none found".into();
    }
    let ends: Vec<String> =
        facts::ends(snapshot).into_iter().map(|(how, number)| format!("{} {how}", count(number))).collect();
    let all = plural(known as u64, ["connection", "connections"]);
    format!("{all}: {}", ends.join(", "))
}

fn frames(snapshot: &Snapshot) -> String {
    if snapshot.frame_count() == 0 {
        return String::new();
    }
    let totals = &snapshot.totals;
    let kinds: Vec<String> = facts::opcodes(snapshot)
        .into_iter()
        .map(|(name, number)| format!("{} {name}", count(number)))
        .collect();
    format!(
        "{}: {}; {} of payload, {} of headers",
        count(u64::from(snapshot.frame_count())),
        kinds.join(", "),
        size(totals.payload),
        size(totals.headers)
    )
}

fn messages(snapshot: &Snapshot) -> String {
    if snapshot.message_count() == 0 {
        return String::new();
    }
    let [client, server] = facts::messages(snapshot);
    let all = count(u64::from(snapshot.message_count()));
    format!("{all}: {} by clients, {} by servers", count(client), count(server))
}

fn compression(snapshot: &Snapshot) -> String {
    let (messages, wire, plain) = snapshot.totals.compressed;
    if messages == 0 {
        return String::new();
    }
    format!(
        "{}: {} on the wire for {} of content, {}",
        plural(messages, ["message", "messages"]),
        size(wire),
        size(plain),
        ratio(plain, wire)
    )
}

/// A line a rule that was broken, the worst first.
fn findings(snapshot: &Snapshot) -> Vec<(Option<Severity>, String)> {
    let rules = snapshot.broken.ranked();
    let widest = rules.iter().take(RULES).map(|broken| count(broken.count).len()).max().unwrap_or(0);
    let one = |broken: &Broken| {
        let Broken { rule, worst, count: times, .. } = *broken;
        let says = format!("{} {:>widest$}  {}  {}", mark::shape(worst), count(times), rule.code, rule.says);
        (Some(worst), says)
    };
    let mut lines: Vec<_> = rules.iter().take(RULES).map(one).collect();
    if let Some(more) = rules.len().checked_sub(RULES).filter(|more| *more > 0) {
        lines.push((
            None,
            format!("and {}, see wscope check", plural(more as u64, ["more rule", "more rules"])),
        ));
    }
    lines
}

fn missing(snapshot: &Snapshot) -> String {
    let totals = &snapshot.totals;
    let mut parts = Vec::new();
    let (gaps, bytes) = totals.gaps;
    if gaps > 0 {
        parts.push(format!("{} of TCP in {} never captured", size(bytes), plural(gaps, ["gap", "gaps"])));
    }
    if totals.incomplete > 0 {
        parts.push(format!("the content of {}", plural(totals.incomplete, ["message", "messages"])));
    }
    if totals.conflicts > 0 {
        let times = plural(totals.conflicts, ["stretch", "stretches"]);
        parts.push(format!("{times} sent again with other content (the first is taken)"));
    }
    parts.join("; ")
}
