//! The thread that indexes: snapshots out, a stop in, panics caught.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use capture::{CaptureError, Growing, Source};
use dissector::Dissector;
use dissector::ids::PacketId;

use crate::index::{Control, index};
use crate::snapshot::{Snapshot, State};
use crate::tables::Tables;

/// How a capture is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the dissector is told.
    pub dissector: dissector::Options,
}

/// Time between two snapshots while the capture is being read: one in two frames of a screen at 60 Hz.
const CADENCE: Duration = Duration::from_millis(30);

/// An open capture.
pub struct Session {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    snapshot: ArcSwap<Snapshot>,
    control: Control,
}

impl Session {
    /// Opens a capture and begins to read it. `wake` is called, from another thread, whenever there is a new
    /// snapshot.
    pub fn open(
        source: Source,
        options: Options,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, CaptureError> {
        Ok(Self::start(capture::open(source)?, options, wake))
    }

    /// Begins to read an open capture.
    pub fn start(
        mut capture: Box<dyn Growing>,
        options: Options,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let mut tables = Tables::default();
        let snapshot = Snapshot::cut(&mut tables, capture.as_ref(), State::Reading);
        let shared =
            Arc::new(Shared { snapshot: ArcSwap::from_pointee(snapshot), control: Control::default() });
        let theirs = Arc::clone(&shared);
        let work = move || {
            run(capture.as_mut(), tables, &options, &theirs.control, &mut |snapshot| {
                theirs.snapshot.store(Arc::new(snapshot));
                wake();
            });
        };
        let thread = std::thread::Builder::new().name("index".into()).spawn(work).ok();
        Self { shared, thread }
    }

    /// What is known now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.snapshot.load_full()
    }

    /// Stops reading; what was read stays.
    pub fn stop(&self) {
        self.shared.control.stop();
    }

    /// Waits until reading has ended and gives the last snapshot.
    pub fn wait(mut self) -> Arc<Snapshot> {
        if let Some(thread) = self.thread.take() {
            // The thread catches its own panics.
            let _ = thread.join();
        }
        self.snapshot()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Reads a whole capture on this thread. `progress` sees a snapshot now and then.
pub fn read(
    capture: &mut dyn Growing,
    options: &Options,
    progress: &mut dyn FnMut(&Snapshot),
) -> Arc<Snapshot> {
    let control = Control::default();
    let mut last = None;
    run(capture, Tables::default(), options, &control, &mut |snapshot| {
        progress(&snapshot);
        last = Some(Arc::new(snapshot));
    });
    last.unwrap_or_else(|| unreachable!("a run ends with a snapshot"))
}

/// Reads to the end and publishes on the way; the last snapshot says how it ended.
fn run(
    capture: &mut dyn Growing,
    mut tables: Tables,
    options: &Options,
    control: &Control,
    publish: &mut dyn FnMut(Snapshot),
) {
    let mut dissector = Dissector::new(options.dissector.clone());
    let mut published = Instant::now();
    let mut rows = 0;
    let ended = catch_unwind(AssertUnwindSafe(|| {
        index(capture, &mut dissector, &mut tables, control, &mut |tables, capture| {
            let now = tables.packets.rows.len();
            if now != rows && published.elapsed() >= CADENCE {
                publish(Snapshot::cut(tables, capture, State::Reading));
                published = Instant::now();
                rows = now;
            }
        })
    }));
    let state = match ended {
        Ok(Ok(())) if control.stopped() => State::Stopped,
        Ok(Ok(())) => State::Done,
        Ok(Err(error)) => State::Failed(Arc::from(error.to_string())),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            State::Crashed(PacketId::new(tables.packets.rows.len()), Arc::from(text))
        }
    };
    publish(Snapshot::cut(&mut tables, capture, state));
}
