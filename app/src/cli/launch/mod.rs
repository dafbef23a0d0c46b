//! `wscope run`: a capture and a TLS key log around a command, and what it says on the screen.

pub(crate) mod options;

mod keys;
mod program;

use std::io::stderr;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use session::Snapshot;
use session::capture::NSS_KEY_LOG;
use session::capture::format::put_in_front;
use session::dissector::event::Carries;

use super::Outcome;
use super::capture::begin::begin;
use super::capture::ending;
use super::capture::interrupt::Interrupt;
use super::capture::keep::Keep;
use super::capture::show::{Show, Shown};
use super::reading::{Next, follow};
use super::words::clean;

use keys::KeyLog;
use options::Run;

/// How long after the command's end packets and keys may still be on their way.
const AFTERWARDS: Duration = Duration::from_millis(400);

/// Runs the command, and ends with its exit code.
pub(crate) fn run(options: &Run) -> anyhow::Result<Outcome> {
    let shown = if options.frames { Shown::Frames } else { Shown::Messages };
    let keys = KeyLog::new()?;
    let mut how = options.source.clone();
    how.keys.push(keys.path().to_owned());
    let mut show = Show::new(shown, options.format, &options.columns, &how)?;
    let interrupt = Interrupt::leave_to_others()?;
    let (mut tap, stream) = begin(&options.opening.wanted(&options.interface), None)?;
    let keep = options.write.as_deref().map(Keep::new).transpose()?;
    let mut command = Running::start(options, &keys)?;
    let (source, name) = Keep::source(keep.as_ref(), stream)?;
    let snapshot = follow(source, &name, &how, true, |snapshot, last| {
        show.show(snapshot, last);
        if interrupt.terminated() {
            command.kill();
        }
        if command.over_since().is_some_and(|since| since.elapsed() >= AFTERWARDS) {
            tap.stop();
        }
        Ok(Next::More)
    })?;
    let shown = show.finish();
    // Where the capture ended first, the command still has its time.
    let status = command.wait()?;
    let said = ending::say(&snapshot, &tap.wait(), keep.as_ref());
    save(&keys, keep.as_ref(), &snapshot)?;
    said?;
    shown?;
    Ok(Outcome::Passed(code(status)))
}

/// Puts the keys into the capture that is kept.
fn save(keys: &KeyLog, keep: Option<&Keep>, snapshot: &Snapshot) -> anyhow::Result<()> {
    let log = keys.read().context("the TLS keys cannot be read")?;
    if log.is_empty() && snapshot.flows().iter().any(|flow| flow.carries == Carries::Tls) {
        eprintln!(
            "wscope: the command wrote no TLS keys; it may not know SSLKEYLOGFILE, or another program talks TLS here"
        );
    }
    match keep.filter(|_| !log.is_empty()) {
        Some(keep) => Ok(put_in_front(keep.path(), NSS_KEY_LOG, &log)?),
        None => Ok(()),
    }
}

/// The command at work.
struct Running {
    child: Child,
    ended: Option<(Instant, ExitStatus)>,
}

impl Running {
    fn start(options: &Run, keys: &KeyLog) -> anyhow::Result<Self> {
        let name =
            options.command.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut command = program::command(&options.command, keys).context("there is no command to run")?;
        // Standard output is for rows.
        command.stdout(Stdio::from(stderr()));
        let child = command.spawn().with_context(|| format!("{}: cannot be run", clean(&name)))?;
        Ok(Self { child, ended: None })
    }

    /// When it was first seen to have ended.
    fn over_since(&mut self) -> Option<Instant> {
        if self.ended.is_none() {
            let status = self.child.try_wait().ok().flatten();
            self.ended = status.map(|status| (Instant::now(), status));
        }
        self.ended.map(|(since, _)| since)
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
    }

    fn wait(mut self) -> anyhow::Result<ExitStatus> {
        match self.ended {
            Some((_, status)) => Ok(status),
            None => self.child.wait().context("the command cannot be waited for"),
        }
    }
}

/// As a shell gives it on: 128 and the number of the signal that ended it.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128_u8.wrapping_add(signal as u8);
    }
    status.code().map_or(2, |code| code as u8)
}
