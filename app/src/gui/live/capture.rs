//! One capture of this window: begun on a thread, tended by one until it ends, thrown away or saved in the end.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use session::capture::Source;
use session::capture::live::report::{Counts, Ending, Refusal};
use session::capture::live::tap::{Ended, Refused, Stream, Tap};
use session::capture::live::wanted::Wanted;
use session::capture::live::{begin, grant};

use super::Means;
use super::spool::Spool;

/// A capture, at work or ended.
#[derive(Debug)]
pub struct Capture {
    /// What was wanted; nothing of one that was left by a program that died.
    pub wanted: Option<Wanted>,
    /// Until it is saved or thrown away.
    spool: Option<Spool>,
    words: Sender<Word>,
    counted: Arc<Counted>,
    ended: Receiver<Ended>,
    /// How it ended.
    pub end: Option<Ended>,
}

/// A capture that did not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One sentence.
    pub says: String,
    /// Whether it is about the capture filter.
    pub filter: bool,
}

/// What the thread that tends a capture is told.
#[derive(Debug)]
enum Word {
    Stop,
    Over,
}

#[derive(Debug, Default)]
struct Counted {
    captured: AtomicU64,
    dropped: AtomicU64,
}

/// What is captured, and a word when nothing more comes or nobody reads it.
struct Heard {
    stream: Stream,
    words: Sender<Word>,
}

/// How often counts are looked at.
const TURN: Duration = Duration::from_millis(250);

impl Capture {
    /// Begins to capture, which may take a while; `wake` is called when counts change. What comes is read from the source.
    pub fn begin(
        means: &Means,
        wanted: Wanted,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(Self, Source), Failure> {
        let (words, told) = channel();
        let (tell, ended) = channel();
        let (first, began) = channel();
        let counted = Arc::new(Counted::default());
        let (tools, what, counts) = (means.tools.clone(), wanted.clone(), Arc::clone(&counted));
        // The capturing program ends with the thread that has started it.
        std::thread::spawn(move || {
            let tap = match begin::begin(&tools, &what) {
                Ok((tap, stream)) => first.send(Ok(stream)).ok().map(|()| tap),
                Err(refused) => first.send(Err(refused)).ok().and(None),
            };
            if let Some(tap) = tap {
                let end = tend(tap, &told, &counts, &wake);
                // The window may be gone.
                let _ = tell.send(end);
                wake();
            }
        });
        let stream = began.recv().unwrap_or(Err(None));
        let stream = stream.map_err(|refused| failure(refused.as_ref(), &wanted))?;
        let unwritten =
            |error| Failure { says: format!("{}: {error}", means.folder.display()), filter: false };
        let spool = Spool::new(&means.folder, &wanted.devices).map_err(unwritten)?;
        let file = spool.file().map_err(unwritten)?;
        let from = Box::new(Heard { stream, words: words.clone() });
        let path = spool.path.clone();
        let capture = Self { wanted: Some(wanted), spool: Some(spool), words, counted, ended, end: None };
        Ok((capture, Source::Kept { from, file, path }))
    }

    /// What a program that died has left.
    pub fn left(path: &Path) -> std::io::Result<Self> {
        let spool = Some(Spool::take(path)?);
        let (words, _) = channel();
        let (_, ended) = channel();
        let end = Some(Ended { why: Ending::Asked, counts: Counts::default(), said: Vec::new() });
        Ok(Self { wanted: None, spool, words, counted: Arc::default(), ended, end })
    }

    /// Takes what the thread has found; how it ended, when that has just become known.
    pub fn take(&mut self) -> Option<&Ended> {
        if self.end.is_some() {
            return None;
        }
        self.end = self.ended.try_recv().ok();
        self.end.as_ref()
    }

    /// Whether it captures.
    pub fn running(&self) -> bool {
        self.end.is_none()
    }

    /// Asks for its end.
    pub fn stop(&self) {
        // The thread may have ended.
        let _ = self.words.send(Word::Stop);
    }

    /// Packets captured and dropped, as far as the capturing program tells.
    pub fn counts(&self) -> (u64, u64) {
        match &self.end {
            Some(end) => (end.counts.captured, end.counts.dropped),
            None => {
                (self.counted.captured.load(Ordering::Relaxed), self.counted.dropped.load(Ordering::Relaxed))
            }
        }
    }

    /// Where it lies, while it is not saved.
    pub fn unsaved(&self) -> Option<&Path> {
        self.spool.as_ref().map(|spool| spool.path.as_path())
    }

    /// The devices, for people.
    pub fn devices(&self) -> String {
        self.wanted.as_ref().map_or_else(String::new, |wanted| wanted.devices.join(", "))
    }

    /// It lies where it is to stay.
    pub fn saved(&mut self) {
        self.spool = None;
    }

    /// Throws it away.
    pub fn discard(&mut self) {
        self.stop();
        if let Some(spool) = self.spool.take() {
            spool.discard();
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Read for Heard {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.stream.read(into)
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        let _ = self.words.send(Word::Over);
    }
}

/// Tends a capture until its end.
fn tend(mut tap: Tap, told: &Receiver<Word>, counted: &Counted, wake: &impl Fn()) -> Ended {
    loop {
        match told.recv_timeout(TURN) {
            Ok(Word::Stop) => tap.stop(),
            Ok(Word::Over) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => tap.tend(),
        }
        let Counts { captured, dropped, .. } = tap.counts();
        let before = counted.captured.swap(captured, Ordering::Relaxed);
        if counted.dropped.swap(dropped, Ordering::Relaxed) != dropped || before != captured {
            wake();
        }
    }
    // Where nobody reads it any more, it does not know yet.
    tap.stop();
    tap.wait()
}

/// What to say of a capture that did not begin.
fn failure(refused: Option<&Refused>, wanted: &Wanted) -> Failure {
    let named = |device: &String| if device.is_empty() { wanted.devices.join(", ") } else { device.clone() };
    let Some(refused) = refused else {
        let says = "No program that captures is here: install dumpcap or tcpdump, or put wscope-capture beside this one";
        return Failure { says: says.to_owned(), filter: false };
    };
    let says = match &refused.refusal {
        Refusal::Rights { device, .. } => {
            format!("{}: no right to capture from it; {}", named(device), grant::advice(&refused.tool))
        }
        Refusal::NoDevice { device } => format!("{}: there is no such device", named(device)),
        Refusal::Filter { says, .. } | Refusal::Other { says } => says.clone(),
    };
    Failure { says, filter: matches!(refused.refusal, Refusal::Filter { .. }) }
}

/// Why a capture ended that nobody had ended.
pub fn why(end: &Ended) -> Option<String> {
    match &end.why {
        Ending::Asked | Ending::Unread => None,
        Ending::Enough => Some("as much as was wanted".to_owned()),
        Ending::Devices(says) => Some(format!("{says}; what came before is kept")),
        Ending::Disk(says) => Some(format!("no more could be written: {says}; what came before is whole")),
    }
}

/// The folder in which a capture is saved when nothing else is said.
pub fn home() -> PathBuf {
    let here = std::env::current_dir().ok();
    std::env::var_os("HOME").map(PathBuf::from).or(here).unwrap_or_default()
}
