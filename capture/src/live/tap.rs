//! A capturing program at work: started, listened to, stopped. It has the rights; this process needs none.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::heard::{Heard, heard};
use super::report::{Counts, Ending, Refusal, Report};
use super::tool::Tool;
use super::wanted::Wanted;

/// A program that is capturing. Ends with this.
#[derive(Debug)]
pub struct Tap {
    tool: Tool,
    child: Child,
    /// Our own program ends when this is closed.
    held: Option<ChildStdin>,
    shared: Arc<Mutex<Shared>>,
    listener: Option<JoinHandle<()>>,
    deadline: Option<Instant>,
    /// Whether a program that is not ours was told to end.
    interrupted: bool,
}

/// What was heard from the program.
#[derive(Debug, Default)]
struct Shared {
    counts: Counts,
    ending: Option<Ending>,
    /// Devices that were lost while others went on, and other words that people should see.
    said: Vec<String>,
}

/// A capture that did not begin.
#[derive(Debug)]
pub struct Refused {
    /// The program that was asked.
    pub tool: Tool,
    /// Why not.
    pub refusal: Refusal,
}

/// How a capture ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What ended it.
    pub why: Ending,
    /// How much there was.
    pub counts: Counts,
    /// What else people should know, one sentence each.
    pub said: Vec<String>,
}

/// How long a program on this machine may take to open its devices.
const NEAR: Duration = Duration::from_secs(10);
/// The same behind a network.
const FAR: Duration = Duration::from_secs(60);

impl Tap {
    /// Starts a program and waits until it captures. What it captures is read from the stream beside it.
    pub fn start(tool: &Tool, wanted: &Wanted) -> Result<(Self, Stream), Refused> {
        let refused = |refusal| Refused { tool: tool.clone(), refusal };
        let other = |says| refused(Refusal::Other { says });
        let mut command = tool.command(wanted).map_err(other)?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl+C is for us: the program hears of it when what it has captured is wanted no more.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child =
            command.spawn().map_err(|error| other(format!("{} cannot be started: {error}", tool.name())))?;
        let (held, stream, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let shared = Arc::new(Mutex::new(Shared::default()));
        let (sender, first) = channel();
        let listener =
            Listener { own: matches!(tool, Tool::Own(_)), shared: Arc::clone(&shared), sender: Some(sender) };
        let listener =
            std::thread::Builder::new().name("reports".to_owned()).spawn(move || listener.listen(errors));
        let own_clock = matches!(tool, Tool::Own(_) | Tool::Dumpcap(_));
        let seconds =
            wanted.seconds.filter(|_| !own_clock).and_then(|it| Duration::try_from_secs_f64(it).ok());
        let mut tap = Self {
            tool: tool.clone(),
            child,
            held,
            shared,
            listener: listener.ok(),
            deadline: None,
            interrupted: false,
        };
        let patience = if matches!(tool, Tool::Remote(_)) { FAR } else { NEAR };
        // A program that says nothing may capture all the same.
        if let Ok(Err(refusal)) = first.recv_timeout(patience) {
            tap.stop();
            return Err(refused(refusal));
        }
        tap.deadline = seconds.and_then(|seconds| Instant::now().checked_add(seconds));
        Ok((tap, Stream(stream)))
    }

    /// The program at work.
    pub fn tool(&self) -> &Tool {
        &self.tool
    }

    /// How much there is by now, as far as the program tells before its end.
    pub fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// Must be called now and then: stops a program that has no clock of its own when its time is over.
    pub fn tend(&mut self) {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.deadline = None;
            self.stop();
        }
    }

    /// Asks the program to end well. What it still has comes out of its stream, which then ends.
    pub fn stop(&mut self) {
        self.held = None;
        if !matches!(self.tool, Tool::Own(_)) && !std::mem::replace(&mut self.interrupted, true) {
            self.interrupt();
        }
    }

    #[cfg(unix)]
    fn interrupt(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        // Once it was waited for, its number may be another's.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::INT);
        }
    }

    #[cfg(not(unix))]
    fn interrupt(&mut self) {
        let _ = self.child.kill();
    }

    /// Waits for its end, which comes when it was stopped or its stream has ended.
    pub fn wait(mut self) -> Ended {
        let code = self.child.wait().ok().and_then(|status| status.code());
        if let Some(listener) = self.listener.take() {
            // It ends with the program's standard error.
            let _ = listener.join();
        }
        let mut shared = self.lock();
        let why = match (shared.ending.take(), &self.tool) {
            (Some(why), _) => why,
            (None, Tool::Own(_)) => Ending::Devices(format!("{} broke off", self.tool.name())),
            (None, tool) if code.is_some_and(|code| code != 0) => {
                let last = shared.said.last().map_or("it gave no reason", String::as_str);
                Ending::Devices(format!("{} ended: {last}", tool.name()))
            }
            (None, _) => Ending::Enough,
        };
        Ended { why, counts: shared.counts, said: std::mem::take(&mut shared.said) }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.stop();
        // It may still be writing its last words to somebody; a moment later the system takes it.
        let _ = self.child.try_wait();
    }
}

/// What a program captures, as it comes.
#[derive(Debug)]
pub struct Stream(Option<ChildStdout>);

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.as_mut().map_or(Ok(0), |stream| stream.read(into))
    }
}

/// Listens to a program's standard error until it ends.
struct Listener {
    own: bool,
    shared: Arc<Mutex<Shared>>,
    /// Who waits to hear whether it captures.
    sender: Option<Sender<Result<(), Refusal>>>,
}

impl Listener {
    fn listen(mut self, errors: Option<ChildStderr>) {
        let mut lines = errors.map(BufReader::new);
        let mut line = Vec::new();
        let mut before = Vec::new();
        while let Some(lines) = &mut lines {
            line.clear();
            // A line is short; who writes without end is cut.
            let read = lines.by_ref().take(1 << 16).read_until(b'\n', &mut line);
            if !read.is_ok_and(|read| read > 0) {
                break;
            }
            let text = String::from_utf8_lossy(&line).trim().to_owned();
            match (self.own, serde_json::from_str(&text)) {
                (true, Ok(report)) => self.report(report),
                (true, Err(_)) => before.push(text),
                (false, _) => self.foreign(text, &mut before),
            }
        }
        if self.sender.is_some() {
            self.tell(Err(super::heard::refusal(&before)));
        }
        self.lock().said.append(&mut before);
    }

    fn report(&mut self, report: Report) {
        match report {
            Report::Ready { .. } => self.tell(Ok(())),
            Report::Refused(refusal) => self.tell(Err(refusal)),
            Report::Counts(counts) => self.lock().counts = counts,
            Report::Lost { device, says } => {
                self.lock().said.push(format!("{device} is gone ({says}); the others went on"));
            }
            Report::Ended { why, counts } => {
                let mut shared = self.lock();
                (shared.ending, shared.counts) = (Some(why), counts);
            }
        }
    }

    fn foreign(&mut self, line: String, before: &mut Vec<String>) {
        match heard(&line) {
            Heard::Begun => {
                before.clear();
                self.tell(Ok(()));
            }
            Heard::Captured(packets) => self.lock().counts.captured = packets,
            Heard::Dropped(packets) => self.lock().counts.dropped += packets,
            Heard::Nothing => {}
            Heard::Words => before.push(line),
        }
    }

    fn tell(&mut self, first: Result<(), Refusal>) {
        if let Some(sender) = self.sender.take() {
            // Nobody may wait any more.
            let _ = sender.send(first);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
