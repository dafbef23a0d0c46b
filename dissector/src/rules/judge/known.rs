//! What is remembered of TCP connections, by their number: numbers are dense, so a place is the number itself.

use crate::event::{Ending, Flow, Frame};
use crate::ids::{End, FlowId};
use crate::rules::facts::{Ledger, Moment};
use crate::rules::judge::quiet::Quiet;

/// What is remembered of a TCP connection.
pub(super) struct Known {
    pub(super) flow: Flow,
    pub(super) heard: [bool; 2],
    /// How far each end had the other one's stream, by its last packet.
    pub(super) acknowledged: [u64; 2],
    pub(super) ended: [Option<(Ending, Moment)>; 2],
    pub(super) lost: [u64; 2],
    pub(super) ledger: Option<Box<Ledger>>,
    /// What the ledger does not hold yet; nothing before the first frame.
    pub(super) quiet: Option<Box<Quiet>>,
}

impl Known {
    /// What a TCP connection is that was just met.
    pub(super) fn met(flow: Flow) -> Self {
        Self {
            flow,
            heard: [false; 2],
            acknowledged: [0; 2],
            ended: [None; 2],
            lost: [0; 2],
            ledger: None,
            quiet: None,
        }
    }

    /// The ledger, with what every packet and every plain frame tells brought up to date: they are many, and rules
    /// ask seldom.
    pub(super) fn ledger(&mut self) -> Option<&mut Box<Ledger>> {
        let ledger = self.ledger.as_mut()?;
        if let Some(quiet) = &mut self.quiet {
            quiet.settle(ledger);
        }
        let ends = [End::A, End::B];
        for (end, (heard, acknowledged)) in
            ends.into_iter().zip(self.heard.into_iter().zip(self.acknowledged))
        {
            let side = ledger.side(end);
            if let Some(known) = ledger.heard.get_mut(side.index()) {
                *known |= heard;
            }
            ledger.party_mut(side).acknowledged = acknowledged;
        }
        Some(ledger)
    }

    /// The same, taken away.
    pub(super) fn take_ledger(&mut self) -> Option<Box<Ledger>> {
        self.ledger()?;
        self.ledger.take()
    }

    /// Counts a plain frame, or says that the ledger is needed for it.
    pub(super) fn counts(&mut self, frame: &Frame, at: Moment) -> bool {
        self.quiet.as_mut().is_some_and(|quiet| quiet.counts(frame, at))
    }

    /// The ledger is up to date: plain frames are counted from here on.
    pub(super) fn begin_to_count(&mut self) {
        match (&self.ledger, &mut self.quiet) {
            (Some(ledger), Some(quiet)) => quiet.begin(ledger),
            (Some(ledger), quiet) => *quiet = Some(Box::new(Quiet::beside(ledger))),
            _ => {}
        }
    }
}

/// All TCP connections; of those that are over, an empty place.
#[derive(Default)]
pub(super) struct Flows(Vec<Option<Box<Known>>>);

impl Flows {
    /// A TCP connection, the next one, was met.
    pub(super) fn push(&mut self, known: Known) {
        debug_assert_eq!(known.flow.id.index() as usize, self.0.len());
        self.0.push(Some(Box::new(known)));
    }
    pub(super) fn get_mut(&mut self, flow: FlowId) -> Option<&mut Known> {
        self.0.get_mut(flow.index() as usize)?.as_deref_mut()
    }
    /// Nothing more is remembered of a TCP connection.
    pub(super) fn take(&mut self, flow: FlowId) -> Option<Box<Known>> {
        self.0.get_mut(flow.index() as usize)?.take()
    }
}
