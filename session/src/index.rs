//! The one loop that reads packets: for files, pipes, devices and tests alike.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use capture::{Bytes, CaptureError, FileSpan, Growing, Step};
use dissector::ids::PacketId;
use dissector::packet::{Lookback, Packet};
use dissector::{Dissector, Verdict};

use crate::column::Column;
use crate::row::PacketRow;
use crate::tables::Tables;

/// How the loop is steered from outside.
#[derive(Debug, Default)]
pub(crate) struct Control {
    stop: AtomicBool,
}

impl Control {
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
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
    control: &Control,
    between: &mut dyn FnMut(&mut Tables, &dyn Growing),
) -> Result<(), CaptureError> {
    let bytes = capture.bytes();
    let mut countdown = STRIDE;
    loop {
        match capture.next(PATIENCE)? {
            Step::Record(record) => {
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
                let Verdict { outcome, flow } = dissector.packet(packet, &earlier, &mut tables.found);
                tables.found.totals.packet(outcome, record.span.len, row.cut(), record.time);
                if let Some((flow, end)) = flow {
                    tables.found.packet(flow, end);
                }
                tables.packets.rows.push(row.sent_by(flow));
            }
            Step::Interface(interface) => tables.packets.interfaces.push(Arc::new(interface)),
            Step::Note(note) => tables.packets.note(note),
            Step::Secrets { .. } | Step::Names(_) => {}
            Step::Idle => countdown = 1,
            Step::End => break,
        }
        countdown -= 1;
        if countdown == 0 {
            countdown = STRIDE;
            between(tables, capture);
            if control.stopped() {
                break;
            }
        }
    }
    let earlier = Earlier { rows: &tables.packets.rows, bytes: bytes.as_ref() };
    dissector.end(&earlier, &mut tables.found);
    Ok(())
}
