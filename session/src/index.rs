//! The one loop that reads packets: for files, pipes, devices and tests alike.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use capture::{Bytes, CaptureError, FileSpan, NSS_KEY_LOG, Record, Step};
use dissector::glance::{Glance, Text};
use dissector::ids::PacketId;
use dissector::packet::{Lookback, Packets};
use dissector::{Dissector, Verdict, Warmed};

use crate::column::Column;
use crate::feed::{self, Fed, Feed, Reached};
use crate::keys::Keyring;
use crate::row::PacketRow;
use crate::tables::Tables;

/// How the loop is steered from outside.
#[derive(Debug, Default)]
pub(crate) struct Control {
    stop: AtomicBool,
    /// Key logs that were named since the thread last looked, and whether it need not wait for more.
    asked: Mutex<Asked>,
    changed: Condvar,
}

/// What is asked of the thread between two looks.
#[derive(Debug, Default)]
struct Asked {
    key_logs: Vec<PathBuf>,
    finish: bool,
}

impl Control {
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// One more key log is to be read.
    pub(crate) fn add_keys(&self, path: PathBuf) {
        self.lock().key_logs.push(path);
        self.changed.notify_all();
    }

    /// Nothing will be asked any more once the capture was read.
    pub(crate) fn finish(&self) {
        self.lock().finish = true;
        self.changed.notify_all();
    }

    /// The key logs that were named since the last call.
    pub(crate) fn key_logs(&self) -> Vec<PathBuf> {
        std::mem::take(&mut self.lock().key_logs)
    }

    /// Waits until something is asked, or for `patience`. Says whether there is anything to wait for.
    pub(crate) fn wait(&self, patience: Duration) -> bool {
        let idle = |asked: &mut Asked| asked.key_logs.is_empty() && !asked.finish && !self.stopped();
        let asked = self.changed.wait_timeout_while(self.lock(), patience, idle);
        let finish = asked.map_or(true, |(asked, _)| asked.finish && asked.key_logs.is_empty());
        !finish && !self.stopped()
    }

    fn lock(&self) -> MutexGuard<'_, Asked> {
        // What is under the lock is whole after every statement.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a pass over the capture ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// All of it was read, or as much as was wanted.
    Over,
    /// Keys have come for what went by: it is worth another pass.
    Again,
}

/// Packets between two looks at the clock and at the control.
const STRIDE: usize = 256;

/// Earlier packets, read again from the capture.
struct Earlier<'a> {
    rows: &'a Column<PacketRow>,
    bytes: &'a dyn Bytes,
}

impl Lookback for Earlier<'_> {
    fn packet(&self, id: PacketId) -> Cow<'_, [u8]> {
        let mut bytes = Vec::new();
        if let Some(row) = self.rows.row(id.index()) {
            // A capture that cannot be read again yields nothing here; the loop meets the same error next.
            let _ = self.bytes.read(FileSpan { at: row.at, len: row.len() }, &mut bytes);
        }
        Cow::Owned(bytes)
    }
}

/// Whoever publishes what was found so far.
pub(crate) trait Watch {
    /// Whether it is time to.
    fn is_due(&mut self, tables: &Tables) -> bool;
    /// Publishes it.
    fn publish(&mut self, tables: &mut Tables, reached: &Reached);
}

/// One pass over a capture.
pub(crate) struct Pass<'a> {
    pub(crate) dissector: &'a mut Dissector,
    pub(crate) tables: &'a mut Tables,
    pub(crate) ring: &'a mut Keyring,
    pub(crate) control: &'a Control,
    pub(crate) watch: &'a mut dyn Watch,
    pub(crate) bytes: Arc<dyn Bytes>,
    /// Room to note connections in.
    pub(crate) warmed: Vec<Warmed>,
}

/// Whether the loop goes on.
enum Turn {
    On,
    /// There are keys for what went by.
    Again,
    Stop,
}

