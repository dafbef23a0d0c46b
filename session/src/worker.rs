//! The thread that indexes: snapshots out, a stop in, panics caught.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use capture::{CaptureError, Growing, Source};
use dissector::Dissector;
use dissector::decoders::Schema;
use dissector::ids::PacketId;

use crate::feed::{Ahead, Feed, Here, Reached};
use crate::index::{Control, Pass, Passed, Watch, index};
use crate::kept::{Index, Keeping};
use crate::keys::Keyring;
use crate::packer::Packer;
use crate::pool::Pool;
use crate::snapshot::{Snapshot, State};
use crate::tables::Tables;

/// How a capture is read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What the dissector is told.
    pub dissector: dissector::Options,
    /// TLS key logs (`SSLKEYLOGFILE`); they are read on while they grow.
    pub keys: Vec<PathBuf>,
    /// Whether keys that come late are applied to what was read before: it is gone through again then, and every
    /// number but a packet's may change.
    pub again: bool,
    /// How many threads work at the same time; as many as there are processors, where nothing is said. What is found
    /// does not depend on it.
    pub threads: Option<NonZero<usize>>,
    /// Whether what is known of large captures is kept, so that they open again at once.
    pub index: Option<Keeping>,
    /// Types of Protobuf messages, of which messages that no other protocol takes are.
    pub schemas: Arc<[Schema]>,
}

impl Options {
    /// Threads that work at the same time.
    fn threads(&self) -> usize {
        let there = || std::thread::available_parallelism().map_or(1, NonZero::get);
        self.threads.map_or_else(there, NonZero::get)
    }
}

/// Time between two snapshots while the capture is being read: one in two frames of a screen at 60 Hz.
const CADENCE: Duration = Duration::from_millis(30);

/// What one connection more adds to that time: rows that were published are copied when they change, and that must
/// stay a small part of the work.
const CADENCE_OF_ONE: Duration = Duration::from_micros(10);

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
        let index = Index::of(&source, &options);
        Ok(Self::begin(capture::open(source)?, options, index, wake))
    }

    /// Begins to read an open capture.
    pub fn start(
        capture: Box<dyn Growing>,
        options: Options,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::begin(capture, options, None, wake)
    }

    fn begin(
        mut capture: Box<dyn Growing>,
        options: Options,
        index: Option<Index>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let mut tables = Tables::default();
        let snapshot = Snapshot::cut(&mut tables, &Reached::of(capture.as_ref()), State::Reading);
        let shared =
            Arc::new(Shared { snapshot: ArcSwap::from_pointee(snapshot), control: Control::default() });
        let theirs = Arc::clone(&shared);
        let work = move || {
            let index = index.as_ref();
            run(capture.as_mut(), tables, &options, &theirs.control, options.again, index, &mut |snapshot| {
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

    /// Reads one more key log, for what was read before too.
    pub fn add_keys(&self, path: PathBuf) {
        self.shared.control.add_keys(path);
    }

    /// Stops reading; what was read stays.
    pub fn stop(&self) {
        self.shared.control.stop();
    }

    /// Waits until reading has ended and gives the last snapshot.
    pub fn wait(mut self) -> Arc<Snapshot> {
        self.shared.control.finish();
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
    run(capture, Tables::default(), options, &control, false, None, &mut |snapshot| {
        progress(&snapshot);
        last = Some(Arc::new(snapshot));
    });
    last.unwrap_or_else(|| unreachable!("a run ends with a snapshot"))
}

/// How often key logs are looked at when there is nothing else to do.
const KEYS: Duration = Duration::from_millis(500);

/// Reads to the end and publishes on the way; the last snapshot says how it ended. Where keys have come for what went
/// by, it is gone through again; with `stay` also long after the end.
fn run(
    capture: &mut dyn Growing,
    mut tables: Tables,
    options: &Options,
    control: &Control,
    stay: bool,
    index_file: Option<&Index>,
    publish: &mut dyn FnMut(Snapshot),
) {
    let publish: &mut dyn FnMut(Snapshot) =
        &mut |snapshot| publish(Snapshot { schemas: Arc::clone(&options.schemas), ..snapshot });
    let mut ring = Keyring::new(&options.keys, options.again);
    let mut generation = 0;
    // Until another pass has come as far as the one before, what that found is what is shown.
    let mut shown = 0;
    let mut no_index = None;
    match index_file.map_or(Ok(None), |file| file.read(capture)) {
        Ok(None) => {}
        Ok(Some(snapshot)) => {
            shown = snapshot.packet_count();
            loop {
                publish(snapshot.clone().of_pass(generation, &ring.names()));
                if !stay {
                    return;
                }
                match wait_for_keys(&mut ring, None, control) {
                    Waited::Over => return,
                    Waited::Keys => break,
                    Waited::InVain => {}
                }
            }
            generation += 1;
        }
        Err(says) => no_index = Some(Arc::from(says)),
    }
    let packer = if options.threads() > 1 { Packer::begin() } else { None };
    loop {
        let mut dissector = Dissector::new(options.dissector.clone());
        ring.fill(&mut dissector);
        let pool = Pool::new(options.threads());
        let helper = pool.helper();
        if options.threads() > 1 {
            dissector.employ(Box::new(pool));
            if let Some(packer) = &packer {
                tables.pack_with(packer);
            }
        }
        let names = ring.names();
        let mut watch =
            Cadence { publish, generation, names: &names, shown, rows: 0, published: Instant::now() };
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let bytes = capture.bytes();
            let mut pass = |feed: &mut dyn Feed| {
                let pass = Pass {
                    dissector: &mut dissector,
                    tables: &mut tables,
                    ring: &mut ring,
                    control,
                    watch: &mut watch,
                    bytes: Arc::clone(&bytes),
                    warmed: Vec::new(),
                };
                index(feed, pass)
            };
            if options.threads() == 1 {
                return pass(&mut Here::new(capture));
            }
            std::thread::scope(|scope| match Ahead::new(scope, &mut *capture, helper) {
                Ok(mut ahead) => pass(&mut ahead),
                Err(error) => {
                    Err(CaptureError::Read { name: "a thread to read with".into(), at: 0, source: error })
                }
            })
        }));
        shown = watch.shown;
        let state = match ended {
            Ok(Ok(Passed::Again)) => {
                (tables, generation) = (Tables::default(), generation + 1);
                capture.rewind();
                continue;
            }
            Ok(Ok(Passed::Over)) if control.stopped() => State::Stopped,
            Ok(Ok(Passed::Over)) => State::Done,
            Ok(Err(error)) => State::Failed(Arc::from(error.to_string())),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
                State::Crashed(PacketId::new(tables.packets.rows.len()), Arc::from(text))
            }
        };
        shown = tables.packets.rows.len();
        let done = state == State::Done;
        let mut unwritten = index_file.filter(|_| ring.is_unused());
        loop {
            let mut snapshot = Snapshot::cut(&mut tables, &Reached::of(capture), state.clone())
                .of_pass(generation, &ring.names());
            snapshot.late_keys = ring.late;
            snapshot.no_index = no_index.clone();
            publish(snapshot.clone());
            if let Some(file) = unwritten.take()
                && let Err(says) = file.write(&snapshot, capture, &|| control.stopped())
            {
                no_index = Some(Arc::from(says));
                publish(Snapshot { no_index: no_index.clone(), ..snapshot });
            }
            if !(done && stay) {
                return;
            }
            match wait_for_keys(&mut ring, Some(&mut dissector), control) {
                Waited::Over => return,
                Waited::Keys => break,
                // Whoever named a key log is told that it was looked at.
                Waited::InVain => {}
            }
        }
        (tables, generation) = (Tables::default(), generation + 1);
        capture.rewind();
    }
}

