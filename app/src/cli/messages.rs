//! `wscope messages`: one row per message, in order of completion, whether WebSocket carries it or HTTP.

mod row;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use session::content::Patchy;
use session::decoding::{Decoding, Pin};
use session::dissector::event::Part;
use session::dissector::ids::{DeliveryId, FrameId, MessageId, StreamId};
use session::filter::{Of, Row as Sifted, Sieve};
use session::model::{Frame, Message};
use session::neighbor::Delivery;
use session::pairing::Pairing;
use session::{Content, Snapshot};

pub(crate) use self::row::MessageRow;

use super::absence;
use super::column::Reads;
use super::once::{Once, Place};
use super::options::{Columns, Rows};
use super::pair::Pair;
use super::payload::Payload;
use super::print::Printer;
use super::reading::{Feed, Next, ends, feed};

/// Puts messages in the order of their completion, which their frames tell.
#[derive(Default)]
struct Order {
    /// Frames that were looked at.
    seen: u32,
    /// The message that is open on each stream.
    open: HashMap<StreamId, MessageId>,
}

impl Order {
    /// The messages that the next frame completes, or shows to have been given up.
    fn step(&mut self, frame: &Frame) -> [Option<MessageId>; 2] {
        let Some(message) = frame.message else { return [None, None] };
        // RFC 6455 5.4: "The fragments of one message MUST NOT be interleaved between the fragments of another
        // message", so where a message begins, the one that was open will never be complete.
        let open = match frame.part {
            Part::None | Part::Middle => return [None, None],
            Part::First => return [self.open.insert(frame.stream, message), None],
            Part::Whole | Part::Last => self.open.remove(&frame.stream),
        };
        [open.filter(|open| *open != message), Some(message)]
    }
}

/// Prints messages as snapshots bring them.
pub(crate) struct Messages {
    printer: Printer<MessageRow>,
    columns: Columns,
    content: Content,
    /// What messages say, where a column says so.
    decoding: Option<Decoding>,
    reads: Reads,
    order: Order,
    /// Messages that HTTP carries that were looked at.
    delivered: u32,
    once: Once,
    sieve: Sieve,
    pins: Vec<Pin>,
    /// What answers what, where a column says so.
    pairing: Option<Pairing>,
    /// Whether all of the capture is at hand before the first row is shown.
    whole: bool,
    /// What the last row's content lay in.
    spare: Patchy,
}

impl Messages {
    /// `again`: whether the capture may be gone through again; `whole`: whether all of it is at hand before the first
    /// row is shown.
    pub(crate) fn new(
        printer: Printer<MessageRow>,
        columns: Columns,
        again: bool,
        sieve: Sieve,
        pins: &[Pin],
        whole: bool,
    ) -> Self {
        let (reads, once, pins) = (printer.reads(), Once::new(again), pins.to_vec());
        let (content, order, spare) = (Content::default(), Order::default(), Patchy::default());
        let decoding = printer.decodes().then(|| Decoding::new(pins.clone()));
        let pairing = printer.pairs().then(|| Pairing::new(pins.clone()));
        let delivered = 0;
        Self {
            printer,
            columns,
            content,
            decoding,
            reads,
            order,
            delivered,
            once,
            sieve,
            pins,
            pairing,
            whole,
            spare,
        }
    }

    fn print(&mut self, snapshot: &Snapshot, id: MessageId) -> io::Result<()> {
        if self.printer.full() || !self.sieve.holds(snapshot, Of::Messages.row(id.index())) {
            return Ok(());
        }
        let message = snapshot.message(id);
        let first = |message: &Message| {
            let at = snapshot.frame(message.first).map_or(0, |frame| frame.at);
            self.once.first(Place { packet: message.packet, side: message.side, at })
        };
        match message.filter(first) {
            Some(message) => {
                let spare = std::mem::take(&mut self.spare);
                let pair = self.pairing.as_mut().map(|pairing| Pair::of(pairing, snapshot, id, self.whole));
                let (content, decoding) = (&mut self.content, self.decoding.as_mut());
                let row = MessageRow::new(content, decoding, snapshot, message, self.reads, pair, spare);
                self.printer.row(&row)?;
                self.spare = row.content.map(Payload::spent).unwrap_or_default();
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Messages {
    /// Prints what HTTP carried before the next frame was complete.
    fn deliveries(&mut self, snapshot: &Snapshot) -> io::Result<()> {
        while self.delivered < snapshot.delivery_count() && !self.printer.full() {
            let id = DeliveryId::new(self.delivered);
            let Some(delivery) = snapshot.delivery(id).filter(|it| it.frames <= self.order.seen) else {
                break;
            };
            self.delivered += 1;
            let Delivery { packet, side, at, .. } = delivery;
            if self.sieve.holds(snapshot, Sifted::Delivery(id)) && self.once.first(Place { packet, side, at })
            {
                let (content, decoding) = (&mut self.content, self.decoding.as_mut());
                let full = self.reads == Reads::Whole;
                self.printer.row(&MessageRow::delivered(content, decoding, snapshot, delivery, full))?;
            }
        }
        Ok(())
    }
}

impl Feed for Messages {
    fn show(&mut self, snapshot: &Snapshot, last: bool) -> anyhow::Result<Next> {
        self.printer.clock(self.columns.clock(snapshot.totals.times.map(|times| times.0)));
        if self.once.anew(snapshot) {
            (self.order, self.delivered, self.content) = (Order::default(), 0, Content::default());
            self.decoding.iter_mut().for_each(Decoding::restart);
            self.pairing = self.pairing.take().map(|_| Pairing::new(self.pins.clone()));
        }
        while self.order.seen < snapshot.frame_count() && !self.printer.full() {
            self.deliveries(snapshot)?;
            let frame = self.content.frame_row(snapshot, FrameId::new(self.order.seen));
            self.order.seen += 1;
            let complete = frame.map_or([None, None], |frame| self.order.step(&frame));
            for id in complete.into_iter().flatten() {
                self.print(snapshot, id)?;
            }
        }
        self.deliveries(snapshot)?;
        if last {
            let mut open: Vec<MessageId> = self.order.open.drain().map(|(_, id)| id).collect();
            open.sort();
            for id in open {
                self.print(snapshot, id)?;
            }
        }
        self.printer.pause()?;
        Ok(if self.printer.full() { Next::Enough } else { Next::More })
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.printer.finish()
    }
}

/// Prints the messages of a capture.
pub(crate) fn run(options: &Rows) -> anyhow::Result<()> {
    let filter = options.source.filter()?;
    let printer = Printer::of(options)?;
    // Of a question it is said what answered it, which comes later.
    let (pairs, ends) = (printer.pairs(), ends(&options.file));
    let sieve = options.source.sieve_of(Arc::clone(&filter));
    let (columns, pins) = (options.columns.clone(), &options.source.decode);
    let messages = Messages::new(printer, columns, false, sieve, pins, ends);
    let snapshot = feed(&options.file, &options.source, &filter, pairs, Box::new(messages))?;
    absence::say(&snapshot, "messages");
    Ok(())
}