/// Reads the capture to its end, or until it is stopped.
pub(crate) fn index(feed: &mut dyn Feed, mut pass: Pass<'_>) -> Result<Passed, CaptureError> {
    // Keys are logged about when the first packets come that need them, so logs are looked at before those.
    let mut silent = true;
    loop {
        let (fed, reached) = feed.next()?;
        let turn = match fed {
            Fed::Seen(seen) => {
                pass.dissector.look_ahead(seen.glanced(), || Arc::clone(seen) as Arc<dyn Packets>);
                let mut packets = seen.packets().peekable();
                let mut strides = seen.glances().chunks(STRIDE);
                let mut turn = Turn::On;
                while packets.peek().is_some() && matches!(turn, Turn::On) {
                    if std::mem::take(&mut silent) && pass.ring.look(pass.dissector) {
                        return Ok(Passed::Again);
                    }
                    let coming = strides.next().unwrap_or_default();
                    let many = pass.dissector.knows_many();
                    for coming in coming.chunks(if many { Dissector::WARMED } else { STRIDE }) {
                        if many {
                            pass.warm(coming);
                        }
                        for (record, glance, texts) in packets.by_ref().take(coming.len()) {
                            pass.packet(&record, glance, texts);
                        }
                    }
                    turn = pass.around(reached);
                }
                pass.dissector.look_behind();
                turn
            }
            Fed::Step(Step::End) => break,
            Fed::Step(step) => {
                let record = matches!(step, Step::Record(_));
                if record && std::mem::take(&mut silent) && pass.ring.look(pass.dissector) {
                    return Ok(Passed::Again);
                }
                silent |= matches!(step, Step::Idle);
                if let Turn::Again = pass.step(step)? {
                    return Ok(Passed::Again);
                }
                pass.around(reached)
            }
        };
        match turn {
            Turn::On => {}
            Turn::Again => return Ok(Passed::Again),
            Turn::Stop => break,
        }
    }
    let Tables { packets, found } = pass.tables;
    let earlier = Earlier { rows: &packets.rows, bytes: pass.bytes.as_ref() };
    pass.dissector.end(&earlier, found);
    Ok(Passed::Over)
}

impl Pass<'_> {
    fn packet(&mut self, record: &Record<'_>, glance: &Glance, texts: &[Text]) {
        let Tables { packets, found } = self.tables;
        let row = packets.row(record);
        let id = PacketId::new(packets.rows.len());
        if let Some(comment) = &record.comment {
            packets.comment(id, comment);
        }
        let earlier = Earlier { rows: &packets.rows, bytes: self.bytes.as_ref() };
        let Verdict { flow, .. } =
            self.dissector.packet_seen(feed::packet(id, record), glance, texts, &earlier, found);
        packets.rows.push(row.sent_by(flow));
    }

    /// Looks at what is remembered of connections whose packets come next.
    fn warm(&mut self, coming: &[Glance]) {
        self.dissector.warm(coming, &mut self.warmed);
        self.tables.found.warm(&self.warmed);
    }

    fn step(&mut self, step: Step<'_>) -> Result<Turn, CaptureError> {
        match step {
            Step::Record(record) => self.packet(&record, &Glance::default(), &[]),
            Step::Interface(interface) => self.tables.packets.interfaces.push(Arc::new(interface)),
            Step::Note(note) => self.tables.packets.note(note),
            Step::Secrets { kind: NSS_KEY_LOG, span } => {
                let mut text = Vec::new();
                self.bytes.read(span, &mut text)?;
                if self.ring.add_own(&text, self.dissector) {
                    return Ok(Turn::Again);
                }
            }
            Step::Secrets { .. } | Step::Names(_) | Step::Idle | Step::End => {}
        }
        Ok(Turn::On)
    }

    /// Looks around between two packets.
    fn around(&mut self, reached: &Reached) -> Turn {
        if self.watch.is_due(self.tables) {
            // What is published is a moment between two packets: all that was found up to it is in the tables.
            self.dissector.settle(&mut self.tables.found);
            self.watch.publish(self.tables, reached);
        }
        self.ring.name(self.control.key_logs());
        if self.ring.is_due() && self.ring.look(self.dissector) {
            return Turn::Again;
        }
        if self.control.stopped() { Turn::Stop } else { Turn::On }
    }
}
