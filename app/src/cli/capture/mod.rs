//! `wscope capture`: packets from a device, frames to the screen while they come.

pub(crate) mod options;

pub(crate) mod begin;
pub(crate) mod interrupt;
pub(crate) mod keep;

use std::path::Path;

use anyhow::bail;
use session::Snapshot;
use session::capture::live::report::{Counts, Ending};
use session::capture::live::tap::{Ended, Stream, Tap};
use session::capture::{NoteKind, Source};

use super::frames::Frames;
use super::messages::Messages;
use super::print::Printer;
use super::reading::{Feed, Next, failure, follow};
use super::words::{clean, count, plural, size};

use interrupt::Interrupt;
use keep::Keep;
use options::Capture;

/// Captures until it is enough.
pub(crate) fn run(options: &Capture) -> anyhow::Result<()> {
    let wanted = options.wanted()?;
    let mut feed = feed(options)?;
    let interrupt = Interrupt::listen()?;
    let (mut tap, stream) = begin::begin(&wanted, options.device.ssh.as_deref())?;
    say_begun(&tap, options);
    if options.quiet && wanted.files.is_some() {
        return counted(tap, stream, &interrupt);
    }
    let keep = options.write.as_deref().filter(|_| wanted.files.is_none()).map(Keep::new).transpose()?;
    let name = keep.as_ref().map_or(Path::new("the capture"), Keep::path);
    let source = Keep::source(keep.as_ref(), Box::new(stream))?;
    let mut broken = None;
    let snapshot = follow(source, name, &options.source, |snapshot, last| {
        if interrupt.raised() {
            tap.stop();
        }
        tap.tend();
        // Where nobody reads along any more the capture ends well all the same.
        if let (Some(feed), None) = (&mut feed, &broken)
            && let Err(error) = feed.show(snapshot, last)
        {
            broken = Some(error);
            tap.stop();
        }
        Ok(Next::More)
    })?;
    let finished = feed.map_or(Ok(()), Feed::finish);
    let ended = tap.wait();
    if let Some(keep) = &keep {
        keep.whole(&snapshot);
    }
    last_line(&snapshot, &ended, keep.as_ref());
    say_why(&ended)?;
    broken.map_or(Ok(()), Err)?;
    finished?;
    unwritten(name, &snapshot)?;
    failure(name, &snapshot)
}

/// Where what was captured could not be written on, or was no capture.
fn unwritten(name: &Path, snapshot: &Snapshot) -> anyhow::Result<()> {
    let noted = |kind| snapshot.notes.iter().find(move |note| note.kind == kind);
    match noted(NoteKind::Source).or_else(|| noted(NoteKind::Damaged)) {
        Some(note) => bail!("{}: {}", name.display(), note.says),
        None => Ok(()),
    }
}

/// What prints rows, if anything does.
fn feed(options: &Capture) -> anyhow::Result<Option<Box<dyn Feed>>> {
    if options.quiet {
        return Ok(None);
    }
    let (format, columns) = (options.format, options.columns.clone());
    let no_color = options.source.no_color;
    Ok(Some(if options.messages {
        Box::new(Messages::new(Printer::new(format, &columns.fields, no_color)?, columns))
    } else {
        Box::new(Frames::new(Printer::new(format, &columns.fields, no_color)?, columns))
    }))
}

fn say_begun(tap: &Tap, options: &Capture) {
    let devices = options.device.interface.join(", ");
    let on = options.device.ssh.as_ref().map_or(String::new(), |host| format!(" on {host}"));
    let by = tap.tool().name();
    eprintln!("wscope: capturing from {}{} with {by}; Ctrl+C ends it", clean(&devices), clean(&on));
}

/// The capturing program writes a row of files; nothing is looked into, so that it may last for weeks.
fn counted(mut tap: Tap, mut stream: Stream, interrupt: &Interrupt) -> anyhow::Result<()> {
    let ends = std::thread::spawn(move || std::io::copy(&mut stream, &mut std::io::sink()));
    while !ends.is_finished() {
        if interrupt.raised() {
            tap.stop();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let ended = tap.wait();
    eprintln!("wscope: {}", captured(ended.counts.captured, ended.counts));
    say_why(&ended)
}

/// Counts, as the last thing that is said.
fn last_line(snapshot: &Snapshot, ended: &Ended, keep: Option<&Keep>) {
    let packets = u64::from(snapshot.packet_count());
    let frames = plural(u64::from(snapshot.frame_count()), ["frame", "frames"]);
    let messages = plural(u64::from(snapshot.message_count()), ["message", "messages"]);
    let connections =
        plural(u64::from(snapshot.connections().len()), ["WebSocket connection", "WebSocket connections"]);
    let kept = keep.map_or(String::new(), |keep| {
        format!("; kept in {} ({})", clean(&keep.path().display().to_string()), size(keep.len()))
    });
    eprintln!("wscope: {}; {frames} and {messages} on {connections}{kept}", captured(packets, ended.counts));
}

/// `12 packets captured, 3 dropped by the system`
fn captured(packets: u64, counts: Counts) -> String {
    let packets = plural(packets, ["packet", "packets"]);
    format!("{packets} captured, {} dropped by the system", count(counts.dropped))
}

/// Why a capture ended that nobody had ended.
fn say_why(ended: &Ended) -> anyhow::Result<()> {
    for says in ended.said.iter().filter(|says| !says.is_empty()) {
        eprintln!("wscope: {}", clean(says));
    }
    match &ended.why {
        Ending::Asked | Ending::Enough | Ending::Unread => Ok(()),
        Ending::Devices(says) => bail!("the capture has ended: {says}; what came before is kept"),
        Ending::Disk(says) => bail!("no more could be written: {says}; what came before is whole"),
    }
}

impl Keep {
    /// A capture that comes as a stream, written to the file that is to be kept, if there is one.
    pub(crate) fn source(keep: Option<&Self>, from: Box<dyn std::io::Read + Send>) -> anyhow::Result<Source> {
        match keep {
            Some(keep) => Ok(Source::Kept { from, file: keep.handle()?, path: keep.path().to_owned() }),
            None => Ok(Source::Reader(from)),
        }
    }
}
