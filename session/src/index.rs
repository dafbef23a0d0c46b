//! The one loop that reads packets: for files, pipes, devices and tests alike.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use capture::{Bytes, CaptureError, FileSpan, Growing, NSS_KEY_LOG, Step};
use dissector::ids::PacketId;
use dissector::packet::{Lookback, Packet};
use dissector::{Dissector, Verdict};

use crate::column::Column;
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

/// How long the loop waits for a capture that is silent before it looks around again.
const PATIENCE: Duration = Duration::from_millis(20);

/// Packets between two looks at the clock and at the control.
const STRIDE: u32 = 256;

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

/// Reads the capture to its end, or until it is stopped. `between` is called between two packets, often.
pub(crate) fn index(
    capture: &mut dyn Growing,
    dissector: &mut Dissector,
    tables: &mut Tables,
    ring: &mut Keyring,
    control: &Control,
    between: &mut dyn FnMut(&mut Tables, &dyn Growing),
) -> Result<Passed, CaptureError> {
    let bytes = capture.bytes();
    let mut countdown = STRIDE;
    // Keys are logged about when the first packets come that need them, so logs are looked at before those.
    let mut silent = true;
    loop {
        match capture.next(PATIENCE)? {
            Step::Record(record) => {
                if std::mem::take(&mut silent) && ring.look(dissector) {
                    return Ok(Passed::Again);
                }
                let row = tables.packets.row(&record);
                let id = PacketId::new(tables.packets.rows.len());
                if let Some(comment) = &record.comment {
                    tables.packets.comment(id, comment);
                }
                tables.found.at(id, record.time);
                let packet = Packet {
                    id,
                    time: record.time,
                    link: record.link.0,
                    bytes: record.data,
                    wire_len: record.wire_len,
                };
                let earlier = Earlier { rows: &tables.packets.rows, bytes: bytes.as_ref() };
                let Verdict { outcome, flow, payload } =
                    dissector.packet(packet, &earlier, &mut tables.found);
                tables.found.totals.packet(outcome, record.span.len, row.cut(), record.time);
                if let Some((flow, end)) = flow {
                    tables.found.packet(flow, end, payload);
                }
                tables.packets.rows.push(row.sent_by(flow));
            }
            Step::Interface(interface) => tables.packets.interfaces.push(Arc::new(interface)),
            Step::Note(note) => tables.packets.note(note),
            Step::Secrets { kind: NSS_KEY_LOG, span } => {
                let mut text = Vec::new();
                bytes.read(span, &mut text)?;
                if ring.add_own(&text, dissector) {
                    return Ok(Passed::Again);
                }
            }
            Step::Secrets { .. } | Step::Names(_) => {}
            Step::Idle => {
                countdown = 1;
                silent = true;
            }
            Step::End => break,
        }
        countdown -= 1;
        if countdown == 0 {
            countdown = STRIDE;
            between(tables, capture);
            ring.name(control.key_logs());
            if ring.is_due() && ring.look(dissector) {
                return Ok(Passed::Again);
            }
            if control.stopped() {
                break;
            }
        }
    }
    let earlier = Earlier { rows: &tables.packets.rows, bytes: bytes.as_ref() };
    dissector.end(&earlier, &mut tables.found);
    Ok(Passed::Over)
}