/// Publishes on the way, now and then.
struct Cadence<'a> {
    publish: &'a mut dyn FnMut(Snapshot),
    generation: u32,
    names: &'a Arc<[Arc<str>]>,
    /// Packets that were shown last, of this pass or the one before.
    shown: u32,
    /// Packets that were there when this pass was last shown.
    rows: u32,
    published: Instant,
}

impl Watch for Cadence<'_> {
    fn is_due(&mut self, tables: &Tables) -> bool {
        let now = tables.packets.rows.len();
        let changing = tables.found.connections.len().saturating_add(tables.found.flows.len());
        let cadence = CADENCE.max(CADENCE_OF_ONE.saturating_mul(changing));
        now != self.rows && now >= self.shown && self.published.elapsed() >= cadence
    }

    fn publish(&mut self, tables: &mut Tables, reached: &Reached) {
        let snapshot = Snapshot::cut(tables, reached, State::Reading);
        (self.publish)(snapshot.of_pass(self.generation, self.names));
        self.published = Instant::now();
        (self.rows, self.shown) = (tables.packets.rows.len(), tables.packets.rows.len());
    }
}

/// What came of waiting for keys.
enum Waited {
    /// Keys that are worth another pass.
    Keys,
    /// A key log that has none of those that are missing.
    InVain,
    /// There is nothing more to wait for.
    Over,
}

/// Waits for keys that are worth another pass, or for another key log. Without a dissector, which knows the keys that
/// were missing, any are.
fn wait_for_keys(ring: &mut Keyring, mut dissector: Option<&mut Dissector>, control: &Control) -> Waited {
    loop {
        let patience = if ring.watches() { KEYS } else { Duration::MAX };
        let more = control.wait(patience.min(Duration::from_secs(1 << 20)));
        let named = control.key_logs();
        let another = !named.is_empty();
        ring.name(named);
        let gain = match dissector.as_deref_mut() {
            Some(dissector) => ring.look(dissector),
            None => ring.look_for_any(),
        };
        if gain {
            return Waited::Keys;
        }
        if !more {
            return Waited::Over;
        }
        if another {
            return Waited::InVain;
        }
    }
}
