//! `wscope capture`: packets from a device, frames to the screen while they come.

pub(crate) mod options;

pub(crate) mod begin;
pub(crate) mod ending;
pub(crate) mod interrupt;
pub(crate) mod keep;
pub(crate) mod show;

use std::io::{copy, sink};
use std::time::Duration;

use session::capture::live::tap::{Stream, Tap};

use super::reading::{Next, follow};
use super::words::clean;

use interrupt::Interrupt;
use keep::Keep;
use options::Capture;
use show::Show;

/// Captures until it is enough.
pub(crate) fn run(options: &Capture) -> anyhow::Result<()> {
    let wanted = options.wanted()?;
    let mut show = Show::new(options.shown(), options.format, &options.columns, &options.source)?;
    let interrupt = Interrupt::listen()?;
    let (mut tap, stream) = begin::begin(&wanted, options.ssh.as_deref())?;
    let keep = options.write.as_deref().filter(|_| wanted.files.is_none()).map(Keep::new).transpose()?;
    say_begun(&tap, options);
    if options.quiet && wanted.files.is_some() {
        return counted(tap, stream, &interrupt);
    }
    let (source, name) = Keep::source(keep.as_ref(), stream)?;
    let again = options.source.has_keys();
    let mut told = false;
    let snapshot = follow(source, &name, &options.source, again, |snapshot, last| {
        if tap.counts().dropped > 0 && !std::mem::replace(&mut told, true) {
            eprintln!("wscope: the system drops packets; a narrower -f or a larger --buffer-size helps");
        }
        if !show.show(snapshot, last) || interrupt.raised() {
            tap.stop();
        }
        tap.tend();
        Ok(Next::More)
    })?;
    let shown = show.finish();
    ending::say(&snapshot, &tap.wait(), keep.as_ref())?;
    shown
}

fn say_begun(tap: &Tap, options: &Capture) {
    let devices = options.interface.join(", ");
    let on = options.ssh.as_ref().map_or(String::new(), |host| format!(" on {host}"));
    let by = tap.tool().name();
    eprintln!("wscope: capturing from {}{} with {by}; Ctrl+C ends it", clean(&devices), clean(&on));
}

/// The capturing program writes a row of files; nothing is looked into, so that it may last for weeks.
fn counted(mut tap: Tap, mut stream: Stream, interrupt: &Interrupt) -> anyhow::Result<()> {
    let ends = std::thread::spawn(move || copy(&mut stream, &mut sink()));
    while !ends.is_finished() {
        if interrupt.raised() {
            tap.stop();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let ended = tap.wait();
    eprintln!("wscope: {}", ending::captured(ended.counts.captured, ended.counts));
    ending::why(&ended)
}
