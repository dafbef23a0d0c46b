//! A capture read to its end, with whoever prints rows looking on.
//!
//! Files, pipes and captures that are still being written come through here alike: snapshots until the last.

use std::io::{self, IsTerminal, stderr};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use anyhow::bail;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use session::capture::{NoteKind, Source};
use session::filter::Filter;
use session::{Session, Snapshot, State};

use super::options::How;

/// Whether more rows are wanted.
pub(crate) enum Next {
    More,
    Enough,
}

/// Whoever prints rows as snapshots bring them.
pub(crate) trait Feed {
    /// Prints what is new; with the last snapshot, what was held back as well.
    fn show(&mut self, snapshot: &Snapshot, last: bool) -> anyhow::Result<Next>;

    /// Nothing more comes.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// How long a silent capture is waited for before whoever looks on is called again.
const PATIENCE: Duration = Duration::from_millis(50);
/// Reading that takes longer than this shows how far it is.
const UNNOTICED: Duration = Duration::from_millis(500);
/// Notes of which each has its line on stderr.
const NOTES: usize = 10;

/// Whether rows are held back until all of a file was read, because only then it is known which of them a filter lets
/// through. What comes through a pipe may never end.
fn waits(file: &Path, filter: &Filter) -> bool {
    ends(file) && filter.settles_late()
}

/// Whether there is an end to it: what comes through a pipe, named or not, may have none.
pub(crate) fn ends(file: &Path) -> bool {
    file != Path::new("-") && std::fs::metadata(file).is_ok_and(|metadata| metadata.is_file())
}

/// Reads `file` with `feed` looking on, as soon as rows that `filter` lets through can be told from those it does not;
/// `whole`: when all of a file was read.
pub(crate) fn feed(
    file: &Path,
    how: &How,
    filter: &Filter,
    whole: bool,
    mut feed: Box<dyn Feed>,
) -> anyhow::Result<Arc<Snapshot>> {
    let patient = waits(file, filter) || whole && ends(file);
    let snapshot = read(file, how, false, |snapshot, last| match last || !patient {
        true => feed.show(snapshot, last),
        false => Ok(Next::More),
    });
    feed.finish()?;
    snapshot
}

/// Reads `file` and shows `see` every snapshot; the last one has `true` beside it.
///
/// `again`: whether nothing is shown before the last one.
pub(crate) fn read(
    file: &Path,
    how: &How,
    again: bool,
    see: impl FnMut(&Snapshot, bool) -> anyhow::Result<Next>,
) -> anyhow::Result<Arc<Snapshot>> {
    let source = if file == Path::new("-") {
        Source::Stdin
    } else {
        Source::File { path: file.to_owned(), follow: false }
    };
    let snapshot = follow(source, file, how, again, see)?;
    notes(file, &snapshot);
    failure(file, &snapshot)?;
    Ok(snapshot)
}

/// Reads any source, which is called `file`, in the same way; what is wrong with it is for the caller to say.
pub(crate) fn follow(
    source: Source,
    file: &Path,
    how: &How,
    again: bool,
    mut see: impl FnMut(&Snapshot, bool) -> anyhow::Result<Next>,
) -> anyhow::Result<Arc<Snapshot>> {
    let (sender, woken) = sync_channel(1);
    let wake = move || {
        // A full channel holds a wake already.
        let _ = sender.try_send(());
    };
    for keys in &how.keys {
        session::keys::readable(keys).map_err(anyhow::Error::msg)?;
    }
    let session = Session::open(source, how.session(again), wake)?;
    let mut bar = Bar::default();
    loop {
        let ended = woken.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Disconnected);
        let snapshot = session.snapshot();
        let last = snapshot.state != State::Reading;
        if ended && !last {
            bail!("{}: no thread could be started to read it", file.display());
        }
        bar.show(&snapshot, last);
        match bar.aside(|| see(&snapshot, last))? {
            Next::More if !last => {}
            // What was read is shown by now; its index may still be written.
            _ if last && how.index_from.is_some() => return Ok(session.wait()),
            _ => return Ok(snapshot),
        }
    }
}

/// What is wrong with the capture, one line each; what came before the damage was shown.
fn notes(file: &Path, snapshot: &Snapshot) {
    let serious = |kind| !matches!(kind, NoteKind::Comment | NoteKind::Skipped);
    let notes = || snapshot.notes.iter().filter(|note| serious(note.kind));
    for note in notes().take(NOTES) {
        eprintln!("wscope: {}: {} (byte {})", name(file), note.says, note.at);
    }
    let more = notes().count().saturating_sub(NOTES);
    if more > 0 {
        eprintln!("wscope: {}: and {more} more of the kind", name(file));
    }
    if let Some(says) = &snapshot.no_index {
        eprintln!("wscope: {}: {says}", name(file));
    }
    if snapshot.late_keys {
        let advice = "read it once more to see all of it decrypted";
        eprintln!("wscope: {}: keys came behind packets that need them; {advice}", name(file));
    }
}

pub(crate) fn failure(file: &Path, snapshot: &Snapshot) -> anyhow::Result<()> {
    match &snapshot.state {
        State::Reading | State::Done | State::Stopped => Ok(()),
        State::Failed(says) => bail!("{says}"),
        State::Crashed(packet, says) => bail!(
            "{}: our own fault at packet {} ({says}); what came before it was shown, please report it",
            name(file),
            packet.number()
        ),
    }
}

/// What a capture is called in a sentence.
pub(crate) fn name(file: &Path) -> String {
    if file == Path::new("-") {
        return "standard input".into();
    }
    super::words::clean(&file.display().to_string()).into_owned()
}

/// The progress bar: on stderr, where that is a terminal, and gone in the end.
struct Bar {
    since: Instant,
    bar: Option<ProgressBar>,
    wanted: bool,
}

impl Default for Bar {
    fn default() -> Self {
        Self { since: Instant::now(), bar: None, wanted: stderr().is_terminal() }
    }
}

impl Bar {
    fn show(&mut self, snapshot: &Snapshot, last: bool) {
        if last {
            if let Some(bar) = self.bar.take() {
                bar.finish_and_clear();
            }
            return;
        }
        // How long a pipe will last is nobody's to know.
        let Some(total) = snapshot.progress.total.filter(|_| self.wanted) else { return };
        if self.bar.is_none() && self.since.elapsed() < UNNOTICED {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let shape = "{bar:30} {percent:>3} %  {bytes} of {total_bytes}, {msg}, {eta} left";
            bar.with_style(
                ProgressStyle::with_template(shape).unwrap_or_else(|_| ProgressStyle::default_bar()),
            )
        });
        bar.set_length(total);
        bar.set_position(snapshot.progress.done);
        bar.set_message(super::words::plural(u64::from(snapshot.frame_count()), ["frame", "frames"]));
    }

    /// Does something that may write to the terminal, with the bar out of the way.
    fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(work),
            None => work(),
        }
    }
}
